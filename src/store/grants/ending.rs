//! When tokens in use end.

use crate::domain::{ConnectionId, ConnectionStatus, CredentialId, GrantKind, MemberId, OrganizationId, Timestamp};
use crate::store::engine::rows;
use crate::store::{Conn, StoreError};

#[derive(sqlx::FromRow)]
struct Raw {
    credential_id: String,
    connection_id: String,
    kind: String,
    allowed_ms: i64,
    obtained_ms: i64,
    expires_ms: Option<i64>,
    refresh_ends_ms: Option<i64>,
    due_ms: Option<i64>,
    failed_ms: Option<i64>,
    frozen_ms: Option<i64>,
    renews: bool,
    name: String,
    connector: String,
    status: String,
    owner_member_id: String,
    created_by: String,
    updated_ms: i64,
}

impl TryFrom<Raw> for EndingGrant {
    type Error = StoreError;

    fn try_from(raw: Raw) -> Result<Self, StoreError> {
        let bad = |table, column| StoreError::bad_row(table, column, &raw.credential_id);
        let owner = Some(raw.owner_member_id.as_str()).filter(|id| !id.is_empty()).map(MemberId::parse).transpose();
        Ok(Self {
            credential: CredentialId::parse(&raw.credential_id).map_err(|_| bad("grants", "credential_id"))?,
            connection: ConnectionId::parse(&raw.connection_id).map_err(|_| bad("grants", "connection_id"))?,
            kind: GrantKind::parse(&raw.kind).ok_or_else(|| bad("grants", "kind"))?,
            status: ConnectionStatus::parse(&raw.status).map_err(|_| bad("connections", "status"))?,
            owner: owner.map_err(|_| bad("connections", "owner_member_id"))?,
            created_by: MemberId::parse(&raw.created_by).map_err(|_| bad("connections", "created_by"))?,
            allowed_at: Timestamp::from_millis(raw.allowed_ms),
            obtained_at: Timestamp::from_millis(raw.obtained_ms),
            expires_at: raw.expires_ms.map(Timestamp::from_millis),
            refresh_ends_at: raw.refresh_ends_ms.map(Timestamp::from_millis),
            is_renewed: raw.renews && raw.due_ms.is_some() && raw.frozen_ms.is_none(),
            failed_at: raw.failed_ms.map(Timestamp::from_millis),
            changed_at: Timestamp::from_millis(raw.updated_ms),
            name: raw.name,
            connector: raw.connector,
        })
    }
}

/// Tokens in use, and the connection that they belong to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndingGrant {
    /// The version of the credential that holds the tokens.
    pub credential: CredentialId,
    /// How the tokens are renewed.
    pub kind: GrantKind,
    /// When a person allowed it, or entered it.
    pub allowed_at: Timestamp,
    /// When the tokens came.
    pub obtained_at: Timestamp,
    /// When the access token ends.
    pub expires_at: Option<Timestamp>,
    /// When the refresh token ends unless it is used, or in any case.
    pub refresh_ends_at: Option<Timestamp>,
    /// Whether renewing is possible, planned, and not frozen.
    pub is_renewed: bool,
    /// When renewing failed last.
    pub failed_at: Option<Timestamp>,
    /// The connection.
    pub connection: ConnectionId,
    /// Its name.
    pub name: String,
    /// Its connector.
    pub connector: String,
    /// How it is.
    pub status: ConnectionStatus,
    /// The member whose alone it is.
    pub owner: Option<MemberId>,
    /// Who connected it.
    pub created_by: MemberId,
    /// When it was last changed.
    pub changed_at: Timestamp,
}

/// The tokens in use of connections that are not disconnected, as far as something of them may end by `until` or their access was ended early; by connection.
///
/// # Errors
/// [`StoreError`].
pub async fn ending(on: Conn<'_>, organization: &OrganizationId, until: Timestamp) -> Result<Vec<EndingGrant>, StoreError> {
    let sql = "SELECT g.credential_id, g.connection_id, g.kind, g.allowed_ms, g.obtained_ms, g.expires_ms, g.refresh_ends_ms, g.due_ms, g.failed_ms, g.frozen_ms, g.renews, \
               c.name, c.connector, c.status, c.owner_member_id, c.created_by, c.updated_ms \
               FROM grants g JOIN credentials k ON k.id = g.credential_id JOIN connections c ON c.org_id = g.org_id AND c.id = g.connection_id \
               WHERE g.org_id = $1 AND k.active AND c.status <> 'revoked' \
               AND (g.refresh_ends_ms <= $2 OR g.expires_ms <= $2 OR c.status = 'reauth_required') ORDER BY g.connection_id";
    rows!(on, Raw, sql, organization.as_str(), until.millis())?.into_iter().map(EndingGrant::try_from).collect()
}
