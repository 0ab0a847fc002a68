//! Dates on which something ends, as people entered them.

use crate::domain::{ConnectionId, ExpiryDateId, MemberId, OrganizationId, Timestamp};
use crate::store::engine::{change, row, rows, value};
use crate::store::{Conn, StoreError};

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, org_id, connection_id, credential_version, title, note, ends_ms, owner_member_id, created_by, created_ms, updated_ms, row_version \
             FROM expiry_dates ",
            $rest
        )
    };
}

#[derive(sqlx::FromRow)]
struct Raw {
    id: String,
    org_id: String,
    connection_id: Option<String>,
    credential_version: Option<i64>,
    title: String,
    note: String,
    ends_ms: i64,
    owner_member_id: String,
    created_by: String,
    created_ms: i64,
    updated_ms: i64,
    row_version: i64,
}

impl TryFrom<Raw> for ExpiryDateRow {
    type Error = StoreError;

    fn try_from(raw: Raw) -> Result<Self, StoreError> {
        let bad = |column| StoreError::bad_row("expiry_dates", column, &raw.id);
        let connection = raw.connection_id.as_deref().map(ConnectionId::parse).transpose().map_err(|_| bad("connection_id"))?;
        Ok(Self {
            id: ExpiryDateId::parse(&raw.id).map_err(|_| bad("id"))?,
            organization: OrganizationId::parse(&raw.org_id).map_err(|_| bad("org_id"))?,
            connection: connection.zip(raw.credential_version),
            owner: MemberId::parse(&raw.owner_member_id).map_err(|_| bad("owner_member_id"))?,
            created_by: MemberId::parse(&raw.created_by).map_err(|_| bad("created_by"))?,
            title: raw.title,
            note: raw.note,
            ends_at: Timestamp::from_millis(raw.ends_ms),
            created_at: Timestamp::from_millis(raw.created_ms),
            updated_at: Timestamp::from_millis(raw.updated_ms),
            row_version: raw.row_version,
        })
    }
}

/// A date on which something ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpiryDateRow {
    /// The id.
    pub id: ExpiryDateId,
    /// The tenant.
    pub organization: OrganizationId,
    /// The connection whose credential ends, and the number of the version that is meant; none for a date of its own.
    pub connection: Option<(ConnectionId, i64)>,
    /// What ends; empty for a connection's credential.
    pub title: String,
    /// What people say about it.
    pub note: String,
    /// When it ends.
    pub ends_at: Timestamp,
    /// Who is told before.
    pub owner: MemberId,
    /// Who added it.
    pub created_by: MemberId,
    /// When.
    pub created_at: Timestamp,
    /// When last changed.
    pub updated_at: Timestamp,
    /// Counts changes, from 1.
    pub row_version: i64,
}

/// Adds a date. `Duplicate("expiry_dates_org_id_connection_id_key")` when the connection has one.
///
/// # Errors
/// [`StoreError`].
pub async fn insert(on: Conn<'_>, row: &ExpiryDateRow) -> Result<(), StoreError> {
    change!(
        on,
        "INSERT INTO expiry_dates (id, org_id, connection_id, credential_version, title, note, ends_ms, owner_member_id, created_by, created_ms, updated_ms, \
         row_version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        row.id.as_str(),
        row.organization.as_str(),
        row.connection.as_ref().map(|(id, _)| id.as_str()),
        row.connection.as_ref().map(|(_, version)| *version),
        row.title.as_str(),
        row.note.as_str(),
        row.ends_at.millis(),
        row.owner.as_str(),
        row.created_by.as_str(),
        row.created_at.millis(),
        row.updated_at.millis(),
        row.row_version,
    )?;
    Ok(())
}

/// One date.
///
/// # Errors
/// [`StoreError`].
pub async fn find(on: Conn<'_>, organization: &OrganizationId, id: &ExpiryDateId) -> Result<Option<ExpiryDateRow>, StoreError> {
    row!(on, Raw, select!("WHERE org_id = $1 AND id = $2"), organization.as_str(), id.as_str())?.map(ExpiryDateRow::try_from).transpose()
}

/// The date of a connection's credential, whichever version it was entered for.
///
/// # Errors
/// [`StoreError`].
pub async fn of_connection(on: Conn<'_>, organization: &OrganizationId, connection: &ConnectionId) -> Result<Option<ExpiryDateRow>, StoreError> {
    let sql = select!("WHERE org_id = $1 AND connection_id = $2");
    row!(on, Raw, sql, organization.as_str(), connection.as_str())?.map(ExpiryDateRow::try_from).transpose()
}

/// The dates that come before `until`, past ones too, the first to end first.
///
/// # Errors
/// [`StoreError`].
pub async fn list(on: Conn<'_>, organization: &OrganizationId, until: Timestamp) -> Result<Vec<ExpiryDateRow>, StoreError> {
    let sql = select!("WHERE org_id = $1 AND ends_ms <= $2 ORDER BY ends_ms, id");
    rows!(on, Raw, sql, organization.as_str(), until.millis())?.into_iter().map(ExpiryDateRow::try_from).collect()
}

/// How many there are.
///
/// # Errors
/// [`StoreError`].
pub async fn count(on: Conn<'_>, organization: &OrganizationId) -> Result<i64, StoreError> {
    value!(on, i64, "SELECT count(*) FROM expiry_dates WHERE org_id = $1", organization.as_str())
}

/// Writes version, title, note, end and owner of a row whose `row_version` is still the given one, and counts it up; `Conflict` otherwise.
///
/// # Errors
/// [`StoreError`].
pub async fn update(on: Conn<'_>, row: &ExpiryDateRow) -> Result<(), StoreError> {
    let changed = change!(
        on,
        "UPDATE expiry_dates SET credential_version = $4, title = $5, note = $6, ends_ms = $7, owner_member_id = $8, updated_ms = $9, \
         row_version = row_version + 1 WHERE org_id = $1 AND id = $2 AND row_version = $3",
        row.organization.as_str(),
        row.id.as_str(),
        row.row_version,
        row.connection.as_ref().map(|(_, version)| *version),
        row.title.as_str(),
        row.note.as_str(),
        row.ends_at.millis(),
        row.owner.as_str(),
        row.updated_at.millis(),
    )?;
    if changed == 1 { Ok(()) } else { Err(StoreError::Conflict) }
}

/// Removes a date; false when there is none.
///
/// # Errors
/// [`StoreError`].
pub async fn delete(on: Conn<'_>, organization: &OrganizationId, id: &ExpiryDateId) -> Result<bool, StoreError> {
    Ok(change!(on, "DELETE FROM expiry_dates WHERE org_id = $1 AND id = $2", organization.as_str(), id.as_str())? == 1)
}

/// When the credentials in use of connections end, as far as somebody entered it.
///
/// # Errors
/// [`StoreError`].
pub async fn of_credentials(on: Conn<'_>, organization: &OrganizationId) -> Result<Vec<(ConnectionId, Timestamp)>, StoreError> {
    let sql = "SELECT d.connection_id, d.ends_ms FROM expiry_dates d JOIN credentials k ON k.connection_id = d.connection_id AND k.version = d.credential_version \
               WHERE d.org_id = $1 AND k.org_id = $1 AND k.active";
    let found = rows!(on, (String, i64), sql, organization.as_str())?;
    let parsed = found.into_iter().map(|(id, ends_ms)| {
        let id = ConnectionId::parse(&id).map_err(|_| StoreError::bad_row("expiry_dates", "connection_id", &id))?;
        Ok((id, Timestamp::from_millis(ends_ms)))
    });
    parsed.collect()
}
