//! Tokens that came by consent and that nobody will use do not stay alive at the provider.

use latchkey::dto::DraftWait;
use latchkey::services::leftovers::{self, Outcome};
use latchkey::services::{ErrorCode, connections, consent, credentials, drafts, oauth_apps};
use latchkey::store::Database;
use serde_json::json;

use super::{Stage, code, entries, with};
use crate::services::fresh::stage::count;
use crate::support::database::on_both_engines;

const DAY_MS: i64 = 86_400_000;

impl Stage {
    /// What becomes of everything that is given up.
    async fn swept(&self) -> Vec<Outcome> {
        let mut outcomes = Vec::new();
        loop {
            match leftovers::end_next(&self.app).await.unwrap() {
                Outcome::NoneDue => return outcomes,
                outcome => outcomes.push(outcome),
            }
        }
    }

    async fn waiting(&self) -> i64 {
        count(&self.app.database, "SELECT count(*) FROM leftovers").await
    }

    async fn ended(&self) -> i64 {
        count(&self.app.database, "SELECT count(*) FROM audit_log WHERE action = 'tokens.revoked' AND outcome = 'done'").await
    }

    async fn left(&self) -> i64 {
        count(&self.app.database, "SELECT count(*) FROM audit_log WHERE action = 'tokens.revoked' AND outcome = 'refused'").await
    }

    /// A draft whose person has allowed access and has an account to pick.
    async fn picking(&self) -> latchkey::domain::DraftId {
        self.provider.tenants(json!([{"id": "t-1", "name": "Acme Ltd"}, {"id": "t-2", "name": "Bakery"}]));
        let draft = self.draft("ledger").await;
        self.trip("ledger", &draft, "acme").await.unwrap();
        assert_eq!(self.view(&draft).await.waits, DraftWait::Account);
        draft
    }

    /// A draft of Shelf that waits for consent.
    async fn shelf(&self) -> latchkey::domain::DraftId {
        let draft = drafts::start(&self.app, &self.admin, "shelf").await.unwrap();
        self.fill_in(&draft, &[("way", "account"), ("token", "")]).await;
        draft
    }
}

on_both_engines! {
    async fn after_a_failed_check_the_provider_ends_them(database: Database) {
        let stage = Stage::new(database).await;
        stage.provider.over(json!({"access_token": "not-what-the-api-takes"}));
        let draft = stage.shelf().await;
        stage.trip("shelf", &draft, "acme").await.unwrap();
        assert_eq!((stage.view(&draft).await.connection, stage.waiting().await), (None, 1));
        assert_eq!(stage.provider.forgotten(), Vec::<String>::new(), "the answer to the person waits for nobody");
        assert_eq!(stage.swept().await, [Outcome::Ended]);
        let forgotten = stage.provider.forgotten();
        assert!(forgotten.len() == 1 && forgotten[0].starts_with("rt-"), "{forgotten:?}");
        assert_eq!((stage.waiting().await, stage.ended().await), (0, 1), "and nothing of them is left here");
    }

    async fn what_a_person_discards_or_fills_in_anew_is_ended(database: Database) {
        let stage = Stage::new(database).await;
        let draft = stage.picking().await;
        drafts::discard(&stage.app, &stage.admin, draft.as_str()).await.unwrap();
        assert_eq!(stage.swept().await, [Outcome::Ended]);
        let draft = stage.picking().await;
        stage.fill_in(&draft, &[]).await;
        assert_eq!(stage.swept().await, [Outcome::Ended]);
        stage.trip("ledger", &draft, "acme").await.unwrap();
        drafts::put_aside(&stage.app, &stage.admin, draft.as_str(), "Later", entries(&[])).await.unwrap();
        assert_eq!(stage.swept().await, [Outcome::Ended]);
        assert_eq!((stage.provider.forgotten().len(), stage.ended().await), (3, 3));
        let draft = stage.picking().await;
        consent::pick(&stage.app, &stage.admin, draft.as_str(), "t-2").await.unwrap();
        stage.world.settle().await;
        assert_eq!(stage.count().await, 1);
        assert_eq!(stage.waiting().await, 0, "what is in use is not given up");
    }

    async fn what_nobody_came_back_to_is_ended_with_its_draft(database: Database) {
        let stage = Stage::new(database).await;
        stage.picking().await;
        stage.world.clock.advance(DAY_MS + 1);
        latchkey::jobs::remove_ended(&stage.app.database, stage.app.now()).await.unwrap();
        assert_eq!(count(&stage.app.database, "SELECT count(*) FROM drafts").await, 1, "a draft with tokens is not just forgotten");
        assert_eq!(leftovers::of_expired(&stage.app).await.unwrap(), 1);
        assert_eq!(count(&stage.app.database, "SELECT count(*) FROM drafts").await, 0);
        assert_eq!(stage.swept().await, [Outcome::Ended]);
        assert_eq!(leftovers::of_expired(&stage.app).await.unwrap(), 0);
    }

    async fn tokens_that_come_and_cannot_be_used_are_ended(database: Database) {
        let stage = Stage::new(database).await;
        let draft = stage.draft("ledger").await;
        let url = stage.go(&draft).await;
        assert!(stage.arrive("ledger", &with(&stage.allowed(&url, "a"), "realmId", None)).await.is_err());
        assert_eq!(stage.swept().await, [Outcome::Ended]);
        let id = stage.connected("ledger", "acme").await.row.id;
        let draft = consent::reconnect(&stage.app, &stage.admin, &id, "").await.unwrap();
        let url = stage.go(&draft).await;
        let back = stage.allowed(&url, "acme");
        stage.provider.tenants(json!([]));
        assert!(stage.arrive("ledger", &back).await.is_err());
        assert_eq!(stage.swept().await, [Outcome::Left], "the connection's own tokens would end with them");
        assert_eq!((stage.provider.forgotten().len(), stage.left().await), (1, 1));
        connections::disconnect(&stage.app, &stage.admin, &id, true).await.unwrap();
        stage.world.settle().await;
        assert_eq!((stage.provider.forgotten().len(), stage.waiting().await), (2, 0));
    }

    async fn what_would_end_other_connections_is_left_and_said(database: Database) {
        let stage = Stage::new(database).await;
        stage.connected("ledger", "acme").await;
        let draft = stage.picking().await;
        drafts::discard(&stage.app, &stage.admin, draft.as_str()).await.unwrap();
        assert_eq!(stage.swept().await, [Outcome::Left]);
        assert_eq!((stage.provider.forgotten().len(), stage.waiting().await, stage.left().await), (0, 0, 1));
        let entries = latchkey::services::audit::list(&stage.app, &stage.admin, &Default::default(), "", 5).await.unwrap();
        assert!(format!("{entries:?}").contains("could end other connections of the same OAuth app"), "{entries:?}");
    }

    async fn a_provider_that_cannot_be_told_is_asked_again_and_then_left(database: Database) {
        let stage = Stage::new(database).await;
        let draft = stage.picking().await;
        stage.provider.revocation(503);
        drafts::discard(&stage.app, &stage.admin, draft.as_str()).await.unwrap();
        assert_eq!(stage.swept().await, [Outcome::PutOff]);
        assert_eq!((stage.swept().await, stage.waiting().await), (Vec::new(), 1), "it has to wait");
        stage.world.clock.advance(60_000);
        stage.provider.revocation(200);
        assert_eq!(stage.swept().await, [Outcome::Ended]);
        let draft = stage.picking().await;
        stage.provider.revocation(503);
        drafts::discard(&stage.app, &stage.admin, draft.as_str()).await.unwrap();
        for _ in 0..3 {
            assert_eq!(stage.swept().await, [Outcome::PutOff]);
            stage.world.clock.advance(DAY_MS / 4);
        }
        stage.world.clock.advance(DAY_MS);
        assert_eq!(stage.swept().await, [Outcome::Left]);
        assert_eq!((stage.waiting().await, stage.left().await), (0, 1), "nothing is kept for ever");
    }

    async fn a_node_that_dies_in_between_leaves_it_to_the_next(database: Database) {
        let stage = Stage::new(database).await;
        let draft = stage.picking().await;
        drafts::discard(&stage.app, &stage.admin, draft.as_str()).await.unwrap();
        let (now, later) = (stage.app.now(), stage.app.now().plus_millis(60_000));
        let mut transaction = stage.app.database.begin().await.unwrap();
        let gone = latchkey::store::leftovers::claim(transaction.conn(), now, later).await.unwrap().unwrap();
        transaction.commit().await.unwrap();
        assert_eq!(stage.swept().await, [], "it is another's for a minute");
        stage.world.clock.advance(60_000);
        assert_eq!(stage.swept().await, [Outcome::Ended]);
        let mut transaction = stage.app.database.begin().await.unwrap();
        assert!(!latchkey::store::leftovers::remove(transaction.conn(), &gone).await.unwrap(), "the first comes too late");
    }

    async fn the_same_account_anew_ends_the_tokens_before_where_they_end_alone(database: Database) {
        let stage = Stage::new(database).await;
        let draft = stage.shelf().await;
        stage.trip("shelf", &draft, "acme").await.unwrap();
        let id = stage.view(&draft).await.connection.unwrap();
        let anew = consent::reconnect(&stage.app, &stage.admin, &id, "").await.unwrap();
        stage.trip("shelf", &anew, "acme").await.unwrap();
        assert_eq!(connections::view(&stage.app, &stage.admin, &id).await.unwrap().versions.len(), 1, "nobody would go back to what is ended");
        assert_eq!(stage.swept().await, [Outcome::Ended]);
        assert_eq!(stage.provider.forgotten(), ["rt-2-secret"], "the tokens of the first consent");
        assert_eq!(code(credentials::restore(&stage.app, &stage.admin, &id, None, None).await), ErrorCode::Conflict);
        let another = consent::reconnect(&stage.app, &stage.admin, &id, "").await.unwrap();
        stage.trip("shelf", &another, "bakery").await.unwrap();
        let decision = credentials::view(&stage.app, &stage.admin, &id).await.unwrap().decision.unwrap();
        credentials::accept(&stage.app, &stage.admin, &id, decision.version).await.unwrap();
        assert_eq!(connections::view(&stage.app, &stage.admin, &id).await.unwrap().versions.len(), 2, "those of another account are kept");
        assert_eq!(stage.swept().await, []);
        let id = stage.connected("ledger", "acme").await.row.id;
        let anew = consent::reconnect(&stage.app, &stage.admin, &id, "").await.unwrap();
        stage.trip("ledger", &anew, "acme").await.unwrap();
        assert_eq!(connections::view(&stage.app, &stage.admin, &id).await.unwrap().versions.len(), 2, "where more would end, they are kept");
        assert_eq!(stage.swept().await, []);
    }

    async fn a_decision_that_is_thrown_away_ends_what_waited(database: Database) {
        let stage = Stage::new(database).await;
        let draft = stage.shelf().await;
        stage.trip("shelf", &draft, "acme").await.unwrap();
        let id = stage.view(&draft).await.connection.unwrap();
        let another = consent::reconnect(&stage.app, &stage.admin, &id, "").await.unwrap();
        stage.trip("shelf", &another, "bakery").await.unwrap();
        credentials::forget(&stage.app, &stage.admin, &id).await.unwrap();
        assert_eq!(stage.swept().await, [Outcome::Ended]);
        assert_eq!(stage.provider.forgotten(), ["rt-4-secret"]);
    }

    async fn an_app_that_is_deleted_while_its_tokens_are_tested_is_said_plainly(database: Database) {
        let stage = Stage::new(database).await;
        let second = stage.register(&stage.admin, "books", "Second").await;
        let draft = drafts::start(&stage.app, &stage.admin, "books").await.unwrap();
        stage.fill_in(&draft, &[("oauth_app", second.as_str())]).await;
        let url = stage.go(&draft).await;
        let door = stage.provider.shut().await;
        stage.arrive("books", &stage.allowed(&url, "acme")).await.unwrap();
        stage.provider.knocked().await;
        oauth_apps::delete(&stage.app, &stage.admin, second.as_str()).await.unwrap();
        drop(door);
        stage.world.settle().await;
        let view = stage.view(&draft).await;
        assert_eq!((view.connection, stage.count().await), (None, 0));
        assert!(view.errors["oauth_app"].contains("was deleted meanwhile"), "{:?}", view.errors);
        assert_eq!(stage.swept().await, [Outcome::Left], "Books has no way to be told");
    }

    async fn an_app_that_is_deleted_while_somebody_decides_is_said_plainly(database: Database) {
        let stage = Stage::new(database).await;
        let first = oauth_apps::list_of(&stage.app, &stage.admin, "books").await.unwrap()[0].id.clone();
        let second = stage.register(&stage.admin, "books", "Second").await;
        let go = async |of_app: &str| {
            let draft = drafts::start(&stage.app, &stage.admin, "books").await.unwrap();
            stage.fill_in(&draft, &[("oauth_app", of_app)]).await;
            stage.trip("books", &draft, "acme").await.unwrap();
            draft
        };
        go(&first).await;
        let draft = go(second.as_str()).await;
        assert!(stage.view(&draft).await.duplicate.is_some());
        oauth_apps::delete(&stage.app, &stage.admin, second.as_str()).await.unwrap();
        let refused = drafts::keep_duplicate(&stage.app, &stage.admin, draft.as_str()).await.unwrap_err();
        assert_eq!(refused.code, ErrorCode::Conflict);
        assert!(refused.message.contains("Add one, or choose another"), "{}", refused.message);
        assert_eq!(stage.count().await, 1);
    }

    async fn the_list_says_when_access_ends_that_cannot_be_renewed(database: Database) {
        let stage = Stage::new(database).await;
        let expiry = async |id: &str| connections::view(&stage.app, &stage.admin, id).await.unwrap().row.expiry;
        let renewed = stage.connected("books", "acme").await.row.id;
        assert_eq!(expiry(&renewed).await, "Renews itself");
        stage.provider.over(json!({"refresh_token": null, "expires_in": 40 * 86_400}));
        let ending = stage.connected("books", "bakery").await.row.id;
        let end = latchkey::services::words::date(stage.app.now().plus_millis(40 * DAY_MS));
        assert_eq!(expiry(&ending).await, end);
        stage.provider.over(json!({"refresh_token": null, "expires_in": null}));
        let lasting = stage.connected("books", "cafe").await.row.id;
        assert_eq!(expiry(&lasting).await, "Does not expire");
        let calendar = latchkey::services::expiry::list(&stage.app, &stage.admin).await.unwrap();
        assert!(format!("{calendar:?}").contains(&ending), "and the calendar knows of it");
        let list = connections::list(&stage.app, &stage.admin, &Default::default()).await.unwrap();
        let mut said: Vec<&str> = list.rows.iter().map(|row| row.expiry.as_str()).collect();
        said.sort_unstable();
        let mut expected = [end.as_str(), "Does not expire", "Renews itself"];
        expected.sort_unstable();
        assert_eq!(said, expected);
        connections::disconnect(&stage.app, &stage.admin, &renewed, false).await.unwrap();
        assert_eq!(expiry(&renewed).await, "\u{2013}");
    }

    async fn the_page_of_an_app_says_what_protects_a_flow_without_pkce(database: Database) {
        let stage = Stage::new(database).await;
        let said = oauth_apps::form(&stage.app, &stage.admin, "shelf").await.unwrap().without_pkce.unwrap();
        assert!(said.starts_with("Shelf does not take PKCE") && said.contains("client secret"), "{said}");
        assert_eq!(oauth_apps::form(&stage.app, &stage.admin, "ledger").await.unwrap().without_pkce, None);
    }
}
