//! Letters on their way: written with the change they tell of, sent afterwards.

use crate::domain::{LetterId, Timestamp};
use crate::store::engine::{change, row};
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

/// A letter that this node may send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimedLetter {
    /// The letter.
    pub row: LetterRow,
    /// How often it was tried, this time included.
    pub tries: i64,
    /// What the outcome must name to count.
    pub generation: i64,
}

#[derive(sqlx::FromRow)]
struct Raw {
    id: String,
    recipient: String,
    subject: String,
    key_id: String,
    sealed: Vec<u8>,
    created_ms: i64,
    tries: i64,
    generation: i64,
}

impl TryFrom<Raw> for ClaimedLetter {
    type Error = StoreError;

    fn try_from(raw: Raw) -> Result<Self, StoreError> {
        let row = LetterRow {
            id: LetterId::parse(&raw.id).map_err(|_| StoreError::bad_row("letters", "id", &raw.id))?,
            recipient: raw.recipient,
            subject: raw.subject,
            key_id: raw.key_id,
            sealed: raw.sealed,
            created_at: Timestamp::from_millis(raw.created_ms),
        };
        Ok(Self { row, tries: raw.tries, generation: raw.generation })
    }
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

/// Claims the letter that is due longest; nobody else gets it before `until`. Of two nodes at once, one gets it and the other none.
///
/// # Errors
/// [`StoreError`].
pub async fn claim(on: Conn<'_>, now: Timestamp, until: Timestamp) -> Result<Option<ClaimedLetter>, StoreError> {
    let sql = "UPDATE letters SET generation = generation + 1, tries = tries + 1, due_ms = $2 \
               WHERE id = (SELECT id FROM letters WHERE due_ms <= $1 ORDER BY due_ms, id LIMIT 1) AND due_ms <= $1 \
               RETURNING id, recipient, subject, key_id, sealed, created_ms, tries, generation";
    row!(on, Raw, sql, now.millis(), until.millis())?.map(ClaimedLetter::try_from).transpose()
}

/// Removes a claimed letter; false, and nothing removed, when somebody else has claimed it since.
///
/// # Errors
/// [`StoreError`].
pub async fn remove(on: Conn<'_>, id: &LetterId, generation: i64) -> Result<bool, StoreError> {
    Ok(change!(on, "DELETE FROM letters WHERE id = $1 AND generation = $2", id.as_str(), generation)? == 1)
}

/// Lets a claimed letter be tried again at `due`; false when somebody else has claimed it since.
///
/// # Errors
/// [`StoreError`].
pub async fn put_off(on: Conn<'_>, id: &LetterId, generation: i64, due: Timestamp) -> Result<bool, StoreError> {
    Ok(change!(on, "UPDATE letters SET due_ms = $3 WHERE id = $1 AND generation = $2", id.as_str(), generation, due.millis())? == 1)
}
