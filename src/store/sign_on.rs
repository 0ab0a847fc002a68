//! Providers of single sign-on that organizations have added.

use crate::domain::{OrganizationId, Role, SignOnId, SignOnKind, Timestamp};
use crate::store::engine::{change, row, rows};
use crate::store::{Conn, StoreError};

const TABLE: &str = "sign_on_providers";

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, org_id, kind, label, issuer, client_id, key_id, sealed, secret_version, enabled, join_role, created_ms, updated_ms, row_version \
             FROM sign_on_providers ",
            $rest
        )
    };
}

#[derive(sqlx::FromRow)]
struct Raw {
    id: String,
    org_id: String,
    kind: String,
    label: String,
    issuer: String,
    client_id: String,
    key_id: String,
    sealed: Vec<u8>,
    secret_version: i64,
    enabled: bool,
    join_role: Option<String>,
    created_ms: i64,
    updated_ms: i64,
    row_version: i64,
}

impl TryFrom<Raw> for ProviderRow {
    type Error = StoreError;

    fn try_from(raw: Raw) -> Result<Self, StoreError> {
        let bad = |column| StoreError::bad_row(TABLE, column, &raw.id);
        Ok(Self {
            id: SignOnId::parse(&raw.id).map_err(|_| bad("id"))?,
            organization: OrganizationId::parse(&raw.org_id).map_err(|_| bad("org_id"))?,
            kind: SignOnKind::parse(&raw.kind).map_err(|_| bad("kind"))?,
            join_role: raw.join_role.as_deref().map(Role::parse).transpose().map_err(|_| bad("join_role"))?,
            label: raw.label,
            issuer: raw.issuer,
            client_id: raw.client_id,
            key_id: raw.key_id,
            sealed: raw.sealed,
            secret_version: raw.secret_version,
            enabled: raw.enabled,
            created_at: Timestamp::from_millis(raw.created_ms),
            updated_at: Timestamp::from_millis(raw.updated_ms),
            row_version: raw.row_version,
        })
    }
}

/// A provider that an organization has added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderRow {
    /// The id.
    pub id: SignOnId,
    /// The tenant.
    pub organization: OrganizationId,
    /// How it is spoken to.
    pub kind: SignOnKind,
    /// The name that people see on the button.
    pub label: String,
    /// The issuer exactly as its tokens name it; `{tenantid}` stands for the tenant at Microsoft.
    pub issuer: String,
    /// Who Latchkey is there.
    pub client_id: String,
    /// The root key that the client secret is sealed under.
    pub key_id: String,
    /// The client secret, sealed.
    pub sealed: Vec<u8>,
    /// Counts client secrets, from 1.
    pub secret_version: i64,
    /// Whether people may use it.
    pub enabled: bool,
    /// The role of people who join by it; none when nobody joins by themselves.
    pub join_role: Option<Role>,
    /// When added.
    pub created_at: Timestamp,
    /// When last changed.
    pub updated_at: Timestamp,
    /// Counts changes, from 1.
    pub row_version: i64,
}

/// Adds a provider.
///
/// # Errors
/// [`StoreError`].
pub async fn insert(on: Conn<'_>, row: &ProviderRow) -> Result<(), StoreError> {
    change!(
        on,
        "INSERT INTO sign_on_providers (id, org_id, kind, label, issuer, client_id, key_id, sealed, secret_version, enabled, join_role, created_ms, \
         updated_ms, row_version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
        row.id.as_str(),
        row.organization.as_str(),
        row.kind.as_str(),
        row.label.as_str(),
        row.issuer.as_str(),
        row.client_id.as_str(),
        row.key_id.as_str(),
        row.sealed.as_slice(),
        row.secret_version,
        row.enabled,
        row.join_role.map(Role::as_str),
        row.created_at.millis(),
        row.updated_at.millis(),
        row.row_version,
    )?;
    Ok(())
}

/// One provider of an organization.
///
/// # Errors
/// [`StoreError`].
pub async fn find(on: Conn<'_>, organization: &OrganizationId, id: &SignOnId) -> Result<Option<ProviderRow>, StoreError> {
    row!(on, Raw, select!("WHERE org_id = $1 AND id = $2"), organization.as_str(), id.as_str())?.map(ProviderRow::try_from).transpose()
}

/// A provider for somebody who is about to sign in, and whose organization only the provider tells.
///
/// # Errors
/// [`StoreError`].
pub async fn find_for_visitor(on: Conn<'_>, id: &SignOnId) -> Result<Option<ProviderRow>, StoreError> {
    row!(on, Raw, select!("WHERE id = $1"), id.as_str())?.map(ProviderRow::try_from).transpose()
}

/// All providers of an organization, oldest first.
///
/// # Errors
/// [`StoreError`].
pub async fn list(on: Conn<'_>, organization: &OrganizationId) -> Result<Vec<ProviderRow>, StoreError> {
    rows!(on, Raw, select!("WHERE org_id = $1 ORDER BY created_ms, id"), organization.as_str())?.into_iter().map(ProviderRow::try_from).collect()
}

/// Writes label, client secret, switch and joining of a row whose `row_version` is still the given one, and counts it up.
///
/// # Errors
/// [`StoreError`]; `Conflict` when it was changed meanwhile.
pub async fn update(on: Conn<'_>, row: &ProviderRow) -> Result<(), StoreError> {
    let changed = change!(
        on,
        "UPDATE sign_on_providers SET label = $3, key_id = $4, sealed = $5, secret_version = $6, enabled = $7, join_role = $8, updated_ms = $9, \
         row_version = row_version + 1 WHERE org_id = $1 AND id = $2 AND row_version = $10",
        row.organization.as_str(),
        row.id.as_str(),
        row.label.as_str(),
        row.key_id.as_str(),
        row.sealed.as_slice(),
        row.secret_version,
        row.enabled,
        row.join_role.map(Role::as_str),
        row.updated_at.millis(),
        row.row_version,
    )?;
    if changed == 1 { Ok(()) } else { Err(StoreError::Conflict) }
}

/// Deletes a provider with its domains; whether there was one.
///
/// # Errors
/// [`StoreError`].
pub async fn delete(mut on: Conn<'_>, organization: &OrganizationId, id: &SignOnId) -> Result<bool, StoreError> {
    change!(on.again(), "DELETE FROM sign_on_domains WHERE org_id = $1 AND provider_id = $2", organization.as_str(), id.as_str())?;
    Ok(change!(on, "DELETE FROM sign_on_providers WHERE org_id = $1 AND id = $2", organization.as_str(), id.as_str())? == 1)
}
