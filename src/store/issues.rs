//! What is wrong with connections, from when it began until it is mended.

use crate::domain::{ConnectionId, ConnectionStatus, IssueEnd, IssueId, OrganizationId, Timestamp};
use crate::store::connections::{Sight, ids, seen};
use crate::store::engine::{change, row, rows, value};
use crate::store::{Conn, StoreError};

macro_rules! select {
    ($($rest:tt)+) => {
        concat!(
            "SELECT i.id, i.org_id, i.connection_id, i.code, i.opened_ms, i.resolved_ms, i.resolved_how, i.resolved_by, i.told_ms, c.name, c.connector \
             FROM issues i JOIN connections c ON c.id = i.connection_id WHERE i.org_id = $1 ",
            $($rest)+
        )
    };
}

#[derive(sqlx::FromRow)]
struct Raw {
    id: String,
    org_id: String,
    connection_id: String,
    code: String,
    opened_ms: i64,
    resolved_ms: Option<i64>,
    resolved_how: String,
    resolved_by: String,
    told_ms: Option<i64>,
    name: String,
    connector: String,
}

impl TryFrom<Raw> for IssueRow {
    type Error = StoreError;

    fn try_from(raw: Raw) -> Result<Self, StoreError> {
        let bad = |column| StoreError::bad_row("issues", column, &raw.id);
        Ok(Self {
            id: IssueId::parse(&raw.id).map_err(|_| bad("id"))?,
            organization: OrganizationId::parse(&raw.org_id).map_err(|_| bad("org_id"))?,
            connection: ConnectionId::parse(&raw.connection_id).map_err(|_| bad("connection_id"))?,
            code: raw.code,
            opened_at: Timestamp::from_millis(raw.opened_ms),
            resolved_at: raw.resolved_ms.map(Timestamp::from_millis),
            resolved_how: Some(raw.resolved_how.as_str())
                .filter(|how| !how.is_empty())
                .map(|how| IssueEnd::parse(how).ok_or_else(|| bad("resolved_how")))
                .transpose()?,
            resolved_by: raw.resolved_by,
            told_at: raw.told_ms.map(Timestamp::from_millis),
            name: raw.name,
            connector: raw.connector,
        })
    }
}

/// What is or was wrong with a connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssueRow {
    /// The id.
    pub id: IssueId,
    /// The tenant.
    pub organization: OrganizationId,
    /// The connection.
    pub connection: ConnectionId,
    /// What is wrong, as a stable code.
    pub code: String,
    /// Since when.
    pub opened_at: Timestamp,
    /// Until when; none while it lasts.
    pub resolved_at: Option<Timestamp>,
    /// What ended it; none while it lasts, and when nobody wrote it down.
    pub resolved_how: Option<IssueEnd>,
    /// Who ended it, by name at that time; empty when Latchkey did.
    pub resolved_by: String,
    /// When people were told by letter; none when they were not.
    pub told_at: Option<Timestamp>,
    /// The connection's name.
    pub name: String,
    /// Its connector.
    pub connector: String,
}

/// Opens an issue of a connection; false, and only the code taken over, when one is open.
///
/// # Errors
/// [`StoreError`].
pub async fn open(
    mut on: Conn<'_>,
    id: &IssueId,
    organization: &OrganizationId,
    connection: &ConnectionId,
    code: &str,
    at: Timestamp,
) -> Result<bool, StoreError> {
    let sql = "INSERT INTO issues (id, org_id, connection_id, code, opened_ms) VALUES ($1, $2, $3, $4, $5) \
               ON CONFLICT (connection_id) WHERE resolved_ms IS NULL DO NOTHING";
    if change!(on.again(), sql, id.as_str(), organization.as_str(), connection.as_str(), code, at.millis())? == 1 {
        return Ok(true);
    }
    let sql = "UPDATE issues SET code = $3 WHERE org_id = $1 AND connection_id = $2 AND resolved_ms IS NULL";
    change!(on, sql, organization.as_str(), connection.as_str(), code)?;
    Ok(false)
}

/// Notes that people are told of the open issue; false when they were told before, or none is open.
///
/// # Errors
/// [`StoreError`].
pub async fn tell(on: Conn<'_>, organization: &OrganizationId, connection: &ConnectionId, at: Timestamp) -> Result<bool, StoreError> {
    let sql = "UPDATE issues SET told_ms = $3 WHERE org_id = $1 AND connection_id = $2 AND resolved_ms IS NULL AND told_ms IS NULL";
    Ok(change!(on, sql, organization.as_str(), connection.as_str(), at.millis())? == 1)
}

/// Ends the open issue of a connection, and keeps how and by whom; false when none is open.
///
/// # Errors
/// [`StoreError`].
pub async fn resolve(
    on: Conn<'_>,
    organization: &OrganizationId,
    connection: &ConnectionId,
    how: IssueEnd,
    by: &str,
    at: Timestamp,
) -> Result<bool, StoreError> {
    let sql = "UPDATE issues SET resolved_ms = $3, resolved_how = $4, resolved_by = $5 WHERE org_id = $1 AND connection_id = $2 AND resolved_ms IS NULL";
    Ok(change!(on, sql, organization.as_str(), connection.as_str(), at.millis(), how.as_str(), by)? == 1)
}

/// The open issue of a connection.
///
/// # Errors
/// [`StoreError`].
pub async fn of_connection(on: Conn<'_>, organization: &OrganizationId, connection: &ConnectionId) -> Result<Option<IssueRow>, StoreError> {
    let sql = select!("AND i.connection_id = $2 AND i.resolved_ms IS NULL");
    row!(on, Raw, sql, organization.as_str(), connection.as_str())?.map(IssueRow::try_from).transpose()
}

/// Issues of the connections that there are for whoever looks, before the place `(at, id)`: with `open` those that last, opened last first, else those that
/// have ended, ended last first.
///
/// # Errors
/// [`StoreError`].
pub async fn list(
    on: Conn<'_>,
    organization: &OrganizationId,
    sight: Sight<'_>,
    open: bool,
    before: Option<(Timestamp, &str)>,
    limit: i64,
) -> Result<Vec<IssueRow>, StoreError> {
    let sql = if open {
        select!(seen!(), "AND i.resolved_ms IS NULL AND (i.opened_ms < $4 OR (i.opened_ms = $4 AND i.id < $5)) ORDER BY i.opened_ms DESC, i.id DESC LIMIT $6")
    } else {
        select!(
            seen!(),
            "AND i.resolved_ms IS NOT NULL AND (i.resolved_ms < $4 OR (i.resolved_ms = $4 AND i.id < $5)) ORDER BY i.resolved_ms DESC, i.id DESC LIMIT $6"
        )
    };
    let (at, id) = before.map_or((i64::MAX, ""), |(at, id)| (at.millis(), id));
    let found = rows!(on, Raw, sql, organization.as_str(), sight.member_id(), ids(sight.only), at, id, limit)?;
    found.into_iter().map(IssueRow::try_from).collect()
}

/// How many issues are open, by the status of their connections, of those that there are for whoever looks.
///
/// # Errors
/// [`StoreError`].
pub async fn count_open(on: Conn<'_>, organization: &OrganizationId, sight: Sight<'_>) -> Result<Vec<(ConnectionStatus, i64)>, StoreError> {
    let sql = concat!(
        "SELECT c.status, count(*) FROM issues i JOIN connections c ON c.id = i.connection_id WHERE i.org_id = $1 AND i.resolved_ms IS NULL ",
        seen!(),
        "GROUP BY c.status ORDER BY c.status"
    );
    let found = rows!(on, (String, i64), sql, organization.as_str(), sight.member_id(), ids(sight.only))?;
    let status = |text: &str| ConnectionStatus::parse(text).map_err(|_| StoreError::bad_row("connections", "status", organization.as_str()));
    found.into_iter().map(|(text, count)| Ok((status(&text)?, count))).collect()
}

/// How many issues have ended, of the connections that there are for whoever looks.
///
/// # Errors
/// [`StoreError`].
pub async fn count_ended(on: Conn<'_>, organization: &OrganizationId, sight: Sight<'_>) -> Result<i64, StoreError> {
    let sql = concat!("SELECT count(*) FROM issues i JOIN connections c ON c.id = i.connection_id WHERE i.org_id = $1 AND i.resolved_ms IS NOT NULL ", seen!());
    value!(on, i64, sql, organization.as_str(), sight.member_id(), ids(sight.only))
}
