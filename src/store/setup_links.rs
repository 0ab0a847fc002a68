//! The one-time setup link; one row (id 1).

use crate::domain::Timestamp;
use crate::store::engine::{change, row};
use crate::store::{Conn, StoreError};

/// The link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetupLinkRow {
    /// SHA-256 of the token, hex.
    pub token_hash: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was used.
    pub used_at: Option<Timestamp>,
}

/// Makes a new link the only one; does nothing when the setup was done (used).
///
/// # Errors
/// [`StoreError`].
pub async fn replace(on: Conn<'_>, token_hash: &str, now: Timestamp) -> Result<(), StoreError> {
    let sql = "INSERT INTO setup_links (id, token_hash, created_ms, used_ms) VALUES (1, $1, $2, NULL) ON CONFLICT (id) DO UPDATE \
               SET token_hash = excluded.token_hash, created_ms = excluded.created_ms WHERE setup_links.used_ms IS NULL";
    change!(on, sql, token_hash, now.millis())?;
    Ok(())
}

/// The link.
///
/// # Errors
/// [`StoreError`].
pub async fn find(on: Conn<'_>) -> Result<Option<SetupLinkRow>, StoreError> {
    let found = row!(on, (String, i64, Option<i64>), "SELECT token_hash, created_ms, used_ms FROM setup_links WHERE id = 1")?;
    Ok(found.map(|(token_hash, created_ms, used_ms)| SetupLinkRow {
        token_hash,
        created_at: Timestamp::from_millis(created_ms),
        used_at: used_ms.map(Timestamp::from_millis),
    }))
}

/// Marks the unused link with this hash as used; false when there is none. Of two at once, one wins.
///
/// # Errors
/// [`StoreError`].
pub async fn use_up(on: Conn<'_>, token_hash: &str, now: Timestamp) -> Result<bool, StoreError> {
    let sql = "UPDATE setup_links SET used_ms = $2 WHERE id = 1 AND token_hash = $1 AND used_ms IS NULL";
    Ok(change!(on, sql, token_hash, now.millis())? == 1)
}
