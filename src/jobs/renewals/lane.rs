//! One provider's renewals, one after the other into the gate.

use std::sync::Arc;

use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::{Gate, Pace};

/// Does `work` with every item, as the gate and the pace allow, until all are done or `stop`; what is under way is ended. The work says whether the provider
/// answered.
pub async fn lane<T, F>(pace: &Pace, gate: &Arc<Gate>, items: Vec<T>, stop: CancellationToken, work: impl Fn(T) -> F)
where
    F: Future<Output = bool> + Send + 'static,
{
    let mut under_way = JoinSet::new();
    for item in items {
        let turn = async {
            gate.enter().await;
            pace.turn().await;
        };
        tokio::select! {
            () = stop.cancelled() => break,
            () = turn => {}
        }
        let (gate, done) = (gate.clone(), work(item));
        under_way.spawn(async move { gate.leave(done.await) });
        while under_way.try_join_next().is_some() {}
    }
    while under_way.join_next().await.is_some() {}
}
