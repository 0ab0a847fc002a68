//! `make bench`: measures the built program from outside and prints one table, beside a bare axum handler in the same run.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a measuring program: it reads clocks and stops at the first surprise"
)]

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use latchkey::domain::{CheckId, CheckState, Clock, ConnectionId, ConnectionStatus, MemberId, OrganizationId, SequenceRandom, SystemClock};
use latchkey::store::connections::ConnectionRow;
use latchkey::store::{Database, checks, connections};

#[expect(dead_code, unused_imports, unused_macros, reason = "the tests use more of it")]
#[path = "support"]
mod support {
    pub mod client;
    pub mod database;
    pub mod failing;
    pub mod program;
}

#[path = "bench"]
mod parts {
    pub mod failing;
    pub mod load;
    pub mod reads;
    pub mod renewals;
}

use support::client::Client;
use support::program::{Program, free_port, set_up};

const CLIENTS: usize = 16;
const SECONDS: u64 = 5;
const ROWS: usize = 50;
const CHECKS: usize = 100;
const PASSWORD: &str = "a quiet brass key, well cut";

fn main() {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap().block_on(measure());
}

/// Setup by HTTP, then 50 connections with a day of checks each, written through the store. Returns the session cookie.
async fn fill(folder: &Path, program: &Program) -> String {
    let client = Client::new(&program.url);
    set_up(&client, program, PASSWORD).await;
    let me = client.get("/api/v1/auth/me").await.json();
    let text = |pointer: &str| me.pointer(pointer).unwrap().as_str().unwrap().to_owned();
    let (organization, member) = (OrganizationId::parse(&text("/data/organization/id")).unwrap(), MemberId::parse(&text("/data/member")).unwrap());

    let database = Database::open(&format!("sqlite:{}", folder.join("latchkey.db").display())).await.unwrap();
    let (clock, random) = (SystemClock, SequenceRandom::default());
    let now = clock.now();
    let mut transaction = database.begin().await.unwrap();
    for number in 0..ROWS {
        let id = ConnectionId::generate(&clock, &random);
        let row = ConnectionRow {
            id: id.clone(),
            organization: organization.clone(),
            team: None,
            owner: None,
            description: String::new(),
            tags: Vec::new(),
            edits: 1,
            connector: ["ventures", "stripe", "postgresql"][number % 3].to_owned(),
            name: format!("Connection {number:02}"),
            status: ConnectionStatus::Active,
            config: "{}".to_owned(),
            account_id: format!("acct_{number}"),
            account_name: format!("Account {number}"),
            identity: format!(r#"{{"account_id":"acct_{number}","account_name":"Account {number}","facts":[]}}"#),
            host: "api.example.com".to_owned(),
            last_check_id: None,
            last_checked_at: Some(now),
            next_check_at: Some(now.plus_millis(1_800_000)),
            failure_code: None,
            recent: String::new(),
            created_by: member.clone(),
            created_at: now,
            updated_at: now,
            row_version: 1,
        };
        connections::insert(transaction.conn(), &row).await.unwrap();
        for half_hour in 0..48 {
            let started_at = now.plus_millis(-half_hour * 1_800_000);
            let check = checks::CheckRow {
                id: CheckId::generate(&clock, &random),
                organization: organization.clone(),
                draft: None,
                connection: Some(id.clone()),
                connector: row.connector.clone(),
                state: if half_hour == 7 { CheckState::Failed } else { CheckState::Passed },
                code: None,
                steps: "[]".to_owned(),
                result: "{}".to_owned(),
                started_at,
                deadline_at: started_at,
                took_ms: 200,
                asked_by: None,
            };
            checks::insert(transaction.conn(), &check).await.unwrap();
        }
    }
    transaction.commit().await.unwrap();
    database.close().await;
    client.cookie_header()
}

struct Load {
    per_second: f64,
    first_byte_p50_ms: f64,
    first_byte_p99_ms: f64,
    body_kib: f64,
}

/// `CLIENTS` keep-alive clients ask for `url` for some seconds; every answer is read whole and must be 200.
async fn load(client: &reqwest::Client, url: &str, cookie: &str) -> Load {
    let stop = Arc::new(AtomicBool::new(false));
    let begun = Instant::now();
    let clients: Vec<_> = (0..CLIENTS)
        .map(|_| {
            let (client, url, cookie, stop) = (client.clone(), url.to_owned(), cookie.to_owned(), stop.clone());
            tokio::spawn(async move {
                let (mut times, mut bytes) = (Vec::new(), 0);
                while !stop.load(Ordering::Relaxed) {
                    let asked = Instant::now();
                    let answer = client.get(&url).header("cookie", &cookie).send().await.unwrap();
                    times.push(asked.elapsed().as_secs_f64() * 1000.0);
                    assert_eq!(answer.status(), 200, "{url}");
                    bytes = answer.bytes().await.unwrap().len();
                }
                (times, bytes)
            })
        })
        .collect();
    tokio::time::sleep(Duration::from_secs(SECONDS)).await;
    stop.store(true, Ordering::Relaxed);
    let (mut times, mut bytes) = (Vec::new(), 0);
    for client in clients {
        let (some, size) = client.await.unwrap();
        times.extend(some);
        bytes = size;
    }
    let seconds = begun.elapsed().as_secs_f64();
    times.sort_by(f64::total_cmp);
    #[expect(clippy::cast_precision_loss, reason = "counts far below 2^52")]
    Load {
        per_second: times.len() as f64 / seconds,
        first_byte_p50_ms: times[times.len() / 2],
        first_byte_p99_ms: times[times.len() * 99 / 100],
        body_kib: bytes as f64 / 1024.0,
    }
}

/// First-byte time of one client alone, without queueing.
async fn alone_p50_ms(client: &reqwest::Client, url: &str, cookie: &str) -> f64 {
    let times = alone(client, url, cookie).await;
    times[times.len() / 2]
}

async fn alone_p99_ms(client: &reqwest::Client, url: &str, cookie: &str) -> f64 {
    let times = alone(client, url, cookie).await;
    times[times.len() * 99 / 100]
}

async fn alone(client: &reqwest::Client, url: &str, cookie: &str) -> Vec<f64> {
    let mut times = Vec::new();
    for _ in 0..300 {
        let asked = Instant::now();
        let answer = client.get(url).header("cookie", cookie).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{url}");
        times.push(asked.elapsed().as_secs_f64() * 1000.0);
        answer.bytes().await.unwrap();
    }
    times.sort_by(f64::total_cmp);
    times
}

/// How the server stays while many checks run at once.
struct Crowd {
    healthy_max_s: f64,
    slow_max_s: f64,
    healthz_p99_ms: f64,
    page_p99_ms: f64,
}

/// `CHECKS` checks at once, first of an account that works, then of one that never answers in time; pages and `/healthz` are asked meanwhile.
async fn crowd(folder: &Path, cookie: &str) -> Crowd {
    let settings = [
        ("LATCHKEY_LOG__LEVEL", "warn".to_owned()),
        ("LATCHKEY_SANDBOX__LISTEN", format!("127.0.0.1:{}", free_port())),
        ("LATCHKEY_SANDBOX__PLAYS_ALL", "true".to_owned()),
        ("LATCHKEY_EGRESS__ALLOW", "127.0.0.0/8".to_owned()),
    ];
    let program = Program::start(folder, &settings).await;
    let client = Client::new(&program.url).http;
    let checks = |key: &'static str| -> Vec<_> {
        let one = || {
            let (client, url, cookie) = (client.clone(), program.url.clone(), cookie.to_owned());
            tokio::spawn(async move {
                let begun = Instant::now();
                let body = format!(r#"{{"connector":"stripe","fields":{{"api_key":"{key}"}}}}"#);
                let request = client.post(format!("{url}/api/v1/connections/test")).header("cookie", cookie).header("origin", &url);
                let answer = request.header("content-type", "application/json").body(body).send().await.unwrap();
                assert_eq!(answer.status(), 200);
                begun.elapsed().as_secs_f64()
            })
        };
        (0..CHECKS).map(|_| one()).collect()
    };
    let longest = async |running: Vec<tokio::task::JoinHandle<f64>>| {
        let mut longest = 0.0_f64;
        for check in running {
            longest = longest.max(check.await.unwrap());
        }
        longest
    };
    let healthy_max_s = longest(checks("sk_test_sandboxAccountThatWorks")).await;
    let slow = checks("sk_test_sandboxAnswersSlow");
    let healthz_p99_ms = alone_p99_ms(&client, &format!("{}/healthz", program.url), "").await;
    let page_p99_ms = alone_p99_ms(&client, &format!("{}/connections", program.url), cookie).await;
    Crowd { healthy_max_s, slow_max_s: longest(slow).await, healthz_p99_ms, page_p99_ms }
}

async fn measure() {
    let folder = tempfile::tempdir().unwrap();
    let settings = [("LATCHKEY_LOG__LEVEL", "info".to_owned())];
    let first = Program::start(folder.path(), &settings).await;
    let cookie = fill(folder.path(), &first).await;
    let client = Client::new(&first.url).http;
    drop(first);

    let settings = [("LATCHKEY_LOG__LEVEL", "warn".to_owned())];
    let mut starts = Vec::new();
    for _ in 0..5 {
        let begun = Instant::now();
        let program = Program::spawn(folder.path(), &settings);
        while !client.get(format!("{}/sign-in", program.url)).send().await.is_ok_and(|answer| answer.status() == 200) {
            assert!(begun.elapsed() < Duration::from_secs(30), "the program did not start");
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        starts.push(begun.elapsed());
    }
    starts.sort();
    let program = Program::start(folder.path(), &settings).await;
    let idle = program.resident_mib();
    let page_url = format!("{}/connections", program.url);
    let alone = alone_p50_ms(&client, &page_url, &cookie).await;
    let page = load(&client, &page_url, &cookie).await;
    let loaded = program.resident_mib();

    let bare = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let bare_port = bare.local_addr().unwrap().port();
    let bare_url = format!("http://127.0.0.1:{bare_port}/");
    tokio::spawn(async move { axum::serve(bare, axum::Router::new().route("/", axum::routing::get(|| async { "hello" }))).await.unwrap() });
    let bare_alone = alone_p50_ms(&client, &bare_url, "").await;
    let plain = load(&client, &bare_url, "").await;

    drop(program);
    let crowd = crowd(folder.path(), &cookie).await;

    println!("| what | measured | budget |");
    println!("|---|---|---|");
    println!("| connections page, {ROWS} rows ({:.0} KiB), {CLIENTS} clients | {:.0} requests/s | 2000 |", page.body_kib, page.per_second);
    println!("| … first byte under that load, p50 / p99 | {:.1} / {:.1} ms | |", page.first_byte_p50_ms, page.first_byte_p99_ms);
    println!("| … first byte, one client, p50 | {alone:.2} ms | 3 ms |");
    println!("| bare axum handler, {CLIENTS} clients | {:.0} requests/s | |", plain.per_second);
    println!("| … first byte, one client, p50 | {bare_alone:.2} ms | |");
    println!("| connections page against the bare handler | 1 : {:.1} | |", plain.per_second / page.per_second);
    println!("| process start to first page, existing database, median of 5 | {} ms | 150 ms |", starts[2].as_millis());
    println!("| resident memory, idle | {idle:.0} MiB | 40 MiB |");
    println!("| resident memory, under that load | {loaded:.0} MiB | 120 MiB |");
    parts::reads::measure(bare_port).await;
    parts::renewals::measure().await;
    parts::failing::measure().await;
    println!("| {CHECKS} checks at once of an account that works: the longest | {:.2} s | 3 s |", crowd.healthy_max_s);
    println!("| {CHECKS} checks at once of a provider that does not answer: the longest | {:.2} s | 10 s |", crowd.slow_max_s);
    println!("| … meanwhile /healthz, p99 | {:.1} ms | |", crowd.healthz_p99_ms);
    println!("| … meanwhile the connections page, p99 | {:.1} ms | |", crowd.page_p99_ms);
}
