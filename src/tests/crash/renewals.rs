//! Promise: whenever the program dies, each connection goes on, or says that a person has to sign in again and why.
//!
//! Programs read credentials whose tokens have ended, so that the built program renews all of them at once, and it is killed at a request that was drawn; the
//! provider takes a refresh token once.

use std::collections::BTreeMap;
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
/// What is counted in a round: a request that comes to the provider, one that it has acted on, and a program that has its answer.
const EVENTS: u64 = 36;

/// A stage on which a program is killed, with what became of it so far.
pub struct Stage<'a> {
    folder: &'a Path,
    pub settings: Vec<(&'static str, String)>,
    pub provider: Provider,
    pub key: String,
    pub families: Vec<(ConnectionId, String)>,
    pub organization: OrganizationId,
    /// Tokens of each family that were written since it was last allowed.
    generations: BTreeMap<String, i64>,
    /// Renewals that were written, ever.
    renewed: i64,
    /// Connections that asked for a person, ever.
    ended: usize,
}

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

/// The tokens that are stored.
pub async fn stored(app: &App, organization: &OrganizationId, id: &ConnectionId) -> Value {
    let row = credentials::active(app.database.read().await.unwrap().conn(), organization, id).await.unwrap().unwrap();
    let version = u64::try_from(row.version).unwrap();
    let binding = Binding { organization: organization.as_str(), kind: "credential", record: id.as_str(), field: "payload", version };
    let opened: Value = serde_json::from_slice(app.keyring.open(&binding, &row.sealed).unwrap().expose()).unwrap();
    opened["grant"].clone()
}

/// Makes a key that reads every token.
async fn key(client: &Client) -> String {
    let application = client.json("/api/v1/applications", json!({"name": "Report", "purpose": "Reads."})).await.json();
    let keys = format!("/api/v1/applications/{}/keys", application["data"]["id"].as_str().unwrap());
    let key = client.json(&keys, json!({"name": "Production", "scopes": ["credentials:token"]})).await;
    key.json()["data"]["key"].as_str().unwrap_or_else(|| panic!("{}", key.body)).to_owned()
}

impl<'a> Stage<'a> {
    pub async fn set(folder: &'a Path, database: &str, fuse: &Arc<Fuse>) -> Self {
        let counter = fuse.clone();
        let provider = Provider::start_with(move || counter.tick()).await;
        let settings = settings(database, &provider.base);
        let first = Program::start(folder, &settings).await;
        let client = Client::new(&first.url);
        set_up(&client, &first, PASSWORD).await;
        let key = key(&client).await;
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
        Self { folder, settings, provider, key, families, organization, generations: BTreeMap::new(), renewed: 0, ended: 0 }
    }

    /// Reads the credentials of all connections at once, each until it is answered or nobody is there any more; every answer counts for `fuse`.
    async fn read(&self, url: &str, fuse: &Arc<Fuse>) {
        let client = Client::new(url);
        let readers = self.families.iter().map(|(id, _)| {
            let request = client.http.get(client.address(&format!("/api/v1/connections/{id}/credentials"))).bearer_auth(&self.key);
            let fuse = fuse.clone();
            tokio::spawn(async move {
                let status = request.send().await.map(|answer| answer.status().as_u16()).ok();
                fuse.tick();
                status
            })
        });
        let readers: Vec<_> = readers.collect();
        for reader in readers {
            let status = reader.await.unwrap();
            assert!(matches!(status, None | Some(200 | 409 | 503)), "{status:?}");
        }
    }

    /// Looks through what a kill left; those that need a person get one, and then all tokens have ended again.
    async fn look_through(&mut self) {
        // Nothing is renewed while it is looked at.
        let database = Database::open(&self.settings[0].1).await.unwrap();
        execute(&database, "UPDATE grants SET due_ms = 9000000000000000 WHERE due_ms IS NOT NULL").await;
        database.close().await;
        let server = open(&self.settings).await;
        assert_eq!(audit::verify(&server.app).await.unwrap().findings, []);
        let mut planted = Vec::new();
        for (id, family) in &self.families {
            let mut reader = server.app.database.read().await.unwrap();
            let row = connections::find(reader.conn(), &self.organization, id).await.unwrap().unwrap();
            let grant = grants::active(reader.conn(), &self.organization, id).await.unwrap().unwrap();
            drop(reader);
            let before = self.generations.insert(family.clone(), grant.generation).unwrap_or(1);
            self.renewed += grant.generation - before;
            let is_current = self.provider.valid(family).as_deref() == stored(&server.app, &self.organization, id).await["refresh_token"].as_str();
            match row.status {
                // What was spent in a call that nobody saw the end of is on record as such.
                ConnectionStatus::Active => assert!(is_current || grant.calling_since.is_some(), "{family} is dead and does not know it"),
                ConnectionStatus::ReauthRequired => {
                    assert!(!is_current, "{family} asks for a person and works");
                    assert_eq!(grant.failure_code, "unknown_outcome", "{family}");
                    self.ended += 1;
                    self.generations.remove(family);
                    planted.push((row, self.provider.allow(family)));
                }
                other => panic!("{family} is {other:?}"),
            }
        }
        plant(&server.app, &self.provider.base, &planted).await;
        server.stop().await;
        // A minute passes in the database, the last calls are over, and the tokens have ended.
        let database = Database::open(&self.settings[0].1).await.unwrap();
        execute(&database, "UPDATE grants SET lease_until_ms = 1, expires_ms = 1, due_ms = 1 WHERE due_ms IS NOT NULL").await;
        database.close().await;
    }
}

async fn killed_again_and_again(folder: &Path, database: &str) {
    let fuse = Arc::new(Fuse::default());
    let mut stage = Stage::set(folder, database, &fuse).await;
    let mut at_work = 0;
    for round in 0..ROUNDS {
        let mut chance = Chance::new(round + 101);
        let program = Program::start(folder, &stage.settings).await;
        let url = program.url.clone();
        fuse.light(program, 1 + chance.below(EVENTS));
        stage.read(&url, &fuse).await;
        // Those who ask for a person make fewer requests than were drawn: then it dies with nothing under way.
        at_work += u64::from(!fuse.blow());
        stage.look_through().await;
    }
    assert!(at_work > ROUNDS / 2, "only {at_work} kills came while something was under way");
    // On a slow machine all requests are acted on before the first of them is written, so that few kills come after that.
    assert!(stage.renewed >= 20, "only {} renewals were written, so no kill came after one", stage.renewed);
    assert!(stage.ended > 0, "no kill came between the provider's act and ours");
    // Left alone, everything works or says what it needs.
    let program = Program::start(stage.folder, &stage.settings).await;
    stage.read(&program.url, &fuse).await;
    drop(program);
    stage.look_through().await;
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
