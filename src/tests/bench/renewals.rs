//! Tokens that one node keeps fresh: so many are due at once, and a provider on this machine counts who comes.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use axum::{Json, Router};
use latchkey::domain::{ConnectionId, CredentialId, GrantKind, MemberId, OAuthAppId, Timestamp};
use latchkey::services::oauth_apps::seal;
use latchkey::store::grants::{self, GrantRow};
use latchkey::store::oauth_apps::{self, OAuthAppRow};
use latchkey::store::{Database, credentials};
use latchkey::vault::{Binding, Secret};
use serde_json::json;

use super::reads::{World, variables};
use crate::support::database::{Engine, execute};
use crate::support::program::Program;

const DUE: i64 = 15_000;
const LASTING: Duration = Duration::from_secs(8);
const FAR: Timestamp = Timestamp::from_millis(9_000_000_000_000);

/// A token endpoint that always answers, and how often it did.
async fn endpoint() -> (String, Arc<AtomicU64>) {
    let asked = Arc::new(AtomicU64::new(0));
    let counter = asked.clone();
    let router = Router::new().fallback(move || {
        let number = counter.fetch_add(1, Ordering::Relaxed);
        async move {
            Json(json!({"access_token": format!("access-{number}"), "refresh_token": format!("refresh-{number}"), "expires_in": 1800, "token_type": "Bearer"}))
        }
    });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    (url, asked)
}

/// Tokens of an app of the organization for the first `count` connections, which work for `lives_ms`; due never.
pub async fn grant(world: &World, count: i64, lives_ms: i64) {
    let (app, member) = (&world.app, MemberId::parse(&world.member).unwrap());
    let id = OAuthAppId::generate(app.clock.as_ref(), app.random.as_ref());
    let sealed = seal(app, &world.organization, &id, 1, Some(&Secret::new("secret".to_owned())), &std::collections::BTreeMap::new()).unwrap();
    let registered = OAuthAppRow {
        id: id.clone(),
        organization: world.organization.clone(),
        connector: "xero".to_owned(),
        label: "Ours".to_owned(),
        client_id: "client".to_owned(),
        config: "{}".to_owned(),
        key_id: sealed.key_id,
        sealed: sealed.bytes,
        secret_version: 1,
        secret_hint: String::new(),
        secret_ends_at: None,
        created_by: member,
        created_at: app.now(),
        updated_at: app.now(),
        row_version: 1,
    };
    execute(&app.database, "UPDATE connections SET connector = 'xero', config = '{\"tenant_id\":\"5a1c0f3e-0b7d-4c1a-9d27-3f7f6a0e4b11\"}'").await;
    let (now, key_id) = (app.now(), app.keyring.active_id().to_hex());
    let mut transaction = app.database.begin().await.unwrap();
    oauth_apps::insert(transaction.conn(), &registered).await.unwrap();
    for number in 1..=count {
        let connection = ConnectionId::parse(&format!("con_{number:0>26}")).unwrap();
        let credential = CredentialId::parse(&format!("crd_{number:0>26}")).unwrap();
        let binding = Binding { organization: world.organization.as_str(), kind: "credential", record: connection.as_str(), field: "payload", version: 1 };
        let tokens = json!({"access_token": "access", "refresh_token": "refresh", "previous_refresh_token": null});
        let payload = json!({"fields": {}, "session": null, "grant": tokens, "bound_origins": ["https://api.xero.com:443"]});
        let sealed = app.keyring.seal(&binding, payload.to_string().as_bytes(), app.random.as_ref());
        assert!(credentials::replace_sealed(transaction.conn(), &world.organization, &credential, &key_id, sealed.bytes()).await.unwrap());
        let row = GrantRow {
            credential,
            organization: world.organization.clone(),
            connection,
            app: Some(id.clone()),
            kind: GrantKind::Code,
            granted: String::new(),
            allowed_at: now,
            obtained_at: now,
            expires_at: Some(now.plus_millis(lives_ms)),
            refresh_ends_at: None,
            due_at: Some(FAR),
            generation: 1,
            lease: 0,
            lease_owner: String::new(),
            lease_until: Timestamp::default(),
            calling_since: None,
            failures: 0,
            failure_code: String::new(),
            failed_at: None,
        };
        grants::insert(transaction.conn(), &row).await.unwrap();
    }
    transaction.commit().await.unwrap();
}

/// Both engines, at the highest pace that can be set.
pub async fn measure() {
    for (engine, name) in [(Engine::Sqlite, "SQLite"), (Engine::Postgres, "PostgreSQL")] {
        let world = World::new(engine).await;
        world.fill(1, DUE).await;
        grant(&world, DUE, 1_800_000).await;
        let World { database, folder, server, .. } = world;
        server.stop().await;
        let url = database.url().to_owned();
        let due = Database::open(&url).await.unwrap();
        execute(&due, "UPDATE grants SET due_ms = 1").await;
        due.close().await;
        let (provider, asked) = endpoint().await;
        let mut settings = variables(&url, folder.path());
        settings.push(("LATCHKEY_CONNECTORS__XERO__OAUTH_URL", provider));
        settings.push(("LATCHKEY_EGRESS__ALLOW", "127.0.0.0/8".to_owned()));
        settings.push(("LATCHKEY_RENEWALS__PER_SECOND", "1000".to_owned()));
        settings.push(("LATCHKEY_RENEWALS__AT_ONCE", "64".to_owned()));
        let program = Program::start(folder.path(), &settings).await;
        while asked.load(Ordering::Relaxed) < 100 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let (before, begun) = (asked.load(Ordering::Relaxed), Instant::now());
        tokio::time::sleep(LASTING).await;
        let (after, seconds) = (asked.load(Ordering::Relaxed), begun.elapsed().as_secs_f64());
        #[expect(clippy::cast_precision_loss, reason = "counts far below 2^52")]
        let per_second = (after - before) as f64 / seconds;
        println!("| tokens renewed by one node, {name}, {DUE} due at once | {per_second:.0}/s | 500/s |");
        println!("| … resident memory after that | {:.0} MiB | 120 MiB |", program.resident_mib());
        drop(program);
        database.remove().await;
    }
}
