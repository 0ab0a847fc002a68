//! The last verification, and a new one.

use super::{AuditEvent, Fact, Finding, Target, Who, record_alone, verify};
use crate::domain::{Action, Actor, Timestamp};
use crate::dto::{AuditFinding, IntegrityView};
use crate::services::{App, ServiceError, access};
use crate::store::audit::nodes;
use crate::store::audit_verifications::{self, VerificationRow};
use crate::store::{Conn, StoreError};

/// Findings that are kept in words.
const KEPT: usize = 100;
/// When one that has not ended counts as cut off, in milliseconds.
const ABANDONED_MS: i64 = 60 * 60 * 1_000;

/// How the chains were when last verified; what is wrong in words only for those who may see the server. None before the first time.
pub async fn integrity(on: Conn<'_>, actor: &Actor, now: Timestamp) -> Result<Option<IntegrityView>, StoreError> {
    let may_verify = actor.may(Action::SeeServer, None);
    Ok(audit_verifications::last(on).await?.map(|row| view(&row, may_verify, now)))
}

/// The same for those who may see the server, with nothing in it before the first time.
///
/// # Errors
/// `Forbidden`.
pub async fn verification(app: &App, actor: &Actor) -> Result<IntegrityView, ServiceError> {
    access::require_for(actor, Action::SeeServer, None)?;
    let never = VerificationRow {
        started_at: Timestamp::default(),
        ended_at: None,
        chains: 0,
        entries: 0,
        checkpoints: 0,
        findings: 0,
        first_findings: "[]".to_owned(),
    };
    let found = audit_verifications::last(app.database.read().await?.conn()).await?;
    Ok(view(&found.unwrap_or(never), true, app.now()))
}

/// Begins a verification, which goes on by itself; the verification view says when it has ended.
///
/// # Errors
/// `Forbidden`; `Conflict` while one runs.
pub async fn start_verification(app: &App, actor: &Actor) -> Result<(), ServiceError> {
    access::require_for(actor, Action::SeeServer, None)?;
    let started = begin(app).await?.ok_or_else(|| ServiceError::conflict("A verification is running already. Look again in a minute."))?;
    let (inner, who) = (app.clone(), actor.clone());
    drop(app.tasks.spawn(async move {
        if let Err(error) = run(&inner, Who::Actor(&who), started).await {
            tracing::error!(cause = error.cause.as_deref().map(tracing::field::display), "the audit log could not be verified");
        }
    }));
    Ok(())
}

/// Verifies now as the server itself, when the last time is longer ago than `every` milliseconds and nobody does it at this moment.
///
/// # Errors
/// [`ServiceError`] when the database does not answer.
pub async fn verify_when_due(app: &App, every: i64) -> Result<(), ServiceError> {
    let last = audit_verifications::last(app.database.read().await?.conn()).await?;
    let is_fresh = last.is_some_and(|last| last.ended_at.is_some() && app.now().since(last.started_at) < every);
    if is_fresh || nodes(app.database.read().await?.conn()).await?.is_empty() {
        return Ok(());
    }
    match begin(app).await? {
        Some(started) => run(app, Who::Latchkey, started).await,
        None => Ok(()),
    }
}

async fn begin(app: &App) -> Result<Option<Timestamp>, ServiceError> {
    let now = app.now();
    let mut transaction = app.database.begin().await?;
    let begun = audit_verifications::begin(transaction.conn(), now, now.plus_millis(-ABANDONED_MS)).await?;
    transaction.commit().await?;
    Ok(begun.then_some(now))
}

async fn run(app: &App, who: Who<'_>, started_at: Timestamp) -> Result<(), ServiceError> {
    let report = verify(app).await?;
    let first: Vec<AuditFinding> = report.findings.iter().take(KEPT).map(finding).collect();
    let number = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    let findings = u64::try_from(report.findings.len()).unwrap_or(u64::MAX);
    let row = VerificationRow {
        started_at,
        ended_at: Some(app.now()),
        chains: number(report.chains),
        entries: number(report.entries),
        checkpoints: number(report.checkpoints),
        findings: number(findings),
        first_findings: serde_json::to_string(&first)?,
    };
    for found in &report.findings {
        tracing::error!(node = found.node, seq = found.seq, what = found.what, "the audit log was tampered with");
    }
    let mut transaction = app.database.begin().await?;
    audit_verifications::end(transaction.conn(), &row).await?;
    // What was found is kept also when the log is so broken that nothing can be added to it.
    transaction.commit().await?;
    let event = match findings {
        0 => AuditEvent::done("audit.verified", Target::log(), vec![Fact::Count(0)]),
        _ => AuditEvent::refused("audit.verified", Target::log(), vec![Fact::Count(findings)]),
    };
    record_alone(app, who, event).await
}

fn finding(found: &Finding) -> AuditFinding {
    AuditFinding { node: found.node.clone(), seq: found.seq, what: found.what.clone() }
}

fn view(row: &VerificationRow, may_verify: bool, now: Timestamp) -> IntegrityView {
    let number = |count: i64| usize::try_from(count).unwrap_or_default();
    let began = row.started_at.millis() > 0;
    IntegrityView {
        now,
        verified_at: row.ended_at,
        running: began && row.ended_at.is_none() && now.since(row.started_at) <= ABANDONED_MS,
        entries: number(row.entries),
        chains: number(row.chains),
        checkpoints: number(row.checkpoints),
        findings: number(row.findings),
        first: if may_verify { serde_json::from_str(&row.first_findings).unwrap_or_default() } else { Vec::new() },
        may_verify,
    }
}
