//! Letters on their way: written with the change they tell of, sent afterwards.

use crate::domain::{LetterId, Timestamp};
use crate::store::engine::change;
use crate::store::{Conn, StoreError};

/// A letter on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LetterRow {
    /// The id.
    pub id: LetterId,
    /// The address it goes to.
    pub recipient: String,
    /// Its subject; never a secret.
    pub subject: String,
    /// The root key that its text is sealed under.
    pub key_id: String,
    /// Its text, sealed: it may hold a link that works once.
    pub sealed: Vec<u8>,
    /// When it was written.
    pub created_at: Timestamp,
}

/// Adds a letter, due at once.
///
/// # Errors
/// [`StoreError`].
pub async fn insert(on: Conn<'_>, row: &LetterRow) -> Result<(), StoreError> {
    change!(
        on,
        "INSERT INTO letters (id, recipient, subject, key_id, sealed, created_ms, due_ms, tries, generation) VALUES ($1, $2, $3, $4, $5, $6, $6, 0, 0)",
        row.id.as_str(),
        row.recipient.as_str(),
        row.subject.as_str(),
        row.key_id.as_str(),
        row.sealed.as_slice(),
        row.created_at.millis(),
    )?;
    Ok(())
}
