//! Numbered migrations, forward only.

use sqlx::Connection;
use sqlx::migrate::{MigrateError, Migrator};

use crate::store::engine::{has_migrations, value};
use crate::store::{Conn, Database, StoreError};

static SQLITE: Migrator = sqlx::migrate!("migrations/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("migrations/postgres");

/// How far a database is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SchemaState {
    /// Steps applied.
    pub applied: i64,
    /// Newest step this build knows.
    pub known: i64,
}

/// How far the database is; applies nothing.
///
/// # Errors
/// [`StoreError`].
pub async fn schema_state(database: &Database) -> Result<SchemaState, StoreError> {
    let mut reader = database.read().await?;
    state_of(reader.conn(), steps_for(database)).await
}

/// Applies the missing steps.
///
/// # Errors
/// [`StoreError::SchemaNewer`] when the database is ahead of this build; then nothing was changed.
pub async fn migrate(database: &Database) -> Result<SchemaState, StoreError> {
    let steps = steps_for(database);
    let before = schema_state(database).await?;
    if before.applied > before.known {
        return Err(StoreError::SchemaNewer { found: before.applied, known: before.known });
    }
    match database {
        Database::Sqlite { writer, .. } => {
            let mut conn = writer.acquire().await?;
            steps.run_direct(None, &mut *conn, false).await
        }
        Database::Postgres(pool) => {
            // A connection of its own: a step may take longer than the pool's statement timeout, and its end frees the advisory lock in any case.
            let mut conn = sqlx::PgConnection::connect_with(&pool.connect_options()).await?;
            let outcome = steps.run_direct(None, &mut conn, false).await;
            conn.close().await?;
            outcome
        }
    }
    .map_err(|error| failure(error, before.known))?;
    schema_state(database).await
}

const fn steps_for(database: &Database) -> &'static Migrator {
    match database {
        Database::Sqlite { .. } => &SQLITE,
        Database::Postgres(_) => &POSTGRES,
    }
}

async fn state_of(mut on: Conn<'_>, steps: &Migrator) -> Result<SchemaState, StoreError> {
    let known = steps.iter().map(|step| step.version).max().unwrap_or_default();
    if !has_migrations(on.again()).await? {
        return Ok(SchemaState { applied: 0, known });
    }
    let applied = value!(on, Option<i64>, "SELECT max(version) FROM _sqlx_migrations WHERE success")?;
    Ok(SchemaState { applied: applied.unwrap_or_default(), known })
}

fn failure(error: MigrateError, known: i64) -> StoreError {
    match error {
        MigrateError::VersionMissing(found) if found > known => StoreError::SchemaNewer { found, known },
        MigrateError::Execute(error) => StoreError::from(error),
        other => StoreError::Migration(other),
    }
}
