//! Tokens that nobody will use are ended at their providers.

use std::time::Duration;

use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

use crate::services::App;
use crate::services::leftovers::{self, Outcome};

/// How often is looked for tokens that were put off or whose node went away.
const EVERY: Duration = Duration::from_secs(30);

/// Has providers end tokens as they are given up, and those that are due again, until `stop`.
pub async fn leftovers(app: App, stop: CancellationToken) {
    let mut ticks = tokio::time::interval(EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = ticks.tick() => {}
            () = app.leftovers.notified() => {}
        }
        while !stop.is_cancelled() {
            match leftovers::end_next(&app).await {
                Ok(Outcome::NoneDue) => break,
                Ok(_) => {}
                Err(error) => {
                    let cause = error.cause.as_deref().map(tracing::field::display);
                    tracing::warn!(cause, "tokens that nobody uses could not be looked up; it is tried again in half a minute");
                    break;
                }
            }
        }
    }
}
