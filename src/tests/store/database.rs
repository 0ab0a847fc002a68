//! Opening, guarding and losing a database.

use std::os::unix::fs::PermissionsExt;

use latchkey::store::organizations::OrganizationRow;
use latchkey::store::{Database, StoreError, migrate, organizations};

use super::fixtures::{HOSTILE, NOW, Tenant, commit, organization_id, read};
use crate::support::database::{Engine, TestDatabase, on_both_engines, server, server_authority};

fn organization(name: &str) -> OrganizationRow {
    OrganizationRow { id: organization_id(), name: name.to_owned(), created_at: NOW }
}

async fn sqlite_setting(pool: &sqlx::SqlitePool, sql: &'static str) -> String {
    let (value,): (String,) = sqlx::query_as(sql).fetch_one(pool).await.unwrap();
    value
}

#[tokio::test]
async fn a_sqlite_file_is_made_for_its_owner_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("deep/er/latchkey.db");
    let database = Database::open(&format!("sqlite:{}", path.display())).await.unwrap();
    migrate(&database).await.unwrap();
    let mode = |path: &std::path::Path| path.metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(path.parent().unwrap()), 0o700);
    for ending in ["", "-wal", "-shm"] {
        let file = path.with_file_name(format!("latchkey.db{ending}"));
        assert_eq!(mode(&file), 0o600, "{}", file.display());
    }
    database.close().await;
}

#[tokio::test]
async fn sqlite_is_durable_and_keeps_references() {
    let test = TestDatabase::sqlite().await;
    let Database::Sqlite { writer, readers } = test.database() else { panic!("not SQLite") };
    assert_eq!(sqlite_setting(&writer, "SELECT journal_mode FROM pragma_journal_mode").await, "wal");
    for (sql, expected) in [
        ("SELECT CAST(synchronous AS TEXT) FROM pragma_synchronous", "2"),
        ("SELECT CAST(foreign_keys AS TEXT) FROM pragma_foreign_keys", "1"),
        ("SELECT CAST(secure_delete AS TEXT) FROM pragma_secure_delete", "1"),
        ("SELECT CAST(trusted_schema AS TEXT) FROM pragma_trusted_schema", "0"),
    ] {
        assert_eq!(sqlite_setting(&writer, sql).await, expected, "{sql}");
    }
    assert_eq!(sqlite_setting(&readers, "SELECT CAST(timeout AS TEXT) FROM pragma_busy_timeout").await, "10000");
    test.remove().await;
}

#[tokio::test]
async fn a_sqlite_reader_cannot_write() {
    let test = TestDatabase::sqlite().await;
    let mut reader = test.database().read().await.unwrap();
    let outcome = organizations::insert(reader.conn(), &organization("Acme")).await;
    assert!(matches!(outcome, Err(StoreError::Unavailable(_))), "{outcome:?}");
    drop(reader);
    test.remove().await;
}

#[tokio::test]
async fn a_full_sqlite_database_says_so_and_works_on_when_there_is_room() {
    let test = TestDatabase::sqlite().await;
    let database = test.database();
    let Database::Sqlite { writer, .. } = &database else { panic!("not SQLite") };
    sqlx::query("PRAGMA max_page_count = 1").execute(writer).await.unwrap();
    let large = organization(&"x".repeat(1_000_000));
    let outcome = commit!(database, |on| organizations::insert(on, &large));
    assert!(matches!(outcome, Err(StoreError::Unavailable(_))), "{outcome:?}");
    sqlx::query("PRAGMA max_page_count = 1000000").execute(writer).await.unwrap();
    commit!(database, |on| organizations::insert(on, &large)).unwrap();
    assert_eq!(read!(database, |on| organizations::count(on)), 1);
    test.remove().await;
}

#[tokio::test]
async fn a_file_that_is_no_database_is_unavailable_and_stays_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notes.txt");
    std::fs::write(&path, "not a database, but notes that somebody needs".repeat(100)).unwrap();
    let before = std::fs::read(&path).unwrap();
    let outcome = Database::open(&format!("sqlite:{}", path.display())).await;
    assert!(matches!(outcome, Err(StoreError::Unavailable(_))), "{outcome:?}");
    assert_eq!(std::fs::read(&path).unwrap(), before);
}

#[tokio::test]
async fn what_cannot_be_opened_is_unavailable() {
    for url in ["", "sqlite:", "sqlite::memory:", "sqlite:file:x?mode=memory", "mysql://localhost/x", "postgres://u:p@127.0.0.1:1/x", "sqlite:/dev/null/x.db"] {
        let outcome = Database::open(url).await;
        assert!(matches!(outcome, Err(StoreError::Unavailable(_))), "{url}: {outcome:?}");
    }
}

#[tokio::test]
async fn a_wrong_password_or_database_is_unavailable_and_never_repeated() {
    let mut url = url::Url::parse(&server()).unwrap();
    url.set_password(Some("canary-7f3a")).unwrap();
    let mut missing = url::Url::parse(&server()).unwrap();
    missing.set_path("no_such_database");
    for url in [url, missing] {
        let outcome = Database::open(url.as_str()).await;
        assert!(matches!(outcome, Err(StoreError::Unavailable(_))), "{outcome:?}");
        assert!(!format!("{outcome:?}").contains("canary-7f3a"));
    }
}

#[tokio::test]
async fn postgres_is_reached_over_a_line_that_is_verified() {
    let with = |settings: &str| format!("{}?{settings}", server());
    let verified = with(&format!("sslmode=verify-full&sslrootcert={}", server_authority()));
    let database = Database::open(&verified).await.unwrap();
    let Database::Postgres(pool) = &database else { panic!("not PostgreSQL") };
    let (encrypted,): (bool,) = sqlx::query_as("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()").fetch_one(pool).await.unwrap();
    assert!(encrypted);
    let (timeout,): (String,) = sqlx::query_as("SELECT current_setting('statement_timeout')").fetch_one(pool).await.unwrap();
    assert_eq!(timeout, "15s");
    assert!(!format!("{database:?}").contains("postgres://"));
    database.close().await;
    let unknown_authority = Database::open(&with("sslmode=verify-full")).await;
    assert!(matches!(unknown_authority, Err(StoreError::Unavailable(_))), "{unknown_authority:?}");
}

#[tokio::test]
async fn what_was_committed_is_there_after_opening_again() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let test = TestDatabase::new(engine).await;
        let tenant = Tenant::create(&test.database()).await;
        test.database().close().await;
        let again = Database::open(test.url()).await.unwrap();
        assert!(read!(again, |on| organizations::find(on, &tenant.organization)).is_some());
        again.close().await;
        test.remove().await;
    }
}

on_both_engines! {
    async fn a_closed_database_is_unavailable(database: Database) {
        database.close().await;
        assert!(matches!(database.read().await.err(), Some(StoreError::Unavailable(_))));
        assert!(matches!(database.begin().await.err(), Some(StoreError::Unavailable(_))));
    }

    async fn readers_do_not_wait_for_a_writer(database: Database) {
        let mut writing = database.begin().await.unwrap();
        organizations::insert(writing.conn(), &organization(HOSTILE)).await.unwrap();
        assert_eq!(read!(database, |on| organizations::count(on)), 0);
        writing.commit().await.unwrap();
        assert_eq!(read!(database, |on| organizations::count(on)), 1);
    }

    async fn many_writers_take_turns(database: Database) {
        let tasks: Vec<_> = (0..30)
            .map(|_| {
                let database = database.clone();
                tokio::spawn(async move { commit!(database, |on| organizations::insert(on, &organization("Acme"))) })
            })
            .collect();
        for task in tasks {
            task.await.unwrap().unwrap();
        }
        assert_eq!(read!(database, |on| organizations::count(on)), 30);
    }
}

#[test]
fn the_address_of_the_database_is_the_one_that_is_opened() {
    let of = |url: &str| latchkey::store::postgres_address(url).map(|(host, port)| format!("{host} {port}"));
    for (url, address) in [
        ("postgres://u:p@db.example.com/latchkey", "db.example.com 5432"),
        ("postgresql://u:p@db.example.com:6432/latchkey?sslmode=disable", "db.example.com 6432"),
        ("postgres://u:p@front.example.com:6432/latchkey?host=10.0.0.5&port=5433", "10.0.0.5 5433"),
        ("postgres://u:p@front.example.com/latchkey?hostaddr=10.0.0.6", "10.0.0.6 5432"),
        ("postgres://u:p@front.example.com/latchkey?host=/run/postgresql", "localhost 5432"),
        ("postgres://u:p@%2Frun%2Fpostgresql/latchkey?port=5434", "localhost 5434"),
    ] {
        assert_eq!(of(url).as_deref(), Some(address), "{url}");
    }
    assert_eq!(of("sqlite:data/latchkey.db"), None);
}
