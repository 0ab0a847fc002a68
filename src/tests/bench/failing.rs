//! Reads of tokens that still work, while the provider's token endpoint fails.

use std::sync::Arc;
use std::time::Duration;

use latchkey::store::Database;

use super::load::{load, port};
use super::reads::{World, variables};
use super::renewals::grant;
use crate::support::database::{Engine, execute};
use crate::support::failing::token_endpoint;
use crate::support::program::{Program, free_port};

const CONNECTIONS: i64 = 200;
const CLIENTS: usize = 8;
const WARMING: Duration = Duration::from_secs(2);
const LASTING: Duration = Duration::from_secs(5);
/// Ten minutes of validity are left.
const LIVES_MS: i64 = 600_000;
const WAYS: [(&str, &str); 4] = [("broken", "answers 500"), ("refused", "answers 400 invalid_grant"), ("silent", "hangs"), ("down", "is down")];

/// Both engines: a node that is read from all along, every connection becomes due at once, and no renewal does well.
pub async fn measure() {
    let url = token_endpoint().await;
    for (engine, name) in [(Engine::Sqlite, "SQLite"), (Engine::Postgres, "PostgreSQL")] {
        for (way, words) in WAYS {
            let world = World::new(engine).await;
            world.fill(1, CONNECTIONS).await;
            grant(&world, CONNECTIONS, LIVES_MS).await;
            let World { database, folder, server, key, .. } = world;
            server.stop().await;
            let address = if way == "down" { format!("http://127.0.0.1:{}", free_port()) } else { format!("{url}/{way}") };
            let mut settings = variables(database.url(), folder.path());
            settings.push(("LATCHKEY_CONNECTORS__XERO__OAUTH_URL", address));
            settings.push(("LATCHKEY_EGRESS__ALLOW", "127.0.0.0/8".to_owned()));
            let program = Program::start(folder.path(), &settings).await;
            let paths = (1..=CONNECTIONS).map(|number| format!("/api/v1/connections/con_{number:0>26}/credentials")).collect();
            let paths = Arc::new(paths);
            load(port(&program.url), &paths, &key, CLIENTS, WARMING).await;
            let due = Database::open(database.url()).await.unwrap();
            execute(&due, "UPDATE grants SET due_ms = 1").await;
            due.close().await;
            let load = load(port(&program.url), &paths, &key, CLIENTS, LASTING).await;
            println!(
                "| credential reads while the token endpoint {words}, {name}, {CLIENTS} clients: the slowest of {:.0}/s, p99 {:.1} ms | {:.1} ms | 50 ms |",
                load.per_second, load.p99_ms, load.slowest_ms
            );
            drop(program);
            database.remove().await;
        }
    }
}
