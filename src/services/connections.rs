//! Connections: the list, one of them, testing, making and ending them.

mod disconnect;
mod list;
mod make;
mod row;
mod test;
mod view;

pub use disconnect::disconnect;
pub use list::list;
pub(super) use make::try_out;
pub use make::{create, test_unsaved};
pub use test::test;
pub use view::view;

use crate::domain::{Actor, ConnectionId};
use crate::services::{App, ServiceError};
use crate::store::connections::{self, ConnectionRow};

/// The connection of this id in the actor's organization; every other text gets the one answer.
pub(super) async fn find(app: &App, actor: &Actor, id: &str) -> Result<ConnectionRow, ServiceError> {
    let id = ConnectionId::parse(id).map_err(|_| ServiceError::not_found())?;
    let found = connections::find(app.database.read().await?.conn(), &actor.organization, &id).await?;
    found.ok_or_else(ServiceError::not_found)
}
