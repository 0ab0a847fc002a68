//! The one-page connect of a connector that an organization has once.

use crate::domain::Actor;
use crate::dto::{DisconnectView, QuickView};
use crate::services::{App, Entries, ServiceError};

/// The page: the connection, or the form to make it.
///
/// # Errors
/// `Forbidden`; `NotFound` for an unknown connector and one without this page.
pub async fn view(app: &App, actor: &Actor, connector: &str) -> Result<QuickView, ServiceError> {
    todo!()
}

/// Checks the entries and saves the connection; changes nothing when it is connected already.
///
/// # Errors
/// `InvalidField`; `CheckFailed` with the diagnosis. Both are also kept for [`view`].
pub async fn connect(app: &App, actor: &Actor, connector: &str, entries: Entries) -> Result<QuickView, ServiceError> {
    todo!()
}

/// Disconnects it.
///
/// # Errors
/// `NotFound` when there is no connection.
pub async fn disconnect(app: &App, actor: &Actor, connector: &str) -> Result<DisconnectView, ServiceError> {
    todo!()
}
