//! Where the two engines differ, and the macros that run one SQL text on whichever a [`Conn`] is.

use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, PgPool, Postgres, Sqlite, SqlitePool};

use crate::store::{Conn, StoreError, keys};

const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
const SQLITE_READERS: u32 = 8;
/// Rows that wait for whoever asked; more than a page of a list has, so that its reader never stops half-way.
const ROWS_AHEAD: usize = 128;
const POSTGRES_CONNECTIONS: u32 = 16;
const PING_AFTER_IDLE: Duration = Duration::from_secs(5);

/// Runs `sql` and yields all rows as `$row`.
macro_rules! rows {
    ($on:expr, $row:ty, $sql:expr $(, $value:expr)* $(,)?) => {
        match $on {
            $crate::store::Conn::Sqlite(conn) => sqlx::query_as::<sqlx::Sqlite, $row>($sql)$(.bind($value))*.fetch_all(conn).await,
            $crate::store::Conn::Postgres(conn) => sqlx::query_as::<sqlx::Postgres, $row>($sql)$(.bind($value))*.fetch_all(conn).await,
        }.map_err($crate::store::StoreError::from)
    };
}

/// Runs `sql` and yields at most one row as `$row`.
macro_rules! row {
    ($on:expr, $row:ty, $sql:expr $(, $value:expr)* $(,)?) => {
        match $on {
            $crate::store::Conn::Sqlite(conn) => sqlx::query_as::<sqlx::Sqlite, $row>($sql)$(.bind($value))*.fetch_optional(conn).await,
            $crate::store::Conn::Postgres(conn) => sqlx::query_as::<sqlx::Postgres, $row>($sql)$(.bind($value))*.fetch_optional(conn).await,
        }.map_err($crate::store::StoreError::from)
    };
}

/// Runs `sql`, which always yields one row, and takes its only column as `$value_type`.
macro_rules! value {
    ($on:expr, $value_type:ty, $sql:expr $(, $value:expr)* $(,)?) => {
        match $on {
            $crate::store::Conn::Sqlite(conn) => sqlx::query_as::<sqlx::Sqlite, ($value_type,)>($sql)$(.bind($value))*.fetch_one(conn).await,
            $crate::store::Conn::Postgres(conn) => sqlx::query_as::<sqlx::Postgres, ($value_type,)>($sql)$(.bind($value))*.fetch_one(conn).await,
        }.map(|(value,)| value).map_err($crate::store::StoreError::from)
    };
}

/// Runs `sql` and counts the rows it changed.
macro_rules! change {
    ($on:expr, $sql:expr $(, $value:expr)* $(,)?) => {
        match $on {
            $crate::store::Conn::Sqlite(conn) => sqlx::query::<sqlx::Sqlite>($sql)$(.bind($value))*.execute(conn).await.map(|done| done.rows_affected()),
            $crate::store::Conn::Postgres(conn) => sqlx::query::<sqlx::Postgres>($sql)$(.bind($value))*.execute(conn).await.map(|done| done.rows_affected()),
        }.map_err($crate::store::StoreError::from)
    };
}

pub(in crate::store) use {change, row, rows, value};

/// The writer and the readers of a SQLite file; file and folder are made for the owner alone when absent.
///
/// SQLite itself rolls back when the disk is full or fails (<https://www.sqlite.org/lang_transaction.html>, "Response to errors"); sqlx then still
/// counts an open transaction and would refuse to begin another for ever, so the writer is exchanged for a new connection.
pub(in crate::store) async fn open_sqlite(path: &Path) -> Result<(SqlitePool, SqlitePool), StoreError> {
    create_private(path).await.map_err(|error| StoreError::Unavailable(sqlx::Error::Io(error)))?;
    let common =
        SqliteConnectOptions::new().filename(path).busy_timeout(BUSY_TIMEOUT).foreign_keys(true).pragma("trusted_schema", "OFF").row_buffer_size(ROWS_AHEAD);
    let writing = common.clone().journal_mode(SqliteJournalMode::Wal).synchronous(SqliteSynchronous::Full).pragma("secure_delete", "ON");
    let pool = || SqlitePoolOptions::new().acquire_timeout(ACQUIRE_TIMEOUT).test_before_acquire(false).idle_timeout(None).max_lifetime(None);
    let writer = pool().max_connections(1).min_connections(1).before_acquire(|conn, _meta| Box::pin(async move { Ok(!conn.is_in_transaction()) }));
    let writer = writer.connect_with(writing).await?;
    let readers = pool().max_connections(SQLITE_READERS).connect_with(common.read_only(true)).await?;
    Ok((writer, readers))
}

async fn create_private(path: &Path) -> std::io::Result<()> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        tokio::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder).await?;
    }
    tokio::fs::OpenOptions::new().create(true).append(true).mode(0o600).open(path).await.map(drop)
}

/// Where `Database::open` would reach the PostgreSQL server that `url` names, as host and port: the parameters of the URL and the environment count as
/// they do there. The host is `localhost` for a local socket; none for SQLite.
pub fn postgres_address(url: &str) -> Option<(String, u16)> {
    let options = PgConnectOptions::from_str(url).ok().filter(|_| !url.starts_with("sqlite:"))?;
    let local = options.get_socket().is_some() || options.get_host().starts_with('/');
    Some((if local { "localhost" } else { options.get_host() }.to_owned(), options.get_port()))
}

/// A pool of the PostgreSQL server that `url` names; TLS as its `sslmode` and `sslrootcert` say.
pub(in crate::store) async fn open_postgres(url: &str) -> Result<PgPool, StoreError> {
    let options = PgConnectOptions::from_str(url)?.application_name("latchkey");
    // The pool would try a refused connection again until its time is over, and then not say why.
    tokio::time::timeout(ACQUIRE_TIMEOUT, options.connect()).await.map_err(|_| sqlx::Error::PoolTimedOut)??.close().await?;
    let pool = PgPoolOptions::new()
        .max_connections(POSTGRES_CONNECTIONS)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .test_before_acquire(false)
        .before_acquire(|conn, meta| {
            Box::pin(async move {
                if meta.idle_for > PING_AFTER_IDLE {
                    conn.ping().await?;
                }
                Ok(true)
            })
        })
        .after_connect(|conn, _meta| {
            Box::pin(async move {
                // No transaction waits for anything but its own statements: one that stands still belongs to a node that does, and must not hold up the others
                // for longer than they wait for a lock.
                let limits = "SET statement_timeout = '15s'; SET lock_timeout = '10s'; SET idle_in_transaction_session_timeout = '5s'";
                sqlx::raw_sql(limits).execute(conn).await.map(drop)
            })
        })
        .connect_with(options)
        .await?;
    Ok(pool)
}

/// Begins a transaction that holds SQLite's only write lock from its first moment, so that it never fails half-way for want of it.
pub(in crate::store) async fn begin_sqlite(writer: &SqlitePool) -> Result<sqlx::Transaction<'static, Sqlite>, StoreError> {
    Ok(writer.begin_with("BEGIN IMMEDIATE").await?)
}

/// Begins a transaction; PostgreSQL locks row by row.
pub(in crate::store) async fn begin_postgres(pool: &PgPool) -> Result<sqlx::Transaction<'static, Postgres>, StoreError> {
    Ok(pool.begin().await?)
}

/// Locks the row that `sql` selects until the transaction ends. SQLite needs no lock: its transaction is the only writer.
pub(in crate::store) async fn hold(on: Conn<'_>, sql: &'static str, ids: &[&str]) -> Result<(), StoreError> {
    if let Conn::Postgres(conn) = on {
        ids.iter().fold(sqlx::query::<Postgres>(sql), |query, id| query.bind(*id)).execute(conn).await?;
    }
    Ok(())
}

/// The time as the database has it, which is the same for every node.
pub(in crate::store) async fn now(on: Conn<'_>) -> Result<i64, StoreError> {
    let sql = match &on {
        Conn::Sqlite(_) => "SELECT CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)",
        Conn::Postgres(_) => "SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)",
    };
    value!(on, i64, sql)
}

/// The one of two texts that the engine understands, where they read JSON in ways of their own.
pub(in crate::store) const fn text_of(on: &Conn<'_>, sqlite: &'static str, postgres: &'static str) -> &'static str {
    match on {
        Conn::Sqlite(_) => sqlite,
        Conn::Postgres(_) => postgres,
    }
}

/// Whether a migration was ever begun here.
pub(in crate::store) async fn has_migrations(on: Conn<'_>) -> Result<bool, StoreError> {
    let sql = match &on {
        Conn::Sqlite(_) => "SELECT EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = '_sqlx_migrations')",
        Conn::Postgres(_) => "SELECT to_regclass('_sqlx_migrations') IS NOT NULL",
    };
    value!(on, bool, sql)
}

/// The name that PostgreSQL would give for the unique rule that SQLite describes by its columns,
/// such as `UNIQUE constraint failed: members.org_id, members.user_id`.
pub(in crate::store) fn unique_rule_of_sqlite(message: &str, primary_key: bool) -> String {
    let columns = message.rsplit_once("failed: ").map_or(message, |(_, columns)| columns);
    match columns {
        "connections.org_id, connections.owner_member_id, connections.name" => "connections_name".to_owned(),
        "credentials.connection_id" => "credentials_active".to_owned(),
        "root_keys.status" => keys::ONE_ACTIVE.to_owned(),
        _ => {
            let mut parts = columns.split(", ").filter_map(|column| column.split_once('.'));
            let Some((table, first)) = parts.next() else { return columns.to_owned() };
            if primary_key {
                return format!("{table}_pkey");
            }
            let mut name = format!("{table}_{first}");
            for (_, column) in parts {
                name.push('_');
                name.push_str(column);
            }
            name + "_key"
        }
    }
}
