//! `/api/v1/connections/{id}…`: one connection's life.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::body::Body;
use super::query::{Query, short};
use super::{Answer, data};
use crate::dto::{ActivityPage, ConnectionView};
use crate::services::App;
use crate::services::connections::{self, Edit, MOST_ACTIVITY};
use crate::web::envelope::{Done, Refused};
use crate::web::etag::{self, IfNoneMatch, with_etag};
use crate::web::{ApiError, IfMatch, InPath, Member};

/// Entries of one page unless told otherwise.
const USUAL: usize = 30;

/// What may be changed; what is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = ChangeConnection)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// The name.
    #[schema(min_length = 1, max_length = 120, example = "Lending, Europe")]
    name: Option<String>,
    /// What people say about it.
    #[schema(max_length = 500)]
    description: Option<String>,
    /// The tags, all of them.
    #[schema(max_items = 10)]
    tags: Option<Vec<String>>,
    /// Id of the team that it belongs to, one of the connection's `teams`; empty for the whole organization.
    #[schema(max_length = 30)]
    team: Option<String>,
}

/// Which part of the activity.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default, deny_unknown_fields)]
pub struct Part {
    /// `next_cursor` of the part before.
    #[param(max_length = 200)]
    cursor: String,
    /// How many entries; 30 when left out.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 100)]
    limit: Option<usize>,
}

/// What deleting did.
#[derive(Debug, Serialize, ToSchema)]
pub struct Deleted {
    /// The connection's name.
    name: String,
    /// What is gone and what stays.
    sentence: &'static str,
}

/// What support needs to know; its fields may change from version to version.
#[derive(Debug, Serialize, ToSchema)]
#[schema(value_type = Object)]
pub struct Diagnostics(serde_json::Value);

/// View a connection.
///
/// Its state is the `ETag`; people who only look see less.
#[utoipa::path(
    get, path = "/connections/{id}", operation_id = "view_connection", tag = "connections",
    params(("If-None-Match" = Option<String>, Header, description = "The `ETag` that you hold.")),
    responses(
        (status = 200, description = "The connection.", body = Done<ConnectionView>, headers(("ETag" = String, description = "Its state, such as `\"2-7\"`."))),
        (status = 304, description = "It is as you hold it."),
    )
)]
pub async fn view(State(app): State<App>, Member(actor): Member, InPath(id): InPath, held: IfNoneMatch) -> Answer {
    let view = connections::view(&app, &actor, &id).await?;
    let state = state(&view);
    Ok(held.answer(&state, || data(&view)))
}

/// Change name, description, tags and team.
///
/// With `If-Match`, only when nobody has changed them since that state was read; a check meanwhile does not count.
#[utoipa::path(
    patch, path = "/connections/{id}", operation_id = "edit_connection", tag = "connections",
    params(("If-Match" = Option<String>, Header, description = "The `ETag` that you read.")),
    request_body = Change,
    responses(
        (status = 200, description = "The connection as it is now.", body = Done<ConnectionView>, headers(("ETag" = String, description = "Its state."))),
        (status = 409, description = "`conflict`: somebody changed it meanwhile, or it is disconnected; `name_taken`.", body = Refused),
    )
)]
pub async fn edit(State(app): State<App>, Member(actor): Member, InPath(id): InPath, seen: IfMatch, Body(change): Body<Change>) -> Answer {
    let Change { name, description, tags, team } = change;
    let edit = Edit { name, description, tags, team };
    Ok(tagged(&connections::edit(&app, &actor, &id, &edit, seen.version()).await?))
}

/// Turn a connection off.
///
/// Everything is kept, nothing is checked.
#[utoipa::path(
    post, path = "/connections/{id}/disable", operation_id = "disable_connection", tag = "connections",
    responses(
        (status = 200, description = "The connection as it is now.", body = Done<ConnectionView>, headers(("ETag" = String, description = "Its state."))),
        (status = 409, description = "`conflict`: it is disconnected, or somebody changed it meanwhile.", body = Refused),
    )
)]
pub async fn disable(State(app): State<App>, Member(actor): Member, InPath(id): InPath) -> Answer {
    Ok(tagged(&connections::disable(&app, &actor, &id).await?))
}

/// Turn a connection on.
#[utoipa::path(
    post, path = "/connections/{id}/enable", operation_id = "enable_connection", tag = "connections",
    responses(
        (status = 200, description = "The connection as it is now.", body = Done<ConnectionView>, headers(("ETag" = String, description = "Its state."))),
        (status = 409, description = "`conflict`: it is disconnected, or somebody changed it meanwhile.", body = Refused),
    )
)]
pub async fn enable(State(app): State<App>, Member(actor): Member, InPath(id): InPath) -> Answer {
    Ok(tagged(&connections::enable(&app, &actor, &id).await?))
}

/// Delete a disconnected connection for good.
///
/// Its checks go with it; its audit entries stay.
#[utoipa::path(
    delete, path = "/connections/{id}", operation_id = "delete_connection", tag = "connections",
    responses(
        (status = 200, description = "What was deleted.", body = Done<Deleted>),
        (status = 409, description = "`conflict`: it is not disconnected.", body = Refused),
    )
)]
pub async fn delete(State(app): State<App>, Member(actor): Member, InPath(id): InPath) -> Answer {
    let name = connections::delete(&app, &actor, &id).await?;
    Ok(data(Deleted { name, sentence: "It is deleted with its checks. Its audit entries stay." }))
}

/// List what happened to a connection.
///
/// Its checks and audit entries, newest first.
#[utoipa::path(
    get, path = "/connections/{id}/logs", operation_id = "list_connection_logs", tag = "connections", params(Part),
    responses((status = 200, description = "The entries.", body = Done<ActivityPage>))
)]
pub async fn logs(State(app): State<App>, Member(actor): Member, InPath(id): InPath, Query(part): Query<Part>) -> Answer {
    let limit = part.limit.unwrap_or(USUAL);
    if !(1..=MOST_ACTIVITY).contains(&limit) {
        return Err(ApiError::field("limit", "Use 1 to 100."));
    }
    Ok(data(connections::logs(&app, &actor, &id, &short("cursor", part.cursor)?, limit).await?))
}

/// View what support needs to know about a connection.
///
/// Versions, settings, checks and counts, without secrets and e-mail addresses.
#[utoipa::path(
    get, path = "/connections/{id}/diagnostics", operation_id = "view_connection_diagnostics", tag = "connections",
    responses((status = 200, description = "One object.", body = Done<Diagnostics>))
)]
pub async fn diagnostics(State(app): State<App>, Member(actor): Member, InPath(id): InPath) -> Answer {
    Ok(data(Diagnostics(connections::diagnostics(&app, &actor, &id).await?)))
}

fn tagged(view: &ConnectionView) -> Response {
    with_etag(&state(view), data(view)).into_response()
}

/// What people wrote, and everything else.
fn state(view: &ConnectionView) -> String {
    etag::state((view.version, view.revision))
}
