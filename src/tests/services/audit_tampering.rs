//! A thousand random changes behind the log's back, and what `latchkey audit verify` says to each.

use std::sync::Arc;

use latchkey::domain::{Random, SequenceRandom, SystemClock};
use latchkey::server::commands::{checkpoint_audit, verify_audit};
use latchkey::services::audit::{self, Checkpoint, checkpoints, verify_all};
use latchkey::store::Database;
use latchkey::vault::SystemRandom;

use crate::services::world::World;
use crate::support::database::{execute, on_both_engines};
use crate::support::server::{TestServer, on_both_servers};

const ENTRIES: i64 = 12;
const ROUNDS: usize = 500;

/// Statements with `$1` and `$2`, two places of the log, `$1` below `$2`.
const TAMPERINGS: &[&[&str]] = &[
    &["UPDATE audit_log SET org_id = NULL WHERE seq = $1 AND seq <> $2"],
    &["UPDATE audit_log SET at_ms = at_ms + 1 WHERE seq = $1 AND seq <> $2"],
    &["UPDATE audit_log SET at_ms = at_ms - $2 WHERE seq = $1"],
    &["UPDATE audit_log SET actor_kind = actor_kind || 'x' WHERE seq = $1 AND seq <> $2"],
    &["UPDATE audit_log SET actor_id = actor_id || 'x' WHERE seq = $1 AND seq <> $2"],
    &["UPDATE audit_log SET actor_name = actor_name || 'x' WHERE seq = $1 AND seq <> $2"],
    &["UPDATE audit_log SET action = action || 'x' WHERE seq = $1 AND seq <> $2"],
    &["UPDATE audit_log SET target_kind = target_kind || 'x' WHERE seq = $1 AND seq <> $2"],
    &["UPDATE audit_log SET target_id = target_id || 'x' WHERE seq = $1 AND seq <> $2"],
    &["UPDATE audit_log SET target_name = target_name || 'x' WHERE seq = $1 AND seq <> $2"],
    &["UPDATE audit_log SET outcome = outcome || 'x' WHERE seq = $1 AND seq <> $2"],
    &["UPDATE audit_log SET detail = detail || ' ' WHERE seq = $1 AND seq <> $2"],
    &["UPDATE audit_log SET address = address || 'x' WHERE seq = $1 AND seq <> $2"],
    &["UPDATE audit_log SET user_agent = user_agent || 'x' WHERE seq = $1 AND seq <> $2"],
    &["UPDATE audit_log SET request_id = request_id || 'x' WHERE seq = $1 AND seq <> $2"],
    &["UPDATE audit_log SET prev_mac = mac WHERE seq = $1 AND seq <> $2"],
    &["UPDATE audit_log SET mac = prev_mac WHERE seq = $1 AND seq <> $2"],
    &["UPDATE audit_log SET actor_name = target_name || 'x', target_name = actor_name WHERE seq = $1 AND seq <> $2"],
    &["UPDATE audit_log SET node = 'node-2' WHERE seq = $1 AND seq <> $2"],
    &["UPDATE audit_log SET seq = seq + 1000 WHERE seq = $1 AND seq <> $2"],
    &["UPDATE audit_log SET seq = seq - 1000 WHERE seq = $1 AND seq <> $2"],
    &["DELETE FROM audit_log WHERE seq = $1 AND seq <> $2"],
    &["DELETE FROM audit_log WHERE seq >= $1 AND seq < $2"],
    &["DELETE FROM audit_log WHERE seq > $1 AND $2 > 0"],
    &["DELETE FROM audit_log WHERE seq <= $1 AND $2 > 0"],
    // Two change places.
    &[
        "UPDATE audit_log SET seq = 9000 WHERE seq = $1 AND $2 > 0",
        "UPDATE audit_log SET seq = $1 WHERE seq = $2",
        "UPDATE audit_log SET seq = $2 WHERE seq = 9000 AND $1 > 0",
    ],
    // The end is cut off, and the noted end set back to fit.
    &["UPDATE audit_chains SET seq = $1, mac = (SELECT mac FROM audit_log WHERE seq = $1) WHERE $2 > 0", "DELETE FROM audit_log WHERE seq > $1 AND $2 > 0"],
    // Everything is gone, and the noted end too.
    &["DELETE FROM audit_log WHERE seq > 0 AND $1 < $2", "DELETE FROM audit_chains WHERE $1 < $2"],
    // Copies: behind the end, before the beginning, of another node, and with the noted end moved to fit.
    &[COPY_BEHIND],
    &[COPY_BEFORE],
    &[COPY_ELSEWHERE],
    &[COPY_BEHIND, "UPDATE audit_chains SET seq = seq + 1, mac = (SELECT mac FROM audit_log WHERE seq = $1) WHERE $2 > 0"],
    // The content is taken as retention takes it, but without its seal.
    &["UPDATE audit_log SET actor_kind = '', actor_id = '', actor_name = '', action = '', target_kind = '', target_id = '', target_name = '', \
       outcome = 'pruned', detail = '', address = '', user_agent = '', request_id = '' WHERE seq = $1 AND seq <> $2"],
    // One is deleted and those behind it move up.
    &[
        "DELETE FROM audit_log WHERE seq = $1 AND $1 < $2",
        "UPDATE audit_log SET seq = seq + 5000 WHERE seq > $1 AND $2 > 0",
        "UPDATE audit_log SET seq = seq - 5001 WHERE seq > 5000 AND $1 < $2",
        "UPDATE audit_chains SET seq = seq - 1 WHERE $1 < $2",
    ],
];

const COPY_BEHIND: &str = "INSERT INTO audit_log (node, seq, org_id, at_ms, actor_kind, actor_id, actor_name, action, target_kind, target_id, target_name, \
     outcome, detail, address, user_agent, request_id, prev_mac, mac) SELECT node, (SELECT max(seq) + 1 FROM audit_log), org_id, at_ms, actor_kind, actor_id, \
     actor_name, action, target_kind, target_id, target_name, outcome, detail, address, user_agent, request_id, prev_mac, mac FROM audit_log \
     WHERE seq = $1 AND seq <> $2";
const COPY_BEFORE: &str = "INSERT INTO audit_log (node, seq, org_id, at_ms, actor_kind, actor_id, actor_name, action, target_kind, target_id, target_name, \
     outcome, detail, address, user_agent, request_id, prev_mac, mac) SELECT node, -seq, org_id, at_ms, actor_kind, actor_id, \
     actor_name, action, target_kind, target_id, target_name, outcome, detail, address, user_agent, request_id, prev_mac, mac FROM audit_log \
     WHERE seq = $1 AND seq <> $2";
const COPY_ELSEWHERE: &str = "INSERT INTO audit_log (node, seq, org_id, at_ms, actor_kind, actor_id, actor_name, action, target_kind, target_id, \
     target_name, outcome, detail, address, user_agent, request_id, prev_mac, mac) SELECT 'node-2', seq, org_id, at_ms, actor_kind, actor_id, \
     actor_name, action, target_kind, target_id, target_name, outcome, detail, address, user_agent, request_id, prev_mac, mac FROM audit_log \
     WHERE seq = $1 AND seq <> $2";

async fn tamper(database: &Database, statements: &[&'static str], low: i64, high: i64) -> u64 {
    let mut changed = 0;
    match database {
        Database::Sqlite { writer, .. } => {
            let mut transaction = writer.begin().await.unwrap();
            for sql in statements {
                changed += sqlx::query(*sql).bind(low).bind(high).execute(&mut *transaction).await.unwrap().rows_affected();
            }
            transaction.commit().await.unwrap();
        }
        Database::Postgres(pool) => {
            let mut transaction = pool.begin().await.unwrap();
            for sql in statements {
                changed += sqlx::query(*sql).bind(low).bind(high).execute(&mut *transaction).await.unwrap().rows_affected();
            }
            transaction.commit().await.unwrap();
        }
    }
    changed
}

async fn restore(database: &Database) {
    for sql in [
        "DELETE FROM audit_log",
        "INSERT INTO audit_log SELECT * FROM kept_log",
        "DELETE FROM audit_chains",
        "INSERT INTO audit_chains SELECT * FROM kept_chains",
    ] {
        execute(database, sql).await;
    }
}

async fn log(database: Database) -> (World, Vec<Checkpoint>) {
    let world = World::new(database).await;
    let who = world.set_up().await;
    let dana = world.actor(&who).await;
    for _ in 1..ENTRIES {
        world.choose_theme(&dana).await;
    }
    let kept = checkpoints(&world.app.database, &world.app.audit_key, world.app.now()).await.unwrap();
    assert_eq!(kept.iter().map(|kept| (kept.node.as_str(), kept.seq)).collect::<Vec<_>>(), [("node-1", ENTRIES)]);
    (world, kept)
}

fn below(random: &dyn Random, limit: usize) -> usize {
    let mut bytes = [0; 8];
    random.fill(&mut bytes);
    usize::try_from(u64::from_le_bytes(bytes) % u64::try_from(limit).unwrap()).unwrap()
}

on_both_engines! {
    async fn every_random_tampering_is_found_against_a_kept_checkpoint(database: Database) {
        let (world, kept) = log(database).await;
        let (database, key) = (&world.app.database, &world.app.audit_key);
        execute(database, "CREATE TABLE kept_log AS SELECT * FROM audit_log").await;
        execute(database, "CREATE TABLE kept_chains AS SELECT * FROM audit_chains").await;
        let random = SequenceRandom::default();
        for round in 0..ROUNDS {
            let low = 1 + i64::try_from(below(&random, usize::try_from(ENTRIES).unwrap() - 1)).unwrap();
            let high = low + 1 + i64::try_from(below(&random, usize::try_from(ENTRIES - low).unwrap())).unwrap();
            let statements = TAMPERINGS[round % TAMPERINGS.len()];
            assert!(tamper(database, statements, low, high).await > 0, "{statements:?} {low} {high}");
            let report = verify_all(database, key, &kept).await.unwrap();
            assert_ne!(report.findings, [], "round {round}: {statements:?} at {low} and {high}");
            restore(database).await;
            if round % (ROUNDS / 10) == 0 {
                let report = verify_all(database, key, &kept).await.unwrap();
                assert_eq!((report.chains, report.entries, report.checkpoints, report.findings), (1, 12, 1, Vec::new()), "no false alarm");
            }
        }
    }

    async fn a_column_of_another_type_is_a_finding_and_no_failure(database: Database) {
        let (world, _) = log(database).await;
        if let Database::Sqlite { .. } = &world.app.database {
            execute(&world.app.database, "UPDATE audit_log SET at_ms = 'yesterday' WHERE seq = 4").await;
            assert_ne!(audit::verify(&world.app).await.unwrap().findings, []);
        }
    }

    async fn the_servers_own_checkpoints_count_too(database: Database) {
        let (world, _) = log(database).await;
        let made = audit::note_checkpoint(&world.app).await.unwrap().expect("there are new entries");
        assert_eq!((made.node.as_str(), made.seq), ("node-1", ENTRIES));
        assert_eq!(audit::note_checkpoint(&world.app).await.unwrap(), None, "nothing new");
        tamper(&world.app.database, TAMPERINGS[26], 5, 6).await;
        assert_ne!(audit::verify(&world.app).await.unwrap().findings, [], "the end was cut off and the noted end set back");
        execute(&world.app.database, "UPDATE audit_checkpoints SET seq = 5").await;
        assert_ne!(audit::verify(&world.app).await.unwrap().findings, [], "a checkpoint that was changed");
        execute(&world.app.database, "DELETE FROM audit_checkpoints").await;
        assert_eq!(audit::verify(&world.app).await.unwrap().findings, [], "within the database alone it cannot be seen any more");
    }

    async fn a_checkpoint_of_another_key_is_none(database: Database) {
        let (world, mut kept) = log(database).await;
        let key = latchkey::vault::Secret::new(vec![7; 32]);
        let forged = checkpoints(&world.app.database, &key, world.app.now()).await.unwrap();
        assert_ne!(verify_all(&world.app.database, &world.app.audit_key, &forged).await.unwrap().findings, []);
        kept[0].seq -= 1;
        assert_ne!(verify_all(&world.app.database, &world.app.audit_key, &kept).await.unwrap().findings, []);
    }

    async fn what_verification_finds_is_kept_and_shown_to_those_who_run_the_server(database: Database) {
        let (world, _) = log(database).await;
        let dana = world.member(&world.organization("Elsewhere").await, latchkey::domain::Role::SuperAdmin, &[]).await;
        assert_eq!(audit::verification(&world.app, &dana).await.unwrap().verified_at, None);
        audit::start_verification(&world.app, &dana).await.unwrap();
        world.settle().await;
        let seen = audit::verification(&world.app, &dana).await.unwrap();
        assert_eq!((seen.findings, seen.entries, seen.running), (0, 12, false));
        execute(&world.app.database, "UPDATE audit_log SET actor_name = 'Nobody' WHERE seq = 3").await;
        audit::start_verification(&world.app, &dana).await.unwrap();
        world.settle().await;
        let seen = audit::verification(&world.app, &dana).await.unwrap();
        assert_eq!((seen.findings, seen.first[0].seq, seen.first[0].what.as_str()), (1, 3, "was changed"));
    }
}

on_both_servers! {
    async fn the_commands_verify_and_seal(server: &TestServer) {
        let admin = server.set_up().await;
        let (config, random) = (server.config(), Arc::new(SystemRandom));
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("checkpoints.jsonl");
        let sealed = checkpoint_audit(&config, &SystemClock, random.as_ref(), Some(&file)).await.unwrap();
        assert!(sealed.starts_with("1 checkpoint"), "{sealed}");
        for theme in ["dark", "light"] {
            admin.form("/actions/theme", &[("theme", theme), ("back", "/connections")]).await;
        }
        checkpoint_audit(&config, &SystemClock, random.as_ref(), Some(&file)).await.unwrap();
        let verdict = verify_audit(&config, random.as_ref(), Some(&file)).await.unwrap();
        assert!(verdict.whole && verdict.words.contains("2 checkpoints: whole."), "{}", verdict.words);
        execute(&server.server.app.database, "UPDATE audit_chains SET seq = 2, mac = (SELECT mac FROM audit_log WHERE seq = 2)").await;
        execute(&server.server.app.database, "DELETE FROM audit_log WHERE seq > 2").await;
        execute(&server.server.app.database, "DELETE FROM audit_checkpoints").await;
        let alone = verify_audit(&config, random.as_ref(), None).await.unwrap();
        assert!(alone.whole, "the database alone cannot tell: {}", alone.words);
        let verdict = verify_audit(&config, random.as_ref(), Some(&file)).await.unwrap();
        assert!(!verdict.whole && verdict.words.contains("NOT WHOLE") && verdict.words.contains("it is missing"), "{}", verdict.words);
        std::fs::write(&file, "nonsense\n").unwrap();
        let refused = verify_audit(&config, random.as_ref(), Some(&file)).await.unwrap_err().to_string();
        assert!(refused.starts_with("Line 1 of "), "{refused}");
    }
}
