//! Password hashing: right, wrong, missing, crowded.

use std::sync::mpsc;
use std::time::Duration;

use latchkey::vault::{PasswordHasher, PasswordHashingError, Secret};
use tokio::runtime::{Builder, Runtime};
use tokio::time::timeout;

/// Far longer than any test: these tests are about the queue, not about patience.
const PATIENT: Duration = Duration::from_secs(60);

fn password(text: &str) -> Secret<String> {
    Secret::new(text.to_owned())
}

#[tokio::test]
async fn the_right_password_matches_and_others_do_not() {
    let hasher = PasswordHasher::new(2);
    let stored = hasher.hash(&password("correct horse"), [1; 16]).await.unwrap();
    assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{stored}");
    assert_eq!(hasher.verify(&password("correct horse"), Some(&stored)).await, Ok(true));
    for wrong in ["", "correct hors", "correct horse ", "Correct horse"] {
        assert_eq!(hasher.verify(&password(wrong), Some(&stored)).await, Ok(false));
    }
}

#[tokio::test]
async fn a_missing_hash_costs_the_same_work_and_never_matches() {
    let hasher = PasswordHasher::new(2);
    let stored = hasher.hash(&password("correct horse"), [1; 16]).await.unwrap();
    for (guess, stored) in [("wrong", Some(stored.as_str())), ("wrong", None), ("", None), ("correct horse", Some(stored.as_str()))] {
        let before = hasher.computed();
        let matched = hasher.verify(&password(guess), stored).await.unwrap();
        assert_eq!(matched, guess == "correct horse");
        assert_eq!(hasher.computed(), before + 1);
    }
}

#[tokio::test]
async fn the_same_password_has_another_hash_under_another_salt() {
    let hasher = PasswordHasher::new(2);
    let first = hasher.hash(&password("correct horse"), [1; 16]).await.unwrap();
    assert_ne!(first, hasher.hash(&password("correct horse"), [2; 16]).await.unwrap());
    assert_eq!(first, hasher.hash(&password("correct horse"), [1; 16]).await.unwrap());
}

#[tokio::test]
async fn a_password_means_the_same_on_every_keyboard() {
    let hasher = PasswordHasher::new(2);
    for (one, other) in [("caf\u{e9} noir", "cafe\u{301} noir"), ("\u{fb01}sh tank", "fish tank"), ("\u{ff50}assword", "password")] {
        let stored = hasher.hash(&password(one), [1; 16]).await.unwrap();
        assert_eq!(hasher.verify(&password(other), Some(&stored)).await, Ok(true), "{other}");
    }
}

#[tokio::test]
async fn an_overlong_password_is_refused_but_still_costs_a_hash() {
    let hasher = PasswordHasher::new(2);
    let long = password(&"x".repeat(1_025));
    assert_eq!(hasher.hash(&long, [1; 16]).await, Err(PasswordHashingError::Failed));
    let stored = hasher.hash(&password(&"x".repeat(1_024)), [1; 16]).await.unwrap();
    let before = hasher.computed();
    assert_eq!(hasher.verify(&long, Some(&stored)).await, Ok(false));
    assert_eq!(hasher.computed(), before + 1);
    let empty = hasher.hash(&password(""), [1; 16]).await.unwrap();
    assert_eq!(hasher.verify(&long, Some(&empty)).await, Ok(false));
}

#[tokio::test]
async fn a_stored_text_that_is_no_hash_is_a_failure_not_a_match() {
    let hasher = PasswordHasher::new(2);
    for stored in ["", "plaintext", "$argon2id$", "$2b$12$abcdefghijklmnopqrstuv"] {
        assert_ne!(hasher.verify(&password(stored), Some(stored)).await, Ok(true), "{stored}");
    }
}

#[tokio::test]
async fn weaker_hashes_are_due_for_a_new_one() {
    let current = PasswordHasher::new(1).hash(&password("correct horse"), [1; 16]).await.unwrap();
    assert!(!PasswordHasher::needs_rehash(&current));
    assert!(!PasswordHasher::needs_rehash(&current.replace("m=19456,t=2", "m=65536,t=3")));
    for (strong, weak) in [("m=19456", "m=19455"), ("t=2", "t=1"), ("$argon2id$", "$argon2i$"), ("$argon2id$", "$argon2d$"), ("v=19", "v=16")] {
        assert!(PasswordHasher::needs_rehash(&current.replace(strong, weak)), "{weak}");
    }
    for text in ["", "plaintext", "$2b$12$abcdefghijklmnopqrstuv"] {
        assert!(PasswordHasher::needs_rehash(text), "{text}");
    }
}

/// A runtime with one blocking thread, which is kept from working until the returned sender is dropped.
fn runtime_without_a_free_thread() -> (Runtime, mpsc::Sender<()>) {
    let runtime = Builder::new_current_thread().enable_time().max_blocking_threads(1).build().unwrap();
    let (release, wait) = mpsc::channel::<()>();
    drop(runtime.spawn_blocking(move || wait.recv()));
    (runtime, release)
}

/// The answer of a call that needs not wait; none when it would have to.
async fn at_once<T>(call: impl Future<Output = T>) -> Option<T> {
    tokio::select! {
        biased;
        answer = call => Some(answer),
        () = std::future::ready(()) => None,
    }
}

#[test]
fn beyond_the_queue_the_answer_is_busy_at_once() {
    let (runtime, release) = runtime_without_a_free_thread();
    runtime.block_on(async {
        let hasher = PasswordHasher::with_limits(1, 3, PATIENT);
        let admitted: Vec<_> = (0..4)
            .map(|_| {
                let hasher = hasher.clone();
                tokio::spawn(async move { hasher.verify(&password("guess"), None).await })
            })
            .collect();
        tokio::task::yield_now().await;
        assert_eq!(at_once(hasher.verify(&password("guess"), None)).await, Some(Err(PasswordHashingError::Busy)));
        assert_eq!(at_once(hasher.hash(&password("guess"), [1; 16])).await, Some(Err(PasswordHashingError::Busy)));
        drop(release);
        for answer in admitted {
            assert_eq!(answer.await.unwrap(), Ok(false));
        }
        assert_eq!(hasher.computed(), 4);
        assert_eq!(hasher.verify(&password("guess"), None).await, Ok(false));
    });
}

#[test]
fn by_default_64_wait_behind_those_that_run() {
    let (runtime, release) = runtime_without_a_free_thread();
    runtime.block_on(async {
        let hasher = PasswordHasher::new(2);
        let admitted: Vec<_> = (0..66)
            .map(|_| {
                let hasher = hasher.clone();
                tokio::spawn(async move { hasher.verify(&password("guess"), None).await })
            })
            .collect();
        for _ in 0..66 {
            tokio::task::yield_now().await;
        }
        assert_eq!(at_once(hasher.verify(&password("guess"), None)).await, Some(Err(PasswordHashingError::Busy)));
        assert!(admitted.iter().all(|answer| !answer.is_finished()));
        admitted.iter().for_each(tokio::task::JoinHandle::abort);
    });
    drop(release);
}

#[test]
fn who_waits_too_long_is_told_busy() {
    let (runtime, release) = runtime_without_a_free_thread();
    runtime.block_on(async {
        let hasher = PasswordHasher::with_limits(1, 1, Duration::from_millis(1));
        let running = tokio::spawn({
            let hasher = hasher.clone();
            async move { hasher.verify(&password("guess"), None).await }
        });
        tokio::task::yield_now().await;
        let answer = timeout(PATIENT, hasher.verify(&password("guess"), None)).await;
        assert_eq!(answer, Ok(Err(PasswordHashingError::Busy)));
        drop(release);
        assert_eq!(running.await.unwrap(), Ok(false));
    });
}

#[test]
fn a_caller_that_goes_away_does_not_make_room_before_its_hash_is_done() {
    let (runtime, release) = runtime_without_a_free_thread();
    runtime.block_on(async {
        let hasher = PasswordHasher::with_limits(1, 0, PATIENT);
        let gone = tokio::spawn({
            let hasher = hasher.clone();
            async move { hasher.verify(&password("guess"), None).await }
        });
        tokio::task::yield_now().await;
        gone.abort();
        assert!(gone.await.unwrap_err().is_cancelled());
        assert_eq!(at_once(hasher.verify(&password("guess"), None)).await, Some(Err(PasswordHashingError::Busy)));
    });
    drop(release);
}

#[tokio::test]
async fn a_bcrypt_hash_of_an_import_is_verified_and_due_for_a_new_one() {
    let hasher = PasswordHasher::new(2);
    let parts = bcrypt::hash_with_salt("correct horse", 6, [7; 16]).unwrap();
    for version in [bcrypt::Version::TwoA, bcrypt::Version::TwoB, bcrypt::Version::TwoY] {
        let stored = parts.format_for_version(version);
        assert!(PasswordHasher::is_imported(&stored) && PasswordHasher::needs_rehash(&stored), "{stored}");
        for (guess, right) in [("correct horse", true), ("correct hors", false), ("", false), ("x".repeat(1_025).as_str(), false)] {
            let before = hasher.computed();
            assert_eq!(hasher.verify(&password(guess), Some(&stored)).await, Ok(right), "{guess}");
            assert_eq!(hasher.computed(), before + 1);
        }
    }
}

#[tokio::test]
async fn a_published_bcrypt_vector_is_understood() {
    // OpenBSD's own (john the ripper, "U*U"), under each prefix.
    for lead in ["$2a$", "$2b$", "$2y$"] {
        let stored = format!("{lead}05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW");
        assert_eq!(PasswordHasher::new(1).verify(&password("U*U"), Some(&stored)).await, Ok(true), "{lead}");
        assert_eq!(PasswordHasher::new(1).verify(&password("U*U*"), Some(&stored)).await, Ok(false), "{lead}");
    }
}

#[tokio::test]
async fn a_bcrypt_hash_that_would_take_minutes_is_not_computed() {
    let stored = "$2b$31$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW";
    assert_eq!(PasswordHasher::new(1).verify(&password("U*U"), Some(stored)).await, Ok(false));
    assert_eq!(
        PasswordHasher::new(1).verify(&password("U*U"), Some("$2x$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW")).await,
        Err(PasswordHashingError::Failed)
    );
}
