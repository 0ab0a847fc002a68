//! Lookups that many ask for at once: those that come while one is under way go together in the next.
//!
//! An answer is never older than the question: the lookup that answers began after everybody who gets it had asked.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use tokio::sync::oneshot;
use tokio_util::task::TaskTracker;

use crate::services::gathered::Gathered;

/// Keys of one lookup.
const TOGETHER: usize = 256;

/// Lookups of one kind on this node: keys, and who waits for their answers.
pub type Shared<K, V> = Gathered<(K, oneshot::Sender<V>)>;

/// Looks a key up with `look`, together with whatever else is asked for; none when the lookup did not bring it, and then each may find out for itself why.
/// Lookups run among `tasks`, so that they outlive those who hang up.
pub async fn look_up<K, V, F>(shared: &Arc<Shared<K, V>>, tasks: &TaskTracker, key: K, look: impl Fn(Vec<K>) -> F + Send + 'static) -> Option<V>
where
    K: Clone + Ord + Send + 'static,
    V: Clone + Send + 'static,
    F: Future<Output = BTreeMap<K, V>> + Send,
{
    let (told, heard) = oneshot::channel();
    if let Some(mut worker) = shared.add((key, told), usize::MAX).ok().flatten() {
        tasks.spawn(async move {
            while let Some(asked) = worker.next(TOGETHER).await {
                let keys: BTreeSet<K> = asked.iter().map(|(key, _)| key.clone()).collect();
                let found = look(keys.into_iter().collect()).await;
                for (key, told) in asked {
                    if let Some(answer) = found.get(&key) {
                        // Whoever hung up needs no answer.
                        drop(told.send(answer.clone()));
                    }
                }
            }
        });
    }
    heard.await.ok()
}
