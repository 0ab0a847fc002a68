//! A real authorization server whose refresh tokens work once and whose access tokens end after five seconds: the connection stays, and nothing is lost.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use latchkey::domain::{Clock as _, ManualClock, SystemClock};
use serde_json::{Value, json};
use tokio::sync::{mpsc, watch};
use tokio::time::Instant;
use url::Url;

use super::bearer::key;
use crate::support::client::Client;
use crate::support::database::Engine;
use crate::support::peers::{AuthorizationServer, CLIENT, SECRET, at_provider};
use crate::support::server::TestServer;

const ROTATIONS: u64 = 200;
const READERS: usize = 50;
const LIFETIME_S: u32 = 5;

/// Signs in at the authorization server and connects it; the id of the connection.
async fn connect(server: &TestServer, admin: &Client, peer: &AuthorizationServer) -> String {
    peer.register(&format!("{}/oauth/callback/oauth2", server.url)).await;
    let fields = json!({"authorize_url": "https://sign-in.example.com/auth", "token_url": "https://sign-in.example.com/token", "client_auth": "basic"});
    let app = json!({"label": "Production", "client_id": CLIENT, "client_secret": SECRET, "fields": fields});
    let added = admin.json("/api/v1/connectors/oauth2/apps", app).await;
    assert_eq!(added.status, 201, "{}", added.body);
    let fields = json!({"base_url": "https://api.example.com", "test_path": "/me", "scopes": "openid offline_access profile"});
    let started = admin.json("/api/v1/connectors/oauth2/connections/start", json!({"name": "Books", "fields": fields})).await;
    assert_eq!(started.status, 201, "{}", started.body);
    let address = started.json()["data"]["authorize_url"].as_str().unwrap().to_owned();
    let back: Url = at_provider(&peer.issuer, &address, "alice").await.parse().unwrap();
    let mut answer = admin.get(&format!("{}?{}", back.path(), back.query().unwrap())).await;
    for _ in 0..30_000 {
        if answer.status == 303 {
            let next = answer.location().to_owned();
            answer = admin.get(&next).await;
            continue;
        }
        assert!(answer.status == 200 && !answer.body.contains("Stopped at"), "{}", answer.body);
        if let Some((_, rest)) = answer.body.split_once("href=\"/connections/con_") {
            return format!("con_{}", rest.split('"').next().unwrap());
        }
        let draft = started.json()["data"]["draft"].as_str().unwrap().to_owned();
        answer = admin.get(&format!("/connect/{draft}/test")).await;
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    panic!("the test does not end: {}", answer.body);
}

/// One read; the token, or what was said instead.
async fn read(http: &reqwest::Client, url: &str, key: &str) -> Result<String, String> {
    let answer = http.get(url).bearer_auth(key).send().await.map_err(|error| error.to_string())?;
    let text = answer.text().await.map_err(|error| error.to_string())?;
    let body: Value = serde_json::from_str(&text).map_err(|error| error.to_string())?;
    body["data"]["credential"]["access_token"].as_str().map(str::to_owned).ok_or(text)
}

async fn stays_connected(engine: Engine) {
    let peer = AuthorizationServer::start(LIFETIME_S);
    let clock = Arc::new(ManualClock::at(SystemClock.now()));
    let settings = [("LATCHKEY_CONNECTORS__OAUTH2__OAUTH_URL", peer.issuer.as_str()), ("LATCHKEY_CONNECTORS__OAUTH2__BASE_URL", peer.issuer.as_str())];
    let server = TestServer::start_at(engine, &settings, clock.clone()).await;
    let admin = server.set_up().await;
    let id = connect(&server, &admin, &peer).await;
    let (key, ..) = key(&admin, "Report", &["credentials:token"], None).await;
    let url = format!("{}/api/v1/connections/{id}/credentials?min_valid=3", server.url);

    let (round, rounds) = watch::channel(0);
    let (told, mut heard) = mpsc::channel(READERS);
    let readers = (0..READERS).map(|_| {
        let (mut rounds, told, url, key, http) = (rounds.clone(), told.clone(), url.clone(), key.clone(), admin.http.clone());
        tokio::spawn(async move {
            while rounds.changed().await.is_ok() {
                told.send(read(&http, &url, &key).await).await.unwrap();
            }
        })
    });
    let readers: Vec<_> = readers.collect();
    drop((told, rounds));
    let mut tokens = BTreeSet::from([read(&admin.http, &url, &key).await.unwrap()]);
    let mut worked = 0;
    for rotation in 1..=ROTATIONS {
        let asked = Instant::now();
        clock.advance(i64::from(LIFETIME_S) * 1_000);
        round.send_replace(rotation);
        let token = read(&admin.http, &url, &key).await.unwrap();
        assert!(tokens.insert(token.clone()), "rotation {rotation} brought a token that was there before");
        let answer = admin.http.get(format!("{}/me", peer.issuer)).bearer_auth(&token).send().await.unwrap();
        // On a machine that took longer than the token lives, its refusal would say nothing.
        if asked.elapsed() < Duration::from_secs(u64::from(LIFETIME_S)) {
            assert_eq!(answer.status(), 200, "rotation {rotation}");
            worked += 1;
        }
        for _ in 0..READERS {
            assert_eq!(heard.recv().await.unwrap().as_ref(), Ok(&token), "rotation {rotation}");
        }
    }
    drop(round);
    for reader in readers {
        reader.await.unwrap();
    }
    assert_eq!(peer.refreshed().await, (ROTATIONS, 0), "each rotation was asked for once, and none was refused");
    assert!(worked > 0);
    let shown = admin.get(&format!("/api/v1/connections/{id}")).await.json();
    assert_eq!(shown["data"]["status"], json!("active"), "{shown}");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_rotations_while_fifty_read_sqlite() {
    stays_connected(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_rotations_while_fifty_read_postgres() {
    stays_connected(Engine::Postgres).await;
}
