//! `/api/v1/expiry…`: what ends, and when.

use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;

use super::body::Body;
use super::{Answer, created, data, listed, message};
use crate::domain::Timestamp;
use crate::dto::ExpiryLine;
use crate::services::App;
use crate::services::expiry::{self, Edit, NewDate};
use crate::web::envelope::{Done, Listed, Refused, Said};
use crate::web::{InPath, Member};

/// A new date.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = CreateExpiryDate)]
#[serde(deny_unknown_fields)]
pub struct Create {
    /// `con_…`: the connection whose credential ends; a date of its own when left out.
    #[serde(default)]
    connection: Option<String>,
    /// What ends; needed without a connection, and left out with one.
    #[serde(default)]
    title: Option<String>,
    /// When it ends.
    ends_at: Timestamp,
    /// `mem_…`: who is told before; you when left out.
    #[serde(default)]
    owner: Option<String>,
    /// What there is to say about it, never a secret.
    #[serde(default)]
    note: Option<String>,
}

/// What is to change; what is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = EditExpiryDate)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// What ends; not for the credential of a connection.
    #[serde(default)]
    title: Option<String>,
    /// When it ends.
    #[serde(default)]
    ends_at: Option<Timestamp>,
    /// `mem_…`: who is told before.
    #[serde(default)]
    owner: Option<String>,
    /// What there is to say about it, never a secret.
    #[serde(default)]
    note: Option<String>,
}

/// List what ends.
///
/// Dates that people entered, sign-ins at providers, tokens, client secrets and keys, as far as you may see them; in one page.
#[utoipa::path(
    get, path = "/expiry", operation_id = "list_expiry", tag = "expiry",
    responses((status = 200, description = "The first to end first.", body = Done<Listed<ExpiryLine>>))
)]
pub async fn list(State(app): State<App>, Member(actor): Member) -> Answer {
    Ok(listed(expiry::list(&app, &actor).await?.lines, None))
}

/// Add a date.
///
/// The owner gets a letter 30, 14, 7 and 1 days before. The date of a connection counts for the credential that is in use at this moment.
#[utoipa::path(
    post, path = "/expiry", operation_id = "create_expiry_date", tag = "expiry", request_body = Create,
    responses(
        (status = 201, description = "The date.", body = Done<ExpiryLine>),
        (status = 404, description = "`not_found`: there is no such connection.", body = Refused),
        (status = 409, description = "`conflict`: the connection has a date or is disconnected, or there are too many.", body = Refused),
    )
)]
pub async fn create(State(app): State<App>, Member(actor): Member, Body(body): Body<Create>) -> Answer {
    let Create { connection, title, ends_at, owner, note } = body;
    let [connection, title, owner, note] = [connection, title, owner, note].map(Option::unwrap_or_default);
    Ok(created(expiry::add(&app, &actor, &NewDate { connection, title, ends_at, owner, note }).await?))
}

/// Change a date.
#[utoipa::path(
    patch, path = "/expiry/{date}", operation_id = "edit_expiry_date", tag = "expiry", request_body = Change,
    responses(
        (status = 200, description = "The date.", body = Done<ExpiryLine>),
        (status = 409, description = "`conflict`: changed in the same moment.", body = Refused),
    )
)]
pub async fn edit(State(app): State<App>, Member(actor): Member, InPath(id): InPath, Body(body): Body<Change>) -> Answer {
    let Change { title, ends_at, owner, note } = body;
    Ok(data(expiry::edit(&app, &actor, &id, &Edit { title, ends_at, owner, note }).await?))
}

/// Remove a date.
///
/// Nobody is reminded of it any more.
#[utoipa::path(
    delete, path = "/expiry/{date}", operation_id = "delete_expiry_date", tag = "expiry",
    responses((status = 200, description = "A sentence.", body = Said))
)]
pub async fn delete(State(app): State<App>, Member(actor): Member, InPath(id): InPath) -> Answer {
    let title = expiry::remove(&app, &actor, &id).await?;
    Ok(message(&format!("The date of {title} is removed.")))
}
