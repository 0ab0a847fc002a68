//! Connections being set up, step by step.

mod begin;
mod by_link;
mod conclude;
mod keep;
mod submit;
mod view;

pub use begin::{discard, start};
pub use keep::keep_duplicate;
pub use submit::{Submitted, put_aside, submit};
pub use view::{Followed, check, view};

pub(super) use begin::{insert, open};
pub(super) use by_link::submit_by_link;
pub(super) use conclude::{Concluded, forget_secrets};
pub(super) use submit::{Begun, go_on, hold, is_being_checked, submit_and_wait};
pub(super) use view::{Parts, parts};

use crate::domain::{Actor, DraftId};
use crate::services::{App, ServiceError, access};
use crate::store::Conn;
use crate::store::drafts::{self, DraftRow};

/// How long a draft is kept after it was last changed, in milliseconds.
pub(super) const KEPT_MS: i64 = 24 * 60 * 60 * 1_000;
/// The flow of the five-step wizard.
const WIZARD: &str = "wizard";
/// The flow of the one-page connect.
pub(super) const QUICK: &str = "quick";
/// The flow of a draft that a call of the API began.
pub(super) const CALLED: &str = "called";
/// The flow of a draft that only a one-time link fills in.
pub(super) const ASK: &str = "ask";

/// The actor's own draft of this id that is to become a connection; every other text gets the one answer.
pub(super) async fn find(app: &App, on: Conn<'_>, actor: &Actor, id: &str) -> Result<DraftRow, ServiceError> {
    let found = find_any(app, on, actor, id).await?;
    if found.edits.is_none() { Ok(found) } else { Err(ServiceError::not_found()) }
}

/// The same, also one that changes a saved connection.
pub(super) async fn find_any(app: &App, on: Conn<'_>, actor: &Actor, id: &str) -> Result<DraftRow, ServiceError> {
    let id = DraftId::parse(id).map_err(|_| ServiceError::not_found())?;
    let found = drafts::find(on, &actor.organization, access::member(actor)?, &id, app.now()).await?;
    found.ok_or_else(ServiceError::not_found)
}
