//! Promise: whenever the program dies, each connection goes on, or says that a person has to sign in again and why.
//!
//! The built program renews tokens that end every second while it is killed at requests that were drawn; the provider takes a refresh token once.

use std::path::Path;
use std::sync::Arc;

use latchkey::domain::{ConnectionId, ConnectionStatus, OrganizationId};
use latchkey::services::{App, audit};
use latchkey::store::{Database, connections, credentials, grants};
use latchkey::vault::Binding;
use serde_json::{Value, json};

use super::{Chance, Fuse, KEY, PASSWORD, ledger, open};
use crate::services::fresh::provider::Provider;
use crate::services::fresh::stage::{founded, plant};
use crate::support::client::Client;
use crate::support::database::{TestDatabase, execute};
use crate::support::program::{Program, set_up};

/// Kills per engine.
const ROUNDS: u64 = 100;
const CONNECTIONS: usize = 12;

fn settings(database: &str, provider: &str) -> Vec<(&'static str, String)> {
    vec![
        ("DATABASE_URL", database.to_owned()),
        ("LATCHKEY_SERVER__NODE", "crash".to_owned()),
        ("LATCHKEY_VAULT__KEY", KEY.to_owned()),
        ("LATCHKEY_EGRESS__ALLOW", "127.0.0.0/8".to_owned()),
        ("LATCHKEY_CONNECTORS__XERO__BASE_URL", provider.to_owned()),
        ("LATCHKEY_CONNECTORS__XERO__OAUTH_URL", provider.to_owned()),
    ]
}

/// The refresh token that is stored.
async fn stored(app: &App, organization: &OrganizationId, id: &ConnectionId) -> String {
    let row = credentials::active(app.database.read().await.unwrap().conn(), organization, id).await.unwrap().unwrap();
    let version = u64::try_from(row.version).unwrap();
    let binding = Binding { organization: organization.as_str(), kind: "credential", record: id.as_str(), field: "payload", version };
    let opened: Value = serde_json::from_slice(app.keyring.open(&binding, &row.sealed).unwrap().expose()).unwrap();
    opened["grant"]["refresh_token"].as_str().unwrap().to_owned()
}

/// Looks through what a kill left; those that need a person get one.
async fn look_through(settings: &[(&'static str, String)], provider: &Provider, families: &[(ConnectionId, String)], renewed: &mut i64, ended: &mut usize) {
    // Nothing is renewed while it is looked at.
    let database = Database::open(&settings[0].1).await.unwrap();
    execute(&database, "UPDATE grants SET lease_owner = 'looked at', lease_until_ms = 9000000000000000").await;
    database.close().await;
    let server = open(settings).await;
    assert_eq!(audit::verify(&server.app).await.unwrap().findings, []);
    let organization = ledger::organization(&server.app).await;
    *renewed = 0;
    let mut planted = Vec::new();
    for (id, family) in families {
        let mut reader = server.app.database.read().await.unwrap();
        let row = connections::find(reader.conn(), &organization, id).await.unwrap().unwrap();
        let grant = grants::active(reader.conn(), &organization, id).await.unwrap().unwrap();
        drop(reader);
        *renewed += grant.generation;
        let is_current = provider.valid(family) == Some(stored(&server.app, &organization, id).await);
        match row.status {
            // What was spent in a call that nobody saw the end of is on record as such.
            ConnectionStatus::Active => assert!(is_current || grant.calling_since.is_some(), "{family} is dead and does not know it"),
            ConnectionStatus::ReauthRequired => {
                assert_eq!(grant.failure_code, "unknown_outcome", "{family}");
                *ended += 1;
                planted.push((row, provider.allow(family)));
            }
            other => panic!("{family} is {other:?}"),
        }
    }
    plant(&server.app, &provider.base, &planted).await;
    // A minute passes in the database, and the last call is over.
    execute(&server.app.database, "UPDATE grants SET lease_until_ms = 1, due_ms = 1 WHERE due_ms IS NOT NULL").await;
    server.stop().await;
}

async fn killed_again_and_again(folder: &Path, database: &str) {
    let fuse = Arc::new(Fuse::default());
    let counter = fuse.clone();
    let provider = Provider::start_with(move || counter.tick()).await;
    provider.expires_in(json!(1));
    let settings = settings(database, &provider.base);
    let first = Program::start(folder, &settings).await;
    set_up(&Client::new(&first.url), &first, PASSWORD).await;
    drop(first);
    let server = open(&settings).await;
    let organization = ledger::organization(&server.app).await;
    let mut families = Vec::new();
    for number in 0..CONNECTIONS {
        let family = format!("books{number}");
        let refresh = provider.allow(&family);
        families.push((founded(&server.app, &organization, "xero", &provider.base, &family, &refresh).await.id, family));
    }
    server.stop().await;
    let (mut renewed, mut ended) = (0, 0);
    for round in 0..ROUNDS {
        let mut chance = Chance::new(round + 101);
        let program = Program::start(folder, &settings).await;
        fuse.light(program, 1 + chance.below(2 * u64::try_from(CONNECTIONS).unwrap()));
        fuse.burnt().await;
        look_through(&settings, &provider, &families, &mut renewed, &mut ended).await;
    }
    assert!(renewed > 200, "only {renewed} renewals were written, so the kills prove little");
    // Left alone, everything works or says what it needs.
    let program = Program::start(folder, &settings).await;
    let mut asked = 0;
    while asked < 3 * CONNECTIONS {
        asked += provider.asked().len();
        tokio::task::yield_now().await;
    }
    drop(program);
    look_through(&settings, &provider, &families, &mut renewed, &mut ended).await;
    assert!(ended > 0, "no kill came between the provider's act and ours");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_connection_dies_silently_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    killed_again_and_again(folder.path(), &format!("sqlite:{}", folder.path().join("latchkey.db").display())).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_connection_dies_silently_on_postgres() {
    let (folder, test) = (tempfile::tempdir().unwrap(), TestDatabase::postgres().await);
    killed_again_and_again(folder.path(), test.url()).await;
    test.remove().await;
}
