//! Work that happens by itself.

mod audit;

pub use audit::tend_audit;

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::domain::Timestamp;
use crate::services::App;
use crate::store::{Database, StoreError, drafts, entry_links, idempotency_keys, rate_limits, sessions};

/// How often what has ended is removed.
const EVERY: Duration = Duration::from_secs(300);
/// How long a one-time link is remembered after its time, in milliseconds.
const LINKS_KEPT_MS: i64 = 7 * 24 * 3_600_000;

/// Removes drafts, sessions, counters and idempotency keys whose time is over, now and every five minutes, until `stop`.
pub async fn tidy(app: App, stop: CancellationToken) {
    let mut ticks = tokio::time::interval(EVERY);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = ticks.tick() => {}
        }
        match remove_ended(&app.database, app.clock.now()).await {
            Ok(0) => {}
            Ok(removed) => tracing::debug!(removed, "removed what had ended"),
            Err(error) => tracing::warn!(%error, "what had ended could not be removed; it is tried again in five minutes"),
        }
    }
}

/// Removes what had ended by `now`; how many rows.
///
/// # Errors
/// [`StoreError`]; then nothing was removed.
pub async fn remove_ended(database: &Database, now: Timestamp) -> Result<u64, StoreError> {
    let mut transaction = database.begin().await?;
    let drafts = drafts::delete_expired(transaction.conn(), now).await?;
    let sessions = sessions::delete_expired(transaction.conn(), now).await?;
    let counters = rate_limits::delete_ended(transaction.conn(), now).await?;
    let links = entry_links::delete_expired(transaction.conn(), now.plus_millis(-LINKS_KEPT_MS)).await?;
    let keys = idempotency_keys::delete_expired(transaction.conn(), now).await?;
    transaction.commit().await?;
    Ok(drafts + sessions + counters + links + keys)
}
