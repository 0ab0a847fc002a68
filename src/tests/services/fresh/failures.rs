//! Rows 19 and 20: what a refusal means, and what a fault does not; a token that still works is handed out whatever the provider does.

use latchkey::domain::{ConnectionStatus, Timestamp};
use latchkey::services::grants::{self, due, renew_due};
use latchkey::store::Database;
use latchkey::store::connections::ConnectionRow;
use latchkey::store::grants::Due;
use serde_json::json;

use super::provider::Mood;
use super::stage::{Stage, count, ensured};
use crate::support::database::{execute, on_both_engines};

const SECOND_MS: i64 = 1_000;
const MINUTE_MS: i64 = 60_000;
const MINUTES_MS: i64 = 5 * MINUTE_MS;
const HOUR_MS: i64 = 60 * MINUTE_MS;

/// One step of the worker: whatever is due, once.
async fn step(stage: &Stage) {
    for one in due(&stage.world.app, &[], 100).await.unwrap() {
        renew_due(&stage.world.app, &one).await;
    }
}

/// How long until the next try, in milliseconds.
async fn wait(stage: &Stage, row: &ConnectionRow) -> i64 {
    stage.grant(row).await.due_at.unwrap().since(stage.world.app.now())
}

async fn letters(stage: &Stage) -> i64 {
    count(&stage.world.app.database, "SELECT count(*) FROM letters").await
}

on_both_engines! {
    async fn row_19_a_refused_grant_needs_a_person_who_is_told_once(database: Database) {
        let stage = Stage::set(database).await;
        let row = stage.connected("books", -1).await;
        stage.provider.says(400, "invalid_grant");
        assert_eq!(stage.ensure(&row, MINUTES_MS).await.failure.as_deref(), Some("invalid_grant"));
        let after = stage.row(&row).await;
        assert_eq!((after.status, after.failure_code.as_deref()), (ConnectionStatus::ReauthRequired, Some("auth_rejected")));
        for _ in 0..3 {
            assert_eq!(stage.ensure(&row, MINUTES_MS).await.failure.as_deref(), Some("invalid_grant"));
            stage.world.clock.advance(HOUR_MS);
            step(&stage).await;
        }
        assert_eq!(stage.token_requests(), 1, "nobody tries again by itself");
        assert_eq!(letters(&stage).await, 1, "Dana made it and is the admin: one letter");
        grants::refresh_now(&stage.world.app, &stage.dana, row.id.as_str()).await.unwrap();
        assert_eq!((stage.token_requests(), letters(&stage).await), (1, 1), "a person may try, and nobody is told again");
        stage.provider.mood(Mood::Good, 0);
        let renewed = grants::refresh_now(&stage.world.app, &stage.dana, row.id.as_str()).await.unwrap();
        assert_eq!((renewed.failure, stage.status(&row).await), (None, ConnectionStatus::Active), "it ends by itself");
        assert_eq!(count(&stage.world.app.database, "SELECT count(*) FROM issues WHERE resolved_ms IS NULL").await, 0);
    }

    async fn row_19_a_loser_reads_the_row_again_before_it_judges(database: Database) {
        let stage = Stage::set(database).await;
        let row = stage.connected("books", -1).await;
        stage.provider.mood(Mood::Held, 1);
        let (loser, winner) = (stage.twin("node-2"), stage.twin("node-3"));
        stage.provider.spend("books");
        let at = row.clone();
        // The loser will be told `invalid_grant`; meanwhile its claim ends and somebody signs in anew.
        let loser = tokio::spawn(async move { ensured(&loser, &at, MINUTES_MS).await });
        stage.provider.held(1).await;
        execute(&stage.world.app.database, "UPDATE grants SET lease_until_ms = 1").await;
        let refresh = stage.provider.allow("books");
        stage.provider.rotates(false);
        assert_eq!(stage.tokens(&row).await.1, Some(refresh));
        let won = ensured(&winner, &row, MINUTES_MS).await;
        assert_eq!(won.failure, None);
        let before = (stage.grant(&row).await, stage.tokens(&row).await, stage.row(&row).await);
        stage.provider.release(1);
        assert_eq!(loser.await.unwrap(), won, "it uses the new token");
        assert_eq!((stage.grant(&row).await, stage.tokens(&row).await, stage.row(&row).await), before, "and takes nothing away");
        assert_eq!(before.2.status, ConnectionStatus::Active);
    }

    async fn row_20_faults_are_waited_out_ever_longer(database: Database) {
        let stage = Stage::set(database).await;
        let row = stage.connected("books", 10 * HOUR_MS).await;
        execute(&stage.world.app.database, "UPDATE grants SET due_ms = 1").await;
        stage.provider.mood(Mood::Says(503, json!({}), 0), usize::MAX);
        let mut waits = Vec::new();
        for tries in 1..=9 {
            step(&stage).await;
            step(&stage).await;
            assert_eq!(stage.token_requests(), 1, "try {tries}: one in a step");
            let grant = stage.grant(&row).await;
            assert_eq!((grant.failures, grant.failure_code.as_str()), (tries, "busy_503"));
            waits.push(wait(&stage, &row).await);
            stage.world.clock.advance(waits[waits.len() - 1]);
        }
        for (number, wait) in waits.iter().enumerate() {
            let most = ((15 * SECOND_MS) << number).min(15 * MINUTE_MS);
            assert!((most * 3 / 4..=most).contains(wait), "{number}: {waits:?}");
        }
        assert_eq!(stage.status(&row).await, ConnectionStatus::Active, "the token still works");
        assert_eq!(count(&stage.world.app.database, "SELECT count(*) FROM issues WHERE resolved_ms IS NULL").await, 1, "yet people know");
        assert_eq!(letters(&stage).await, 1);
        stage.provider.mood(Mood::Good, 0);
        step(&stage).await;
        assert_eq!((stage.grant(&row).await.failures, stage.grant(&row).await.generation), (0, 2));
        assert_eq!(count(&stage.world.app.database, "SELECT count(*) FROM issues WHERE resolved_ms IS NULL").await, 0, "it ends by itself");
    }

    async fn row_20_three_faults_in_a_row_with_an_ended_token_are_an_error(database: Database) {
        let stage = Stage::set(database).await;
        let row = stage.connected("books", -1).await;
        stage.provider.mood(Mood::Says(429, json!({}), 0), 3);
        for tries in 1..=3 {
            assert_eq!(stage.status(&row).await, ConnectionStatus::Active, "{tries}");
            assert_eq!(stage.ensure(&row, MINUTES_MS).await.failure.as_deref(), Some("busy_429"));
            assert_eq!(stage.ensure(&row, MINUTES_MS).await.failure.as_deref(), Some("busy_429"));
            assert_eq!(stage.token_requests(), 1, "{tries}: those who come meanwhile are told, and the provider is left alone");
            stage.world.clock.advance(15 * MINUTE_MS);
        }
        let after = stage.row(&row).await;
        assert_eq!((after.status, after.failure_code.as_deref()), (ConnectionStatus::Error, Some("rate_limited")), "never marked as revoked");
        assert_eq!(stage.ensure(&row, MINUTES_MS).await.failure, None, "and it goes on by itself");
        assert_eq!(stage.status(&row).await, ConnectionStatus::Active);
    }

    async fn row_20_retry_after_is_heeded(database: Database) {
        let stage = Stage::set(database).await;
        let row = stage.connected("books", -1).await;
        for (asked, expected) in [(120, 120 * SECOND_MS), (1_000_000, HOUR_MS)] {
            stage.provider.mood(Mood::Says(429, json!({}), asked), 1);
            stage.ensure(&row, MINUTES_MS).await;
            assert_eq!(wait(&stage, &row).await, expected);
            stage.world.clock.advance(expected - 1);
            stage.token_requests();
            stage.ensure(&row, MINUTES_MS).await;
            step(&stage).await;
            assert_eq!(stage.token_requests(), 0);
            stage.world.clock.advance(1);
        }
    }

    async fn row_20_a_refusal_of_another_kind_is_an_error_without_a_hot_loop(database: Database) {
        let stage = Stage::set(database).await;
        let row = stage.connected("books", -1).await;
        for (status, code) in [(401, "invalid_client"), (400, "invalid_request"), (403, "access_denied")] {
            stage.provider.mood(Mood::Says(status, json!({ "error": code }), 0), 1);
            assert_eq!(stage.ensure(&row, MINUTES_MS).await.failure.as_deref(), Some(code));
            assert_eq!(stage.status(&row).await, ConnectionStatus::Error);
            assert_eq!(wait(&stage, &row).await, 15 * MINUTE_MS);
            for _ in 0..3 {
                stage.ensure(&row, MINUTES_MS).await;
                step(&stage).await;
            }
            assert_eq!(stage.token_requests(), 1);
            stage.world.clock.advance(15 * MINUTE_MS);
        }
        stage.provider.mood(Mood::Says(401, json!({ "error": "invalid_client" }), 0), 1);
        stage.ensure(&row, MINUTES_MS).await;
        let by_hand = grants::refresh_now(&stage.world.app, &stage.dana, row.id.as_str()).await.unwrap();
        assert_eq!((by_hand.failure, stage.status(&row).await), (None, ConnectionStatus::Active), "a person tries at once");
    }

    async fn a_failing_provider_never_withholds_a_token_that_still_works(database: Database) {
        let stage = Stage::set(database).await;
        let invalid_grant = Mood::Says(400, json!({ "error": "invalid_grant" }), 0);
        for (name, mood) in [("fault", Mood::Says(500, json!({}), 0)), ("refused", invalid_grant), ("silent", Mood::Silent), ("down", Mood::Cut)] {
            let row = stage.connected(name, 10 * MINUTE_MS).await;
            execute(&stage.world.app.database, "UPDATE grants SET due_ms = 1 WHERE generation = 1 AND failures = 0").await;
            stage.token_requests();
            stage.provider.mood(mood.clone(), 1);
            let works = stage.grant(&row).await.expires_at;
            let (app, at) = (stage.world.app.clone(), row.clone());
            // The worker is at it, or has just been told no.
            let worker = tokio::spawn(async move { renew_due(&app, &Due { organization: at.organization, connection: at.id, connector: at.connector }).await });
            if mood == Mood::Silent {
                while stage.token_requests() == 0 {
                    tokio::task::yield_now().await;
                }
            } else {
                worker.await.unwrap();
            }
            for _ in 0..10 {
                let answer = stage.ensure(&row, MINUTES_MS).await;
                assert_eq!((answer.failure, answer.expires_at), (None, works), "{name}");
            }
        }
    }

    async fn what_is_turned_off_is_not_renewed(database: Database) {
        let stage = Stage::set(database).await;
        let row = stage.connected("books", -1).await;
        for status in [ConnectionStatus::Disabled, ConnectionStatus::ReauthRequired] {
            stage.set_status(&row, status).await;
            step(&stage).await;
            assert!(stage.ensure(&row, MINUTES_MS).await.failure.is_some());
        }
        assert_eq!(stage.token_requests(), 0);
        stage.set_status(&row, ConnectionStatus::Disabled).await;
        assert!(grants::refresh_now(&stage.world.app, &stage.dana, row.id.as_str()).await.is_err());
    }

    async fn without_a_refresh_token_it_works_to_its_end(database: Database) {
        let stage = Stage::set(database).await;
        let row = stage.world.connection(&stage.dana, "books", ConnectionStatus::Active, None).await;
        stage.hold(&row, &json!({ "access_token": "access.0", "refresh_token": null, "previous_refresh_token": null }), Some(HOUR_MS)).await;
        execute(&stage.world.app.database, "UPDATE grants SET due_ms = 1").await;
        step(&stage).await;
        assert_eq!(stage.status(&row).await, ConnectionStatus::Active);
        assert_eq!(stage.grant(&row).await.due_at, stage.grant(&row).await.expires_at);
        stage.world.clock.advance(HOUR_MS);
        step(&stage).await;
        assert_eq!((stage.status(&row).await, stage.token_requests()), (ConnectionStatus::ReauthRequired, 0));
        assert_eq!(stage.grant(&row).await.failure_code, "no_refresh_token");
    }
}

#[test]
fn waits_grow_to_a_quarter_of_an_hour() {
    use latchkey::domain::wait_after;
    assert_eq!([1, 2, 3, 7, 8, 1_000].map(|failures| wait_after(failures, None, 0.0)), [15_000, 30_000, 60_000, 900_000, 900_000, 900_000]);
    assert_eq!(wait_after(1, None, 1.0), 11_250);
    assert_eq!(wait_after(1, Some(40_000), 0.5), 40_000);
    assert_eq!(wait_after(1, Some(i64::MAX), 0.0), HOUR_MS);
    assert_eq!(wait_after(1, Some(-5), f64::NAN), 15_000);
}

#[test]
fn row_22_due_half_an_hour_or_a_fifth_before_the_end() {
    use latchkey::domain::{due_at, due_of_all, refresh_ends_at};
    let at = Timestamp::from_millis;
    for (lifetime, fraction, due) in [
        (HOUR_MS, 0.0, 48 * MINUTE_MS),
        (HOUR_MS, 1.0, 48 * MINUTE_MS - 72 * SECOND_MS),
        (24 * HOUR_MS, 0.0, 24 * HOUR_MS - 30 * MINUTE_MS),
        (5 * SECOND_MS, 0.0, 4 * SECOND_MS),
        (0, 0.5, 0),
    ] {
        assert_eq!(due_at(at(7), at(7 + lifetime), fraction), at(7 + due), "{lifetime} {fraction}");
    }
    assert_eq!(due_of_all(at(0), None, None, 0.5), None);
    assert_eq!(due_of_all(at(0), Some(at(HOUR_MS)), Some(at(HOUR_MS / 2)), 0.0), Some(at(24 * MINUTE_MS)), "before the refresh token ends");
    assert_eq!(due_of_all(at(0), None, Some(at(10)), 0.0), Some(at(MINUTE_MS)), "never at once again");
    assert_eq!(refresh_ends_at(at(100), at(0), None, Some(50), Some(120)), Some(at(120)));
    assert_eq!(refresh_ends_at(at(100), at(0), Some(at(110)), Some(50), None), Some(at(110)));
    assert_eq!(refresh_ends_at(at(100), at(0), None, None, None), None);
}
