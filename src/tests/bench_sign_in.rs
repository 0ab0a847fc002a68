//! `make bench-sign-in`: what the time of a refused sign-in tells about an account, and what 500 sign-ins at once do to the server.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a measuring program: it reads clocks and stops at the first surprise"
)]

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

use axum::extract::State;
use axum::response::IntoResponse as _;
use latchkey::domain::{Clock, Email, MemberId, OrganizationId, Role, SystemClock, UserId};
use latchkey::store::members::MemberRow;
use latchkey::store::users::UserRow;
use latchkey::store::{Database, members, users};
use latchkey::vault::{PasswordHasher, Secret, SystemRandom};

#[expect(dead_code, reason = "the tests use more of it")]
#[path = "support"]
mod support {
    pub mod client;
    pub mod program;
}

use support::client::Client;
use support::program::{Program, set_up};

const PASSWORD: &str = "a quiet brass key, well cut";
const WRONG: &str = "a quiet brass key, badly cut";
/// Pairs per kind of account, and for the control.
const PAIRS: usize = 2_000;
const CONTROL_PAIRS: usize = 300;
/// An account is locked after ten tries; a margin is left.
const TRIES: usize = 8;
/// Accounts that are locked, and as many names of none.
const LOCKED: usize = 25;
const CROWD: usize = 500;
/// What tells nothing: the chance that the slower of two answers is of the one kind.
const TELLS_NOTHING: std::ops::RangeInclusive<f64> = 0.45..=0.55;

fn main() {
    let fits = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap().block_on(measure());
    assert!(fits, "a figure is outside its bounds");
}

/// A kind of account, and how the next one of it is called.
struct Kind {
    name: &'static str,
    prefix: &'static str,
    used: usize,
    /// How many accounts there are; then the first comes again.
    accounts: usize,
}

impl Kind {
    const fn new(name: &'static str, prefix: &'static str) -> Self {
        Self { name, prefix, used: 0, accounts: usize::MAX }
    }

    fn next(&mut self) -> String {
        self.used += 1;
        format!("{}{}@example.com", self.prefix, (self.used - 1) / TRIES % self.accounts)
    }
}

/// One person, and a membership.
struct Person {
    email: String,
    hash: Option<String>,
    disabled: bool,
}

/// Setup by HTTP, then the accounts, written through the store.
async fn fill(folder: &Path, program: &Program) {
    let client = Client::new(&program.url);
    set_up(&client, program, PASSWORD).await;
    let me = client.get("/api/v1/auth/me").await.json();
    let organization = OrganizationId::parse(me.pointer("/data/organization/id").unwrap().as_str().unwrap()).unwrap();
    let hash = PasswordHasher::new(1).hash(&Secret::new(PASSWORD.to_owned()), [7; 16]).await.unwrap();
    let count = PAIRS * 4 / TRIES + 1;
    let many = |prefix: &'static str, hash: Option<String>, disabled: bool| {
        (0..count).map(move |number| Person { email: format!("{prefix}{number}@example.com"), hash: hash.clone(), disabled })
    };
    let people = many("known", Some(hash.clone()), false).chain(many("off", Some(hash.clone()), true)).chain(many("elsewhere", None, false));
    let people = people.chain(many("crowd", Some(hash.clone()), false)).chain(many("locked", Some(hash), false));
    let database = Database::open(&format!("sqlite:{}", folder.join("latchkey.db").display())).await.unwrap();
    let mut transaction = database.begin().await.unwrap();
    for person in people {
        insert(&mut transaction, &organization, person).await;
    }
    transaction.commit().await.unwrap();
    database.close().await;
}

async fn insert(transaction: &mut latchkey::store::Transaction, organization: &OrganizationId, person: Person) {
    let (clock, random) = (SystemClock, SystemRandom);
    let user = UserRow {
        id: UserId::generate(&clock, &random),
        email: person.email.clone(),
        name: person.email,
        password_hash: person.hash,
        super_admin: false,
        theme: String::new(),
        disabled: person.disabled,
        created_at: clock.now(),
    };
    let member = MemberRow {
        id: MemberId::generate(&clock, &random),
        organization: organization.clone(),
        user: user.id.clone(),
        role: Role::Viewer,
        active: true,
        created_at: clock.now(),
    };
    users::insert(transaction.conn(), &user).await.unwrap();
    members::insert(transaction.conn(), &member).await.unwrap();
}

/// Tries to sign in, each time from another address.
struct Visitors {
    http: reqwest::Client,
    url: String,
    origin: String,
    number: u32,
}

impl Visitors {
    fn new(program: &Program, url: String) -> Self {
        Self { http: Client::new(&program.url).http, url, origin: program.url.clone(), number: 0 }
    }

    /// The status, and how long it took in milliseconds.
    async fn try_to_sign_in(&mut self, email: &str, password: &str) -> (u16, f64) {
        self.number += 1;
        let [_, b, c, d] = self.number.to_be_bytes();
        let body = format!(r#"{{"email":"{email}","password":"{password}"}}"#);
        let request = self.http.post(&self.url).header("origin", &self.origin).header("content-type", "application/json");
        let request = request.header("x-forwarded-for", format!("10.{b}.{c}.{d}")).body(body);
        let asked = Instant::now();
        let answer = request.send().await.unwrap();
        let status = answer.status().as_u16();
        answer.bytes().await.unwrap();
        (status, asked.elapsed().as_secs_f64() * 1_000.0)
    }
}

/// How well times tell two kinds apart: area under the ROC curve, and the difference of the medians in milliseconds.
struct Told {
    area: f64,
    difference_ms: f64,
}

/// Times of both kinds in turn, which comes first being drawn; every answer must have `status`.
async fn tell_apart(visitors: &mut Visitors, first: &mut Kind, second: &mut Kind, pairs: usize, status: u16) -> Told {
    let random = SystemRandom;
    let (mut one, mut other) = (Vec::new(), Vec::new());
    for _ in 0..pairs {
        let mut chance = [0_u8; 1];
        latchkey::domain::Random::fill(&random, &mut chance);
        for turn in [chance[0] % 2 == 0, chance[0] % 2 != 0] {
            let (kind, times) = if turn { (&mut *first, &mut one) } else { (&mut *second, &mut other) };
            let email = kind.next();
            let (answered, took_ms) = visitors.try_to_sign_in(&email, WRONG).await;
            assert_eq!(answered, status, "{email}");
            times.push(took_ms);
        }
    }
    one.sort_by(f64::total_cmp);
    other.sort_by(f64::total_cmp);
    #[expect(clippy::cast_precision_loss, reason = "counts far below 2^52")]
    let area = other.iter().map(|time| one.partition_point(|other| other < time) as f64).sum::<f64>() / (one.len() * other.len()) as f64;
    Told { area, difference_ms: (one[one.len() / 2] - other[other.len() / 2]).abs() }
}

/// A front door that skips the hash of accounts that are not there: what the measurement must see.
async fn careless(program: &Program, folder: &Path) -> String {
    #[derive(Clone)]
    struct Door {
        database: Database,
        inside: String,
        http: reqwest::Client,
    }
    async fn enter(State(door): State<Door>, headers: http::HeaderMap, body: String) -> axum::response::Response {
        let asked: BTreeMap<String, String> = serde_json::from_str(&body).unwrap();
        let email = Email::parse(&asked["email"]).unwrap();
        if users::find_by_email(door.database.read().await.unwrap().conn(), &email).await.unwrap().is_none() {
            return http::StatusCode::UNAUTHORIZED.into_response();
        }
        let answer = door.http.post(&door.inside).headers(headers).body(body).send().await.unwrap();
        answer.status().into_response()
    }
    let door = Door {
        database: Database::open(&format!("sqlite:{}", folder.join("latchkey.db").display())).await.unwrap(),
        inside: format!("{}/api/v1/auth/login", program.url),
        http: Client::new(&program.url).http,
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let router = axum::Router::new().route("/", axum::routing::post(enter)).with_state(door);
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    url
}

/// Tries until every account of a kind is locked.
async fn lock(visitors: &mut Visitors, prefix: &str) {
    for number in 0..LOCKED {
        let email = format!("{prefix}{number}@example.com");
        for _ in 0..=10 {
            visitors.try_to_sign_in(&email, WRONG).await;
        }
        assert_eq!(visitors.try_to_sign_in(&email, WRONG).await.0, 429, "{email}");
    }
}

fn print(first: &str, second: &str, told: &Told, bounds: &str) {
    println!("| {first} / {second} | {:.3} | {:.2} ms | {bounds} |", told.area, told.difference_ms);
}

async fn measure() -> bool {
    let folder = tempfile::tempdir().unwrap();
    let settings = [("LATCHKEY_LOG__LEVEL", "warn".to_owned()), ("LATCHKEY_SERVER__TRUSTED_PROXY", "x-forwarded-for".to_owned())];
    let first = Program::start(folder.path(), &settings).await;
    fill(folder.path(), &first).await;
    drop(first);
    let program = Program::start(folder.path(), &settings).await;
    let mut visitors = Visitors::new(&program, format!("{}/api/v1/auth/login", program.url));
    for _ in 0..50 {
        visitors.try_to_sign_in("warm@example.com", WRONG).await;
    }

    println!("| refused sign-ins, {PAIRS} pairs in turn | AUC | medians apart | bounds |");
    println!("|---|---|---|---|");
    let mut fits = true;
    let mut known = Kind::new("known, wrong password", "known");
    for mut other in [Kind::new("unknown", "nobody"), Kind::new("disabled", "off"), Kind::new("single sign-on only", "elsewhere")] {
        let told = tell_apart(&mut visitors, &mut known, &mut other, PAIRS, 401).await;
        print(known.name, other.name, &told, "0.45 to 0.55");
        fits &= TELLS_NOTHING.contains(&told.area);
    }
    let mut locked = Kind { accounts: LOCKED, ..Kind::new("locked", "locked") };
    let mut missing = Kind { accounts: LOCKED, ..Kind::new("locked, unknown", "missing") };
    for prefix in [locked.prefix, missing.prefix] {
        lock(&mut visitors, prefix).await;
    }
    let told = tell_apart(&mut visitors, &mut locked, &mut missing, PAIRS, 429).await;
    print(locked.name, missing.name, &told, "0.45 to 0.55");
    fits &= TELLS_NOTHING.contains(&told.area);

    let mut careless = Visitors::new(&program, careless(&program, folder.path()).await);
    careless.number = 1 << 20;
    let told = tell_apart(&mut careless, &mut known, &mut Kind::new("unknown, without the dummy hash", "nil"), CONTROL_PAIRS, 401).await;
    print(known.name, "unknown, without the dummy hash (control)", &told, "outside");
    fits &= !TELLS_NOTHING.contains(&told.area);
    fits & crowd(&program).await
}

/// Many sign-ins at once, each of another account, while `/healthz` is asked.
async fn crowd(program: &Program) -> bool {
    let before = program.resident_mib();
    let one = |number: usize| {
        let mut visitors = Visitors::new(program, format!("{}/api/v1/auth/login", program.url));
        visitors.number = u32::try_from((1 << 21) + number).unwrap();
        tokio::spawn(async move {
            let (status, _) = visitors.try_to_sign_in(&format!("crowd{number}@example.com"), PASSWORD).await;
            status
        })
    };
    let running: Vec<_> = (0..CROWD).map(one).collect();
    let client = Client::new(&program.url).http;
    let (mut times, mut peak) = (Vec::new(), before);
    while running.iter().any(|task| !task.is_finished()) {
        let asked = Instant::now();
        assert_eq!(client.get(format!("{}/healthz", program.url)).send().await.unwrap().status(), 200);
        times.push(asked.elapsed().as_secs_f64() * 1_000.0);
        peak = peak.max(program.resident_mib());
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let mut answers: BTreeMap<u16, usize> = BTreeMap::new();
    for task in running {
        *answers.entry(task.await.unwrap()).or_default() += 1;
    }
    times.sort_by(f64::total_cmp);
    let p99 = times[times.len() * 99 / 100];
    // Two hashes of 19 MiB at once, and room for 500 requests.
    let bound_mib = 2.0 * 19.0 + 32.0;
    println!("\n| {CROWD} sign-ins at once | measured | budget |");
    println!("|---|---|---|");
    println!("| answers by status | {answers:?} | 200, 429, 503 |");
    println!("| resident memory grew by | {:.0} MiB | {bound_mib:.0} MiB |", peak - before);
    println!("| /healthz meanwhile, p99 of {} | {p99:.1} ms | 50 ms |", times.len());
    answers.keys().all(|status| [200, 429, 503].contains(status)) && peak - before <= bound_mib && p99 < 50.0
}
