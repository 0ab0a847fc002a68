//! Checks: live proofs of drafts and connections.

use crate::domain::{CheckId, CheckState, ConnectionId, DraftId, MemberId, OrganizationId, Timestamp};
use crate::store::engine::{change, row, rows, value};
use crate::store::{Conn, StoreError, recent};

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, org_id, draft_id, connection_id, connector, state, code, steps, result, started_ms, deadline_ms, took_ms, asked_by FROM checks ",
            $rest
        )
    };
}

#[derive(sqlx::FromRow)]
struct Raw {
    id: String,
    org_id: String,
    draft_id: Option<String>,
    connection_id: Option<String>,
    connector: String,
    state: String,
    code: Option<String>,
    steps: String,
    result: String,
    started_ms: i64,
    deadline_ms: i64,
    took_ms: i64,
    asked_by: String,
}

impl TryFrom<Raw> for CheckRow {
    type Error = StoreError;

    fn try_from(raw: Raw) -> Result<Self, StoreError> {
        let bad = |column| StoreError::bad_row("checks", column, &raw.id);
        Ok(Self {
            id: CheckId::parse(&raw.id).map_err(|_| bad("id"))?,
            organization: OrganizationId::parse(&raw.org_id).map_err(|_| bad("org_id"))?,
            draft: raw.draft_id.as_deref().map(DraftId::parse).transpose().map_err(|_| bad("draft_id"))?,
            connection: raw.connection_id.as_deref().map(ConnectionId::parse).transpose().map_err(|_| bad("connection_id"))?,
            connector: raw.connector,
            state: CheckState::parse(&raw.state),
            code: raw.code,
            steps: raw.steps,
            result: raw.result,
            started_at: Timestamp::from_millis(raw.started_ms),
            deadline_at: Timestamp::from_millis(raw.deadline_ms),
            took_ms: raw.took_ms,
            asked_by: Some(raw.asked_by.as_str()).filter(|id| !id.is_empty()).map(MemberId::parse).transpose().map_err(|_| bad("asked_by"))?,
        })
    }
}

#[derive(sqlx::FromRow)]
struct RawMark {
    started_ms: i64,
    state: String,
    took_ms: i64,
    code: Option<String>,
}

impl From<RawMark> for CheckMark {
    fn from(raw: RawMark) -> Self {
        Self { at: Timestamp::from_millis(raw.started_ms), state: CheckState::parse(&raw.state), took_ms: raw.took_ms, code: raw.code }
    }
}

/// A check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckRow {
    /// The id.
    pub id: CheckId,
    /// The tenant.
    pub organization: OrganizationId,
    /// The draft it proves.
    pub draft: Option<DraftId>,
    /// The connection it proves.
    pub connection: Option<ConnectionId>,
    /// The connector.
    pub connector: String,
    /// How it stands.
    pub state: CheckState,
    /// Why it failed.
    pub code: Option<String>,
    /// JSON of the step reports.
    pub steps: String,
    /// JSON: failure details or identity; `{}` while running.
    pub result: String,
    /// When it began.
    pub started_at: Timestamp,
    /// When it must have ended; later it counts as stopped.
    pub deadline_at: Timestamp,
    /// How long it took.
    pub took_ms: i64,
    /// Who asked for it; none when it ran by itself.
    pub asked_by: Option<MemberId>,
}

/// One finished check, as figures need it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckMark {
    /// When.
    pub at: Timestamp,
    /// How it ended.
    pub state: CheckState,
    /// How long it took.
    pub took_ms: i64,
    /// Why it failed.
    pub code: Option<String>,
}

/// Adds a check.
///
/// # Errors
/// [`StoreError`].
pub async fn insert(mut on: Conn<'_>, row: &CheckRow) -> Result<(), StoreError> {
    change!(
        on.again(),
        "INSERT INTO checks (id, org_id, draft_id, connection_id, connector, state, code, steps, result, started_ms, deadline_ms, took_ms, asked_by) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        row.id.as_str(),
        row.organization.as_str(),
        row.draft.as_ref().map(DraftId::as_str),
        row.connection.as_ref().map(ConnectionId::as_str),
        row.connector.as_str(),
        row.state.as_str(),
        row.code.as_deref(),
        row.steps.as_str(),
        row.result.as_str(),
        row.started_at.millis(),
        row.deadline_at.millis(),
        row.took_ms,
        row.asked_by.as_ref().map_or("", MemberId::as_str),
    )?;
    ended(on, row).await
}

/// One check.
///
/// # Errors
/// [`StoreError`].
pub async fn find(on: Conn<'_>, organization: &OrganizationId, id: &CheckId) -> Result<Option<CheckRow>, StoreError> {
    let sql = select!("WHERE org_id = $1 AND id = $2");
    row!(on, Raw, sql, organization.as_str(), id.as_str())?.map(CheckRow::try_from).transpose()
}

/// Whether a check of this connection is running.
///
/// # Errors
/// [`StoreError`].
pub async fn is_running(on: Conn<'_>, organization: &OrganizationId, connection: &ConnectionId, now: Timestamp) -> Result<bool, StoreError> {
    let sql = "SELECT EXISTS (SELECT 1 FROM checks WHERE org_id = $1 AND connection_id = $2 AND state = 'running' AND deadline_ms >= $3)";
    value!(on, bool, sql, organization.as_str(), connection.as_str(), now.millis())
}

/// The newest checks of a connection.
///
/// # Errors
/// [`StoreError`].
pub async fn newest(on: Conn<'_>, organization: &OrganizationId, connection: &ConnectionId, limit: i64) -> Result<Vec<CheckRow>, StoreError> {
    let sql = select!("WHERE org_id = $1 AND connection_id = $2 ORDER BY started_ms DESC, id DESC LIMIT $3");
    rows!(on, Raw, sql, organization.as_str(), connection.as_str(), limit)?.into_iter().map(CheckRow::try_from).collect()
}

/// Writes the steps of a running check; a finished one stays as it is.
///
/// # Errors
/// [`StoreError`].
pub async fn save_progress(on: Conn<'_>, organization: &OrganizationId, id: &CheckId, steps: &str) -> Result<(), StoreError> {
    let sql = "UPDATE checks SET steps = $3 WHERE org_id = $1 AND id = $2 AND state = 'running'";
    change!(on, sql, organization.as_str(), id.as_str(), steps)?;
    Ok(())
}

/// Writes state, code, steps, result and time of a running check; false when it was finished already.
///
/// # Errors
/// [`StoreError`].
pub async fn finish(mut on: Conn<'_>, row: &CheckRow) -> Result<bool, StoreError> {
    let changed = change!(
        on.again(),
        "UPDATE checks SET state = $3, code = $4, steps = $5, result = $6, took_ms = $7 WHERE org_id = $1 AND id = $2 AND state = 'running'",
        row.organization.as_str(),
        row.id.as_str(),
        row.state.as_str(),
        row.code.as_deref(),
        row.steps.as_str(),
        row.result.as_str(),
        row.took_ms,
    )?;
    if changed == 1 {
        ended(on, row).await?;
    }
    Ok(changed == 1)
}

/// Finished checks of a connection since then, oldest first.
///
/// # Errors
/// [`StoreError`].
pub async fn marks_since(on: Conn<'_>, organization: &OrganizationId, connection: &ConnectionId, since: Timestamp) -> Result<Vec<CheckMark>, StoreError> {
    let sql = "SELECT started_ms, state, took_ms, code FROM checks \
               WHERE org_id = $1 AND connection_id = $2 AND started_ms >= $3 AND state <> 'running' ORDER BY started_ms, id";
    let found = rows!(on, RawMark, sql, organization.as_str(), connection.as_str(), since.millis())?;
    Ok(found.into_iter().map(CheckMark::from).collect())
}

/// Makes a draft's check also the first check of the connection it became.
///
/// # Errors
/// [`StoreError`].
pub async fn attach(mut on: Conn<'_>, organization: &OrganizationId, id: &CheckId, connection: &ConnectionId) -> Result<(), StoreError> {
    let sql = "UPDATE checks SET connection_id = $3 WHERE org_id = $1 AND id = $2 AND connection_id IS NULL";
    change!(on.again(), sql, organization.as_str(), id.as_str(), connection.as_str())?;
    recent::renew(on, organization, connection).await
}

/// Keeps what the connection's own row says of its last day.
async fn ended(on: Conn<'_>, row: &CheckRow) -> Result<(), StoreError> {
    match &row.connection {
        Some(connection) if row.state != CheckState::Running => recent::renew(on, &row.organization, connection).await,
        _ => Ok(()),
    }
}
