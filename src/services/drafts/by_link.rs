//! Taking the entries of a draft from a person without an account, who came by a one-time link.

use std::sync::Arc;

use crate::catalogue::Manifest;
use crate::domain::{Actor, CheckId, CheckState};
use crate::services::drafts::submit;
use crate::services::entries::Ready;
use crate::services::{App, ServiceError, views};
use crate::store::drafts::DraftRow;

/// Stores what was typed and starts the check, which goes on by itself. The name that the asker wanted may be taken by now; then saving finds another.
///
/// # Errors
/// `Conflict` while another check of the draft runs or waits for a decision, and when the draft was changed in the same moment; `NotFound` when the link has ended.
pub(in crate::services) async fn submit_by_link(
    app: &App,
    actor: &Actor,
    manifest: Arc<Manifest>,
    mut draft: DraftRow,
    ready: Ready,
    attempt: &str,
) -> Result<CheckId, ServiceError> {
    let check = views::find_check(app.database.read().await?.conn(), &actor.organization, draft.check_id.as_deref()).await?;
    let running = check.is_some_and(|check| check.state == CheckState::Running && app.now() <= check.deadline_at);
    if running || draft.duplicate_of.is_some() {
        return Err(ServiceError::conflict("Somebody else is testing right now. Nothing of yours was saved. Wait a moment, then try again."));
    }
    draft.check_id = None;
    draft.updated_at = app.now();
    let started = submit::store(app, actor, manifest, (None, draft), ready, Some(attempt)).await?;
    let check = started.check.id.clone();
    started.launch(app, actor);
    Ok(check)
}
