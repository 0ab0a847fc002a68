//! What an import would do.

use super::candidates::{Candidate, candidates};
use super::source::Source;
use super::tokens;
use crate::catalogue::{ACCESS_TOKEN, REFRESH_TOKEN};
use crate::domain::{Action, Actor};
use crate::services::{App, FieldError, ServiceError, access, entries};
use crate::store::connections::of_connector;

/// A connection that an import would make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planned {
    /// The connector's id.
    pub connector: String,
    /// The provider's name.
    pub provider: String,
    /// What it is to be called; empty for the default.
    pub name: String,
    /// What was found; never a value.
    pub values: Vec<PlannedValue>,
    /// What is missing or does not fit; empty when it can be tried.
    pub problems: Vec<Problem>,
    /// Names of connections to the same provider that the actor sees.
    pub there: Vec<String>,
    /// Whether tokens are brought along that another program may renew.
    pub freezes: bool,
}

/// A value that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedValue {
    /// What the field is called.
    pub title: String,
    /// The variable that it comes from; empty for a list.
    pub variable: String,
    /// How many characters it has.
    pub length: usize,
}

/// What is missing or does not fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// What the field is called.
    pub title: String,
    /// What to do, never what stands there.
    pub message: String,
    /// Names of variables that would be read; empty when there are none.
    pub variables: Vec<String>,
}

/// What an import would do; nothing is written and nobody is asked.
///
/// # Errors
/// `Forbidden`; `InvalidField` for a connector that there is not.
pub async fn plan(app: &App, actor: &Actor, source: Source, only: &[String]) -> Result<Vec<Planned>, ServiceError> {
    access::require_somewhere(actor, Action::Connect)?;
    let mut planned = Vec::new();
    for candidate in candidates(app, actor, source, only).await? {
        planned.push(examine(app, actor, &candidate).await?);
    }
    Ok(planned)
}

/// What would become of one candidate.
pub(super) async fn examine(app: &App, actor: &Actor, candidate: &Candidate) -> Result<Planned, ServiceError> {
    let manifest = &candidate.manifest;
    let rows = of_connector(app.database.read().await?.conn(), &actor.organization, &manifest.id, access::sight(actor)).await?;
    let wrong = match &candidate.tokens {
        Some(_) => tokens::accept(app, actor, candidate).await?.err().unwrap_or_default(),
        None => entries::accept(app, manifest, &candidate.entries).err().unwrap_or_default(),
    };
    Ok(Planned {
        connector: manifest.id.clone(),
        provider: manifest.name.clone(),
        name: candidate.name.clone(),
        values: values(candidate),
        problems: wrong.into_iter().map(|error| problem(candidate, error)).collect(),
        there: rows.into_iter().map(|row| row.name).collect(),
        freezes: candidate.tokens.as_ref().is_some_and(|tokens| tokens.refresh.is_some()),
    })
}

fn title(candidate: &Candidate, field: &str) -> String {
    match field {
        ACCESS_TOKEN if candidate.tokens.is_some() => "Access token".to_owned(),
        REFRESH_TOKEN if candidate.tokens.is_some() => "Refresh token".to_owned(),
        _ => candidate.manifest.field(field).map_or_else(|| field.chars().take(60).collect(), |field| field.title.clone()),
    }
}

fn values(candidate: &Candidate) -> Vec<PlannedValue> {
    let tokens = candidate.tokens.iter().flat_map(|tokens| [Some((ACCESS_TOKEN, &tokens.access)), tokens.refresh.as_ref().map(|token| (REFRESH_TOKEN, token))]);
    let fields = candidate.entries.iter().map(|(field, value)| (field.as_str(), value));
    let all = fields.chain(tokens.flatten());
    let value = |(field, value): (&str, &crate::vault::Secret<String>)| PlannedValue {
        title: title(candidate, field),
        variable: candidate.origin.get(field).cloned().unwrap_or_default(),
        length: value.expose().chars().count(),
    };
    all.map(value).collect()
}

fn problem(candidate: &Candidate, error: FieldError) -> Problem {
    let is_missing = !candidate.entries.contains_key(&error.field) && candidate.manifest.field(&error.field).is_some();
    let variables = if is_missing && !candidate.origin.is_empty() { candidate.manifest.variables(&error.field) } else { Vec::new() };
    Problem { title: title(candidate, &error.field), message: error.message, variables }
}
