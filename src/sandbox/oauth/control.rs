//! What tests ask a played provider, and how they change it.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::super::asked::Asked;
use super::super::provider::Provider;
use super::ledger::Rules;

impl Provider {
    /// `GET seen`: how often what was asked for. `POST rules`: how the token address behaves from now on.
    pub(super) fn control(&self, path: &str, asked: &Asked) -> Response {
        let mut books = self.ledger.books();
        match (asked.method.as_str(), path) {
            ("GET", "seen") => {
                let counts = &books.counts;
                let seen = json!({
                    "authorize": counts.authorize, "code": counts.code, "refresh": counts.refresh, "other": counts.other,
                    "revoked": counts.revoked, "live": books.live(),
                });
                Json(seen).into_response()
            }
            ("POST", "rules") => match serde_json::from_slice::<Rules>(&asked.body) {
                Ok(rules) => {
                    books.rules = rules;
                    StatusCode::NO_CONTENT.into_response()
                }
                Err(problem) => (StatusCode::BAD_REQUEST, Json(json!({ "sandbox": problem.to_string() }))).into_response(),
            },
            _ => StatusCode::NOT_FOUND.into_response(),
        }
    }
}
