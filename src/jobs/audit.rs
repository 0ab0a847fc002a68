//! The audit log's own work: checkpoints, retention, verification.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::services::{App, ServiceError, audit};

/// Between two checkpoints.
const EVERY: Duration = Duration::from_secs(3_600);
/// Between two verifications that nobody asked for, in milliseconds.
const VERIFY_EVERY_MS: i64 = 24 * 3_600_000;

/// Seals a checkpoint each hour and once more at `stop`; takes the content of what organizations do not keep; verifies once a day.
pub async fn tend_audit(app: App, stop: CancellationToken) {
    let mut ticks = tokio::time::interval(EVERY);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = stop.cancelled() => break,
            _ = ticks.tick() => {}
        }
        tell("a checkpoint", audit::note_checkpoint(&app).await);
        // Both may take long, and whatever they did is kept when they are left in the middle.
        tokio::select! {
            () = stop.cancelled() => break,
            done = audit::prune(&app) => tell("retention", done),
        }
        tokio::select! {
            () = stop.cancelled() => break,
            done = audit::verify_when_due(&app, VERIFY_EVERY_MS) => tell("the verification", done),
        }
    }
    tell("the last checkpoint", audit::note_checkpoint(&app).await);
}

fn tell<T>(what: &str, done: Result<T, ServiceError>) {
    if let Err(error) = done {
        tracing::warn!(what, cause = error.cause.as_deref().map(tracing::field::display), "the audit log could not be tended; it is tried again in an hour");
    }
}
