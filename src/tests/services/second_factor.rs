//! The second factor: asked for by every way in, each code once, counted like passwords.

use latchkey::domain::{Actor, Email, Role};
use latchkey::services::second_factor::{begin, misses, new_codes, rule, set_rule, set_up_view, take_away, turn_off, turn_on};
use latchkey::services::sign_in::{self, Entered, PENDING_MS, Pending, Proof, Shown};
use latchkey::services::{App, ErrorCode, ServiceError, SignedIn};
use latchkey::store::users::{self, UserRow};
use latchkey::store::{Database, authenticators, recovery_codes};
use latchkey::vault::Secret;
use totp_rs::{Algorithm, Builder, Totp};

use crate::services::world::{PASSWORD, World, visitor};
use crate::support::database::on_both_engines;

const STEP: i64 = 30_000;
const QUARTER: i64 = 15 * 60 * 1_000;
const DANA: &str = "dana@example.com";

fn secret(text: &str) -> Secret<String> {
    Secret::new(text.to_owned())
}

/// The app of somebody.
struct Phone(Totp);

impl Phone {
    fn code(&self, world: &World) -> Secret<String> {
        let seconds = u64::try_from(world.app.now().millis() / 1_000).unwrap();
        secret(&self.0.generate(seconds).to_string())
    }
}

/// Begins a set-up and puts its key into a phone.
async fn scanned(world: &World, actor: &Actor) -> Phone {
    begin(&world.app, actor).await.unwrap();
    let view = set_up_view(&world.app, actor).await.unwrap();
    let key = totp_rs::Secret::try_from_base32(view.key.expose().replace(' ', "")).unwrap();
    assert!(view.squares.expose().len() > 100 && view.size > 20);
    Phone(Builder::new().with_algorithm(Algorithm::SHA1).with_digits(6).with_step_duration(30).with_secret(key).with_account_name(DANA).build().unwrap())
}

/// Dana with an app that is on, and its first codes.
async fn with_app(world: &World) -> (SignedIn, Actor, Phone, Vec<Secret<String>>) {
    let who = world.set_up().await;
    let actor = world.actor(&who).await;
    let phone = scanned(world, &actor).await;
    let codes = turn_on(&world.app, &actor, &phone.code(world)).await.unwrap().expect("the first factor brings codes");
    world.clock.advance(STEP);
    (who, actor, phone, codes)
}

async fn user_of(app: &App, email: &str) -> UserRow {
    users::find_by_email(app.database.read().await.unwrap().conn(), &Email::parse(email).unwrap()).await.unwrap().unwrap()
}

async fn half_in(world: &World) -> Pending {
    match sign_in::first_step(&world.app, &visitor(), DANA, &secret(PASSWORD)).await.unwrap() {
        Entered::SecondStep(pending) => pending,
        Entered::In(_) => panic!("the password alone opened the account"),
    }
}

async fn at_once(world: &World, code: Option<&Secret<String>>) -> Result<SignedIn, ErrorCode> {
    sign_in::sign_in_with(&world.app, &visitor(), DANA, &secret(PASSWORD), code).await.map_err(|error| error.code)
}

async fn letters(app: &App) -> i64 {
    match &app.database {
        Database::Sqlite { readers, .. } => sqlx::query_as::<_, (i64,)>("SELECT count(*) FROM letters").fetch_one(readers).await.unwrap().0,
        Database::Postgres(pool) => sqlx::query_as::<_, (i64,)>("SELECT count(*) FROM letters").fetch_one(pool).await.unwrap().0,
    }
}

on_both_engines! {
    async fn an_app_is_on_after_a_right_code_and_asked_for_from_then_on(database: Database) {
        let world = World::new(database).await;
        let who = world.set_up().await;
        let actor = world.actor(&who).await;
        let phone = scanned(&world, &actor).await;
        assert_eq!(at_once(&world, None).await.unwrap(), who, "a set-up that was not ended asks for nothing");
        for wrong in ["", "12345", "abcdef", "0000000", "000000"] {
            assert_eq!(turn_on(&world.app, &actor, &secret(wrong)).await.unwrap_err().code, ErrorCode::InvalidField, "{wrong}");
        }
        let codes = turn_on(&world.app, &actor, &phone.code(&world)).await.unwrap().unwrap();
        assert_eq!(codes.len(), 10);
        assert!(codes.iter().all(|code| code.expose().len() == 19), "16 digits of five bits in four groups");
        assert_eq!(letters(&world.app).await, 1, "the person is told");
        assert_eq!(set_up_view(&world.app, &actor).await.unwrap_err().code, ErrorCode::NotFound, "the key is shown no more");
        assert_eq!(begin(&world.app, &actor).await.unwrap_err().code, ErrorCode::Conflict, "nor replaced");
        world.clock.advance(STEP);
        assert_eq!(at_once(&world, None).await.unwrap_err(), ErrorCode::SecondFactorRequired);
        assert_eq!(at_once(&world, Some(&phone.code(&world))).await.unwrap(), who);
        world.clock.advance(STEP);
        let pending = half_in(&world).await;
        assert_eq!(sign_in::second_step(&world.app, &visitor(), &pending, &phone.code(&world)).await.unwrap(), who);
    }

    async fn every_way_in_asks_for_it_but_a_passkey(database: Database) {
        let world = World::new(database).await;
        let (who, ..) = with_app(&world).await;
        let user = user_of(&world.app, DANA).await;
        for proof in [Proof::Password, Proof::SignOn { within: None }, Proof::Letter] {
            let entered = sign_in::enter(&world.app, &visitor(), &user, proof.clone()).await.unwrap();
            assert!(matches!(entered, Entered::SecondStep(Pending { proof: kept, .. }) if kept == proof), "{proof:?}");
        }
        assert_eq!(sign_in::enter(&world.app, &visitor(), &user, Proof::Passkey).await.unwrap(), Entered::In(who));
        let disabled = UserRow { disabled: true, ..user };
        for proof in [Proof::Password, Proof::Passkey] {
            assert_eq!(sign_in::enter(&world.app, &visitor(), &disabled, proof).await.unwrap_err().code, ErrorCode::LoginFailed);
        }
    }

    async fn each_code_counts_once(database: Database) {
        let world = World::new(database).await;
        let (who, actor, phone, _) = with_app(&world).await;
        let code = phone.code(&world);
        assert_eq!(at_once(&world, Some(&code)).await.unwrap(), who);
        assert_eq!(at_once(&world, Some(&code)).await.unwrap_err(), ErrorCode::SecondFactorRequired, "again");
        let shown = sign_in::confirm(&world.app, &actor, &visitor(), &Shown::Code(code.duplicate())).await;
        assert_eq!(shown.unwrap_err().code, ErrorCode::LoginFailed, "at another door");
        let later = phone.code(&world);
        world.clock.advance(STEP);
        let next = phone.code(&world);
        assert_eq!(at_once(&world, Some(&next)).await.unwrap(), who);
        assert_eq!(at_once(&world, Some(&later)).await.unwrap_err(), ErrorCode::SecondFactorRequired, "an older one after a newer one");
        world.clock.advance(10 * STEP);
        assert_eq!(at_once(&world, Some(&next)).await.unwrap_err(), ErrorCode::SecondFactorRequired, "out of its time");
    }

    async fn of_one_code_sent_twice_at_once_one_counts(database: Database) {
        let world = World::new(database).await;
        let (_, _, phone, codes) = with_app(&world).await;
        for code in [phone.code(&world), codes[0].duplicate()] {
            let pending = half_in(&world).await;
            let tries: Vec<_> = (0..4).map(|_| {
                let (app, pending, code) = (world.app.clone(), pending.clone(), code.duplicate());
                tokio::spawn(async move { sign_in::second_step(&app, &visitor(), &pending, &code).await.is_ok() })
            }).collect();
            let mut won = 0;
            for attempt in tries {
                won += usize::from(attempt.await.unwrap());
            }
            assert_eq!(won, 1);
        }
        let user = user_of(&world.app, DANA).await;
        assert_eq!(recovery_codes::count(world.app.database.read().await.unwrap().conn(), &user.id).await.unwrap(), 9);
        assert_eq!(letters(&world.app).await, 2, "one for the app, one for the recovery code");
    }

    async fn the_code_of_another_account_opens_nothing(database: Database) {
        let world = World::new(database).await;
        let (who, ..) = with_app(&world).await;
        let other = world.member(&who.organization, Role::Developer, &[]).await;
        let phone = scanned(&world, &other).await;
        let codes = turn_on(&world.app, &other, &phone.code(&world)).await.unwrap().unwrap();
        world.clock.advance(STEP);
        assert_eq!(at_once(&world, Some(&phone.code(&world))).await.unwrap_err(), ErrorCode::SecondFactorRequired);
        assert_eq!(at_once(&world, Some(&codes[0])).await.unwrap_err(), ErrorCode::SecondFactorRequired);
    }

    async fn wrong_codes_count_as_wrong_passwords_do_and_the_password_forgives_none(database: Database) {
        let world = World::new(database).await;
        let (who, _, phone, _) = with_app(&world).await;
        let mut seen = Vec::new();
        for _ in 0..8 {
            seen.push(at_once(&world, Some(&secret("000000"))).await.unwrap_err());
        }
        assert_eq!(seen[..5], [ErrorCode::SecondFactorRequired; 5], "each call is a try of the password and one of the code");
        assert_eq!(seen[5..], [ErrorCode::SlowDown; 3]);
        let right = at_once(&world, Some(&phone.code(&world))).await;
        assert_eq!(right.unwrap_err(), ErrorCode::SlowDown, "closed to the right one too");
        world.clock.advance(QUARTER + 1);
        let pending = half_in(&world).await;
        for _ in 0..9 {
            let error = sign_in::second_step(&world.app, &visitor(), &pending, &secret("000000")).await.unwrap_err();
            assert_eq!(error.code, ErrorCode::SecondFactorRequired);
        }
        assert_eq!(sign_in::second_step(&world.app, &visitor(), &pending, &phone.code(&world)).await.unwrap_err().code, ErrorCode::SlowDown);
        world.clock.advance(QUARTER + 1);
        assert_eq!(at_once(&world, Some(&phone.code(&world))).await.unwrap(), who);
    }

    async fn the_second_step_has_five_minutes_and_an_account(database: Database) {
        let world = World::new(database).await;
        let (_, _, phone, codes) = with_app(&world).await;
        let pending = half_in(&world).await;
        world.clock.advance(PENDING_MS + 1);
        for code in [phone.code(&world), codes[3].duplicate()] {
            let error = sign_in::second_step(&world.app, &visitor(), &pending, &code).await.unwrap_err();
            assert_eq!(error.code, ErrorCode::SignInRequired);
        }
        let pending = half_in(&world).await;
        crate::support::database::execute(&world.app.database, "UPDATE users SET disabled = TRUE").await;
        let error = sign_in::second_step(&world.app, &visitor(), &pending, &phone.code(&world)).await.unwrap_err();
        assert_eq!(error.code, ErrorCode::SignInRequired, "disabled meanwhile");
    }

    async fn recovery_codes_are_forgiving_to_read_and_a_new_set_ends_the_old(database: Database) {
        let world = World::new(database).await;
        let (who, actor, _, codes) = with_app(&world).await;
        let sloppy = secret(&codes[1].expose().to_uppercase().replace('-', " ").replace('0', "O").replace('1', "l"));
        assert_eq!(at_once(&world, Some(&sloppy)).await.unwrap(), who);
        assert_eq!(at_once(&world, Some(&codes[1])).await.unwrap_err(), ErrorCode::SecondFactorRequired, "used");
        let fresh = new_codes(&world.app, &actor).await.unwrap();
        assert_eq!(at_once(&world, Some(&codes[2])).await.unwrap_err(), ErrorCode::SecondFactorRequired, "of the old set");
        assert_eq!(at_once(&world, Some(&fresh[2])).await.unwrap(), who);
    }

    async fn sensitive_steps_want_a_fresh_sign_in(database: Database) {
        let world = World::new(database).await;
        let (_, actor, phone, _) = with_app(&world).await;
        world.clock.advance(11 * 60 * 1_000);
        let app = &world.app;
        let code = phone.code(&world);
        let refused: [Result<(), ServiceError>; 6] = [
            begin(app, &actor).await,
            set_up_view(app, &actor).await.map(drop),
            turn_on(app, &actor, &code).await.map(drop),
            turn_off(app, &actor, &code).await,
            new_codes(app, &actor).await.map(drop),
            set_rule(app, &actor, true).await,
        ];
        for (place, outcome) in refused.into_iter().enumerate() {
            assert_eq!(outcome.unwrap_err().code, ErrorCode::FreshSignInRequired, "{place}");
        }
        assert_eq!(sign_in::confirm(app, &actor, &visitor(), &Shown::Password(secret("wrong"))).await.unwrap_err().code, ErrorCode::LoginFailed);
        assert_eq!(sign_in::confirm(app, &actor, &visitor(), &Shown::Code(secret("000000"))).await.unwrap_err().code, ErrorCode::LoginFailed);
        sign_in::confirm(app, &actor, &visitor(), &Shown::Code(code)).await.unwrap();
        for _ in 0..10 {
            sign_in::confirm(app, &actor, &visitor(), &Shown::Password(secret("wrong"))).await.unwrap_err();
        }
        let late = sign_in::confirm(app, &actor, &visitor(), &Shown::Password(secret(PASSWORD))).await;
        assert_eq!(late.unwrap_err().code, ErrorCode::SlowDown, "a stolen session cannot guess on");
        let elsewhere = sign_in::first_step(app, &visitor(), DANA, &secret(PASSWORD)).await;
        assert_eq!(elsewhere.unwrap_err().code, ErrorCode::SlowDown, "the doors share one count");
    }

    async fn turning_it_off_takes_a_code_and_takes_the_recovery_codes(database: Database) {
        let world = World::new(database).await;
        let (who, actor, phone, codes) = with_app(&world).await;
        assert_eq!(turn_off(&world.app, &actor, &secret("000000")).await.unwrap_err().code, ErrorCode::InvalidField);
        assert_eq!(at_once(&world, None).await.unwrap_err(), ErrorCode::SecondFactorRequired, "still on");
        turn_off(&world.app, &actor, &phone.code(&world)).await.unwrap();
        assert_eq!(turn_off(&world.app, &actor, &codes[0]).await.unwrap_err().code, ErrorCode::NotFound);
        assert_eq!(at_once(&world, None).await.unwrap(), who);
        let user = user_of(&world.app, DANA).await;
        let mut reader = world.app.database.read().await.unwrap();
        assert_eq!(recovery_codes::count(reader.conn(), &user.id).await.unwrap(), 0);
        assert_eq!(authenticators::find(reader.conn(), &user.id).await.unwrap(), None);
        assert_eq!(new_codes(&world.app, &actor).await.unwrap_err().code, ErrorCode::Conflict);
    }

    async fn guesses_while_signed_in_are_counted_too(database: Database) {
        let world = World::new(database).await;
        let (_, actor, phone, _) = with_app(&world).await;
        for _ in 0..10 {
            assert_eq!(turn_off(&world.app, &actor, &secret("000000")).await.unwrap_err().code, ErrorCode::InvalidField);
        }
        assert_eq!(turn_off(&world.app, &actor, &phone.code(&world)).await.unwrap_err().code, ErrorCode::SlowDown);
    }

    async fn the_operator_helps_somebody_who_lost_everything(database: Database) {
        let world = World::new(database).await;
        let (who, _, _, codes) = with_app(&world).await;
        let letters_before = letters(&world.app).await;
        assert!(!take_away(&world.app, "nobody@example.com").await.unwrap() && !take_away(&world.app, "no address").await.unwrap());
        assert!(take_away(&world.app, " Dana@Example.com").await.unwrap());
        assert!(!take_away(&world.app, DANA).await.unwrap(), "there is nothing left to take");
        assert_eq!(letters(&world.app).await, letters_before + 1, "the person is told");
        assert_eq!(at_once(&world, None).await.unwrap(), who);
        assert_eq!(recovery_codes::count(world.app.database.read().await.unwrap().conn(), &who.user).await.unwrap(), 0, "{}", codes.len());
    }

    async fn an_organizations_rule_finds_those_without(database: Database) {
        let world = World::new(database).await;
        let who = world.set_up().await;
        let (actor, member) = (world.actor(&who).await, world.member(&who.organization, Role::Viewer, &[]).await);
        assert_eq!(set_rule(&world.app, &actor, true).await.unwrap_err().code, ErrorCode::Conflict, "not before the admin has one");
        let phone = scanned(&world, &actor).await;
        turn_on(&world.app, &actor, &phone.code(&world)).await.unwrap();
        assert!(!misses(&world.app, &member).await.unwrap());
        set_rule(&world.app, &actor, true).await.unwrap();
        assert!(rule(&world.app, &actor).await.unwrap());
        assert!(misses(&world.app, &member).await.unwrap() && !misses(&world.app, &actor).await.unwrap());
        let elsewhere = world.organization("Elsewhere").await;
        assert!(!misses(&world.app, &world.member(&elsewhere, Role::Viewer, &[]).await).await.unwrap(), "a rule of one organization");
        let phone = scanned(&world, &member).await;
        assert!(misses(&world.app, &member).await.unwrap(), "a set-up that is not ended does not count");
        turn_on(&world.app, &member, &phone.code(&world)).await.unwrap();
        assert!(!misses(&world.app, &member).await.unwrap());
        set_rule(&world.app, &actor, false).await.unwrap();
        assert!(!rule(&world.app, &actor).await.unwrap());
    }
}
