//! `make bench-audit`: the first byte of the audit log's pages with 10,000,000 entries, on both engines. `BENCH_AUDIT_ROWS` sets another number.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a measuring program: it reads clocks and stops at the first surprise"
)]

use std::time::{Duration, Instant};

use latchkey::domain::Role;
use latchkey::store::Database;

#[expect(dead_code, unused_imports, unused_macros, reason = "the tests use more of it")]
#[path = "support"]
mod support {
    pub mod client;
    pub mod database;
    pub mod server;
}

use support::client::Client;
use support::database::Engine;
use support::server::TestServer;

const CHUNK: i64 = 500_000;
const TRIES: usize = 30;
/// Between two entries, in milliseconds: 10,000,000 are 231 days.
const EVERY_MS: i64 = 2_000;

/// The columns of entry `i` of `$1`: four fifths programs, one in eight Latchkey itself, the rest forty people.
macro_rules! entry {
    ($number:literal, $bytes:literal) => {
        concat!(
            " 'bench', i, $2, $3 + i * 2000, \
             CASE WHEN i % 100 < 80 THEN 'application' WHEN i % 100 < 92 THEN 'job' ELSE 'member' END, \
             CASE WHEN i % 100 < 80 THEN 'app_0000000000000000000000000' || (i % 10) WHEN i % 100 < 92 THEN '' \
             ELSE 'mem_000000000000000000000000' || (10 + (i / 100) % 40) END, \
             CASE WHEN i % 100 < 80 THEN 'Program ' || (i % 10) WHEN i % 100 < 92 THEN 'Latchkey' ELSE 'Person ' || (10 + (i / 100) % 40) END, \
             CASE WHEN i % 100 < 80 THEN 'connection.previewed' WHEN i % 100 < 92 THEN 'connection.tested' \
             WHEN i % 7 = 0 THEN 'sign_in.done' WHEN i % 7 = 1 THEN 'connection.edited' WHEN i % 5003 = 0 THEN 'audit.exported' ELSE 'connection.test_started' END, \
             'connection', 'con_00000000000000000000000' || (100 + (i / 3) % 300), 'Connection ' || ((i / 3) % 300), 'done', '{\"took_ms\":312}', \
             '203.0.113.' || (i % 250), 'Mozilla/5.0 (X11; Linux x86_64; rv:131.0) Gecko/20100101 Firefox/131.0', 'req_' || i, ",
            $bytes,
            ", ",
            $bytes,
            $number
        )
    };
}

const COLUMNS_SQLITE: &str = concat!(
    "INSERT INTO audit_log (node, seq, org_id, at_ms, actor_kind, actor_id, actor_name, action, target_kind, target_id, target_name, outcome, detail, \
     address, user_agent, request_id, prev_mac, mac) WITH RECURSIVE numbers (i) AS (SELECT $1 UNION ALL SELECT i + 1 FROM numbers WHERE i < $4) SELECT",
    entry!(" FROM numbers", "zeroblob(32)")
);
const COLUMNS_POSTGRES: &str = concat!(
    "INSERT INTO audit_log (node, seq, org_id, at_ms, actor_kind, actor_id, actor_name, action, target_kind, target_id, target_name, outcome, detail, \
     address, user_agent, request_id, prev_mac, mac) SELECT",
    entry!(" FROM generate_series($1, $4) AS numbers (i)", "decode(repeat('00', 32), 'hex')")
);

fn main() {
    let rows: i64 = std::env::var("BENCH_AUDIT_ROWS").ok().and_then(|text| text.parse().ok()).unwrap_or(10_000_000);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        for engine in [Engine::Sqlite, Engine::Postgres] {
            measure(engine, rows).await;
        }
    });
}

async fn fill(database: &Database, organization: &str, rows: i64, from_ms: i64) {
    let mut first = 1;
    match database {
        Database::Sqlite { writer, .. } => {
            let mut conn = writer.acquire().await.unwrap();
            while first <= rows {
                let last = rows.min(first + CHUNK - 1);
                sqlx::query(COLUMNS_SQLITE).bind(first).bind(organization).bind(from_ms).bind(last).execute(&mut *conn).await.unwrap();
                first = last + 1;
            }
        }
        Database::Postgres(pool) => {
            let mut conn = pool.acquire().await.unwrap();
            sqlx::query("SET statement_timeout = 0").execute(&mut *conn).await.unwrap();
            while first <= rows {
                let last = rows.min(first + CHUNK - 1);
                sqlx::query(COLUMNS_POSTGRES).bind(first).bind(organization).bind(from_ms).bind(last).execute(&mut *conn).await.unwrap();
                first = last + 1;
            }
            sqlx::query("VACUUM ANALYZE audit_log").execute(&mut *conn).await.unwrap();
            sqlx::query("SET statement_timeout = '15s'").execute(&mut *conn).await.unwrap();
        }
    }
}

async fn measure(engine: Engine, rows: i64) {
    let server = TestServer::start(engine).await;
    let admin = server.set_up().await;
    let organization = server.organization().await;
    let (developer, _) = server.member(&organization, "dev", Role::Developer).await;
    let (lead, _) = server.member(&organization, "lea", Role::TeamLead).await;
    let started = Instant::now();
    fill(&server.server.app.database, organization.as_str(), rows, server.server.app.now().millis() - rows * EVERY_MS).await;
    println!("{engine:?}, {rows} entries, made in {:.0} s", started.elapsed().as_secs_f64());
    let oldest = format!("/audit?before={}.1000.bench", server.server.app.now().millis() - rows * EVERY_MS + 2_000_000);
    let person = "/audit?who=mem_00000000000000000000000017";
    let pages: Vec<(&str, &Client, &str)> = vec![
        ("no filter", &admin, "/audit"),
        ("people", &admin, "/audit?who=people"),
        ("apps", &admin, "/audit?who=apps"),
        ("Latchkey", &admin, "/audit?who=latchkey"),
        ("one person", &admin, person),
        ("a person who did nothing", &admin, "/audit?who=mem_00000000000000000000000099"),
        ("sign-ins", &admin, "/audit?what=sign-in"),
        ("credentials", &admin, "/audit?what=credentials"),
        ("settings (rare)", &admin, "/audit?what=settings"),
        ("members (none)", &admin, "/audit?what=people"),
        ("today", &admin, "/audit?when=today"),
        ("30 days, people, connections", &admin, "/audit?when=30d&who=people&what=connections"),
        ("one person, settings", &admin, "/audit?who=mem_00000000000000000000000017&what=settings"),
        ("a name that is frequent", &admin, "/audit?q=person"),
        ("a name that is not there", &admin, "/audit?q=nothing+like+this"),
        ("an id", &admin, "/audit?q=con_00000000000000000000000123"),
        ("the server itself", &admin, "/audit?of=server"),
        ("the oldest part", &admin, &oldest),
        ("one entry", &admin, "/audit/bench/5000"),
        ("a developer", &developer, "/audit"),
        ("a team lead", &lead, "/audit"),
        ("the API, 200 entries", &admin, "/api/v1/audit?limit=200"),
        ("the first part of an export", &admin, "/audit/export"),
    ];
    println!("{:<32} {:>9} {:>9}", "first byte, ms", "median", "slowest");
    for (what, client, path) in pages {
        let mut took: Vec<Duration> = Vec::new();
        for _ in 0..TRIES {
            let started = Instant::now();
            let answer = client.http.get(client.address(path)).header("cookie", client.cookie_header()).send().await.unwrap();
            took.push(started.elapsed());
            assert_eq!(answer.status(), 200, "{path}");
            if !path.ends_with("/export") {
                answer.bytes().await.unwrap();
            }
        }
        took.sort_unstable();
        let millis = |duration: &Duration| duration.as_secs_f64() * 1_000.0;
        println!("{what:<32} {:>9.1} {:>9.1}", millis(&took[TRIES / 2]), millis(took.last().unwrap()));
    }
    let started = Instant::now();
    for _ in 0..100 {
        assert_eq!(admin.form("/actions/theme", &[("theme", "dark"), ("back", "/audit")]).await.status, 303);
    }
    println!("{:<32} {:>9.1}", "a recorded change", started.elapsed().as_secs_f64() * 10.0);
    server.stop().await;
}
