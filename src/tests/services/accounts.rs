//! Accounts: registering, confirming, forgetting; every link works once, for one thing, for one person, and answers tell nothing.

mod passwords;

use latchkey::domain::{Actor, ActorKind, Email, Role, Timestamp};
use latchkey::services::accounts::{self, Edit, Registration, Verified};
use latchkey::services::{App, ErrorCode, ServiceError, Settings, SignedIn, audit, sign_in};
use latchkey::store::{Database, account_links, audit as log, letters, organizations, registrations};
use latchkey::vault::{Binding, Secret, TokenHash};

use crate::services::world::{PASSWORD, World, visitor, visitor_from};
use crate::support::database::on_both_engines;

const NEW: &str = "another quiet sentence";
const HOUR: i64 = 3_600_000;
const MALFORMED: [&str; 5] = ["", "x", "../../etc/passwd", "%00", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"];

fn secret(text: &str) -> Secret<String> {
    Secret::new(text.to_owned())
}

fn registration(email: &str) -> Registration {
    Registration { organization: "Bakery".to_owned(), name: "Bo Baker".to_owned(), email: email.to_owned(), password: secret(NEW) }
}

/// Takes the letters on their way, oldest first: to whom, subject, text.
async fn sent(app: &App) -> Vec<(String, String, String)> {
    app.tasks.close();
    app.tasks.wait().await;
    app.tasks.reopen();
    let mut transaction = app.database.begin().await.unwrap();
    let mut found = Vec::new();
    while let Some(claimed) = letters::claim(transaction.conn(), app.now(), app.now().plus_millis(1)).await.unwrap() {
        let row = claimed.row;
        assert!(letters::remove(transaction.conn(), &row.id, claimed.generation).await.unwrap());
        let binding = Binding { organization: "system", kind: "letter", record: row.id.as_str(), field: "text", version: 1 };
        let text = String::from_utf8(app.keyring.open(&binding, &row.sealed).unwrap().expose().clone()).unwrap();
        found.push((row.created_at, row.id.clone(), (row.recipient, row.subject, text)));
    }
    transaction.commit().await.unwrap();
    found.sort_by(|one, other| (one.0, one.1.as_str()).cmp(&(other.0, other.1.as_str())));
    found.into_iter().map(|(_, _, letter)| letter).collect()
}

/// What stands behind `/{page}/` in the newest letter to this address.
async fn token(app: &App, to: &str, page: &str) -> String {
    link_in(&sent(app).await, to, page)
}

fn link_in(letters: &[(String, String, String)], to: &str, page: &str) -> String {
    let link = format!("https://latchkey.example.com/{page}/");
    let text = letters.iter().rev().find(|(recipient, _, text)| recipient == to && text.contains(&link)).map(|(_, _, text)| text);
    text.unwrap_or_else(|| panic!("no letter to {to} with {page} in {letters:?}")).split_once(&link).unwrap().1.split_whitespace().next().unwrap().to_owned()
}

async fn enter(app: &App, email: &str, password: &str) -> Result<SignedIn, ServiceError> {
    sign_in::sign_in(app, &visitor_from(200), email, &secret(password)).await
}

fn code<T: std::fmt::Debug>(result: Result<T, ServiceError>) -> (ErrorCode, String) {
    let error = result.unwrap_err();
    (error.code, error.message)
}

fn dead() -> (ErrorCode, String) {
    (ErrorCode::LinkInvalid, ErrorCode::LinkInvalid.text().to_owned())
}

async fn actions(app: &App) -> Vec<String> {
    log::chain(app.database.read().await.unwrap().conn(), "node-1", 0, 1_000).await.unwrap().into_iter().map(|row| row.action).collect()
}

on_both_engines! {
    async fn who_confirms_the_address_has_an_organization_of_their_own(database: Database) {
        let world = World::new(database).await;
        let dana = world.set_up().await;
        let app = &world.app;
        accounts::register(app, &visitor(), &registration(" BO@Example.com ")).await.unwrap();
        assert_eq!(code(enter(app, "bo@example.com", NEW).await).0, ErrorCode::LoginFailed, "no account before the address is confirmed");
        let link = token(app, "bo@example.com", "verify").await;
        let waiting = accounts::waiting(app, &visitor(), &link).await.unwrap();
        assert_eq!((waiting.email.as_str(), waiting.name.as_str(), waiting.organization.as_deref()), ("bo@example.com", "Bo Baker", Some("Bakery")));
        accounts::waiting(app, &visitor(), &link).await.expect("looking uses nothing up");
        assert_eq!(accounts::verify(app, &visitor(), &link).await.unwrap(), Verified::Account);
        let bo = enter(app, "bo@example.com", NEW).await.unwrap();
        assert_ne!(bo.organization, dana.organization);
        let actor = world.actor(&bo).await;
        assert!(matches!(&actor.kind, ActorKind::Member { role: Role::OrgAdmin, .. }), "{actor:?}");
        let view = accounts::view(app, &actor).await.unwrap();
        assert_eq!((view.name.as_str(), view.email.as_str(), view.organization.as_str()), ("Bo Baker", "bo@example.com", "Bakery"));
        assert_eq!(code(accounts::verify(app, &visitor(), &link).await), dead(), "once");
        assert_eq!(code(accounts::waiting(app, &visitor(), &link).await), dead());
        assert!(actions(app).await.contains(&"account.registered".to_owned()));
        assert_eq!(audit::verify(app).await.unwrap().findings, []);
    }

    async fn registering_with_an_address_that_has_an_account_changes_nothing_and_tells_its_owner(database: Database) {
        let world = World::new(database).await;
        world.set_up().await;
        let app = &world.app;
        let before = (app.passwords.computed(), actions(app).await.len());
        accounts::register(app, &visitor(), &registration("new@example.com")).await.unwrap();
        let between = (app.passwords.computed(), actions(app).await.len());
        accounts::register(app, &visitor(), &registration("dana@example.com")).await.unwrap();
        let after = (app.passwords.computed(), actions(app).await.len());
        assert_eq!((after.0 - between.0, after.1 - between.1), (between.0 - before.0, between.1 - before.1), "the same hashes, the same entries");
        let letters = sent(app).await;
        let subjects: Vec<(&str, &str)> = letters.iter().map(|(to, subject, _)| (to.as_str(), subject.as_str())).collect();
        assert!(subjects.contains(&("dana@example.com", "You already have an account")) && subjects.contains(&("new@example.com", "Confirm your address")), "{subjects:?}");
        let (.., text) = letters.iter().find(|(to, ..)| to == "dana@example.com").unwrap();
        assert!(!text.contains("/verify/"), "{text}");
        enter(app, "dana@example.com", PASSWORD).await.unwrap();
        assert_eq!(code(enter(app, "dana@example.com", NEW).await).0, ErrorCode::LoginFailed);
    }

    async fn of_two_registrations_of_one_address_each_has_its_own_link_and_one_becomes_an_account(database: Database) {
        let world = World::new(database).await;
        world.set_up().await;
        let app = &world.app;
        accounts::register(app, &visitor(), &registration("bo@example.com")).await.unwrap();
        let own = token(app, "bo@example.com", "verify").await;
        world.clock.advance(10);
        let mallory = Registration { name: "Mallory".to_owned(), password: secret("a password of mallory"), ..registration("bo@example.com") };
        accounts::register(app, &visitor_from(9), &mallory).await.unwrap();
        world.clock.advance(10);
        let theirs = token(app, "bo@example.com", "verify").await;
        assert_ne!(own, theirs);
        assert_eq!(accounts::waiting(app, &visitor(), &theirs).await.unwrap().name, "Mallory", "the page says whose it is");
        accounts::verify(app, &visitor(), &own).await.expect("a stranger's registration ends nobody's");
        assert_eq!(code(accounts::verify(app, &visitor(), &theirs).await), dead());
        enter(app, "bo@example.com", NEW).await.unwrap();
        assert_eq!(code(enter(app, "bo@example.com", "a password of mallory").await).0, ErrorCode::LoginFailed);
    }

    async fn of_many_who_confirm_at_once_one_succeeds(database: Database) {
        let world = World::new(database).await;
        world.set_up().await;
        accounts::register(&world.app, &visitor(), &registration("bo@example.com")).await.unwrap();
        let link = token(&world.app, "bo@example.com", "verify").await;
        let tries: Vec<_> = (0..6)
            .map(|_| {
                let (app, link) = (world.app.clone(), link.clone());
                tokio::spawn(async move { accounts::verify(&app, &visitor(), &link).await.map_err(|error| error.code) })
            })
            .collect();
        let mut won = 0;
        for attempt in tries {
            match attempt.await.unwrap() {
                Ok(_) => won += 1,
                Err(code) => assert_eq!(code, ErrorCode::LinkInvalid),
            }
        }
        assert_eq!(won, 1);
        assert_eq!(organizations::count(world.app.database.read().await.unwrap().conn()).await.unwrap(), 2);
    }

    async fn a_link_that_is_sent_again_ends_the_one_before(database: Database) {
        let world = World::new(database).await;
        world.set_up().await;
        let app = &world.app;
        accounts::register(app, &visitor(), &registration("bo@example.com")).await.unwrap();
        let old = token(app, "bo@example.com", "verify").await;
        world.clock.advance(10);
        for email in ["bo@example.com", "nobody@example.com", "dana@example.com"] {
            accounts::resend(app, &visitor(), email).await.expect("the same answer for every address");
        }
        let letters = sent(app).await;
        assert_eq!(letters.len(), 1, "nobody else gets a letter: {letters:?}");
        let new = link_in(&letters, "bo@example.com", "verify");
        assert_eq!(code(accounts::verify(app, &visitor(), &old).await), dead());
        accounts::verify(app, &visitor(), &new).await.unwrap();
    }

    async fn a_registration_ends_after_three_days(database: Database) {
        let world = World::new(database).await;
        world.set_up().await;
        let app = &world.app;
        accounts::register(app, &visitor(), &registration("bo@example.com")).await.unwrap();
        let link = token(app, "bo@example.com", "verify").await;
        world.clock.advance(72 * HOUR - 1);
        accounts::waiting(app, &visitor(), &link).await.unwrap();
        world.clock.advance(1);
        assert_eq!(code(accounts::waiting(app, &visitor(), &link).await), dead());
        assert_eq!(code(accounts::verify(app, &visitor(), &link).await), dead());
        latchkey::jobs::remove_ended(&app.database, app.now()).await.unwrap();
        let email = Email::parse("bo@example.com").unwrap();
        assert_eq!(registrations::of_email(app.database.read().await.unwrap().conn(), &email, Timestamp::default()).await.unwrap(), []);
    }

    async fn nobody_registers_before_the_setup_nor_where_it_is_closed(database: Database) {
        let world = World::new(database).await;
        assert_eq!(code(accounts::register(&world.app, &visitor(), &registration("bo@example.com")).await).0, ErrorCode::RegistrationClosed);
        world.set_up().await;
        accounts::register(&world.app, &visitor(), &registration("bo@example.com")).await.unwrap();
        let link = token(&world.app, "bo@example.com", "verify").await;
        let settings = Settings { registration_closed: true, ..(*world.app.settings).clone() };
        let mut closed = world.app.clone();
        closed.settings = settings.into();
        assert_eq!(code(accounts::register(&closed, &visitor(), &registration("cleo@example.com")).await).0, ErrorCode::RegistrationClosed);
        assert_eq!(code(accounts::verify(&closed, &visitor(), &link).await).0, ErrorCode::RegistrationClosed);
        accounts::verify(&world.app, &visitor(), &link).await.expect("a refusal uses nothing up");
    }

    async fn wrong_fields_are_named_and_send_nothing(database: Database) {
        let world = World::new(database).await;
        world.set_up().await;
        let wrong = Registration { organization: " ".to_owned(), name: String::new(), email: "nobody".to_owned(), password: secret("password1234") };
        let error = accounts::register(&world.app, &visitor(), &wrong).await.unwrap_err();
        let fields: Vec<&str> = error.fields.iter().map(|field| field.field.as_str()).collect();
        assert_eq!((error.code, fields.as_slice()), (ErrorCode::InvalidField, ["organization", "name", "email", "password"].as_slice()));
        assert_eq!(sent(&world.app).await, []);
    }

    async fn letters_are_not_asked_for_without_end(database: Database) {
        let world = World::new(database).await;
        world.set_up().await;
        let app = &world.app;
        for number in 0..8_u8 {
            let asked = accounts::forgot(app, &visitor_from(number), "dana@example.com").await;
            assert_eq!(asked.is_ok(), number < 5, "{number}");
            if let Err(error) = asked {
                assert_eq!((error.code, error.retry_at), (ErrorCode::SlowDown, Some(app.now().plus_millis(15 * 60_000))));
            }
        }
        assert_eq!(code(accounts::register(app, &visitor_from(50), &registration("dana@example.com")).await).0, ErrorCode::SlowDown, "one counter for all letters");
        for number in 0..25 {
            let asked = accounts::forgot(app, &visitor_from(99), &format!("person-{number}@example.com")).await;
            assert_eq!(asked.is_ok(), number < 20, "{number}");
        }
        let before = app.passwords.computed();
        assert_eq!(code(accounts::register(app, &visitor_from(99), &registration("bo@example.com")).await).0, ErrorCode::SlowDown);
        assert_eq!(app.passwords.computed(), before, "no hash for who asks too often");
        world.clock.advance(15 * 60_000 + 1);
        accounts::forgot(app, &visitor_from(99), "dana@example.com").await.unwrap();
    }

    async fn links_that_do_not_fit_fill_no_log(database: Database) {
        let world = World::new(database).await;
        world.set_up().await;
        let app = &world.app;
        for number in 0..60 {
            let expected = if number < 50 { ErrorCode::LinkInvalid } else { ErrorCode::SlowDown };
            assert_eq!(code(accounts::verify(app, &visitor(), "x").await).0, expected, "{number}");
        }
        assert_eq!(actions(app).await.iter().filter(|action| *action == "account.link_refused").count(), 50);
        accounts::forgot(app, &visitor(), "dana@example.com").await.unwrap();
        let link = token(app, "dana@example.com", "reset").await;
        accounts::reset(app, &visitor(), &link, &secret(NEW)).await.expect("the link that fits is never turned away");
    }

    async fn an_address_changes_when_the_new_one_is_confirmed_and_the_old_one_is_told(database: Database) {
        let world = World::new(database).await;
        let dana = world.set_up().await;
        let (app, actor) = (&world.app, world.actor(&dana).await);
        let edit = Edit { email: Some(" Dana@Elsewhere.example".to_owned()), ..Edit::default() };
        let old = Actor { kind: match actor.kind.clone() {
            ActorKind::Member { user, member, name, role, teams, .. } => ActorKind::Member { user, member, name, role, teams, proven_at: app.now().plus_millis(-HOUR), confined: false },
            other => other,
        }, ..actor.clone() };
        assert_eq!(code(accounts::edit(app, &old, &edit).await).0, ErrorCode::FreshSignInRequired);
        accounts::edit(app, &actor, &edit).await.unwrap();
        let view = accounts::view(app, &actor).await.unwrap();
        assert_eq!((view.email.as_str(), view.pending_email.as_deref()), ("dana@example.com", Some("dana@elsewhere.example")));
        enter(app, "dana@example.com", PASSWORD).await.expect("nothing has changed yet");
        let letters = sent(app).await;
        assert!(letters.iter().any(|(to, subject, text)| to == "dana@example.com" && subject == "Your address is about to change" && !text.contains("/verify/")), "{letters:?}");
        let (.., text) = letters.iter().find(|(to, ..)| to == "dana@elsewhere.example").unwrap();
        let link = text.split_once("/verify/").unwrap().1.split_whitespace().next().unwrap();
        assert_eq!(accounts::waiting(app, &visitor(), link).await.unwrap().organization, None);
        assert_eq!(accounts::verify(app, &visitor(), link).await.unwrap(), Verified::Address);
        enter(app, "dana@elsewhere.example", PASSWORD).await.unwrap();
        assert_eq!(code(enter(app, "dana@example.com", PASSWORD).await).0, ErrorCode::LoginFailed);
        assert_eq!(code(accounts::verify(app, &visitor(), link).await), dead());
        assert!(sent(app).await.iter().any(|(to, subject, _)| to == "dana@example.com" && subject == "Your address was changed"));
    }

    async fn an_address_of_somebody_else_cannot_be_had(database: Database) {
        let world = World::new(database).await;
        let dana = world.set_up().await;
        let (app, actor) = (&world.app, world.actor(&dana).await);
        accounts::register(app, &visitor(), &registration("bo@example.com")).await.unwrap();
        let bo = token(app, "bo@example.com", "verify").await;
        accounts::edit(app, &actor, &Edit { email: Some("bo@example.com".to_owned()), ..Edit::default() }).await.unwrap();
        let change = token(app, "bo@example.com", "verify").await;
        accounts::verify(app, &visitor(), &bo).await.unwrap();
        assert_eq!(code(accounts::verify(app, &visitor(), &change).await), dead(), "taken meanwhile");
        world.clock.advance(10);
        accounts::edit(app, &actor, &Edit { email: Some("bo@example.com".to_owned()), ..Edit::default() }).await.expect("the answer tells nothing");
        let letters = sent(app).await;
        let (_, subject, text) = letters.iter().find(|(to, ..)| to == "bo@example.com").unwrap();
        assert!(subject == "You already have an account" && !text.contains("/verify/"), "{letters:?}");
    }

    async fn name_and_theme_are_ones_own(database: Database) {
        let world = World::new(database).await;
        let dana = world.set_up().await;
        let (app, actor) = (&world.app, world.actor(&dana).await);
        let edit = Edit { name: Some(" Dana W. ".to_owned()), theme: Some("dark".to_owned()), email: None };
        accounts::edit(app, &actor, &edit).await.unwrap();
        let view = accounts::view(app, &actor).await.unwrap();
        assert_eq!((view.name.as_str(), view.theme.as_str()), ("Dana W.", "dark"));
        let before = actions(app).await.len();
        accounts::edit(app, &actor, &edit).await.unwrap();
        accounts::edit(app, &actor, &Edit::default()).await.unwrap();
        assert_eq!(actions(app).await.len(), before, "nothing changed, nothing recorded");
        let wrong = Edit { name: Some("\n".to_owned()), theme: Some("blue".to_owned()), email: Some("x".to_owned()) };
        let error = accounts::edit(app, &actor, &wrong).await.unwrap_err();
        assert_eq!(error.fields.iter().map(|field| field.field.as_str()).collect::<Vec<_>>(), ["name", "email", "theme"]);
    }

    async fn only_hashes_of_links_are_stored_and_letters_are_sealed(database: Database) {
        let world = World::new(database).await;
        world.set_up().await;
        let app = &world.app;
        accounts::forgot(app, &visitor(), "dana@example.com").await.unwrap();
        let link = token(app, "dana@example.com", "reset").await;
        let mut reader = app.database.read().await.unwrap();
        let now = app.now();
        assert_eq!(account_links::find(reader.conn(), account_links::Purpose::Reset, &link, now).await.unwrap(), None, "the token itself finds nothing");
        let hash = TokenHash::of(&link);
        assert!(account_links::find(reader.conn(), account_links::Purpose::Reset, hash.as_str(), now).await.unwrap().is_some());
        let rows = log::chain(reader.conn(), "node-1", 0, 100).await.unwrap();
        assert!(!format!("{rows:?}").contains(&link) && !format!("{rows:?}").contains("dana@example.com"));
    }
}
