//! A token that is renewed because somebody asks.

use crate::domain::{Action, Actor};
use crate::services::grants::{self, Ensured};
use crate::services::{App, ServiceError, access, connections};

/// For how long the token has to work, in milliseconds: the most that any read may ask.
const MIN_VALID_MS: i64 = 3_600_000;

/// Renews the token of a connection, unless it works for an hour more.
///
/// # Errors
/// `Forbidden`; `NotFound`; `Conflict` when it is turned off or disconnected, or has no token that can be renewed.
pub async fn refresh(app: &App, actor: &Actor, id: &str) -> Result<Ensured, ServiceError> {
    access::require(actor, Action::TestConnection)?;
    let row = connections::find(app, actor, id).await?;
    access::require_on(actor, Action::TestConnection, &row)?;
    if !row.status.may_be_checked() {
        return Err(ServiceError::conflict("It is turned off or disconnected. Nothing was renewed."));
    }
    let ensured = grants::ensure(app, &row.organization, &row.id, MIN_VALID_MS).await?;
    ensured.ok_or_else(|| ServiceError::conflict("This connection has no token that is renewed. Nothing was changed."))
}
