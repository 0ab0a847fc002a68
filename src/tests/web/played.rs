//! A server whose connectors are led to the providers that it plays.

use std::ffi::OsString;
use std::path::Path;
use std::sync::Arc;

use latchkey::config::Config;
use latchkey::domain::SystemClock;
use latchkey::server::{Server, commands};
use latchkey::vault::SystemRandom;
use serde_json::json;

use crate::support::client::Client;
use crate::support::database::{Engine, TestDatabase};

fn config(settings: &[(&str, &str)]) -> Config {
    Config::read(Path::new("there is no such file"), settings.iter().map(|(name, value)| (OsString::from(name), OsString::from(value)))).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_connector_without_an_address_of_its_own_is_led_to_its_played_provider() {
    let database = TestDatabase::empty(Engine::Sqlite).await;
    let config = config(&[
        ("LATCHKEY_SERVER__LISTEN", "127.0.0.1:0"),
        ("DATABASE_URL", database.url()),
        ("LATCHKEY_VAULT__KEY", "k3XJ0mQm1r8o5cN2b7Yt9uVwZaSdFgHjKlQwErTyUio="),
        ("LATCHKEY_EGRESS__ALLOW", "127.0.0.0/8"),
        ("LATCHKEY_SANDBOX__LISTEN", "127.0.0.1:0"),
        ("LATCHKEY_SANDBOX__PLAYS_ALL", "true"),
        ("LATCHKEY_CONNECTORS__VENTURES__BASE_URL", "http://127.0.0.1:48999/elsewhere"),
    ]);
    let server = Server::start(config, Arc::new(SystemClock), Arc::new(SystemRandom)).await.unwrap();
    let token = server.notes.iter().find_map(|note| note.split_once("/setup/")).unwrap().1.trim().to_owned();
    let client = Client::new(&format!("http://{}", server.address));
    let form = [("link", token.as_str()), ("organization", "AmPac"), ("name", "Dana"), ("email", "dana@example.com"), ("password", "a quiet brass key")];
    assert_eq!(client.form("/actions/setup", &form).await.status, 303);

    let test = |connector: &str, fields: serde_json::Value| client.json("/api/v1/connections/test", json!({ "connector": connector, "fields": fields }));
    let stripe = test("stripe", json!({ "api_key": "sk_test_sandboxAccountThatWorks" })).await;
    assert!(stripe.body.contains("Brightwater Bakery"), "{}", stripe.body);
    let ventures = test("ventures", json!({ "username": "api_user", "password": "correct-horse", "site": "test_integration" })).await;
    assert!(ventures.body.contains("connect_refused"), "the operator's own address wins: {}", ventures.body);

    let marketplace = client.get("/marketplace").await.body;
    assert!(marketplace.contains("providers are emulated") && !marketplace.contains("sk_test_sandboxAccountThatWorks"), "{marketplace}");
    let stripe = client.get("/marketplace/stripe").await.body;
    assert!(stripe.contains("sk_test_sandboxAccountThatWorks") && !stripe.contains("correct-horse"), "{stripe}");
    server.stop().await;
    database.remove().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_doctor_says_where_each_is_reached() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("latchkey.db").display());
    let settings = [
        ("LATCHKEY_SERVER__LISTEN", "127.0.0.1:0"),
        ("DATABASE_URL", url.as_str()),
        ("LATCHKEY_SANDBOX__LISTEN", "0.0.0.0:4801"),
        ("LATCHKEY_CONNECTORS__VENTURES__BASE_URL", "http://ventures.example.com/api/v4"),
        ("LATCHKEY_SANDBOX__PLAYS_ALL", "true"),
    ];
    let words = |findings: Vec<commands::Finding>| findings.into_iter().map(|finding| finding.words).collect::<Vec<_>>().join("\n");
    let played = words(commands::doctor(&config(&settings), &SystemRandom).await);
    for line in ["stripe is reached at http://127.0.0.1:4801/stripe.", "ventures is reached at http://ventures.example.com/api/v4."] {
        assert!(played.contains(line), "{played}");
    }
    let mapped = words(commands::doctor(&config(&settings[..4]), &SystemRandom).await);
    assert!(!mapped.contains("stripe is reached") && mapped.contains("Played providers listen on 0.0.0.0:4801."), "{mapped}");
}
