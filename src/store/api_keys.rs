//! Keys of programs: found by their id, their secret kept as a hash.

use std::collections::BTreeSet;

use crate::domain::{ApiKeyId, ApplicationId, ConnectionId, MemberId, OrganizationId, Scopes, Timestamp, UserId};
use crate::store::engine::{change, row, rows};
use crate::store::{Conn, StoreError};

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, org_id, application_id, name, secret_hash, scopes, connection_ids, maker_member_id, maker_user_id, created_ms, expires_ms, ended_ms, \
             last_used_ms, last_used_address FROM api_keys ",
            $rest
        )
    };
}

#[derive(sqlx::FromRow)]
pub(in crate::store) struct Raw {
    id: String,
    org_id: String,
    application_id: String,
    name: String,
    secret_hash: String,
    scopes: String,
    connection_ids: Option<String>,
    maker_member_id: String,
    maker_user_id: String,
    created_ms: i64,
    expires_ms: Option<i64>,
    ended_ms: Option<i64>,
    last_used_ms: Option<i64>,
    last_used_address: String,
}

impl TryFrom<Raw> for ApiKeyRow {
    type Error = StoreError;

    fn try_from(raw: Raw) -> Result<Self, StoreError> {
        let bad = |column| StoreError::bad_row("api_keys", column, &raw.id);
        let named = |text: &str| text.split_whitespace().map(ConnectionId::parse).collect::<Result<BTreeSet<_>, _>>();
        Ok(Self {
            id: ApiKeyId::parse(&raw.id).map_err(|_| bad("id"))?,
            organization: OrganizationId::parse(&raw.org_id).map_err(|_| bad("org_id"))?,
            application: ApplicationId::parse(&raw.application_id).map_err(|_| bad("application_id"))?,
            scopes: Scopes::parse(&raw.scopes).map_err(|_| bad("scopes"))?,
            connections: raw.connection_ids.as_deref().map(named).transpose().map_err(|_| bad("connection_ids"))?,
            maker: MemberId::parse(&raw.maker_member_id).map_err(|_| bad("maker_member_id"))?,
            maker_user: UserId::parse(&raw.maker_user_id).map_err(|_| bad("maker_user_id"))?,
            name: raw.name,
            secret_hash: raw.secret_hash,
            created_at: Timestamp::from_millis(raw.created_ms),
            expires_at: raw.expires_ms.map(Timestamp::from_millis),
            ended_at: raw.ended_ms.map(Timestamp::from_millis),
            last_used_at: raw.last_used_ms.map(Timestamp::from_millis),
            last_used_address: raw.last_used_address,
        })
    }
}

/// A key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiKeyRow {
    /// The id, which the key itself holds.
    pub id: ApiKeyId,
    /// The tenant.
    pub organization: OrganizationId,
    /// The program.
    pub application: ApplicationId,
    /// The name that people gave it.
    pub name: String,
    /// SHA-256 of its secret, hex.
    pub secret_hash: String,
    /// What it may be used for.
    pub scopes: Scopes,
    /// The only connections that it knows; none for all that its maker knows.
    pub connections: Option<BTreeSet<ConnectionId>>,
    /// Who made it.
    pub maker: MemberId,
    /// The person behind the maker.
    pub maker_user: UserId,
    /// When made.
    pub created_at: Timestamp,
    /// When it ends by itself.
    pub expires_at: Option<Timestamp>,
    /// When somebody ended it.
    pub ended_at: Option<Timestamp>,
    /// When it was last used, at most a minute too early.
    pub last_used_at: Option<Timestamp>,
    /// Where from; empty before the first use.
    pub last_used_address: String,
}

impl ApiKeyRow {
    /// Whether neither a person nor its time has ended it.
    pub fn works(&self, now: Timestamp) -> bool {
        self.ended_at.is_none() && self.expires_at.is_none_or(|end| now < end)
    }
}

/// Adds a key.
///
/// # Errors
/// [`StoreError`].
pub async fn insert(on: Conn<'_>, row: &ApiKeyRow) -> Result<(), StoreError> {
    let named = |ids: &BTreeSet<ConnectionId>| ids.iter().map(ConnectionId::as_str).collect::<Vec<_>>().join(" ");
    change!(
        on,
        "INSERT INTO api_keys (id, org_id, application_id, name, secret_hash, scopes, connection_ids, maker_member_id, maker_user_id, created_ms, \
         expires_ms, ended_ms, last_used_ms, last_used_address) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
        row.id.as_str(),
        row.organization.as_str(),
        row.application.as_str(),
        row.name.as_str(),
        row.secret_hash.as_str(),
        row.scopes.to_string(),
        row.connections.as_ref().map(named),
        row.maker.as_str(),
        row.maker_user.as_str(),
        row.created_at.millis(),
        row.expires_at.map(Timestamp::millis),
        row.ended_at.map(Timestamp::millis),
        row.last_used_at.map(Timestamp::millis),
        row.last_used_address.as_str(),
    )?;
    Ok(())
}

/// A key of a program.
///
/// # Errors
/// [`StoreError`].
pub async fn find(on: Conn<'_>, organization: &OrganizationId, application: &ApplicationId, id: &ApiKeyId) -> Result<Option<ApiKeyRow>, StoreError> {
    let sql = select!("WHERE org_id = $1 AND application_id = $2 AND id = $3");
    row!(on, Raw, sql, organization.as_str(), application.as_str(), id.as_str())?.map(ApiKeyRow::try_from).transpose()
}

/// The keys of a program, the newest first.
///
/// # Errors
/// [`StoreError`].
pub async fn of_application(on: Conn<'_>, organization: &OrganizationId, application: &ApplicationId) -> Result<Vec<ApiKeyRow>, StoreError> {
    let sql = select!("WHERE org_id = $1 AND application_id = $2 ORDER BY created_ms DESC, id DESC");
    rows!(on, Raw, sql, organization.as_str(), application.as_str())?.into_iter().map(ApiKeyRow::try_from).collect()
}

/// The keys of all programs of an organization, the newest first.
///
/// # Errors
/// [`StoreError`].
pub async fn of_organization(on: Conn<'_>, organization: &OrganizationId) -> Result<Vec<ApiKeyRow>, StoreError> {
    let sql = select!("WHERE org_id = $1 ORDER BY created_ms DESC, id DESC");
    rows!(on, Raw, sql, organization.as_str())?.into_iter().map(ApiKeyRow::try_from).collect()
}

/// Ends a key; false when it had ended.
///
/// # Errors
/// [`StoreError`].
pub async fn end(on: Conn<'_>, organization: &OrganizationId, id: &ApiKeyId, now: Timestamp) -> Result<bool, StoreError> {
    let sql = "UPDATE api_keys SET ended_ms = $3 WHERE org_id = $1 AND id = $2 AND ended_ms IS NULL";
    Ok(change!(on, sql, organization.as_str(), id.as_str(), now.millis())? == 1)
}

/// Lets a key that works end at a time; false when it has ended, or would end later than before.
///
/// # Errors
/// [`StoreError`].
pub async fn expire(on: Conn<'_>, organization: &OrganizationId, id: &ApiKeyId, now: Timestamp, at: Timestamp) -> Result<bool, StoreError> {
    let sql = "UPDATE api_keys SET expires_ms = $4 WHERE org_id = $1 AND id = $2 AND ended_ms IS NULL \
               AND (expires_ms IS NULL OR (expires_ms > $3 AND expires_ms >= $4))";
    Ok(change!(on, sql, organization.as_str(), id.as_str(), now.millis(), at.millis())? == 1)
}

/// Notes a use, unless one was noted after `noted_before`.
///
/// # Errors
/// [`StoreError`].
pub async fn note_use(
    on: Conn<'_>,
    organization: &OrganizationId,
    id: &ApiKeyId,
    now: Timestamp,
    address: &str,
    noted_before: Timestamp,
) -> Result<(), StoreError> {
    let sql = "UPDATE api_keys SET last_used_ms = $3, last_used_address = $4 WHERE org_id = $1 AND id = $2 AND (last_used_ms IS NULL OR last_used_ms <= $5)";
    change!(on, sql, organization.as_str(), id.as_str(), now.millis(), address, noted_before.millis())?;
    Ok(())
}
