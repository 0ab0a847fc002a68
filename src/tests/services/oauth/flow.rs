//! From the details to a connection: the steps of the draft, several accounts, what is filled in, and what is sealed.

use latchkey::domain::{CheckState, DraftId};
use latchkey::dto::DraftWait;
use latchkey::services::consent::{self, Arrived};
use latchkey::services::drafts::{self, Submitted};
use latchkey::services::{Entries, ErrorCode, connections, entry_links, preview};
use latchkey::store::Database;
use latchkey::store::drafts as rows;
use serde_json::json;

use super::{Stage, came_back, code, entries, query, with};
use crate::support::database::on_both_engines;

async fn row(stage: &Stage, draft: &DraftId) -> rows::DraftRow {
    let member = stage.admin.member().unwrap();
    rows::find(stage.app.database.read().await.unwrap().conn(), &stage.organization, member, draft, stage.app.now()).await.unwrap().unwrap()
}

on_both_engines! {
    async fn a_person_allows_it_and_the_account_is_connected(database: Database) {
        let stage = Stage::new(database).await;
        let draft = stage.draft("ledger").await;
        assert_eq!(stage.view(&draft).await.waits, DraftWait::Consent);
        let page = consent::page(&stage.app, &stage.admin, draft.as_str()).await.unwrap();
        assert_eq!(page.scopes[0], ("books.read".to_owned(), "Read the books".to_owned()));
        assert_eq!((page.app.unwrap().label.as_str(), page.host), ("Ours", stage.provider.url().trim_start_matches("http://").to_owned()));
        let url = stage.go(&draft).await;
        let asked = query(&url);
        assert_eq!(asked["redirect_uri"], "https://latchkey.example.com/oauth/callback/ledger");
        assert_eq!((asked["scope"].as_str(), asked["access_type"].as_str()), ("books.read bills.read offline", "offline"));
        let arrived = stage.arrive("ledger", &stage.allowed(&url, "acme")).await.unwrap();
        assert_eq!(arrived, Arrived::Testing(draft.clone(), None));
        stage.world.settle().await;
        let done = stage.view(&draft).await;
        let receipt = done.receipt.expect("the done page shows it");
        assert_eq!(receipt.permissions.iter().filter(|one| one.granted).count(), 2);
        let view = connections::view(&stage.app, &stage.admin, &done.connection.unwrap()).await.unwrap();
        assert_eq!(view.identity.unwrap().account_id, "acme-t-1", "the tenant went along as a header");
        assert!(view.settings.contains(&("Company".to_owned(), "4620816365".to_owned())), "{:?}", view.settings);
        assert_eq!(view.last_check.unwrap().state, CheckState::Passed);
        let row = row(&stage, &draft).await;
        assert_eq!((row.sealed, row.tokens), (None, None), "nothing stays in the draft");
        let again = connections::test(&stage.app, &stage.admin, &view.row.id).await.unwrap();
        assert_eq!(again.state, CheckState::Passed, "the stored token and the app's own token are sent again");
        assert_eq!(code(preview::view(&stage.app, &stage.admin, &view.row.id, "nothing").await), ErrorCode::NotFound);
    }

    async fn of_several_accounts_a_person_picks_one(database: Database) {
        let stage = Stage::new(database).await;
        stage.provider.tenants(json!([{"id": "t-1", "name": "Acme Ltd"}, {"id": "t-2", "name": "<b>Bakery</b>"}, {"id": "", "name": "none"}]));
        let draft = stage.draft("ledger").await;
        assert_eq!(stage.trip("ledger", &draft, "acme").await.unwrap(), Arrived::Accounts(draft.clone()));
        assert_eq!(stage.view(&draft).await.waits, DraftWait::Account);
        assert_eq!(code(consent::begin(&stage.app, &stage.admin, draft.as_str(), None).await), ErrorCode::Conflict);
        let view = consent::accounts(&stage.app, &stage.admin, draft.as_str()).await.unwrap();
        assert_eq!((view.noun.as_str(), view.accounts.len(), view.before), ("organisation", 2, None));
        let held = row(&stage, &draft).await;
        let shown = format!("{held:?}");
        assert!(held.sealed.is_some() && !shown.contains("at-") && !shown.contains("rt-"), "the tokens are sealed: {shown}");
        assert_eq!(code(consent::pick(&stage.app, &stage.admin, draft.as_str(), "t-3").await), ErrorCode::NotFound);
        assert_eq!(consent::pick(&stage.app, &stage.admin, draft.as_str(), "t-2").await.unwrap(), Arrived::Testing(draft.clone(), None));
        stage.world.settle().await;
        assert_eq!(code(consent::pick(&stage.app, &stage.admin, draft.as_str(), "t-1").await), ErrorCode::Conflict, "once");
        let view = connections::view(&stage.app, &stage.admin, &stage.view(&draft).await.connection.unwrap()).await.unwrap();
        assert_eq!(view.identity.unwrap().account_id, "acme-t-2");
    }

    async fn what_the_answer_fills_in_is_kept_and_typed_by_nobody(database: Database) {
        let stage = Stage::new(database).await;
        let draft = drafts::start(&stage.app, &stage.admin, "books").await.unwrap();
        assert!(stage.view(&draft).await.connector.fields.iter().all(|field| field.id != "instance_url"));
        stage.fill_in(&draft, &[("label", "Main"), ("instance_url", "https://evil.example")]).await;
        stage.trip("books", &draft, "acme").await.unwrap();
        let view = connections::view(&stage.app, &stage.admin, &stage.view(&draft).await.connection.unwrap()).await.unwrap();
        assert!(view.settings.contains(&("Instance".to_owned(), "https://eu1.books.example".to_owned())), "{:?}", view.settings);
        assert!(view.settings.contains(&("Label".to_owned(), "Main".to_owned())));
    }

    async fn a_connector_with_a_choice_goes_either_way(database: Database) {
        let stage = Stage::new(database).await;
        let draft = drafts::start(&stage.app, &stage.admin, "shelf").await.unwrap();
        let view = stage.view(&draft).await.oauth.unwrap();
        assert_eq!((view.when, view.apps.len()), (Some(("way".to_owned(), "account".to_owned())), 1));
        let typed = drafts::submit(&stage.app, &stage.admin, draft.as_str(), "", entries(&[("way", "token"), ("token", "wrong")])).await.unwrap();
        assert_eq!(typed, Submitted::Testing);
        stage.world.settle().await;
        assert_eq!(stage.view(&draft).await.check.unwrap().state, CheckState::Failed);
        stage.fill_in(&draft, &[("way", "account"), ("token", "")]).await;
        stage.trip("shelf", &draft, "acme").await.unwrap();
        let view = stage.view(&draft).await;
        assert_eq!(view.check.unwrap().state, CheckState::Passed);
        assert!(view.receipt.is_none(), "it asks for no permissions by name");
    }

    async fn several_apps_are_chosen_from_and_none_is_said_plainly(database: Database) {
        let stage = Stage::new(database).await;
        let second = stage.register(&stage.admin, "books", "Second").await;
        let draft = drafts::start(&stage.app, &stage.admin, "books").await.unwrap();
        let refused = drafts::submit(&stage.app, &stage.admin, draft.as_str(), "", Entries::new()).await.unwrap_err();
        assert_eq!((refused.code, refused.fields[0].field.as_str()), (ErrorCode::InvalidField, "oauth_app"));
        assert!(stage.view(&draft).await.errors.contains_key("oauth_app"), "the page says it again");
        stage.fill_in(&draft, &[("oauth_app", second.as_str())]).await;
        assert_eq!(stage.view(&draft).await.oauth.unwrap().chosen.as_deref(), Some(second.as_str()));
        let other = stage.world.organization("Other").await;
        let stranger = stage.world.member(&other, latchkey::domain::Role::OrgAdmin, &[]).await;
        let draft = drafts::start(&stage.app, &stranger, "books").await.unwrap();
        let refused = drafts::submit(&stage.app, &stranger, draft.as_str(), "", Entries::new()).await.unwrap_err();
        assert!(refused.fields[0].message.contains("There is no OAuth app for Books yet"), "{:?}", refused.fields);
    }

    async fn a_test_that_fails_after_consent_keeps_no_token(database: Database) {
        let stage = Stage::new(database).await;
        stage.provider.over(json!({"access_token": "another-token-than-the-api-takes"}));
        let draft = stage.draft("books").await;
        stage.trip("books", &draft, "acme").await.unwrap();
        let view = stage.view(&draft).await;
        assert_eq!((view.check.unwrap().state, view.waits, view.connection), (CheckState::Failed, DraftWait::Nothing, None));
        let held = row(&stage, &draft).await;
        assert_eq!((held.sealed, held.tokens), (None, None));
        stage.provider.over(json!({}));
        stage.fill_in(&draft, &[]).await;
        stage.trip("books", &draft, "acme").await.unwrap();
        assert!(stage.view(&draft).await.connection.is_some(), "and the next trip connects it");
    }

    async fn an_account_that_is_connected_already_waits_for_a_decision_with_its_tokens(database: Database) {
        let stage = Stage::new(database).await;
        stage.connected("books", "acme").await;
        let draft = stage.draft("books").await;
        stage.trip("books", &draft, "acme").await.unwrap();
        let view = stage.view(&draft).await;
        assert!(view.duplicate.is_some() && view.connection.is_none() && view.waits == DraftWait::Nothing);
        let kept = drafts::keep_duplicate(&stage.app, &stage.admin, draft.as_str()).await.unwrap();
        let view = connections::view(&stage.app, &stage.admin, kept.as_str()).await.unwrap();
        assert!(view.receipt.is_some(), "what was granted came along");
        assert_eq!(connections::test(&stage.app, &stage.admin, kept.as_str()).await.unwrap().state, CheckState::Passed);
    }

    async fn what_only_a_person_can_allow_is_not_made_in_one_call(database: Database) {
        let stage = Stage::new(database).await;
        assert_eq!(code(connections::create(&stage.app, &stage.admin, "books", "", Entries::new()).await), ErrorCode::Conflict);
        assert_eq!(code(connections::test_unsaved(&stage.app, &stage.admin, "books", Entries::new()).await), ErrorCode::Conflict);
        assert_eq!(stage.provider.asked("/api/books/me").len(), 0, "nothing was sent");
        drop(entry_links::page(&stage.app, &stage.admin, stage.draft("books").await.as_str()).await);
    }

    async fn the_secrets_of_a_trip_stand_in_no_row_entry_or_debug_text(database: Database) {
        let stage = Stage::new(database).await;
        let draft = stage.draft("ledger").await;
        let url = stage.go(&draft).await;
        let back = stage.allowed(&url, "acme");
        let shown = format!("{:?}", came_back("ledger", &with(&back, "error", None)));
        assert!(!shown.contains("code-") && !shown.contains(&query(&url)["state"]), "{shown}");
        stage.arrive("ledger", &back).await.unwrap();
        stage.world.settle().await;
        let entries = latchkey::services::audit::list(&stage.app, &stage.admin, &Default::default(), "", 100).await.unwrap();
        let told = format!("{entries:?}");
        for secret in ["-secret", "code-", query(&url)["state"].as_str(), crate::support::oauth::DEVELOPER_TOKEN] {
            assert!(!told.contains(secret), "{secret}");
        }
        for action in ["consent.begun", "draft.filled_in", "connection.created"] {
            assert!(told.contains(action), "{action} is recorded: {told}");
        }
    }
}
