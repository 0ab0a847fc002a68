//! Every way that a trip can end without its aim, and that nothing is half done then.

use latchkey::domain::{ConsentTrouble, Role};
use latchkey::services::consent;
use latchkey::services::{ErrorCode, drafts};
use latchkey::store::Database;
use latchkey::store::oauth_attempts;
use serde_json::json;

use super::{BROWSER, Stage, code, stopped, trouble, with};
use crate::support::database::on_both_engines;

#[test]
fn every_end_has_a_code_of_its_own_and_says_what_was_not_done() {
    for trouble in ConsentTrouble::ALL {
        assert_eq!(ConsentTrouble::parse(trouble.as_str()), Some(trouble));
        assert!(trouble.text().contains("Nothing was saved") || trouble.text().contains("nothing was saved"), "{trouble:?}");
        assert!(!trouble.headline().is_empty());
    }
    assert_eq!(ConsentTrouble::parse("oauth_else"), None);
}

on_both_engines! {
    async fn a_draft_that_is_gone_done_or_another_persons_ends_the_trip(database: Database) {
        let stage = Stage::new(database).await;
        let draft = stage.draft("books").await;
        let url = stage.go(&draft).await;
        drafts::discard(&stage.app, &stage.admin, draft.as_str()).await.unwrap();
        assert_eq!(trouble(stage.arrive("books", &stage.allowed(&url, "a")).await), ConsentTrouble::DraftGone);
        let (draft, second) = (stage.draft("books").await, stage.go(&stage.draft("books").await).await);
        stage.trip("books", &draft, "acme").await.unwrap();
        assert_eq!(trouble(stage.arrive("books", &stage.allowed(&second, "a")).await), ConsentTrouble::StateInvalid, "its attempt was replaced");
        assert_eq!(stage.count().await, 1);
    }

    async fn a_state_that_nobody_takes_is_forgotten_with_its_time(database: Database) {
        let stage = Stage::new(database).await;
        let draft = stage.draft("books").await;
        stage.go(&draft).await;
        let mut transaction = stage.app.database.begin().await.unwrap();
        assert_eq!(oauth_attempts::delete_expired(transaction.conn(), stage.app.now()).await.unwrap(), 0);
        assert_eq!(oauth_attempts::delete_expired(transaction.conn(), stage.app.now().plus_millis(600_000)).await.unwrap(), 1);
        transaction.commit().await.unwrap();
    }

    async fn who_closes_the_page_comes_back_and_goes_again(database: Database) {
        let stage = Stage::new(database).await;
        let draft = stage.draft("books").await;
        stage.go(&draft).await;
        stage.world.clock.advance(3_600_000);
        assert!(consent::page(&stage.app, &stage.admin, draft.as_str()).await.is_ok(), "the draft waits");
        stage.trip("books", &draft, "acme").await.unwrap();
        assert_eq!(stage.count().await, 1);
    }

    async fn what_is_missing_on_the_way_back_is_said(database: Database) {
        let stage = Stage::new(database).await;
        for (key, value, expected) in [
            ("code", None, ConsentTrouble::ProviderError),
            ("code", Some("x".repeat(5_000)), ConsentTrouble::ProviderError),
            ("code", Some("never handed out".to_owned()), ConsentTrouble::CodeRefused),
            ("realmId", None, ConsentTrouble::BadTokenResponse),
            ("realmId", Some("../../admin".to_owned()), ConsentTrouble::BadTokenResponse),
        ] {
            let draft = stage.draft("ledger").await;
            let url = stage.go(&draft).await;
            let back = with(&stage.allowed(&url, "a"), key, value.as_deref());
            let stopped = stopped(stage.arrive("ledger", &back).await);
            assert_eq!((stopped.trouble, stopped.draft), (expected, Some(draft)), "{key} {value:?}");
        }
        for (tenants, expected) in [(json!([]), ConsentTrouble::NoAccount), (json!(null), ConsentTrouble::BadTokenResponse), (json!("x"), ConsentTrouble::BadTokenResponse)] {
            stage.provider.tenants(tenants.clone());
            let draft = stage.draft("ledger").await;
            let url = stage.go(&draft).await;
            assert_eq!(trouble(stage.arrive("ledger", &stage.allowed(&url, "a")).await), expected, "{tenants}");
        }
        stage.world.settle().await;
        assert_eq!(stage.count().await, 0);
    }

    async fn row_13_a_provider_that_never_answers_is_not_waited_for_without_end(database: Database) {
        let stage = Stage::new(database).await;
        let draft = stage.draft("books").await;
        let url = stage.go(&draft).await;
        let back = stage.allowed(&url, "a");
        let shut = stage.provider.shut_tokens().await;
        assert_eq!(trouble(stage.arrive("books", &back).await), ConsentTrouble::ProviderDown, "it still holds the question");
        drop(shut);
        assert_eq!(stage.count().await, 0);
    }

    async fn others_and_programs_begin_nothing(database: Database) {
        let stage = Stage::new(database).await;
        let draft = stage.draft("books").await;
        let colleague = stage.world.member(&stage.organization, Role::OrgAdmin, &[]).await;
        for unknown in ["drf_00000000000000000000000000", "x", ""] {
            assert_eq!(code(consent::begin(&stage.app, &stage.admin, unknown, Some(BROWSER)).await), ErrorCode::NotFound);
        }
        assert_eq!(code(consent::begin(&stage.app, &colleague, draft.as_str(), Some(BROWSER)).await), ErrorCode::NotFound);
        let viewer = stage.world.member(&stage.organization, Role::Viewer, &[]).await;
        assert_eq!(code(consent::begin(&stage.app, &viewer, draft.as_str(), Some(BROWSER)).await), ErrorCode::Forbidden);
        let untouched = drafts::start(&stage.app, &stage.admin, "ledger").await.unwrap();
        assert_eq!(code(consent::begin(&stage.app, &stage.admin, untouched.as_str(), Some(BROWSER)).await), ErrorCode::Conflict, "details first");
        assert_eq!(code(consent::page(&stage.app, &stage.admin, untouched.as_str()).await), ErrorCode::Conflict);
        assert_eq!(code(consent::accounts(&stage.app, &stage.admin, untouched.as_str()).await), ErrorCode::Conflict);
    }
}
