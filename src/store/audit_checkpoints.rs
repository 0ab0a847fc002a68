//! Sealed places of the audit chains: what was there at that moment.

use crate::domain::Timestamp;
use crate::store::engine::{change, rows};
use crate::store::{Conn, StoreError};

#[derive(sqlx::FromRow)]
struct Raw {
    node: String,
    seq: i64,
    mac: Vec<u8>,
    at_ms: i64,
    seal: Vec<u8>,
}

/// A sealed place of a chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckpointRow {
    /// The chain.
    pub node: String,
    /// The place; every entry up to it existed.
    pub seq: i64,
    /// The MAC of the entry there.
    pub mac: Vec<u8>,
    /// When it was sealed.
    pub at: Timestamp,
    /// MAC over all of it.
    pub seal: Vec<u8>,
}

impl From<Raw> for CheckpointRow {
    fn from(raw: Raw) -> Self {
        Self { node: raw.node, seq: raw.seq, mac: raw.mac, at: Timestamp::from_millis(raw.at_ms), seal: raw.seal }
    }
}

/// Keeps one; false when there is one of this place already.
///
/// # Errors
/// [`StoreError`].
pub async fn insert(on: Conn<'_>, row: &CheckpointRow) -> Result<bool, StoreError> {
    let sql = "INSERT INTO audit_checkpoints (node, seq, mac, at_ms, seal) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (node, seq) DO NOTHING";
    Ok(change!(on, sql, row.node.as_str(), row.seq, row.mac.as_slice(), row.at.millis(), row.seal.as_slice())? == 1)
}

/// All of them, chain by chain, oldest first.
///
/// # Errors
/// [`StoreError`]; [`StoreError::BadRow`] when a column holds what it never should.
pub async fn all(on: Conn<'_>) -> Result<Vec<CheckpointRow>, StoreError> {
    let found = rows!(on, Raw, "SELECT node, seq, mac, at_ms, seal FROM audit_checkpoints ORDER BY node, seq").map_err(|error| match error {
        StoreError::Sql(sqlx::Error::ColumnDecode { .. }) => StoreError::bad_row("audit_checkpoints", "(one of them)", "one of them"),
        other => other,
    })?;
    Ok(found.into_iter().map(CheckpointRow::from).collect())
}

/// The newest of a chain.
///
/// # Errors
/// [`StoreError`].
pub async fn newest(on: Conn<'_>, node: &str) -> Result<Option<CheckpointRow>, StoreError> {
    let found = rows!(on, Raw, "SELECT node, seq, mac, at_ms, seal FROM audit_checkpoints WHERE node = $1 ORDER BY seq DESC LIMIT 1", node)?;
    Ok(found.into_iter().map(CheckpointRow::from).next())
}

/// The first of a chain at this place or behind it, which covers the entry there.
///
/// # Errors
/// [`StoreError`].
pub async fn covering(on: Conn<'_>, node: &str, seq: i64) -> Result<Option<CheckpointRow>, StoreError> {
    let sql = "SELECT node, seq, mac, at_ms, seal FROM audit_checkpoints WHERE node = $1 AND seq >= $2 ORDER BY seq LIMIT 1";
    Ok(rows!(on, Raw, sql, node, seq)?.into_iter().map(CheckpointRow::from).next())
}
