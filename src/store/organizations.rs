//! Organizations: the tenants.

use crate::domain::{OrganizationId, Role, Timestamp, UserId};
use crate::store::connections::{Sight, ids, seen};
use crate::store::engine::{change, row, rows, value};
use crate::store::folded::fold;
use crate::store::{Conn, StoreError, engine};

/// An organization.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrganizationRow {
    /// Its id.
    pub id: OrganizationId,
    /// Its name.
    pub name: String,
    /// When it was made.
    pub created_at: Timestamp,
}

/// Adds an organization.
///
/// # Errors
/// [`StoreError`].
pub async fn insert(on: Conn<'_>, row: &OrganizationRow) -> Result<(), StoreError> {
    change!(on, "INSERT INTO organizations (id, name, created_ms) VALUES ($1, $2, $3)", row.id.as_str(), row.name.as_str(), row.created_at.millis(),)?;
    Ok(())
}

/// The organization itself.
///
/// # Errors
/// [`StoreError`].
pub async fn find(on: Conn<'_>, organization: &OrganizationId) -> Result<Option<OrganizationRow>, StoreError> {
    let found = row!(on, (String, i64), "SELECT name, created_ms FROM organizations WHERE id = $1", organization.as_str())?;
    Ok(found.map(|(name, created_ms)| OrganizationRow { id: organization.clone(), name, created_at: Timestamp::from_millis(created_ms) }))
}

/// What stands around every page of an organization.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct FrameRow {
    /// The organization's name.
    pub name: String,
    /// The theme of whoever looks.
    pub theme: String,
    /// How many connections there are for whoever looks, disconnected ones left out.
    pub connections: i64,
    /// How many of their issues are open.
    pub issues: i64,
}

/// The frame for one of the organization's active members, in one question because every page asks it.
///
/// # Errors
/// [`StoreError`].
pub async fn frame(on: Conn<'_>, organization: &OrganizationId, user: &UserId, sight: Sight<'_>) -> Result<Option<FrameRow>, StoreError> {
    let sql = concat!(
        "SELECT o.name, u.theme, (SELECT count(*) FROM connections c WHERE c.org_id = $1 AND c.status <> 'revoked' ",
        seen!(),
        ") AS connections, (SELECT count(*) FROM issues i JOIN connections c ON c.id = i.connection_id \
         WHERE i.org_id = $1 AND i.resolved_ms IS NULL AND c.status <> 'revoked' ",
        seen!(),
        ") AS issues FROM organizations o JOIN members m ON m.org_id = o.id JOIN users u ON u.id = m.user_id \
         WHERE o.id = $1 AND m.user_id = $4 AND m.status = 'active'"
    );
    row!(on, FrameRow, sql, organization.as_str(), sight.member_id(), ids(sight.only), user.as_str())
}

/// Whether the organization asks its members for a second factor; false when there is none.
///
/// # Errors
/// [`StoreError`].
pub async fn wants_second_factor(on: Conn<'_>, organization: &OrganizationId) -> Result<bool, StoreError> {
    let found = row!(on, (bool,), "SELECT second_factor FROM organizations WHERE id = $1", organization.as_str())?;
    Ok(found.is_some_and(|(wanted,)| wanted))
}

/// Sets whether the organization asks its members for a second factor.
///
/// # Errors
/// [`StoreError`].
pub async fn set_second_factor(on: Conn<'_>, organization: &OrganizationId, wanted: bool) -> Result<(), StoreError> {
    change!(on, "UPDATE organizations SET second_factor = $2 WHERE id = $1", organization.as_str(), wanted)?;
    Ok(())
}

/// Whether the organization asks for a second factor that this person does not have.
///
/// # Errors
/// [`StoreError`].
pub async fn misses_second_factor(on: Conn<'_>, organization: &OrganizationId, user: &UserId) -> Result<bool, StoreError> {
    let sql = "SELECT EXISTS (SELECT 1 FROM organizations WHERE id = $1 AND second_factor) \
               AND NOT EXISTS (SELECT 1 FROM authenticators WHERE user_id = $2 AND turned_on_ms IS NOT NULL) \
               AND NOT EXISTS (SELECT 1 FROM passkeys WHERE user_id = $2)";
    value!(on, bool, sql, organization.as_str(), user.as_str())
}

/// Makes other transactions that hold the same organization wait until this one ends.
///
/// # Errors
/// [`StoreError`].
pub async fn hold(on: Conn<'_>, organization: &OrganizationId) -> Result<(), StoreError> {
    engine::hold(on, "SELECT id FROM organizations WHERE id = $1 FOR NO KEY UPDATE", &[organization.as_str()]).await
}

/// How many there are.
///
/// # Errors
/// [`StoreError`].
pub async fn count(on: Conn<'_>) -> Result<i64, StoreError> {
    value!(on, i64, "SELECT count(*) FROM organizations")
}

/// Makes other transactions that hold any organization wait until this one ends.
///
/// # Errors
/// [`StoreError`].
pub async fn hold_all(on: Conn<'_>) -> Result<(), StoreError> {
    engine::hold(on, "SELECT id FROM organizations ORDER BY id FOR NO KEY UPDATE", &[]).await
}

/// Gives another name.
///
/// # Errors
/// [`StoreError`].
pub async fn rename(on: Conn<'_>, organization: &OrganizationId, name: &str) -> Result<(), StoreError> {
    change!(on, "UPDATE organizations SET name = $2 WHERE id = $1", organization.as_str(), name)?;
    Ok(())
}

/// An organization of a person, with the role that the membership gives.
///
/// # Errors
/// [`StoreError`].
pub async fn of_user(on: Conn<'_>, user: &UserId) -> Result<Vec<(OrganizationRow, Role)>, StoreError> {
    let sql = "SELECT o.id, o.name, o.created_ms, m.role FROM members m JOIN organizations o ON o.id = m.org_id WHERE m.user_id = $1 AND m.status = 'active'";
    let found = rows!(on, (String, String, i64, String), sql, user.as_str())?;
    let parsed = found.into_iter().map(|(id, name, created_ms, role)| {
        let role = Role::parse(&role).map_err(|_| StoreError::bad_row("members", "role", &id))?;
        Ok((OrganizationRow { id: id_of(&id)?, name, created_at: Timestamp::from_millis(created_ms) }, role))
    });
    let mut organizations = parsed.collect::<Result<Vec<_>, StoreError>>()?;
    organizations.sort_by_cached_key(|(row, _)| (fold(&row.name), row.id.clone()));
    Ok(organizations)
}

/// Every organization of this server, the oldest first, after the id `after`, with how many active members and how many connections it has.
///
/// # Errors
/// [`StoreError`].
pub async fn all(on: Conn<'_>, after: &str, limit: i64) -> Result<Vec<(OrganizationRow, i64, i64)>, StoreError> {
    let sql = "SELECT o.id, o.name, o.created_ms, (SELECT count(*) FROM members m WHERE m.org_id = o.id AND m.status = 'active'), \
               (SELECT count(*) FROM connections c WHERE c.org_id = o.id AND c.status <> 'revoked') FROM organizations o WHERE o.id > $1 ORDER BY o.id LIMIT $2";
    let found = rows!(on, (String, String, i64, i64, i64), sql, after, limit)?;
    let parsed = found.into_iter().map(|(id, name, created_ms, members, connections)| {
        Ok((OrganizationRow { id: id_of(&id)?, name, created_at: Timestamp::from_millis(created_ms) }, members, connections))
    });
    parsed.collect()
}

/// Erases an organization with everything that is its own, but for its audit entries.
///
/// # Errors
/// [`StoreError`].
pub async fn erase(mut on: Conn<'_>, organization: &OrganizationId) -> Result<(), StoreError> {
    for sql in ERASE {
        change!(on.again(), *sql, organization.as_str())?;
    }
    Ok(())
}

/// Every table that holds rows of an organization, those that point to others first.
const ERASE: &[&str] = &[
    "DELETE FROM sessions WHERE org_id = $1",
    "DELETE FROM refresh_tokens WHERE family_id IN (SELECT id FROM token_families WHERE org_id = $1)",
    "DELETE FROM token_families WHERE org_id = $1",
    "DELETE FROM api_keys WHERE org_id = $1",
    "DELETE FROM applications WHERE org_id = $1",
    "DELETE FROM identities WHERE owner = $1",
    "DELETE FROM sign_on_attempts WHERE owner = $1",
    "DELETE FROM sign_on_domains WHERE org_id = $1",
    "DELETE FROM sign_on_providers WHERE org_id = $1",
    "DELETE FROM idempotency_keys WHERE org_id = $1",
    "DELETE FROM entry_links WHERE org_id = $1",
    "DELETE FROM invitations WHERE org_id = $1",
    "DELETE FROM member_grants WHERE org_id = $1",
    "DELETE FROM team_members WHERE org_id = $1",
    "DELETE FROM teams WHERE org_id = $1",
    "DELETE FROM expiry_feeds WHERE org_id = $1",
    "DELETE FROM expiry_reminders WHERE org_id = $1",
    "DELETE FROM expiry_dates WHERE org_id = $1",
    "DELETE FROM leftovers WHERE org_id = $1",
    "DELETE FROM drafts WHERE org_id = $1",
    "DELETE FROM checks WHERE org_id = $1",
    "DELETE FROM issues WHERE org_id = $1",
    "DELETE FROM credential_uses WHERE org_id = $1",
    "DELETE FROM grants WHERE org_id = $1",
    "DELETE FROM credentials WHERE org_id = $1",
    "DELETE FROM connections WHERE org_id = $1",
    "DELETE FROM oauth_apps WHERE org_id = $1",
    "DELETE FROM oauth_attempts WHERE org_id = $1",
    "DELETE FROM connector_requests WHERE org_id = $1",
    "DELETE FROM own_connectors WHERE org_id = $1",
    "DELETE FROM milestones WHERE org_id = $1",
    "DELETE FROM members WHERE org_id = $1",
    "DELETE FROM organizations WHERE id = $1",
];

fn id_of(text: &str) -> Result<OrganizationId, StoreError> {
    OrganizationId::parse(text).map_err(|_| StoreError::bad_row("organizations", "id", text))
}
