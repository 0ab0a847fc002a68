//! Connections being set up, step by step.

use crate::domain::{Actor, ConnectionId, DraftId};
use crate::dto::{CheckView, DraftView};
use crate::services::{App, Entries, ServiceError};

/// Begins a draft for a connector.
///
/// # Errors
/// `Forbidden`; `NotFound`.
pub async fn start(app: &App, actor: &Actor, connector: &str) -> Result<DraftId, ServiceError> {
    todo!()
}

/// The draft as its wizard shows it.
///
/// # Errors
/// `Forbidden`; `NotFound`, also for somebody else's draft.
pub async fn view(app: &App, actor: &Actor, id: &str) -> Result<DraftView, ServiceError> {
    todo!()
}

/// Takes the entries of the details step and starts the check, which goes on by itself.
///
/// # Errors
/// `InvalidField` for each wrong field, also kept in the draft; `Conflict` when the draft has become a connection.
pub async fn submit(app: &App, actor: &Actor, id: &str, name: &str, entries: Entries) -> Result<(), ServiceError> {
    todo!()
}

/// The draft's last check as far as it is.
///
/// # Errors
/// `NotFound`, also when none was started.
pub async fn check(app: &App, actor: &Actor, id: &str) -> Result<CheckView, ServiceError> {
    todo!()
}

/// Saves a draft whose account is connected already, because the person wants it twice.
///
/// # Errors
/// `Conflict` when the draft does not wait for this decision.
pub async fn keep_duplicate(app: &App, actor: &Actor, id: &str) -> Result<ConnectionId, ServiceError> {
    todo!()
}

/// Forgets a draft with everything in it.
///
/// # Errors
/// `NotFound`.
pub async fn discard(app: &App, actor: &Actor, id: &str) -> Result<(), ServiceError> {
    todo!()
}
