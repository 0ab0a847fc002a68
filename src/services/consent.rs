//! The trip to a provider where a person allows access: there, back, and on to the check.
//!
//! A draft waits for it with its entries sealed. Each attempt is bound to the person, the organization, the browser's session, the connector and the app, and
//! counts once. What comes back is sealed into the draft and checked as any typed credential is.

mod accounts;
mod arrive;
mod begin;
mod by_app;
mod finish;
mod held;
mod page;
mod reconnect;
mod refusal;
mod start;

pub use accounts::{accounts, pick};
pub use arrive::{Arrived, CameBack, Ended, Stopped, arrive};
pub use begin::{Departure, begin};
pub use by_app::APP_FIELD;
pub use page::page;
pub use reconnect::{reconnect, view as reconnect_view};
pub use start::{StartWish, start};

pub(super) use by_app::choose;
pub(super) use held::{opened, waits};

use crate::domain::{Action, Actor};
use crate::services::{App, ServiceError, credentials};
use crate::store::drafts::DraftRow;

/// Refuses who may not make, or change, the connection that the draft is for.
async fn require_on(app: &App, actor: &Actor, draft: &DraftRow) -> Result<(), ServiceError> {
    match &draft.edits {
        Some(connection) => credentials::editable(app, actor, connection.as_str()).await.map(drop),
        None if actor.may_with(Action::Connect, draft.team.as_ref(), actor.member().filter(|_| draft.personal)) => Ok(()),
        None => Err(ServiceError::forbidden(Action::Connect)),
    }
}

/// The draft does not wait for this any more.
fn moved_on() -> ServiceError {
    ServiceError::conflict("This draft does not wait for access at the provider. Open it to see how it is. Nothing was changed.")
}
