//! `/api/v1/connections/{id}/credentials…`: changing a credential; no answer holds one.

use axum::extract::State;
use axum::response::Response;
use http::{HeaderMap, HeaderValue, header};
use serde::Deserialize;
use serde_json::json;

use super::body::Body;
use super::{Answer, data};
use crate::services::{self, App, Entries};
use crate::web::{InPath, Member};

/// A new credential; fields that are left out stay as they are stored.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Replace {
    fields: Entries,
    #[serde(default)]
    accept_other_account: bool,
}

/// Which version; the one before when left out.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Restore {
    #[serde(default)]
    version: Option<i64>,
}

/// Proves a new credential and puts it in use.
pub async fn replace(State(app): State<App>, Member(actor): Member, InPath(id): InPath, headers: HeaderMap, Body(body): Body<Replace>) -> Answer {
    let seen = if_match(&headers);
    let view = services::credentials::replace(&app, &actor, &id, seen.as_deref(), &body.fields, body.accept_other_account).await?;
    Ok(tagged(data(&view), &view.etag))
}

/// Puts an earlier version in use at once and checks it.
pub async fn restore(State(app): State<App>, Member(actor): Member, InPath(id): InPath, headers: HeaderMap, Body(body): Body<Restore>) -> Answer {
    let seen = if_match(&headers);
    let view = services::credentials::restore(&app, &actor, &id, seen.as_deref(), body.version).await?;
    Ok(tagged(data(&view), &view.etag))
}

/// The versions that are kept, newest first.
pub async fn versions(State(app): State<App>, Member(actor): Member, InPath(id): InPath) -> Answer {
    let (versions, etag) = services::credentials::versions(&app, &actor, &id).await?;
    Ok(tagged(data(json!({"items": versions, "next_cursor": null})), &etag))
}

/// The state that the caller knows; one that is no text fits no state.
fn if_match(headers: &HeaderMap) -> Option<String> {
    headers.get(header::IF_MATCH).map(|value| value.to_str().unwrap_or_default().to_owned())
}

fn tagged(mut answer: Response, etag: &str) -> Response {
    if let Ok(value) = HeaderValue::from_str(etag) {
        answer.headers_mut().insert(header::ETAG, value);
    }
    answer
}
