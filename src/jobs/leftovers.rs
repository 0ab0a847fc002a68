//! Tokens that nobody will use are ended at their providers.

use tokio_util::sync::CancellationToken;

use super::queue::work_through;
use crate::services::App;
use crate::services::leftovers::{self, Outcome};

/// Has providers end tokens as they are given up, and those that are due again, until `stop`.
pub async fn leftovers(app: App, stop: CancellationToken) {
    let app = &app;
    let next = || async move { Ok(!matches!(leftovers::end_next(app).await?, Outcome::NoneDue)) };
    work_through(&app.leftovers, &stop, "tokens that nobody uses could not be looked up", next).await;
}
