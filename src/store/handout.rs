//! Everything that handing a credential out needs, in one question.

use crate::domain::{ConnectionId, ConnectionStatus, GrantKind, MemberId, OAuthAppId, OrganizationId, TeamId, Timestamp};
use crate::store::engine::{rows, text_of};
use crate::store::{Conn, StoreError};

#[derive(sqlx::FromRow)]
struct Raw {
    org_id: String,
    id: String,
    team_id: Option<String>,
    owner_member_id: String,
    connector: String,
    name: String,
    status: String,
    config: String,
    failure_code: Option<String>,
    version: Option<i64>,
    sealed: Option<Vec<u8>>,
    created_ms: Option<i64>,
    app_id: Option<String>,
    kind: Option<String>,
    obtained_ms: Option<i64>,
    expires_ms: Option<i64>,
    due_ms: Option<i64>,
    generation: Option<i64>,
    grant_failure: Option<String>,
}

/// A connection, its credential in use and what is open of its tokens, as they were at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandoutRow {
    /// The tenant.
    pub organization: OrganizationId,
    /// The connection.
    pub connection: ConnectionId,
    /// The team it belongs to; none for the whole organization.
    pub team: Option<TeamId>,
    /// The member whose alone it is; none for one of the organization.
    pub owner: Option<MemberId>,
    /// The connector's id.
    pub connector: String,
    /// The name.
    pub name: String,
    /// How it is.
    pub status: ConnectionStatus,
    /// Fields that are no secret, JSON object of strings.
    pub config: String,
    /// Why the last check failed.
    pub failure_code: Option<String>,
    /// The version in use; none when nothing is.
    pub credential: Option<CredentialPart>,
}

/// The version in use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CredentialPart {
    /// Its number.
    pub version: i64,
    /// The sealed bytes.
    pub sealed: Vec<u8>,
    /// When it was entered.
    pub created_at: Timestamp,
    /// What is open of its tokens; none where it holds none.
    pub grant: Option<GrantPart>,
}

/// What is open of its tokens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GrantPart {
    /// The organization's app at the provider; none where the connection brings its own id and secret.
    pub app: Option<OAuthAppId>,
    /// How they are renewed.
    pub kind: GrantKind,
    /// When they came.
    pub obtained_at: Timestamp,
    /// When the access token ends; none when it does not.
    pub expires_at: Option<Timestamp>,
    /// When renewing is due; none for never.
    pub due_at: Option<Timestamp>,
    /// Counts the tokens that came.
    pub generation: i64,
    /// The last failure's code; empty when the last call did well.
    pub failure_code: String,
}

macro_rules! select {
    ($asked:literal) => {
        concat!(
            // `CROSS JOIN` has SQLite begin with what is asked for (<https://www.sqlite.org/optoverview.html#manual_control_of_query_plans_using_cross_join>).
            "WITH asked (org_id, id) AS MATERIALIZED (",
            $asked,
            ") SELECT c.org_id, c.id, c.team_id, c.owner_member_id, c.connector, c.name, c.status, c.config, c.failure_code, v.version, v.sealed, \
             v.created_ms, g.app_id, g.kind, g.obtained_ms, g.expires_ms, g.due_ms, g.generation, g.failure_code AS grant_failure \
             FROM asked CROSS JOIN connections c LEFT JOIN credentials v ON v.org_id = c.org_id AND v.connection_id = c.id AND v.active \
             LEFT JOIN grants g ON g.org_id = v.org_id AND g.credential_id = v.id WHERE c.org_id = asked.org_id AND c.id = asked.id"
        )
    };
}

const OF_SQLITE: &str = select!("SELECT value ->> 0, value ->> 1 FROM json_each($1)");
// The limit, which cuts nothing, tells the planner how few they are: it supposes a hundred otherwise, and reads tables of some thousand rows whole.
const OF_POSTGRES: &str =
    select!("SELECT value ->> 0, value ->> 1 FROM json_array_elements(CAST($1 AS json)) AS t (value) LIMIT json_array_length(CAST($1 AS json))");

impl TryFrom<Raw> for HandoutRow {
    type Error = StoreError;

    fn try_from(raw: Raw) -> Result<Self, StoreError> {
        let bad = |table, column| StoreError::bad_row(table, column, &raw.id);
        let grant = match (raw.kind, raw.obtained_ms, raw.generation) {
            (Some(kind), Some(obtained), Some(generation)) => Some(GrantPart {
                app: raw.app_id.as_deref().map(OAuthAppId::parse).transpose().map_err(|_| bad("grants", "app_id"))?,
                kind: GrantKind::parse(&kind).ok_or_else(|| bad("grants", "kind"))?,
                obtained_at: Timestamp::from_millis(obtained),
                expires_at: raw.expires_ms.map(Timestamp::from_millis),
                due_at: raw.due_ms.map(Timestamp::from_millis),
                generation,
                failure_code: raw.grant_failure.unwrap_or_default(),
            }),
            _ => None,
        };
        let credential = match (raw.version, raw.sealed, raw.created_ms) {
            (Some(version), Some(sealed), Some(created)) => Some(CredentialPart { version, sealed, created_at: Timestamp::from_millis(created), grant }),
            _ => None,
        };
        Ok(Self {
            organization: OrganizationId::parse(&raw.org_id).map_err(|_| bad("connections", "org_id"))?,
            connection: ConnectionId::parse(&raw.id).map_err(|_| bad("connections", "id"))?,
            team: raw.team_id.as_deref().map(TeamId::parse).transpose().map_err(|_| bad("connections", "team_id"))?,
            owner: Some(raw.owner_member_id.as_str())
                .filter(|id| !id.is_empty())
                .map(MemberId::parse)
                .transpose()
                .map_err(|_| bad("connections", "owner_member_id"))?,
            status: ConnectionStatus::parse(&raw.status).map_err(|_| bad("connections", "status"))?,
            connector: raw.connector,
            name: raw.name,
            config: raw.config,
            failure_code: raw.failure_code,
            credential,
        })
    }
}

async fn of(on: Conn<'_>, asked: &[(OrganizationId, ConnectionId)]) -> Result<Vec<Raw>, StoreError> {
    let asked: Vec<_> = asked.iter().map(|(organization, connection)| (organization.as_str(), connection.as_str())).collect();
    let json = serde_json::to_string(&asked).map_err(|error| StoreError::Sql(sqlx::Error::Encode(error.into())))?;
    let sql = text_of(&on, OF_SQLITE, OF_POSTGRES);
    rows!(on, Raw, sql, json.as_str())
}

/// A connection with its credential in use; disconnected ones too.
///
/// # Errors
/// [`StoreError`].
pub async fn find(on: Conn<'_>, organization: &OrganizationId, connection: &ConnectionId) -> Result<Option<HandoutRow>, StoreError> {
    of(on, &[(organization.clone(), connection.clone())]).await?.pop().map(HandoutRow::try_from).transpose()
}

/// Many of them, each of its tenant, in any order. One that cannot be read is left out: [`find`] says why.
///
/// # Errors
/// [`StoreError`].
pub async fn find_all(on: Conn<'_>, asked: &[(OrganizationId, ConnectionId)]) -> Result<Vec<HandoutRow>, StoreError> {
    Ok(of(on, asked).await?.into_iter().filter_map(|raw| HandoutRow::try_from(raw).ok()).collect())
}
