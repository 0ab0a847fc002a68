//! What happened to one connection: its checks and its audit entries in one order.

use crate::domain::{CheckState, ConnectionId, MemberId, OrganizationId, Timestamp};
use crate::store::engine::rows;
use crate::store::{Conn, StoreError};

#[derive(sqlx::FromRow)]
struct Raw {
    at_ms: i64,
    id: String,
    actor_kind: String,
    actor_id: String,
    actor_name: String,
    action: String,
    outcome: String,
    detail: String,
    took_ms: Option<i64>,
    code: Option<String>,
}

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActivityRow {
    /// When.
    pub at: Timestamp,
    /// `chk_…` of a check, `evt_…` of an audit entry; with `at` the place in the order.
    pub id: String,
    /// What it was.
    pub what: Happened,
}

/// A check or an audit entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Happened {
    /// A check.
    Check {
        /// Who asked for it; none when it ran by itself.
        asked_by: Option<MemberId>,
        /// How it stands.
        state: CheckState,
        /// How long it took, in milliseconds.
        took_ms: i64,
        /// Why it failed.
        code: Option<String>,
    },
    /// An audit entry.
    Event {
        /// `member`, `visitor`, `job` or `operator`.
        actor_kind: String,
        /// Member id; empty for others.
        actor_id: String,
        /// The name shown.
        actor_name: String,
        /// Such as `connection.created`.
        action: String,
        /// `done` or `refused`.
        outcome: String,
        /// JSON object of allow-listed facts.
        detail: String,
    },
}

impl TryFrom<Raw> for ActivityRow {
    type Error = StoreError;

    fn try_from(raw: Raw) -> Result<Self, StoreError> {
        let Raw { at_ms, id, actor_kind, actor_id, actor_name, action, outcome, detail, took_ms, code } = raw;
        let what = match took_ms {
            Some(took_ms) => {
                let asked_by = Some(actor_id.as_str()).filter(|id| !id.is_empty()).map(MemberId::parse).transpose();
                let asked_by = asked_by.map_err(|_| StoreError::bad_row("checks", "asked_by", &id))?;
                Happened::Check { asked_by, state: CheckState::parse(&outcome), took_ms, code }
            }
            None => Happened::Event { actor_kind, actor_id, actor_name, action, outcome, detail },
        };
        Ok(Self { at: Timestamp::from_millis(at_ms), id, what })
    }
}

/// Newest first, after the place `before` (of time and id), without the audit entries of two actions and of reads of the credential, which may be millions:
/// an index of all others leads.
///
/// # Errors
/// [`StoreError`].
pub async fn of_connection(
    on: Conn<'_>,
    organization: &OrganizationId,
    connection: &ConnectionId,
    but: [&str; 2],
    before: Option<(Timestamp, &str)>,
    limit: i64,
) -> Result<Vec<ActivityRow>, StoreError> {
    let sql = "SELECT at_ms, id, actor_kind, actor_id, actor_name, action, outcome, detail, took_ms, code FROM (\
               SELECT started_ms AS at_ms, id, '' AS actor_kind, asked_by AS actor_id, '' AS actor_name, '' AS action, state AS outcome, '{}' AS detail, \
               took_ms, code FROM checks WHERE org_id = $1 AND connection_id = $2 \
               UNION ALL \
               SELECT at_ms, 'evt_' || node || '_' || CAST(1000000000000000 + seq AS TEXT), actor_kind, actor_id, actor_name, action, outcome, detail, \
               NULL, NULL FROM audit_log WHERE org_id = $1 AND target_id = $2 AND action <> 'credential.read' AND action NOT IN ($3, $4)\
               ) AS entries WHERE at_ms < $5 OR (at_ms = $5 AND id < $6) ORDER BY at_ms DESC, id DESC LIMIT $7";
    let (at, id) = before.unwrap_or((Timestamp::from_millis(i64::MAX), ""));
    let found = rows!(on, Raw, sql, organization.as_str(), connection.as_str(), but[0], but[1], at.millis(), id, limit)?;
    found.into_iter().map(ActivityRow::try_from).collect()
}
