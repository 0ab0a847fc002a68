//! Whether the process lives, and whether it can work.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use http::StatusCode;
use serde_json::json;

use crate::services::App;
use crate::store::{SchemaState, schema_state};

pub(super) fn routes(app: App) -> Router {
    Router::new().route("/healthz", get(alive)).route("/readyz", get(ready)).with_state(app)
}

async fn alive() -> Response {
    Json(json!({"success": true, "data": {"status": "alive"}})).into_response()
}

/// Ready: the database answers, its schema is this build's. The key was matched to the database at the start.
async fn ready(State(app): State<App>) -> Response {
    let state = schema_state(&app.database).await;
    let (database, schema) = match &state {
        Ok(SchemaState { applied, known }) => (true, applied == known),
        Err(error) => {
            tracing::warn!(%error, "the database does not answer");
            (false, false)
        }
    };
    let status = if database && schema { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(json!({"success": status == StatusCode::OK, "data": {"database": database, "schema": schema, "key": true}}))).into_response()
}
