//! The audit log: a chain of MACs per node.

use crate::domain::{Clock, Random};
use crate::services::{App, ServiceError};
use crate::store::Database;
use crate::vault::{Keyring, Secret};

/// Something wrong with a chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The node whose chain it is.
    pub node: String,
    /// The place in the chain.
    pub seq: i64,
    /// What is wrong, in words.
    pub what: String,
}

/// What a verification found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// How many entries were read.
    pub entries: u64,
    /// What is wrong; empty when every chain is whole.
    pub findings: Vec<Finding>,
}

/// The key of the audit chains: opened, or made and sealed at the first start.
///
/// # Errors
/// `SecretUnreadable` when it cannot be opened with the keys at hand.
pub async fn load_key(database: &Database, keyring: &Keyring, random: &dyn Random, clock: &dyn Clock) -> Result<Secret<Vec<u8>>, ServiceError> {
    todo!()
}

/// Reads every chain and recomputes it: finds edits, deletions, reorders and cut tails.
///
/// # Errors
/// [`ServiceError`] when the database does not answer.
pub async fn verify(app: &App) -> Result<Report, ServiceError> {
    todo!()
}
