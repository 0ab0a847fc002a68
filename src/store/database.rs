//! Two engines behind one type.

use std::path::Path;
use std::sync::Arc;

use tokio::sync::Notify;

use crate::store::{StoreError, engine};

/// A database: SQLite in a file, or PostgreSQL.
#[derive(Clone, Debug)]
pub enum Database {
    /// One writer, several readers, on one file.
    Sqlite {
        /// The single writing connection.
        writer: sqlx::SqlitePool,
        /// Connections that only read.
        readers: sqlx::SqlitePool,
    },
    /// A pool of a PostgreSQL server.
    Postgres(sqlx::PgPool),
}

/// A connection for reading, outside a transaction.
pub enum Reader {
    /// SQLite.
    Sqlite(sqlx::pool::PoolConnection<sqlx::Sqlite>),
    /// PostgreSQL.
    Postgres(sqlx::pool::PoolConnection<sqlx::Postgres>),
}

/// A transaction; rolled back unless committed.
pub struct Transaction {
    begun: Begun,
    wakes: Vec<Arc<Notify>>,
}

enum Begun {
    /// Begun with `BEGIN IMMEDIATE`.
    Sqlite(sqlx::Transaction<'static, sqlx::Sqlite>),
    Postgres(sqlx::Transaction<'static, sqlx::Postgres>),
}

/// What a store function runs on: a reader or a transaction.
pub enum Conn<'a> {
    /// SQLite.
    Sqlite(&'a mut sqlx::SqliteConnection),
    /// PostgreSQL.
    Postgres(&'a mut sqlx::PgConnection),
}

impl Database {
    /// Opens `sqlite:<path>` (created when absent) or `postgres://…`.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            return Ok(Self::Postgres(engine::open_postgres(url).await?));
        }
        let path = url.strip_prefix("sqlite:").map(|path| path.strip_prefix("//").unwrap_or(path));
        let Some(path) = path.filter(|path| !path.is_empty() && !path.starts_with([':', '?']) && !path.starts_with("file:")) else {
            return Err(StoreError::Unavailable(sqlx::Error::Configuration("a database is named as sqlite:<path> or postgres://…".into())));
        };
        let (writer, readers) = engine::open_sqlite(Path::new(path)).await?;
        Ok(Self::Sqlite { writer, readers })
    }

    /// A connection for reading.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn read(&self) -> Result<Reader, StoreError> {
        Ok(match self {
            Self::Sqlite { readers, .. } => Reader::Sqlite(readers.acquire().await?),
            Self::Postgres(pool) => Reader::Postgres(pool.acquire().await?),
        })
    }

    /// Begins a transaction that may write.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn begin(&self) -> Result<Transaction, StoreError> {
        let begun = match self {
            Self::Sqlite { writer, .. } => Begun::Sqlite(engine::begin_sqlite(writer).await?),
            Self::Postgres(pool) => Begun::Postgres(engine::begin_postgres(pool).await?),
        };
        Ok(Transaction { begun, wakes: Vec::new() })
    }

    /// `SQLite` or `PostgreSQL`.
    pub const fn engine(&self) -> &'static str {
        match self {
            Self::Sqlite { .. } => "SQLite",
            Self::Postgres(_) => "PostgreSQL",
        }
    }

    /// Closes all connections after what they do is done.
    pub async fn close(&self) {
        match self {
            Self::Sqlite { writer, readers } => {
                readers.close().await;
                writer.close().await;
            }
            Self::Postgres(pool) => pool.close().await,
        }
    }
}

impl Conn<'_> {
    /// The same connection once more, for a function that runs two statements.
    pub const fn again(&mut self) -> Conn<'_> {
        match self {
            Self::Sqlite(conn) => Conn::Sqlite(conn),
            Self::Postgres(conn) => Conn::Postgres(conn),
        }
    }
}

impl Reader {
    /// What store functions take.
    pub fn conn(&mut self) -> Conn<'_> {
        match self {
            Self::Sqlite(conn) => Conn::Sqlite(conn),
            Self::Postgres(conn) => Conn::Postgres(conn),
        }
    }
}

impl Transaction {
    /// What store functions take.
    pub fn conn(&mut self) -> Conn<'_> {
        match &mut self.begun {
            Begun::Sqlite(conn) => Conn::Sqlite(conn),
            Begun::Postgres(conn) => Conn::Postgres(conn),
        }
    }

    /// Wakes who waits for `work` once all of it is durable, and not at all when it is rolled back.
    pub fn wake(&mut self, work: Arc<Notify>) {
        self.wakes.push(work);
    }

    /// Makes all of it durable.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn commit(self) -> Result<(), StoreError> {
        match self.begun {
            Begun::Sqlite(transaction) => transaction.commit().await,
            Begun::Postgres(transaction) => transaction.commit().await,
        }?;
        for work in self.wakes {
            work.notify_one();
        }
        Ok(())
    }
}
