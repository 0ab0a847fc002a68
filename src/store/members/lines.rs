//! Memberships as those see them who manage them, whatever became of them.

use crate::domain::{MemberId, OrganizationId, Role, Timestamp, UserId};
use crate::store::engine::{row, rows, value};
use crate::store::{Conn, StoreError};

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT m.id, m.user_id, m.role, m.status, m.limited, m.created_ms, u.name, u.email, u.super_admin, u.disabled \
             FROM members m JOIN users u ON u.id = m.user_id ",
            $rest
        )
    };
}

/// Whether a membership counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It does.
    Active,
    /// It was turned off, and can be turned on.
    Deactivated,
    /// It has not begun.
    Pending,
    /// It has ended.
    Removed,
}

impl Standing {
    /// Every standing.
    const ALL: [Self; 4] = [Self::Active, Self::Deactivated, Self::Pending, Self::Removed];

    /// The machine name, as stored and sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => super::ACTIVE,
            Self::Deactivated => "deactivated",
            Self::Pending => super::PENDING,
            Self::Removed => "removed",
        }
    }
}

#[derive(sqlx::FromRow)]
struct Raw {
    id: String,
    user_id: String,
    role: String,
    status: String,
    limited: bool,
    created_ms: i64,
    name: String,
    email: String,
    super_admin: bool,
    disabled: bool,
}

impl TryFrom<Raw> for MemberLine {
    type Error = StoreError;

    fn try_from(raw: Raw) -> Result<Self, StoreError> {
        let bad = |column| StoreError::bad_row("members", column, &raw.id);
        Ok(Self {
            id: MemberId::parse(&raw.id).map_err(|_| bad("id"))?,
            user: UserId::parse(&raw.user_id).map_err(|_| bad("user_id"))?,
            role: if raw.super_admin { Role::SuperAdmin } else { Role::parse(&raw.role).map_err(|_| bad("role"))? },
            standing: Standing::ALL.into_iter().find(|standing| standing.as_str() == raw.status).ok_or_else(|| bad("status"))?,
            limited: raw.limited,
            created_at: Timestamp::from_millis(raw.created_ms),
            name: raw.name,
            email: raw.email,
            disabled: raw.disabled,
        })
    }
}

/// A membership with its person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberLine {
    /// The membership.
    pub id: MemberId,
    /// The person.
    pub user: UserId,
    /// What the person is here; who runs the server is that everywhere.
    pub role: Role,
    /// Whether it counts.
    pub standing: Standing,
    /// Whether it is limited to named connections.
    pub limited: bool,
    /// When it began.
    pub created_at: Timestamp,
    /// The person's name.
    pub name: String,
    /// The person's address.
    pub email: String,
    /// Whether the person may not sign in.
    pub disabled: bool,
}

/// Memberships that count or are turned off, or with `ended` those that have ended; oldest first, after the id `after`.
///
/// # Errors
/// [`StoreError`].
pub async fn lines(on: Conn<'_>, organization: &OrganizationId, ended: bool, after: &str, limit: i64) -> Result<Vec<MemberLine>, StoreError> {
    let sql = select!("WHERE m.org_id = $1 AND m.status <> 'pending' AND (m.status = 'removed') = $2 AND m.id > $3 ORDER BY m.id LIMIT $4");
    rows!(on, Raw, sql, organization.as_str(), ended, after, limit)?.into_iter().map(MemberLine::try_from).collect()
}

/// One membership, whatever became of it; not one that has not begun.
///
/// # Errors
/// [`StoreError`].
pub async fn find_line(on: Conn<'_>, organization: &OrganizationId, member: &MemberId) -> Result<Option<MemberLine>, StoreError> {
    let sql = select!("WHERE m.org_id = $1 AND m.id = $2 AND m.status <> 'pending'");
    row!(on, Raw, sql, organization.as_str(), member.as_str())?.map(MemberLine::try_from).transpose()
}

/// The membership of a person, also one that has not begun.
///
/// # Errors
/// [`StoreError`].
pub async fn find_line_of_user(on: Conn<'_>, organization: &OrganizationId, user: &UserId) -> Result<Option<MemberLine>, StoreError> {
    let sql = select!("WHERE m.org_id = $1 AND m.user_id = $2");
    row!(on, Raw, sql, organization.as_str(), user.as_str())?.map(MemberLine::try_from).transpose()
}

/// How many people run the organization and can sign in.
///
/// # Errors
/// [`StoreError`].
pub async fn count_admins(on: Conn<'_>, organization: &OrganizationId) -> Result<i64, StoreError> {
    let sql = "SELECT count(*) FROM members m JOIN users u ON u.id = m.user_id WHERE m.org_id = $1 AND m.status = 'active' AND NOT u.disabled \
               AND (u.super_admin OR m.role IN ('super_admin', 'org_admin'))";
    value!(on, i64, sql, organization.as_str())
}

/// How many people run the server and can sign in somewhere.
///
/// # Errors
/// [`StoreError`].
pub async fn count_operators(on: Conn<'_>) -> Result<i64, StoreError> {
    let sql = "SELECT count(DISTINCT u.id) FROM users u JOIN members m ON m.user_id = u.id WHERE u.super_admin AND NOT u.disabled AND m.status = 'active'";
    value!(on, i64, sql)
}

/// How many memberships count or are turned off, and how many have ended.
///
/// # Errors
/// [`StoreError`].
pub async fn count_by_standing(on: Conn<'_>, organization: &OrganizationId) -> Result<(i64, i64), StoreError> {
    let sql = "SELECT count(CASE WHEN status IN ('active', 'deactivated') THEN 1 END), count(CASE WHEN status = 'removed' THEN 1 END) \
               FROM members WHERE org_id = $1";
    Ok(row!(on, (i64, i64), sql, organization.as_str())?.unwrap_or_default())
}
