//! Issues: one at a time for a connection, seen by those who see it, told to those who look after it.

use latchkey::domain::{ConnectionStatus, Role};
use latchkey::services::{ErrorCode, connections, grants, issues, shell};
use latchkey::store::Database;

use super::provider::Mood;
use super::stage::{Stage, count};
use crate::support::database::on_both_engines;
use crate::support::letters::newest_letter;

const MINUTES_MS: i64 = 300_000;
const MINUTE_MS: i64 = 60_000;

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
        assert_eq!((ended[0].resolved_how.as_deref(), ended[0].resolved_by.as_deref()), (Some("disconnected"), Some(stage.dana.name())));
    }

    async fn the_page_says_what_it_means_and_what_helps(database: Database) {
        let stage = Stage::set(database).await;
        let (app, organization) = (&stage.world.app, stage.dana.organization.clone());
        let viewer = stage.world.member(&organization, Role::Viewer, &[]).await;
        let developer = stage.world.member(&organization, Role::Developer, &[]).await;
        let elsewhere = stage.world.organization("Other").await;
        let stranger = stage.world.member(&elsewhere, Role::OrgAdmin, &[]).await;
        let row = stage.connected("books", -1).await;
        stage.provider.says(400, "invalid_grant");
        stage.ensure(&row, MINUTES_MS).await;

        let page = issues::overview(app, &stage.dana, false, "").await.unwrap();
        let card = &page.cards[0];
        assert_eq!((page.open, page.needs, page.solved, page.cards.len(), page.ended.len()), (1, 1, 0, 1, 0));
        assert_eq!((card.title.as_str(), card.pill.label.as_str(), card.name.as_str()), ("Acme ended our access", "Sign in again", "books"));
        assert!(card.sentence.contains("Apps that ask get no token.") && card.told_at.is_some() && card.token_until.is_none(), "{card:?}");
        let step = card.step.clone().unwrap();
        assert_eq!((step.words.as_str(), step.path, step.sends), ("Sign in to Acme again", format!("/connections/{}/reconnect", row.id), false));
        let seen = issues::overview(app, &developer, false, "").await.unwrap().cards.remove(0);
        assert_eq!((seen.title.as_str(), seen.step), ("Acme ended our access", None));
        let seen = issues::overview(app, &viewer, false, "").await.unwrap().cards.remove(0);
        assert_eq!((seen.title.as_str(), seen.account.as_str(), seen.told_at, seen.step), ("Acme has stopped", "", None, None));
        assert!(!seen.sentence.contains("Sign in"), "{}", seen.sentence);
        for (actor, open) in [(&stage.dana, 1), (&viewer, 1), (&stranger, 0)] {
            assert_eq!(shell::view(app, actor).await.unwrap().issues, open);
        }
        assert!(issues::overview(app, &stranger, false, "").await.unwrap().cards.is_empty());
        assert_eq!(issues::overview(app, &stage.dana, false, "no place").await.unwrap_err().code, ErrorCode::InvalidField);

        let retried = stage.connected("rows", 20 * MINUTE_MS).await;
        stage.provider.says(503, "busy");
        stage.world.clock.advance(MINUTE_MS);
        for _ in 0..3 {
            grants::refresh_now(app, &stage.dana, retried.id.as_str()).await.unwrap();
        }
        let page = issues::overview(app, &stage.dana, false, "").await.unwrap();
        let card = &page.cards[0];
        assert_eq!((page.open, page.needs, card.name.as_str(), card.pill.label.as_str()), (2, 1, "rows", "Retrying"));
        assert!(card.sentence.contains("Apps go on with the token they have.") && card.token_until.is_some(), "{card:?}");
        assert_eq!(card.step.as_ref().map(|step| (step.path.as_str(), step.sends)), Some(("/actions/connections/renew", true)));
        let seen = issues::overview(app, &viewer, false, "").await.unwrap().cards.remove(0);
        assert_eq!((seen.title.as_str(), seen.pill.label.as_str(), seen.token_until), ("Acme still works", "Retrying", None));
        let cursor = issues::list(app, &stage.dana, true, "", 1).await.unwrap().next_cursor.unwrap();
        let rest = issues::overview(app, &stage.dana, false, &cursor).await.unwrap();
        assert_eq!((rest.cards.len(), rest.cards[0].name.as_str(), rest.open), (1, "books", 2));

        stage.provider.mood(Mood::Good, 0);
        stage.world.clock.advance(10 * MINUTE_MS);
        grants::refresh_now(app, &stage.dana, retried.id.as_str()).await.unwrap();
        stage.world.clock.advance(10 * MINUTE_MS);
        connections::disconnect(app, &stage.dana, row.id.as_str(), false).await.unwrap();
        let page = issues::overview(app, &stage.dana, false, "").await.unwrap();
        let told: Vec<(&str, &str)> = page.ended.iter().map(|ended| (ended.name.as_str(), ended.sentence.as_str())).collect();
        let disconnected = format!("Acme ended our access. {} disconnected it after 21 minutes.", stage.dana.name());
        assert_eq!(told[0], ("books", disconnected.as_str()));
        assert!(told[1].0 == "rows" && told[1].1.ends_with("Latchkey could renew the token again after 10 minutes."), "{told:?}");
        assert_eq!((page.open, page.solved, shell::view(app, &stage.dana).await.unwrap().issues), (0, 2, 0));
        let seen = issues::overview(app, &viewer, true, "").await.unwrap().ended;
        assert_eq!([seen[0].sentence.as_str(), seen[1].sentence.as_str()], ["It had stopped, and is disconnected now.", "Mended after 10 minutes."]);
        stage.world.clock.advance(8 * 24 * 60 * MINUTE_MS);
        assert!(issues::overview(app, &stage.dana, false, "").await.unwrap().ended.is_empty(), "what ended long ago is among the solved ones alone");
        assert_eq!(issues::overview(app, &stage.dana, true, "").await.unwrap().ended.len(), 2);
    }
}
