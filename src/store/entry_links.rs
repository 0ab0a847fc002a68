//! One-time links through which people without an account fill in a draft.

use crate::domain::{CheckId, DraftId, EntryLinkId, MemberId, OrganizationId, Timestamp};
use crate::store::engine::{change, row, rows};
use crate::store::{Conn, StoreError};

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, org_id, member_id, draft_id, connector, token_hash, fields, given, note, created_ms, expires_ms, opened_ms, tries, check_id, attempt, \
             ended_ms, ending FROM entry_links ",
            $rest
        )
    };
}

#[derive(sqlx::FromRow)]
struct Raw {
    id: String,
    org_id: String,
    member_id: String,
    draft_id: String,
    connector: String,
    token_hash: String,
    fields: String,
    given: String,
    note: String,
    created_ms: i64,
    expires_ms: i64,
    opened_ms: Option<i64>,
    tries: i64,
    check_id: Option<String>,
    attempt: Option<String>,
    ended_ms: Option<i64>,
    ending: Option<String>,
}

impl TryFrom<Raw> for EntryLinkRow {
    type Error = StoreError;

    fn try_from(raw: Raw) -> Result<Self, StoreError> {
        let bad = |column| StoreError::bad_row("entry_links", column, &raw.id);
        Ok(Self {
            id: EntryLinkId::parse(&raw.id).map_err(|_| bad("id"))?,
            organization: OrganizationId::parse(&raw.org_id).map_err(|_| bad("org_id"))?,
            member: MemberId::parse(&raw.member_id).map_err(|_| bad("member_id"))?,
            draft: DraftId::parse(&raw.draft_id).map_err(|_| bad("draft_id"))?,
            check: raw.check_id.as_deref().map(CheckId::parse).transpose().map_err(|_| bad("check_id"))?,
            ending: raw.ending.as_deref().map(|text| Ending::parse(text).ok_or_else(|| bad("ending"))).transpose()?,
            connector: raw.connector,
            token_hash: raw.token_hash,
            fields: raw.fields,
            given: raw.given,
            note: raw.note,
            created_at: Timestamp::from_millis(raw.created_ms),
            expires_at: Timestamp::from_millis(raw.expires_ms),
            opened_at: raw.opened_ms.map(Timestamp::from_millis),
            tries: raw.tries,
            attempt: raw.attempt,
            ended_at: raw.ended_ms.map(Timestamp::from_millis),
        })
    }
}

/// Why a link ended before its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// Its check passed.
    Used,
    /// The asker withdrew it, or made another one in its place.
    Withdrawn,
}

impl Ending {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Used => "used",
            Self::Withdrawn => "withdrawn",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        [Self::Used, Self::Withdrawn].into_iter().find(|ending| ending.as_str() == text)
    }
}

/// A link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryLinkRow {
    /// The id.
    pub id: EntryLinkId,
    /// The tenant.
    pub organization: OrganizationId,
    /// Who asks.
    pub member: MemberId,
    /// The draft that it fills in.
    pub draft: DraftId,
    /// The connector.
    pub connector: String,
    /// SHA-256 of the token, hex.
    pub token_hash: String,
    /// The fields it asks for: JSON array of their keys.
    pub fields: String,
    /// What the asker filled in, secrets left out: JSON object of strings.
    pub given: String,
    /// What the asker wrote.
    pub note: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it stops working.
    pub expires_at: Timestamp,
    /// When it was first opened.
    pub opened_at: Option<Timestamp>,
    /// How many checks were begun through it.
    pub tries: i64,
    /// The last of them.
    pub check: Option<CheckId>,
    /// SHA-256 of what the form that began it carried, hex: the same form sent twice begins one check.
    pub attempt: Option<String>,
    /// When it ended before its time.
    pub ended_at: Option<Timestamp>,
    /// Why it ended before its time.
    pub ending: Option<Ending>,
}

/// Adds a link. `Duplicate("entry_links_open")` when the draft has one that has not ended.
///
/// # Errors
/// [`StoreError`].
pub async fn insert(on: Conn<'_>, row: &EntryLinkRow) -> Result<(), StoreError> {
    change!(
        on,
        "INSERT INTO entry_links (id, org_id, member_id, draft_id, connector, token_hash, fields, given, note, created_ms, expires_ms, opened_ms, tries, \
         check_id, attempt, ended_ms, ending) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)",
        row.id.as_str(),
        row.organization.as_str(),
        row.member.as_str(),
        row.draft.as_str(),
        row.connector.as_str(),
        row.token_hash.as_str(),
        row.fields.as_str(),
        row.given.as_str(),
        row.note.as_str(),
        row.created_at.millis(),
        row.expires_at.millis(),
        row.opened_at.map(Timestamp::millis),
        row.tries,
        row.check.as_ref().map(CheckId::as_str),
        row.attempt.as_deref(),
        row.ended_at.map(Timestamp::millis),
        row.ending.map(Ending::as_str),
    )?;
    Ok(())
}

/// The link with this hash, of whatever organization: the token itself is the right to see it.
///
/// # Errors
/// [`StoreError`].
pub async fn find_by_token(on: Conn<'_>, token_hash: &str) -> Result<Option<EntryLinkRow>, StoreError> {
    row!(on, Raw, select!("WHERE token_hash = $1"), token_hash)?.map(EntryLinkRow::try_from).transpose()
}

/// One link of this member.
///
/// # Errors
/// [`StoreError`].
pub async fn find(on: Conn<'_>, organization: &OrganizationId, member: &MemberId, id: &EntryLinkId) -> Result<Option<EntryLinkRow>, StoreError> {
    let sql = select!("WHERE org_id = $1 AND member_id = $2 AND id = $3");
    row!(on, Raw, sql, organization.as_str(), member.as_str(), id.as_str())?.map(EntryLinkRow::try_from).transpose()
}

/// The newest link of a draft.
///
/// # Errors
/// [`StoreError`].
pub async fn newest_of_draft(on: Conn<'_>, organization: &OrganizationId, member: &MemberId, draft: &DraftId) -> Result<Option<EntryLinkRow>, StoreError> {
    let sql = select!("WHERE org_id = $1 AND member_id = $2 AND draft_id = $3 ORDER BY created_ms DESC, id DESC LIMIT 1");
    row!(on, Raw, sql, organization.as_str(), member.as_str(), draft.as_str())?.map(EntryLinkRow::try_from).transpose()
}

/// A member's links that work at `now`, and those used after `since`; newest first, 20 at most.
///
/// # Errors
/// [`StoreError`].
pub async fn of_interest(
    on: Conn<'_>,
    organization: &OrganizationId,
    member: &MemberId,
    now: Timestamp,
    since: Timestamp,
) -> Result<Vec<EntryLinkRow>, StoreError> {
    let sql = select!(
        "WHERE org_id = $1 AND member_id = $2 AND ((ended_ms IS NULL AND expires_ms > $3) OR (ending = 'used' AND ended_ms > $4)) \
         ORDER BY created_ms DESC, id DESC LIMIT 20"
    );
    let found = rows!(on, Raw, sql, organization.as_str(), member.as_str(), now.millis(), since.millis())?;
    found.into_iter().map(EntryLinkRow::try_from).collect()
}

/// Notes the first opening; false when it was opened before or has ended.
///
/// # Errors
/// [`StoreError`].
pub async fn mark_opened(on: Conn<'_>, organization: &OrganizationId, id: &EntryLinkId, now: Timestamp) -> Result<bool, StoreError> {
    let sql = "UPDATE entry_links SET opened_ms = $3 WHERE org_id = $1 AND id = $2 AND opened_ms IS NULL AND ended_ms IS NULL";
    Ok(change!(on, sql, organization.as_str(), id.as_str(), now.millis())? == 1)
}

/// Counts a check begun through the link by the form `attempt`; false when the link does not work at `now` or `most` were begun already.
///
/// # Errors
/// [`StoreError`].
pub async fn begin_check(
    on: Conn<'_>,
    organization: &OrganizationId,
    id: &EntryLinkId,
    (check, attempt): (&CheckId, Option<&str>),
    now: Timestamp,
    most: i64,
) -> Result<bool, StoreError> {
    let sql = "UPDATE entry_links SET check_id = $3, attempt = $4, tries = tries + 1 \
               WHERE org_id = $1 AND id = $2 AND ended_ms IS NULL AND expires_ms > $5 AND tries < $6";
    Ok(change!(on, sql, organization.as_str(), id.as_str(), check.as_str(), attempt, now.millis(), most)? == 1)
}

/// Ends a link; false when it had ended. Of two at once, one wins.
///
/// # Errors
/// [`StoreError`].
pub async fn end(on: Conn<'_>, organization: &OrganizationId, id: &EntryLinkId, ending: Ending, now: Timestamp) -> Result<bool, StoreError> {
    let sql = "UPDATE entry_links SET ended_ms = $3, ending = $4 WHERE org_id = $1 AND id = $2 AND ended_ms IS NULL";
    Ok(change!(on, sql, organization.as_str(), id.as_str(), now.millis(), ending.as_str())? == 1)
}

/// Forgets links whose time was over before then.
///
/// # Errors
/// [`StoreError`].
pub async fn delete_expired(on: Conn<'_>, before: Timestamp) -> Result<u64, StoreError> {
    change!(on, "DELETE FROM entry_links WHERE expires_ms <= $1", before.millis())
}
