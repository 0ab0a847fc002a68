//! Passkeys, answered by an authenticator in software: each way of answering wrongly opens nothing.

use latchkey::domain::{Actor, Role};
use latchkey::services::passkeys::{self, Begun};
use latchkey::services::sign_in::{self, Entered, PENDING_MS, Pending};
use latchkey::services::{ErrorCode, SignedIn, audit};
use latchkey::store::Database;
use latchkey::vault::Secret;

use crate::services::world::{PASSWORD, World, visitor, visitor_from};
use crate::support::authenticator::Authenticator;
use crate::support::database::on_both_engines;

const ORIGIN: &str = "https://latchkey.example.com";

/// Adds a passkey; whether recovery codes came with it.
async fn add(world: &World, actor: &Actor, name: &str) -> (Authenticator, bool) {
    let mut authenticator = Authenticator::new(ORIGIN);
    let Begun { ceremony, options } = passkeys::begin_add(&world.app, actor).await.unwrap();
    assert_eq!((&options["rp"]["id"], &options["authenticatorSelection"]["residentKey"]), (&"latchkey.example.com".into(), &"required".into()));
    let answer = authenticator.create(&options);
    let codes = passkeys::add(&world.app, actor, ceremony.expose(), &answer, name).await.unwrap();
    (authenticator, codes.is_some())
}

async fn enter(world: &World, authenticator: &mut Authenticator) -> Result<SignedIn, ErrorCode> {
    let Begun { ceremony, options } = passkeys::begin_sign_in(&world.app, &visitor()).await.unwrap();
    assert_eq!(options["allowCredentials"], serde_json::json!([]), "nothing about anybody");
    let answer = authenticator.get(&options);
    passkeys::sign_in(&world.app, &visitor(), ceremony.expose(), &answer).await.map_err(|error| error.code)
}

async fn half_in(world: &World) -> Pending {
    let entered = sign_in::first_step(&world.app, &visitor(), "dana@example.com", &Secret::new(PASSWORD.to_owned())).await.unwrap();
    let Entered::SecondStep(pending) = entered else { panic!("the password alone opened the account") };
    pending
}

async fn first_key(world: &World, actor: &Actor) -> String {
    passkeys::security(&world.app, actor, None).await.unwrap().passkeys[0].id.clone()
}

on_both_engines! {
    async fn a_passkey_signs_in_without_an_address_and_takes_the_second_step(database: Database) {
        let world = World::new(database).await;
        let who = world.set_up().await;
        let actor = world.actor(&who).await;
        let (mut phone, codes) = add(&world, &actor, "Phone").await;
        assert!(codes, "the first factor brings recovery codes");
        assert!(!add(&world, &actor, "Blue key").await.1, "the second does not");
        for _ in 0..3 {
            assert_eq!(enter(&world, &mut phone).await.unwrap(), who);
        }
        let alone = sign_in::sign_in(&world.app, &visitor(), "dana@example.com", &Secret::new(PASSWORD.to_owned())).await;
        assert_eq!(alone.unwrap_err().code, ErrorCode::SecondFactorRequired, "a passkey is a second step");
        let pending = half_in(&world).await;
        let Begun { ceremony, options } = passkeys::begin_second_step(&world.app, &visitor(), &pending).await.unwrap();
        assert_eq!(options["allowCredentials"].as_array().unwrap().len(), 2);
        let answer = phone.get(&options);
        assert_eq!(passkeys::second_step(&world.app, &visitor(), &pending, ceremony.expose(), &answer).await.unwrap(), who);
        let view = passkeys::security(&world.app, &actor, None).await.unwrap();
        let used: Vec<&str> = view.passkeys.iter().filter(|key| key.used_at == Some(world.app.now())).map(|key| key.name.as_str()).collect();
        assert_eq!((view.codes_left, view.passkeys.len(), used.as_slice()), (10, 2, ["Phone"].as_slice()));
        assert_eq!(audit::verify(&world.app).await.unwrap().findings, []);
    }

    async fn an_answer_counts_once_in_its_time_and_for_its_purpose(database: Database) {
        let world = World::new(database).await;
        let who = world.set_up().await;
        let actor = world.actor(&who).await;
        let (mut phone, _) = add(&world, &actor, "Phone").await;
        let Begun { ceremony, options } = passkeys::begin_sign_in(&world.app, &visitor()).await.unwrap();
        let answer = phone.get(&options);
        passkeys::confirm(&world.app, &actor, ceremony.expose(), &answer).await.expect_err("of another purpose");
        passkeys::sign_in(&world.app, &visitor(), ceremony.expose(), &answer).await.unwrap();
        let again = passkeys::sign_in(&world.app, &visitor(), ceremony.expose(), &answer).await;
        assert_eq!(again.unwrap_err().code, ErrorCode::LoginFailed, "replayed");
        let Begun { ceremony, .. } = passkeys::begin_sign_in(&world.app, &visitor()).await.unwrap();
        let other = passkeys::sign_in(&world.app, &visitor(), ceremony.expose(), &answer).await;
        assert_eq!(other.unwrap_err().code, ErrorCode::LoginFailed, "in another ceremony");
        let Begun { ceremony, options } = passkeys::begin_sign_in(&world.app, &visitor()).await.unwrap();
        world.clock.advance(PENDING_MS);
        let late = passkeys::sign_in(&world.app, &visitor(), ceremony.expose(), &phone.get(&options)).await;
        assert_eq!(late.unwrap_err().code, ErrorCode::LoginFailed, "after five minutes");
        let Begun { ceremony, options } = passkeys::begin_sign_in(&world.app, &visitor()).await.unwrap();
        let answer = phone.get(&options);
        let tries: Vec<_> = (0..4).map(|_| {
            let (app, token, answer) = (world.app.clone(), ceremony.expose().clone(), answer.clone());
            tokio::spawn(async move { passkeys::sign_in(&app, &visitor(), &token, &answer).await.is_ok() })
        }).collect();
        let mut won = 0;
        for attempt in tries {
            won += usize::from(attempt.await.unwrap());
        }
        assert_eq!(won, 1, "of four at once");
    }

    async fn wrong_answers_open_nothing_and_say_nothing(database: Database) {
        let world = World::new(database).await;
        let who = world.set_up().await;
        let actor = world.actor(&who).await;
        let (mut phone, _) = add(&world, &actor, "Phone").await;
        let own = phone.origin.clone();
        for origin in ["https://evil.example", "https://latchkey.example.com.evil.example", "http://latchkey.example.com", "https://latchkey.example.com:8443"] {
            phone.origin = origin.to_owned();
            assert_eq!(enter(&world, &mut phone).await.unwrap_err(), ErrorCode::LoginFailed, "{origin}");
        }
        phone.origin = own;
        phone.party = "evil.example".to_owned();
        assert_eq!(enter(&world, &mut phone).await.unwrap_err(), ErrorCode::LoginFailed, "made for another site");
        phone.party = "latchkey.example.com".to_owned();
        phone.verifies = false;
        assert_eq!(enter(&world, &mut phone).await.unwrap_err(), ErrorCode::LoginFailed, "without finger, face or PIN");
        phone.verifies = true;
        let handle = phone.handle.take();
        assert_eq!(enter(&world, &mut phone).await.unwrap_err(), ErrorCode::LoginFailed, "without naming the person");
        phone.handle = Some("AAAAAAAAAAAAAAAAAAAAAA".to_owned());
        assert_eq!(enter(&world, &mut phone).await.unwrap_err(), ErrorCode::LoginFailed, "naming somebody else");
        phone.handle = handle;
        let mut unknown = Authenticator::new(ORIGIN);
        unknown.handle = phone.handle.clone();
        assert_eq!(enter(&world, &mut unknown).await.unwrap_err(), ErrorCode::LoginFailed, "never added");
        for text in ["", "{}", "[]", "null", "{\"id\":1}"] {
            let Begun { ceremony, .. } = passkeys::begin_sign_in(&world.app, &visitor()).await.unwrap();
            assert_eq!(passkeys::sign_in(&world.app, &visitor(), ceremony.expose(), text).await.unwrap_err().code, ErrorCode::LoginFailed, "{text}");
        }
        let Begun { ceremony, options } = passkeys::begin_sign_in(&world.app, &visitor()).await.unwrap();
        let mut forged: serde_json::Value = serde_json::from_str(&phone.get(&options)).unwrap();
        forged["response"]["signature"] = unknown.get(&options).split("signature\":\"").nth(1).unwrap().split('"').next().unwrap().into();
        let refused = passkeys::sign_in(&world.app, &visitor(), ceremony.expose(), &forged.to_string()).await;
        assert_eq!(refused.unwrap_err().code, ErrorCode::LoginFailed, "signed by another key");
        assert_eq!(enter(&world, &mut phone).await.unwrap(), who, "and the right one still does");
        phone.counter = 1;
        assert_eq!(enter(&world, &mut phone).await.unwrap_err(), ErrorCode::LoginFailed, "a copy whose counter lags behind");
    }

    async fn the_passkey_of_another_account_confirms_nothing(database: Database) {
        let world = World::new(database).await;
        let who = world.set_up().await;
        let actor = world.actor(&who).await;
        let other = world.member(&who.organization, Role::Developer, &[]).await;
        let (mut own, _) = add(&world, &actor, "Phone").await;
        let (mut foreign, _) = add(&world, &other, "Theirs").await;
        let pending = half_in(&world).await;
        let Begun { ceremony, options } = passkeys::begin_second_step(&world.app, &visitor(), &pending).await.unwrap();
        let refused = passkeys::second_step(&world.app, &visitor(), &pending, ceremony.expose(), &foreign.get(&options)).await;
        assert_eq!(refused.unwrap_err().code, ErrorCode::LoginFailed);
        let Begun { ceremony, options } = passkeys::begin_confirm(&world.app, &actor).await.unwrap();
        assert_eq!(passkeys::confirm(&world.app, &actor, ceremony.expose(), &foreign.get(&options)).await.unwrap_err().code, ErrorCode::LoginFailed);
        let Begun { ceremony, options } = passkeys::begin_confirm(&world.app, &actor).await.unwrap();
        let stolen = passkeys::confirm(&world.app, &other, ceremony.expose(), &own.get(&options)).await;
        assert_eq!(stolen.unwrap_err().code, ErrorCode::LoginFailed, "the ceremony is somebody else's");
        passkeys::confirm(&world.app, &actor, ceremony.expose(), &own.get(&options)).await.expect("and was not used up by that");
        let Begun { ceremony, options } = passkeys::begin_add(&world.app, &other).await.unwrap();
        let copied = passkeys::add(&world.app, &other, ceremony.expose(), &own.create(&options), "Copy").await;
        assert_eq!(copied.unwrap_err().code, ErrorCode::Conflict, "one passkey, one account");
        let id = first_key(&world, &actor).await;
        assert_eq!(passkeys::rename(&world.app, &other, &id, "Mine").await.unwrap_err().code, ErrorCode::NotFound);
        for id in [id.as_str(), "pas_00000000000000000000000000", "x"] {
            assert_eq!(passkeys::remove(&world.app, &other, id).await.unwrap_err().code, ErrorCode::NotFound);
        }
    }

    async fn a_removed_passkey_opens_nothing_and_takes_the_last_codes_along(database: Database) {
        let world = World::new(database).await;
        let who = world.set_up().await;
        let actor = world.actor(&who).await;
        let (mut phone, _) = add(&world, &actor, "Phone").await;
        let id = first_key(&world, &actor).await;
        passkeys::rename(&world.app, &actor, &id, "My phone").await.unwrap();
        assert_eq!(passkeys::rename(&world.app, &actor, &id, " ").await.unwrap_err().code, ErrorCode::InvalidField);
        world.clock.advance(11 * 60 * 1_000);
        assert_eq!(passkeys::remove(&world.app, &actor, &id).await.unwrap_err().code, ErrorCode::FreshSignInRequired);
        assert_eq!(passkeys::begin_add(&world.app, &actor).await.unwrap_err().code, ErrorCode::FreshSignInRequired);
        let actor = world.actor(&who).await;
        assert_eq!(passkeys::remove(&world.app, &actor, &id).await.unwrap(), "My phone");
        assert_eq!(enter(&world, &mut phone).await.unwrap_err(), ErrorCode::LoginFailed);
        assert_eq!(passkeys::security(&world.app, &actor, None).await.unwrap().codes_left, 0);
        assert_eq!(sign_in::sign_in(&world.app, &visitor(), "dana@example.com", &Secret::new(PASSWORD.to_owned())).await.unwrap(), who);
    }

    async fn strangers_begin_only_so_many(database: Database) {
        let world = World::new(database).await;
        world.set_up().await;
        for number in 0..60 {
            let begun = passkeys::begin_sign_in(&world.app, &visitor()).await.map(drop).map_err(|error| error.code);
            assert_eq!(begun, if number < 50 { Ok(()) } else { Err(ErrorCode::SlowDown) }, "{number}");
        }
        passkeys::begin_sign_in(&world.app, &visitor_from(9)).await.unwrap();
        for _ in 0..50 {
            passkeys::sign_in(&world.app, &visitor_from(9), "unknown", "{}").await.unwrap_err();
        }
        assert_eq!(passkeys::sign_in(&world.app, &visitor_from(9), "unknown", "{}").await.unwrap_err().code, ErrorCode::SlowDown);
    }

    async fn a_server_without_a_name_has_no_passkeys(database: Database) {
        let mut world = World::new(database).await;
        let who = world.set_up().await;
        let settings = latchkey::services::Settings { public_url: "http://127.0.0.1:4800".to_owned(), ..(*world.app.settings).clone() };
        world.app.settings = std::sync::Arc::new(settings);
        let actor = world.actor(&who).await;
        assert!(!passkeys::possible(&world.app));
        assert_eq!(passkeys::begin_sign_in(&world.app, &visitor()).await.unwrap_err().code, ErrorCode::Conflict);
        assert_eq!(passkeys::begin_add(&world.app, &actor).await.unwrap_err().code, ErrorCode::Conflict);
    }
}
