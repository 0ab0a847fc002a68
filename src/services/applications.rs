//! Programs that use connections, and their keys.

mod edit;
mod keys;
mod presented;
mod view;

pub use edit::{Edit, create, delete, edit};
pub use keys::{KeyWish, MadeKey, end_key, make_key, rotate_key};
pub use presented::{Failure, Found, KeyLookups, find_presented, note_use};
pub use view::{key_form, list, view};

use crate::domain::{Action, Actor, ApplicationId, MemberId, Reach};
use crate::services::audit::Target;
use crate::services::{App, ServiceError, access};
use crate::store::applications::{self, ApplicationRow};

/// The most programs that an organization may have.
pub const MOST: usize = 200;
/// The most working keys that a program may have.
pub const MOST_KEYS: usize = 20;

/// A program that the actor may manage; every other id gets the one answer.
async fn find(app: &App, actor: &Actor, id: &str) -> Result<ApplicationRow, ServiceError> {
    access::require(actor, Action::ManageApplications)?;
    let id = ApplicationId::parse(id).map_err(|_| ServiceError::not_found())?;
    let found = applications::find(app.database.read().await?.conn(), &actor.organization, &id).await?;
    found.filter(|row| actor.may_own(Action::ManageApplications, &row.owner)).ok_or_else(ServiceError::not_found)
}

/// The only owner whose programs the actor may manage; none for all.
fn only_owner(actor: &Actor) -> Option<&MemberId> {
    if actor.reach(Action::ManageApplications) == Reach::Organization { None } else { actor.member() }
}

fn target(row: &ApplicationRow) -> Target {
    Target { kind: "application", id: row.id.to_string(), name: row.name.clone() }
}
