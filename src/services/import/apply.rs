//! Doing it: each candidate that fits goes through the same live check as in the wizard.

use super::candidates::{Candidate, candidates};
use super::plan::{Planned, examine};
use super::source::Source;
use super::tokens;
use crate::domain::{Action, Actor};
use crate::services::audit::{self, AuditEvent, Fact, Target};
use crate::services::{App, ServiceError, access, connections};
use crate::store::connections::find;

/// What became of a candidate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Applied {
    /// What was planned.
    pub planned: Planned,
    /// How it ended.
    pub outcome: Outcome,
}

/// How it ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is connected, under this name and id.
    Saved(String, String),
    /// The check did not pass, or the account is connected already: why.
    Refused(String),
    /// Something is missing or does not fit, so it was not tried.
    Skipped,
}

/// Checks and saves what fits; what does not pass leaves nothing behind but its audit entries.
///
/// # Errors
/// `Forbidden`; `InvalidField` for a connector that there is not; when the database fails, what was saved by then stays.
pub async fn apply(app: &App, actor: &Actor, source: Source, only: &[String]) -> Result<Vec<Applied>, ServiceError> {
    access::require_for(actor, Action::Connect, None)?;
    let mut applied = Vec::new();
    for candidate in candidates(app, actor, source, only).await? {
        let planned = examine(app, actor, &candidate).await?;
        let outcome = if planned.problems.is_empty() { try_one(app, actor, candidate).await? } else { Outcome::Skipped };
        applied.push(Applied { planned, outcome });
    }
    let saved = applied.iter().filter(|one| matches!(one.outcome, Outcome::Saved(..))).count();
    let facts = vec![Fact::Count(u64::try_from(saved).unwrap_or(u64::MAX))];
    audit::record_alone(app, actor.into(), AuditEvent::done("import.done", Target::default(), facts)).await?;
    Ok(applied)
}

async fn try_one(app: &App, actor: &Actor, candidate: Candidate) -> Result<Outcome, ServiceError> {
    let connector = candidate.manifest.id.clone();
    let saved = if candidate.tokens.is_some() {
        tokens::save(app, actor, candidate).await.map(|row| (row.name, row.id.to_string()))
    } else {
        let Candidate { name, entries, .. } = candidate;
        connections::create(app, actor, &connector, name.as_str(), entries).await.map(|view| (view.row.name, view.row.id))
    };
    match saved {
        Ok((name, id)) => {
            let row = crate::domain::ConnectionId::parse(&id).map_err(ServiceError::internal)?;
            let row = find(app.database.read().await?.conn(), &actor.organization, &row).await?.ok_or_else(ServiceError::not_found)?;
            let event = AuditEvent::done("connection.imported", Target::connection(&row.id, &row.name), vec![Fact::Connector(connector)]);
            audit::record_alone(app, actor.into(), event).await?;
            Ok(Outcome::Saved(name, id))
        }
        Err(error) if error.cause.is_some() => Err(error),
        Err(error) => {
            let details: Vec<&str> = error.fields.iter().map(|field| field.message.as_str()).filter(|message| *message != error.message).collect();
            Ok(Outcome::Refused(std::iter::once(error.message.as_str()).chain(details).collect::<Vec<_>>().join(" ")))
        }
    }
}
