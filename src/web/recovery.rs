//! The recovery sheet as a download.

use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::header;

use super::{ApiError, Member};
use crate::services::{self, App};

pub(super) fn routes(app: App) -> Router {
    Router::new().route("/recovery-sheet", get(sheet)).with_state(app)
}

async fn sheet(State(app): State<App>, Member(actor): Member) -> Result<Response, ApiError> {
    let text = services::onboarding::recovery_sheet(&app, &actor).await?;
    let headers = [(header::CONTENT_TYPE, "text/plain; charset=utf-8"), (header::CONTENT_DISPOSITION, "attachment; filename=\"latchkey-recovery-sheet.txt\"")];
    Ok((headers, text).into_response())
}
