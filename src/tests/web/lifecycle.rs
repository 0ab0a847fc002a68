//! Starting, starting again, being looked at by the doctor, and stopping.

use std::ffi::OsString;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;

use latchkey::config::Config;
use latchkey::domain::SystemClock;
use latchkey::jobs;
use latchkey::server::{Server, commands, keys};
use latchkey::store::{keys as root_keys, schema_state};
use latchkey::vault::SystemRandom;

use crate::support::client::Client;
use crate::support::database::{Engine, TestDatabase};
use crate::support::server::{TestServer, on_both_servers};

const ONE: &str = "k3XJ0mQm1r8o5cN2b7Yt9uVwZaSdFgHjKlQwErTyUio=";
const OTHER: &str = "p4XJ0mQm1r8o5cN2b7Yt9uVwZaSdFgHjKlQwErTyUio=";

fn config(url: &str, key: &str) -> Config {
    let variables = [("LATCHKEY_SERVER__LISTEN", "127.0.0.1:0"), ("DATABASE_URL", url), ("LATCHKEY_VAULT__KEY", key)];
    Config::read(Path::new("there is no such file"), variables.map(|(name, value)| (OsString::from(name), OsString::from(value)))).unwrap()
}

async fn start(url: &str, key: &str) -> Result<Server, String> {
    Server::start(config(url, key), Arc::new(SystemClock), Arc::new(SystemRandom)).await.map_err(|error| error.to_string())
}

async fn starts_again_with_its_key_and_with_no_other(engine: Engine) {
    let database = TestDatabase::empty(engine).await;
    let first = start(database.url(), ONE).await.unwrap();
    assert!(first.notes.iter().any(|note| note.contains("/setup/")), "{:?}", first.notes);
    let token = first.notes.iter().find_map(|note| note.split_once("/setup/")).unwrap().1.to_owned();
    let client = Client::new(&format!("http://{}", first.address));
    let form = [("link", token.as_str()), ("organization", "AmPac"), ("name", "Dana"), ("email", "dana@example.com"), ("password", "a quiet brass key")];
    assert_eq!(client.form("/actions/setup", &form).await.status, 303);
    first.stop().await;
    let refusal = start(database.url(), OTHER).await.err().expect("another key must not start");
    assert!(refusal.contains("key_mismatch") && refusal.contains("Nothing was changed") && !refusal.contains(ONE) && !refusal.contains(OTHER), "{refusal}");
    let findings = commands::doctor(&config(database.url(), OTHER), &SystemRandom).await;
    assert!(findings.iter().any(|finding| !finding.good && finding.words.contains("key_mismatch")), "{findings:#?}");
    assert!(commands::doctor(&config(database.url(), ONE), &SystemRandom).await.iter().all(|finding| finding.good));
    let status = commands::key_status(&config(database.url(), ONE), &SystemRandom).await.unwrap();
    assert!(status.contains("is the active one") && !status.contains(ONE), "{status}");
    let again = start(database.url(), ONE).await.unwrap();
    assert_eq!(again.notes, Vec::<String>::new(), "no key was made and no link is needed");
    let client = Client::new(&format!("http://{}", again.address));
    client.sign_in("dana@example.com", "a quiet brass key").await;
    again.stop().await;
    database.remove().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn starts_again_on_sqlite() {
    starts_again_with_its_key_and_with_no_other(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn starts_again_on_postgres() {
    starts_again_with_its_key_and_with_no_other(Engine::Postgres).await;
}

async fn two_nodes_agree_on_one_key(engine: Engine) {
    for (second, agree) in [(ONE, true), (OTHER, false)] {
        let test = TestDatabase::new(engine).await;
        let database = test.database();
        let (one, two) = (config(test.url(), ONE), config(test.url(), second));
        let (one, two) = tokio::join!(
            keys::open(&database, &one, keys::prepare(&one).unwrap(), &SystemClock, &SystemRandom),
            keys::open(&database, &two, keys::prepare(&two).unwrap(), &SystemClock, &SystemRandom),
        );
        let ids: Vec<String> = [&one, &two].into_iter().flatten().map(|opened| opened.keyring.active_id().to_hex()).collect();
        let noted = root_keys::list(database.read().await.unwrap().conn()).await.unwrap();
        assert_eq!(noted.len(), 1);
        assert!(ids.iter().all(|id| *id == noted[0].key_id), "{ids:?}");
        assert_eq!(ids.len(), if agree { 2 } else { 1 });
        if let Some(refusal) = one.err().or(two.err()) {
            assert!(!agree && refusal.to_string().contains("key_mismatch"), "{refusal}");
        }
        test.remove().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_nodes_agree_on_sqlite() {
    two_nodes_agree_on_one_key(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_nodes_agree_on_postgres() {
    two_nodes_agree_on_one_key(Engine::Postgres).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_taken_address_stops_the_start_before_a_key_is_made() {
    let (folder, taken) = (tempfile::tempdir().unwrap(), std::net::TcpListener::bind("127.0.0.1:0").unwrap());
    let url = format!("sqlite:{}", folder.path().join("latchkey.db").display());
    let address = taken.local_addr().unwrap().to_string();
    let variables = [("LATCHKEY_SERVER__LISTEN", "127.0.0.1:0"), ("DATABASE_URL", &url), ("LATCHKEY_SANDBOX__LISTEN", &address)];
    let variables = variables.map(|(name, value)| (OsString::from(name), OsString::from(value)));
    let config = Config::read(Path::new("there is no such file"), variables).unwrap();
    let refusal = Server::start(config, Arc::new(SystemClock), Arc::new(SystemRandom)).await.err().expect("the address is taken").to_string();
    assert!(refusal.contains("cannot listen"), "{refusal}");
    assert!(!folder.path().join(keys::FILE_NAME).exists());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_shutdown_waits_for_what_was_begun() {
    let server = TestServer::start(Engine::Sqlite).await;
    let app = server.server.app.clone();
    let done = Arc::new(AtomicBool::new(false));
    let (release, released) = tokio::sync::oneshot::channel::<()>();
    let mark = done.clone();
    app.tasks.spawn(async move {
        released.await.unwrap();
        mark.store(true, Ordering::SeqCst);
    });
    let mut stopping = Box::pin(server.stop());
    let mut after_the_last_request = 0;
    while after_the_last_request < 300 {
        let pending = std::future::poll_fn(|context| Poll::Ready(stopping.as_mut().poll(context).is_pending())).await;
        assert!(pending, "stopped before what was begun had ended");
        after_the_last_request += u32::from(app.tasks.is_closed());
        // What was begun can still write its end; each turn gives the others time to go on.
        schema_state(&app.database).await.expect("the database is open until then");
    }
    release.send(()).unwrap();
    stopping.await;
    assert!(done.load(Ordering::SeqCst));
}

on_both_servers! {
    async fn sessions_whose_time_is_over_are_removed(server: &TestServer) {
        let admin = server.set_up().await;
        let app = &server.server.app;
        jobs::remove_ended(&app.database, app.now()).await.unwrap();
        assert_eq!(admin.get("/api/v1/auth/me").await.status, 200);
        assert!(jobs::remove_ended(&app.database, app.now().plus_millis(13 * 3_600_000)).await.unwrap() >= 1);
        assert_eq!(admin.get("/api/v1/auth/me").await.status, 401);
    }
}
