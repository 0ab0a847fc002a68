//! Connections being set up.

use crate::domain::{ConnectionId, DraftId, MemberId, OAuthAppId, OrganizationId, TeamId, Timestamp};
use crate::store::engine::{change, row, rows};
use crate::store::{Conn, StoreError};

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, org_id, member_id, connector, flow, name, entries, errors, secret_version, key_id, sealed, check_id, connection_id, duplicate_of, \
             created_ms, updated_ms, expires_ms, row_version, personal, edits, edits_version, team_id, app_id, tokens FROM drafts ",
            $rest
        )
    };
}

#[derive(sqlx::FromRow)]
struct Raw {
    id: String,
    org_id: String,
    member_id: String,
    connector: String,
    flow: String,
    name: String,
    entries: String,
    errors: String,
    secret_version: i64,
    key_id: Option<String>,
    sealed: Option<Vec<u8>>,
    check_id: Option<String>,
    connection_id: Option<String>,
    duplicate_of: Option<String>,
    created_ms: i64,
    updated_ms: i64,
    expires_ms: i64,
    row_version: i64,
    personal: bool,
    edits: Option<String>,
    edits_version: Option<i64>,
    team_id: Option<String>,
    app_id: Option<String>,
    tokens: Option<String>,
}

impl TryFrom<Raw> for DraftRow {
    type Error = StoreError;

    fn try_from(raw: Raw) -> Result<Self, StoreError> {
        let bad = |column| StoreError::bad_row("drafts", column, &raw.id);
        Ok(Self {
            id: DraftId::parse(&raw.id).map_err(|_| bad("id"))?,
            organization: OrganizationId::parse(&raw.org_id).map_err(|_| bad("org_id"))?,
            member: MemberId::parse(&raw.member_id).map_err(|_| bad("member_id"))?,
            connector: raw.connector,
            flow: raw.flow,
            name: raw.name,
            entries: raw.entries,
            errors: raw.errors,
            secret_version: raw.secret_version,
            key_id: raw.key_id,
            sealed: raw.sealed,
            check_id: raw.check_id,
            connection_id: raw.connection_id,
            duplicate_of: raw.duplicate_of,
            created_at: Timestamp::from_millis(raw.created_ms),
            updated_at: Timestamp::from_millis(raw.updated_ms),
            expires_at: Timestamp::from_millis(raw.expires_ms),
            row_version: raw.row_version,
            personal: raw.personal,
            edits: raw.edits.as_deref().map(ConnectionId::parse).transpose().map_err(|_| bad("edits"))?,
            edits_version: raw.edits_version,
            team: raw.team_id.as_deref().map(TeamId::parse).transpose().map_err(|_| bad("team_id"))?,
            app: raw.app_id.as_deref().map(OAuthAppId::parse).transpose().map_err(|_| bad("app_id"))?,
            tokens: raw.tokens,
        })
    }
}

/// A draft.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DraftRow {
    /// The id.
    pub id: DraftId,
    /// The tenant.
    pub organization: OrganizationId,
    /// Whose it is; nobody else sees it.
    pub member: MemberId,
    /// The connector.
    pub connector: String,
    /// `wizard`, `quick` or `edit`.
    pub flow: String,
    /// Name of the connection to be.
    pub name: String,
    /// Whether it is to be this member's alone.
    pub personal: bool,
    /// The team it is to belong to; none for the whole organization.
    pub team: Option<TeamId>,
    /// What was typed, secrets left out: JSON object of strings.
    pub entries: String,
    /// JSON object: field to message.
    pub errors: String,
    /// Counts seals of this draft, from 0.
    pub secret_version: i64,
    /// The root key that sealed the secrets.
    pub key_id: Option<String>,
    /// The secrets while their check runs or waits for a decision.
    pub sealed: Option<Vec<u8>>,
    /// The last check.
    pub check_id: Option<String>,
    /// The connection it became.
    pub connection_id: Option<String>,
    /// The connection that a decision is about: it opens the same account already, or its credential waits to be swapped.
    pub duplicate_of: Option<String>,
    /// When begun.
    pub created_at: Timestamp,
    /// When last changed.
    pub updated_at: Timestamp,
    /// When it is forgotten.
    pub expires_at: Timestamp,
    /// Counts changes, from 1.
    pub row_version: i64,
    /// The saved connection whose credential it changes.
    pub edits: Option<ConnectionId>,
    /// The version of that credential which was in use when the entries were typed; 0 for none.
    pub edits_version: Option<i64>,
    /// The app by which a person allows access at the provider; none where nobody has to.
    pub app: Option<OAuthAppId>,
    /// What is open of the tokens that came, JSON; none before.
    pub tokens: Option<String>,
}

/// Adds a draft. `Duplicate("drafts_member_id_edits_key")` when the member is changing that connection's credential already.
///
/// # Errors
/// [`StoreError`].
pub async fn insert(on: Conn<'_>, row: &DraftRow) -> Result<(), StoreError> {
    change!(
        on,
        "INSERT INTO drafts (id, org_id, member_id, connector, flow, name, entries, errors, secret_version, key_id, sealed, check_id, connection_id, \
         duplicate_of, updated_ms, expires_ms, personal, row_version, created_ms, edits, edits_version, team_id, \
         app_id, tokens) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24)",
        row.id.as_str(),
        row.organization.as_str(),
        row.member.as_str(),
        row.connector.as_str(),
        row.flow.as_str(),
        row.name.as_str(),
        row.entries.as_str(),
        row.errors.as_str(),
        row.secret_version,
        row.key_id.as_deref(),
        row.sealed.as_deref(),
        row.check_id.as_deref(),
        row.connection_id.as_deref(),
        row.duplicate_of.as_deref(),
        row.updated_at.millis(),
        row.expires_at.millis(),
        row.personal,
        row.row_version,
        row.created_at.millis(),
        row.edits.as_ref().map(ConnectionId::as_str),
        row.edits_version,
        row.team.as_ref().map(TeamId::as_str),
        row.app.as_ref().map(OAuthAppId::as_str),
        row.tokens.as_deref(),
    )?;
    Ok(())
}

/// One draft of this member that is still kept.
///
/// # Errors
/// [`StoreError`].
pub async fn find(on: Conn<'_>, organization: &OrganizationId, member: &MemberId, id: &DraftId, now: Timestamp) -> Result<Option<DraftRow>, StoreError> {
    let sql = select!("WHERE org_id = $1 AND member_id = $2 AND id = $3 AND expires_ms > $4");
    row!(on, Raw, sql, organization.as_str(), member.as_str(), id.as_str(), now.millis())?.map(DraftRow::try_from).transpose()
}

/// The newest unfinished draft (no connection yet) of this member for a connector and flow.
///
/// # Errors
/// [`StoreError`].
pub async fn find_by_flow(
    on: Conn<'_>,
    organization: &OrganizationId,
    member: &MemberId,
    connector: &str,
    flow: &str,
    now: Timestamp,
) -> Result<Option<DraftRow>, StoreError> {
    let sql = select!(
        "WHERE org_id = $1 AND member_id = $2 AND connector = $3 AND flow = $4 AND connection_id IS NULL AND expires_ms > $5 \
         ORDER BY created_ms DESC, id DESC LIMIT 1"
    );
    row!(on, Raw, sql, organization.as_str(), member.as_str(), connector, flow, now.millis())?.map(DraftRow::try_from).transpose()
}

/// This member's draft that changes the credential of a connection: the one that is not done, else the last one that is. One whose time is over is found too.
///
/// # Errors
/// [`StoreError`].
pub async fn find_edit(on: Conn<'_>, organization: &OrganizationId, member: &MemberId, connection: &ConnectionId) -> Result<Option<DraftRow>, StoreError> {
    let sql = select!(
        "WHERE org_id = $1 AND member_id = $2 AND edits = $3 \
         ORDER BY CASE WHEN connection_id IS NULL THEN 0 ELSE 1 END, created_ms DESC, id DESC LIMIT 1"
    );
    row!(on, Raw, sql, organization.as_str(), member.as_str(), connection.as_str())?.map(DraftRow::try_from).transpose()
}

/// Writes all columns but `created_at` and `edits` of a row whose `row_version` is still the given one, and counts it up; `Conflict` otherwise.
///
/// # Errors
/// [`StoreError`].
pub async fn update(on: Conn<'_>, row: &DraftRow) -> Result<(), StoreError> {
    let changed = change!(
        on,
        "UPDATE drafts SET connector = $4, flow = $5, name = $6, entries = $7, errors = $8, secret_version = $9, key_id = $10, sealed = $11, \
         check_id = $12, connection_id = $13, duplicate_of = $14, updated_ms = $15, expires_ms = $16, personal = $17, edits_version = $19, \
         team_id = $20, app_id = $21, tokens = $22, row_version = row_version + 1 WHERE id = $1 AND org_id = $2 AND member_id = $3 AND row_version = $18",
        row.id.as_str(),
        row.organization.as_str(),
        row.member.as_str(),
        row.connector.as_str(),
        row.flow.as_str(),
        row.name.as_str(),
        row.entries.as_str(),
        row.errors.as_str(),
        row.secret_version,
        row.key_id.as_deref(),
        row.sealed.as_deref(),
        row.check_id.as_deref(),
        row.connection_id.as_deref(),
        row.duplicate_of.as_deref(),
        row.updated_at.millis(),
        row.expires_at.millis(),
        row.personal,
        row.row_version,
        row.edits_version,
        row.team.as_ref().map(TeamId::as_str),
        row.app.as_ref().map(OAuthAppId::as_str),
        row.tokens.as_deref(),
    )?;
    if changed == 1 { Ok(()) } else { Err(StoreError::Conflict) }
}

/// Forgets a draft.
///
/// # Errors
/// [`StoreError`].
pub async fn delete(on: Conn<'_>, organization: &OrganizationId, member: &MemberId, id: &DraftId) -> Result<bool, StoreError> {
    let sql = "DELETE FROM drafts WHERE org_id = $1 AND member_id = $2 AND id = $3";
    Ok(change!(on, sql, organization.as_str(), member.as_str(), id.as_str())? == 1)
}

/// Forgets drafts whose time is over and which hold no tokens.
///
/// # Errors
/// [`StoreError`].
pub async fn delete_expired(on: Conn<'_>, now: Timestamp) -> Result<u64, StoreError> {
    change!(on, "DELETE FROM drafts WHERE expires_ms <= $1 AND (tokens IS NULL OR sealed IS NULL)", now.millis())
}

/// Drafts of every tenant whose time is over and which hold tokens that a person's consent brought.
///
/// # Errors
/// [`StoreError`].
pub async fn expired_with_tokens(on: Conn<'_>, now: Timestamp, limit: i64) -> Result<Vec<DraftRow>, StoreError> {
    let sql = select!("WHERE expires_ms <= $1 AND tokens IS NOT NULL AND sealed IS NOT NULL ORDER BY expires_ms, id LIMIT $2");
    rows!(on, Raw, sql, now.millis(), limit)?.into_iter().map(DraftRow::try_from).collect()
}
