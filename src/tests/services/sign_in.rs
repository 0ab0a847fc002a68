//! Signing in: one answer for every reason, limits before any hash, nothing typed kept.

use latchkey::domain::{Role, Visitor};
use latchkey::services::{ErrorCode, ServiceError, SignedIn, audit, sign_in};
use latchkey::store::{Database, audit as log, devices};
use latchkey::vault::Secret;

use crate::services::world::{PASSWORD, World, visitor, visitor_from};
use crate::support::database::on_both_engines;

const QUARTER: i64 = 15 * 60 * 1_000;

async fn attempt(world: &World, from: &Visitor, email: &str, password: &str) -> Result<SignedIn, ServiceError> {
    sign_in::sign_in(&world.app, from, email, &Secret::new(password.to_owned())).await
}

on_both_engines! {
    async fn every_reason_gets_one_answer_and_costs_one_hash(database: Database) {
        let world = World::new(database).await;
        world.set_up().await;
        let long = "x".repeat(100_000);
        let cases = [("dana@example.com", "wrong password"), ("nobody@example.com", PASSWORD), ("no address", PASSWORD), ("", ""), ("dana@example.com", &long)];
        for (email, password) in cases {
            let before = world.app.passwords.computed();
            let error = attempt(&world, &visitor(), email, password).await.unwrap_err();
            assert_eq!((error.code, error.message.as_str(), error.retry_at), (ErrorCode::LoginFailed, "E-mail or password is wrong.", None), "{email}");
            assert_eq!(world.app.passwords.computed() - before, 1, "{email}");
        }
    }

    async fn ten_tries_per_account_whatever_the_spelling_and_no_more_hashes(database: Database) {
        let world = World::new(database).await;
        world.set_up().await;
        let spellings = ["dana@example.com", "DANA@example.com", " dana@Example.com ", "\u{ff44}ana@example.com"];
        for number in 0..10_u8 {
            let error = attempt(&world, &visitor_from(number), spellings[usize::from(number) % 4], "wrong password").await.unwrap_err();
            assert_eq!(error.code, ErrorCode::LoginFailed, "{number}");
        }
        let before = world.app.passwords.computed();
        let error = attempt(&world, &visitor_from(99), spellings[1], PASSWORD).await.unwrap_err();
        assert_eq!(error.code, ErrorCode::SlowDown);
        assert_eq!(error.retry_at, Some(world.app.now().plus_millis(QUARTER)));
        assert_eq!(world.app.passwords.computed(), before, "no hash for a locked account");
        world.clock.advance(QUARTER + 1);
        attempt(&world, &visitor_from(99), "dana@example.com", PASSWORD).await.unwrap();
    }

    async fn success_forgets_the_tries(database: Database) {
        let world = World::new(database).await;
        world.set_up().await;
        for _ in 0..4 {
            for _ in 0..5 {
                assert_eq!(attempt(&world, &visitor(), "dana@example.com", "wrong password").await.unwrap_err().code, ErrorCode::LoginFailed);
            }
            attempt(&world, &visitor(), "dana@example.com", PASSWORD).await.unwrap();
        }
    }

    async fn fifty_failures_per_address_lock_it_for_every_account(database: Database) {
        let world = World::new(database).await;
        world.set_up().await;
        for number in 0..50 {
            let error = attempt(&world, &visitor_from(1), &format!("person-{number}@example.com"), "wrong password").await.unwrap_err();
            assert_eq!(error.code, ErrorCode::LoginFailed, "{number}");
        }
        assert_eq!(attempt(&world, &visitor_from(1), "dana@example.com", PASSWORD).await.unwrap_err().code, ErrorCode::SlowDown);
        attempt(&world, &visitor_from(2), "dana@example.com", PASSWORD).await.unwrap();
    }

    async fn what_is_turned_away_locks_nobody_out(database: Database) {
        let world = World::new(database).await;
        world.set_up().await;
        for number in 0..50 {
            attempt(&world, &visitor_from(1), &format!("person-{number}@example.com"), "wrong password").await.unwrap_err();
        }
        for _ in 0..30 {
            assert_eq!(attempt(&world, &visitor_from(1), "dana@example.com", "wrong password").await.unwrap_err().code, ErrorCode::SlowDown);
        }
        attempt(&world, &visitor_from(2), "dana@example.com", PASSWORD).await.expect("the tries of a closed address are nobody's");
        for _ in 0..30 {
            attempt(&world, &visitor_from(3), "dana@example.com", "wrong password").await.unwrap_err();
        }
        let rows = log::chain(world.app.database.read().await.unwrap().conn(), "node-1", 0, 1_000).await.unwrap();
        assert_eq!(rows.iter().filter(|row| row.action == "sign_in.locked").count(), 1, "noted once");
        world.clock.advance(QUARTER + 1);
        attempt(&world, &visitor_from(3), "dana@example.com", PASSWORD).await.expect("the lockout ends");
    }

    async fn of_many_guesses_at_once_ten_are_looked_at(database: Database) {
        let world = World::new(database).await;
        world.set_up().await;
        let before = world.app.passwords.computed();
        let guesses: Vec<_> = (0..30_u8)
            .map(|number| {
                let app = world.app.clone();
                tokio::spawn(async move { sign_in::sign_in(&app, &visitor_from(number), "dana@example.com", &Secret::new("wrong password".to_owned())).await })
            })
            .collect();
        for guess in guesses {
            guess.await.unwrap().unwrap_err();
        }
        assert!(world.app.passwords.computed() - before <= 10);
    }

    async fn ten_thousand_guesses_make_few_hashes_and_do_not_lock_a_known_browser_out(database: Database) {
        let world = World::new(database).await;
        let who = world.set_up().await;
        let known = Visitor { device: Some("d".repeat(64)), ..visitor_from(200) };
        let mut transaction = world.app.database.begin().await.unwrap();
        let end = world.app.now().plus_millis(QUARTER * 100);
        devices::renew(transaction.conn(), None, known.device.as_deref().unwrap(), &who.user, world.app.now(), end).await.unwrap();
        transaction.commit().await.unwrap();
        let spellings = ["dana@example.com", "DANA@Example.com", " dana@example.com", "\u{ff44}ana@example.com", "dana@EXAMPLE.com "];
        let before = world.app.passwords.computed();
        for number in 0..10_000_usize {
            let guesser = Visitor { device: Some(format!("{number:064}")), ..visitor_from(u8::try_from(number % 100).unwrap()) };
            attempt(&world, &guesser, spellings[number % 5], "wrong password").await.unwrap_err();
        }
        assert!(world.app.passwords.computed() - before <= 20, "{} hashes", world.app.passwords.computed() - before);
        assert_eq!(attempt(&world, &visitor_from(201), "dana@example.com", PASSWORD).await.unwrap_err().code, ErrorCode::SlowDown, "an unknown browser waits");
        assert_eq!(attempt(&world, &known, "dana@example.com", PASSWORD).await.unwrap(), who, "a known one does not");
        let before = world.app.passwords.computed();
        for _ in 0..100 {
            attempt(&world, &known, "dana@example.com", "wrong password").await.unwrap_err();
        }
        assert_eq!(world.app.passwords.computed() - before, 10, "it has ten tries of its own");
        let other = world.member(&who.organization, Role::Viewer, &[]).await;
        assert_ne!(other.member(), Some(&who.member));
        for _ in 0..12 {
            attempt(&world, &known, "viewer@example.com", "wrong password").await.unwrap_err();
        }
        assert_eq!(attempt(&world, &visitor_from(202), "viewer@example.com", "x").await.unwrap_err().code, ErrorCode::SlowDown, "for another account it is any browser");
    }

    async fn what_a_stranger_types_is_not_kept(database: Database) {
        let world = World::new(database).await;
        let who = world.set_up().await;
        attempt(&world, &visitor(), "typed-by-mistake-Pa55word@example.com", "canary-password").await.unwrap_err();
        attempt(&world, &visitor(), "dana@example.com", "canary-password").await.unwrap_err();
        attempt(&world, &visitor(), "dana@example.com", PASSWORD).await.unwrap();
        sign_in::sign_out(&world.app, &world.actor(&who).await).await.unwrap();
        let rows = log::chain(world.app.database.read().await.unwrap().conn(), "node-1", 0, 100).await.unwrap();
        let actions: Vec<&str> = rows.iter().map(|row| row.action.as_str()).collect();
        assert_eq!(actions, ["setup.done", "sign_in.failed", "sign_in.failed", "sign_in.done", "sign_out.done"]);
        let text = format!("{rows:?}").to_lowercase();
        for canary in ["pa55word", "canary", "typed-by", PASSWORD, "dana@example.com"] {
            assert!(!text.contains(canary), "{canary}");
        }
        assert_eq!(audit::verify(&world.app).await.unwrap().findings, []);
    }
}
