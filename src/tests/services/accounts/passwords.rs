//! Passwords of accounts: forgotten, changed, imported.

use latchkey::services::accounts::{self, Edit};
use latchkey::services::{ErrorCode, audit};
use latchkey::store::{Database, sessions, users};
use latchkey::vault::TokenHash;

use super::{HOUR, MALFORMED, NEW, actions, code, dead, enter, registration, secret, sent, token};
use crate::services::world::{PASSWORD, World, visitor};
use crate::support::database::on_both_engines;

on_both_engines! {
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
}
