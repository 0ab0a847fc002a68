//! Connections.

use crate::domain::{ConnectionId, ConnectionStatus, MemberId, OrganizationId, TeamId, Timestamp};
use crate::store::{Conn, StoreError};

/// A connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectionRow {
    /// The id.
    pub id: ConnectionId,
    /// The tenant.
    pub organization: OrganizationId,
    /// The team it belongs to; none for the whole organization.
    pub team: Option<TeamId>,
    /// The connector's id.
    pub connector: String,
    /// The name; unique among those not disconnected.
    pub name: String,
    /// How it is.
    pub status: ConnectionStatus,
    /// Fields that are no secret, JSON object of strings.
    pub config: String,
    /// The provider's id of the account.
    pub account_id: String,
    /// The account's name.
    pub account_name: String,
    /// JSON of [`crate::dto::IdentityView`].
    pub identity: String,
    /// Where the credential goes.
    pub host: String,
    /// The last check.
    pub last_check_id: Option<String>,
    /// When that was.
    pub last_checked_at: Option<Timestamp>,
    /// When the next is due.
    pub next_check_at: Option<Timestamp>,
    /// Why the last check failed.
    pub failure_code: Option<String>,
    /// Who connected it.
    pub created_by: MemberId,
    /// When.
    pub created_at: Timestamp,
    /// When last changed.
    pub updated_at: Timestamp,
    /// Counts changes, from 1.
    pub row_version: i64,
}

/// Narrows [`list`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListFilter {
    /// Part of name, account or id, lower case; empty for all.
    pub text: String,
    /// Any of these; empty for all but `revoked`.
    pub statuses: Vec<ConnectionStatus>,
    /// The order.
    pub order: Order,
    /// At most so many.
    pub limit: i64,
    /// After so many.
    pub offset: i64,
}

/// The order of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// By name.
    Name,
    /// By name, backwards.
    NameDescending,
    /// Longest unchecked first.
    Checked,
    /// Last checked first.
    CheckedDescending,
}

/// Adds a connection. `Duplicate("connections_name")` when the name is taken.
///
/// # Errors
/// [`StoreError`].
pub async fn insert(on: Conn<'_>, row: &ConnectionRow) -> Result<(), StoreError> {
    todo!()
}

/// One connection, disconnected ones too.
///
/// # Errors
/// [`StoreError`].
pub async fn find(on: Conn<'_>, organization: &OrganizationId, id: &ConnectionId) -> Result<Option<ConnectionRow>, StoreError> {
    todo!()
}

/// Writes all columns of a row whose `row_version` is still the given one, and counts it up; `Conflict` otherwise.
///
/// # Errors
/// [`StoreError`].
pub async fn update(on: Conn<'_>, row: &ConnectionRow) -> Result<(), StoreError> {
    todo!()
}

/// The rows that match.
///
/// # Errors
/// [`StoreError`].
pub async fn list(on: Conn<'_>, organization: &OrganizationId, filter: &ListFilter) -> Result<Vec<ConnectionRow>, StoreError> {
    todo!()
}

/// How many match; limit and offset do not matter.
///
/// # Errors
/// [`StoreError`].
pub async fn count(on: Conn<'_>, organization: &OrganizationId, filter: &ListFilter) -> Result<i64, StoreError> {
    todo!()
}

/// How many per status.
///
/// # Errors
/// [`StoreError`].
pub async fn count_by_status(on: Conn<'_>, organization: &OrganizationId) -> Result<Vec<(ConnectionStatus, i64)>, StoreError> {
    todo!()
}

/// Those of one connector that are not disconnected, oldest first.
///
/// # Errors
/// [`StoreError`].
pub async fn of_connector(on: Conn<'_>, organization: &OrganizationId, connector: &str) -> Result<Vec<ConnectionRow>, StoreError> {
    todo!()
}

/// How many per connector, disconnected ones left out.
///
/// # Errors
/// [`StoreError`].
pub async fn count_by_connector(on: Conn<'_>, organization: &OrganizationId) -> Result<Vec<(String, i64)>, StoreError> {
    todo!()
}
