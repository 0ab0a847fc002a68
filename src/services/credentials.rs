//! Changing the credential of a saved connection: the new one is tested beside the one in use, and only success swaps them.

mod conclude;
mod decide;
mod kept;
mod replace;
mod restore;
mod submit;
mod swap;
mod versions;
mod view;

pub use decide::{accept, forget};
pub use replace::replace;
pub use restore::restore;
pub use submit::{Submitted, submit};

pub(super) use submit::go_on;
pub use versions::versions;
pub use view::view;

use crate::domain::{Action, Actor, ConnectionId, Timestamp};
use crate::services::words::ago;
use crate::services::{App, ServiceError, access, connections};
use crate::store::connections::ConnectionRow;
use crate::store::drafts::{self, DraftRow};
use crate::store::{Conn, credentials, members};

/// The flow of a draft that changes the credential of a saved connection.
const EDIT: &str = "edit";
/// How often a change is tried anew because another was committed in the same moment.
const ATTEMPTS: usize = 5;

/// The connection of this id, if its credential may be changed by this actor and now.
pub(super) async fn editable(app: &App, actor: &Actor, id: &str) -> Result<ConnectionRow, ServiceError> {
    access::require(actor, Action::Connect)?;
    let row = connections::find(app, actor, id).await?;
    access::require_on(actor, Action::Connect, &row)?;
    if row.status.may_be_checked() { Ok(row) } else { Err(at_rest()) }
}

fn at_rest() -> ServiceError {
    ServiceError::conflict("It is turned off or disconnected, so its credential cannot be changed. Nothing was changed.")
}

/// The actor's draft for this connection that is not done and not over.
async fn unfinished(app: &App, on: Conn<'_>, actor: &Actor, connection: &ConnectionId) -> Result<Option<DraftRow>, ServiceError> {
    let found = drafts::find_edit(on, &actor.organization, access::member(actor)?, connection).await?;
    Ok(found.filter(|draft| draft.connection_id.is_none() && draft.expires_at > app.now()))
}

/// Who put the version in use that is in use now, and when.
async fn last_swap(mut on: Conn<'_>, connection: &ConnectionRow) -> Result<(String, Timestamp), ServiceError> {
    let Some(active) = credentials::active(on.again(), &connection.organization, &connection.id).await? else {
        return Ok((String::new(), connection.updated_at));
    };
    let name = members::name_of(on, &connection.organization, &active.activated_by).await?.unwrap_or_default();
    Ok((name, active.activated_at))
}

/// Somebody else was faster.
fn too_late(app: &App, who: &str, at: Timestamp) -> ServiceError {
    let who = if who.is_empty() { "Somebody" } else { who };
    ServiceError::conflict(format!("{who} changed this connection {}. Load it again, then decide. Nothing was changed.", ago(app.now(), at)))
}
