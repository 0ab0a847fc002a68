//! What can go wrong in the store.

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
