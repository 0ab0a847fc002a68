//! Connections: the list, one of them, testing, making and ending them.

use crate::domain::Actor;
use crate::dto::{CheckView, ConnectionFilter, ConnectionListView, ConnectionView, DisconnectView};
use crate::services::{App, Entries, ServiceError};

/// The home page's list.
///
/// # Errors
/// `Forbidden`.
pub async fn list(app: &App, actor: &Actor, filter: &ConnectionFilter) -> Result<ConnectionListView, ServiceError> {
    todo!()
}

/// One connection.
///
/// # Errors
/// `NotFound` for an unknown, foreign or malformed id.
pub async fn view(app: &App, actor: &Actor, id: &str) -> Result<ConnectionView, ServiceError> {
    todo!()
}

/// Checks a saved connection now and waits for the end.
///
/// # Errors
/// `Forbidden`; `NotFound`; `Conflict` when it is turned off or disconnected.
pub async fn test(app: &App, actor: &Actor, id: &str) -> Result<CheckView, ServiceError> {
    todo!()
}

/// Ends a connection and erases every version of its credential.
///
/// # Errors
/// `Forbidden`; `NotFound`; `Conflict` when it is disconnected already.
pub async fn disconnect(app: &App, actor: &Actor, id: &str) -> Result<DisconnectView, ServiceError> {
    todo!()
}

/// Checks entries without saving them.
///
/// # Errors
/// `Forbidden`; `NotFound` for an unknown connector; `InvalidField`.
pub async fn test_unsaved(app: &App, actor: &Actor, connector: &str, entries: Entries) -> Result<CheckView, ServiceError> {
    todo!()
}

/// Checks entries and saves the connection; an empty name takes the connector's and the account's.
///
/// # Errors
/// `InvalidField`; `NameTaken`; `CheckFailed` with the diagnosis; `Conflict` when the account is connected already.
pub async fn create(app: &App, actor: &Actor, connector: &str, name: &str, entries: Entries) -> Result<ConnectionView, ServiceError> {
    todo!()
}
