//! Row 22: tokens are renewed before they end, also those that nobody uses, over several nodes and once each.

use std::collections::BTreeSet;

use latchkey::config::RenewalsConfig;
use latchkey::domain::ConnectionStatus;
use latchkey::jobs;
use latchkey::store::Database;
use tokio_util::sync::CancellationToken;

use super::stage::{Stage, count};
use crate::support::database::{execute, on_both_engines};

const CONNECTIONS: usize = 60;
const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;

on_both_engines! {
    async fn row_22_what_is_due_is_renewed_once_by_one_of_two_nodes(database: Database) {
        let stage = Stage::set(database).await;
        let mut rows = Vec::new();
        for number in 0..CONNECTIONS {
            rows.push(stage.connected(&format!("books{number}"), HOUR_MS).await);
        }
        let (far, off) = (stage.connected("far", 10 * HOUR_MS).await, stage.connected("off", HOUR_MS).await);
        stage.set_status(&off, ConnectionStatus::Disabled).await;
        stage.world.clock.advance(HOUR_MS);
        let stop = CancellationToken::new();
        let config = RenewalsConfig { per_second: 1_000, at_once: 8 };
        let workers: Vec<_> = ["node-2", "node-3"].map(|name| tokio::spawn(jobs::renewals(stage.twin(name), config, stop.clone()))).into();
        let done = "SELECT count(*) FROM grants WHERE generation = 2";
        while count(&stage.world.app.database, done).await < i64::try_from(CONNECTIONS).unwrap() {
            tokio::task::yield_now().await;
        }
        stop.cancel();
        for worker in workers {
            worker.await.unwrap();
        }
        stage.world.settle().await;
        let asked: Vec<String> = stage.provider.asked().into_iter().map(|asked| asked.form["refresh_token"].clone()).collect();
        assert_eq!((asked.len(), asked.iter().collect::<BTreeSet<_>>().len()), (CONNECTIONS, CONNECTIONS), "each once");
        assert_eq!((stage.grant(&far).await.generation, stage.grant(&off).await.generation), (1, 1));
        for row in &rows {
            assert_eq!(stage.status(row).await, ConnectionStatus::Active);
        }
    }

    async fn row_22_a_refresh_token_that_nobody_uses_is_kept_alive(database: Database) {
        let stage = Stage::set(database).await;
        let row = stage.connected("books", -1).await;
        // An access token that works for a year beside a refresh token that ends after ten idle days.
        stage.provider.expires_in(serde_json::json!(365 * 86_400));
        assert_eq!(stage.ensure(&row, 1).await.failure, None);
        let grant = stage.grant(&row).await;
        assert_eq!(grant.refresh_ends_at.unwrap().since(stage.world.app.now()), 10 * DAY_MS);
        assert_eq!(grant.due_at.unwrap().since(stage.world.app.now()), 8 * DAY_MS, "warned a fifth of its time in advance");
        stage.world.clock.advance(8 * DAY_MS);
        for due in latchkey::services::grants::due(&stage.world.app, &[], 10).await.unwrap() {
            latchkey::services::grants::renew_due(&stage.world.app, &due).await;
        }
        assert_eq!(stage.grant(&row).await.refresh_ends_at.unwrap().since(stage.world.app.now()), 10 * DAY_MS);
    }

    async fn a_busy_provider_is_left_out_of_the_next_look(database: Database) {
        let stage = Stage::set(database).await;
        stage.connected("books", -1).await;
        let due = async |without: &[&str]| latchkey::services::grants::due(&stage.world.app, &without.iter().map(ToString::to_string).collect::<Vec<_>>(), 10).await.unwrap().len();
        assert_eq!((due(&[]).await, due(&["other", "strip"]).await, due(&["other", "stripe"]).await), (1, 1, 0));
        execute(&stage.world.app.database, "UPDATE credentials SET active = FALSE").await;
        assert_eq!(due(&[]).await, 0, "a version that is not in use");
    }
}
