//! Connections: the list, one of them, testing, making, editing, switching and ending them.

mod activity;
mod delete;
mod diagnostics;
mod disconnect;
mod edit;
mod list;
mod make;
pub(in crate::services) mod opened;
mod outline;
mod revoke;
mod row;
mod switch;
mod test;
mod view;

pub use activity::{MOST as MOST_ACTIVITY, logs};
pub use delete::delete;
pub use diagnostics::diagnostics;
pub use disconnect::disconnect;
pub use edit::{Edit, edit};
pub use list::list;
pub use make::{create, test_unsaved};
pub(super) use make::{run as run_check, try_out};
pub use switch::{disable, enable};
pub use test::test;
pub use view::{view, view_at};

pub(super) use outline::{name_for, names_for};
pub(super) use row::{LASTS, RENEWS, account, only_looks};
pub(super) use test::STARTED;
pub(super) use view::fix;

use crate::domain::{Action, Actor, ConnectionId};
use crate::services::{App, ServiceError, access};
use crate::store::connections::{self, ConnectionRow};

/// The connection of this id in the actor's organization; every other text, and what is somebody else's alone or unknown to a limited actor, gets the one answer.
pub(super) async fn find(app: &App, actor: &Actor, id: &str) -> Result<ConnectionRow, ServiceError> {
    let row = look_up(app, actor, id).await?;
    if is_of_another(actor, &row) { Err(ServiceError::not_found()) } else { Ok(row) }
}

/// The same, and to those who may end every connection also what is somebody else's alone: to see that it is there, and to end it.
async fn find_outline(app: &App, actor: &Actor, id: &str) -> Result<ConnectionRow, ServiceError> {
    let row = look_up(app, actor, id).await?;
    if is_of_another(actor, &row) && !actor.may(Action::Disconnect, None) { Err(ServiceError::not_found()) } else { Ok(row) }
}

/// A connection that the actor may end.
async fn find_to_end(app: &App, actor: &Actor, id: &str) -> Result<ConnectionRow, ServiceError> {
    let row = find_outline(app, actor, id).await?;
    require_to_end(actor, &row)?;
    Ok(row)
}

/// Refuses actors who may not end this connection, which [`find_outline`] gave them.
fn require_to_end(actor: &Actor, row: &ConnectionRow) -> Result<(), ServiceError> {
    if is_of_another(actor, row) { Ok(()) } else { access::require_on(actor, Action::Disconnect, row) }
}

/// Whether it is personal, and not the actor's.
fn is_of_another(actor: &Actor, row: &ConnectionRow) -> bool {
    row.owner.as_ref().is_some_and(|owner| actor.member().is_some_and(|member| member != owner))
}

async fn look_up(app: &App, actor: &Actor, id: &str) -> Result<ConnectionRow, ServiceError> {
    let id = ConnectionId::parse(id).ok().filter(|id| actor.knows(id)).ok_or_else(ServiceError::not_found)?;
    let found = connections::find(app.database.read().await?.conn(), &actor.organization, &id).await?;
    found.filter(|row| actor.knows(&row.id)).ok_or_else(ServiceError::not_found)
}
