//! Invitations into an organization, found by the hash of their link's token.

use crate::domain::{ConnectionId, InvitationId, MemberId, OrganizationId, Role, TeamId, Timestamp};
use crate::store::engine::{change, row, rows, value};
use crate::store::{Conn, StoreError};

macro_rules! select {
    ($rest:literal) => {
        concat!("SELECT id, org_id, email, role, team_id, granted, token_hash, invited_by, created_ms, sent_ms, expires_ms, ended_ms FROM invitations ", $rest)
    };
}

#[derive(sqlx::FromRow)]
struct Raw {
    id: String,
    org_id: String,
    email: String,
    role: String,
    team_id: Option<String>,
    granted: Option<String>,
    token_hash: String,
    invited_by: String,
    created_ms: i64,
    sent_ms: i64,
    expires_ms: i64,
    ended_ms: Option<i64>,
}

impl TryFrom<Raw> for InvitationRow {
    type Error = StoreError;

    fn try_from(raw: Raw) -> Result<Self, StoreError> {
        let bad = |column| StoreError::bad_row("invitations", column, &raw.id);
        Ok(Self {
            id: InvitationId::parse(&raw.id).map_err(|_| bad("id"))?,
            organization: OrganizationId::parse(&raw.org_id).map_err(|_| bad("org_id"))?,
            role: Role::parse(&raw.role).map_err(|_| bad("role"))?,
            team: raw.team_id.as_deref().map(TeamId::parse).transpose().map_err(|_| bad("team_id"))?,
            only: raw.granted.as_deref().map(|ids| ids.split_whitespace().map(ConnectionId::parse).collect()).transpose().map_err(|_| bad("granted"))?,
            invited_by: MemberId::parse(&raw.invited_by).map_err(|_| bad("invited_by"))?,
            email: raw.email,
            token_hash: raw.token_hash,
            created_at: Timestamp::from_millis(raw.created_ms),
            sent_at: Timestamp::from_millis(raw.sent_ms),
            expires_at: Timestamp::from_millis(raw.expires_ms),
            ended_at: raw.ended_ms.map(Timestamp::from_millis),
        })
    }
}

/// An invitation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvitationRow {
    /// The id.
    pub id: InvitationId,
    /// The tenant.
    pub organization: OrganizationId,
    /// The canonical address that it was sent to.
    pub email: String,
    /// The role to be.
    pub role: Role,
    /// The team to be put into.
    pub team: Option<TeamId>,
    /// The only connections to know; none for no limit.
    pub only: Option<Vec<ConnectionId>>,
    /// SHA-256 of the link's token, hex.
    pub token_hash: String,
    /// Who sent it, last.
    pub invited_by: MemberId,
    /// When it was made.
    pub created_at: Timestamp,
    /// When its newest letter was written.
    pub sent_at: Timestamp,
    /// When its link stops working.
    pub expires_at: Timestamp,
    /// When it was accepted or withdrawn.
    pub ended_at: Option<Timestamp>,
}

/// Adds an invitation; a second open one of the same address is a `Duplicate`.
///
/// # Errors
/// [`StoreError`].
pub async fn insert(on: Conn<'_>, row: &InvitationRow) -> Result<(), StoreError> {
    let granted = row.only.as_ref().map(|ids| ids.iter().map(ConnectionId::as_str).collect::<Vec<_>>().join(" "));
    change!(
        on,
        "INSERT INTO invitations (id, org_id, email, role, team_id, granted, token_hash, invited_by, created_ms, sent_ms, expires_ms) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        row.id.as_str(),
        row.organization.as_str(),
        row.email.as_str(),
        row.role.as_str(),
        row.team.as_ref().map(TeamId::as_str),
        granted,
        row.token_hash.as_str(),
        row.invited_by.as_str(),
        row.created_at.millis(),
        row.sent_at.millis(),
        row.expires_at.millis(),
    )?;
    Ok(())
}

/// One invitation that was neither accepted nor withdrawn.
///
/// # Errors
/// [`StoreError`].
pub async fn find_open(on: Conn<'_>, organization: &OrganizationId, id: &InvitationId) -> Result<Option<InvitationRow>, StoreError> {
    let sql = select!("WHERE org_id = $1 AND id = $2 AND ended_ms IS NULL");
    row!(on, Raw, sql, organization.as_str(), id.as_str())?.map(InvitationRow::try_from).transpose()
}

/// The same by the address.
///
/// # Errors
/// [`StoreError`].
pub async fn find_open_by_email(on: Conn<'_>, organization: &OrganizationId, email: &str) -> Result<Option<InvitationRow>, StoreError> {
    let sql = select!("WHERE org_id = $1 AND email = $2 AND ended_ms IS NULL");
    row!(on, Raw, sql, organization.as_str(), email)?.map(InvitationRow::try_from).transpose()
}

/// The invitation whose link works now, of whichever organization.
///
/// # Errors
/// [`StoreError`].
pub async fn find_by_token(on: Conn<'_>, token_hash: &str, now: Timestamp) -> Result<Option<InvitationRow>, StoreError> {
    let sql = select!("WHERE token_hash = $1 AND ended_ms IS NULL AND expires_ms > $2");
    row!(on, Raw, sql, token_hash, now.millis())?.map(InvitationRow::try_from).transpose()
}

/// Those that were neither accepted nor withdrawn, the oldest first, after the id `after`.
///
/// # Errors
/// [`StoreError`].
pub async fn list_open(on: Conn<'_>, organization: &OrganizationId, after: &str, limit: i64) -> Result<Vec<InvitationRow>, StoreError> {
    let sql = select!("WHERE org_id = $1 AND ended_ms IS NULL AND id > $2 ORDER BY id LIMIT $3");
    rows!(on, Raw, sql, organization.as_str(), after, limit)?.into_iter().map(InvitationRow::try_from).collect()
}

/// How many those are.
///
/// # Errors
/// [`StoreError`].
pub async fn count_open(on: Conn<'_>, organization: &OrganizationId) -> Result<i64, StoreError> {
    value!(on, i64, "SELECT count(*) FROM invitations WHERE org_id = $1 AND ended_ms IS NULL", organization.as_str())
}

/// Gives an open invitation a new link, and writes who sent it when; the old link is dead. False when it has ended.
///
/// # Errors
/// [`StoreError`].
pub async fn renew(on: Conn<'_>, row: &InvitationRow) -> Result<bool, StoreError> {
    let sql = "UPDATE invitations SET token_hash = $3, invited_by = $4, sent_ms = $5, expires_ms = $6 WHERE org_id = $1 AND id = $2 AND ended_ms IS NULL";
    let (tenant, id, hash, by) = (row.organization.as_str(), row.id.as_str(), row.token_hash.as_str(), row.invited_by.as_str());
    Ok(change!(on, sql, tenant, id, hash, by, row.sent_at.millis(), row.expires_at.millis())? == 1)
}

/// Ends an open invitation without anybody joining; false when it has ended.
///
/// # Errors
/// [`StoreError`].
pub async fn withdraw(on: Conn<'_>, organization: &OrganizationId, id: &InvitationId, now: Timestamp) -> Result<bool, StoreError> {
    let sql = "UPDATE invitations SET ended_ms = $3, ending = 'withdrawn' WHERE org_id = $1 AND id = $2 AND ended_ms IS NULL";
    Ok(change!(on, sql, organization.as_str(), id.as_str(), now.millis())? == 1)
}

/// Uses a link up, once; false when it has ended, expired or was replaced.
///
/// # Errors
/// [`StoreError`].
pub async fn accept(on: Conn<'_>, organization: &OrganizationId, token_hash: &str, now: Timestamp) -> Result<bool, StoreError> {
    let sql = "UPDATE invitations SET ended_ms = $3, ending = 'accepted' WHERE org_id = $1 AND token_hash = $2 AND ended_ms IS NULL AND expires_ms > $3";
    Ok(change!(on, sql, organization.as_str(), token_hash, now.millis())? == 1)
}
