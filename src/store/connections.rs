//! Connections.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::domain::{ConnectionId, ConnectionStatus, MemberId, OrganizationId, TeamId, Timestamp};
use crate::store::engine::{change, row, rows, value};
use crate::store::folded::{fold, searched, searched_tag};
use crate::store::{Conn, StoreError, engine};

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, org_id, team_id, connector, name, status, config, account_id, account_name, identity, host, last_check_id, last_checked_ms, \
             next_check_ms, failure_code, recent, created_by, created_ms, updated_ms, row_version, description, tags, owner_member_id, edits FROM connections ",
            $rest
        )
    };
}

mod overview;

pub use overview::{
    Sight, StatusCount, count_by_connector, count_by_status, count_open, give, of_connector, of_owner, of_team, users_of_app, users_of_connector,
};
pub(in crate::store) use overview::{ids, seen};

/// What [`ListFilter`] lets through; `$1` to `$12` are the tenant, the text, six statuses, a tag, the member, whether others are meant and the ids that there
/// are.
///
/// SQLite prepares a statement anew at every call where a bare parameter stands right of LIKE or LIMIT, hence the `||` and the `+ 0`.
macro_rules! matching {
    () => {
        "WHERE org_id = $1 AND folded LIKE '%' || $2 || '%' ESCAPE '!' AND status IN ($3, $4, $5, $6, $7, $8) \
         AND tags LIKE '%' || $9 || '%' ESCAPE '!' AND (owner_member_id IN ('', $10)) <> $11 AND ($12 = '' OR $12 LIKE '%' || id || '%')"
    };
}

macro_rules! select_ordered {
    ($order:literal) => {
        concat!(select!(""), matching!(), " ORDER BY ", $order, " LIMIT $13 + 0 OFFSET $14")
    };
}

#[derive(sqlx::FromRow)]
struct Raw {
    id: String,
    org_id: String,
    team_id: Option<String>,
    connector: String,
    name: String,
    status: String,
    config: String,
    account_id: String,
    account_name: String,
    identity: String,
    host: String,
    last_check_id: Option<String>,
    last_checked_ms: Option<i64>,
    next_check_ms: Option<i64>,
    failure_code: Option<String>,
    recent: String,
    created_by: String,
    created_ms: i64,
    updated_ms: i64,
    row_version: i64,
    description: String,
    tags: String,
    owner_member_id: String,
    edits: i64,
}

impl TryFrom<Raw> for ConnectionRow {
    type Error = StoreError;

    fn try_from(raw: Raw) -> Result<Self, StoreError> {
        let bad = |column| StoreError::bad_row("connections", column, &raw.id);
        Ok(Self {
            id: ConnectionId::parse(&raw.id).map_err(|_| bad("id"))?,
            organization: OrganizationId::parse(&raw.org_id).map_err(|_| bad("org_id"))?,
            team: raw.team_id.as_deref().map(TeamId::parse).transpose().map_err(|_| bad("team_id"))?,
            status: ConnectionStatus::parse(&raw.status).map_err(|_| bad("status"))?,
            created_by: MemberId::parse(&raw.created_by).map_err(|_| bad("created_by"))?,
            owner: Some(raw.owner_member_id.as_str()).filter(|id| !id.is_empty()).map(MemberId::parse).transpose().map_err(|_| bad("owner_member_id"))?,
            tags: serde_json::from_str(&raw.tags).map_err(|_| bad("tags"))?,
            description: raw.description,
            edits: raw.edits,
            connector: raw.connector,
            name: raw.name,
            config: raw.config,
            account_id: raw.account_id,
            account_name: raw.account_name,
            identity: raw.identity,
            host: raw.host,
            last_check_id: raw.last_check_id,
            last_checked_at: raw.last_checked_ms.map(Timestamp::from_millis),
            next_check_at: raw.next_check_ms.map(Timestamp::from_millis),
            failure_code: raw.failure_code,
            recent: raw.recent,
            created_at: Timestamp::from_millis(raw.created_ms),
            updated_at: Timestamp::from_millis(raw.updated_ms),
            row_version: raw.row_version,
        })
    }
}

/// A connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectionRow {
    /// The id.
    pub id: ConnectionId,
    /// The tenant.
    pub organization: OrganizationId,
    /// The team it belongs to; none for the whole organization.
    pub team: Option<TeamId>,
    /// The member whose alone it is; none for one of the organization.
    pub owner: Option<MemberId>,
    /// The connector's id.
    pub connector: String,
    /// The name; unique among those of the same owner that are not disconnected.
    pub name: String,
    /// What people say about it.
    pub description: String,
    /// What people sort it by, in order.
    pub tags: Vec<String>,
    /// How it is.
    pub status: ConnectionStatus,
    /// Fields that are no secret, JSON object of strings.
    pub config: String,
    /// The provider's id of the account.
    pub account_id: String,
    /// The account's name.
    pub account_name: String,
    /// JSON of [`crate::dto::IdentityView`].
    pub identity: String,
    /// Where the credential goes.
    pub host: String,
    /// The last check.
    pub last_check_id: Option<String>,
    /// When that was.
    pub last_checked_at: Option<Timestamp>,
    /// When the next is due.
    pub next_check_at: Option<Timestamp>,
    /// Why the last check failed.
    pub failure_code: Option<String>,
    /// The checks of its last day, for [`crate::store::recent::read`]. Finished checks write it; [`insert`] and [`update`] leave it alone.
    pub recent: String,
    /// Who connected it.
    pub created_by: MemberId,
    /// When.
    pub created_at: Timestamp,
    /// When last changed.
    pub updated_at: Timestamp,
    /// Counts changes, from 1.
    pub row_version: i64,
    /// Counts changes of name, description and tags, from 1.
    pub edits: i64,
}

/// Narrows [`list`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListFilter {
    /// Part of name, account or id; case and accents do not matter; empty for all.
    pub text: String,
    /// Any of these; empty for all but `revoked`.
    pub statuses: Vec<ConnectionStatus>,
    /// One of its tags, whole; empty for all.
    pub tag: String,
    /// Whose personal ones count; those of others are left out.
    pub member: Option<MemberId>,
    /// The only ones that there are; none when all are.
    pub only: Option<Arc<BTreeSet<ConnectionId>>>,
    /// Only the personal ones of others.
    pub others: bool,
    /// The order.
    pub order: Order,
    /// At most so many.
    pub limit: i64,
    /// After so many.
    pub offset: i64,
}

/// The order of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// By name.
    Name,
    /// By name, backwards.
    NameDescending,
    /// Longest unchecked first.
    Checked,
    /// Last checked first.
    CheckedDescending,
    /// Oldest first, which tells nothing else.
    Id,
}

/// Adds a connection. `Duplicate("connections_name")` when the name is taken.
///
/// # Errors
/// [`StoreError`].
pub async fn insert(on: Conn<'_>, row: &ConnectionRow) -> Result<(), StoreError> {
    change!(
        on,
        "INSERT INTO connections (id, org_id, team_id, connector, name, status, config, account_id, account_name, identity, host, folded, \
         last_check_id, last_checked_ms, next_check_ms, failure_code, updated_ms, description, tags, edits, row_version, owner_member_id, created_by, created_ms) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24)",
        row.id.as_str(),
        row.organization.as_str(),
        row.team.as_ref().map(TeamId::as_str),
        row.connector.as_str(),
        row.name.as_str(),
        row.status.as_str(),
        row.config.as_str(),
        row.account_id.as_str(),
        row.account_name.as_str(),
        row.identity.as_str(),
        row.host.as_str(),
        folded(row),
        row.last_check_id.as_deref(),
        row.last_checked_at.map(Timestamp::millis),
        row.next_check_at.map(Timestamp::millis),
        row.failure_code.as_deref(),
        row.updated_at.millis(),
        row.description.as_str(),
        tags(row),
        row.edits,
        row.row_version,
        row.owner.as_ref().map_or("", MemberId::as_str),
        row.created_by.as_str(),
        row.created_at.millis(),
    )?;
    Ok(())
}

/// One connection, disconnected ones too.
///
/// # Errors
/// [`StoreError`].
pub async fn find(on: Conn<'_>, organization: &OrganizationId, id: &ConnectionId) -> Result<Option<ConnectionRow>, StoreError> {
    let sql = select!("WHERE org_id = $1 AND id = $2");
    row!(on, Raw, sql, organization.as_str(), id.as_str())?.map(ConnectionRow::try_from).transpose()
}

/// Writes all columns but `recent`, `owner`, `created_by` and `created_at` of a row whose `row_version` is still the given one, and counts it up; `Conflict` otherwise.
///
/// # Errors
/// [`StoreError`].
pub async fn update(on: Conn<'_>, row: &ConnectionRow) -> Result<(), StoreError> {
    let changed = change!(
        on,
        "UPDATE connections SET team_id = $3, connector = $4, name = $5, status = $6, config = $7, account_id = $8, account_name = $9, identity = $10, \
         host = $11, folded = $12, last_check_id = $13, last_checked_ms = $14, next_check_ms = $15, failure_code = $16, updated_ms = $17, \
         description = $18, tags = $19, edits = $20, row_version = row_version + 1 WHERE id = $1 AND org_id = $2 AND row_version = $21",
        row.id.as_str(),
        row.organization.as_str(),
        row.team.as_ref().map(TeamId::as_str),
        row.connector.as_str(),
        row.name.as_str(),
        row.status.as_str(),
        row.config.as_str(),
        row.account_id.as_str(),
        row.account_name.as_str(),
        row.identity.as_str(),
        row.host.as_str(),
        folded(row),
        row.last_check_id.as_deref(),
        row.last_checked_at.map(Timestamp::millis),
        row.next_check_at.map(Timestamp::millis),
        row.failure_code.as_deref(),
        row.updated_at.millis(),
        row.description.as_str(),
        tags(row),
        row.edits,
        row.row_version,
    )?;
    if changed == 1 { Ok(()) } else { Err(StoreError::Conflict) }
}

/// The rows that match.
///
/// # Errors
/// [`StoreError`].
pub async fn list(on: Conn<'_>, organization: &OrganizationId, filter: &ListFilter) -> Result<Vec<ConnectionRow>, StoreError> {
    let sql = match filter.order {
        Order::Name => select_ordered!("folded, id"),
        Order::NameDescending => select_ordered!("folded DESC, id DESC"),
        Order::Checked => select_ordered!("last_checked_ms NULLS FIRST, id"),
        Order::CheckedDescending => select_ordered!("last_checked_ms DESC NULLS LAST, id DESC"),
        Order::Id => select_ordered!("id"),
    };
    let [a, b, c, d, e, f] = statuses(filter);
    let (text, tag, member) = (searched(&filter.text), searched_tag(&filter.tag), id_of(filter.member.as_ref()));
    let found = rows!(
        on,
        Raw,
        sql,
        organization.as_str(),
        text,
        a,
        b,
        c,
        d,
        e,
        f,
        tag,
        member,
        filter.others,
        ids(filter.only.as_deref()),
        filter.limit,
        filter.offset
    )?;
    found.into_iter().map(ConnectionRow::try_from).collect()
}

/// How many match; limit and offset do not matter.
///
/// # Errors
/// [`StoreError`].
pub async fn count(on: Conn<'_>, organization: &OrganizationId, filter: &ListFilter) -> Result<i64, StoreError> {
    let sql = concat!("SELECT count(*) FROM connections ", matching!());
    let [a, b, c, d, e, f] = statuses(filter);
    let (text, tag, member) = (searched(&filter.text), searched_tag(&filter.tag), id_of(filter.member.as_ref()));
    value!(on, i64, sql, organization.as_str(), text, a, b, c, d, e, f, tag, member, filter.others, ids(filter.only.as_deref()))
}

/// Makes other transactions that hold the same connection wait until this one ends.
///
/// # Errors
/// [`StoreError`].
pub async fn hold(on: Conn<'_>, organization: &OrganizationId, id: &ConnectionId) -> Result<(), StoreError> {
    engine::hold(on, "SELECT id FROM connections WHERE org_id = $1 AND id = $2 FOR NO KEY UPDATE", &[organization.as_str(), id.as_str()]).await
}

/// Deletes a disconnected connection with its checks, drafts and grants; false when there is none.
///
/// # Errors
/// [`StoreError`].
pub async fn delete(mut on: Conn<'_>, organization: &OrganizationId, id: &ConnectionId) -> Result<bool, StoreError> {
    let (tenant, id) = (organization.as_str(), id.as_str());
    let grants =
        "DELETE FROM member_grants WHERE org_id = $1 AND connection_id = (SELECT id FROM connections WHERE org_id = $1 AND id = $2 AND status = 'revoked')";
    change!(on.again(), grants, tenant, id)?;
    if change!(on.again(), "DELETE FROM connections WHERE org_id = $1 AND id = $2 AND status = 'revoked'", tenant, id)? == 0 {
        return Ok(false);
    }
    change!(on.again(), "DELETE FROM checks WHERE org_id = $1 AND connection_id = $2", tenant, id)?;
    change!(on.again(), "DELETE FROM credential_uses WHERE org_id = $1 AND connection_id = $2", tenant, id)?;
    change!(on, "DELETE FROM drafts WHERE org_id = $1 AND connection_id = $2", tenant, id)?;
    Ok(true)
}

/// Binds as a member's id; nobody's is empty, which no member has.
fn id_of(member: Option<&MemberId>) -> &str {
    member.map_or("", MemberId::as_str)
}

fn tags(row: &ConnectionRow) -> String {
    serde_json::Value::from(row.tags.clone()).to_string()
}

/// What lists are searched and sorted by: the name first. The line end sorts before every letter, and no folded text holds one.
fn folded(row: &ConnectionRow) -> String {
    [row.name.as_str(), &row.account_name, &row.account_id, row.id.as_str()].map(fold).join("\n")
}

fn statuses(filter: &ListFilter) -> [&'static str; ConnectionStatus::ALL.len()] {
    ConnectionStatus::ALL.map(|status| {
        let wanted = if filter.statuses.is_empty() { status != ConnectionStatus::Revoked } else { filter.statuses.contains(&status) };
        if wanted { status.as_str() } else { "" }
    })
}
