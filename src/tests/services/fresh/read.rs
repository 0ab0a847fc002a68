//! Reads in unlucky moments: the last instant of a token, and the last of the writer that records them.

use latchkey::domain::{Actor, ActorKind, ApiKeyId, ApplicationId, Role, Scopes};
use latchkey::services::handout;
use latchkey::store::Database;

use super::stage::{Stage, count};
use crate::support::database::{Engine, TestDatabase, on_both_engines};

/// Programs that read one after the other, and how often each does.
const READERS: (usize, usize) = (4, 1_000);

fn program(stage: &Stage) -> Actor {
    Actor {
        kind: ActorKind::Application {
            application: ApplicationId::parse("app_0000000000000000000000000a").unwrap(),
            key: ApiKeyId::parse("key_0000000000000000000000000a").unwrap(),
            maker: stage.dana.member().unwrap().clone(),
            name: "Loan export".to_owned(),
            role: Role::SuperAdmin,
            teams: Vec::new(),
            scopes: Scopes::parse("credentials:token").unwrap(),
        },
        ..stage.dana.clone()
    }
}

on_both_engines! {
    async fn a_token_that_ends_now_is_not_handed_out_even_to_who_asks_for_no_time(database: Database) {
        let stage = Stage::set(database).await;
        let program = program(&stage);
        for (name, ends_in_ms, renewed) in [("now", 0, true), ("next", 1, false)] {
            let row = stage.connected(name, ends_in_ms).await;
            let handed = handout::read(&stage.world.app, &program, row.id.as_str(), 0, &|_| false).await.unwrap().handout.unwrap();
            let token = handed.access_token.unwrap();
            assert_eq!((token.expose() != "access.0", stage.token_requests()), (renewed, usize::from(renewed)), "{name}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_read_that_comes_while_the_writer_ends_is_recorded_all_the_same() {
    let test = TestDatabase::new(Engine::Sqlite).await;
    let stage = Stage::set(test.database()).await;
    let row = stage.connected("books", 3_600_000).await;
    let readers = (0..READERS.0).map(|_| {
        let (app, program, id) = (stage.world.app.clone(), program(&stage), row.id.clone());
        tokio::spawn(async move {
            for _ in 0..READERS.1 {
                handout::read(&app, &program, id.as_str(), 0, &|_| false).await.unwrap();
            }
        })
    });
    let readers: Vec<_> = readers.collect();
    for reader in readers {
        reader.await.unwrap();
    }
    let recorded = count(&stage.world.app.database, "SELECT count(*) FROM audit_log WHERE action = 'credential.read'").await;
    assert_eq!(usize::try_from(recorded).unwrap(), READERS.0 * READERS.1);
    test.remove().await;
}
