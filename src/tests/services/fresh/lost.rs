//! Rows 17, 18 and 21: whatever happens to those who asked, to the node or to the line, no token is lost and none is written over.

use latchkey::domain::ConnectionStatus;
use latchkey::services::grants;
use latchkey::store::Database;

use super::provider::Mood;
use super::stage::{Stage, count, ensured};
use crate::support::database::{execute, on_both_engines};

const MINUTES_MS: i64 = 300_000;
const HOUR_MS: i64 = 3_600_000;
/// Runs of a holder that is paused past its deadline.
const RUNS: usize = 100;
/// Rounds of callers that hang up, and callers of each.
const HANG_UPS: (usize, usize) = (10, 50);

/// The claim of whoever is at it is over, as if a minute had passed in the database.
async fn end_claim(database: &Database) {
    execute(database, "UPDATE grants SET lease_until_ms = 1 WHERE lease_owner <> ''").await;
}

on_both_engines! {
    async fn row_17_callers_that_hang_up_lose_no_rotated_token(database: Database) {
        let stage = Stage::set(database).await;
        let row = stage.connected("books", -1).await;
        for round in 0..HANG_UPS.0 {
            stage.provider.mood(Mood::Held, 1);
            let callers: Vec<_> = (0..HANG_UPS.1).map(|_| {
                let (app, row) = (stage.world.app.clone(), row.clone());
                tokio::spawn(async move { ensured(&app, &row, MINUTES_MS).await })
            }).collect();
            stage.provider.held(1).await;
            callers.iter().for_each(tokio::task::JoinHandle::abort);
            for caller in callers {
                assert!(caller.await.unwrap_err().is_cancelled());
            }
            stage.provider.release(1);
            stage.world.settle().await;
            assert_eq!(stage.token_requests(), 1, "round {round}");
            assert_eq!(stage.tokens(&row).await.1, stage.provider.valid("books"), "round {round}: the new refresh token is the one that is kept");
            assert!(stage.provider.valid("books").is_some());
            stage.world.clock.advance(HOUR_MS);
        }
    }

    async fn row_17_a_holder_paused_past_its_deadline_writes_nothing(database: Database) {
        let stage = Stage::set(database).await;
        stage.provider.rotates(false);
        let row = stage.connected("books", -1).await;
        for run in 0..RUNS {
            stage.provider.mood(Mood::Held, 1);
            let (paused, other) = (stage.twin("node-2"), stage.twin("node-3"));
            let at = row.clone();
            let paused = tokio::spawn(async move { ensured(&paused, &at, MINUTES_MS).await });
            stage.provider.held(1).await;
            end_claim(&stage.world.app.database).await;
            let winner = ensured(&other, &row, MINUTES_MS).await;
            assert_eq!(winner.failure, None, "run {run}");
            let before = (stage.grant(&row).await, stage.tokens(&row).await, stage.row(&row).await);
            stage.provider.release(1);
            assert_eq!(paused.await.unwrap(), winner, "run {run}: it hands out what is there now");
            assert_eq!((stage.grant(&row).await, stage.tokens(&row).await, stage.row(&row).await), before, "run {run}");
            stage.world.clock.advance(HOUR_MS);
        }
    }

    async fn row_17_a_late_failure_does_not_end_what_another_renewed(database: Database) {
        let stage = Stage::set(database).await;
        let row = stage.connected("books", -1).await;
        // Both nodes spend the token at once: the provider takes the later for a thief and ends the family, as rotation demands.
        stage.provider.mood(Mood::Held, 1);
        let (paused, other) = (stage.twin("node-2"), stage.twin("node-3"));
        let at = row.clone();
        let paused = tokio::spawn(async move { ensured(&paused, &at, MINUTES_MS).await });
        stage.provider.held(1).await;
        end_claim(&stage.world.app.database).await;
        let refused = ensured(&other, &row, MINUTES_MS).await;
        assert_eq!(refused.failure.as_deref(), Some("unknown_outcome"), "an earlier call was open");
        assert_eq!(stage.status(&row).await, ConnectionStatus::ReauthRequired);
        let before = stage.tokens(&row).await;
        stage.provider.release(1);
        paused.await.unwrap();
        assert_eq!(stage.tokens(&row).await, before, "the late answer, which the provider revoked meanwhile, is not written");
    }

    async fn row_18_the_new_refresh_token_takes_the_place_of_the_old(database: Database) {
        let stage = Stage::set(database).await;
        let row = stage.connected("books", -1).await;
        let mut sent = Vec::new();
        for _ in 0..5 {
            assert_eq!(stage.ensure(&row, MINUTES_MS).await.failure, None);
            sent.extend(stage.provider.asked().into_iter().map(|asked| asked.form["refresh_token"].clone()));
            stage.world.clock.advance(HOUR_MS);
        }
        let mut once = sent.clone();
        once.dedup();
        assert_eq!((sent.len(), once.len()), (5, 5), "none is sent again: {sent:?}");
        stage.provider.rotates(false);
        let kept = stage.tokens(&row).await.1;
        assert_eq!(stage.ensure(&row, MINUTES_MS).await.failure, None);
        assert_eq!(stage.tokens(&row).await.1, kept, "an answer without one leaves the old one in use");
    }

    async fn row_18_what_cannot_be_written_at_once_is_written_later(database: Database) {
        let stage = Stage::set(database).await;
        let row = stage.connected("books", -1).await;
        stage.provider.mood(Mood::Held, 1);
        let (app, at) = (stage.world.app.clone(), row.clone());
        let caller = tokio::spawn(async move { ensured(&app, &at, MINUTES_MS).await });
        stage.provider.held(1).await;
        execute(&stage.world.app.database, "ALTER TABLE audit_log RENAME TO audit_log_away").await;
        stage.provider.release(1);
        // The provider has answered; meanwhile the database refuses a few times.
        for _ in 0..500 {
            count(&stage.world.app.database, "SELECT count(*) FROM grants WHERE generation = 1").await;
        }
        execute(&stage.world.app.database, "ALTER TABLE audit_log_away RENAME TO audit_log").await;
        assert_eq!(caller.await.unwrap().failure, None);
        assert_eq!(stage.tokens(&row).await.1, stage.provider.valid("books"));
    }

    async fn row_18_nothing_is_spent_while_the_database_takes_no_writes(database: Database) {
        let stage = Stage::set(database).await;
        let row = stage.connected("books", -1).await;
        execute(&stage.world.app.database, "ALTER TABLE grants RENAME COLUMN open_calls TO open_calls_away").await;
        let failed = stage.ensure(&row, MINUTES_MS).await;
        assert!(failed.failure.is_some());
        assert_eq!(stage.token_requests(), 0, "no call goes out that is not on record");
        execute(&stage.world.app.database, "ALTER TABLE grants RENAME COLUMN open_calls_away TO open_calls").await;
        assert_eq!(stage.ensure(&row, MINUTES_MS).await.failure, None);
    }

    async fn row_21_an_open_call_is_tried_once_more_and_then_needs_a_person(database: Database) {
        let stage = Stage::set(database).await;
        let (good, bad) = (stage.connected("good", -1).await, stage.connected("bad", -1).await);
        // A node that died during the call: the claim is over, the call is on record.
        execute(&stage.world.app.database, "UPDATE grants SET lease = 1, lease_owner = 'gone', lease_until_ms = 1, calling_ms = 1, open_calls = 1").await;
        assert_eq!(stage.ensure(&good, MINUTES_MS).await.failure, None, "the provider never got it");
        assert_eq!(stage.grant(&good).await.calling_since, None);
        // The provider had acted: what is stored is spent.
        stage.provider.spend("bad");
        stage.token_requests();
        let ended = stage.ensure(&bad, MINUTES_MS).await;
        assert_eq!((ended.failure.as_deref(), stage.token_requests()), (Some("unknown_outcome"), 1));
        assert_eq!(stage.status(&bad).await, ConnectionStatus::ReauthRequired);
        assert_eq!(stage.ensure(&bad, MINUTES_MS).await.failure.as_deref(), Some("unknown_outcome"));
        assert_eq!(stage.token_requests(), 0, "it is not tried again by itself");
        assert_eq!(count(&stage.world.app.database, "SELECT count(*) FROM issues WHERE code = 'unknown_outcome' AND resolved_ms IS NULL").await, 1);
        let asked = grants::refresh_now(&stage.world.app, &stage.dana, bad.id.as_str()).await.unwrap();
        assert_eq!((asked.failure.as_deref(), stage.token_requests()), (Some("invalid_grant"), 1), "a person may try");
    }

    async fn row_21_a_line_that_was_cut_leaves_the_call_open(database: Database) {
        let stage = Stage::set(database).await;
        let row = stage.connected("books", -1).await;
        stage.provider.mood(Mood::Cut, 1);
        assert!(stage.ensure(&row, MINUTES_MS).await.failure.unwrap().starts_with("unreachable_"));
        assert!(stage.grant(&row).await.calling_since.is_some());
        assert_eq!(stage.status(&row).await, ConnectionStatus::Active, "nobody knows yet");
        stage.world.clock.advance(HOUR_MS);
        assert_eq!(stage.ensure(&row, MINUTES_MS).await.failure.as_deref(), Some("unknown_outcome"));
        assert_eq!(stage.status(&row).await, ConnectionStatus::ReauthRequired);
    }
}
