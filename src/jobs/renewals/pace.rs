//! The pace of one node.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

/// Lets so many through in a second, evenly.
#[derive(Debug)]
pub struct Pace {
    step: Duration,
    next: Mutex<Option<Instant>>,
}

impl Pace {
    /// So many in a second; one at least.
    pub fn new(per_second: u32) -> Self {
        Self { step: Duration::from_secs(1) / per_second.max(1), next: Mutex::new(None) }
    }

    /// Waits for the turn.
    pub async fn turn(&self) {
        let now = Instant::now();
        let at = {
            let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
            // Time that nobody used is not made up for.
            let at = next.unwrap_or(now).max(now);
            *next = Some(at + self.step);
            at
        };
        sleep_until(at).await;
    }
}
