//! Checkpoints: what a chain was at a moment, sealed, to be kept where nobody can change both.

use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;

use super::checkpoint_seal;
use crate::domain::Timestamp;
use crate::services::{App, ServiceError};
use crate::store::audit::nodes;
use crate::store::audit_checkpoints::{self, CheckpointRow};
use crate::store::{Database, StoreError};
use crate::vault::Secret;

/// A sealed place of a chain, as it is written to a line of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Checkpoint {
    /// The chain.
    pub node: String,
    /// The place.
    pub seq: i64,
    /// The MAC of the entry there.
    #[serde(with = "in_hex")]
    pub mac: Vec<u8>,
    /// When it was sealed.
    pub at: Timestamp,
    /// HMAC-SHA-256 over all of it, under the key of the audit chains.
    #[serde(with = "in_hex")]
    pub seal: Vec<u8>,
}

impl From<CheckpointRow> for Checkpoint {
    fn from(row: CheckpointRow) -> Self {
        Self { node: row.node, seq: row.seq, mac: row.mac, at: row.at, seal: row.seal }
    }
}

impl Checkpoint {
    fn new(key: &Secret<Vec<u8>>, node: String, seq: i64, mac: Vec<u8>, at: Timestamp) -> Self {
        let seal = checkpoint_seal(key, &node, seq, &mac, at);
        Self { node, seq, mac, at, seal }
    }

    /// Whether it was sealed with this key.
    pub(super) fn is_genuine(&self, key: &Secret<Vec<u8>>) -> bool {
        checkpoint_seal(key, &self.node, self.seq, &self.mac, self.at).ct_eq(&self.seal).into()
    }

    /// The line of a file.
    ///
    /// # Errors
    /// `Internal`.
    pub fn line(&self) -> Result<String, ServiceError> {
        Ok(serde_json::to_string(self)?)
    }
}

/// Reads a file of checkpoints, one per line; empty lines are skipped.
///
/// # Errors
/// The number of the line that is none.
pub fn read_checkpoints(text: &str) -> Result<Vec<Checkpoint>, usize> {
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    lines.map(|(number, line)| serde_json::from_str(line).map_err(|_| number + 1)).collect()
}

/// The ends of all chains now, sealed.
///
/// # Errors
/// [`StoreError`].
pub async fn checkpoints(database: &Database, key: &Secret<Vec<u8>>, now: Timestamp) -> Result<Vec<Checkpoint>, StoreError> {
    let ends = nodes(database.read().await?.conn()).await?;
    Ok(ends.into_iter().filter(|(_, seq, _)| *seq > 0).map(|(node, seq, mac)| Checkpoint::new(key, node, seq, mac, now)).collect())
}

/// Seals the end of this node's own chain, keeps it, and says it to the log; none when nothing was added since the last one.
///
/// # Errors
/// [`ServiceError`] when the database does not answer.
pub async fn note_checkpoint(app: &App) -> Result<Option<Checkpoint>, ServiceError> {
    let all = checkpoints(&app.database, &app.audit_key, app.now()).await?;
    let Some(made) = all.into_iter().find(|made| made.node == app.settings.node) else { return Ok(None) };
    let mut transaction = app.database.begin().await?;
    let row = CheckpointRow { node: made.node.clone(), seq: made.seq, mac: made.mac.clone(), at: made.at, seal: made.seal.clone() };
    if !audit_checkpoints::insert(transaction.conn(), &row).await? {
        return Ok(None);
    }
    transaction.commit().await?;
    tracing::info!(checkpoint = made.line()?, "the audit chain is sealed up to here");
    Ok(Some(made))
}

mod in_hex {
    use serde::de::Error as _;
    use serde::{Deserialize as _, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&hex::encode(bytes))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
        hex::decode(String::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}
