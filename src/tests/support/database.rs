//! Fresh databases, one per test, on both engines.
//!
//! ```text
//! on_both_engines! {
//!     async fn a_new_store_is_empty(database: Database) {
//!         let mut reader = database.read().await.unwrap();
//!         assert_eq!(organizations::count(reader.conn()).await.unwrap(), 0);
//!     }
//! }
//! ```
//!
//! makes the tests `a_new_store_is_empty::sqlite` and `a_new_store_is_empty::postgres`. The second needs a server: run the tests through
//! `.ci/with-postgres`. Without one it fails; it is never skipped.

use std::sync::atomic::{AtomicU32, Ordering};

use latchkey::store::{Database, migrate};
use sqlx::migrate::MigrateDatabase;

static COUNTER: AtomicU32 = AtomicU32::new(0);

/// Which database a test runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// A file in a folder of its own.
    Sqlite,
    /// A database of its own on the server that `.ci/with-postgres` started.
    Postgres,
}

/// A database that only one test uses.
pub struct TestDatabase {
    database: Database,
    url: String,
    folder: Option<tempfile::TempDir>,
}

impl TestDatabase {
    /// An up-to-date SQLite database.
    pub async fn sqlite() -> Self {
        Self::new(Engine::Sqlite).await
    }

    /// An up-to-date PostgreSQL database.
    pub async fn postgres() -> Self {
        Self::new(Engine::Postgres).await
    }

    /// An up-to-date database.
    pub async fn new(engine: Engine) -> Self {
        let test = Self::empty(engine).await;
        migrate(&test.database).await.unwrap();
        test
    }

    /// A database without any table.
    pub async fn empty(engine: Engine) -> Self {
        let (url, folder) = match engine {
            Engine::Sqlite => {
                let folder = tempfile::tempdir().unwrap();
                (format!("sqlite:{}", folder.path().join("latchkey.db").display()), Some(folder))
            }
            Engine::Postgres => {
                let mut url = url::Url::parse(&server()).unwrap();
                url.set_path(&format!("latchkey_{}_{}", std::process::id(), COUNTER.fetch_add(1, Ordering::Relaxed)));
                // TLS costs each connection more than a test's own work; `store::database` proves it.
                url.set_query(Some("sslmode=disable"));
                sqlx::Postgres::create_database(url.as_str()).await.unwrap();
                (url.to_string(), None)
            }
        };
        Self { database: Database::open(&url).await.unwrap(), url, folder }
    }

    /// The open database; clones share its connections.
    pub fn database(&self) -> Database {
        self.database.clone()
    }

    /// What `Database::open` takes.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Closes and deletes it. A test that panics before may leave it: folder and server are thrown away later in any case.
    pub async fn remove(self) {
        self.database.close().await;
        if self.folder.is_none() {
            sqlx::Postgres::force_drop_database(&self.url).await.unwrap();
        }
    }
}

/// Runs a statement that no store function offers.
pub async fn execute(database: &Database, sql: &'static str) {
    match database {
        Database::Sqlite { writer, .. } => drop(sqlx::query(sql).execute(writer).await.unwrap()),
        Database::Postgres(pool) => drop(sqlx::query(sql).execute(pool).await.unwrap()),
    }
}

/// The URL of the test server.
#[expect(clippy::disallowed_methods, reason = "tests are told by the environment where their server is")]
pub fn server() -> String {
    std::env::var("TEST_POSTGRES_URL").expect("no PostgreSQL for the tests: run them as `.ci/with-postgres cargo test`")
}

/// The certificate of the authority behind the test server.
#[expect(clippy::disallowed_methods, reason = "tests are told by the environment where their server is")]
pub fn server_authority() -> String {
    std::env::var("TEST_POSTGRES_CA").expect("no PostgreSQL for the tests: run them as `.ci/with-postgres cargo test`")
}

/// Runs `body` on a fresh database and deletes the database, whatever the outcome.
pub async fn run<Body>(engine: Engine, body: impl FnOnce(Database) -> Body)
where
    Body: Future<Output = ()> + Send + 'static,
{
    let test = TestDatabase::new(engine).await;
    let outcome = tokio::spawn(body(test.database())).await;
    test.remove().await;
    if let Err(failure) = outcome {
        std::panic::resume_unwind(failure.into_panic());
    }
}

/// Makes two tests of each body, one per engine.
macro_rules! on_both_engines {
    ($($(#[$meta:meta])* async fn $name:ident($database:ident: $kind:ty) $body:block)+) => {$(
        mod $name {
            use super::*;

            $(#[$meta])*
            async fn body($database: $kind) $body

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                $crate::support::database::run($crate::support::database::Engine::Sqlite, body).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                $crate::support::database::run($crate::support::database::Engine::Postgres, body).await;
            }
        }
    )+};
}
pub(crate) use on_both_engines;
