//! Sign-ins of programs: a family of tokens each, with its refresh tokens found by their hash. Only the newest refresh token of a family is unused.

use crate::domain::{MemberId, OrganizationId, SessionId, Timestamp, UserId};
use crate::store::engine::{change, row};
use crate::store::{Conn, StoreError};

const TABLE: &str = "token_families";

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT f.id, f.org_id, f.user_id, f.member_id, f.address, f.user_agent, f.proven_ms, f.created_ms, f.used_ms, f.ends_ms, f.ended_ms, f.ended_why \
             FROM token_families f ",
            $rest
        )
    };
}

#[derive(sqlx::FromRow)]
struct Raw {
    id: String,
    org_id: String,
    user_id: String,
    member_id: String,
    address: String,
    user_agent: String,
    proven_ms: i64,
    created_ms: i64,
    used_ms: i64,
    ends_ms: i64,
    ended_ms: Option<i64>,
    ended_why: String,
}

impl TryFrom<Raw> for FamilyRow {
    type Error = StoreError;

    fn try_from(raw: Raw) -> Result<Self, StoreError> {
        let bad = |column| StoreError::bad_row(TABLE, column, &raw.id);
        Ok(Self {
            id: SessionId::parse(&raw.id).map_err(|_| bad("id"))?,
            organization: OrganizationId::parse(&raw.org_id).map_err(|_| bad("org_id"))?,
            user: UserId::parse(&raw.user_id).map_err(|_| bad("user_id"))?,
            member: MemberId::parse(&raw.member_id).map_err(|_| bad("member_id"))?,
            address: raw.address,
            user_agent: raw.user_agent,
            proven_at: Timestamp::from_millis(raw.proven_ms),
            created_at: Timestamp::from_millis(raw.created_ms),
            used_at: Timestamp::from_millis(raw.used_ms),
            ends_at: Timestamp::from_millis(raw.ends_ms),
            ended_at: raw.ended_ms.map(Timestamp::from_millis),
            ended_why: raw.ended_why,
        })
    }
}

/// The tokens of one sign-in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FamilyRow {
    /// The id, which access tokens carry.
    pub id: SessionId,
    /// The tenant.
    pub organization: OrganizationId,
    /// The person.
    pub user: UserId,
    /// The person's membership.
    pub member: MemberId,
    /// Where it was signed in from.
    pub address: String,
    /// What the program called itself.
    pub user_agent: String,
    /// When the person proved who they are.
    pub proven_at: Timestamp,
    /// When signed in.
    pub created_at: Timestamp,
    /// When its tokens were last renewed.
    pub used_at: Timestamp,
    /// When it ends whatever happens.
    pub ends_at: Timestamp,
    /// When it was ended before that.
    pub ended_at: Option<Timestamp>,
    /// Why it was ended: `signed_out`, `reused`, `sessions_ended`, `member_gone` or empty.
    pub ended_why: String,
}

impl FamilyRow {
    /// Whether its tokens work.
    pub fn works(&self, now: Timestamp) -> bool {
        self.ended_at.is_none() && now < self.ends_at
    }
}

/// Adds a family.
///
/// # Errors
/// [`StoreError`].
pub async fn insert(on: Conn<'_>, row: &FamilyRow) -> Result<(), StoreError> {
    change!(
        on,
        "INSERT INTO token_families (id, org_id, user_id, member_id, address, user_agent, proven_ms, created_ms, used_ms, ends_ms, ended_ms, ended_why) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        row.id.as_str(),
        row.organization.as_str(),
        row.user.as_str(),
        row.member.as_str(),
        row.address.as_str(),
        row.user_agent.as_str(),
        row.proven_at.millis(),
        row.created_at.millis(),
        row.used_at.millis(),
        row.ends_at.millis(),
        row.ended_at.map(Timestamp::millis),
        row.ended_why.as_str(),
    )?;
    Ok(())
}

/// A family.
///
/// # Errors
/// [`StoreError`].
pub async fn find(on: Conn<'_>, id: &SessionId) -> Result<Option<FamilyRow>, StoreError> {
    row!(on, Raw, select!("WHERE f.id = $1"), id.as_str())?.map(FamilyRow::try_from).transpose()
}

/// The family of a refresh token, and whether the token was used.
///
/// # Errors
/// [`StoreError`].
pub async fn of_refresh_token(mut on: Conn<'_>, token_hash: &str) -> Result<Option<(FamilyRow, bool)>, StoreError> {
    let used = row!(on.again(), (Option<i64>,), "SELECT used_ms FROM refresh_tokens WHERE token_hash = $1", token_hash)?;
    let Some((used,)) = used else { return Ok(None) };
    let family = row!(on, Raw, select!("JOIN refresh_tokens t ON t.family_id = f.id WHERE t.token_hash = $1"), token_hash)?;
    Ok(family.map(FamilyRow::try_from).transpose()?.map(|family| (family, used.is_some())))
}

/// Adds a refresh token and notes that its family was used.
///
/// # Errors
/// [`StoreError`].
pub async fn add_refresh_token(mut on: Conn<'_>, family: &SessionId, token_hash: &str, now: Timestamp, expires_at: Timestamp) -> Result<(), StoreError> {
    change!(on.again(), "UPDATE token_families SET used_ms = $2 WHERE id = $1", family.as_str(), now.millis())?;
    change!(
        on,
        "INSERT INTO refresh_tokens (token_hash, family_id, created_ms, expires_ms, used_ms) VALUES ($1, $2, $3, $4, NULL)",
        token_hash,
        family.as_str(),
        now.millis(),
        expires_at.millis(),
    )?;
    Ok(())
}

/// Uses a refresh token; true for one caller at most, whatever happens at once, and only while its family works.
///
/// # Errors
/// [`StoreError`].
pub async fn spend(on: Conn<'_>, token_hash: &str, now: Timestamp) -> Result<bool, StoreError> {
    let sql = "UPDATE refresh_tokens SET used_ms = $2 WHERE token_hash = $1 AND used_ms IS NULL AND expires_ms > $2 AND family_id IN \
               (SELECT id FROM token_families WHERE ended_ms IS NULL AND ends_ms > $2)";
    Ok(change!(on, sql, token_hash, now.millis())? == 1)
}

/// Ends a family; false when it had ended.
///
/// # Errors
/// [`StoreError`].
pub async fn end(on: Conn<'_>, id: &SessionId, now: Timestamp, why: &str) -> Result<bool, StoreError> {
    let sql = "UPDATE token_families SET ended_ms = $2, ended_why = $3 WHERE id = $1 AND ended_ms IS NULL";
    Ok(change!(on, sql, id.as_str(), now.millis(), why)? == 1)
}

/// Ends all families of a person, in every organization, as of their last use; how many.
///
/// # Errors
/// [`StoreError`].
pub async fn end_of_user(on: Conn<'_>, user: &UserId) -> Result<u64, StoreError> {
    let sql = "UPDATE token_families SET ended_ms = used_ms, ended_why = 'sessions_ended' WHERE user_id = $1 AND ended_ms IS NULL";
    change!(on, sql, user.as_str())
}

/// Ends all families of a membership; how many.
///
/// # Errors
/// [`StoreError`].
pub async fn end_of_member(on: Conn<'_>, organization: &OrganizationId, member: &MemberId, now: Timestamp, why: &str) -> Result<u64, StoreError> {
    let sql = "UPDATE token_families SET ended_ms = $3, ended_why = $4 WHERE org_id = $1 AND member_id = $2 AND ended_ms IS NULL";
    change!(on, sql, organization.as_str(), member.as_str(), now.millis(), why)
}

/// Removes families whose time was over before `before`, with their tokens; how many rows.
///
/// # Errors
/// [`StoreError`].
pub async fn delete_ended(mut on: Conn<'_>, before: Timestamp) -> Result<u64, StoreError> {
    let sql = "DELETE FROM refresh_tokens WHERE family_id IN (SELECT id FROM token_families WHERE ends_ms < $1)";
    let tokens = change!(on.again(), sql, before.millis())?;
    Ok(tokens + change!(on, "DELETE FROM token_families WHERE ends_ms < $1", before.millis())?)
}
