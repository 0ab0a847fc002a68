//! Connectors of an organization's own: written or imported, tried, published, exported.

mod examine;
mod lookup;
mod tried;
mod view;
mod write;

pub use examine::check;
pub use lookup::OwnManifests;
pub use tried::test;
pub use view::{list, view};
pub use write::{create, delete, publish, save};

pub(super) use lookup::{all_published, published};

use crate::domain::{Action, Actor, OwnConnectorId};
use crate::services::{App, ServiceError, access};
use crate::store::Conn;
use crate::store::own_connectors::{self, OwnConnectorRow};

/// A manifest to begin with, with a remark on every part.
pub const STARTER: &str = include_str!("own/starter.toml");

/// The most connectors that an organization may have of its own, drafts among them.
pub const MOST: usize = 100;

/// Refuses everybody who may not add connectors to the organization.
fn authorize(actor: &Actor) -> Result<(), ServiceError> {
    access::require_for(actor, Action::ManageConnectors, None)
}

/// The connector of this id in the actor's organization; every other text gets the one answer.
async fn find(on: Conn<'_>, actor: &Actor, id: &str) -> Result<OwnConnectorRow, ServiceError> {
    let id = OwnConnectorId::parse(id).map_err(|_| ServiceError::not_found())?;
    own_connectors::find(on, &actor.organization, &id).await?.ok_or_else(ServiceError::not_found)
}

/// The same, read by itself.
async fn find_alone(app: &App, actor: &Actor, id: &str) -> Result<OwnConnectorRow, ServiceError> {
    find(app.database.read().await?.conn(), actor, id).await
}
