//! Ventures, API v4: a login that hands out a bearer token (no public API documentation exists).

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use super::mishap;
use crate::domain::{Random, SequenceRandom};

/// The account that works.
pub const USERNAME: &str = "api_user";
/// Its password.
pub const PASSWORD: &str = "correct-horse";
/// Its site.
pub const SITE: &str = "test_integration";
/// A site of this prefix and a mishap's word fails that way.
pub const FAILING_SITE: &str = "fail_";

#[derive(Clone, Default)]
struct Sessions {
    tokens: Arc<Mutex<BTreeSet<String>>>,
    random: Arc<SequenceRandom>,
}

#[derive(Deserialize)]
struct Login {
    client: String,
    username: String,
    password: String,
}

#[derive(Deserialize)]
struct Search {
    #[serde(rename = "taxId")]
    tax_id: Option<String>,
}

/// The API below its base path.
pub fn router() -> Router {
    Router::new()
        .route("/token", post(log_in))
        .route("/objects", get(objects))
        .route("/objects/loan/{id}", get(loan))
        .route("/search/entities", get(search))
        .fallback(|| async { (StatusCode::NOT_FOUND, Json(said("There is nothing here."))) })
        .with_state(Sessions::default())
}

fn said(message: &str) -> Value {
    json!({ "message": message })
}

async fn log_in(State(sessions): State<Sessions>, Json(login): Json<Login>) -> Response {
    if let Some(mishap) = mishap::asked_for(&login.client, FAILING_SITE) {
        return mishap::answer(mishap, said).await;
    }
    if login.client != SITE {
        return (StatusCode::NOT_FOUND, Json(said("Unknown client."))).into_response();
    }
    if (login.username.as_str(), login.password.as_str()) != (USERNAME, PASSWORD) {
        return (StatusCode::UNAUTHORIZED, Json(said("The user name or password is not valid."))).into_response();
    }
    let mut bytes = [0_u8; 24];
    sessions.random.fill(&mut bytes);
    let token = hex::encode(bytes);
    sessions.tokens.lock().unwrap_or_else(PoisonError::into_inner).insert(token.clone());
    Json(json!({ "token": token })).into_response()
}

/// The refusal, unless the request carries a token that was handed out.
fn refusal(sessions: &Sessions, headers: &HeaderMap) -> Option<Response> {
    let token = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).and_then(|value| value.strip_prefix("Bearer "));
    let known = token.is_some_and(|token| sessions.tokens.lock().unwrap_or_else(PoisonError::into_inner).contains(token));
    (!known).then(|| (StatusCode::UNAUTHORIZED, Json(said("Sign in first."))).into_response())
}

async fn objects(State(sessions): State<Sessions>, headers: HeaderMap) -> Response {
    refusal(&sessions, &headers).unwrap_or_else(|| Json(json!([{ "name": "loan" }, { "name": "entity" }, { "name": "collateral" }])).into_response())
}

async fn loan(State(sessions): State<Sessions>, headers: HeaderMap, Path(id): Path<String>) -> Response {
    refusal(&sessions, &headers).unwrap_or_else(|| Json(json!({ "id": id, "borrower": "Brightwater Bakery LLC", "balance": "184200.00" })).into_response())
}

async fn search(State(sessions): State<Sessions>, headers: HeaderMap, Query(search): Query<Search>) -> Response {
    let entity = json!([{ "id": 17, "name": "Brightwater Bakery LLC", "taxId": search.tax_id }]);
    refusal(&sessions, &headers).unwrap_or_else(|| Json(entity).into_response())
}
