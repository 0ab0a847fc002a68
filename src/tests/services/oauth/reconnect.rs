//! Allowing access anew for a saved connection: the same id, the same account or a decision.

use latchkey::domain::{CheckState, ConnectionId, ConsentTrouble};
use latchkey::services::consent::{self, Arrived};
use latchkey::services::{ErrorCode, connections, credentials};
use latchkey::store::Database;
use serde_json::json;

use super::{Stage, code, stopped, trouble, with};
use crate::support::database::on_both_engines;

on_both_engines! {
    async fn the_same_account_takes_over_under_the_same_id(database: Database) {
        let stage = Stage::new(database).await;
        let before = stage.connected("ledger", "acme").await;
        let id = before.row.id.clone();
        let page = consent::reconnect_view(&stage.app, &stage.admin, &id).await.unwrap();
        assert_eq!((page.app.unwrap().label.as_str(), page.reconnects.unwrap().0), ("Ours", id.clone()));
        let draft = consent::reconnect(&stage.app, &stage.admin, &id, "").await.unwrap();
        let arrived = stage.trip("ledger", &draft, "acme").await.unwrap();
        assert_eq!(arrived, Arrived::Testing(draft, Some(ConnectionId::parse(&id).unwrap())));
        let after = connections::view(&stage.app, &stage.admin, &id).await.unwrap();
        assert_eq!((after.row.id, after.versions.len(), after.row.account), (id.clone(), 2, before.row.account));
        assert!(after.receipt.is_some());
        assert!(credentials::view(&stage.app, &stage.admin, &id).await.unwrap().done);
        assert_eq!(connections::test(&stage.app, &stage.admin, &id).await.unwrap().state, CheckState::Passed);
        assert_eq!(stage.count().await, 1);
    }

    async fn another_account_waits_for_a_person_who_sees_both(database: Database) {
        let stage = Stage::new(database).await;
        let before = stage.connected("books", "acme").await;
        let id = before.row.id;
        let draft = consent::reconnect(&stage.app, &stage.admin, &id, "").await.unwrap();
        stage.trip("books", &draft, "bakery").await.unwrap();
        let decision = credentials::view(&stage.app, &stage.admin, &id).await.unwrap().decision.unwrap();
        assert_eq!((decision.before.account_id.as_str(), decision.after.account_id.as_str(), decision.other_account), ("acme", "bakery", true));
        let (was, is) = decision.permissions.clone().unwrap();
        assert_eq!((was.unwrap().granted.len(), is.granted.len(), is.asked), (0, 0, 2), "of what is asked for, the provider named nothing");
        assert_eq!(decision.allowed_by, Some(("Org admin".to_owned(), "Org admin".to_owned())));
        assert_eq!(connections::view(&stage.app, &stage.admin, &id).await.unwrap().identity.unwrap().account_id, "acme", "nothing was changed yet");
        credentials::accept(&stage.app, &stage.admin, &id, decision.version).await.unwrap();
        let after = connections::view(&stage.app, &stage.admin, &id).await.unwrap();
        assert_eq!((after.identity.unwrap().account_id.as_str(), after.versions.len()), ("bakery", 2));
        assert!(after.receipt.is_some(), "its tokens came along");
        assert_eq!(connections::test(&stage.app, &stage.admin, &id).await.unwrap().state, CheckState::Passed);
        credentials::restore(&stage.app, &stage.admin, &id, None, None).await.unwrap();
        assert_eq!(connections::test(&stage.app, &stage.admin, &id).await.unwrap().state, CheckState::Passed, "the one before works with its own tokens");
    }

    async fn the_account_of_before_is_offered_first_among_several(database: Database) {
        let stage = Stage::new(database).await;
        let id = stage.connected("ledger", "acme").await.row.id;
        stage.provider.tenants(json!([{"id": "t-9", "name": "Another"}, {"id": "t-1", "name": "Acme Ltd"}]));
        let draft = consent::reconnect(&stage.app, &stage.admin, &id, "").await.unwrap();
        assert_eq!(stage.trip("ledger", &draft, "acme").await.unwrap(), Arrived::Accounts(draft.clone()));
        let view = consent::accounts(&stage.app, &stage.admin, draft.as_str()).await.unwrap();
        assert_eq!((view.before.as_deref(), view.reconnects.unwrap().0), (Some("t-1"), id.clone()));
        consent::pick(&stage.app, &stage.admin, draft.as_str(), "t-9").await.unwrap();
        stage.world.settle().await;
        assert!(credentials::view(&stage.app, &stage.admin, &id).await.unwrap().decision.unwrap().other_account);
    }

    async fn no_leaves_everything_as_it_was(database: Database) {
        let stage = Stage::new(database).await;
        let id = stage.connected("books", "acme").await.row.id;
        let draft = consent::reconnect(&stage.app, &stage.admin, &id, "").await.unwrap();
        let url = stage.go(&draft).await;
        let stopped = stopped(stage.arrive("books", &with(&stage.allowed(&url, "acme"), "error", Some("access_denied"))).await);
        assert_eq!((stopped.trouble, stopped.connection.map(|id| id.to_string())), (ConsentTrouble::Denied, Some(id.clone())));
        let after = connections::view(&stage.app, &stage.admin, &id).await.unwrap();
        assert_eq!((after.versions.len(), after.row.pill.kind.as_str()), (1, "ok"));
        assert_eq!(connections::test(&stage.app, &stage.admin, &id).await.unwrap().state, CheckState::Passed);
        let again = consent::reconnect(&stage.app, &stage.admin, &id, "").await.unwrap();
        assert_eq!(again, draft, "one draft for one connection");
    }

    async fn what_is_off_or_ended_is_not_reconnected(database: Database) {
        let stage = Stage::new(database).await;
        let id = stage.connected("books", "acme").await.row.id;
        let draft = consent::reconnect(&stage.app, &stage.admin, &id, "").await.unwrap();
        let url = stage.go(&draft).await;
        connections::disable(&stage.app, &stage.admin, &id).await.unwrap();
        assert_eq!(trouble(stage.arrive("books", &stage.allowed(&url, "acme")).await), ConsentTrouble::DraftGone, "it was turned off meanwhile");
        assert_eq!(code(consent::reconnect(&stage.app, &stage.admin, &id, "").await), ErrorCode::Conflict);
        assert_eq!(code(consent::reconnect_view(&stage.app, &stage.admin, "con_00000000000000000000000000").await), ErrorCode::NotFound);
        let exchanged = stage.provider.exchanges();
        assert_eq!(exchanged, 1, "the code was not taken to the provider");
    }
}
