//! What people do with a connection that stands: write about it, turn it off and on, look back, forget it.

use std::collections::BTreeMap;

use latchkey::domain::{Actor, CheckState, ConnectionStatus, Role};
use latchkey::dto::ConnectionFilter;
use latchkey::services::connections::{self, Edit};
use latchkey::services::{Entries, ErrorCode, audit};
use latchkey::store::connections::ConnectionRow;
use latchkey::store::{Database, checks, connections as rows, credentials};
use latchkey::vault::Secret;

use crate::services::world::World;
use crate::support::database::on_both_engines;

const GOOD_KEY: &str = "sk_test_sandboxAccountThatWorks";

async fn with_connection(database: Database) -> (World, Actor, ConnectionRow) {
    let world = World::new(database).await;
    let who = world.set_up().await;
    let dana = world.actor(&who).await;
    let row = world.connection(&dana, "Payments", ConnectionStatus::Active, None).await;
    (world, dana, row)
}

fn named(name: &str) -> Edit {
    Edit { name: Some(name.to_owned()), ..Edit::default() }
}

fn tagged(tags: &[&str]) -> Edit {
    Edit { tags: Some(tags.iter().map(|tag| (*tag).to_owned()).collect()), ..Edit::default() }
}

fn key() -> Entries {
    BTreeMap::from([("api_key".to_owned(), Secret::new(GOOD_KEY.to_owned()))])
}

#[test]
fn off_and_on_lead_where_the_last_check_left_it() {
    use ConnectionStatus::{Active, Disabled, Error, Pending, ReauthRequired, Revoked};
    for status in [Pending, Active, Error, ReauthRequired] {
        assert_eq!((status.disable(), status.enable(Some(true))), (Ok(Disabled), Ok(status)));
    }
    assert_eq!(Disabled.disable(), Ok(Disabled));
    assert_eq!([None, Some(false), Some(true)].map(|failure| Disabled.enable(failure)), [Ok(Active), Ok(Error), Ok(ReauthRequired)]);
    assert_eq!((Revoked.disable().is_err(), Revoked.enable(None).is_err()), (true, true));
    assert!(Disabled.check_passed().is_err() && Disabled.check_failed(true).is_err(), "a check that ends late turns nothing on");
}

on_both_engines! {
    async fn an_edit_changes_what_it_names_and_nothing_else(database: Database) {
        let (world, dana, row) = with_connection(database).await;
        let id = row.id.as_str();
        let view = connections::edit(&world.app, &dana, id, &tagged(&["  EU ", "Finance", "eu", ""]), Some(1)).await.unwrap();
        assert_eq!((view.row.tags, view.version, view.row.name.as_str()), (vec!["eu".to_owned(), "finance".to_owned()], 2, "Payments"));
        let edit = Edit { name: Some(" Money ".to_owned()), description: Some("For the shop.\r\nAsk Dana.".to_owned()), tags: None, team: None };
        let view = connections::edit(&world.app, &dana, id, &edit, None).await.unwrap();
        assert_eq!((view.row.name.as_str(), view.description.as_str(), view.version, view.row.tags.len()), ("Money", "For the shop.\nAsk Dana.", 3, 2));
        assert_eq!(view.activity[0].what, "changed the name and the description. It was called Payments.");
        assert_eq!(connections::edit(&world.app, &dana, id, &edit, Some(3)).await.unwrap().version, 3, "the same again is no change");
        assert_eq!(connections::view(&world.app, &dana, id).await.unwrap().activity.len(), 2);
        assert_eq!(audit::verify(&world.app).await.unwrap().findings, []);
    }

    async fn of_two_who_edit_the_second_is_told_who_was_first(database: Database) {
        let (world, dana, row) = with_connection(database).await;
        let other = world.member(&dana.organization, Role::OrgAdmin, &[]).await;
        connections::edit(&world.app, &dana, row.id.as_str(), &named("First"), Some(1)).await.unwrap();
        let late = connections::edit(&world.app, &other, row.id.as_str(), &named("Second"), Some(1)).await.unwrap_err();
        assert_eq!(late.code, ErrorCode::Conflict);
        assert!(late.message.starts_with("Dana Whitfield changed this meanwhile."), "{}", late.message);
        assert_eq!(connections::view(&world.app, &other, row.id.as_str()).await.unwrap().row.name, "First");
        // What a check writes is nobody's edit.
        let mut transaction = world.app.database.begin().await.unwrap();
        let stored = rows::find(transaction.conn(), &dana.organization, &row.id).await.unwrap().unwrap();
        rows::update(transaction.conn(), &stored).await.unwrap();
        transaction.commit().await.unwrap();
        connections::edit(&world.app, &other, row.id.as_str(), &named("Second"), Some(2)).await.unwrap();
    }

    async fn what_does_not_fit_is_refused_by_field(database: Database) {
        let (world, dana, row) = with_connection(database).await;
        world.connection(&dana, "Taken", ConnectionStatus::Active, None).await;
        let eleven: Vec<String> = (0..11).map(|number| format!("t{number}")).collect();
        let eleven: Vec<&str> = eleven.iter().map(String::as_str).collect();
        let long = "x".repeat(31);
        let described = |text: &str| Edit { description: Some(text.to_owned()), ..Edit::default() };
        let cases = [
            (named(" "), "name"),
            (named(&"x".repeat(121)), "name"),
            (described(&"x".repeat(501)), "description"),
            (described("a\u{7}b"), "description"),
            (tagged(&eleven), "tags"),
            (tagged(&[&long]), "tags"),
            (tagged(&["a,b"]), "tags"),
            (tagged(&["a\"b"]), "tags"),
            (tagged(&["a\\b"]), "tags"),
        ];
        for (edit, field) in cases {
            let error = connections::edit(&world.app, &dana, row.id.as_str(), &edit, None).await.unwrap_err();
            assert_eq!((error.code, error.fields[0].field.as_str()), (ErrorCode::InvalidField, field), "{edit:?}");
        }
        let error = connections::edit(&world.app, &dana, row.id.as_str(), &named("Taken"), None).await.unwrap_err();
        assert_eq!((error.code, error.message.contains("Taken 2")), (ErrorCode::NameTaken, true));
        let untouched = connections::edit(&world.app, &dana, row.id.as_str(), &described(&"ü".repeat(500)), None).await.unwrap();
        assert_eq!((untouched.row.name.as_str(), untouched.version), ("Payments", 2));
    }

    async fn what_is_off_is_kept_and_not_used(database: Database) {
        let (world, dana, row) = with_connection(database).await;
        let id = row.id.as_str();
        let off = connections::disable(&world.app, &dana, id).await.unwrap();
        assert_eq!((off.status, off.may_test, off.row.next_check_at), (ConnectionStatus::Disabled, false, None));
        let again = connections::disable(&world.app, &dana, id).await.unwrap();
        assert_eq!(again.activity.iter().filter(|entry| entry.what == "turned it off.").count(), 1, "once more is no change");
        let refused = connections::test(&world.app, &dana, id).await.unwrap_err();
        assert_eq!((refused.code, refused.message.starts_with("It is turned off")), (ErrorCode::Conflict, true));
        let kept = credentials::versions(world.app.database.read().await.unwrap().conn(), &dana.organization, &row.id).await.unwrap();
        assert_eq!(kept.len(), 1);
        let on = connections::enable(&world.app, &dana, id).await.unwrap();
        assert_eq!((on.status, on.row.next_check_at, on.activity[0].what.as_str()), (ConnectionStatus::Active, Some(world.app.now()), "turned it on."));
        assert_eq!(connections::enable(&world.app, &dana, id).await.unwrap().activity.len(), 2);
        let failed = world.connection(&dana, "Ledger", ConnectionStatus::ReauthRequired, None).await;
        connections::disable(&world.app, &dana, failed.id.as_str()).await.unwrap();
        assert_eq!(connections::enable(&world.app, &dana, failed.id.as_str()).await.unwrap().status, ConnectionStatus::ReauthRequired);
        connections::disconnect(&world.app, &dana, id, true).await.unwrap();
        for ended in [connections::enable(&world.app, &dana, id).await, connections::disable(&world.app, &dana, id).await] {
            assert_eq!(ended.unwrap_err().code, ErrorCode::Conflict);
        }
        assert_eq!(connections::edit(&world.app, &dana, id, &named("x"), None).await.unwrap_err().code, ErrorCode::Conflict);
    }

    async fn lists_know_tags(database: Database) {
        let (world, dana, row) = with_connection(database).await;
        world.connection(&dana, "Ledger", ConnectionStatus::Active, None).await;
        connections::edit(&world.app, &dana, row.id.as_str(), &tagged(&["eu", "100%"]), None).await.unwrap();
        for (tag, found) in [("eu", 1), ("EU ", 1), ("e", 0), ("u", 0), ("100%", 1), ("%", 0), ("", 2)] {
            let filter = ConnectionFilter { tag: tag.to_owned(), ..ConnectionFilter::default() };
            let list = connections::list(&world.app, &dana, &filter).await.unwrap();
            assert_eq!((list.rows.len(), list.matching), (found, found), "{tag}");
        }
    }

    async fn only_what_is_disconnected_is_deleted_and_its_entries_stay(database: Database) {
        let (world, dana, row) = with_connection(database).await;
        let id = row.id.as_str();
        let refused = connections::delete(&world.app, &dana, id).await.unwrap_err();
        assert_eq!((refused.code, refused.message.contains("Disconnect it first")), (ErrorCode::Conflict, true));
        connections::disconnect(&world.app, &dana, id, true).await.unwrap();
        assert!(connections::view(&world.app, &dana, id).await.unwrap().may_delete);
        assert_eq!(connections::delete(&world.app, &dana, id).await.unwrap(), "Payments");
        assert_eq!(connections::view(&world.app, &dana, id).await.unwrap_err().code, ErrorCode::NotFound);
        assert_eq!(connections::delete(&world.app, &dana, id).await.unwrap_err().code, ErrorCode::NotFound);
        let mut reader = world.app.database.read().await.unwrap();
        let left = latchkey::store::audit::last(reader.conn(), &dana.organization, id, "connection.deleted").await.unwrap();
        assert_eq!(left.unwrap().target_name, "Payments");
        assert_eq!(checks::newest(reader.conn(), &dana.organization, &row.id, 10).await.unwrap(), []);
    }

    async fn a_second_test_waits_for_the_first(database: Database) {
        let world = World::with_providers(database).await;
        let who = world.set_up().await;
        let dana = world.actor(&who).await;
        let made = connections::create(&world.app, &dana, "stripe", "Shop", key()).await.unwrap();
        let check = checks::newest(world.app.database.read().await.unwrap().conn(), &dana.organization, &made.row.id.parse_id(), 1).await.unwrap().remove(0);
        let running = checks::CheckRow {
            id: latchkey::domain::CheckId::generate(world.clock.as_ref(), world.app.random.as_ref()),
            state: CheckState::Running,
            deadline_at: world.app.now().plus_millis(30_000),
            ..check
        };
        let mut transaction = world.app.database.begin().await.unwrap();
        checks::insert(transaction.conn(), &running).await.unwrap();
        transaction.commit().await.unwrap();
        let refused = connections::test(&world.app, &dana, &made.row.id).await.unwrap_err();
        assert_eq!((refused.code, refused.message.contains("running already")), (ErrorCode::Conflict, true));
        world.clock.advance(30_001);
        assert_eq!(connections::test(&world.app, &dana, &made.row.id).await.unwrap().state, CheckState::Passed, "one that never ended holds nothing up");
    }

    async fn of_many_who_connect_one_account_together_one_succeeds(database: Database) {
        let world = World::with_providers(database).await;
        let who = world.set_up().await;
        let dana = world.actor(&who).await;
        let tasks: Vec<_> = (0..6)
            .map(|_| {
                let (app, dana) = (world.app.clone(), dana.clone());
                tokio::spawn(async move { connections::create(&app, &dana, "stripe", "", key()).await.map_err(|error| error.code) })
            })
            .collect();
        let mut made = 0;
        for task in tasks {
            match task.await.unwrap() {
                Ok(_) => made += 1,
                Err(code) => assert_eq!(code, ErrorCode::Conflict),
            }
        }
        assert_eq!((made, connections::list(&world.app, &dana, &ConnectionFilter::default()).await.unwrap().total), (1, 1));
    }

    async fn the_log_comes_in_parts_with_durations(database: Database) {
        let world = World::with_providers(database).await;
        let who = world.set_up().await;
        let dana = world.actor(&who).await;
        let id = connections::create(&world.app, &dana, "stripe", "Shop", key()).await.unwrap().row.id;
        for _ in 0..3 {
            world.clock.advance(1_000);
            connections::test(&world.app, &dana, &id).await.unwrap();
        }
        let whole = connections::logs(&world.app, &dana, &id, "", 100).await.unwrap();
        let kinds: Vec<&str> = whole.items.iter().map(|entry| entry.kind.as_str()).collect();
        assert_eq!((kinds, whole.next_cursor), (vec!["check", "check", "check", "event", "check"], None));
        let check = &whole.items[0];
        assert_eq!((check.outcome.as_str(), check.actor.as_str(), check.by_machine, check.took_ms.is_some()), ("passed", "Dana Whitfield", false, true));
        assert!(check.what.starts_with("tested the connection. Passed in "), "{}", check.what);
        let (mut parts, mut cursor) = (Vec::new(), String::new());
        loop {
            let part = connections::logs(&world.app, &dana, &id, &cursor, 2).await.unwrap();
            parts.extend(part.items);
            match part.next_cursor {
                Some(next) => cursor = next,
                None => break,
            }
        }
        assert_eq!(parts, whole.items);
        for cursor in ["x", "1", "1.", ".chk", "9999999999999999999999.x"] {
            assert_eq!(connections::logs(&world.app, &dana, &id, cursor, 2).await.unwrap_err().fields[0].field, "cursor", "{cursor}");
        }
    }

    async fn diagnostics_say_what_support_needs_and_nobodys_address(database: Database) {
        let world = World::with_providers(database).await;
        let who = world.set_up().await;
        let dana = world.actor(&who).await;
        let typed = [("username", "dana@example.com"), ("password", "canary-secret-password"), ("site", "test_integration")];
        let typed: Entries = typed.into_iter().map(|(id, value)| (id.to_owned(), Secret::new(value.to_owned()))).collect();
        connections::create(&world.app, &dana, "ventures", "", typed).await.unwrap_err();
        let id = connections::create(&world.app, &dana, "stripe", "Shop of dana@example.com", key()).await.unwrap().row.id;
        let mut transaction = world.app.database.begin().await.unwrap();
        let mut row = rows::find(transaction.conn(), &dana.organization, &id.parse_id()).await.unwrap().unwrap();
        row.config = r#"{"api_key":"canary-in-config","nothing":"canary-unknown"}"#.to_owned();
        row.host = "mail <dana@example.com>, b@c.example and @ alone".to_owned();
        rows::update(transaction.conn(), &row).await.unwrap();
        transaction.commit().await.unwrap();
        let whole = connections::diagnostics(&world.app, &dana, &id).await.unwrap();
        let text = whole.to_string();
        for secret in [GOOD_KEY, "canary", "dana@example.com", "b@c.example", "Dana"] {
            assert!(!text.contains(secret), "{secret} is in {text}");
        }
        assert_eq!(whole["connection"]["host"], "mail <[e-mail]>, [e-mail] and @ alone");
        assert_eq!((whole["latchkey"]["version"].as_str(), whole["connector"]["id"].as_str()), (Some("test"), Some("stripe")));
        assert_eq!((&whole["connection"]["status"], whole["checks"][0]["steps"].as_array().unwrap().len()), (&"active".into(), 6));
        assert_eq!(whole["audit"][0]["action"], "connection.created");
        assert_eq!(whole["credential_versions"][0]["version"], 1);
    }
}

/// Ids as views hold them.
trait ParseId {
    fn parse_id(&self) -> latchkey::domain::ConnectionId;
}

impl ParseId for String {
    fn parse_id(&self) -> latchkey::domain::ConnectionId {
        latchkey::domain::ConnectionId::parse(self).unwrap()
    }
}
