//! Work that happens by itself.

mod audit;
mod leftovers;
mod letters;
mod queue;
mod reminders;
mod renewals;

pub use audit::tend_audit;
pub use leftovers::leftovers;
pub use letters::letters;
pub use reminders::reminders;
pub use renewals::{Gate, Pace, lane, renewals};

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::domain::Timestamp;
use crate::services::{self, App};
use crate::store::{
    Database, StoreError, account_links, ceremonies, credential_uses, devices, drafts, entry_links, expiry_reminders, idempotency_keys, oauth_attempts,
    rate_limits, registrations, sessions, sign_on_attempts, token_families,
};

/// How often what has ended is removed.
const EVERY: Duration = Duration::from_secs(300);
/// How long a one-time link is remembered after its time, in milliseconds.
const LINKS_KEPT_MS: i64 = 7 * 24 * 3_600_000;

/// How long a reminder is remembered, in milliseconds: longer than a year, so that what ends yearly is not told of twice.
const REMINDERS_KEPT_MS: i64 = 400 * 24 * 3_600_000;

/// How long a family of tokens is remembered after its time, in milliseconds.
const FAMILIES_KEPT_MS: i64 = 7 * 24 * 3_600_000;

/// How many days of counted reads are kept.
const USES_KEPT_DAYS: i64 = 40;

/// Removes drafts, sessions, families of tokens, counters, ceremonies, links, attempts, idempotency keys, counts and browsers whose time is over, now and every five
/// minutes, until `stop`.
pub async fn tidy(app: App, stop: CancellationToken) {
    let mut ticks = tokio::time::interval(EVERY);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = ticks.tick() => {}
        }
        if let Err(error) = services::leftovers::of_expired(&app).await {
            tracing::warn!(cause = ?error.cause, "drafts with tokens whose time is over could not be forgotten; it is tried again in five minutes");
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
    let devices = devices::delete_expired(transaction.conn(), now).await?;
    let ceremonies = ceremonies::delete_expired(transaction.conn(), now).await?;
    let registrations = registrations::delete_expired(transaction.conn(), now).await?;
    let account_links = account_links::delete_expired(transaction.conn(), now).await?;
    let families = token_families::delete_ended(transaction.conn(), now.plus_millis(-FAMILIES_KEPT_MS)).await?;
    let attempts = sign_on_attempts::delete_expired(transaction.conn(), now).await?;
    let consents = oauth_attempts::delete_expired(transaction.conn(), now).await?;
    let uses = credential_uses::delete_before(transaction.conn(), credential_uses::day_of(now) - USES_KEPT_DAYS).await?;
    let reminders = expiry_reminders::delete_older(transaction.conn(), now.plus_millis(-REMINDERS_KEPT_MS)).await?;
    transaction.commit().await?;
    let of_people = registrations + account_links + sessions + devices + ceremonies + families + attempts + consents;
    Ok(of_people + uses + reminders + drafts + counters + links + keys)
}
