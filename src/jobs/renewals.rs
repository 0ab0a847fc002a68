//! Tokens are renewed before they end: smoothly, a lane for each provider.

mod gate;
mod lane;
mod pace;

pub use gate::Gate;
pub use lane::lane;
pub use pace::Pace;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinHandle;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

use crate::config::RenewalsConfig;
use crate::services::grants::{self, Renewal};
use crate::services::{App, ServiceError};
use crate::store::grants::Due;

/// How often is looked for tokens that are due.
const EVERY: Duration = Duration::from_secs(1);
/// The most that one look takes on.
const MOST: i64 = 2_000;

/// The lanes that there are: what each provider takes, and whether one is running.
#[derive(Default)]
struct Lanes(HashMap<String, (Arc<Gate>, Option<JoinHandle<()>>)>);

/// Renews the tokens that are due, until `stop`; those under way are ended.
pub async fn renewals(app: App, config: RenewalsConfig, stop: CancellationToken) {
    let pace = Arc::new(Pace::new(config.per_second));
    let mut lanes = Lanes::default();
    let mut ticks = tokio::time::interval(EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = stop.cancelled() => break,
            _ = ticks.tick() => {}
        }
        if let Err(error) = fill(&app, config, &pace, &mut lanes, &stop).await {
            let cause = error.cause.as_deref().map(tracing::field::display);
            tracing::warn!(cause, "tokens that are due could not be looked up; it is tried again in a second");
        }
    }
    for (_, (_, running)) in lanes.0 {
        if let Some(running) = running {
            drop(running.await);
        }
    }
}

/// Puts what is due on the lanes that are free. A provider whose lane is busy holds up nobody else.
async fn fill(app: &App, config: RenewalsConfig, pace: &Arc<Pace>, lanes: &mut Lanes, stop: &CancellationToken) -> Result<(), ServiceError> {
    let is_busy = |running: &Option<JoinHandle<()>>| running.as_ref().is_some_and(|running| !running.is_finished());
    let busy: Vec<String> = lanes.0.iter().filter(|(_, (_, running))| is_busy(running)).map(|(connector, _)| connector.clone()).collect();
    let mut queues: HashMap<String, Vec<Due>> = HashMap::new();
    for due in grants::due(app, &busy, MOST).await? {
        queues.entry(due.connector.clone()).or_default().push(due);
    }
    for (connector, queue) in queues {
        let (gate, running) = lanes.0.entry(connector).or_insert_with(|| (Arc::new(Gate::new(config.at_once)), None));
        let (pace, gate, app, stop) = (pace.clone(), gate.clone(), app.clone(), stop.clone());
        *running = Some(tokio::spawn(async move {
            let renew = move |due: Due| {
                let app = app.clone();
                async move { grants::renew_due(&app, &due).await == Renewal::Answered }
            };
            lane(&pace, &gate, queue, stop, renew).await;
        }));
    }
    Ok(())
}
