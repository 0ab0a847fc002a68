//! Letters go out.

use std::time::Duration;

use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

use crate::egress::Post;
use crate::services::App;
use crate::services::mail::{self, Delivery};

/// How often is looked for letters that were put off or whose node went away.
const EVERY: Duration = Duration::from_secs(30);

/// Sends letters as they are written, and those that are due again, until `stop`.
pub async fn letters(app: App, post: Post, stop: CancellationToken) {
    let mut ticks = tokio::time::interval(EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = ticks.tick() => {}
            () = app.letters.notified() => {}
        }
        while !stop.is_cancelled() {
            match mail::deliver_next(&app, &post).await {
                Ok(Delivery::NoneDue) => break,
                Ok(_) => {}
                Err(error) => {
                    let cause = error.cause.as_deref().map(tracing::field::display);
                    tracing::warn!(cause, "letters could not be sent; it is tried again in half a minute");
                    break;
                }
            }
        }
    }
}
