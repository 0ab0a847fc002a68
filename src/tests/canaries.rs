//! Promises 1 and 2: 500 planted secrets through every write path of the built program, then a scan of everything it left behind.

use std::fs;
use std::path::Path;
use std::process::Command;

use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use http::StatusCode;
use latchkey::domain::OrganizationId;
use latchkey::store::Database;
use serde_json::json;

use crate::support::client::Client;
use crate::support::program::{Program, set_up};

const CANARIES: usize = 500;
/// Part of every canary; long enough that it occurs nowhere else.
pub const MARKER: &str = "Zq7kCanary9XvT";

/// Characters that encodings treat differently are part of each.
fn canary(number: usize) -> String {
    format!("{MARKER}{number:04}\"\\%&+ü")
}

/// The encodings of the marker: raw (also what URL, form and JSON encoding leave of it), reversed, hex in both cases, base64 at its three alignments.
fn needles() -> Vec<Vec<u8>> {
    let mut needles =
        vec![MARKER.as_bytes().to_vec(), MARKER.bytes().rev().collect(), hex::encode(MARKER).into_bytes(), hex::encode_upper(MARKER).into_bytes()];
    for offset in 0..3 {
        let encoded = STANDARD_NO_PAD.encode([&b"\0\0\0"[..offset], MARKER.as_bytes()].concat());
        // The first and last characters also hold bits of the neighbours.
        let from = (offset * 8).div_ceil(6);
        needles.push(encoded.as_bytes()[from..encoded.len() - 2].to_vec());
    }
    needles
}

pub fn hits(haystack: &[u8]) -> usize {
    let finders: Vec<regex::bytes::Regex> =
        needles().iter().map(|needle| regex::bytes::Regex::new(&regex::escape(std::str::from_utf8(needle).unwrap())).unwrap()).collect();
    finders.iter().map(|finder| finder.find_iter(haystack).count()).sum()
}

/// How many different canaries stand in the open.
fn distinct(haystack: &[u8]) -> usize {
    let finder = regex::bytes::Regex::new(&format!("{MARKER}([0-9]{{4}})")).unwrap();
    let mut numbers: Vec<Vec<u8>> = finder.captures_iter(haystack).map(|found| found[1].to_vec()).collect();
    numbers.sort();
    numbers.dedup();
    numbers.len()
}

#[test]
fn the_scan_sees_every_encoding() {
    let secret = canary(7);
    for offset in 0..3 {
        let text = format!("{}{secret}", &"abc"[..offset]);
        assert!(hits(STANDARD_NO_PAD.encode(text).as_bytes()) > 0, "base64 at alignment {offset}");
    }
    assert!(hits(hex::encode(&secret).as_bytes()) > 0);
    assert!(hits(json!({ "password": secret }).to_string().as_bytes()) > 0);
    assert!(hits(url::form_urlencoded::byte_serialize(secret.as_bytes()).collect::<String>().as_bytes()) > 0);
    assert!(hits(secret.chars().rev().collect::<String>().as_bytes()) > 0);
    assert_eq!(hits(b"nothing to see"), 0);
}

/// What a careless provider makes of a password that it repeats in its refusal.
fn repeated(password: &str) -> String {
    let number = password.bytes().filter(u8::is_ascii_digit).map(usize::from).sum::<usize>();
    match number % 6 {
        0 => hex::encode(password),
        1 => hex::encode_upper(password),
        2 => STANDARD_NO_PAD.encode(password),
        3 => STANDARD_NO_PAD.encode(format!("user:{password}")),
        4 => STANDARD_NO_PAD.encode(format!("{{\"password\":\"{password}\"}}")),
        _ => password.to_owned(),
    }
}

/// A Ventures that takes every password of a user whose name does not begin with `no`. It repeats what it was sent in the text of its refusal, which the
/// manifest reads, as careless providers do.
async fn careless_provider() -> String {
    let token = post(|Json(body): Json<serde_json::Value>| async move {
        if body["username"].as_str().is_some_and(|name| name.starts_with("no")) {
            (
                StatusCode::UNAUTHORIZED,
                Json(json!({ "message": format!("{} is wrong", repeated(body["password"].as_str().unwrap_or_default())), "received": body })),
            )
        } else {
            (StatusCode::OK, Json(json!({ "token": hex::encode(body["password"].as_str().unwrap_or_default()) })))
        }
    });
    let router = Router::new().route("/token", token).fallback(get(|| async { Json(json!([{ "id": 1 }])) }));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    url
}

/// Plants every canary once, through the write path that its number chooses.
async fn plant(client: &Client, program: &Program) {
    set_up(client, program, &canary(0)).await;
    for number in 1..CANARIES {
        let secret = canary(number);
        let good = format!("user{number}");
        let bad = format!("no{number}");
        let fields = |user: &str| json!({ "username": user, "password": secret, "site": format!("site{number}") });
        match number % 10 {
            0 => {
                let answer = client.json("/api/v1/connections", json!({ "connector": "ventures", "name": good, "fields": fields(&good) })).await;
                assert_eq!(answer.status, 201, "{}", answer.body);
            }
            1 => drop(client.json("/api/v1/connections", json!({ "connector": "ventures", "name": bad, "fields": fields(&bad) })).await),
            2 => drop(client.json("/api/v1/connections/test", json!({ "connector": "ventures", "fields": fields(&good) })).await),
            3 => drop(client.json("/api/v1/connectors/ventures/configure", fields(&bad)).await),
            4 => drop(Client::new(&program.url).json("/api/v1/auth/login", json!({ "email": "dana@example.com", "password": secret })).await),
            5 => {
                drop(client.text("/api/v1/connections", &format!("{{\"connector\":\"ventures\",\"fields\":{{\"password\":\"{MARKER}{number:04}\" oops")).await)
            }
            6 => drop(client.json("/api/v1/connections", json!({ "connector": "ventures", "name": good, "fields": fields(&good), "role": secret })).await),
            7 => wizard(client, &good, &secret).await,
            8 => wizard(client, &bad, &secret).await,
            9 if number % 20 == 9 => people(client, program, &secret, number).await,
            _ => drop(client.form("/actions/quick/connect", &[("connector", "ventures"), ("username", &bad), ("password", &secret), ("site", "s")]).await),
        }
    }
    for page in ["/connections", "/connections?page=2", "/marketplace", "/connect/ventures/quick", "/api/v1/connections", "/api/v1/connectors/ventures/status"]
    {
        client.get(page).await;
    }
    read_all(client, program).await;
}

/// Reads the credentials as a program does, whose answers are meant to hold them.
async fn read_all(client: &Client, program: &Program) {
    let application = client.json("/api/v1/applications", json!({ "name": "Reader", "purpose": "Reads." })).await.json();
    let keys = format!("/api/v1/applications/{}/keys", application["data"]["id"].as_str().unwrap());
    let made = client.json(&keys, json!({ "name": "Production", "scopes": ["credentials:read"] })).await.json();
    let key = made["data"]["key"].as_str().unwrap();
    let listed = client.get("/api/v1/connections").await.json();
    let ids: Vec<&str> = listed["data"]["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap()).collect();
    assert!(ids.len() > 20, "{listed}");
    for id in ids {
        let address = format!("{}/api/v1/connections/{id}/credentials", program.url);
        let answer = client.http.get(address).bearer_auth(key).send().await.unwrap();
        assert_eq!(answer.status(), 200);
        assert!(hits(answer.text().await.unwrap().as_bytes()) > 0, "the control: the answer holds what was planted");
    }
    client.get("/api/v1/audit?what=credentials").await;
    client.get("/audit?what=credentials").await;
}

/// The forms around an account, and links of letters, which are secrets in an address.
async fn people(client: &Client, program: &Program, secret: &str, number: usize) {
    let stranger = Client::new(&program.url);
    let email = format!("person{number}@example.com");
    drop(stranger.json("/api/v1/auth/register", json!({ "organization": "Bakery", "name": "Bo", "email": email, "password": secret })).await);
    drop(stranger.form("/actions/register", &[("organization", ""), ("name", "Bo"), ("email", &email), ("password", secret)]).await);
    drop(stranger.get("/register").await);
    drop(stranger.json("/api/v1/auth/verify-email", json!({ "token": secret })).await);
    drop(stranger.json("/api/v1/auth/reset-password", json!({ "token": secret, "password": secret })).await);
    drop(stranger.form("/actions/reset", &[("link", secret), ("password", secret)]).await);
    drop(stranger.form("/actions/verify", &[("link", secret)]).await);
    for page in ["verify", "reset"] {
        drop(stranger.get(&format!("/{page}/{MARKER}{number:04}")).await);
    }
    drop(client.json("/api/v1/auth/change-password", json!({ "current_password": secret, "new_password": secret })).await);
    drop(client.form("/actions/account/password", &[("current_password", secret), ("new_password", secret)]).await);
    drop(client.get("/account").await);
}

async fn wizard(client: &Client, user: &str, secret: &str) {
    let start = client.form("/actions/connect/start", &[("connector", "ventures")]).await;
    let draft = start.location().split('/').find(|part| part.starts_with("drf_")).unwrap_or_else(|| panic!("no draft in {}", start.location())).to_owned();
    client.form("/actions/connect/details", &[("draft", &draft), ("name", user), ("username", user), ("password", secret), ("site", user)]).await;
    for _ in 0..400 {
        let page = client.get(&format!("/connect/{draft}/test")).await;
        if page.status == 303 || !page.body.contains("aria-busy=\"true\"") {
            client.get(&format!("/connect/{draft}/details")).await;
            client.get(&format!("/connect/{draft}/done")).await;
            return;
        }
    }
    panic!("the check of {user} did not end");
}

/// What stands behind `/verify/` in the letters that have gone out.
fn tokens_of_letters(outbox: &Path) -> Vec<String> {
    let files = fs::read_dir(outbox).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.extension().is_some_and(|extension| extension == "eml"));
    let letters = files.map(|path| fs::read_to_string(path).unwrap());
    letters.filter_map(|letter| Some(letter.split_once("/verify/")?.1.split_whitespace().next()?.to_owned())).collect()
}

fn read_files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_file());
    files.map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), fs::read(&path).unwrap())).collect()
}

fn settings(provider: &str) -> Vec<(&'static str, String)> {
    vec![
        ("LATCHKEY_LOG__LEVEL", "trace".to_owned()),
        ("LATCHKEY_CONNECTORS__VENTURES__BASE_URL", provider.to_owned()),
        ("LATCHKEY_EGRESS__ALLOW", "127.0.0.0/8".to_owned()),
    ]
}

fn assert_clean(found: &[(String, Vec<u8>)]) {
    for (name, bytes) in found {
        assert!(!bytes.is_empty() || name.ends_with("-wal"), "{name} is empty: the scan would see nothing");
        let count = hits(bytes);
        assert_eq!(count, 0, "{name} holds {count} planted secrets");
    }
}

/// The control: with the seals taken off, the same scan finds what was stored.
async fn unsealed_secrets(database: &Database, folder: &Path) -> Vec<u8> {
    use latchkey::store::{connections, credentials};
    use latchkey::vault::{Binding, KeyId, KeySource, Keyring, load};
    let key = load(&KeySource::File(folder.join("latchkey.key"))).unwrap();
    let mut reader = database.read().await.unwrap();
    let known = latchkey::store::keys::list(reader.conn()).await.unwrap();
    let keyring = Keyring::new(KeyId::from_hex(&known[0].key_id).unwrap(), key);
    let organization = organization(database).await;
    let filter = connections::ListFilter {
        text: String::new(),
        statuses: Vec::new(),
        tag: String::new(),
        member: None,
        only: None,
        others: false,
        order: connections::Order::Name,
        limit: 1_000,
        offset: 0,
    };
    let mut opened = Vec::new();
    for connection in connections::list(reader.conn(), &organization, &filter).await.unwrap() {
        let credential = credentials::active(reader.conn(), &organization, &connection.id).await.unwrap().unwrap();
        let version = u64::try_from(credential.version).unwrap();
        let binding = Binding { organization: organization.as_str(), kind: "credential", record: connection.id.as_str(), field: "payload", version };
        opened.extend_from_slice(keyring.open(&binding, &credential.sealed).unwrap().expose());
    }
    opened
}

async fn organization(database: &Database) -> OrganizationId {
    let mut reader = database.read().await.unwrap();
    let nodes = latchkey::store::audit::nodes(reader.conn()).await.unwrap();
    let entries = latchkey::store::audit::chain(reader.conn(), &nodes[0].0, 0, 100).await.unwrap();
    entries.into_iter().find_map(|entry| entry.organization).unwrap()
}

const STORED: usize = CANARIES / 10 * 2 - 1;

#[tokio::test(flavor = "multi_thread")]
async fn sqlite_files_logs_and_answers_hold_no_secret() {
    let folder = tempfile::tempdir().unwrap();
    let mut program = Program::start(folder.path(), &settings(&careless_provider().await)).await;
    let client = Client::new(&program.url);
    plant(&client, &program).await;
    let tokens = tokens_of_letters(&folder.path().join("outbox"));
    assert!(tokens.len() >= 10, "{} letters", tokens.len());
    for token in &tokens {
        assert_eq!(Client::new(&program.url).get(&format!("/verify/{token}")).await.status, 200, "a link that works");
    }
    // Killed without warning: the WAL stays as it is.
    program.kill();
    let mut found = read_files(folder.path());
    for (name, bytes) in &found {
        let text = String::from_utf8_lossy(bytes);
        assert!(tokens.iter().all(|token| !text.contains(token.as_str())), "{name} holds a link of a letter");
    }
    assert!(found.iter().any(|(name, bytes)| name == "log" && bytes.len() > 1_000_000), "trace logs are missing");
    assert!(found.iter().any(|(name, _)| name.ends_with("-wal")), "the WAL is missing");
    found.push(("answers".to_owned(), client.transcript().into_bytes()));
    assert_clean(&found);

    let database = Database::open(&format!("sqlite:{}", folder.path().join("latchkey.db").display())).await.unwrap();
    assert_eq!(distinct(&unsealed_secrets(&database, folder.path()).await), STORED, "the control must find what was stored");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_postgresql_dump_logs_and_answers_hold_no_secret() {
    let test_database = crate::support::database::TestDatabase::postgres().await;
    let folder = tempfile::tempdir().unwrap();
    let mut settings = settings(&careless_provider().await);
    settings.push(("DATABASE_URL", test_database.url().to_owned()));
    settings.push(("LATCHKEY_MAIL__OUTBOX", folder.path().join("outbox").display().to_string()));
    settings.push(("LATCHKEY_VAULT__KEY_FILE", folder.path().join("latchkey.key").display().to_string()));
    latchkey::vault::create_key_file(&folder.path().join("latchkey.key"), &latchkey::vault::SystemRandom).unwrap();
    let mut program = Program::start(folder.path(), &settings).await;
    let client = Client::new(&program.url);
    plant(&client, &program).await;
    program.kill();
    let dump = Command::new("pg_dump").arg(test_database.url()).output().unwrap();
    assert!(dump.status.success(), "{}", String::from_utf8_lossy(&dump.stderr));
    let mut found = read_files(folder.path());
    found.push(("answers".to_owned(), client.transcript().into_bytes()));
    found.push(("dump".to_owned(), dump.stdout));
    assert_clean(&found);
    let database = Database::open(test_database.url()).await.unwrap();
    assert_eq!(distinct(&unsealed_secrets(&database, folder.path()).await), STORED, "the control must find what was stored");
    database.close().await;
}
