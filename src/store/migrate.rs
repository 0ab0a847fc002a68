//! Numbered migrations, forward only.

use crate::store::{Database, StoreError};

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
    todo!()
}

/// Applies the missing steps.
///
/// # Errors
/// [`StoreError::SchemaNewer`] when the database is ahead of this build; then nothing was changed.
pub async fn migrate(database: &Database) -> Result<SchemaState, StoreError> {
    todo!()
}
