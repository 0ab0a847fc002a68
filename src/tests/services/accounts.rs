//! Accounts: registering, confirming, forgetting; every link works once, for one thing, for one person, and answers tell nothing.

use latchkey::domain::{Actor, ActorKind, Email, Role, Timestamp};
use latchkey::services::accounts::{self, Edit, Registration, Verified};
use latchkey::services::{App, ErrorCode, ServiceError, Settings, SignedIn, audit, sign_in};
use latchkey::store::{Database, account_links, audit as log, letters, organizations, registrations, sessions, users};
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

    async fn a_forgotten_password_is_replaced_once_and_signs_out_everywhere(database: Database) {
        let world = World::new(database).await;
        let dana = world.set_up().await;
        let app = &world.app;
        let row = sessions::SessionRow {
            id_hash: "h".to_owned(),
            user: Some(dana.user.clone()),
            organization: Some(dana.organization.clone()),
            data: "{}".to_owned(),
            id: None,
            created_at: app.now(),
            seen_at: app.now(),
            address: String::new(),
            user_agent: String::new(),
            expires_at: app.now().plus_millis(HOUR),
        };
        let mut transaction = app.database.begin().await.unwrap();
        sessions::insert(transaction.conn(), &row).await.unwrap();
        transaction.commit().await.unwrap();
        accounts::forgot(app, &visitor(), "DANA@example.com").await.unwrap();
        let link = token(app, "dana@example.com", "reset").await;
        accounts::require_reset(app, &visitor(), &link).await.unwrap();
        let error = accounts::reset(app, &visitor(), &link, &secret("password123")).await.unwrap_err();
        assert_eq!((error.code, error.fields[0].field.as_str()), (ErrorCode::InvalidField, "password"));
        accounts::reset(app, &visitor(), &link, &secret(NEW)).await.expect("a refused password uses nothing up");
        assert_eq!(code(enter(app, "dana@example.com", PASSWORD).await).0, ErrorCode::LoginFailed);
        enter(app, "dana@example.com", NEW).await.unwrap();
        assert_eq!(sessions::load(app.database.read().await.unwrap().conn(), "h", app.now()).await.unwrap(), None, "signed out");
        assert_eq!(code(accounts::reset(app, &visitor(), &link, &secret("a third sentence")).await), dead(), "once");
        assert_eq!(code(accounts::require_reset(app, &visitor(), &link).await), dead());
        let subjects: Vec<String> = sent(app).await.into_iter().map(|(_, subject, _)| subject).collect();
        assert_eq!(subjects, ["Your password was changed"]);
        assert_eq!(audit::verify(app).await.unwrap().findings, []);
    }

    async fn a_forgotten_password_is_asked_for_without_telling_who_has_an_account(database: Database) {
        let world = World::new(database).await;
        world.set_up().await;
        let app = &world.app;
        for email in ["dana@example.com", "nobody@example.com"] {
            accounts::forgot(app, &visitor(), email).await.unwrap();
        }
        let letters = sent(app).await;
        assert_eq!(letters.len(), 1, "{letters:?}");
        let actions = actions(app).await;
        let count = |action: &str| actions.iter().filter(|own| *own == action).count();
        assert_eq!((count("account.reset_asked"), count("account.reset_sent"), app.passwords.computed()), (2, 1, 1), "{actions:?}");
        assert_eq!(code(accounts::forgot(app, &visitor(), "no address").await).0, ErrorCode::InvalidField);
    }

    async fn a_reset_link_ends_after_an_hour_or_with_the_next_one(database: Database) {
        let world = World::new(database).await;
        world.set_up().await;
        let app = &world.app;
        accounts::forgot(app, &visitor(), "dana@example.com").await.unwrap();
        let first = token(app, "dana@example.com", "reset").await;
        world.clock.advance(10);
        accounts::forgot(app, &visitor(), "dana@example.com").await.unwrap();
        let second = token(app, "dana@example.com", "reset").await;
        assert_eq!(code(accounts::reset(app, &visitor(), &first, &secret(NEW)).await), dead(), "replaced");
        world.clock.advance(HOUR - 1);
        accounts::require_reset(app, &visitor(), &second).await.unwrap();
        world.clock.advance(1);
        assert_eq!(code(accounts::reset(app, &visitor(), &second, &secret(NEW)).await), dead(), "ended");
        enter(app, "dana@example.com", PASSWORD).await.unwrap();
    }

    async fn a_link_is_good_for_its_own_purpose_alone(database: Database) {
        let world = World::new(database).await;
        let dana = world.set_up().await;
        let app = &world.app;
        accounts::forgot(app, &visitor(), "dana@example.com").await.unwrap();
        let reset = token(app, "dana@example.com", "reset").await;
        accounts::register(app, &visitor(), &registration("bo@example.com")).await.unwrap();
        let confirm = token(app, "bo@example.com", "verify").await;
        let edit = Edit { email: Some("dana@elsewhere.example".to_owned()), ..Edit::default() };
        accounts::edit(app, &world.actor(&dana).await, &edit).await.unwrap();
        let change = token(app, "dana@elsewhere.example", "verify").await;
        assert_eq!(code(accounts::verify(app, &visitor(), &reset).await), dead());
        for wrong in [&confirm, &change] {
            assert_eq!(code(accounts::reset(app, &visitor(), wrong, &secret(NEW)).await), dead());
            assert_eq!(code(accounts::require_reset(app, &visitor(), wrong).await), dead());
        }
        let hashed = TokenHash::of(&reset).as_str().to_owned();
        for wrong in MALFORMED.into_iter().chain([hashed.as_str()]) {
            assert_eq!(code(accounts::reset(app, &visitor(), wrong, &secret(NEW)).await), dead(), "{wrong}");
            assert_eq!(code(accounts::verify(app, &visitor(), wrong).await), dead(), "{wrong}");
            assert_eq!(code(accounts::waiting(app, &visitor(), wrong).await), dead(), "{wrong}");
        }
        accounts::reset(app, &visitor(), &reset, &secret(NEW)).await.expect("wrong tries used nothing up");
        assert_eq!(code(accounts::verify(app, &visitor(), &change).await), dead(), "another password ends every link of the person");
        accounts::verify(app, &visitor(), &confirm).await.unwrap();
    }

    async fn a_disabled_person_gets_no_link_and_a_link_does_not_let_them_in(database: Database) {
        let world = World::new(database).await;
        world.set_up().await;
        let app = &world.app;
        accounts::forgot(app, &visitor(), "dana@example.com").await.unwrap();
        let link = token(app, "dana@example.com", "reset").await;
        crate::support::database::execute(&app.database, "UPDATE users SET disabled = TRUE").await;
        assert_eq!(code(accounts::reset(app, &visitor(), &link, &secret(NEW)).await), dead());
        accounts::forgot(app, &visitor(), "dana@example.com").await.unwrap();
        assert_eq!(sent(app).await, []);
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

    async fn a_password_is_changed_by_who_knows_the_old_one(database: Database) {
        let world = World::new(database).await;
        let dana = world.set_up().await;
        let (app, actor) = (&world.app, world.actor(&dana).await);
        for (current, new, field) in [("not the password", NEW, "current_password"), (PASSWORD, "password123", "new_password"), (PASSWORD, "dana@example.com", "new_password")] {
            let error = accounts::change_password(app, &actor, &secret(current), &secret(new)).await.unwrap_err();
            assert_eq!((error.code, error.fields[0].field.as_str()), (ErrorCode::InvalidField, field));
        }
        accounts::forgot(app, &visitor(), "dana@example.com").await.unwrap();
        let link = token(app, "dana@example.com", "reset").await;
        accounts::change_password(app, &actor, &secret(PASSWORD), &secret(NEW)).await.unwrap();
        assert_eq!(code(accounts::require_reset(app, &visitor(), &link).await), dead(), "links of before have ended");
        enter(app, "dana@example.com", NEW).await.unwrap();
        assert_eq!(code(accounts::change_password(app, &actor, &secret(PASSWORD), &secret("a third sentence")).await).0, ErrorCode::InvalidField);
        let letters = sent(app).await;
        assert_eq!(letters.iter().map(|(to, subject, _)| (to.as_str(), subject.as_str())).collect::<Vec<_>>(), [("dana@example.com", "Your password was changed")]);
        assert!(letters.iter().all(|(.., text)| !text.contains(NEW) && !text.contains(PASSWORD)));
        let changed = actions(app).await.into_iter().filter(|action| action == "account.password_changed").count();
        assert_eq!(changed, 3, "done once, refused twice");
    }

    async fn a_stolen_session_guesses_ten_passwords(database: Database) {
        let world = World::new(database).await;
        let dana = world.set_up().await;
        let (app, actor) = (&world.app, world.actor(&dana).await);
        for number in 0..12 {
            let error = accounts::change_password(app, &actor, &secret("not the password"), &secret(NEW)).await.unwrap_err();
            assert_eq!(error.code, if number < 10 { ErrorCode::InvalidField } else { ErrorCode::SlowDown }, "{number}");
        }
        let before = app.passwords.computed();
        assert_eq!(code(accounts::change_password(app, &actor, &secret(PASSWORD), &secret(NEW)).await).0, ErrorCode::SlowDown);
        assert_eq!(app.passwords.computed(), before);
        enter(app, "dana@example.com", PASSWORD).await.expect("signing in has its own counter");
    }

    async fn of_two_changes_at_once_one_succeeds(database: Database) {
        let world = World::new(database).await;
        let dana = world.set_up().await;
        let actor = world.actor(&dana).await;
        let change = |new: &str| {
            let (app, actor, new) = (world.app.clone(), actor.clone(), secret(new));
            tokio::spawn(async move { accounts::change_password(&app, &actor, &secret(PASSWORD), &new).await })
        };
        let (one, other) = (change("the first new sentence"), change("the second new sentence"));
        let (one, other) = (one.await.unwrap(), other.await.unwrap());
        assert!(one.is_ok() != other.is_ok(), "{one:?} {other:?}");
        let new = if one.is_ok() { "the first new sentence" } else { "the second new sentence" };
        enter(&world.app, "dana@example.com", new).await.unwrap();
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

    async fn an_imported_bcrypt_hash_counts_once_and_is_replaced(database: Database) {
        let world = World::new(database).await;
        let dana = world.set_up().await;
        let app = &world.app;
        let imported = bcrypt::hash_with_salt(PASSWORD, 6, [7; 16]).unwrap();
        for version in [bcrypt::Version::TwoA, bcrypt::Version::TwoB, bcrypt::Version::TwoY] {
            let stored = imported.format_for_version(version);
            let mut transaction = app.database.begin().await.unwrap();
            users::set_password_hash(transaction.conn(), &dana.user, &stored).await.unwrap();
            transaction.commit().await.unwrap();
            let before = app.passwords.computed();
            assert_eq!(code(enter(app, "dana@example.com", "not the password").await).0, ErrorCode::LoginFailed);
            assert_eq!(app.passwords.computed() - before, 1);
            enter(app, "dana@example.com", PASSWORD).await.unwrap();
            let user = users::find(app.database.read().await.unwrap().conn(), &dana.user).await.unwrap().unwrap();
            assert!(user.password_hash.unwrap().starts_with("$argon2id$"), "{stored}");
            enter(app, "dana@example.com", PASSWORD).await.unwrap();
        }
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
