//! Tokens that nobody will use, sealed until the provider has ended them.

use crate::domain::{ConnectionId, DraftId, LeftoverId, OAuthAppId, OrganizationId, Timestamp};
use crate::store::engine::{change, row, value};
use crate::store::{Conn, StoreError};

/// What held tokens, and what they are sealed as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Holder {
    /// A draft.
    Draft(DraftId),
    /// A connection.
    Connection(ConnectionId),
}

/// Tokens that nobody will use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftoverRow {
    /// The id.
    pub id: LeftoverId,
    /// The tenant.
    pub organization: OrganizationId,
    /// The connector.
    pub connector: String,
    /// The open fields that belong to them, JSON object of strings.
    pub config: String,
    /// The organization's app by which they came; none where the connection brought its own id and secret.
    pub app: Option<OAuthAppId>,
    /// What held them.
    pub holder: Holder,
    /// What that was called.
    pub name: String,
    /// The number of the seal.
    pub secret_version: i64,
    /// The root key that sealed them.
    pub key_id: String,
    /// The sealed bytes.
    pub sealed: Vec<u8>,
    /// When they were given up.
    pub created_at: Timestamp,
}

/// Tokens that this node may have ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimedLeftover {
    /// The tokens.
    pub row: LeftoverRow,
    /// How often it was tried, this time included.
    pub tries: i64,
    /// What the outcome must name to count.
    pub generation: i64,
}

#[derive(sqlx::FromRow)]
struct Raw {
    id: String,
    org_id: String,
    connector: String,
    config: String,
    app_id: Option<String>,
    draft_id: Option<String>,
    connection_id: Option<String>,
    name: String,
    secret_version: i64,
    key_id: String,
    sealed: Vec<u8>,
    created_ms: i64,
    tries: i64,
    generation: i64,
}

impl TryFrom<Raw> for ClaimedLeftover {
    type Error = StoreError;

    fn try_from(raw: Raw) -> Result<Self, StoreError> {
        let bad = |column| StoreError::bad_row("leftovers", column, &raw.id);
        let holder = match (&raw.draft_id, &raw.connection_id) {
            (Some(draft), None) => Holder::Draft(DraftId::parse(draft).map_err(|_| bad("draft_id"))?),
            (None, Some(connection)) => Holder::Connection(ConnectionId::parse(connection).map_err(|_| bad("connection_id"))?),
            _ => return Err(bad("draft_id")),
        };
        let row = LeftoverRow {
            id: LeftoverId::parse(&raw.id).map_err(|_| bad("id"))?,
            organization: OrganizationId::parse(&raw.org_id).map_err(|_| bad("org_id"))?,
            app: raw.app_id.as_deref().map(OAuthAppId::parse).transpose().map_err(|_| bad("app_id"))?,
            holder,
            connector: raw.connector,
            config: raw.config,
            name: raw.name,
            secret_version: raw.secret_version,
            key_id: raw.key_id,
            sealed: raw.sealed,
            created_at: Timestamp::from_millis(raw.created_ms),
        };
        Ok(Self { row, tries: raw.tries, generation: raw.generation })
    }
}

/// Adds tokens, due at once.
///
/// # Errors
/// [`StoreError`].
pub async fn insert(on: Conn<'_>, row: &LeftoverRow) -> Result<(), StoreError> {
    let (draft, connection) = match &row.holder {
        Holder::Draft(draft) => (Some(draft.as_str()), None),
        Holder::Connection(connection) => (None, Some(connection.as_str())),
    };
    change!(
        on,
        "INSERT INTO leftovers (id, org_id, connector, config, app_id, draft_id, connection_id, name, secret_version, key_id, sealed, created_ms, due_ms, tries, \
         generation) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12, 0, 0)",
        row.id.as_str(),
        row.organization.as_str(),
        row.connector.as_str(),
        row.config.as_str(),
        row.app.as_ref().map(OAuthAppId::as_str),
        draft,
        connection,
        row.name.as_str(),
        row.secret_version,
        row.key_id.as_str(),
        row.sealed.as_slice(),
        row.created_at.millis(),
    )?;
    Ok(())
}

/// Claims the tokens that are due longest; nobody else gets them before `until`. Of two nodes at once, one gets them and the other none.
///
/// # Errors
/// [`StoreError`].
pub async fn claim(on: Conn<'_>, now: Timestamp, until: Timestamp) -> Result<Option<ClaimedLeftover>, StoreError> {
    let sql = "UPDATE leftovers SET generation = generation + 1, tries = tries + 1, due_ms = $2 \
               WHERE id = (SELECT id FROM leftovers WHERE due_ms <= $1 ORDER BY due_ms, id LIMIT 1) AND due_ms <= $1 \
               RETURNING id, org_id, connector, config, app_id, draft_id, connection_id, name, secret_version, key_id, sealed, created_ms, tries, generation";
    row!(on, Raw, sql, now.millis(), until.millis())?.map(ClaimedLeftover::try_from).transpose()
}

/// Removes claimed tokens; false, and nothing removed, when somebody else has claimed them since.
///
/// # Errors
/// [`StoreError`].
pub async fn remove(on: Conn<'_>, claimed: &ClaimedLeftover) -> Result<bool, StoreError> {
    let sql = "DELETE FROM leftovers WHERE org_id = $1 AND id = $2 AND generation = $3";
    Ok(change!(on, sql, claimed.row.organization.as_str(), claimed.row.id.as_str(), claimed.generation)? == 1)
}

/// Lets claimed tokens be tried again at `due`; false when somebody else has claimed them since.
///
/// # Errors
/// [`StoreError`].
pub async fn put_off(on: Conn<'_>, claimed: &ClaimedLeftover, due: Timestamp) -> Result<bool, StoreError> {
    let sql = "UPDATE leftovers SET due_ms = $4 WHERE org_id = $1 AND id = $2 AND generation = $3";
    Ok(change!(on, sql, claimed.row.organization.as_str(), claimed.row.id.as_str(), claimed.generation, due.millis())? == 1)
}

/// Whether other tokens are kept that came by the same client id at a provider as this app's: those of connections, and those of drafts.
///
/// # Errors
/// [`StoreError`].
pub async fn has_siblings(on: Conn<'_>, organization: &OrganizationId, app: &OAuthAppId) -> Result<bool, StoreError> {
    let sql = "SELECT EXISTS (SELECT 1 FROM oauth_apps a WHERE a.org_id = $1 AND a.client_id = (SELECT o.client_id FROM oauth_apps o WHERE o.org_id = $1 AND o.id = $2) \
               AND (EXISTS (SELECT 1 FROM grants g WHERE g.org_id = $1 AND g.app_id = a.id) \
               OR EXISTS (SELECT 1 FROM drafts d WHERE d.org_id = $1 AND d.app_id = a.id AND d.tokens IS NOT NULL AND d.sealed IS NOT NULL)))";
    value!(on, bool, sql, organization.as_str(), app.as_str())
}
