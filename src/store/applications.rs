//! Programs that use connections.

use crate::domain::{ApplicationId, MemberId, OrganizationId, Timestamp};
use crate::store::engine::{change, row, rows, value};
use crate::store::{Conn, StoreError};

macro_rules! select {
    ($rest:literal) => {
        concat!("SELECT id, org_id, name, purpose, owner_member_id, active, created_by, created_ms, updated_ms, row_version FROM applications ", $rest)
    };
}

#[derive(sqlx::FromRow)]
struct Raw {
    id: String,
    org_id: String,
    name: String,
    purpose: String,
    owner_member_id: String,
    active: bool,
    created_by: String,
    created_ms: i64,
    updated_ms: i64,
    row_version: i64,
}

impl TryFrom<Raw> for ApplicationRow {
    type Error = StoreError;

    fn try_from(raw: Raw) -> Result<Self, StoreError> {
        let bad = |column| StoreError::bad_row("applications", column, &raw.id);
        Ok(Self {
            id: ApplicationId::parse(&raw.id).map_err(|_| bad("id"))?,
            organization: OrganizationId::parse(&raw.org_id).map_err(|_| bad("org_id"))?,
            owner: MemberId::parse(&raw.owner_member_id).map_err(|_| bad("owner_member_id"))?,
            created_by: MemberId::parse(&raw.created_by).map_err(|_| bad("created_by"))?,
            name: raw.name,
            purpose: raw.purpose,
            active: raw.active,
            created_at: Timestamp::from_millis(raw.created_ms),
            updated_at: Timestamp::from_millis(raw.updated_ms),
            row_version: raw.row_version,
        })
    }
}

/// A program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApplicationRow {
    /// The id.
    pub id: ApplicationId,
    /// The tenant.
    pub organization: OrganizationId,
    /// The name; no two of an organization are equal.
    pub name: String,
    /// What it is for.
    pub purpose: String,
    /// Who answers for it.
    pub owner: MemberId,
    /// Whether its keys work.
    pub active: bool,
    /// Who added it.
    pub created_by: MemberId,
    /// When added.
    pub created_at: Timestamp,
    /// When last changed.
    pub updated_at: Timestamp,
    /// Counts changes, from 1.
    pub row_version: i64,
}

/// Adds a program. `Duplicate("applications_org_id_name_key")` when the name is taken.
///
/// # Errors
/// [`StoreError`].
pub async fn insert(on: Conn<'_>, row: &ApplicationRow) -> Result<(), StoreError> {
    change!(
        on,
        "INSERT INTO applications (id, org_id, name, purpose, owner_member_id, active, created_by, created_ms, updated_ms, row_version) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        row.id.as_str(),
        row.organization.as_str(),
        row.name.as_str(),
        row.purpose.as_str(),
        row.owner.as_str(),
        row.active,
        row.created_by.as_str(),
        row.created_at.millis(),
        row.updated_at.millis(),
        row.row_version,
    )?;
    Ok(())
}

/// One program.
///
/// # Errors
/// [`StoreError`].
pub async fn find(on: Conn<'_>, organization: &OrganizationId, id: &ApplicationId) -> Result<Option<ApplicationRow>, StoreError> {
    row!(on, Raw, select!("WHERE org_id = $1 AND id = $2"), organization.as_str(), id.as_str())?.map(ApplicationRow::try_from).transpose()
}

/// All programs of an organization, or those of one owner, by name.
///
/// # Errors
/// [`StoreError`].
pub async fn list(on: Conn<'_>, organization: &OrganizationId, owner: Option<&MemberId>) -> Result<Vec<ApplicationRow>, StoreError> {
    let owner = owner.map_or("", MemberId::as_str);
    let found = rows!(on, Raw, select!("WHERE org_id = $1 AND ($2 = '' OR owner_member_id = $2) ORDER BY name, id"), organization.as_str(), owner)?;
    found.into_iter().map(ApplicationRow::try_from).collect()
}

/// How many programs an organization has.
///
/// # Errors
/// [`StoreError`].
pub async fn count(on: Conn<'_>, organization: &OrganizationId) -> Result<i64, StoreError> {
    value!(on, i64, "SELECT count(*) FROM applications WHERE org_id = $1", organization.as_str())
}

/// Writes name, purpose, owner and whether it is on, if nobody has changed it since it was read: `Conflict` otherwise.
///
/// # Errors
/// [`StoreError`]; `Duplicate("applications_org_id_name_key")` when the name is taken.
pub async fn update(on: Conn<'_>, row: &ApplicationRow) -> Result<(), StoreError> {
    let changed = change!(
        on,
        "UPDATE applications SET name = $4, purpose = $5, owner_member_id = $6, active = $7, updated_ms = $8, row_version = row_version + 1 \
         WHERE org_id = $1 AND id = $2 AND row_version = $3",
        row.organization.as_str(),
        row.id.as_str(),
        row.row_version,
        row.name.as_str(),
        row.purpose.as_str(),
        row.owner.as_str(),
        row.active,
        row.updated_at.millis(),
    )?;
    if changed == 1 { Ok(()) } else { Err(StoreError::Conflict) }
}

/// Removes a program and its keys; false when there is none.
///
/// # Errors
/// [`StoreError`].
pub async fn delete(mut on: Conn<'_>, organization: &OrganizationId, id: &ApplicationId) -> Result<bool, StoreError> {
    change!(on.again(), "DELETE FROM api_keys WHERE org_id = $1 AND application_id = $2", organization.as_str(), id.as_str())?;
    Ok(change!(on, "DELETE FROM applications WHERE org_id = $1 AND id = $2", organization.as_str(), id.as_str())? == 1)
}
