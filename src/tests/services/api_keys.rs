//! Keys in use: who is behind one, when it stops, and what is noted.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use latchkey::domain::{Action, Actor, ActorKind, ConnectionStatus, Role};
use latchkey::services::applications::{self, Edit, KeyWish, MadeKey};
use latchkey::services::{ErrorCode, SignedIn, access, audit, connections, tokens};
use latchkey::store::{Database, presented};
use latchkey::vault::{Secret, TokenHash};

use crate::services::world::{World, visitor, visitor_from};
use crate::support::database::{Engine, TestDatabase, execute, on_both_engines};

struct Set {
    world: World,
    maker: Actor,
    application: String,
    made: MadeKey,
}

impl Set {
    async fn new(database: Database, role: Role, scopes: &[&str]) -> Self {
        let world = World::new(database).await;
        let organization = world.set_up().await.organization;
        let maker = world.member(&organization, role, &[]).await;
        let application = applications::create(&world.app, &maker, "Report", "Reads what was spent.").await.unwrap().to_string();
        let wish = KeyWish { name: "Production".to_owned(), scopes: scopes.iter().map(ToString::to_string).collect(), ..KeyWish::default() };
        let made = applications::make_key(&world.app, &maker, &application, &wish).await.unwrap();
        Self { world, maker, application, made }
    }

    fn key(&self) -> &str {
        self.made.key.expose().expose()
    }

    async fn actor(&self) -> Result<Actor, ErrorCode> {
        self.with(self.key()).await
    }

    async fn with(&self, key: &str) -> Result<Actor, ErrorCode> {
        tokens::recognise(&self.world.app, &visitor(), key).await.map(|recognised| recognised.actor).map_err(|error| error.code)
    }

    async fn refusals(&self) -> Vec<String> {
        let sql = "SELECT detail FROM audit_log WHERE action = 'api_key.refused' ORDER BY seq";
        let rows: Vec<(String,)> = match &self.world.app.database {
            Database::Sqlite { readers, .. } => sqlx::query_as(sql).fetch_all(readers).await.unwrap(),
            Database::Postgres(pool) => sqlx::query_as(sql).fetch_all(pool).await.unwrap(),
        };
        rows.into_iter().map(|(detail,)| serde_json::from_str::<serde_json::Value>(&detail).unwrap()["code"].as_str().unwrap().to_owned()).collect()
    }
}

fn holds(haystack: &[u8], needle: &[u8]) -> bool {
    haystack.windows(needle.len()).any(|window| window == needle)
}

#[tokio::test]
async fn what_is_told_once_is_in_no_file() {
    let test = TestDatabase::new(Engine::Sqlite).await;
    let set = Set::new(test.database(), Role::OrgAdmin, &["connections:read"]).await;
    let who = SignedIn {
        user: access::person(&set.maker).unwrap().clone(),
        organization: set.maker.organization.clone(),
        member: set.maker.member().unwrap().clone(),
        confined: false,
    };
    let first = tokens::begin(&set.world.app, &visitor(), &who).await.unwrap();
    let second = tokens::refresh(&set.world.app, &visitor(), &Secret::new(first.refresh.expose().clone())).await.unwrap();
    set.actor().await.unwrap();
    let seed = tokens::signing_key(&set.world.app).await.unwrap();
    let secret = &set.key()[35..78];
    let needles =
        [secret.as_bytes(), first.refresh.expose().as_bytes(), second.refresh.expose().as_bytes(), second.access.expose().as_bytes(), seed.seed().expose()];
    let folder = Path::new(test.url().strip_prefix("sqlite:").unwrap()).parent().unwrap();
    let files: Vec<Vec<u8>> = fs::read_dir(folder).unwrap().map(|entry| fs::read(entry.unwrap().path()).unwrap()).collect();
    assert!(files.iter().any(|file| holds(file, TokenHash::of(secret).as_str().as_bytes())), "the hash is there, so the scan sees what is written");
    assert!(files.iter().any(|file| holds(file, second.refresh.hash().as_str().as_bytes())));
    for (number, needle) in needles.iter().enumerate() {
        assert!(!files.iter().any(|file| holds(file, needle)), "{number}");
    }
    test.remove().await;
}

on_both_engines! {
    async fn a_key_is_its_program_with_the_makers_role(database: Database) {
        let set = Set::new(database, Role::Developer, &["connections:read"]).await;
        let actor = set.actor().await.unwrap();
        assert_eq!((actor.organization.clone(), actor.name(), actor.member()), (set.maker.organization.clone(), "Report", set.maker.member()));
        assert!(matches!(&actor.kind, ActorKind::Application { application, key, .. } if application.as_str() == set.application && *key == set.made.id));
        for action in Action::ALL {
            let expected = matches!(action, Action::SeeConnections | Action::SeeConnectionDetails | Action::SeeMarketplace);
            assert_eq!(access::require(&actor, action).is_ok(), expected, "{action:?}");
        }
        assert_eq!(access::person(&actor).unwrap_err().code, ErrorCode::Forbidden, "it is no person");
        assert!(access::require_fresh(&set.world.app, &actor).is_err());
        assert_eq!(applications::list(&set.world.app, &actor).await.unwrap_err().code, ErrorCode::Forbidden, "it makes no keys");
    }

    async fn a_key_shrinks_and_stops_with_its_maker(database: Database) {
        let set = Set::new(database, Role::OrgAdmin, &["connections:read", "connections:write", "members:read"]).await;
        assert!(set.actor().await.unwrap().may(Action::Connect, None));
        execute(&set.world.app.database, "UPDATE members SET role = 'viewer' WHERE role = 'org_admin'").await;
        let actor = set.actor().await.unwrap();
        assert!(access::require(&actor, Action::SeeConnections).is_ok());
        for action in [Action::Connect, Action::SeeMembers, Action::SeeConnectionDetails, Action::SeeMarketplace] {
            assert!(access::require(&actor, action).is_err(), "{action:?}");
        }
        execute(&set.world.app.database, "UPDATE members SET status = 'removed' WHERE role = 'viewer'").await;
        assert_eq!(set.actor().await.unwrap_err(), ErrorCode::TokenInvalid);
        execute(&set.world.app.database, "UPDATE members SET status = 'active' WHERE role = 'viewer'").await;
        execute(&set.world.app.database, "UPDATE users SET disabled = TRUE").await;
        assert_eq!(set.actor().await.unwrap_err(), ErrorCode::TokenInvalid);
        assert_eq!(set.refusals().await, ["maker_gone", "maker_gone"]);
    }

    async fn a_key_stops_when_it_or_its_program_does(database: Database) {
        let set = Set::new(database, Role::OrgAdmin, &["connections:read"]).await;
        let switch = async |active| applications::edit(&set.world.app, &set.maker, &set.application, &Edit { active: Some(active), ..Edit::default() }).await.unwrap();
        switch(false).await;
        assert_eq!(set.actor().await.unwrap_err(), ErrorCode::TokenInvalid, "turned off");
        switch(true).await;
        assert!(set.actor().await.is_ok());
        let wrong = format!("{}_{}", &set.key()[..34], &latchkey::vault::ApiKey::generate(&set.made.id, &latchkey::vault::SystemRandom).expose().expose()[35..]);
        assert_eq!(set.with(&wrong).await.unwrap_err(), ErrorCode::TokenInvalid, "a wrong secret with a right checksum");
        let mistyped = set.key().replacen("lk_live_0", "lk_live_1", 1);
        assert_eq!(set.with(&mistyped).await.unwrap_err(), ErrorCode::TokenInvalid, "a wrong checksum");
        let next = applications::rotate_key(&set.world.app, &set.maker, &set.application, set.made.id.as_str(), 1).await.unwrap();
        assert!(set.actor().await.is_ok() && set.with(next.key.expose().expose()).await.is_ok(), "both work for an hour");
        set.world.clock.advance(3_600_000);
        assert_eq!(set.actor().await.unwrap_err(), ErrorCode::TokenInvalid);
        applications::end_key(&set.world.app, &set.maker, &set.application, next.id.as_str()).await.unwrap();
        assert_eq!(set.with(next.key.expose().expose()).await.unwrap_err(), ErrorCode::TokenInvalid);
        assert_eq!(set.refusals().await, ["off", "secret", "expired", "ended"]);
        applications::delete(&set.world.app, &set.maker, &set.application).await.unwrap();
        assert_eq!(set.actor().await.unwrap_err(), ErrorCode::TokenInvalid);
        assert_eq!(set.refusals().await.len(), 4, "a deleted key is one that nobody knows");
        assert_eq!(audit::verify(&set.world.app).await.unwrap().findings, []);
    }

    async fn a_limited_key_knows_named_connections_alone(database: Database) {
        let set = Set::new(database, Role::OrgAdmin, &["connections:read"]).await;
        let world = &set.world;
        let shop = world.connection(&set.maker, "Shop", ConnectionStatus::Active, None).await;
        let till = world.connection(&set.maker, "Till", ConnectionStatus::Active, None).await;
        let wish = KeyWish {
            name: "Limited".to_owned(),
            scopes: vec!["connections:read".to_owned(), "connections:write".to_owned()],
            connections: Some(vec![shop.id.to_string()]),
            expires_at: None,
        };
        let made = applications::make_key(&world.app, &set.maker, &set.application, &wish).await.unwrap();
        let actor = set.with(made.key.expose().expose()).await.unwrap();
        assert_eq!(actor.only, Some(Arc::new(BTreeSet::from([shop.id.clone()]))));
        assert!(connections::view(&world.app, &actor, shop.id.as_str()).await.is_ok());
        let unknown = connections::view(&world.app, &actor, "con_00000000000000000000000000").await.unwrap_err();
        for error in [
            connections::view(&world.app, &actor, till.id.as_str()).await.unwrap_err(),
            connections::disable(&world.app, &actor, till.id.as_str()).await.unwrap_err(),
            connections::test(&world.app, &actor, till.id.as_str()).await.unwrap_err(),
        ] {
            assert_eq!((error.code, &error.message), (ErrorCode::NotFound, &unknown.message));
        }
    }

    async fn the_last_use_is_noted_once_a_minute(database: Database) {
        let set = Set::new(database, Role::OrgAdmin, &["connections:read"]).await;
        let used = async || {
            let mut reader = set.world.app.database.read().await.unwrap();
            let row = presented::find(reader.conn(), &set.made.id).await.unwrap().unwrap().key;
            (row.last_used_at, row.last_used_address)
        };
        assert_eq!(used().await, (None, String::new()));
        let first = set.world.app.now();
        set.actor().await.unwrap();
        assert_eq!(used().await, (Some(first), "203.0.113.7".to_owned()));
        set.world.clock.advance(59_999);
        tokens::recognise(&set.world.app, &visitor_from(8), set.key()).await.unwrap();
        assert_eq!(used().await.0, Some(first));
        set.world.clock.advance(1);
        tokens::recognise(&set.world.app, &visitor_from(8), set.key()).await.unwrap();
        assert_eq!(used().await, (Some(first.plus_millis(60_000)), "203.0.113.8".to_owned()));
    }

    async fn refusals_are_noted_but_not_without_end_and_hold_up_nobody(database: Database) {
        let set = Set::new(database, Role::OrgAdmin, &["connections:read"]).await;
        let spare = applications::rotate_key(&set.world.app, &set.maker, &set.application, set.made.id.as_str(), 0).await.unwrap();
        for number in 0..60 {
            let code = set.actor().await.unwrap_err();
            assert_eq!(code, if number < 50 { ErrorCode::TokenInvalid } else { ErrorCode::SlowDown }, "{number}");
        }
        assert_eq!(set.refusals().await.len(), 10);
        assert!(set.with(spare.key.expose().expose()).await.is_ok(), "a key that works, works");
        assert!(tokens::recognise(&set.world.app, &visitor_from(8), set.key()).await.is_err_and(|error| error.code == ErrorCode::TokenInvalid));
        set.world.clock.advance(15 * 60_000);
        assert_eq!(set.actor().await.unwrap_err(), ErrorCode::TokenInvalid, "a new window");
        assert_eq!(set.refusals().await.len(), 11);
    }
}
