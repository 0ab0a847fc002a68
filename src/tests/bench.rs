//! `make bench`: measures the built program from outside and prints one table, beside a bare axum handler in the same run.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a measuring program: it reads clocks and stops at the first surprise"
)]

use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use latchkey::domain::{CheckId, CheckState, Clock, ConnectionId, ConnectionStatus, MemberId, OrganizationId, SequenceRandom, SystemClock};
use latchkey::store::connections::ConnectionRow;
use latchkey::store::{Database, checks, connections};
use reqwest::{Client, redirect};

const CLIENTS: usize = 16;
const SECONDS: u64 = 5;
const ROWS: usize = 50;
const PASSWORD: &str = "a quiet brass key, well cut";

fn main() {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap().block_on(measure());
}

struct Program(Child, String);

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn start(folder: &Path, port: u16) -> Program {
    let log = fs::File::create(folder.join("log")).unwrap();
    let url = format!("http://localhost:{port}");
    let child = Command::new(env!("CARGO_BIN_EXE_latchkey"))
        .arg("serve")
        .env("LATCHKEY_SERVER__LISTEN", format!("127.0.0.1:{port}"))
        .env("LATCHKEY_SERVER__PUBLIC_URL", &url)
        .env("LATCHKEY_LOG__LEVEL", "warn")
        .env("DATABASE_URL", format!("sqlite:{}", folder.join("latchkey.db").display()))
        .stdout(log.try_clone().unwrap())
        .stderr(log)
        .stdin(Stdio::null())
        .spawn()
        .unwrap();
    Program(child, url)
}

async fn first_page(client: &Client, program: &Program) -> Duration {
    let begun = Instant::now();
    while !client.get(format!("{}/sign-in", program.1)).send().await.is_ok_and(|answer| answer.status() == 200) {
        tokio::time::sleep(Duration::from_millis(1)).await;
        assert!(begun.elapsed() < Duration::from_secs(30), "the program did not start");
    }
    begun.elapsed()
}

fn resident_mib(program: &Program) -> f64 {
    let status = fs::read_to_string(format!("/proc/{}/status", program.0.id())).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<f64>().unwrap() / 1024.0
}

/// Setup by HTTP, then 50 connections with a day of checks each, written through the store. Returns the session cookie.
async fn fill(client: &Client, folder: &Path, program: &Program) -> String {
    let log = fs::read_to_string(folder.join("log")).unwrap();
    let token = log
        .split("/setup/")
        .nth(1)
        .unwrap()
        .split(|character: char| !character.is_ascii_alphanumeric() && character != '-' && character != '_')
        .next()
        .unwrap();
    let form = [("link", token), ("organization", "Bench"), ("name", "Dana Whitfield"), ("email", "dana@example.com"), ("password", PASSWORD)];
    let form = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
    let request = client.post(format!("{}/actions/setup", program.1)).header("origin", &program.1).header("content-type", "application/x-www-form-urlencoded");
    let answer = request.body(form).send().await.unwrap();
    assert!(answer.status().is_redirection(), "setup answered {}", answer.status());
    let cookie = answer.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    let me = client.get(format!("{}/api/v1/auth/me", program.1)).header("cookie", &cookie).send().await.unwrap();
    let me: serde_json::Value = serde_json::from_str(&me.text().await.unwrap()).unwrap();
    let text = |key: &str| me["data"][key].as_str().unwrap().to_owned();
    let (organization, member) = (OrganizationId::parse(&text("organization_id")).unwrap(), MemberId::parse(&text("member_id")).unwrap());

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
            };
            checks::insert(transaction.conn(), &check).await.unwrap();
        }
    }
    transaction.commit().await.unwrap();
    database.close().await;
    cookie
}

struct Load {
    per_second: f64,
    first_byte_p50_ms: f64,
    first_byte_p99_ms: f64,
    body_kib: f64,
}

/// `CLIENTS` keep-alive clients ask for `url` for some seconds; every answer is read whole and must be 200.
async fn load(client: &Client, url: &str, cookie: &str) -> Load {
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
async fn alone_p50_ms(client: &Client, url: &str, cookie: &str) -> f64 {
    let mut times = Vec::new();
    for _ in 0..300 {
        let asked = Instant::now();
        let answer = client.get(url).header("cookie", cookie).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{url}");
        times.push(asked.elapsed().as_secs_f64() * 1000.0);
        answer.bytes().await.unwrap();
    }
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

async fn measure() {
    let client = Client::builder().redirect(redirect::Policy::none()).no_proxy().build().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let port = free_port();
    let first = start(folder.path(), port);
    first_page(&client, &first).await;
    let cookie = fill(&client, folder.path(), &first).await;
    drop(first);

    let mut starts = Vec::new();
    for _ in 0..5 {
        let program = start(folder.path(), port);
        starts.push(first_page(&client, &program).await);
    }
    starts.sort();
    let program = start(folder.path(), port);
    first_page(&client, &program).await;
    let idle = resident_mib(&program);
    let page_url = format!("{}/connections", program.1);
    let alone = alone_p50_ms(&client, &page_url, &cookie).await;
    let page = load(&client, &page_url, &cookie).await;
    let loaded = resident_mib(&program);

    let bare = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let bare_url = format!("http://{}/", bare.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(bare, axum::Router::new().route("/", axum::routing::get(|| async { "hello" }))).await.unwrap() });
    let bare_alone = alone_p50_ms(&client, &bare_url, "").await;
    let plain = load(&client, &bare_url, "").await;

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
}
