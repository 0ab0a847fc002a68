//! Every filter of the audit log is led by its own index, on both engines.

use latchkey::store::Database;
use latchkey::store::audit::{Index, statement};

use crate::support::database::{execute, on_both_engines};

const SQLITE: &str = "INSERT INTO audit_log (node, seq, org_id, at_ms, actor_kind, actor_id, actor_name, action, target_kind, target_id, target_name, outcome, detail, \
     address, user_agent, request_id, prev_mac, mac) WITH RECURSIVE numbers (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM numbers WHERE i < 20000) \
     SELECT 'n', i, 'org', i, 'kind' || (i % 10), 'actor' || (i % 50), 'name', 'action' || (i % 20), 'thing', 'target' || (i % 500), 'name', 'done', '{}', '', '', '', \
     zeroblob(32), zeroblob(32) FROM numbers";
const POSTGRES: &str = "INSERT INTO audit_log (node, seq, org_id, at_ms, actor_kind, actor_id, actor_name, action, target_kind, target_id, target_name, outcome, detail, \
     address, user_agent, request_id, prev_mac, mac) \
     SELECT 'n', i, 'org', i, 'kind' || (i % 10), 'actor' || (i % 50), 'name', 'action' || (i % 20), 'thing', 'target' || (i % 500), 'name', 'done', '{}', '', '', '', \
     decode(repeat('00', 32), 'hex'), decode(repeat('00', 32), 'hex') FROM generate_series(1, 20000) AS numbers (i)";

/// A statement that was put together here; it lives as long as the tests.
fn lasting(sql: String) -> &'static str {
    Box::leak(sql.into_boxed_str())
}

async fn plan(database: &Database, index: Index<'_>, value: &str) -> String {
    let sql = statement(index, false);
    match database {
        Database::Sqlite { readers, .. } => {
            let found: Vec<(i64, i64, i64, String)> = sqlx::query_as(lasting(format!("EXPLAIN QUERY PLAN {sql}"))).fetch_all(readers).await.unwrap();
            found.into_iter().map(|(.., line)| line + "\n").collect()
        }
        Database::Postgres(pool) => {
            let mut conn = pool.acquire().await.unwrap();
            let prepare = format!("PREPARE wanted (text, text, bigint, bigint, text, bigint, text, text, text, text, text, text, text, bigint) AS {sql}");
            sqlx::raw_sql(lasting(prepare)).execute(&mut *conn).await.unwrap();
            let values = format!("('org', '{value}', 9223372036854775807, 9223372036854775807, '', 51, '', '', '', '', '', '', '', 51)");
            let explain = lasting(format!("EXPLAIN EXECUTE wanted {values}"));
            let found: Vec<(String,)> = sqlx::query_as(explain).fetch_all(&mut *conn).await.unwrap();
            sqlx::raw_sql("DEALLOCATE wanted").execute(&mut *conn).await.unwrap();
            found.into_iter().map(|(line,)| line + "\n").collect()
        }
    }
}

on_both_engines! {
    async fn each_filter_is_led_by_its_own_index(database: Database) {
        match &database {
            Database::Sqlite { .. } => execute(&database, SQLITE).await,
            Database::Postgres(_) => {
                execute(&database, POSTGRES).await;
                execute(&database, "ANALYZE audit_log").await;
            }
        }
        let cases = [
            (Index::All, "", "audit_by_org"),
            (Index::Actor("actor7"), "actor7", "audit_by_actor"),
            (Index::Kind("kind7"), "kind7", "audit_by_kind"),
            (Index::Action("action7"), "action7", "audit_by_action"),
            (Index::Target("target7"), "target7", "audit_by_target"),
            (Index::Actor("nobody"), "nobody", "audit_by_actor"),
        ];
        for (index, value, name) in cases {
            let plan = plan(&database, index, value).await;
            assert!(plan.contains(name), "{index:?}: {plan}");
            assert!(!plan.contains("Seq Scan on audit_log") && !plan.contains("SCAN audit_log"), "{index:?}: {plan}");
        }
    }
}
