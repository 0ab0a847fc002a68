//! Queues in the database: one item after the other, as they come and when they are due again.

use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

use crate::services::ServiceError;

/// How often is looked for items that were put off or whose node went away.
const EVERY: Duration = Duration::from_secs(30);

/// Works through what is due with `next`, which says whether there was anything, whenever `wakes` is told of something new and every half minute, until `stop`.
/// `trouble` says in the log what could not be done.
pub(super) async fn work_through<F>(wakes: &Notify, stop: &CancellationToken, trouble: &'static str, next: impl Fn() -> F)
where
    F: Future<Output = Result<bool, ServiceError>>,
{
    let mut ticks = tokio::time::interval(EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = ticks.tick() => {}
            () = wakes.notified() => {}
        }
        while !stop.is_cancelled() {
            match next().await {
                Ok(true) => {}
                Ok(false) => break,
                Err(error) => {
                    let cause = error.cause.as_deref().map(tracing::field::display);
                    tracing::warn!(cause, "{trouble}; it is tried again in half a minute");
                    break;
                }
            }
        }
    }
}
