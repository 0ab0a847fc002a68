//! After an outage ten thousand are due at once, and the provider sees a smooth rate.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use latchkey::jobs::{Gate, Pace, lane};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

const WINDOW: Duration = Duration::from_millis(100);

/// The most arrivals within any stretch of a tenth of a second.
fn most_in_a_window(mut arrivals: Vec<Instant>) -> usize {
    arrivals.sort_unstable();
    let within = |(first, at): (usize, &Instant)| arrivals[first..].iter().take_while(|later| later.duration_since(*at) < WINDOW).count();
    arrivals.iter().enumerate().map(within).max().unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_due_at_once_arrive_at_the_pace() {
    let (arrivals, inside, most) = (Arc::new(Mutex::new(Vec::new())), Arc::new(AtomicU32::new(0)), Arc::new(AtomicU32::new(0)));
    let (log, now, peak) = (arrivals.clone(), inside.clone(), most.clone());
    let work = move |_: usize| {
        let (log, now, peak) = (log.clone(), now.clone(), peak.clone());
        async move {
            log.lock().unwrap().push(Instant::now());
            peak.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            tokio::task::yield_now().await;
            now.fetch_sub(1, Ordering::SeqCst);
            true
        }
    };
    lane(&Pace::new(500), &Arc::new(Gate::new(16)), (0..10_000).collect(), CancellationToken::new(), work).await;
    let arrivals = std::mem::take(&mut *arrivals.lock().unwrap());
    assert_eq!(arrivals.len(), 10_000);
    // Fifty in a tenth of a second, and those that a busy machine let wait behind the gate.
    let found = most_in_a_window(arrivals);
    assert!(found <= 50 + 16, "{found}");
    assert!(most.load(Ordering::SeqCst) <= 16);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_provider_that_does_not_answer_is_asked_ever_less_until_it_does() {
    let (arrivals, left) = (Arc::new(Mutex::new(Vec::new())), Arc::new(AtomicU32::new(20)));
    let log = arrivals.clone();
    let work = move |_: usize| {
        let (log, left) = (log.clone(), left.clone());
        async move {
            log.lock().unwrap().push(Instant::now());
            // Five do not answer, then all do.
            left.fetch_sub(1, Ordering::SeqCst) <= 15
        }
    };
    lane(&Pace::new(1_000), &Arc::new(Gate::new(1)), (0..20).collect(), CancellationToken::new(), work).await;
    let arrivals = arrivals.lock().unwrap().clone();
    let rests: Vec<Duration> = arrivals.windows(2).map(|pair| pair[1] - pair[0]).collect();
    for (failure, rest) in rests.iter().take(5).enumerate() {
        assert!(*rest >= Duration::from_millis(100 << failure), "{failure}: {rests:?}");
    }
}

#[tokio::test]
async fn a_stop_leaves_the_rest_for_later() {
    let stop = CancellationToken::new();
    let (count, inner) = (Arc::new(AtomicU32::new(0)), stop.clone());
    let done = count.clone();
    let work = move |_: usize| {
        let (done, stop) = (done.clone(), inner.clone());
        async move {
            done.fetch_add(1, Ordering::SeqCst);
            stop.cancel();
            true
        }
    };
    lane(&Pace::new(1_000), &Arc::new(Gate::new(1)), (0..1_000).collect(), stop, work).await;
    assert!(count.load(Ordering::SeqCst) < 1_000);
}
