//! Reminders before something ends.

use std::time::Duration;

use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

use crate::services::{App, expiry};

/// How often is looked for reminders that are due.
const EVERY: Duration = Duration::from_secs(15 * 60);

/// Writes the letters that are due before something ends, now and every quarter of an hour, until `stop`.
pub async fn reminders(app: App, stop: CancellationToken) {
    let mut ticks = tokio::time::interval(EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = ticks.tick() => {}
        }
        tokio::select! {
            () = stop.cancelled() => return,
            done = expiry::remind(&app) => match done {
                Ok(0) => {}
                Ok(sent) => tracing::info!(sent, "reminded people of what ends"),
                Err(error) => {
                    let cause = error.cause.as_deref().map(tracing::field::display);
                    tracing::warn!(cause, "reminders could not be written; it is tried again in a quarter of an hour");
                }
            },
        }
    }
}
