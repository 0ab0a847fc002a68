//! Lookups that many ask for at once: one answers many, and none answers a question that came after it began.
//!
//! Key 0 is not there, and a lookup of key 13 ends before its time.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use latchkey::services::shared::{Shared, look_up};
use tokio::sync::Semaphore;
use tokio_util::task::TaskTracker;

const MANY: usize = 50;

/// A place that answers with the number of the lookup and how many keys it is for, each when it is let through.
#[derive(Clone, Default)]
struct Place {
    shared: Arc<Shared<u8, (usize, usize)>>,
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
    async fn ask(&self, key: u8) -> Option<(usize, usize)> {
        let place = self.clone();
        let look = move |keys: Vec<u8>| {
            let place = place.clone();
            async move {
                let number = place.looked.fetch_add(1, Ordering::SeqCst) + 1;
                place.begun.0.add_permits(1);
                place.gate.pass().await;
                assert!(!keys.contains(&13), "a lookup that ends before its time");
                let count = keys.len();
                keys.into_iter().filter(|key| *key != 0).map(|key| (key, (number, count))).collect::<BTreeMap<_, _>>()
            }
        };
        look_up(&self.shared, &self.tasks, key, look).await
    }

    fn asks(&self, key: u8) -> tokio::task::JoinHandle<Option<(usize, usize)>> {
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
    assert_eq!(first.await.unwrap(), Some((1, 1)));
    for one in later {
        assert_eq!(one.await.unwrap(), Some((2, 1)), "it asked after the first had begun");
    }
    place.gate.0.add_permits(1);
    assert_eq!(place.ask(1).await, Some((3, 1)), "nothing is kept");
}

#[tokio::test]
async fn many_keys_go_together_and_each_hears_of_its_own() {
    let place = Place::default();
    let held = place.asks(1);
    place.begun.pass().await;
    let absent = place.asks(0);
    let later: Vec<_> = (1..=12).map(|key| place.asks(key)).collect();
    place.settle().await;
    place.gate.0.add_permits(2);
    assert_eq!(held.await.unwrap(), Some((1, 1)));
    for one in later {
        assert_eq!(one.await.unwrap(), Some((2, 13)));
    }
    assert_eq!(absent.await.unwrap(), None);
}

#[tokio::test]
async fn more_than_one_lookup_holds_are_answered_by_several() {
    let place = Place::default();
    let held = place.asks(1);
    place.begun.pass().await;
    let many: Vec<_> = (0..300).map(|_| place.asks(1)).collect();
    place.settle().await;
    place.gate.0.add_permits(3);
    assert_eq!(held.await.unwrap(), Some((1, 1)));
    let mut lookups = BTreeMap::<_, usize>::new();
    for one in many {
        *lookups.entry(one.await.unwrap().unwrap().0).or_default() += 1;
    }
    assert_eq!(lookups, BTreeMap::from([(2, 256), (3, 44)]));
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
        assert_eq!((first.await.unwrap(), second.await.unwrap()), (None, None), "{key}");
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
    assert_eq!(second.await.unwrap(), Some((2, 1)));
    assert!(first.await.unwrap_err().is_cancelled());
}

#[tokio::test]
async fn what_is_too_much_is_refused_and_a_worker_that_goes_away_tells_those_who_wait() {
    let shared = Arc::new(Shared::<u8, u8>::default());
    let ask = || {
        let (told, heard) = tokio::sync::oneshot::channel();
        (shared.add((1, told), 2), heard)
    };
    let (appointed, first) = ask();
    let (none, second) = ask();
    let worker = appointed.unwrap().expect("the first to come begins");
    assert!(none.unwrap().is_none(), "one worker is enough");
    assert!(ask().0.is_err(), "two wait already");
    drop(worker);
    assert!(first.await.is_err() && second.await.is_err());
    let (appointed, _) = ask();
    let mut worker = appointed.unwrap().expect("whoever comes next begins anew");
    assert_eq!(worker.next(10).await.map(|asked| asked.len()), Some(1));
    assert!(worker.next(10).await.is_none());
    assert!(ask().0.unwrap().is_some(), "the one before is over");
}
