//! Counts and groups of connections.

use std::collections::BTreeSet;

use super::{ConnectionRow, Raw, folded, id_of};
use crate::domain::{ConnectionId, ConnectionStatus, MemberId, OAuthAppId, OrganizationId, TeamId};
use crate::store::engine::{change, rows, value};
use crate::store::{Conn, StoreError};

/// Whose eyes look: personal connections of others, and what a limited person does not know, are as if they were not there.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sight<'a> {
    /// Whose personal ones count.
    pub member: Option<&'a MemberId>,
    /// The only ones that there are; none when all are.
    pub only: Option<&'a BTreeSet<ConnectionId>>,
}

impl<'a> Sight<'a> {
    /// Binds as the member's id; nobody's is empty, which no member has.
    pub(in crate::store) fn member_id(self) -> &'a str {
        id_of(self.member)
    }
}

/// Binds as a list of ids, which SQL looks into as a text; empty when nothing is limited, and never empty when something is.
pub(in crate::store) fn ids(only: Option<&BTreeSet<ConnectionId>>) -> String {
    only.map_or_else(String::new, |only| only.iter().fold("only".to_owned(), |text, id| text + " " + id.as_str()))
}

/// The connections `c` that there are for the member `$2` among the ids `$3`.
macro_rules! seen {
    () => {
        "AND c.owner_member_id IN ('', $2) AND ($3 = '' OR $3 LIKE '%' || c.id || '%') "
    };
}
pub(in crate::store) use seen;

/// How many connections have a status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StatusCount {
    /// The status.
    pub status: ConnectionStatus,
    /// Those that there are for whoever looks.
    pub seen: i64,
    /// Those that are somebody else's alone.
    pub others: i64,
}

/// How many per status.
///
/// # Errors
/// [`StoreError`].
pub async fn count_by_status(on: Conn<'_>, organization: &OrganizationId, sight: Sight<'_>) -> Result<Vec<StatusCount>, StoreError> {
    let sql = "SELECT status, sum(CASE WHEN owner_member_id IN ('', $2) THEN 1 ELSE 0 END), sum(CASE WHEN owner_member_id IN ('', $2) THEN 0 ELSE 1 END) \
               FROM connections WHERE org_id = $1 AND ($3 = '' OR $3 LIKE '%' || id || '%') GROUP BY status ORDER BY status";
    let found = rows!(on, (String, i64, i64), sql, organization.as_str(), sight.member_id(), ids(sight.only))?;
    let parsed = found.into_iter().map(|(text, seen, others)| {
        let status = ConnectionStatus::parse(&text).map_err(|_| StoreError::bad_row("connections", "status", organization.as_str()))?;
        Ok(StatusCount { status, seen, others })
    });
    parsed.collect()
}

/// Those of one connector that are not disconnected, oldest first.
///
/// # Errors
/// [`StoreError`].
pub async fn of_connector(on: Conn<'_>, organization: &OrganizationId, connector: &str, sight: Sight<'_>) -> Result<Vec<ConnectionRow>, StoreError> {
    let sql = select!(
        "WHERE org_id = $1 AND connector = $2 AND owner_member_id IN ('', $3) AND status <> 'revoked' AND ($4 = '' OR $4 LIKE '%' || id || '%') \
         ORDER BY created_ms, id"
    );
    let found = rows!(on, Raw, sql, organization.as_str(), connector, sight.member_id(), ids(sight.only))?;
    found.into_iter().map(ConnectionRow::try_from).collect()
}

/// Those of one connector that are not disconnected, oldest first, whoever they belong to.
///
/// # Errors
/// [`StoreError`].
pub async fn users_of_connector(on: Conn<'_>, organization: &OrganizationId, connector: &str) -> Result<Vec<ConnectionRow>, StoreError> {
    let sql = select!("WHERE org_id = $1 AND connector = $2 AND status <> 'revoked' ORDER BY created_ms, id");
    rows!(on, Raw, sql, organization.as_str(), connector)?.into_iter().map(ConnectionRow::try_from).collect()
}

/// Those of which a kept credential came by this OAuth app, oldest first, whoever they belong to.
///
/// # Errors
/// [`StoreError`].
pub async fn users_of_app(on: Conn<'_>, organization: &OrganizationId, app: &OAuthAppId) -> Result<Vec<ConnectionRow>, StoreError> {
    let sql = select!("WHERE org_id = $1 AND id IN (SELECT connection_id FROM grants WHERE org_id = $1 AND app_id = $2) ORDER BY created_ms, id");
    rows!(on, Raw, sql, organization.as_str(), app.as_str())?.into_iter().map(ConnectionRow::try_from).collect()
}

/// Those of one team that are not disconnected, by name.
///
/// # Errors
/// [`StoreError`].
pub async fn of_team(on: Conn<'_>, organization: &OrganizationId, team: &TeamId, sight: Sight<'_>) -> Result<Vec<ConnectionRow>, StoreError> {
    let sql = select!("WHERE org_id = $1 AND team_id = $2 AND status <> 'revoked' AND ($3 = '' OR $3 LIKE '%' || id || '%') ORDER BY folded, id");
    rows!(on, Raw, sql, organization.as_str(), team.as_str(), ids(sight.only))?.into_iter().map(ConnectionRow::try_from).collect()
}

/// Those that are one member's alone, disconnected ones too, oldest first.
///
/// # Errors
/// [`StoreError`].
pub async fn of_owner(on: Conn<'_>, organization: &OrganizationId, owner: &MemberId) -> Result<Vec<ConnectionRow>, StoreError> {
    let sql = select!("WHERE org_id = $1 AND owner_member_id = $2 ORDER BY created_ms, id");
    rows!(on, Raw, sql, organization.as_str(), owner.as_str())?.into_iter().map(ConnectionRow::try_from).collect()
}

/// Makes a personal connection another member's alone, under the name of `row`; `Conflict` when it was changed meanwhile.
///
/// # Errors
/// [`StoreError`].
pub async fn give(on: Conn<'_>, row: &ConnectionRow, to: &MemberId) -> Result<(), StoreError> {
    let sql = "UPDATE connections SET owner_member_id = $4, name = $5, folded = $6, edits = edits + 1, row_version = row_version + 1 \
               WHERE org_id = $1 AND id = $2 AND row_version = $3 AND owner_member_id <> ''";
    let (tenant, id, name) = (row.organization.as_str(), row.id.as_str(), row.name.as_str());
    if change!(on, sql, tenant, id, row.row_version, to.as_str(), name, folded(row))? == 1 { Ok(()) } else { Err(StoreError::Conflict) }
}

/// How many of the whole organization are not disconnected, whoever they belong to.
///
/// # Errors
/// [`StoreError`].
pub async fn count_open(on: Conn<'_>, organization: &OrganizationId) -> Result<i64, StoreError> {
    value!(on, i64, "SELECT count(*) FROM connections WHERE org_id = $1 AND status <> 'revoked'", organization.as_str())
}

/// How many per connector, disconnected ones left out.
///
/// # Errors
/// [`StoreError`].
pub async fn count_by_connector(on: Conn<'_>, organization: &OrganizationId, sight: Sight<'_>) -> Result<Vec<(String, i64)>, StoreError> {
    let sql = "SELECT connector, count(*) FROM connections WHERE org_id = $1 AND owner_member_id IN ('', $2) AND status <> 'revoked' \
               AND ($3 = '' OR $3 LIKE '%' || id || '%') GROUP BY connector ORDER BY connector";
    rows!(on, (String, i64), sql, organization.as_str(), sight.member_id(), ids(sight.only))
}
