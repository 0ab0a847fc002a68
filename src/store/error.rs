//! What can go wrong in the store.

use sqlx::error::DatabaseError;

use crate::store::engine;

/// <https://www.sqlite.org/rescode.html#constraint_primarykey>
const SQLITE_CONSTRAINT_PRIMARYKEY: &str = "1555";

/// A store failure; the text is for the log, never for a page.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A unique rule was broken; holds the name of the constraint or index, such as `connections_name`.
    #[error("unique rule {0}")]
    Duplicate(String),
    /// The row changed since it was read (`row_version`).
    #[error("changed meanwhile")]
    Conflict,
    /// The database cannot be reached, is full or read-only.
    #[error("database unavailable")]
    Unavailable(#[source] sqlx::Error),
    /// A row holds what it never should: table, column and id.
    #[error("bad row in {table}.{column} of {id}")]
    BadRow {
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
        /// The row's id.
        id: String,
    },
    /// The database was made by a newer build.
    #[error("schema_newer: the database is at step {found}, this build knows {known}")]
    SchemaNewer {
        /// Step of the database.
        found: i64,
        /// Newest step of this build.
        known: i64,
    },
    /// Anything else that SQL answered.
    #[error("database error")]
    Sql(#[source] sqlx::Error),
    /// A migration failed.
    #[error("migration failed")]
    Migration(#[source] sqlx::migrate::MigrateError),
}

impl StoreError {
    /// A stored text that is not what its column may hold.
    pub(in crate::store) fn bad_row(table: &'static str, column: &'static str, id: &str) -> Self {
        Self::BadRow { table, column, id: id.to_owned() }
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Database(answer) => match unique_rule(answer.as_ref()) {
                Some(rule) => Self::Duplicate(rule),
                None if answer.code().is_some_and(|code| is_race(&code)) => Self::Conflict,
                None if is_unavailable(answer.as_ref()) => Self::Unavailable(error),
                None => Self::Sql(error),
            },
            sqlx::Error::Configuration(_)
            | sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed
            | sqlx::Error::BeginFailed => Self::Unavailable(error),
            _ => Self::Sql(error),
        }
    }
}

fn unique_rule(answer: &dyn DatabaseError) -> Option<String> {
    if !answer.is_unique_violation() {
        return None;
    }
    Some(match answer.constraint() {
        Some(name) => name.to_owned(),
        None => engine::unique_rule_of_sqlite(answer.message(), answer.code().is_some_and(|code| code == SQLITE_CONSTRAINT_PRIMARYKEY)),
    })
}

/// PostgreSQL: serialization failure and deadlock (its appendix A); the loser may try again.
fn is_race(code: &str) -> bool {
    matches!(code, "40001" | "40P01")
}

fn is_unavailable(answer: &dyn DatabaseError) -> bool {
    let Some(code) = answer.code() else { return false };
    if answer.try_downcast_ref::<sqlx::sqlite::SqliteError>().is_some() {
        // The low byte of an extended code: BUSY, LOCKED, READONLY, IOERR, CORRUPT, FULL, CANTOPEN, NOTADB (sqlite.org/rescode.html).
        return code.parse::<i32>().is_ok_and(|code| matches!(code & 0xFF, 5 | 6 | 8 | 10 | 11 | 13 | 14 | 26));
    }
    // Classes: connection, authorization, no such database, resources, operator intervention, system; codes: read-only, lock not available (PostgreSQL, appendix A).
    ["08", "28", "3D", "53", "57", "58"].iter().any(|class| code.starts_with(class)) || matches!(code.as_ref(), "25006" | "55P03")
}
