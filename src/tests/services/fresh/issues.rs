//! Issues: one at a time for a connection, seen by those who see it, told to those who look after it.

use latchkey::domain::{ConnectionStatus, Role};
use latchkey::services::{ErrorCode, connections, issues};
use latchkey::store::Database;

use super::stage::{Stage, count};
use crate::support::database::on_both_engines;
use crate::support::letters::newest_letter;

const MINUTES_MS: i64 = 300_000;

on_both_engines! {
    async fn those_who_look_after_it_are_told_and_nobody_else(database: Database) {
        let stage = Stage::set(database).await;
        let admin = stage.world.member(&stage.dana.organization, Role::OrgAdmin, &[]).await;
        let maker = stage.world.member(&stage.dana.organization, Role::Developer, &[]).await;
        stage.world.member(&stage.dana.organization, Role::Viewer, &[]).await;
        drop(admin);
        let shared = stage.world.connection(&maker, "shared", ConnectionStatus::Active, None).await;
        let own = stage.world.personal(&maker, "own", ConnectionStatus::Active).await;
        stage.provider.says(400, "invalid_grant");
        for (row, letters) in [(&shared, 3), (&own, 4)] {
            let tokens = serde_json::json!({ "access_token": "access.0", "refresh_token": "refresh.x.0", "previous_refresh_token": null });
            stage.hold(row, &tokens, Some(-1)).await;
            stage.ensure(row, MINUTES_MS).await;
            assert_eq!(count(&stage.world.app.database, "SELECT count(*) FROM letters").await, letters, "{}", row.name);
        }
        let letter = newest_letter(&stage.world.app, "dana@example.com").await.unwrap();
        assert!(letter.contains(&format!("/connections/{}", shared.id)) && letter.contains("sign in there again"), "{letter}");
    }

    async fn they_are_listed_for_who_sees_the_connection(database: Database) {
        let stage = Stage::set(database).await;
        let (other, elsewhere) = (stage.world.member(&stage.dana.organization, Role::OrgAdmin, &[]).await, stage.world.organization("Other").await);
        let stranger = stage.world.member(&elsewhere, Role::OrgAdmin, &[]).await;
        stage.provider.says(400, "invalid_grant");
        let mut rows = Vec::new();
        for number in 0..3 {
            let row = stage.connected(&format!("books{number}"), -1).await;
            stage.ensure(&row, MINUTES_MS).await;
            stage.world.clock.advance(1);
            rows.push(row);
        }
        let own = stage.world.personal(&stage.dana, "own", ConnectionStatus::Active).await;
        stage.hold(&own, &serde_json::json!({ "access_token": "a", "refresh_token": "refresh.x.0", "previous_refresh_token": null }), Some(-1)).await;
        stage.ensure(&own, MINUTES_MS).await;
        let app = &stage.world.app;
        let first = issues::list(app, &stage.dana, true, "", 3).await.unwrap();
        assert_eq!(first.items.iter().map(|issue| issue.name.as_str()).collect::<Vec<_>>(), ["own", "books2", "books1"]);
        let second = issues::list(app, &stage.dana, true, &first.next_cursor.unwrap(), 3).await.unwrap();
        assert_eq!((second.items.len(), second.items[0].name.as_str(), second.next_cursor), (1, "books0", None));
        assert_eq!(issues::list(app, &other, true, "", 10).await.unwrap().items.len(), 3, "what is Dana's alone is not there");
        assert_eq!(issues::list(app, &stranger, true, "", 10).await.unwrap().items.len(), 0);
        assert_eq!(issues::list(app, &stage.dana, true, "no place", 10).await.unwrap_err().code, ErrorCode::InvalidField);
        let view = connections::view(app, &stage.dana, rows[0].id.as_str()).await.unwrap();
        assert_eq!(view.issue.unwrap().code, "invalid_grant");
        assert!(view.token.unwrap().sentence.contains("Sign in there again") && view.sentence.contains("Sign in there again"));
        connections::disconnect(app, &stage.dana, rows[0].id.as_str(), false).await.unwrap();
        assert_eq!(issues::list(app, &stage.dana, true, "", 10).await.unwrap().items.len(), 3);
        let ended = issues::list(app, &stage.dana, false, "", 10).await.unwrap().items;
        assert_eq!((ended.len(), ended[0].name.as_str(), ended[0].told_at.is_some()), (1, "books0", true));
    }
}
