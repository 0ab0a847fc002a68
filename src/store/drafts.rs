//! Connections being set up.

use crate::domain::{DraftId, MemberId, OrganizationId, Timestamp};
use crate::store::{Conn, StoreError};

/// A draft.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DraftRow {
    /// The id.
    pub id: DraftId,
    /// The tenant.
    pub organization: OrganizationId,
    /// Whose it is; nobody else sees it.
    pub member: MemberId,
    /// The connector.
    pub connector: String,
    /// `wizard` or `quick`.
    pub flow: String,
    /// Name of the connection to be.
    pub name: String,
    /// What was typed, secrets left out: JSON object of strings.
    pub entries: String,
    /// JSON object: field to message.
    pub errors: String,
    /// Counts seals of this draft, from 0.
    pub secret_version: i64,
    /// The root key that sealed the secrets.
    pub key_id: Option<String>,
    /// The secrets while their check runs or waits for a decision.
    pub sealed: Option<Vec<u8>>,
    /// The last check.
    pub check_id: Option<String>,
    /// The connection it became.
    pub connection_id: Option<String>,
    /// A connection that already opens the same account.
    pub duplicate_of: Option<String>,
    /// When begun.
    pub created_at: Timestamp,
    /// When last changed.
    pub updated_at: Timestamp,
    /// When it is forgotten.
    pub expires_at: Timestamp,
    /// Counts changes, from 1.
    pub row_version: i64,
}

/// Adds a draft.
///
/// # Errors
/// [`StoreError`].
pub async fn insert(on: Conn<'_>, row: &DraftRow) -> Result<(), StoreError> {
    todo!()
}

/// One draft of this member that is still kept.
///
/// # Errors
/// [`StoreError`].
pub async fn find(on: Conn<'_>, organization: &OrganizationId, member: &MemberId, id: &DraftId, now: Timestamp) -> Result<Option<DraftRow>, StoreError> {
    todo!()
}

/// The newest unfinished draft (no connection yet) of this member for a connector and flow.
///
/// # Errors
/// [`StoreError`].
pub async fn find_by_flow(on: Conn<'_>, organization: &OrganizationId, member: &MemberId, connector: &str, flow: &str, now: Timestamp) -> Result<Option<DraftRow>, StoreError> {
    todo!()
}

/// Writes all columns of a row whose `row_version` is still the given one, and counts it up; `Conflict` otherwise.
///
/// # Errors
/// [`StoreError`].
pub async fn update(on: Conn<'_>, row: &DraftRow) -> Result<(), StoreError> {
    todo!()
}

/// Forgets a draft.
///
/// # Errors
/// [`StoreError`].
pub async fn delete(on: Conn<'_>, organization: &OrganizationId, member: &MemberId, id: &DraftId) -> Result<bool, StoreError> {
    todo!()
}

/// Forgets drafts whose time is over.
///
/// # Errors
/// [`StoreError`].
pub async fn delete_expired(on: Conn<'_>, now: Timestamp) -> Result<u64, StoreError> {
    todo!()
}
