//! Promise: a node that is paused in the middle of a renewal, past the time for which it may renew, writes nothing over what another node wrote.

use std::sync::Arc;

use latchkey::store::{Database, connections, grants};

use super::renewals::{Stage, stored};
use super::{Fuse, open};
use crate::services::fresh::provider::Mood;
use crate::support::client::Client;
use crate::support::database::{TestDatabase, execute};
use crate::support::program::Program;

const RUNS: usize = 100;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_program_paused_past_its_deadline_writes_nothing() {
    let (folder, test) = (tempfile::tempdir().unwrap(), TestDatabase::postgres().await);
    let stage = Stage::set(folder.path(), test.url(), &Arc::new(Fuse::default())).await;
    // Both get an answer, and only the time of the claim decides whose is kept.
    stage.provider.rotates(false);
    let (id, _) = &stage.families[0];
    let path = format!("/api/v1/connections/{id}/credentials");
    // What is due by itself would come between.
    let database = Database::open(test.url()).await.unwrap();
    execute(&database, "UPDATE grants SET due_ms = 9000000000000000").await;
    database.close().await;
    let paused = Program::start(folder.path(), &stage.settings).await;
    let mut settings = stage.settings.clone();
    settings.retain(|(name, _)| *name != "LATCHKEY_SERVER__NODE");
    settings.push(("LATCHKEY_SERVER__NODE", "other".to_owned()));
    let other = open(&settings).await;
    let read = async |url: &str| {
        let client = Client::new(url);
        let answer = client.http.get(client.address(&path)).bearer_auth(&stage.key).send().await.unwrap();
        let (status, text) = (answer.status(), answer.text().await.unwrap());
        assert_eq!(status, 200, "{text}\n{}", paused.log());
        serde_json::from_str::<serde_json::Value>(&text).unwrap()["data"]["credential"].clone()
    };
    let state = async || {
        let mut reader = other.app.database.read().await.unwrap();
        let row = connections::find(reader.conn(), &stage.organization, id).await.unwrap().unwrap();
        let grant = grants::active(reader.conn(), &stage.organization, id).await.unwrap().unwrap();
        drop(reader);
        (row, grant, stored(&other.app, &stage.organization, id).await)
    };
    for run in 0..RUNS {
        execute(&other.app.database, "UPDATE grants SET expires_ms = 1, due_ms = 9000000000000000").await;
        stage.provider.mood(Mood::Held, 1);
        let url = format!("http://{}", other.address);
        let (late, early) = tokio::join!(read(&paused.url), async {
            stage.provider.held(1).await;
            paused.pause();
            stage.provider.release(1);
            execute(&other.app.database, "UPDATE grants SET lease_until_ms = 1 WHERE lease_owner <> ''").await;
            let early = read(&url).await;
            let before = state().await;
            paused.resume();
            (early, before)
        });
        let (early, before) = early;
        assert_eq!(late, early, "run {run}: it hands out what is there now");
        assert_eq!(state().await, before, "run {run}");
    }
    drop(paused);
    other.stop().await;
    test.remove().await;
}
