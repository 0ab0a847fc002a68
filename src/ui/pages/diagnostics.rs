//! The diagnostics of a connection as a file.

use axum::response::{IntoResponse, Response};
use http::header;

use crate::services::{ServiceError, connections};
use crate::ui::visit::Member;
use crate::web::InPath;

/// `GET /connections/{id}/diagnostics`
pub async fn get(InPath(id): InPath, member: Member) -> Response {
    let whole = connections::diagnostics(&member.app, &member.actor, &id).await;
    match whole.and_then(|whole| serde_json::to_string_pretty(&whole).map_err(ServiceError::from)) {
        Ok(text) => {
            let file = [(header::CONTENT_TYPE, "application/json"), (header::CONTENT_DISPOSITION, "attachment; filename=\"latchkey-diagnostics.json\"")];
            (file, text).into_response()
        }
        Err(error) => member.refuse(error).await,
    }
}
