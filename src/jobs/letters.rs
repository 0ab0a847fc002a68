//! Letters go out.

use tokio_util::sync::CancellationToken;

use super::queue::work_through;
use crate::egress::Post;
use crate::services::App;
use crate::services::mail::{self, Delivery};

/// Sends letters as they are written, and those that are due again, until `stop`.
pub async fn letters(app: App, post: Post, stop: CancellationToken) {
    let (app, post) = (&app, &post);
    let next = || async move { Ok(!matches!(mail::deliver_next(app, post).await?, Delivery::NoneDue)) };
    work_through(&app.letters, &stop, "letters could not be sent", next).await;
}
