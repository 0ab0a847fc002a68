//! What one provider takes at the same time.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};

/// The rest after the first failure; each further one is twice as long.
const FIRST_REST: Duration = Duration::from_millis(100);
/// Doublings of it at most: 25 seconds.
const DOUBLINGS: u32 = 8;

/// Lets so many in at the same time: half as many and after a rest when the provider does not answer, one more with each answer.
#[derive(Debug)]
pub struct Gate {
    most: u32,
    state: Mutex<State>,
    left: Notify,
}

#[derive(Debug)]
struct State {
    inside: u32,
    width: u32,
    failures: u32,
    rest_until: Option<Instant>,
}

impl Gate {
    /// So many at most.
    pub fn new(most: u32) -> Self {
        Self { most, state: Mutex::new(State { inside: 0, width: most.max(1), failures: 0, rest_until: None }), left: Notify::new() }
    }

    /// Waits until there is room.
    pub async fn enter(&self) {
        loop {
            let left = self.left.notified();
            let rest = {
                let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
                let rest = state.rest_until.filter(|until| *until > Instant::now());
                if rest.is_none() && state.inside < state.width {
                    state.inside += 1;
                    return;
                }
                rest
            };
            match rest {
                Some(until) => sleep_until(until).await,
                None => left.await,
            }
        }
    }

    /// Says that one left, and whether the provider answered.
    pub fn leave(&self, answered: bool) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.inside = state.inside.saturating_sub(1);
        if answered {
            state.failures = 0;
            state.width = (state.width + 1).min(self.most.max(1));
        } else {
            state.width = (state.width / 2).max(1);
            state.rest_until = Some(Instant::now() + FIRST_REST * (1 << state.failures.min(DOUBLINGS)));
            state.failures += 1;
        }
        drop(state);
        self.left.notify_one();
    }
}
