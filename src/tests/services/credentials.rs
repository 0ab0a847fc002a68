//! Changing a credential: tested first, swapped only on success, restored at once.

use latchkey::domain::{CheckState, ConnectionStatus, Role};
use latchkey::services::{Entries, ErrorCode, audit, connections, credentials, drafts};
use latchkey::store::{Database, drafts as rows};
use latchkey::vault::Secret;

use crate::services::played::{Stage, typed};
use crate::services::world::World;
use crate::support::database::on_both_engines;

on_both_engines! {
    async fn a_new_credential_is_tested_then_swapped(database: Database) {
        let stage = Stage::set(database).await;
        let (app, dana, id) = (&stage.world.app, &stage.dana, stage.id.as_str());
        let form = credentials::view(app, dana, id).await.unwrap();
        assert_eq!((form.kept.as_slice(), form.values["site"].as_str(), form.done), (&["password".to_owned()][..], "one", false));
        assert!(!form.values.contains_key("password") && form.draft.is_none());
        stage.submit(dana, typed("good-2", "one")).await;
        assert_eq!(stage.numbers().await, [(2, true), (1, false)]);
        assert_eq!(stage.stored().await, ["good-2", "good-1"]);
        let row = stage.row().await;
        assert_eq!((row.status, row.failure_code, row.account_id.as_str()), (ConnectionStatus::Active, None, "api_user@one"));
        let after = credentials::view(app, dana, id).await.unwrap();
        assert!(after.done && after.draft.is_none() && after.decision.is_none());
        let draft = rows::find_edit(app.database.read().await.unwrap().conn(), &dana.organization, dana.member().unwrap(), &stage.connection()).await;
        assert_eq!(draft.unwrap().unwrap().sealed, None, "nothing secret stays in a draft");
        let shown = connections::view(app, dana, id).await.unwrap();
        assert_eq!(shown.activity[0].what, "changed the credential. The one before is kept for a while.");
        assert_eq!(shown.versions.iter().map(|version| version.2).collect::<Vec<_>>(), [true, false]);
        assert_eq!(audit::verify(app).await.unwrap().findings, []);
    }

    async fn a_failed_change_changes_nothing_and_keeps_what_was_typed(database: Database) {
        let stage = Stage::set(database).await;
        let (app, dana, id) = (&stage.world.app, &stage.dana, stage.id.as_str());
        let before = stage.state().await;
        stage.submit(dana, typed("wrong", "two")).await;
        assert_eq!(stage.state().await, before);
        let view = credentials::view(app, dana, id).await.unwrap();
        assert_eq!((view.check.unwrap().state, view.values["site"].as_str(), view.values.contains_key("password")), (CheckState::Failed, "two", false));
        stage.submit(dana, typed("", "one")).await;
        assert_eq!(stage.stored().await, ["good-1", "good-1"], "an empty secret means the stored one, not the one that failed");
        assert_eq!(stage.provider.passwords(), ["good-1", "wrong", "good-1"]);
    }

    async fn entries_that_do_not_fit_are_kept_with_their_reasons(database: Database) {
        let stage = Stage::set(database).await;
        let (app, dana, id) = (&stage.world.app, &stage.dana, stage.id.as_str());
        let before = stage.state().await;
        let error = credentials::submit(app, dana, id, typed("good-2", "no site!")).await.unwrap_err();
        assert_eq!((error.code, error.fields[0].field.as_str()), (ErrorCode::InvalidField, "site"));
        let view = credentials::view(app, dana, id).await.unwrap();
        assert_eq!((view.values["site"].as_str(), view.errors.len(), view.check), ("no site!", 1, None));
        assert_eq!(stage.state().await, before);
        credentials::forget(app, dana, id).await.unwrap();
        assert_eq!(credentials::view(app, dana, id).await.unwrap().values["site"], "one", "as it is stored");
    }

    async fn another_account_waits_for_a_person(database: Database) {
        let stage = Stage::set(database).await;
        let (app, dana, id) = (&stage.world.app, &stage.dana, stage.id.as_str());
        let before = stage.state().await;
        stage.submit(dana, typed("good-2", "two")).await;
        assert_eq!(stage.state().await, before);
        let decision = credentials::view(app, dana, id).await.unwrap().decision.unwrap();
        assert_eq!((decision.before.account_id.as_str(), decision.after.account_id.as_str()), ("api_user@one", "api_user@two"));
        assert_eq!((decision.other_account, decision.changed, decision.version), (true, None, 1));
        let stale = credentials::accept(app, dana, id, 7).await.unwrap_err();
        assert_eq!(stale.code, ErrorCode::Conflict);
        assert_eq!(stage.state().await, before);
        credentials::accept(app, dana, id, 1).await.unwrap();
        assert_eq!((stage.stored().await, stage.row().await.account_id), (vec!["good-2".to_owned(), "good-1".to_owned()], "api_user@two".to_owned()));
        assert_eq!(connections::test(app, dana, id).await.unwrap().state, CheckState::Passed);
        assert_eq!(credentials::accept(app, dana, id, 2).await.unwrap_err().code, ErrorCode::Conflict, "once");
        stage.submit(dana, typed("good-3", "three")).await;
        credentials::forget(app, dana, id).await.unwrap();
        assert_eq!(stage.stored().await, ["good-2", "good-1"]);
        assert!(credentials::view(app, dana, id).await.unwrap().decision.is_none());
    }

    async fn the_version_before_is_back_at_once(database: Database) {
        let stage = Stage::set(database).await;
        let (app, dana, id) = (&stage.world.app, &stage.dana, stage.id.as_str());
        let first = stage.row().await;
        assert_eq!(credentials::restore(app, dana, id, None, None).await.unwrap_err().code, ErrorCode::Conflict, "there is none before");
        credentials::replace(app, dana, id, None, &typed("good-2", "two"), true).await.unwrap();
        let restored = credentials::restore(app, dana, id, None, None).await.unwrap();
        assert_eq!((restored.version, restored.check.unwrap().state), (1, CheckState::Passed));
        assert_eq!(stage.numbers().await, [(2, false), (1, true)]);
        let row = stage.row().await;
        assert_eq!((&row.config, &row.account_id, &row.identity, &row.host), (&first.config, &first.account_id, &first.identity, &first.host));
        assert_eq!(stage.provider.passwords().last().unwrap(), "good-1");
        assert_eq!(credentials::restore(app, dana, id, None, Some(1)).await.unwrap().version, 1, "it is in use already");
        assert_eq!(credentials::restore(app, dana, id, None, None).await.unwrap().version, 2, "and back again");
        assert_eq!(credentials::restore(app, dana, id, None, Some(9)).await.unwrap_err().code, ErrorCode::NotFound);
        let told: Vec<String> = connections::view(app, dana, id).await.unwrap().activity.into_iter().map(|entry| entry.what).collect();
        assert!(told.iter().any(|what| what == "went back to version 2 of the credential."), "{told:?}");
        assert_eq!(audit::verify(app).await.unwrap().findings, []);
    }

    async fn three_old_versions_are_kept_among_them_the_last_used(database: Database) {
        let stage = Stage::set(database).await;
        let (app, dana, id) = (&stage.world.app, &stage.dana, stage.id.as_str());
        for number in 2..=4 {
            stage.world.clock.advance(1_000);
            credentials::replace(app, dana, id, None, &typed(&format!("good-{number}"), "one"), false).await.unwrap();
        }
        assert_eq!(stage.numbers().await, [(4, true), (3, false), (2, false), (1, false)]);
        stage.world.clock.advance(1_000);
        credentials::restore(app, dana, id, None, Some(1)).await.unwrap();
        stage.world.clock.advance(1_000);
        credentials::replace(app, dana, id, None, &typed("good-5", "one"), false).await.unwrap();
        assert_eq!(stage.numbers().await, [(5, true), (4, false), (3, false), (1, false)], "the one that was in use stays, whatever its number");
        assert_eq!(credentials::restore(app, dana, id, None, Some(2)).await.unwrap_err().code, ErrorCode::NotFound);
        let (shown, _) = credentials::versions(app, dana, id).await.unwrap();
        assert_eq!(shown.iter().map(|version| version.version).collect::<Vec<_>>(), [5, 4, 3, 1]);
        assert_eq!((shown[0].activated_by.as_str(), shown[3].created_by.as_str(), shown[0].active), ("Dana Whitfield", "Dana Whitfield", true));
    }

    async fn in_one_call_the_refusals_say_why(database: Database) {
        let stage = Stage::set(database).await;
        let (app, dana, id) = (&stage.world.app, &stage.dana, stage.id.as_str());
        let before = stage.versions().await;
        let other = credentials::replace(app, dana, id, None, &typed("good-2", "two"), false).await.unwrap_err();
        let accounts = other.accounts.unwrap();
        assert_eq!((other.code, accounts.0.account_id.as_str(), accounts.1.account_id.as_str()), (ErrorCode::OtherAccount, "api_user@one", "api_user@two"));
        let refused = credentials::replace(app, dana, id, None, &typed("wrong", "one"), false).await.unwrap_err();
        assert_eq!((refused.code, refused.diagnosis.unwrap().code.as_str()), (ErrorCode::CheckFailed, "auth_rejected"));
        let unknown: Entries = [("role".to_owned(), Secret::new("x".to_owned()))].into();
        assert_eq!(credentials::replace(app, dana, id, None, &unknown, false).await.unwrap_err().code, ErrorCode::InvalidField);
        assert_eq!(stage.versions().await, before);
        let (_, etag) = credentials::versions(app, dana, id).await.unwrap();
        let secret: Entries = [("password".to_owned(), Secret::new("good-2".to_owned()))].into();
        let replaced = credentials::replace(app, dana, id, Some(etag.0), &secret, false).await.unwrap();
        assert_eq!((replaced.version, stage.row().await.account_id.as_str()), (2, "api_user@one"), "what is left out stays");
        let stale = credentials::replace(app, dana, id, Some(etag.0), &secret, false).await.unwrap_err();
        assert_eq!((stale.code, stale.message.starts_with("Dana Whitfield changed this connection just now.")), (ErrorCode::Conflict, true), "{}", stale.message);
        assert_eq!(credentials::restore(app, dana, id, Some(etag.0), None).await.unwrap_err().code, ErrorCode::Conflict);
        let (_, now) = credentials::versions(app, dana, id).await.unwrap();
        assert_eq!(now, replaced.state);
        credentials::restore(app, dana, id, Some(now.0), None).await.unwrap();
    }

    async fn what_does_not_open_is_entered_anew(database: Database) {
        let stage = Stage::set(database).await;
        let (app, dana) = (&stage.world.app, &stage.dana);
        let row = stage.world.connection(dana, "Broken", ConnectionStatus::ReauthRequired, None).await;
        let id = row.id.as_str();
        let fix = connections::view(app, dana, id).await.unwrap().fix.unwrap();
        assert_eq!(fix, ("Change the API key".to_owned(), format!("/connections/{id}/credentials")));
        assert!(credentials::view(app, dana, id).await.unwrap().kept.is_empty());
        let missing = credentials::submit(app, dana, id, Entries::new()).await.unwrap_err();
        assert_eq!((missing.code, missing.fields[0].message.as_str()), (ErrorCode::InvalidField, "Enter the API key."));
    }

    async fn what_is_at_rest_is_not_changed(database: Database) {
        let stage = Stage::set(database).await;
        let (app, dana) = (&stage.world.app, &stage.dana);
        for (number, status) in [ConnectionStatus::Disabled, ConnectionStatus::Revoked].into_iter().enumerate() {
            let row = stage.world.connection(dana, &format!("Rest {number}"), status, None).await;
            let id = row.id.as_str();
            assert_eq!(credentials::view(app, dana, id).await.unwrap_err().code, ErrorCode::Conflict);
            assert_eq!(credentials::submit(app, dana, id, Entries::new()).await.unwrap_err().code, ErrorCode::Conflict);
            assert_eq!(credentials::replace(app, dana, id, None, &Entries::new(), true).await.unwrap_err().code, ErrorCode::Conflict);
            assert_eq!(credentials::restore(app, dana, id, None, None).await.unwrap_err().code, ErrorCode::Conflict);
        }
    }

    async fn the_wizard_does_not_take_the_draft_of_a_change(database: Database) {
        let stage = Stage::set(database).await;
        let (app, dana, id) = (&stage.world.app, &stage.dana, stage.id.as_str());
        stage.submit(dana, typed("good-2", "two")).await;
        let draft = credentials::view(app, dana, id).await.unwrap().draft.unwrap();
        assert_eq!(drafts::view(app, dana, &draft).await.unwrap_err().code, ErrorCode::NotFound);
        assert_eq!(drafts::submit(app, dana, &draft, "", typed("good-3", "three")).await.unwrap_err().code, ErrorCode::NotFound);
        assert_eq!(drafts::keep_duplicate(app, dana, &draft).await.unwrap_err().code, ErrorCode::NotFound);
        assert_eq!(drafts::discard(app, dana, &draft).await.unwrap_err().code, ErrorCode::NotFound);
        let followed = drafts::check(app, dana, &draft).await.unwrap();
        assert_eq!((followed.check.state, followed.edits.unwrap().as_str()), (CheckState::Passed, id));
        assert_ne!(drafts::start(app, dana, "ventures").await.unwrap().as_str(), draft);
    }

    async fn a_developer_sees_the_versions_and_a_viewer_nothing(database: Database) {
        let world = World::new(database).await;
        let organization = world.set_up().await.organization;
        let dana = world.member(&organization, Role::OrgAdmin, &[]).await;
        let row = world.connection(&dana, "Payments", ConnectionStatus::Active, None).await;
        for (role, sees) in [(Role::Developer, true), (Role::TeamLead, true), (Role::Viewer, false)] {
            let actor = world.member(&organization, role, &[]).await;
            assert_eq!(credentials::versions(&world.app, &actor, row.id.as_str()).await.is_ok(), sees, "{role:?}");
            assert_eq!(credentials::view(&world.app, &actor, row.id.as_str()).await.unwrap_err().code, ErrorCode::Forbidden, "{role:?}");
        }
    }
}
