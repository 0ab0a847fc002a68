//! Lookups that many ask for at once: those that come while one is under way go together in the next.
//!
//! An answer is never older than the question: the lookup that answers began after everybody who gets it had asked.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;
use tokio_util::task::TaskTracker;

/// Keys of one lookup.
const TOGETHER: usize = 256;

/// Lookups of one kind on this node.
#[derive(Debug)]
pub struct Shared<K, V>(Mutex<Asked<K, V>>);

#[derive(Debug)]
struct Asked<K, V> {
    waiting: VecDeque<(K, oneshot::Sender<V>)>,
    is_answered: bool,
}

impl<K, V> Default for Shared<K, V> {
    fn default() -> Self {
        Self(Mutex::new(Asked { waiting: VecDeque::new(), is_answered: false }))
    }
}

impl<K, V> Shared<K, V> {
    fn lock(&self) -> MutexGuard<'_, Asked<K, V>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Those who asked first; none when nobody waits, and then whoever comes next begins anew.
    fn take(&self) -> Option<Vec<(K, oneshot::Sender<V>)>> {
        let mut asked = self.lock();
        if asked.waiting.is_empty() {
            asked.is_answered = false;
            return None;
        }
        let count = asked.waiting.len().min(TOGETHER);
        Some(asked.waiting.drain(..count).collect())
    }
}

/// Lets others begin anew when the lookups are gone before their time; who waits then is told nothing.
struct Looking<K, V> {
    shared: Arc<Shared<K, V>>,
    is_over: bool,
}

impl<K, V> Looking<K, V> {
    fn end(mut self) {
        self.is_over = true;
    }
}

impl<K, V> Drop for Looking<K, V> {
    fn drop(&mut self) {
        if !self.is_over {
            let mut asked = self.shared.lock();
            asked.is_answered = false;
            asked.waiting.clear();
        }
    }
}

/// Looks a key up with `look`, together with whatever else is asked for; none when the lookup did not bring it, and then each may find out for itself why.
/// Lookups run among `tasks`, so that they outlive those who hang up.
pub async fn look_up<K, V, F>(shared: &Arc<Shared<K, V>>, tasks: &TaskTracker, key: K, look: impl Fn(Vec<K>) -> F + Send + 'static) -> Option<V>
where
    K: Clone + Ord + Send + 'static,
    V: Clone + Send + 'static,
    F: Future<Output = BTreeMap<K, V>> + Send,
{
    let (told, heard) = oneshot::channel();
    let begins = {
        let mut asked = shared.lock();
        asked.waiting.push_back((key, told));
        !std::mem::replace(&mut asked.is_answered, true)
    };
    if begins {
        let looking = Looking { shared: shared.clone(), is_over: false };
        tasks.spawn(async move {
            loop {
                // Whoever is ready to ask comes first: the more in one lookup, the less each costs.
                tokio::task::yield_now().await;
                let Some(asked) = looking.shared.take() else { break };
                let keys: BTreeSet<K> = asked.iter().map(|(key, _)| key.clone()).collect();
                let found = look(keys.into_iter().collect()).await;
                for (key, told) in asked {
                    if let Some(answer) = found.get(&key) {
                        // Whoever hung up needs no answer.
                        drop(told.send(answer.clone()));
                    }
                }
            }
            looking.end();
        });
    }
    heard.await.ok()
}
