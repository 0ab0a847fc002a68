//! Connectors whose key signs for tokens, from the catalogue, at their played providers: connected, handed out, renewed without anybody, and refused.

use std::collections::BTreeMap;
use std::sync::Arc;

use latchkey::catalogue::Registry;
use latchkey::connect::Connector;
use latchkey::domain::{Actor, ActorKind, ApiKeyId, ApplicationId, ConnectionId, ConnectionStatus, GrantKind, Role, Scopes};
use latchkey::egress::{Egress, EgressPolicy};
use latchkey::sandbox::{Account, Kind, Sandbox};
use latchkey::services::{Entries, ErrorCode, connections, grants, handout};
use latchkey::store::connections::{ConnectionRow, find};
use latchkey::store::grants::GrantRow;
use latchkey::store::{Database, grants as rows};
use latchkey::vault::Secret;
use serde_json::json;

use super::stage::{count, ensured};
use crate::connect::bench::serve;
use crate::services::world::World;
use crate::support::client::Client;
use crate::support::database::on_both_engines;

const CONNECTORS: [&str; 2] = ["github-app", "google-service-account"];
const MINUTES_MS: i64 = 300_000;

/// A world in which both providers are played.
struct Played {
    world: World,
    dana: Actor,
    sandbox: Sandbox,
    base: String,
}

impl Played {
    async fn set(database: Database) -> Self {
        let mut world = World::new(database).await;
        let who = world.set_up().await;
        let dana = world.actor(&who).await;
        let sandbox = Sandbox::embedded(&Registry::embedded().unwrap()).unwrap().with_clock(&world.app.clock);
        let base = serve(sandbox.router()).await;
        let places = |end: &str| CONNECTORS.map(|id| (id.to_owned(), format!("{base}/{id}{end}"))).into();
        let policy = EgressPolicy { allow: vec!["127.0.0.0/8".parse().unwrap()], ..EgressPolicy::default() };
        let connector = Connector::new(Egress::new(policy, "").unwrap(), places(""), world.clock.clone());
        world.app.connect = Arc::new(connector.with_oauth_overrides(places("/oauth")));
        Self { world, dana, sandbox, base }
    }

    fn accounts(&self, connector: &str, kinds: &[Kind]) -> Vec<Account> {
        self.sandbox.accounts().filter(|account| account.connector == connector && kinds.contains(&account.kind)).cloned().collect()
    }

    async fn connected(&self, connector: &str) -> (ConnectionRow, Account) {
        let account = self.accounts(connector, &[Kind::Works]).swap_remove(0);
        let view = connections::create(&self.world.app, &self.dana, connector, connector, typed(&account))
            .await
            .unwrap_or_else(|error| panic!("{connector}: {error:?}"));
        (self.row(&view.row.id).await, account)
    }

    async fn row(&self, id: &str) -> ConnectionRow {
        let id = ConnectionId::parse(id).unwrap();
        find(self.world.app.database.read().await.unwrap().conn(), &self.dana.organization, &id).await.unwrap().unwrap()
    }

    async fn grant(&self, row: &ConnectionRow) -> GrantRow {
        rows::active(self.world.app.database.read().await.unwrap().conn(), &row.organization, &row.id).await.unwrap().unwrap()
    }

    /// How the token address of a provider behaves from now on.
    async fn rules(&self, connector: &str, token: &str) {
        let answer = Client::new(&self.base).json(&format!("/{connector}/oauth/-/rules"), json!({ "token": token })).await;
        assert_eq!(answer.status, 204, "{}", answer.body);
    }

    /// What a program with these scopes gets.
    async fn handed(&self, row: &ConnectionRow, scopes: &str) -> handout::Handout {
        let kind = ActorKind::Application {
            application: ApplicationId::parse("app_0000000000000000000000000a").unwrap(),
            key: ApiKeyId::parse("key_0000000000000000000000000a").unwrap(),
            maker: self.dana.member().unwrap().clone(),
            name: "Loan export".to_owned(),
            role: Role::OrgAdmin,
            teams: Vec::new(),
            scopes: Scopes::parse(scopes).unwrap(),
        };
        let program = Actor { kind, ..self.dana.clone() };
        handout::read(&self.world.app, &program, row.id.as_str(), 300, &|_| false).await.unwrap().handout.expect("it holds nothing yet")
    }
}

fn typed(account: &Account) -> Entries {
    account.values.iter().map(|(id, value)| (id.clone(), Secret::new(value.clone()))).collect::<BTreeMap<_, _>>()
}

/// A piece of the private key that stands nowhere else.
fn telling(account: &Account) -> &str {
    let key = account.values.values().find(|value| value.contains("PRIVATE KEY")).unwrap();
    let (_, body) = key.split_once("KEY-----").unwrap();
    &body[200..260]
}

on_both_engines! {
    async fn a_key_is_connected_and_its_token_renewed_without_a_person(database: Database) {
        let played = Played::set(database).await;
        let app = &played.world.app;
        for connector in CONNECTORS {
            let (row, _) = played.connected(connector).await;
            let first = played.grant(&row).await;
            assert_eq!((row.status, first.kind, first.generation), (ConnectionStatus::Active, GrantKind::JwtBearer, 1), "{connector}");
            let named = if connector == "github-app" { "quill-books" } else { "reader@quill-sandbox.iam.gserviceaccount.com" };
            assert_eq!(row.account_name, named, "{connector}: the name in the key's file is no secret");
            let lifetime = first.expires_at.unwrap().since(app.now());
            assert!((3_500_000..=3_600_000).contains(&lifetime), "{connector}: {lifetime}");
            let before = played.handed(&row, "credentials:token").await.access_token.unwrap();
            assert!(grants::due(app, &[], 10).await.unwrap().is_empty(), "{connector}: it is fresh");

            played.world.clock.advance(lifetime - MINUTES_MS);
            for one in grants::due(app, &[], 10).await.unwrap() {
                grants::renew_due(app, &one).await;
            }
            let second = played.grant(&row).await;
            assert_eq!((second.generation, second.failures), (2, 0), "{connector}: renewed before its end, and by nobody");
            let after = played.handed(&row, "credentials:token").await.access_token.unwrap();
            assert_ne!(before.expose(), after.expose());
            assert_eq!(connections::test(app, &played.dana, row.id.as_str()).await.unwrap().diagnosis, None, "{connector}: the new one works");

            played.world.clock.advance(lifetime * 2);
            assert_eq!(ensured(app, &row, MINUTES_MS).await.failure, None, "{connector}: also after its end");
            assert_eq!(played.row(row.id.as_str()).await.status, ConnectionStatus::Active);
        }
    }

    async fn the_private_key_stays_here_for_programs_that_may_have_the_token(database: Database) {
        let played = Played::set(database).await;
        for connector in CONNECTORS {
            let (row, account) = played.connected(connector).await;
            let secret = telling(&account);
            let token = played.handed(&row, "credentials:token").await;
            let bearer = format!("Bearer {}", token.access_token.as_ref().unwrap().expose());
            let headers: Vec<_> = token.headers.unwrap().into_iter().map(|(name, value)| (name, value.expose().clone())).collect();
            assert_eq!((token.kind, token.fields.len()), ("token", 0), "{connector}");
            assert!(headers.iter().any(|(name, value)| name == "authorization" && *value == bearer), "{connector}: {headers:?}");
            let open = format!("{headers:?} {:?} {bearer}", token.config);
            assert!(!open.contains(secret) && !open.contains("PRIVATE KEY"), "{connector}: {open}");
            let whole = played.handed(&row, "credentials:read").await;
            assert!(whole.fields.values().any(|value| value.expose().contains(secret)), "{connector}: who may read all of it gets what was entered");
        }
    }

    async fn what_no_key_opens_is_refused_and_not_saved(database: Database) {
        let played = Played::set(database).await;
        for connector in CONNECTORS {
            let accounts = played.accounts(connector, &[Kind::Wrong, Kind::Revoked]);
            assert!(accounts.len() > 3, "{connector}");
            for account in accounts {
                let refused = connections::create(&played.world.app, &played.dana, connector, "Books", typed(&account)).await.unwrap_err();
                let code = refused.diagnosis.as_ref().map(|diagnosis| diagnosis.code.clone()).unwrap_or_default();
                let expected = if account.expect.is_empty() { "auth_rejected" } else { account.expect.as_str() };
                assert_eq!((refused.code, code.as_str()), (ErrorCode::CheckFailed, expected), "{connector}: {}", account.title);
                assert!(!format!("{refused:?}").contains(telling(&account)), "{refused:?}");
            }
        }
        assert_eq!(count(&played.world.app.database, "SELECT count(*) FROM connections").await, 0);
    }

    async fn a_key_that_was_deleted_since_needs_a_person_who_is_told_once(database: Database) {
        let played = Played::set(database).await;
        let app = &played.world.app;
        for (connector, code) in [("github-app", "status_401"), ("google-service-account", "invalid_grant")] {
            let (row, _) = played.connected(connector).await;
            played.rules(connector, "invalid_grant").await;
            played.world.clock.advance(3_600_000);
            for _ in 0..2 {
                assert_eq!(ensured(app, &row, MINUTES_MS).await.failure.as_deref(), Some(code), "{connector}");
            }
            assert_eq!(played.row(row.id.as_str()).await.status, ConnectionStatus::ReauthRequired, "{connector}");
            assert_eq!(count(&app.database, "SELECT count(*) FROM issues WHERE resolved_ms IS NULL").await, 1, "{connector}");
            played.rules(connector, "ok").await;
            assert_eq!(grants::refresh_now(app, &played.dana, row.id.as_str()).await.unwrap().failure, None, "{connector}");
            assert_eq!(played.row(row.id.as_str()).await.status, ConnectionStatus::Active, "{connector}");
            assert_eq!(count(&app.database, "SELECT count(*) FROM issues WHERE resolved_ms IS NULL").await, 0, "{connector}: it ends by itself");
        }
    }
}
