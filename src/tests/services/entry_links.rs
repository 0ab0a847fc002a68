//! One-time links: what the visitor can do and see, how a link ends, and what is left behind.

use std::sync::Arc;

use axum::routing::{get, post};
use axum::{Json, Router};
use latchkey::domain::{Actor, CheckState, DraftId, Role};
use latchkey::dto::{EntryLinkState, VisitResult};
use latchkey::services::entry_links::{self, Made, Wish};
use latchkey::services::{Entries, ErrorCode, ServiceError, audit, connections, drafts};
use latchkey::store::drafts::DraftRow;
use latchkey::store::{Database, audit as log, drafts as rows};
use latchkey::vault::Secret;
use serde_json::json;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

use crate::services::world::{World, visitor, visitor_from};
use crate::support::database::{execute, on_both_engines};

const GOOD: &str = "correct-horse";
const WRONG: &str = "wrong-password";
const SITE: &str = "test_integration";
const HOUR: i64 = 3_600_000;

fn entries(values: &[(&str, &str)]) -> Entries {
    values.iter().map(|(id, value)| ((*id).to_owned(), Secret::new((*value).to_owned()))).collect()
}

fn password(value: &str) -> Entries {
    entries(&[("password", value)])
}

fn wish(valid_hours: u32) -> Wish {
    Wish { fields: None, note: "Hi Samira, thanks!".to_owned(), valid_hours }
}

fn token(made: &Made) -> String {
    made.address.expose().strip_prefix("https://latchkey.example.com/ask/").unwrap().to_owned()
}

async fn begin(database: Database) -> (World, Actor) {
    let world = World::with_providers(database).await;
    let who = world.set_up().await;
    let dana = world.actor(&who).await;
    (world, dana)
}

/// A draft of Ventures in which all but the password is filled in.
async fn filled(world: &World, actor: &Actor, site: &str) -> DraftId {
    let id = drafts::start(&world.app, actor, "ventures").await.unwrap();
    let typed = entries(&[("username", "api_user"), ("site", site), ("password", "typed-by-the-asker")]);
    drafts::put_aside(&world.app, actor, id.as_str(), "Payouts EU", typed).await.unwrap();
    id
}

async fn made(world: &World, actor: &Actor, site: &str, hours: u32) -> (DraftId, Made) {
    let id = filled(world, actor, site).await;
    let made = entry_links::make(&world.app, actor, id.as_str(), &wish(hours)).await.unwrap();
    (id, made)
}

/// Sends the form and waits for the end of the check.
async fn send(world: &World, token: &str, attempt: &str, typed: Entries) -> Result<VisitResult, ServiceError> {
    let check = entry_links::answer(&world.app, &visitor(), token, attempt, typed).await?;
    world.settle().await;
    entry_links::result(&world.app, &visitor(), token, check.as_str()).await
}

async fn draft(world: &World, actor: &Actor, id: &DraftId) -> DraftRow {
    let mut reader = world.app.database.read().await.unwrap();
    rows::find(reader.conn(), &actor.organization, actor.member().unwrap(), id, world.app.now()).await.unwrap().unwrap()
}

async fn total(world: &World, actor: &Actor) -> usize {
    connections::list(&world.app, actor, &Default::default()).await.unwrap().total
}

/// The one answer that every dead link gets.
async fn assert_dead(world: &World, token: &str, why: &str) {
    let expected = (ErrorCode::NotFound, ErrorCode::NotFound.text().to_owned());
    let seen = entry_links::visit(&world.app, &visitor(), None, token).await.unwrap_err();
    assert_eq!((seen.code, seen.message), expected, "visit: {why}");
    let seen = entry_links::answer(&world.app, &visitor(), token, "another form", password(GOOD)).await.unwrap_err();
    assert_eq!((seen.code, seen.message), expected, "answer: {why}");
    assert_eq!(seen.fields, [], "{why}");
}

/// A Ventures whose sign-in waits until it is let go.
async fn held_back() -> (String, Arc<Semaphore>) {
    let gate = Arc::new(Semaphore::new(0));
    let held = gate.clone();
    let token = post(move || {
        let held = held.clone();
        async move {
            held.acquire().await.unwrap().forget();
            Json(json!({ "token": "a-token-of-the-provider" }))
        }
    });
    let router = Router::new().route("/token", token).fallback(get(|| async { Json(json!([{ "id": 1 }])) }));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    (url, gate)
}

on_both_engines! {
    async fn the_visitor_types_what_is_missing_and_the_link_has_done_its_work(database: Database) {
        let (world, dana) = begin(database).await;
        let (id, made) = made(&world, &dana, SITE, 24).await;
        assert_eq!((made.link.asked.as_slice(), made.link.filled.as_slice()), (&["Password".to_owned()][..], &["Username".to_owned(), "Site name".to_owned()][..]));
        assert_eq!((made.link.state, made.link.tries_left), (EntryLinkState::Waiting, 10));
        let token = token(&made);
        assert!(token.len() >= 43, "256 bits");

        let own = entry_links::visit(&world.app, &visitor(), Some(&dana), &token).await.unwrap();
        assert_eq!(entry_links::view(&world.app, &dana, &made.link.id).await.unwrap().opened_at, None, "the asker looking is no opening");
        let seen = entry_links::visit(&world.app, &visitor_from(9), None, &token).await.unwrap();
        assert_ne!(own.attempt, seen.attempt);
        assert_eq!((seen.asker.as_str(), seen.organization.as_str(), seen.note.as_str()), ("Dana Whitfield", "AmPac Business Capital", "Hi Samira, thanks!"));
        assert_eq!(seen.connector.fields.iter().map(|field| field.id.as_str()).collect::<Vec<_>>(), ["password"]);
        let text = format!("{seen:?}");
        assert!(!text.contains("typed-by-the-asker") && !text.contains("Payouts EU"), "{text}");
        let opened = entry_links::view(&world.app, &dana, &made.link.id).await.unwrap();
        assert_eq!((opened.state, opened.opened_at), (EntryLinkState::Opened, Some(world.app.now())));

        let result = send(&world, &token, &seen.attempt, password(GOOD)).await.unwrap();
        assert_eq!((result.check.state, result.check.identity.as_ref(), result.again), (CheckState::Passed, None, false));
        let view = drafts::view(&world.app, &dana, id.as_str()).await.unwrap();
        let connection = connections::view(&world.app, &dana, view.connection.as_deref().unwrap()).await.unwrap();
        assert_eq!((connection.row.name.as_str(), connection.connected_by.as_str()), ("Payouts EU", "Dana Whitfield"));
        assert_eq!(connections::test(&world.app, &dana, &connection.row.id).await.unwrap().state, CheckState::Passed, "the sealed password opens");
        let used = entry_links::view(&world.app, &dana, &made.link.id).await.unwrap();
        assert_eq!((used.state, used.connection.as_deref()), (EntryLinkState::Used, view.connection.as_deref()));
        assert_eq!(entry_links::waiting(&world.app, &dana).await.unwrap().len(), 1, "told for a day");
        assert_dead(&world, &token, "used").await;

        let entries = log::chain(world.app.database.read().await.unwrap().conn(), "node-1", 0, 1_000).await.unwrap();
        let by_link: Vec<(&str, &str)> = entries.iter().filter(|row| row.actor_kind == "link").map(|row| (row.action.as_str(), row.actor_name.as_str())).collect();
        let name = "Visitor by link of Dana Whitfield";
        assert_eq!(by_link, ["entry_link.opened", "draft.submitted", "entry_link.used", "connection.created"].map(|action| (action, name)));
        assert!(entries.iter().filter(|row| row.actor_kind == "link").all(|row| row.actor_id == made.link.id && row.organization.as_ref() == Some(&dana.organization)));
        assert!(entries.iter().any(|row| row.action == "entry_link.made" && row.actor_name == "Dana Whitfield"));
        assert!(!format!("{entries:?}").contains(&token));
        assert_eq!(audit::verify(&world.app).await.unwrap().findings, []);
        world.clock.advance(25 * HOUR);
        assert_eq!(entry_links::waiting(&world.app, &dana).await.unwrap(), []);
    }

    async fn a_failed_check_keeps_the_link_and_no_secret(database: Database) {
        let (world, dana) = begin(database).await;
        let (id, made) = made(&world, &dana, SITE, 72).await;
        let token = token(&made);
        for number in 1..=10 {
            let result = send(&world, &token, &format!("form {number}"), password(WRONG)).await.unwrap();
            assert_eq!((result.check.state, result.again), (CheckState::Failed, number < 10), "{number}");
            let words = format!("{:?}", result.check);
            assert!(words.contains("auth_rejected") && !words.contains("api_user") && !words.contains(SITE) && !words.contains(WRONG), "{words}");
            let draft = draft(&world, &dana, &id).await;
            assert_eq!((draft.sealed, draft.key_id), (None, None), "{number}");
            world.clock.advance(HOUR / 2);
        }
        assert_eq!(entry_links::view(&world.app, &dana, &made.link.id).await.unwrap().state, EntryLinkState::Spent);
        assert_dead(&world, &token, "ten tries").await;
        assert_eq!(total(&world, &dana).await, 0);
    }

    async fn forms_are_counted_per_link_and_per_address(database: Database) {
        let (world, dana) = begin(database).await;
        let (_, made) = made(&world, &dana, SITE, 24).await;
        let token = token(&made);
        for _ in 0..20 {
            let error = entry_links::answer(&world.app, &visitor(), &token, "form", password("")).await.unwrap_err();
            assert_eq!((error.code, error.fields[0].field.as_str()), (ErrorCode::InvalidField, "password"));
        }
        let error = entry_links::answer(&world.app, &visitor_from(8), &token, "form", password(GOOD)).await.unwrap_err();
        assert_eq!((error.code, error.retry_at.is_some()), (ErrorCode::SlowDown, true), "from every address");
        for _ in 0..50 {
            let error = entry_links::answer(&world.app, &visitor_from(8), "unknown", "form", password(GOOD)).await.unwrap_err();
            assert_eq!(error.code, ErrorCode::NotFound);
        }
        assert_eq!(entry_links::answer(&world.app, &visitor_from(8), "unknown", "form", Entries::new()).await.unwrap_err().code, ErrorCode::SlowDown);
        world.clock.advance(HOUR / 4);
        assert_eq!(send(&world, &token, "form", password(GOOD)).await.unwrap().check.state, CheckState::Passed);
    }

    async fn a_link_works_as_long_as_it_was_made_for(database: Database) {
        let (world, dana) = begin(database).await;
        let (_, made) = made(&world, &dana, SITE, 168).await;
        let token = token(&made);
        world.clock.advance(168 * HOUR - 1);
        assert!(entry_links::visit(&world.app, &visitor(), None, &token).await.is_ok(), "the draft is kept as long");
        world.clock.advance(1);
        assert_dead(&world, &token, "its time is over").await;
        assert_eq!(entry_links::view(&world.app, &dana, &made.link.id).await.unwrap().state, EntryLinkState::Expired);
        assert_eq!(entry_links::waiting(&world.app, &dana).await.unwrap(), []);
    }

    async fn every_end_of_a_link_looks_the_same(database: Database) {
        let (world, dana) = begin(database).await;
        for unknown in ["", "unknown", "../../etc", &"A".repeat(43), "\u{fffd}"] {
            assert_dead(&world, unknown, unknown).await;
        }
        let (id, first) = made(&world, &dana, SITE, 1).await;
        let second = entry_links::make(&world.app, &dana, id.as_str(), &wish(1)).await.unwrap();
        assert_dead(&world, &token(&first), "replaced").await;
        assert_eq!(entry_links::view(&world.app, &dana, &first.link.id).await.unwrap().state, EntryLinkState::Withdrawn);
        entry_links::withdraw(&world.app, &dana, &second.link.id).await.unwrap();
        assert_dead(&world, &token(&second), "withdrawn").await;
        assert_eq!(entry_links::withdraw(&world.app, &dana, &second.link.id).await.unwrap_err().code, ErrorCode::Conflict);
        let third = entry_links::make(&world.app, &dana, id.as_str(), &wish(1)).await.unwrap();
        drafts::discard(&world.app, &dana, id.as_str()).await.unwrap();
        assert_dead(&world, &token(&third), "the draft is forgotten").await;
        let (id, fourth) = made(&world, &dana, SITE, 1).await;
        drafts::submit(&world.app, &dana, id.as_str(), "", entries(&[("username", "api_user"), ("site", SITE), ("password", GOOD)])).await.unwrap();
        world.settle().await;
        assert_dead(&world, &token(&fourth), "the asker did it").await;
        let (_, fifth) = made(&world, &dana, SITE, 1).await;
        execute(&world.app.database, "UPDATE members SET status = 'removed'").await;
        assert_dead(&world, &token(&fifth), "the asker has left").await;
    }

    async fn an_asker_who_may_not_connect_any_more_asks_for_nothing(database: Database) {
        let (world, dana) = begin(database).await;
        let admin = world.member(&dana.organization, Role::OrgAdmin, &[]).await;
        let (_, made) = made(&world, &admin, SITE, 1).await;
        assert!(entry_links::visit(&world.app, &visitor(), None, &token(&made)).await.is_ok());
        execute(&world.app.database, "UPDATE members SET role = 'viewer' WHERE role = 'org_admin'").await;
        assert_dead(&world, &token(&made), "the asker is a viewer now").await;
    }

    async fn the_same_form_sent_twice_begins_one_check(database: Database) {
        let (world, dana) = begin(database).await;
        let (_, made) = made(&world, &dana, SITE, 1).await;
        let token = token(&made);
        let (here, app) = (visitor(), &world.app);
        let (one, two) = tokio::join!(
            entry_links::answer(app, &here, &token, "form", password(GOOD)),
            entry_links::answer(app, &here, &token, "form", password(GOOD))
        );
        let check = one.unwrap();
        assert_eq!(two.unwrap(), check);
        world.settle().await;
        assert_eq!(entry_links::answer(&world.app, &visitor(), &token, "form", password(GOOD)).await.unwrap(), check, "also when it is done");
        assert_eq!(entry_links::result(&world.app, &visitor(), &token, check.as_str()).await.unwrap().check.state, CheckState::Passed);
        assert_eq!((total(&world, &dana).await, entry_links::view(&world.app, &dana, &made.link.id).await.unwrap().tries), (1, 1));
        world.clock.advance(HOUR);
        assert_eq!(entry_links::result(&world.app, &visitor(), &token, check.as_str()).await.unwrap_err().code, ErrorCode::NotFound, "for an hour");
        assert_dead(&world, &token, "used").await;
    }

    async fn of_two_visitors_at_once_one_succeeds(database: Database) {
        let (world, dana) = begin(database).await;
        let (_, made) = made(&world, &dana, SITE, 1).await;
        let token = token(&made);
        let tasks: Vec<_> = (0..8)
            .map(|number| {
                let (app, token) = (world.app.clone(), token.clone());
                tokio::spawn(async move { entry_links::answer(&app, &visitor_from(number), &token, &format!("form {number}"), password(GOOD)).await })
            })
            .collect();
        let mut won = Vec::new();
        for task in tasks {
            match task.await.unwrap() {
                Ok(check) => won.push(check),
                Err(error) => assert!(matches!(error.code, ErrorCode::Conflict | ErrorCode::NotFound), "{error:?}"),
            }
        }
        world.settle().await;
        assert_eq!((won.len(), total(&world, &dana).await), (1, 1));
        assert_eq!(entry_links::result(&world.app, &visitor(), &token, won[0].as_str()).await.unwrap().check.state, CheckState::Passed);
    }

    async fn a_link_withdrawn_during_its_check_saves_nothing(database: Database) {
        let (url, gate) = held_back().await;
        let world = World::with_ventures(database, url).await;
        let who = world.set_up().await;
        let dana = world.actor(&who).await;
        let (id, made) = made(&world, &dana, SITE, 1).await;
        let token = token(&made);
        let check = entry_links::answer(&world.app, &visitor(), &token, "form", password(GOOD)).await.unwrap();
        assert!(draft(&world, &dana, &id).await.sealed.is_some());
        let other = entry_links::answer(&world.app, &visitor_from(8), &token, "other form", password(GOOD)).await.unwrap_err();
        assert_eq!(other.code, ErrorCode::Conflict, "one at a time");
        assert_eq!(entry_links::make(&world.app, &dana, id.as_str(), &wish(1)).await.unwrap_err().code, ErrorCode::Conflict);
        entry_links::withdraw_of_draft(&world.app, &dana, id.as_str()).await.unwrap();
        assert_eq!(draft(&world, &dana, &id).await.sealed, None, "forgotten at once");
        gate.add_permits(8);
        world.settle().await;
        let left = draft(&world, &dana, &id).await;
        assert_eq!((left.sealed, left.connection_id, left.check_id, total(&world, &dana).await), (None, None, None, 0));
        assert_eq!(entry_links::result(&world.app, &visitor(), &token, check.as_str()).await.unwrap_err().code, ErrorCode::NotFound);
        assert_dead(&world, &token, "withdrawn").await;
        assert_eq!(audit::verify(&world.app).await.unwrap().findings, []);
    }

    async fn an_account_that_is_connected_already_waits_for_the_asker(database: Database) {
        let (world, dana) = begin(database).await;
        connections::create(&world.app, &dana, "ventures", "Payments", entries(&[("username", "api_user"), ("site", SITE), ("password", GOOD)])).await.unwrap();
        let (id, made) = made(&world, &dana, SITE, 1).await;
        let token = token(&made);
        let seen = entry_links::visit(&world.app, &visitor(), None, &token).await.unwrap();
        assert_eq!((seen.connector.connections.len(), seen.connector.summary.connected), (0, 0));
        let result = send(&world, &token, "form", password(GOOD)).await.unwrap();
        assert_eq!(result.check.state, CheckState::Passed);
        assert!(!format!("{result:?}").contains("Payments"));
        let view = drafts::view(&world.app, &dana, id.as_str()).await.unwrap();
        assert_eq!((view.connection, view.duplicate.unwrap().1.as_str()), (None, "Payments"));
        let waiting = entry_links::waiting(&world.app, &dana).await.unwrap();
        assert_eq!((waiting[0].state, waiting[0].connection.as_deref()), (EntryLinkState::Used, None));
        assert_dead(&world, &token, "used").await;
        drafts::keep_duplicate(&world.app, &dana, id.as_str()).await.unwrap();
        assert_eq!(total(&world, &dana).await, 2);
    }

    async fn a_name_taken_meanwhile_gets_a_number(database: Database) {
        let (world, dana) = begin(database).await;
        let (id, made) = made(&world, &dana, SITE, 1).await;
        let key = entries(&[("api_key", "sk_test_sandboxAccountThatWorks")]);
        connections::create(&world.app, &dana, "stripe", "Payouts EU", key).await.unwrap();
        assert_eq!(send(&world, &token(&made), "form", password(GOOD)).await.unwrap().check.state, CheckState::Passed);
        assert_eq!(drafts::view(&world.app, &dana, id.as_str()).await.unwrap().name, "Payouts EU 2");
    }

    async fn the_visitor_changes_nothing_that_the_asker_typed(database: Database) {
        let (world, dana) = begin(database).await;
        let (id, made) = made(&world, &dana, SITE, 1).await;
        let typed = entries(&[("password", GOOD), ("username", "mallory"), ("site", "fail_500"), ("name", "Mine"), ("unknown", "x")]);
        assert_eq!(send(&world, &token(&made), "form", typed).await.unwrap().check.state, CheckState::Passed);
        let view = drafts::view(&world.app, &dana, id.as_str()).await.unwrap();
        assert_eq!((view.values["username"].as_str(), view.values["site"].as_str(), view.name.as_str()), ("api_user", SITE, "Payouts EU"));

        let (_, broken) = super::made(&world, &dana, "not a site", 1).await;
        let error = entry_links::answer(&world.app, &visitor(), &token(&broken), "form", password(GOOD)).await.unwrap_err();
        assert_eq!((error.code, error.fields.len()), (ErrorCode::Conflict, 0));
        assert!(error.message.contains("Dana Whitfield") && !error.message.contains("not a site"), "{}", error.message);
    }

    async fn a_link_asks_for_what_nobody_else_can_fill_in(database: Database) {
        let (world, dana) = begin(database).await;
        let ask = |fields: &[&str]| Wish { fields: Some(fields.iter().map(|id| (*id).to_owned()).collect()), note: String::new(), valid_hours: 1 };
        let made = entry_links::request(&world.app, &dana, "ventures", "", &ask(&["site"])).await.unwrap();
        assert_eq!(made.link.asked, ["Username", "Password", "Site name"], "needed and empty");
        let made = entry_links::request(&world.app, &dana, "postgresql", "", &ask(&[])).await.unwrap();
        assert_eq!(made.link.asked.len(), 4, "what has a default is not needed: {:?}", made.link.asked);
        let all = entry_links::request(&world.app, &dana, "postgresql", "", &wish(1)).await.unwrap();
        let seen = entry_links::visit(&world.app, &visitor(), None, &token(&all)).await.unwrap();
        assert_eq!(seen.connector.fields.len(), all.link.asked.len());
        assert!(seen.connector.fields.iter().any(|field| field.visible_when.is_some()), "the visitor decides about it");

        let id = filled(&world, &dana, SITE).await;
        let made = entry_links::make(&world.app, &dana, id.as_str(), &ask(&["site"])).await.unwrap();
        assert_eq!((made.link.asked.as_slice(), made.link.filled.as_slice()), (&["Password".to_owned(), "Site name".to_owned()][..], &["Username".to_owned()][..]));
        let result = send(&world, &token(&made), "form", entries(&[("password", GOOD), ("site", SITE)])).await.unwrap();
        assert_eq!(result.check.state, CheckState::Passed);
    }

    async fn a_wish_that_does_not_fit_is_refused_by_field(database: Database) {
        let (world, dana) = begin(database).await;
        let long = Wish { note: "x".repeat(501), ..wish(1) };
        let hidden = Wish { note: "a\u{0}b".to_owned(), ..wish(1) };
        let unknown = Wish { fields: Some(vec!["nothing".to_owned()]), ..wish(1) };
        for (wish, field) in [(wish(0), "valid_hours"), (wish(169), "valid_hours"), (wish(u32::MAX), "valid_hours"), (long, "note"), (hidden, "note"), (unknown, "fields")] {
            let error = entry_links::request(&world.app, &dana, "ventures", "", &wish).await.unwrap_err();
            assert_eq!((error.code, error.fields[0].field.as_str()), (ErrorCode::InvalidField, field));
        }
        assert_eq!(entry_links::request(&world.app, &dana, "nothing", "", &wish(1)).await.unwrap_err().code, ErrorCode::NotFound);
        let before = entry_links::request(&world.app, &dana, "ventures", "A\u{7}", &wish(1)).await.unwrap_err();
        assert_eq!(before.fields[0].field, "name");
    }

    async fn a_link_is_its_askers_alone(database: Database) {
        let (world, dana) = begin(database).await;
        let (id, made) = made(&world, &dana, SITE, 1).await;
        let colleague = world.member(&dana.organization, Role::OrgAdmin, &[]).await;
        let stranger = world.member(&world.organization("Other").await, Role::SuperAdmin, &[]).await;
        for other in [&colleague, &stranger] {
            for link in [made.link.id.as_str(), "lnk_00000000000000000000000000", "lnk_", ""] {
                assert_eq!(entry_links::view(&world.app, other, link).await.unwrap_err().code, ErrorCode::NotFound);
                assert_eq!(entry_links::withdraw(&world.app, other, link).await.unwrap_err().code, ErrorCode::NotFound);
            }
            assert_eq!(entry_links::page(&world.app, other, id.as_str()).await.unwrap_err().code, ErrorCode::NotFound);
            assert_eq!(entry_links::make(&world.app, other, id.as_str(), &wish(1)).await.unwrap_err().code, ErrorCode::NotFound);
            assert_eq!(entry_links::withdraw_of_draft(&world.app, other, id.as_str()).await.unwrap_err().code, ErrorCode::NotFound);
            assert_eq!(drafts::put_aside(&world.app, other, id.as_str(), "", Entries::new()).await.unwrap_err().code, ErrorCode::NotFound);
            assert_eq!(entry_links::waiting(&world.app, other).await.unwrap(), []);
        }
        assert!(entry_links::visit(&world.app, &visitor(), Some(&colleague), &token(&made)).await.is_ok(), "whoever has the token");
    }

    async fn nothing_is_left_that_opens_a_link(database: Database) {
        let (world, dana) = begin(database).await;
        let (_, made) = made(&world, &dana, SITE, 1).await;
        assert!(!format!("{made:?}").contains(&token(&made)));
        let mut reader = world.app.database.read().await.unwrap();
        let hash = latchkey::vault::TokenHash::of(&token(&made));
        let row = latchkey::store::entry_links::find_by_token(reader.conn(), hash.as_str()).await.unwrap().unwrap();
        assert!(!format!("{row:?}").contains(&token(&made)) && !row.given.contains("typed-by-the-asker"), "{row:?}");
        drop(reader);
        assert_eq!(latchkey::jobs::remove_ended(&world.app.database, world.app.now()).await.unwrap(), 0);
        world.clock.advance(8 * 24 * HOUR + HOUR);
        latchkey::jobs::remove_ended(&world.app.database, world.app.now()).await.unwrap();
        assert_eq!(entry_links::view(&world.app, &dana, &made.link.id).await.unwrap_err().code, ErrorCode::NotFound, "forgotten a week after its time");
    }
}
