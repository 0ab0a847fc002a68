//! Credential reads: a program's key, its rights, a durable entry in the log, the opened credential.

use std::ffi::OsString;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use latchkey::config::Config;
use latchkey::domain::{ConnectionId, OrganizationId, SystemClock};
use latchkey::server::Server;
use latchkey::services::App;
use latchkey::store::Database;
use latchkey::vault::{Binding, SystemRandom};
use serde_json::json;

use super::load::{Load, load, port};
use crate::PASSWORD;
use crate::support::client::Client;
use crate::support::database::{Engine, TestDatabase};
use crate::support::program::Program;

const SIZES: [i64; 3] = [1_000, 100_000, 1_000_000];
const CLIENTS: [usize; 4] = [1, 8, 32, 64];
/// Clients of the budgets.
const USUAL: usize = 32;
/// Connections that are read; the others are there.
const READ: i64 = 1_000;
const LASTING: Duration = Duration::from_secs(5);
const KEY: &str = "k3XJ0mQm1r8o5cN2b7Yt9uVwZaSdFgHjKlQwErTyUio=";

/// The columns of connection `i` and of its credential; `con_…` with its number in decimal.
macro_rules! connections {
    ($padded:literal, $numbers:literal) => {
        concat!(
            "INSERT INTO connections (id, org_id, team_id, connector, name, status, config, account_id, account_name, identity, host, folded, last_check_id, \
             last_checked_ms, next_check_ms, failure_code, recent, updated_ms, description, tags, edits, row_version, owner_member_id, created_by, created_ms) \
             SELECT 'con_' || ", $padded, ", $1, NULL, 'stripe', 'Connection ' || i, 'active', '{}', 'acct_' || i, \
             'Account ' || i, '{\"account_id\":\"\",\"account_name\":\"\",\"facts\":[]}', 'api.stripe.com', 'connection ' || i, NULL, NULL, NULL, NULL, '', \
             1, '', '[]', 1, 1, '', $2, 1 FROM ",
            $numbers
        )
    };
}
macro_rules! credentials {
    ($padded:literal, $numbers:literal, $sealed:literal) => {
        concat!(
            "INSERT INTO credentials (id, org_id, connection_id, version, active, key_id, sealed, created_ms, created_by, config, account_id, account_name, \
             identity, host, activated_ms, activated_by) SELECT 'crd_' || ",
            $padded,
            ", $1, 'con_' || ",
            $padded,
            ", 1, TRUE, '', ",
            $sealed,
            ", 1, $2, '{}', '', '', '{}', 'api.stripe.com', 1, $2 FROM ",
            $numbers
        )
    };
}

const SQLITE: [&str; 2] = [
    connections!("printf('%026d', i)", "(WITH RECURSIVE numbers (i) AS (SELECT $3 UNION ALL SELECT i + 1 FROM numbers WHERE i < $4) SELECT i FROM numbers)"),
    credentials!(
        "printf('%026d', i)",
        "(WITH RECURSIVE numbers (i) AS (SELECT $3 UNION ALL SELECT i + 1 FROM numbers WHERE i < $4) SELECT i FROM numbers)",
        "zeroblob(512)"
    ),
];
const POSTGRES: [&str; 2] = [
    connections!("lpad(CAST(i AS TEXT), 26, '0')", "generate_series($3, $4) AS numbers (i)"),
    credentials!("lpad(CAST(i AS TEXT), 26, '0')", "generate_series($3, $4) AS numbers (i)", "decode(repeat('00', 512), 'hex')"),
];

/// An installation that is filled in this process and measured as a program.
pub struct World {
    pub database: TestDatabase,
    pub folder: tempfile::TempDir,
    pub app: App,
    pub server: Server,
    pub organization: OrganizationId,
    pub member: String,
    pub key: String,
}

pub fn variables(url: &str, folder: &Path) -> Vec<(&'static str, String)> {
    vec![
        ("DATABASE_URL", url.to_owned()),
        ("LATCHKEY_VAULT__KEY", KEY.to_owned()),
        ("LATCHKEY_SERVER__NODE", "bench".to_owned()),
        ("LATCHKEY_MAIL__OUTBOX", folder.join("outbox").display().to_string()),
        ("LATCHKEY_LOG__LEVEL", "warn".to_owned()),
    ]
}

impl World {
    pub async fn new(engine: Engine) -> Self {
        let (database, folder) = (TestDatabase::empty(engine).await, tempfile::tempdir().unwrap());
        let mut all = variables(database.url(), folder.path());
        all.push(("LATCHKEY_SERVER__LISTEN", "127.0.0.1:0".to_owned()));
        let config =
            Config::read(Path::new("there is no such file"), all.into_iter().map(|(name, value)| (OsString::from(name), OsString::from(value)))).unwrap();
        let server = Server::start(config, Arc::new(SystemClock), Arc::new(SystemRandom)).await.unwrap();
        let admin = Client::new(&format!("http://{}", server.address));
        let token = server.notes.iter().find_map(|note| note.split_once("/setup/")).unwrap().1.trim().to_owned();
        let form = [("link", token.as_str()), ("organization", "AmPac"), ("name", "Dana"), ("email", "dana@example.com"), ("password", PASSWORD)];
        assert_eq!(admin.form("/actions/setup", &form).await.status, 303);
        let me = admin.get("/api/v1/auth/me").await.json();
        let application = admin.json("/api/v1/applications", json!({"name": "Report", "purpose": "Reads."})).await.json();
        let keys = format!("/api/v1/applications/{}/keys", application["data"]["id"].as_str().unwrap());
        let key = admin.json(&keys, json!({"name": "Production", "scopes": ["credentials:read"]})).await.json();
        Self {
            organization: OrganizationId::parse(me["data"]["organization"]["id"].as_str().unwrap()).unwrap(),
            member: me["data"]["member"].as_str().unwrap().to_owned(),
            key: key["data"]["key"].as_str().unwrap().to_owned(),
            app: server.app.clone(),
            database,
            folder,
            server,
        }
    }

    /// Connections from `first` to `last`, with credentials that nobody opens.
    pub async fn fill(&self, first: i64, last: i64) {
        let (organization, member) = (self.organization.as_str(), self.member.as_str());
        match &self.app.database {
            Database::Sqlite { writer, .. } => {
                for sql in SQLITE {
                    sqlx::query(sql).bind(organization).bind(member).bind(first).bind(last).execute(writer).await.unwrap();
                }
                sqlx::raw_sql("PRAGMA wal_checkpoint(TRUNCATE)").execute(writer).await.unwrap();
            }
            Database::Postgres(pool) => {
                let mut conn = pool.acquire().await.unwrap();
                sqlx::raw_sql("SET statement_timeout = 0").execute(&mut *conn).await.unwrap();
                for sql in POSTGRES {
                    sqlx::query(sql).bind(organization).bind(member).bind(first).bind(last).execute(&mut *conn).await.unwrap();
                }
                sqlx::raw_sql("VACUUM ANALYZE").execute(&mut *conn).await.unwrap();
                sqlx::raw_sql("SET statement_timeout = '15s'").execute(&mut *conn).await.unwrap();
            }
        }
    }

    /// Credentials that can be opened, spread over all; the paths to read them by.
    async fn seal(&self, size: i64) -> Arc<Vec<String>> {
        let mut paths = Vec::new();
        let mut transaction = self.app.database.begin().await.unwrap();
        for number in 0..READ {
            let number = 1 + number * (size / READ);
            let id = ConnectionId::parse(&format!("con_{number:0>26}")).unwrap();
            let binding = Binding { organization: self.organization.as_str(), kind: "credential", record: id.as_str(), field: "payload", version: 1 };
            let payload = json!({"fields": {"api_key": "sk_test_sandboxAccountThatWorks"}, "session": null, "bound_origins": ["https://api.stripe.com:443"]});
            let sealed = self.app.keyring.seal(&binding, payload.to_string().as_bytes(), self.app.random.as_ref());
            let credential = latchkey::domain::CredentialId::parse(&format!("crd_{number:0>26}")).unwrap();
            let key_id = self.app.keyring.active_id().to_hex();
            let replaced = latchkey::store::credentials::replace_sealed(transaction.conn(), &self.organization, &credential, &key_id, sealed.bytes()).await;
            assert!(replaced.unwrap(), "{id}");
            paths.push(format!("/api/v1/connections/{id}/credentials"));
        }
        transaction.commit().await.unwrap();
        Arc::new(paths)
    }

    async fn program(&self) -> Program {
        let settings = variables(self.database.url(), self.folder.path());
        Program::start(self.folder.path(), &settings).await
    }
}

fn row(what: &str, load: &Load, budget: &str) {
    println!("| {what} | {:.0}/s, p50 {:.1} ms, p99 {:.1} ms | {budget} |", load.per_second, load.p50_ms, load.p99_ms);
}

/// Both engines; the bare handler under the same clients first. `BENCH_READS_MOST` bounds the connections.
pub async fn measure(bare: u16) {
    #[expect(clippy::disallowed_methods, reason = "a measuring program takes its bounds from its environment")]
    let most = std::env::var("BENCH_READS_MOST").map_or(i64::MAX, |most| most.parse().unwrap());
    let nothing = Arc::new(vec!["/".to_owned()]);
    for clients in CLIENTS {
        row(&format!("bare axum handler, {clients} clients"), &load(bare, &nothing, "none", clients, LASTING).await, "");
    }
    for (engine, name, budget) in [(Engine::Sqlite, "SQLite", "6000/s, p99 15 ms"), (Engine::Postgres, "PostgreSQL", "5000/s, p99 15 ms")] {
        let world = World::new(engine).await;
        let mut filled = 0;
        for size in SIZES.into_iter().filter(|size| *size <= most) {
            world.fill(filled + 1, size).await;
            filled = size;
            let paths = world.seal(size).await;
            let program = world.program().await;
            let port = port(&program.url);
            // The pages of the database's file, and the connections to it.
            load(port, &paths, &world.key, USUAL, Duration::from_secs(2)).await;
            for clients in CLIENTS.into_iter().filter(|clients| size == SIZES[0] || *clients == USUAL) {
                let load = load(port, &paths, &world.key, clients, LASTING).await;
                row(&format!("credential reads, {name}, {size} connections, {clients} clients"), &load, if clients == USUAL { budget } else { "" });
            }
            println!("| … resident memory after that | {:.0} MiB | 120 MiB |", program.resident_mib());
        }
        world.server.stop().await;
        world.database.remove().await;
    }
}
