//! What is open of the tokens that a provider handed out: when they end, when they are due, and who is renewing them.

mod ending;
mod frozen;
mod lasting;

pub use ending::{EndingGrant, ending};
pub use frozen::{freeze, frozen_since, thaw};
pub use lasting::{Lasting, lasting, note_no_renewal};

use crate::domain::{ConnectionId, CredentialId, GrantKind, OAuthAppId, OrganizationId, Timestamp};
use crate::store::engine::{change, row};
use crate::store::{Conn, StoreError};

mod flight;

pub use flight::{Claim, Due, Renewed, claim, due, fail, is_held, note_login, renew};
pub(in crate::store) use flight::{rest, wake};

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT credential_id, org_id, connection_id, app_id, kind, granted, allowed_ms, obtained_ms, expires_ms, refresh_ends_ms, due_ms, generation, lease, \
             lease_owner, lease_until_ms, calling_ms, failures, failure_code, failed_ms FROM grants ",
            $rest
        )
    };
}

#[derive(sqlx::FromRow)]
struct Raw {
    credential_id: String,
    org_id: String,
    connection_id: String,
    app_id: Option<String>,
    kind: String,
    granted: String,
    allowed_ms: i64,
    obtained_ms: i64,
    expires_ms: Option<i64>,
    refresh_ends_ms: Option<i64>,
    due_ms: Option<i64>,
    generation: i64,
    lease: i64,
    lease_owner: String,
    lease_until_ms: i64,
    calling_ms: Option<i64>,
    failures: i64,
    failure_code: String,
    failed_ms: Option<i64>,
}

impl TryFrom<Raw> for GrantRow {
    type Error = StoreError;

    fn try_from(raw: Raw) -> Result<Self, StoreError> {
        let bad = |column| StoreError::bad_row("grants", column, &raw.credential_id);
        Ok(Self {
            credential: CredentialId::parse(&raw.credential_id).map_err(|_| bad("credential_id"))?,
            organization: OrganizationId::parse(&raw.org_id).map_err(|_| bad("org_id"))?,
            connection: ConnectionId::parse(&raw.connection_id).map_err(|_| bad("connection_id"))?,
            app: raw.app_id.as_deref().map(OAuthAppId::parse).transpose().map_err(|_| bad("app_id"))?,
            kind: GrantKind::parse(&raw.kind).ok_or_else(|| bad("kind"))?,
            granted: raw.granted,
            allowed_at: Timestamp::from_millis(raw.allowed_ms),
            obtained_at: Timestamp::from_millis(raw.obtained_ms),
            expires_at: raw.expires_ms.map(Timestamp::from_millis),
            refresh_ends_at: raw.refresh_ends_ms.map(Timestamp::from_millis),
            due_at: raw.due_ms.map(Timestamp::from_millis),
            generation: raw.generation,
            lease: raw.lease,
            lease_owner: raw.lease_owner,
            lease_until: Timestamp::from_millis(raw.lease_until_ms),
            calling_since: raw.calling_ms.map(Timestamp::from_millis),
            failures: raw.failures,
            failure_code: raw.failure_code,
            failed_at: raw.failed_ms.map(Timestamp::from_millis),
        })
    }
}

/// What is open of the tokens of one version of a credential.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GrantRow {
    /// The version of the credential that holds the tokens.
    pub credential: CredentialId,
    /// The tenant.
    pub organization: OrganizationId,
    /// The connection.
    pub connection: ConnectionId,
    /// The organization's app at the provider; none where the connection brings its own id and secret.
    pub app: Option<OAuthAppId>,
    /// How the tokens are renewed.
    pub kind: GrantKind,
    /// What was granted, as the provider said it.
    pub granted: String,
    /// When a person allowed it, or entered it.
    pub allowed_at: Timestamp,
    /// When the tokens came.
    pub obtained_at: Timestamp,
    /// When the access token ends; none when it does not.
    pub expires_at: Option<Timestamp>,
    /// When the refresh token ends unless it is used, or in any case; none when nobody says.
    pub refresh_ends_at: Option<Timestamp>,
    /// When renewing is due; none for never.
    pub due_at: Option<Timestamp>,
    /// Counts the tokens that came, from 1: who renews writes only over the generation that it read.
    pub generation: i64,
    /// Counts claims: the fence that an older claim cannot pass.
    pub lease: i64,
    /// The node that is renewing; empty for none.
    pub lease_owner: String,
    /// Until when its claim counts.
    pub lease_until: Timestamp,
    /// Since when a call is out whose end is not written; none when there is none.
    pub calling_since: Option<Timestamp>,
    /// Failures in a row.
    pub failures: i64,
    /// The last failure's code; empty when the last call did well.
    pub failure_code: String,
    /// When that was.
    pub failed_at: Option<Timestamp>,
}

/// Adds what is open of a version's tokens.
///
/// # Errors
/// [`StoreError`].
pub async fn insert(on: Conn<'_>, row: &GrantRow) -> Result<(), StoreError> {
    change!(
        on,
        "INSERT INTO grants (credential_id, org_id, connection_id, app_id, kind, granted, allowed_ms, obtained_ms, expires_ms, refresh_ends_ms, due_ms, \
         generation, lease, lease_owner, lease_until_ms, calling_ms, failures, failure_code, failed_ms) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)",
        row.credential.as_str(),
        row.organization.as_str(),
        row.connection.as_str(),
        row.app.as_ref().map(OAuthAppId::as_str),
        row.kind.as_str(),
        row.granted.as_str(),
        row.allowed_at.millis(),
        row.obtained_at.millis(),
        row.expires_at.map(Timestamp::millis),
        row.refresh_ends_at.map(Timestamp::millis),
        row.due_at.map(Timestamp::millis),
        row.generation,
        row.lease,
        row.lease_owner.as_str(),
        row.lease_until.millis(),
        row.calling_since.map(Timestamp::millis),
        row.failures,
        row.failure_code.as_str(),
        row.failed_at.map(Timestamp::millis),
    )?;
    Ok(())
}

/// What is open of the tokens in use; none where the credential holds none.
///
/// # Errors
/// [`StoreError`].
pub async fn active(on: Conn<'_>, organization: &OrganizationId, connection: &ConnectionId) -> Result<Option<GrantRow>, StoreError> {
    let sql = select!(
        "WHERE org_id = $1 AND connection_id = $2 AND credential_id = (SELECT v.id FROM credentials v WHERE v.org_id = $1 AND v.connection_id = $2 AND v.active)"
    );
    row!(on, Raw, sql, organization.as_str(), connection.as_str())?.map(GrantRow::try_from).transpose()
}

/// What is open of a version's tokens; none where it holds none.
///
/// # Errors
/// [`StoreError`].
pub async fn find(on: Conn<'_>, organization: &OrganizationId, credential: &CredentialId) -> Result<Option<GrantRow>, StoreError> {
    let sql = select!("WHERE org_id = $1 AND credential_id = $2");
    row!(on, Raw, sql, organization.as_str(), credential.as_str())?.map(GrantRow::try_from).transpose()
}
