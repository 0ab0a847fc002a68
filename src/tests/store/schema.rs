//! Migrations: the same schema on both engines, applied once, never onto a newer database.

use std::fs;
use std::path::Path;

use latchkey::store::{Database, SchemaState, StoreError, migrate, schema_state};

use crate::support::database::{Engine, TestDatabase, execute};

/// Columns: table, column, type, not null, place in the primary key.
const SQLITE_COLUMNS: &str =
    "SELECT m.name || '.' || c.name || ' ' || lower(c.type) || CASE c.\"notnull\" WHEN 1 THEN ' not null' ELSE '' END || ' key ' || c.pk
    FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' AND m.name NOT LIKE '!_sqlx%' ESCAPE '!'";
const POSTGRES_COLUMNS: &str = "SELECT c.relname || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod)
    || CASE WHEN a.attnotnull THEN ' not null' ELSE '' END || ' key ' || coalesce(array_position(k.indkey::int2[], a.attnum) + 1, 0)
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid
    LEFT JOIN pg_index k ON k.indrelid = c.oid AND k.indisprimary
    WHERE n.nspname = 'public' AND c.relkind = 'r' AND c.relname NOT LIKE '!_sqlx%' ESCAPE '!' AND a.attnum > 0 AND NOT a.attisdropped";

/// Indexes: table, name (of those that have one in both), unique, columns, condition.
const SQLITE_INDEXES: &str = "SELECT m.name || ' ' || CASE i.origin WHEN 'c' THEN i.name ELSE '' END || CASE i.\"unique\" WHEN 1 THEN ' unique ' ELSE ' ' END
    || (SELECT group_concat(name, ',') FROM (SELECT name FROM pragma_index_info(i.name) ORDER BY seqno))
    || coalesce((SELECT substr(x.sql, instr(x.sql, ' WHERE ')) FROM sqlite_master x WHERE x.name = i.name AND i.partial = 1), '')
    FROM sqlite_master m JOIN pragma_index_list(m.name) i WHERE m.type = 'table' AND m.name NOT LIKE '!_sqlx%' ESCAPE '!'";
const POSTGRES_INDEXES: &str =
    "SELECT c.relname || ' ' || CASE WHEN o.oid IS NULL THEN x.relname ELSE '' END || CASE WHEN i.indisunique THEN ' unique ' ELSE ' ' END
    || (SELECT string_agg(a.attname, ',' ORDER BY p.place) FROM unnest(i.indkey::int2[]) WITH ORDINALITY p(number, place)
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = p.number)
    || coalesce(' WHERE ' || replace(trim(BOTH '()' FROM pg_get_expr(i.indpred, i.indrelid)), '::text', ''), '')
    FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN pg_constraint o ON o.conindid = i.indexrelid AND o.contype IN ('p', 'u')
    WHERE n.nspname = 'public' AND c.relname NOT LIKE '!_sqlx%' ESCAPE '!'";

/// References: table, columns, the other table, its columns.
const SQLITE_REFERENCES: &str = "SELECT t || ' ' || group_concat(f, ',') || ' ' || o || ' ' || group_concat(g, ',') FROM
    (SELECT m.name AS t, r.id AS i, r.\"from\" AS f, r.\"table\" AS o, r.\"to\" AS g FROM sqlite_master m JOIN pragma_foreign_key_list(m.name) r
     WHERE m.type = 'table' ORDER BY m.name, r.id, r.seq) GROUP BY t, i, o";
const POSTGRES_REFERENCES: &str = "SELECT c.relname || ' '
    || (SELECT string_agg(a.attname, ',' ORDER BY p.place) FROM unnest(r.conkey) WITH ORDINALITY p(number, place)
        JOIN pg_attribute a ON a.attrelid = r.conrelid AND a.attnum = p.number)
    || ' ' || o.relname || ' '
    || (SELECT string_agg(a.attname, ',' ORDER BY p.place) FROM unnest(r.confkey) WITH ORDINALITY p(number, place)
        JOIN pg_attribute a ON a.attrelid = r.confrelid AND a.attnum = p.number)
    FROM pg_constraint r JOIN pg_class c ON c.oid = r.conrelid JOIN pg_class o ON o.oid = r.confrelid WHERE r.contype = 'f'";

async fn lines(database: &Database, sqlite: &'static str, postgres: &'static str) -> Vec<String> {
    let found: Vec<(String,)> = match database {
        Database::Sqlite { readers, .. } => sqlx::query_as(sqlite).fetch_all(readers).await.unwrap(),
        Database::Postgres(pool) => sqlx::query_as(postgres).fetch_all(pool).await.unwrap(),
    };
    let mut lines: Vec<String> = found.into_iter().map(|(line,)| line.replace(" blob", " bytes").replace(" bytea", " bytes")).collect();
    lines.sort();
    lines
}

async fn schema(database: &Database) -> [Vec<String>; 3] {
    [
        lines(database, SQLITE_COLUMNS, POSTGRES_COLUMNS).await,
        lines(database, SQLITE_INDEXES, POSTGRES_INDEXES).await,
        lines(database, SQLITE_REFERENCES, POSTGRES_REFERENCES).await,
    ]
}

#[tokio::test]
async fn both_engines_have_the_same_schema() {
    let (sqlite, postgres) = (TestDatabase::sqlite().await, TestDatabase::postgres().await);
    let [columns, indexes, references] = schema(&sqlite.database()).await;
    let [other_columns, other_indexes, other_references] = schema(&postgres.database()).await;
    assert!(columns.contains(&"milestones.name text not null key 2".to_owned()), "{columns:#?}");
    assert!(indexes.contains(&"connections connections_name unique org_id,name WHERE status <> 'revoked'".to_owned()), "{indexes:#?}");
    assert!(references.contains(&"credentials org_id,connection_id connections org_id,id".to_owned()), "{references:#?}");
    assert_eq!(columns, other_columns);
    assert_eq!(indexes, other_indexes);
    assert_eq!(references, other_references);
    sqlite.remove().await;
    postgres.remove().await;
}

fn steps_in(folder: &str) -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(folder);
    let mut names: Vec<String> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn both_engines_have_the_same_steps() {
    assert_eq!(steps_in("sqlite"), steps_in("postgres"));
}

async fn steps_are_applied_once(engine: Engine) {
    let test = TestDatabase::empty(engine).await;
    let database = test.database();
    let known: i64 = steps_in("sqlite").last().unwrap().split('_').next().unwrap().parse().unwrap();
    assert_eq!(schema_state(&database).await.unwrap(), SchemaState { applied: 0, known });
    assert_eq!(schema(&database).await[0], Vec::<String>::new());
    assert_eq!(migrate(&database).await.unwrap(), SchemaState { applied: known, known });
    let before = schema(&database).await;
    assert_eq!(migrate(&database).await.unwrap(), SchemaState { applied: known, known });
    assert_eq!(schema(&database).await, before);
    test.remove().await;
}

#[tokio::test]
async fn steps_are_applied_once_on_sqlite() {
    steps_are_applied_once(Engine::Sqlite).await;
}

#[tokio::test]
async fn steps_are_applied_once_on_postgres() {
    steps_are_applied_once(Engine::Postgres).await;
}

/// All that a refused database holds.
async fn content(database: &Database) -> ([Vec<String>; 3], Vec<String>) {
    let steps = "SELECT version || ' ' || description || ' ' || installed_on FROM _sqlx_migrations";
    (schema(database).await, lines(database, steps, steps).await)
}

async fn a_newer_database_is_left_alone(engine: Engine, later: &'static str, found: i64) {
    let test = TestDatabase::new(engine).await;
    let database = test.database();
    // As if this build's own step were missing too: nothing may be applied before the refusal.
    execute(&database, "DROP TABLE milestones").await;
    execute(&database, "DELETE FROM _sqlx_migrations").await;
    execute(&database, later).await;
    let before = content(&database).await;
    let known = schema_state(&database).await.unwrap().known;
    let outcome = migrate(&database).await;
    assert!(matches!(outcome, Err(StoreError::SchemaNewer { found: at, known: newest }) if at == found && newest == known), "{outcome:?}");
    assert_eq!(content(&database).await, before);
    assert!(outcome.unwrap_err().to_string().contains("schema_newer"));
    test.remove().await;
}

#[tokio::test]
async fn a_newer_database_is_left_alone_on_sqlite() {
    let later = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) VALUES (9999, 'later', TRUE, x'00', 0)";
    a_newer_database_is_left_alone(Engine::Sqlite, later, 9999).await;
}

#[tokio::test]
async fn a_newer_database_is_left_alone_on_postgres() {
    let later = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) VALUES (9999, 'later', TRUE, '\\x00', 0)";
    a_newer_database_is_left_alone(Engine::Postgres, later, 9999).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nodes_that_start_together_migrate_once() {
    let test = TestDatabase::empty(Engine::Postgres).await;
    let nodes: Vec<_> = (0..4)
        .map(|_| {
            let url = test.url().to_owned();
            tokio::spawn(async move {
                let node = Database::open(&url).await.unwrap();
                let state = migrate(&node).await;
                node.close().await;
                state
            })
        })
        .collect();
    for node in nodes {
        let state = node.await.unwrap().unwrap();
        assert_eq!(state.applied, state.known);
    }
    test.remove().await;
}
