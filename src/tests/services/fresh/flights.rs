//! Row 16: one flight per connection, however many ask and on however many nodes.

use std::sync::Arc;

use latchkey::services::App;
use latchkey::store::Database;
use latchkey::store::connections::ConnectionRow;
use tokio::sync::Barrier;

use super::stage::{Stage, ensured};
use crate::support::database::{Engine, TestDatabase, on_both_engines};

const ROUNDS: usize = 50;
const READERS: usize = 1_000;
const HOUR_MS: i64 = 3_600_000;
const MINUTES_MS: i64 = 300_000;

/// A thousand readers at once over these nodes; every answer.
async fn rush(nodes: &[App], row: &ConnectionRow) -> Vec<latchkey::services::grants::Ensured> {
    let start = Arc::new(Barrier::new(READERS));
    let readers: Vec<_> = (0..READERS)
        .map(|number| {
            let (app, start, row) = (nodes[number % nodes.len()].clone(), start.clone(), row.clone());
            tokio::spawn(async move {
                start.wait().await;
                ensured(&app, &row, MINUTES_MS).await
            })
        })
        .collect();
    let mut answers = Vec::new();
    for reader in readers {
        answers.push(reader.await.unwrap());
    }
    answers
}

async fn rounds(stage: &Stage, nodes: &[App], advance: impl Fn(i64)) {
    let row = stage.connected("books", -1).await;
    for round in 1..=ROUNDS {
        let answers = rush(nodes, &row).await;
        assert_eq!(stage.token_requests(), 1, "round {round}");
        assert!(answers.iter().all(|answer| *answer == answers[0] && answer.failure.is_none()), "round {round}: {:?}", answers[0]);
        let (access, refresh) = stage.tokens(&row).await;
        assert_eq!((access, refresh), (format!("access.{round}"), stage.provider.valid("books")), "round {round}");
        advance(HOUR_MS);
    }
    assert_eq!(stage.grant(&row).await.generation, 51);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn row_16_of_a_thousand_readers_over_three_nodes_one_asks_postgres() {
    let test = TestDatabase::new(Engine::Postgres).await;
    let stage = Stage::set(test.database()).await;
    let others = [stage.node(Database::open(test.url()).await.unwrap(), "node-2").await, stage.node(Database::open(test.url()).await.unwrap(), "node-3").await];
    let nodes = [stage.world.app.clone(), others[0].app.clone(), others[1].app.clone()];
    let clocks = [stage.world.clock.clone(), others[0].clock.clone(), others[1].clock.clone()];
    rounds(&stage, &nodes, |millis| clocks.iter().for_each(|clock| clock.advance(millis))).await;
    for node in &others {
        node.app.database.close().await;
    }
    test.remove().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn row_16_of_a_thousand_readers_on_one_node_one_asks_sqlite() {
    let test = TestDatabase::new(Engine::Sqlite).await;
    let stage = Stage::set(test.database()).await;
    let clock = stage.world.clock.clone();
    rounds(&stage, std::slice::from_ref(&stage.world.app), |millis| clock.advance(millis)).await;
    test.remove().await;
}

on_both_engines! {
    async fn row_16_another_node_waits_for_the_one_that_is_at_it(database: Database) {
        let stage = Stage::set(database).await;
        let row = stage.connected("books", -1).await;
        stage.provider.mood(crate::services::fresh::provider::Mood::Held, 1);
        let (first, second) = (stage.twin("node-2"), stage.twin("node-3"));
        let at = row.clone();
        let first = tokio::spawn(async move { ensured(&first, &at, MINUTES_MS).await });
        stage.provider.held(1).await;
        let at = row.clone();
        let second = tokio::spawn(async move { ensured(&second, &at, MINUTES_MS).await });
        let holder = stage.grant(&row).await;
        assert_eq!((holder.lease_owner.as_str(), holder.lease, holder.generation), ("node-2", 1, 1));
        assert!(holder.calling_since.is_some(), "the intent is committed before the call");
        stage.provider.release(1);
        assert_eq!(first.await.unwrap(), second.await.unwrap());
        assert_eq!(stage.token_requests(), 1);
        let after = stage.grant(&row).await;
        assert_eq!((after.lease_owner.as_str(), after.calling_since, after.generation), ("", None, 2));
    }

    async fn a_token_that_works_long_enough_is_left_alone(database: Database) {
        let stage = Stage::set(database).await;
        let row = stage.connected("books", 2 * MINUTES_MS).await;
        assert_eq!(stage.ensure(&row, MINUTES_MS).await.failure, None);
        assert_eq!(stage.token_requests(), 0);
        stage.world.clock.advance(MINUTES_MS + 1);
        assert_eq!(stage.ensure(&row, MINUTES_MS).await.failure, None);
        assert_eq!(stage.token_requests(), 1);
    }

    async fn a_provider_whose_tokens_never_work_so_long_is_asked_once(database: Database) {
        let stage = Stage::set(database).await;
        stage.provider.expires_in(serde_json::json!(5));
        let row = stage.connected("books", -1).await;
        for _ in 0..3 {
            assert_eq!(stage.ensure(&row, MINUTES_MS).await.failure.as_deref(), Some("token_too_short"));
        }
        assert_eq!(stage.token_requests(), 1);
        assert_eq!(stage.ensure(&row, 1_000).await.failure, None);
    }
}
