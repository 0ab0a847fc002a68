//! Asking for a connector that is not there.

use crate::domain::{Action, Actor, DisplayName, RequestId};
use crate::dto::{ConnectorRequest, RequestsView};
use crate::services::audit::{self, AuditEvent, Target};
use crate::services::{App, FieldError, ServiceError, access};
use crate::store::connector_requests::{self, NamedRequest, RequestRow};

/// Requests an organization may keep.
const MOST: i64 = 200;
/// Characters of a purpose.
const PURPOSE_LIMIT: usize = 1_000;

/// What was asked for.
///
/// # Errors
/// `Forbidden`.
pub async fn view(app: &App, actor: &Actor) -> Result<RequestsView, ServiceError> {
    access::require(actor, Action::SeeMarketplace)?;
    let rows = connector_requests::list(app.database.read().await?.conn(), &actor.organization).await?;
    let request = |NamedRequest { id, service, purpose, by, created_at }| ConnectorRequest { id, service, purpose, by, created_at };
    Ok(RequestsView { requests: rows.into_iter().map(request).collect(), may_remove: actor.may(Action::Connect, None), now: app.now() })
}

/// Asks for a connector.
///
/// # Errors
/// `Forbidden`; `InvalidField`; `Conflict` when there are too many requests.
pub async fn ask(app: &App, actor: &Actor, service: &str, purpose: &str) -> Result<(), ServiceError> {
    access::require(actor, Action::SeeMarketplace)?;
    let row = RequestRow {
        id: RequestId::generate(app.clock.as_ref(), app.random.as_ref()),
        organization: actor.organization.clone(),
        member: access::member(actor)?.clone(),
        service: accept(service, purpose)?,
        purpose: purpose.trim().to_owned(),
        created_at: app.now(),
    };
    let mut transaction = app.database.begin().await?;
    if connector_requests::count(transaction.conn(), &actor.organization).await? >= MOST {
        return Err(ServiceError::conflict(format!("There are {MOST} requests already. Remove those that are done. Nothing was saved.")));
    }
    connector_requests::insert(transaction.conn(), &row).await?;
    let target = Target::request(&row.id, &row.service);
    audit::record(app, &mut transaction, actor.into(), AuditEvent::done("connector.requested", target, Vec::new())).await?;
    Ok(transaction.commit().await?)
}

/// Removes a request that is done.
///
/// # Errors
/// `Forbidden`; `NotFound`.
pub async fn remove(app: &App, actor: &Actor, id: &str) -> Result<(), ServiceError> {
    access::require_for(actor, Action::Connect, None)?;
    let id = RequestId::parse(id).map_err(|_| ServiceError::not_found())?;
    let mut transaction = app.database.begin().await?;
    let service = connector_requests::remove(transaction.conn(), &actor.organization, &id).await?.ok_or_else(ServiceError::not_found)?;
    let target = Target::request(&id, &service);
    audit::record(app, &mut transaction, actor.into(), AuditEvent::done("connector.request_removed", target, Vec::new())).await?;
    Ok(transaction.commit().await?)
}

fn accept(service: &str, purpose: &str) -> Result<String, ServiceError> {
    let mut wrong = Vec::new();
    let name = DisplayName::parse(service);
    if name.is_err() {
        wrong.push(FieldError { field: "service".to_owned(), message: "Write the name of the service, at most 120 characters.".to_owned() });
    }
    if purpose.trim().chars().count() > PURPOSE_LIMIT || purpose.chars().any(|character| character.is_control() && !character.is_whitespace()) {
        wrong.push(FieldError { field: "purpose".to_owned(), message: format!("Write at most {PURPOSE_LIMIT} characters.") });
    }
    match name {
        Ok(name) if wrong.is_empty() => Ok(name.as_str().to_owned()),
        _ => Err(ServiceError::invalid_fields(wrong)),
    }
}
