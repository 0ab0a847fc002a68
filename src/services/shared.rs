//! Lookups that many ask for at once: those that come while one is under way share the next.
//!
//! An answer is never older than the question: the lookup that answers began after everybody who gets it had asked.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;
use tokio_util::task::TaskTracker;

/// Who waits for the next lookup of each key; a key is there while a lookup of it is under way.
type Waiting<K, V> = HashMap<K, Vec<oneshot::Sender<Option<V>>>>;

/// Lookups of one kind on this node.
#[derive(Debug)]
pub struct Shared<K: Eq + Hash, V>(Mutex<Waiting<K, V>>);

impl<K: Eq + Hash, V> Default for Shared<K, V> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Eq + Hash, V> Shared<K, V> {
    fn lock(&self) -> MutexGuard<'_, Waiting<K, V>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Those who wait; none when nobody does, and then whoever comes next begins anew.
    fn take(&self, key: &K) -> Option<Vec<oneshot::Sender<Option<V>>>> {
        let mut waiting = self.lock();
        let all = waiting.get_mut(key).map(std::mem::take).filter(|all| !all.is_empty());
        if all.is_none() {
            waiting.remove(key);
        }
        all
    }
}

/// Lets others begin anew when the lookups are gone before their time; who waits then is told nothing.
struct Looking<K: Eq + Hash, V> {
    shared: Arc<Shared<K, V>>,
    key: K,
    is_over: bool,
}

impl<K: Eq + Hash, V> Looking<K, V> {
    fn end(mut self) {
        self.is_over = true;
    }
}

impl<K: Eq + Hash, V> Drop for Looking<K, V> {
    fn drop(&mut self) {
        if !self.is_over {
            self.shared.lock().remove(&self.key);
        }
    }
}

/// Looks a key up with `look`, together with whoever waits for the same; none when that failed, and then each may find out for itself why. Lookups run among
/// `tasks`, so that they outlive those who hang up.
pub async fn look_up<K, V, F>(shared: &Arc<Shared<K, V>>, tasks: &TaskTracker, key: &K, look: impl Fn(K) -> F + Send + 'static) -> Option<V>
where
    K: Clone + Eq + Hash + Send + 'static,
    V: Clone + Send + 'static,
    F: Future<Output = Option<V>> + Send,
{
    let (told, heard) = oneshot::channel();
    let begins = match shared.lock().entry(key.clone()) {
        Entry::Occupied(mut waiting) => {
            waiting.get_mut().push(told);
            false
        }
        Entry::Vacant(place) => {
            place.insert(vec![told]);
            true
        }
    };
    if begins {
        let looking = Looking { shared: shared.clone(), key: key.clone(), is_over: false };
        tasks.spawn(async move {
            while let Some(all) = looking.shared.take(&looking.key) {
                let found = look(looking.key.clone()).await;
                for told in all {
                    // Whoever hung up needs no answer.
                    drop(told.send(found.clone()));
                }
            }
            looking.end();
        });
    }
    heard.await.ok().flatten()
}
