//! `/api/v1/connections/{id}…`: one connection's life.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, header};
use serde::Deserialize;
use serde_json::json;

use super::body::Body;
use super::query::Query;
use super::{Answer, data};
use crate::dto::ConnectionView;
use crate::services::App;
use crate::services::connections::{self, Edit, MOST_ACTIVITY};
use crate::web::{ApiError, InPath, Member};

/// Entries of one page unless told otherwise.
const USUAL: usize = 30;

/// What may be changed; what is left out stays.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Change {
    name: Option<String>,
    description: Option<String>,
    tags: Option<Vec<String>>,
}

/// Which part of the activity.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Part {
    cursor: String,
    limit: Option<usize>,
}

/// One connection, with its version as the `ETag`.
pub async fn view(State(app): State<App>, Member(actor): Member, InPath(id): InPath) -> Answer {
    Ok(tagged(&connections::view(&app, &actor, &id).await?))
}

/// Changes name, description and tags; with `If-Match` only the version that it names.
pub async fn edit(State(app): State<App>, Member(actor): Member, InPath(id): InPath, headers: HeaderMap, Body(change): Body<Change>) -> Answer {
    let Change { name, description, tags } = change;
    let edit = Edit { name, description, tags };
    Ok(tagged(&connections::edit(&app, &actor, &id, &edit, seen(&headers)).await?))
}

/// Turns it off.
pub async fn disable(State(app): State<App>, Member(actor): Member, InPath(id): InPath) -> Answer {
    Ok(tagged(&connections::disable(&app, &actor, &id).await?))
}

/// Turns it on.
pub async fn enable(State(app): State<App>, Member(actor): Member, InPath(id): InPath) -> Answer {
    Ok(tagged(&connections::enable(&app, &actor, &id).await?))
}

/// Deletes a disconnected connection for good.
pub async fn delete(State(app): State<App>, Member(actor): Member, InPath(id): InPath) -> Answer {
    let name = connections::delete(&app, &actor, &id).await?;
    Ok(data(json!({"name": name, "sentence": "It is deleted with its checks. Its audit entries stay."})))
}

/// Its checks and audit entries, newest first.
pub async fn logs(State(app): State<App>, Member(actor): Member, InPath(id): InPath, Query(part): Query<Part>) -> Answer {
    let limit = part.limit.unwrap_or(USUAL);
    if !(1..=MOST_ACTIVITY).contains(&limit) {
        return Err(ApiError::field("limit", "Use 1 to 100."));
    }
    Ok(data(connections::logs(&app, &actor, &id, &part.cursor, limit).await?))
}

/// What support needs to know about it, without secrets.
pub async fn diagnostics(State(app): State<App>, Member(actor): Member, InPath(id): InPath) -> Answer {
    Ok(data(connections::diagnostics(&app, &actor, &id).await?))
}

fn tagged(view: &ConnectionView) -> Response {
    ([(header::ETAG, format!("\"{}\"", view.version))], data(view)).into_response()
}

/// The version that `If-Match` names; none without the header and for `*`. What is no version of ours matches none.
fn seen(headers: &HeaderMap) -> Option<i64> {
    let text = headers.get(header::IF_MATCH)?.to_str().unwrap_or_default().trim();
    if text == "*" { None } else { Some(text.trim_matches('"').parse().unwrap_or_default()) }
}
