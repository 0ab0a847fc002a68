//! Two engines behind one type.

use crate::store::StoreError;

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
pub enum Transaction {
    /// SQLite, begun with `BEGIN IMMEDIATE`.
    Sqlite(sqlx::Transaction<'static, sqlx::Sqlite>),
    /// PostgreSQL.
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
        todo!()
    }

    /// A connection for reading.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn read(&self) -> Result<Reader, StoreError> {
        todo!()
    }

    /// Begins a transaction that may write.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn begin(&self) -> Result<Transaction, StoreError> {
        todo!()
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
        todo!()
    }
}

impl Reader {
    /// What store functions take.
    pub fn conn(&mut self) -> Conn<'_> {
        todo!()
    }
}

impl Transaction {
    /// What store functions take.
    pub fn conn(&mut self) -> Conn<'_> {
        todo!()
    }

    /// Makes all of it durable.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn commit(self) -> Result<(), StoreError> {
        todo!()
    }
}
