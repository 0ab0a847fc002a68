//! Row 23: disconnecting ends the tokens at the provider, says so if that failed, and is not done while the database refuses.

use latchkey::domain::ConnectionStatus;
use latchkey::services::leftovers::{self, Outcome};
use latchkey::services::{connections, grants};
use latchkey::store::Database;

use super::provider::Mood;
use super::stage::{Stage, count};
use crate::support::database::{execute, on_both_engines};

const HOUR_MS: i64 = 3_600_000;

on_both_engines! {
    async fn row_23_the_provider_is_told_and_everything_is_erased(database: Database) {
        let stage = Stage::set(database).await;
        for (name, status, revoked, words) in [("good", 200, true, "was told and confirmed it. It ends this sign-in alone."), ("bad", 500, false, "could not be told. The provider failed.")] {
            let row = stage.connected(name, HOUR_MS).await;
            let refresh = stage.provider.valid(name).unwrap();
            stage.provider.revocation(status);
            let done = connections::disconnect(&stage.world.app, &stage.dana, row.id.as_str(), true).await.unwrap();
            assert_eq!(done.revoked, Some(revoked), "{}", done.sentence);
            assert!(done.sentence.contains(words), "{}", done.sentence);
            let asked = stage.provider.asked();
            assert_eq!((asked.len(), asked[0].path.as_str(), asked[0].form["token"].as_str()), (1, "/revoke", refresh.as_str()));
            assert!(asked[0].headers.contains_key("authorization"), "the app says who it is");
            assert_eq!(stage.status(&row).await, ConnectionStatus::Revoked);
        }
        assert_eq!(count(&stage.world.app.database, "SELECT count(*) FROM credentials").await, 0);
        assert_eq!(count(&stage.world.app.database, "SELECT count(*) FROM grants").await, 0);
    }

    async fn row_23_without_a_wish_to_tell_nobody_is_asked(database: Database) {
        let stage = Stage::set(database).await;
        let row = stage.connected("books", HOUR_MS).await;
        let done = connections::disconnect(&stage.world.app, &stage.dana, row.id.as_str(), false).await.unwrap();
        assert_eq!((done.revoked, stage.provider.asked().len()), (None, 0));
    }

    async fn row_23_a_database_that_refuses_is_no_success(database: Database) {
        let stage = Stage::set(database).await;
        let row = stage.connected("books", HOUR_MS).await;
        execute(&stage.world.app.database, "ALTER TABLE audit_log RENAME TO audit_log_away").await;
        let refused = connections::disconnect(&stage.world.app, &stage.dana, row.id.as_str(), true).await.unwrap_err();
        assert_eq!(refused.code, latchkey::services::ErrorCode::AuditUnavailable);
        execute(&stage.world.app.database, "ALTER TABLE audit_log_away RENAME TO audit_log").await;
        assert_eq!(stage.status(&row).await, ConnectionStatus::Active, "nothing is half ended");
        assert_eq!(stage.provider.asked().len(), 0, "and nobody was told of what did not happen");
    }

    async fn what_ended_during_a_renewal_stays_ended(database: Database) {
        let stage = Stage::set(database).await;
        let row = stage.connected("books", -1).await;
        stage.provider.mood(Mood::Held, 1);
        let (app, at) = (stage.world.app.clone(), row.clone());
        let reader = tokio::spawn(async move { grants::ensure(&app, &at.organization, &at.id, 1).await });
        stage.provider.held(1).await;
        connections::disconnect(&stage.world.app, &stage.dana, row.id.as_str(), true).await.unwrap();
        stage.provider.release(1);
        assert_eq!(reader.await.unwrap().unwrap(), None, "there is no token any more");
        assert_eq!(stage.status(&row).await, ConnectionStatus::Revoked);
        assert_eq!(count(&stage.world.app.database, "SELECT count(*) FROM credentials").await, 0);
    }

    async fn what_a_renewal_brings_after_the_end_is_ended_too(database: Database) {
        let stage = Stage::set(database).await;
        for (name, rotates) in [("books", true), ("ledger", false)] {
            stage.provider.rotates(rotates);
            let row = stage.connected(name, -1).await;
            let before = stage.provider.valid(name).unwrap();
            stage.provider.mood(Mood::Held, 1);
            let (app, at) = (stage.world.app.clone(), row.clone());
            let reader = tokio::spawn(async move { grants::ensure(&app, &at.organization, &at.id, 1).await });
            stage.provider.held(1).await;
            connections::disconnect(&stage.world.app, &stage.dana, row.id.as_str(), true).await.unwrap();
            stage.provider.release(1);
            assert_eq!(reader.await.unwrap().unwrap(), None);
            stage.world.settle().await;
            let outcome = leftovers::end_next(&stage.world.app).await.unwrap();
            assert_eq!(outcome, if rotates { Outcome::Ended } else { Outcome::NoneDue }, "{name}: what was told before needs no second word");
            let mut asked = stage.provider.asked();
            asked.retain(|asked| asked.path == "/revoke");
            let told: Vec<String> = asked.into_iter().map(|asked| asked.form["token"].clone()).collect();
            let expected = if rotates { vec![before, stage.provider.valid(name).unwrap()] } else { vec![before] };
            assert_eq!(told, expected, "{name}");
            assert_eq!(count(&stage.world.app.database, "SELECT count(*) FROM leftovers").await, 0);
        }
        assert_eq!(count(&stage.world.app.database, "SELECT count(*) FROM audit_log WHERE action = 'tokens.revoked' AND outcome = 'done'").await, 1);
    }
}
