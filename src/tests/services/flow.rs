//! From a typed credential to a connection, against providers played over real HTTP.

use std::collections::BTreeMap;

use latchkey::domain::{Actor, CheckState, ConnectionId, ConnectionStatus};
use latchkey::dto::DraftView;
use latchkey::services::{Entries, ErrorCode, audit, connections, drafts, marketplace, onboarding, quick};
use latchkey::store::{Database, audit as log, connections as rows, credentials};
use latchkey::vault::{Binding, Secret};

use crate::services::world::World;
use crate::support::database::{execute, on_both_engines};

const GOOD_KEY: &str = "sk_test_sandboxAccountThatWorks";
const REFUSED_KEY: &str = "sk_test_sandboxRefusedKey";

pub fn entries(values: &[(&str, &str)]) -> Entries {
    values.iter().map(|(id, value)| ((*id).to_owned(), Secret::new((*value).to_owned()))).collect()
}

fn ventures(password: &str, site: &str) -> Entries {
    entries(&[("username", "api_user"), ("password", password), ("site", site)])
}

async fn begin(database: Database) -> (World, Actor) {
    let world = World::with_providers(database).await;
    let who = world.set_up().await;
    let dana = world.actor(&who).await;
    (world, dana)
}

/// Goes through the wizard to the end of its check.
async fn wizard(world: &World, actor: &Actor, connector: &str, name: &str, typed: Entries) -> DraftView {
    let id = drafts::start(&world.app, actor, connector).await.unwrap();
    drafts::submit(&world.app, actor, id.as_str(), name, typed).await.unwrap();
    world.settle().await;
    drafts::view(&world.app, actor, id.as_str()).await.unwrap()
}

async fn sealed(world: &World, actor: &Actor, id: &str) -> Vec<(i64, Vec<u8>)> {
    let id = ConnectionId::parse(id).unwrap();
    let mut reader = world.app.database.read().await.unwrap();
    credentials::versions(reader.conn(), &actor.organization, &id).await.unwrap().into_iter().map(|row| (row.version, row.sealed)).collect()
}

/// What the log holds of one thing, oldest first.
async fn actions(world: &World, target: &str) -> Vec<String> {
    let rows = log::chain(world.app.database.read().await.unwrap().conn(), "node-1", 0, 1_000).await.unwrap();
    rows.into_iter().filter(|row| row.target_id == target).map(|row| row.action).collect()
}

async fn retype(world: &World, actor: &Actor, id: &str, field: &str, value: &str) {
    let mut transaction = world.app.database.begin().await.unwrap();
    let mut row = rows::find(transaction.conn(), &actor.organization, &ConnectionId::parse(id).unwrap()).await.unwrap().unwrap();
    let mut config: BTreeMap<String, String> = serde_json::from_str(&row.config).unwrap();
    config.insert(field.to_owned(), value.to_owned());
    row.config = serde_json::to_string(&config).unwrap();
    rows::update(transaction.conn(), &row).await.unwrap();
    transaction.commit().await.unwrap();
    execute(&world.app.database, "UPDATE credentials SET config = (SELECT c.config FROM connections c WHERE c.id = credentials.connection_id)").await;
}

on_both_engines! {
    async fn the_wizard_ends_in_a_connection(database: Database) {
        let (world, dana) = begin(database).await;
        let draft = wizard(&world, &dana, "stripe", "", entries(&[("api_key", GOOD_KEY)])).await;
        let check = draft.check.unwrap();
        assert_eq!((check.state, check.diagnosis), (CheckState::Passed, None));
        assert_eq!(check.steps.len(), 6);
        let id = draft.connection.unwrap();
        let view = connections::view(&world.app, &dana, &id).await.unwrap();
        assert_eq!((view.status, view.connected_by.as_str(), view.versions.len()), (ConnectionStatus::Active, "Dana Whitfield", 1));
        assert!(view.row.name.starts_with("Stripe "), "{}", view.row.name);
        assert_eq!(view.row.next_check_at, view.row.last_checked_at.map(|at| at.plus_millis(1_800_000)));
        assert_eq!(view.activity[0].what, "connected it. The credential is sealed.");
        assert_eq!((view.last_check.unwrap().state, view.passed), (CheckState::Passed, (1, 1)));
        assert_eq!(connections::list(&world.app, &dana, &Default::default()).await.unwrap().headline, "1 connection");
        assert!(onboarding::view(&world.app, &dana).await.unwrap().connected_at.is_some());
        assert_eq!(marketplace::connector(&world.app, &dana, "stripe").await.unwrap().connections.len(), 1);
        assert!(!format!("{:?}", sealed(&world, &dana, &id).await).contains(GOOD_KEY));
        let again = drafts::submit(&world.app, &dana, &draft.id, "", Entries::new()).await.unwrap_err();
        assert_eq!(again.code, ErrorCode::Conflict);
        assert_eq!(audit::verify(&world.app).await.unwrap().findings, []);
    }

    async fn a_failed_check_saves_nothing_and_keeps_what_is_no_secret(database: Database) {
        let (world, dana) = begin(database).await;
        let draft = wizard(&world, &dana, "ventures", "Loans", ventures("wrong-password", "test_integration")).await;
        let check = draft.check.unwrap();
        assert_eq!(check.state, CheckState::Failed);
        let diagnosis = check.diagnosis.unwrap();
        assert_eq!((diagnosis.code.as_str(), diagnosis.field.as_str()), ("auth_rejected", "password"));
        assert_eq!((draft.connection, draft.duplicate, draft.name.as_str()), (None, None, "Loans"));
        assert_eq!(draft.values, BTreeMap::from([("site".to_owned(), "test_integration".to_owned()), ("username".to_owned(), "api_user".to_owned())]));
        assert_eq!(connections::list(&world.app, &dana, &Default::default()).await.unwrap().total, 0);
        drafts::submit(&world.app, &dana, &draft.id, "Loans", ventures("correct-horse", "test_integration")).await.unwrap();
        world.settle().await;
        let mended = drafts::view(&world.app, &dana, &draft.id).await.unwrap();
        assert_eq!(connections::view(&world.app, &dana, &mended.connection.unwrap()).await.unwrap().row.name, "Loans");
    }

    async fn another_password_is_not_taken_for_the_one_that_is_being_checked(database: Database) {
        let (world, dana) = begin(database).await;
        let id = drafts::start(&world.app, &dana, "ventures").await.unwrap();
        drafts::submit(&world.app, &dana, id.as_str(), "", ventures("correct-horse", "fail_Slow")).await.unwrap();
        drafts::submit(&world.app, &dana, id.as_str(), "", ventures("correct-horse", "fail_Slow")).await.expect("the same again is no change");
        for typed in [ventures("wrong-password", "fail_Slow"), ventures("correct-horse", "production"), ventures("correct-horse", "")] {
            let error = drafts::submit(&world.app, &dana, id.as_str(), "", typed).await.unwrap_err();
            assert_eq!((error.code, error.message.contains("is running")), (ErrorCode::Conflict, true));
        }
        assert_eq!(actions(&world, id.as_str()).await, ["draft.started", "draft.submitted"], "one check was begun");
    }

    async fn every_beginning_is_recorded_and_the_page_shows_results(database: Database) {
        let (world, dana) = begin(database).await;
        let draft = wizard(&world, &dana, "ventures", "", ventures("correct-horse", "test_integration")).await;
        let id = draft.connection.unwrap();
        world.clock.advance(1);
        connections::test(&world.app, &dana, &id).await.unwrap();
        assert_eq!(actions(&world, &draft.id).await, ["draft.started", "draft.submitted"]);
        assert_eq!(actions(&world, &id).await, ["connection.created", "connection.test_started", "connection.tested"]);
        let shown: Vec<String> = connections::view(&world.app, &dana, &id).await.unwrap().activity.into_iter().map(|line| line.what).collect();
        assert!(shown.len() == 3 && shown[0].starts_with("tested the connection. Passed") && shown[1].starts_with("connected it") && shown[2].starts_with("tested"), "{shown:?}");
        connections::test_unsaved(&world.app, &dana, "stripe", entries(&[("api_key", REFUSED_KEY)])).await.unwrap();
        connections::create(&world.app, &dana, "stripe", "", entries(&[("api_key", REFUSED_KEY)])).await.unwrap_err();
        let tried = ["connection.test_started", "connection.tried"];
        assert_eq!(actions(&world, "stripe").await, [tried, tried].concat());
    }

    async fn what_was_sealed_does_not_come_out_in_a_failure(database: Database) {
        let (world, dana) = begin(database).await;
        let row = world.connection(&dana, "Broken", ConnectionStatus::Active, None).await;
        let binding = Binding { organization: row.organization.as_str(), kind: "credential", record: row.id.as_str(), field: "payload", version: 1 };
        let sealed = world.app.keyring.seal(&binding, br#"{"fields":"canary-in-the-plaintext"}"#, world.app.random.as_ref());
        let mut transaction = world.app.database.begin().await.unwrap();
        let credential = credentials::active(transaction.conn(), &row.organization, &row.id).await.unwrap().unwrap();
        credentials::replace_sealed(transaction.conn(), &row.organization, &credential.id, &credential.key_id, sealed.bytes()).await.unwrap();
        transaction.commit().await.unwrap();
        let error = connections::test(&world.app, &dana, row.id.as_str()).await.unwrap_err();
        assert_eq!(error.code, ErrorCode::SecretUnreadable);
        assert!(!format!("{error:?}").contains("canary"), "{error:?}");
    }

    async fn wrong_fields_are_kept_in_the_draft(database: Database) {
        let (world, dana) = begin(database).await;
        let id = drafts::start(&world.app, &dana, "ventures").await.unwrap();
        let typed = entries(&[("username", "api_user"), ("password", ""), ("site", "not a site")]);
        let error = drafts::submit(&world.app, &dana, id.as_str(), "", typed).await.unwrap_err();
        assert_eq!((error.code, error.fields.len()), (ErrorCode::InvalidField, 2));
        let view = drafts::view(&world.app, &dana, id.as_str()).await.unwrap();
        assert_eq!(view.errors.keys().map(String::as_str).collect::<Vec<_>>(), ["password", "site"]);
        assert_eq!(view.values["site"], "not a site");
        assert_eq!(drafts::start(&world.app, &dana, "ventures").await.unwrap(), id, "goes on with the unfinished one");
        drafts::discard(&world.app, &dana, id.as_str()).await.unwrap();
        assert_eq!(drafts::view(&world.app, &dana, id.as_str()).await.unwrap_err().code, ErrorCode::NotFound);
    }

    async fn the_same_account_twice_is_a_decision(database: Database) {
        let (world, dana) = begin(database).await;
        let first = wizard(&world, &dana, "stripe", "Payments", entries(&[("api_key", GOOD_KEY)])).await.connection.unwrap();
        let second = wizard(&world, &dana, "stripe", "", entries(&[("api_key", GOOD_KEY)])).await;
        assert_eq!((second.connection, second.duplicate), (None, Some((first, "Payments".to_owned()))));
        let kept = drafts::keep_duplicate(&world.app, &dana, &second.id).await.unwrap();
        assert_eq!(connections::test(&world.app, &dana, kept.as_str()).await.unwrap().state, CheckState::Passed, "the kept credential opens");
        assert_eq!(drafts::keep_duplicate(&world.app, &dana, &second.id).await.unwrap_err().code, ErrorCode::Conflict);
        let error = connections::create(&world.app, &dana, "stripe", "", entries(&[("api_key", GOOD_KEY)])).await.unwrap_err();
        assert_eq!(error.code, ErrorCode::Conflict);
    }

    async fn a_test_moves_the_status_and_keeps_the_new_session(database: Database) {
        let (world, dana) = begin(database).await;
        let id = wizard(&world, &dana, "ventures", "", ventures("correct-horse", "test_integration")).await.connection.unwrap();
        let before = sealed(&world, &dana, &id).await;
        assert_eq!(connections::test(&world.app, &dana, &id).await.unwrap().state, CheckState::Passed);
        let after = sealed(&world, &dana, &id).await;
        assert_eq!((before.len(), after.len(), before[0].0, after[0].0), (1, 1, 1, 1), "the same version");
        assert_ne!(before[0].1, after[0].1, "sealed anew with the new session");
        retype(&world, &dana, &id, "username", "somebody_else").await;
        assert_eq!(connections::test(&world.app, &dana, &id).await.unwrap().state, CheckState::Failed);
        let view = connections::view(&world.app, &dana, &id).await.unwrap();
        assert_eq!((view.status, view.row.pill.label.as_str(), view.passed), (ConnectionStatus::ReauthRequired, "Sign in again", (2, 3)));
        assert!(view.sentence.contains("refused") && view.fix.is_some());
        retype(&world, &dana, &id, "username", "api_user").await;
        retype(&world, &dana, &id, "site", "fail_500").await;
        connections::test(&world.app, &dana, &id).await.unwrap();
        assert_eq!(connections::view(&world.app, &dana, &id).await.unwrap().status, ConnectionStatus::Error);
        retype(&world, &dana, &id, "site", "test_integration").await;
        connections::test(&world.app, &dana, &id).await.unwrap();
        assert_eq!(connections::view(&world.app, &dana, &id).await.unwrap().status, ConnectionStatus::Active);
    }

    async fn one_page_connects_tests_and_disconnects(database: Database) {
        let (world, dana) = begin(database).await;
        let app = &world.app;
        assert_eq!(quick::view(app, &dana, "stripe").await.unwrap_err().code, ErrorCode::NotFound, "no such page");
        let refused = quick::connect(app, &dana, "ventures", ventures("wrong-password", "test_integration")).await.unwrap_err();
        assert_eq!((refused.code, refused.diagnosis.unwrap().code.as_str()), (ErrorCode::CheckFailed, "auth_rejected"));
        let form = quick::view(app, &dana, "ventures").await.unwrap();
        assert_eq!((form.connection, form.values["username"].as_str(), form.check.unwrap().state), (None, "api_user", CheckState::Failed));
        assert!(!form.values.contains_key("password"));
        let connected = quick::connect(app, &dana, "ventures", ventures("correct-horse", "test_integration")).await.unwrap();
        let id = connected.connection.clone().unwrap();
        assert_eq!((connected.values["site"].as_str(), connected.may_disconnect), ("test_integration", true));
        let again = quick::connect(app, &dana, "ventures", ventures("another", "production")).await.unwrap();
        assert_eq!((again.connection.as_ref(), again.values["site"].as_str()), (Some(&id), "test_integration"), "replaces nothing");
        quick::disconnect(app, &dana, "ventures").await.unwrap();
        assert_eq!(sealed(&world, &dana, &id).await, []);
        assert_eq!(quick::view(app, &dana, "ventures").await.unwrap().connection, None);
        assert_eq!(quick::disconnect(app, &dana, "ventures").await.unwrap_err().code, ErrorCode::NotFound);
        assert!(quick::connect(app, &dana, "ventures", ventures("correct-horse", "test_integration")).await.unwrap().connection.is_some());
    }

    async fn the_api_makes_a_connection_in_one_go(database: Database) {
        let (world, dana) = begin(database).await;
        let app = &world.app;
        let tried = connections::test_unsaved(app, &dana, "stripe", entries(&[("api_key", GOOD_KEY)])).await.unwrap();
        assert_eq!(tried.state, CheckState::Passed);
        let tried = connections::test_unsaved(app, &dana, "stripe", entries(&[("api_key", REFUSED_KEY)])).await.unwrap();
        assert_eq!((tried.state, tried.diagnosis.unwrap().code.as_str()), (CheckState::Failed, "auth_rejected"));
        assert_eq!(connections::list(app, &dana, &Default::default()).await.unwrap().total, 0);
        let failed = connections::create(app, &dana, "stripe", "Payments", entries(&[("api_key", REFUSED_KEY)])).await.unwrap_err();
        assert_eq!(failed.code, ErrorCode::CheckFailed);
        assert_eq!(connections::create(app, &dana, "stripe", "Payments", Entries::new()).await.unwrap_err().code, ErrorCode::InvalidField);
        let made = connections::create(app, &dana, "stripe", "Payments", entries(&[("api_key", GOOD_KEY)])).await.unwrap();
        assert_eq!(made.row.name, "Payments");
        let taken = connections::create(app, &dana, "ventures", "Payments", ventures("correct-horse", "test_integration")).await.unwrap_err();
        assert_eq!(taken.code, ErrorCode::NameTaken);
        assert!(taken.message.contains("Payments 2"), "{}", taken.message);
        assert_eq!(audit::verify(app).await.unwrap().findings, []);
    }
}
