//! Rows 18 and 21, where a provider takes a spent refresh token again for a while: the one before the newest is a last resort, and only there.

use latchkey::domain::ConnectionStatus;
use latchkey::store::Database;
use serde_json::json;

use super::provider::{Mood, Provider};
use super::stage::{OAUTH, Stage, with_token};
use crate::support::database::{execute, on_both_engines};

const MINUTE_MS: i64 = 60_000;

/// A provider that lets a spent token come back for half an hour, and whose tokens work for a minute.
async fn graced(database: Database) -> Stage {
    let stage = Stage::with(database, &with_token("", &OAUTH.replace("grace_s = 0", "grace_s = 1800")), Provider::start().await).await;
    stage.provider.expires_in(json!(60));
    stage
}

impl Stage {
    /// The refresh tokens that came since the last look.
    fn sent(&self) -> Vec<String> {
        let mut asked = self.provider.asked();
        asked.retain(|asked| asked.path == "/token");
        asked.into_iter().map(|asked| asked.form["refresh_token"].clone()).collect()
    }
}

on_both_engines! {
    async fn after_an_unknown_outcome_the_one_before_is_tried_within_its_grace(database: Database) {
        let stage = graced(database).await;
        let row = stage.connected("books", -1).await;
        assert_eq!(stage.ensure(&row, 1).await.failure, None);
        stage.world.clock.advance(2 * MINUTE_MS);
        stage.provider.mood(Mood::Cut, 1);
        assert!(stage.ensure(&row, 1).await.failure.unwrap().starts_with("unreachable_"));
        stage.provider.lenient();
        stage.provider.takes_again("books", "refresh.books.0");
        stage.sent();
        stage.world.clock.advance(15 * MINUTE_MS);
        assert_eq!(stage.ensure(&row, 1).await.failure, None);
        assert_eq!(stage.sent(), ["refresh.books.1", "refresh.books.0"], "the newest first, then the one before");
        assert_eq!(stage.status(&row).await, ConnectionStatus::Active);
        assert_eq!(stage.tokens(&row).await.1, stage.provider.valid("books"), "what came is kept");
        stage.world.clock.advance(2 * MINUTE_MS);
        stage.provider.says(400, "invalid_grant");
        assert_eq!(stage.ensure(&row, 1).await.failure.as_deref(), Some("invalid_grant"));
        assert_eq!(stage.sent().len(), 1, "a plain refusal has no second try");
    }

    async fn after_its_grace_the_one_before_is_never_sent(database: Database) {
        let stage = graced(database).await;
        let row = stage.connected("books", -1).await;
        assert_eq!(stage.ensure(&row, 1).await.failure, None);
        stage.world.clock.advance(2 * MINUTE_MS);
        stage.provider.mood(Mood::Cut, 1);
        assert!(stage.ensure(&row, 1).await.failure.is_some());
        stage.provider.lenient();
        stage.provider.takes_again("books", "refresh.books.0");
        stage.sent();
        stage.world.clock.advance(28 * MINUTE_MS);
        assert_eq!(stage.ensure(&row, 1).await.failure.as_deref(), Some("unknown_outcome"));
        assert_eq!(stage.sent(), ["refresh.books.1"]);
        assert_eq!(stage.status(&row).await, ConnectionStatus::ReauthRequired);
    }

    async fn where_a_spent_token_counts_as_a_theft_it_is_never_sent(database: Database) {
        let stage = Stage::set(database).await;
        let row = stage.world.connection(&stage.dana, "books", ConnectionStatus::Active, None).await;
        let newest = stage.provider.allow("books");
        // As it was sealed while the manifest still spoke of a grace.
        let tokens = json!({ "access_token": "access.0", "refresh_token": newest, "previous_refresh_token": "refresh.books.before" });
        stage.hold(&row, &tokens, Some(-1)).await;
        execute(&stage.world.app.database, "UPDATE grants SET lease = 1, lease_owner = 'gone', lease_until_ms = 1, calling_ms = 1, open_calls = 1").await;
        stage.provider.spend("books");
        assert_eq!(stage.ensure(&row, 1).await.failure.as_deref(), Some("unknown_outcome"));
        assert_eq!(stage.sent(), [newest]);
    }

    async fn when_both_are_refused_a_person_is_asked(database: Database) {
        let stage = graced(database).await;
        let row = stage.connected("books", -1).await;
        assert_eq!(stage.ensure(&row, 1).await.failure, None);
        stage.world.clock.advance(2 * MINUTE_MS);
        execute(&stage.world.app.database, "UPDATE grants SET lease = 9, lease_owner = 'gone', lease_until_ms = 1, calling_ms = 1, open_calls = 1").await;
        stage.provider.lenient();
        stage.provider.takes_again("books", "refresh.books.elsewhere");
        assert_eq!(stage.ensure(&row, 1).await.failure.as_deref(), Some("unknown_outcome"), "both are refused");
        assert_eq!(stage.sent(), ["refresh.books.0", "refresh.books.1", "refresh.books.0"]);
        assert_eq!(stage.status(&row).await, ConnectionStatus::ReauthRequired);
    }
}
