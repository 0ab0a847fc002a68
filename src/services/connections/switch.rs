//! Turning a connection off and on.

use crate::domain::{Action, Actor, CheckCode, ConnectionStatus, InvalidTransition};
use crate::dto::ConnectionView;
use crate::services::audit::{self, AuditEvent, Target};
use crate::services::connections::view::view_of;
use crate::services::{App, ServiceError, access, connections};
use crate::store::connections::{ConnectionRow, find, hold, update};

/// Turns a connection off: nothing uses it any more, everything is kept. One that is off stays so.
///
/// # Errors
/// `Conflict` when it is disconnected.
pub async fn disable(app: &App, actor: &Actor, id: &str) -> Result<ConnectionView, ServiceError> {
    switch(app, actor, id, "connection.disabled", |row| row.status.disable()).await
}

/// Turns a connection on; it is then as its last check left it, and due for the next. One that is on stays as it is.
///
/// # Errors
/// `Conflict` when it is disconnected.
pub async fn enable(app: &App, actor: &Actor, id: &str) -> Result<ConnectionView, ServiceError> {
    let last_failure = |row: &ConnectionRow| row.failure_code.as_deref().map(|code| CheckCode::parse(code).is_some_and(CheckCode::refuses_credential));
    switch(app, actor, id, "connection.enabled", |row| row.status.enable(last_failure(row))).await
}

type Move = Result<ConnectionStatus, InvalidTransition>;

async fn switch(app: &App, actor: &Actor, id: &str, action: &'static str, to: impl Fn(&ConnectionRow) -> Move + Send) -> Result<ConnectionView, ServiceError> {
    access::require(actor, Action::ManageConnection)?;
    let seen = connections::find(app, actor, id).await?;
    access::require_on(actor, Action::ManageConnection, &seen)?;
    let mut transaction = app.database.begin().await?;
    hold(transaction.conn(), &actor.organization, &seen.id).await?;
    let mut row = find(transaction.conn(), &actor.organization, &seen.id).await?.ok_or_else(ServiceError::not_found)?;
    let status = to(&row).map_err(|_| ServiceError::conflict("It is disconnected. Nothing was changed. Connect it again to use it."))?;
    if status == row.status {
        drop(transaction);
        return view_of(app, actor, &row).await;
    }
    row.status = status;
    row.updated_at = app.now();
    row.next_check_at = status.may_be_checked().then_some(row.updated_at);
    update(transaction.conn(), &row).await?;
    row.row_version += 1;
    audit::record(app, &mut transaction, actor.into(), AuditEvent::done(action, Target::connection(&row.id, &row.name), Vec::new())).await?;
    transaction.commit().await?;
    view_of(app, actor, &row).await
}
