//! The last verification of the audit chains.

use crate::domain::Timestamp;
use crate::store::engine::{change, row};
use crate::store::{Conn, StoreError};

#[derive(sqlx::FromRow)]
struct Raw {
    started_ms: i64,
    ended_ms: Option<i64>,
    chains: i64,
    entries: i64,
    checkpoints: i64,
    findings: i64,
    first_findings: String,
}

/// A verification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerificationRow {
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended; none while it runs.
    pub ended_at: Option<Timestamp>,
    /// How many chains were read.
    pub chains: i64,
    /// How many entries were read.
    pub entries: i64,
    /// How many checkpoints were compared.
    pub checkpoints: i64,
    /// How much is wrong.
    pub findings: i64,
    /// JSON: the first of what is wrong.
    pub first_findings: String,
}

/// The last one.
///
/// # Errors
/// [`StoreError`].
pub async fn last(on: Conn<'_>) -> Result<Option<VerificationRow>, StoreError> {
    let sql = "SELECT started_ms, ended_ms, chains, entries, checkpoints, findings, first_findings FROM audit_verifications WHERE id = 1";
    Ok(row!(on, Raw, sql)?.map(|raw| VerificationRow {
        started_at: Timestamp::from_millis(raw.started_ms),
        ended_at: raw.ended_ms.map(Timestamp::from_millis),
        chains: raw.chains,
        entries: raw.entries,
        checkpoints: raw.checkpoints,
        findings: raw.findings,
        first_findings: raw.first_findings,
    }))
}

/// Notes that one begins, unless one that began after `abandoned` still runs; whether it was noted.
///
/// # Errors
/// [`StoreError`].
pub async fn begin(on: Conn<'_>, now: Timestamp, abandoned: Timestamp) -> Result<bool, StoreError> {
    let sql = "INSERT INTO audit_verifications (id, started_ms, ended_ms, chains, entries, checkpoints, findings, first_findings) \
               VALUES (1, $1, NULL, 0, 0, 0, 0, '[]') ON CONFLICT (id) DO UPDATE SET started_ms = $1, ended_ms = NULL \
               WHERE audit_verifications.ended_ms IS NOT NULL OR audit_verifications.started_ms < $2";
    Ok(change!(on, sql, now.millis(), abandoned.millis())? == 1)
}

/// Notes how the one that began then went; false when another one has begun since.
///
/// # Errors
/// [`StoreError`].
pub async fn end(on: Conn<'_>, row: &VerificationRow) -> Result<bool, StoreError> {
    let sql = "UPDATE audit_verifications SET ended_ms = $2, chains = $3, entries = $4, checkpoints = $5, findings = $6, first_findings = $7 \
               WHERE id = 1 AND started_ms = $1";
    let ended = row.ended_at.map(Timestamp::millis);
    let first = row.first_findings.as_str();
    Ok(change!(on, sql, row.started_at.millis(), ended, row.chains, row.entries, row.checkpoints, row.findings, first)? == 1)
}
