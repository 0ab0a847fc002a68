//! Lookups that many ask for at once: one answers many, and none answers a question that came after it began.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use latchkey::services::shared::{Shared, look_up};
use tokio::sync::Semaphore;
use tokio_util::task::TaskTracker;

const MANY: usize = 50;

/// A place that answers with the number of the lookup, each when it is let through.
#[derive(Clone, Default)]
struct Place {
    shared: Arc<Shared<u8, usize>>,
    tasks: TaskTracker,
    looked: Arc<AtomicUsize>,
    begun: Arc<Gate>,
    gate: Arc<Gate>,
}

struct Gate(Semaphore);

impl Default for Gate {
    fn default() -> Self {
        Self(Semaphore::new(0))
    }
}

impl Gate {
    async fn pass(&self) {
        self.0.acquire().await.unwrap().forget();
    }
}

impl Place {
    async fn ask(&self, key: u8) -> Option<usize> {
        let place = self.clone();
        let look = move |key: u8| {
            let place = place.clone();
            async move {
                let number = place.looked.fetch_add(1, Ordering::SeqCst) + 1;
                place.begun.0.add_permits(1);
                place.gate.pass().await;
                assert_ne!(key, 13, "a lookup that ends before its time");
                (key != 0).then_some(number)
            }
        };
        look_up(&self.shared, &self.tasks, &key, look).await
    }

    fn asks(&self, key: u8) -> tokio::task::JoinHandle<Option<usize>> {
        let place = self.clone();
        tokio::spawn(async move { place.ask(key).await })
    }

    /// Lets the others run until they wait.
    async fn settle(&self) {
        for _ in 0..1_000 {
            tokio::task::yield_now().await;
        }
    }
}

#[tokio::test]
async fn those_who_come_while_one_is_under_way_share_the_next() {
    let place = Place::default();
    let first = place.asks(1);
    place.begun.pass().await;
    let later: Vec<_> = (0..MANY).map(|_| place.asks(1)).collect();
    place.settle().await;
    place.gate.0.add_permits(2);
    assert_eq!(first.await.unwrap(), Some(1));
    for one in later {
        assert_eq!(one.await.unwrap(), Some(2), "it asked after the first had begun");
    }
    place.gate.0.add_permits(1);
    assert_eq!(place.ask(1).await, Some(3), "nothing is kept");
}

#[tokio::test]
async fn another_key_waits_for_nobody() {
    let place = Place::default();
    let held = place.asks(1);
    place.begun.pass().await;
    let other = place.asks(2);
    place.begun.pass().await;
    place.gate.0.add_permits(2);
    assert_eq!((held.await.unwrap().is_some(), other.await.unwrap().is_some()), (true, true));
}

#[tokio::test]
async fn a_lookup_that_fails_or_ends_early_tells_everybody_so_and_the_next_begins_anew() {
    let place = Place::default();
    for key in [0, 13] {
        let first = place.asks(key);
        place.begun.pass().await;
        let second = place.asks(key);
        place.settle().await;
        place.gate.0.add_permits(2);
        assert_eq!((first.await.unwrap(), second.await.unwrap()), (None, None));
    }
    place.gate.0.add_permits(1);
    assert!(place.ask(1).await.is_some());
}

#[tokio::test]
async fn whoever_hangs_up_takes_no_answer_from_the_others() {
    let place = Place::default();
    let first = place.asks(1);
    place.begun.pass().await;
    let second = place.asks(1);
    place.settle().await;
    first.abort();
    place.gate.0.add_permits(2);
    assert_eq!(second.await.unwrap(), Some(2));
    assert!(first.await.unwrap_err().is_cancelled());
}
