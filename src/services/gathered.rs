//! What comes while a worker is busy waits, and goes together in its next turn.
//!
//! The worker ends when nothing waits; there is no timer, so whoever comes alone waits for nobody.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What waits for one kind of work on this node.
#[derive(Debug)]
pub struct Gathered<T>(Mutex<Queue<T>>);

#[derive(Debug)]
struct Queue<T> {
    waiting: VecDeque<T>,
    has_worker: bool,
}

/// So much waits already that nothing was added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Full;

impl<T> Default for Gathered<T> {
    fn default() -> Self {
        Self(Mutex::new(Queue { waiting: VecDeque::new(), has_worker: false }))
    }
}

impl<T> Gathered<T> {
    fn lock(&self) -> MutexGuard<'_, Queue<T>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds an item, and appoints the worker for all of them where there is none.
    ///
    /// # Errors
    /// [`Full`] when `most` items wait already.
    pub fn add(self: &Arc<Self>, item: T, most: usize) -> Result<Option<Worker<T>>, Full> {
        let mut queue = self.lock();
        if queue.waiting.len() >= most {
            return Err(Full);
        }
        queue.waiting.push_back(item);
        let is_first = !std::mem::replace(&mut queue.has_worker, true);
        Ok(is_first.then(|| Worker { of: self.clone(), is_over: false }))
    }
}

/// Takes what waits. One that goes away before its time drops all of it, and whoever comes next appoints another.
#[derive(Debug)]
pub struct Worker<T> {
    of: Arc<Gathered<T>>,
    is_over: bool,
}

impl<T> Worker<T> {
    /// The oldest items, at most `together`; none when nothing waits, and then this worker is over.
    pub async fn next(&mut self, together: usize) -> Option<Vec<T>> {
        // Whoever is ready to come does so first: the more in one turn, the less each costs.
        tokio::task::yield_now().await;
        let mut queue = self.of.lock();
        if queue.waiting.is_empty() {
            queue.has_worker = false;
            self.is_over = true;
            return None;
        }
        let count = queue.waiting.len().min(together);
        Some(queue.waiting.drain(..count).collect())
    }
}

impl<T> Drop for Worker<T> {
    fn drop(&mut self) {
        if !self.is_over {
            let mut queue = self.of.lock();
            queue.has_worker = false;
            queue.waiting.clear();
        }
    }
}
