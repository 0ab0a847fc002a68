//! Checks: live proofs of drafts and connections.

use crate::domain::{CheckId, CheckState, ConnectionId, DraftId, OrganizationId, Timestamp};
use crate::store::{Conn, StoreError};

/// A check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckRow {
    /// The id.
    pub id: CheckId,
    /// The tenant.
    pub organization: OrganizationId,
    /// The draft it proves.
    pub draft: Option<DraftId>,
    /// The connection it proves.
    pub connection: Option<ConnectionId>,
    /// The connector.
    pub connector: String,
    /// How it stands.
    pub state: CheckState,
    /// Why it failed.
    pub code: Option<String>,
    /// JSON of the step reports.
    pub steps: String,
    /// JSON: failure details or identity; `{}` while running.
    pub result: String,
    /// When it began.
    pub started_at: Timestamp,
    /// When it must have ended; later it counts as stopped.
    pub deadline_at: Timestamp,
    /// How long it took.
    pub took_ms: i64,
}

/// One finished check, as bars and figures need it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckMark {
    /// The connection.
    pub connection: String,
    /// When.
    pub at: Timestamp,
    /// How it ended.
    pub state: CheckState,
    /// How long it took.
    pub took_ms: i64,
    /// Why it failed.
    pub code: Option<String>,
}

/// Adds a check.
///
/// # Errors
/// [`StoreError`].
pub async fn insert(on: Conn<'_>, row: &CheckRow) -> Result<(), StoreError> {
    todo!()
}

/// One check.
///
/// # Errors
/// [`StoreError`].
pub async fn find(on: Conn<'_>, organization: &OrganizationId, id: &CheckId) -> Result<Option<CheckRow>, StoreError> {
    todo!()
}

/// Writes the steps of a running check; a finished one stays as it is.
///
/// # Errors
/// [`StoreError`].
pub async fn save_progress(on: Conn<'_>, organization: &OrganizationId, id: &CheckId, steps: &str) -> Result<(), StoreError> {
    todo!()
}

/// Writes state, code, steps, result and time of a running check; false when it was finished already.
///
/// # Errors
/// [`StoreError`].
pub async fn finish(on: Conn<'_>, row: &CheckRow) -> Result<bool, StoreError> {
    todo!()
}

/// Finished checks of these connections since then, oldest first.
///
/// # Errors
/// [`StoreError`].
pub async fn marks_since(on: Conn<'_>, organization: &OrganizationId, connections: &[ConnectionId], since: Timestamp) -> Result<Vec<CheckMark>, StoreError> {
    todo!()
}

/// Makes a draft's check also the first check of the connection it became.
///
/// # Errors
/// [`StoreError`].
pub async fn attach(on: Conn<'_>, organization: &OrganizationId, id: &CheckId, connection: &ConnectionId) -> Result<(), StoreError> {
    todo!()
}
