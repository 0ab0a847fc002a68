//! The recovery sheet as a download; a POST, because it ticks a first step and is written down.

use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use http::header;

use super::{ApiError, Member};
use crate::services::{self, App};

pub(super) fn routes(app: App) -> Router {
    Router::new().route("/recovery-sheet", post(sheet)).with_state(app)
}

async fn sheet(State(app): State<App>, Member(actor): Member) -> Result<Response, ApiError> {
    let text = services::onboarding::recovery_sheet(&app, &actor).await?;
    let headers = [(header::CONTENT_TYPE, "text/plain; charset=utf-8"), (header::CONTENT_DISPOSITION, "attachment; filename=\"latchkey-recovery-sheet.txt\"")];
    Ok((headers, text).into_response())
}
