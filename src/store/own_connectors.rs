//! Connectors that an organization has added itself: the text being edited, and the text that is in use.

use crate::domain::{MemberId, OrganizationId, OwnConnectorId, Timestamp};
use crate::store::engine::{change, row, rows, value};
use crate::store::{Conn, StoreError};

const TABLE: &str = "own_connectors";

#[derive(sqlx::FromRow)]
struct Raw {
    id: String,
    org_id: String,
    connector: Option<String>,
    name: String,
    draft: String,
    published: Option<String>,
    tried: String,
    created_by: String,
    created_ms: i64,
    updated_by: String,
    updated_ms: i64,
    row_version: i64,
}

impl TryFrom<Raw> for OwnConnectorRow {
    type Error = StoreError;

    fn try_from(raw: Raw) -> Result<Self, StoreError> {
        let bad = |column| StoreError::bad_row(TABLE, column, &raw.id);
        Ok(Self {
            id: OwnConnectorId::parse(&raw.id).map_err(|_| bad("id"))?,
            organization: OrganizationId::parse(&raw.org_id).map_err(|_| bad("org_id"))?,
            created_by: MemberId::parse(&raw.created_by).map_err(|_| bad("created_by"))?,
            updated_by: MemberId::parse(&raw.updated_by).map_err(|_| bad("updated_by"))?,
            connector: raw.connector,
            name: raw.name,
            draft: raw.draft,
            published: raw.published,
            tried: raw.tried,
            created_at: Timestamp::from_millis(raw.created_ms),
            updated_at: Timestamp::from_millis(raw.updated_ms),
            row_version: raw.row_version,
        })
    }
}

/// A connector that an organization has added itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnConnectorRow {
    /// The id of this record.
    pub id: OwnConnectorId,
    /// The tenant.
    pub organization: OrganizationId,
    /// The id of the connector, as its manifest says; none before it is published.
    pub connector: Option<String>,
    /// The name that lists show.
    pub name: String,
    /// The text being edited.
    pub draft: String,
    /// The text in use; none before it is published.
    pub published: Option<String>,
    /// What was last typed to try it, secrets left out: JSON object. [`update`] leaves it alone.
    pub tried: String,
    /// Who added it.
    pub created_by: MemberId,
    /// When added.
    pub created_at: Timestamp,
    /// Who changed it last.
    pub updated_by: MemberId,
    /// When last changed.
    pub updated_at: Timestamp,
    /// Counts changes, from 1.
    pub row_version: i64,
}

/// A line of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnConnectorMark {
    /// The id of the record.
    pub id: OwnConnectorId,
    /// The id of the connector; none before it is published.
    pub connector: Option<String>,
    /// The name.
    pub name: String,
    /// `draft`, `published`, or `changed` when the text being edited is not the one in use.
    pub state: String,
    /// Who changed it last.
    pub updated_by: String,
    /// When last changed.
    pub updated_at: Timestamp,
}

/// A published connector without its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublishedMark {
    /// The id of the record.
    pub id: OwnConnectorId,
    /// Changes with the text, among other things.
    pub row_version: i64,
}

fn published_mark((id, row_version): (String, i64)) -> Result<PublishedMark, StoreError> {
    Ok(PublishedMark { id: OwnConnectorId::parse(&id).map_err(|_| StoreError::bad_row(TABLE, "id", &id))?, row_version })
}

/// Adds a connector.
///
/// # Errors
/// [`StoreError`]; `Duplicate` when the organization has one of this id.
pub async fn insert(on: Conn<'_>, row: &OwnConnectorRow) -> Result<(), StoreError> {
    change!(
        on,
        "INSERT INTO own_connectors (id, org_id, connector, name, draft, published, tried, created_by, created_ms, updated_by, updated_ms, row_version) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        row.id.as_str(),
        row.organization.as_str(),
        row.connector.as_deref(),
        row.name.as_str(),
        row.draft.as_str(),
        row.published.as_deref(),
        row.tried.as_str(),
        row.created_by.as_str(),
        row.created_at.millis(),
        row.updated_by.as_str(),
        row.updated_at.millis(),
        row.row_version,
    )?;
    Ok(())
}

/// One connector.
///
/// # Errors
/// [`StoreError`].
pub async fn find(on: Conn<'_>, organization: &OrganizationId, id: &OwnConnectorId) -> Result<Option<OwnConnectorRow>, StoreError> {
    let sql = "SELECT id, org_id, connector, name, draft, published, tried, created_by, created_ms, updated_by, updated_ms, row_version \
               FROM own_connectors WHERE org_id = $1 AND id = $2";
    row!(on, Raw, sql, organization.as_str(), id.as_str())?.map(OwnConnectorRow::try_from).transpose()
}

/// All connectors of an organization, by name, without their texts.
///
/// # Errors
/// [`StoreError`].
pub async fn list(on: Conn<'_>, organization: &OrganizationId) -> Result<Vec<OwnConnectorMark>, StoreError> {
    type Line = (String, Option<String>, String, String, String, i64);
    let sql = "SELECT id, connector, name, CASE WHEN published IS NULL THEN 'draft' WHEN published = draft THEN 'published' ELSE 'changed' END, \
               updated_by, updated_ms FROM own_connectors WHERE org_id = $1 ORDER BY name, id";
    let mark = |(id, connector, name, state, updated_by, updated_ms): Line| {
        let id = OwnConnectorId::parse(&id).map_err(|_| StoreError::bad_row(TABLE, "id", &id))?;
        Ok(OwnConnectorMark { id, connector, name, state, updated_by, updated_at: Timestamp::from_millis(updated_ms) })
    };
    rows!(on, Line, sql, organization.as_str())?.into_iter().map(mark).collect()
}

/// How many an organization has, drafts among them.
///
/// # Errors
/// [`StoreError`].
pub async fn count(on: Conn<'_>, organization: &OrganizationId) -> Result<i64, StoreError> {
    value!(on, i64, "SELECT count(*) FROM own_connectors WHERE org_id = $1", organization.as_str())
}

/// Which published connector of an organization has this id.
///
/// # Errors
/// [`StoreError`].
pub async fn published(on: Conn<'_>, organization: &OrganizationId, connector: &str) -> Result<Option<PublishedMark>, StoreError> {
    let sql = "SELECT id, row_version FROM own_connectors WHERE org_id = $1 AND connector = $2 AND published IS NOT NULL";
    row!(on, (String, i64), sql, organization.as_str(), connector)?.map(published_mark).transpose()
}

/// Every published connector of an organization.
///
/// # Errors
/// [`StoreError`].
pub async fn all_published(on: Conn<'_>, organization: &OrganizationId) -> Result<Vec<PublishedMark>, StoreError> {
    let sql = "SELECT id, row_version FROM own_connectors WHERE org_id = $1 AND published IS NOT NULL ORDER BY connector";
    rows!(on, (String, i64), sql, organization.as_str())?.into_iter().map(published_mark).collect()
}

/// The text in use of a published connector, with its version.
///
/// # Errors
/// [`StoreError`].
pub async fn published_text(on: Conn<'_>, organization: &OrganizationId, id: &OwnConnectorId) -> Result<Option<(String, i64)>, StoreError> {
    let sql = "SELECT published, row_version FROM own_connectors WHERE org_id = $1 AND id = $2 AND published IS NOT NULL";
    row!(on, (String, i64), sql, organization.as_str(), id.as_str())
}

/// Writes all columns but `tried` and those of the beginning, of a row whose `row_version` is still the given one, and counts it up.
///
/// # Errors
/// [`StoreError`]; `Conflict` when it was changed meanwhile, `Duplicate` when the organization has one of this id.
pub async fn update(on: Conn<'_>, row: &OwnConnectorRow) -> Result<(), StoreError> {
    let changed = change!(
        on,
        "UPDATE own_connectors SET connector = $3, name = $4, draft = $5, published = $6, updated_by = $7, updated_ms = $8, row_version = row_version + 1 \
         WHERE org_id = $1 AND id = $2 AND row_version = $9",
        row.organization.as_str(),
        row.id.as_str(),
        row.connector.as_deref(),
        row.name.as_str(),
        row.draft.as_str(),
        row.published.as_deref(),
        row.updated_by.as_str(),
        row.updated_at.millis(),
        row.row_version,
    )?;
    if changed == 1 { Ok(()) } else { Err(StoreError::Conflict) }
}

/// Keeps what was typed to try it; nothing happens when it is gone.
///
/// # Errors
/// [`StoreError`].
pub async fn keep_tried(on: Conn<'_>, organization: &OrganizationId, id: &OwnConnectorId, tried: &str) -> Result<(), StoreError> {
    change!(on, "UPDATE own_connectors SET tried = $3 WHERE org_id = $1 AND id = $2", organization.as_str(), id.as_str(), tried)?;
    Ok(())
}

/// Deletes a connector; whether there was one.
///
/// # Errors
/// [`StoreError`].
pub async fn delete(on: Conn<'_>, organization: &OrganizationId, id: &OwnConnectorId) -> Result<bool, StoreError> {
    Ok(change!(on, "DELETE FROM own_connectors WHERE org_id = $1 AND id = $2", organization.as_str(), id.as_str())? == 1)
}
