//! Asking a person without an account for what a connection needs, by a one-time link.
//!
//! The link fills in the asker's draft. Its token is the only right it gives; what the asker typed stays on the server, and what the visitor types is sealed
//! in the draft and checked as the wizard does it. It ends with the first check that passes, when it is withdrawn, and when its time is over.

mod answer;
mod ask;
mod fields;
mod visit;
mod watch;

pub use answer::{answer, result};
pub use ask::{Made, Wish, make, request};
pub use visit::visit;
pub use watch::{page, view, waiting, withdraw, withdraw_of_draft};

pub(super) use watch::end_of_draft;

use crate::domain::{Actor, CheckId};
use crate::services::audit::{self, AuditEvent, Fact, Target};
use crate::services::{App, ServiceError};
use crate::store::Transaction;
use crate::store::checks::CheckRow;
use crate::store::entry_links::{self, Ending};

/// The shortest time a link works, in hours.
const SHORTEST_HOURS: u32 = 1;
/// The longest time a link works, in hours.
const LONGEST_HOURS: u32 = 7 * 24;
/// How many checks can be begun through one link.
const TRIES: i64 = 10;
const HOUR_MS: i64 = 3_600_000;
/// How long the visitor can look at the result of a check, in milliseconds after its start.
const RESULT_MS: i64 = HOUR_MS;

/// Notes on the actor's link that a check began through it; nothing for other actors.
///
/// # Errors
/// `NotFound` when the link has ended meanwhile.
pub(super) async fn begin_check(app: &App, transaction: &mut Transaction, actor: &Actor, check: &CheckId, attempt: Option<&str>) -> Result<(), ServiceError> {
    let Some(link) = actor.link() else { return Ok(()) };
    let counted = entry_links::begin_check(transaction.conn(), &actor.organization, link, (check, attempt), app.now(), TRIES).await?;
    if counted { Ok(()) } else { Err(ServiceError::not_found()) }
}

/// Ends the actor's link because its check passed; false when it has ended meanwhile. Other actors have none to end.
pub(super) async fn use_up(app: &App, transaction: &mut Transaction, actor: &Actor, check: &CheckRow) -> Result<bool, ServiceError> {
    let Some(link) = actor.link() else { return Ok(true) };
    if !entry_links::end(transaction.conn(), &actor.organization, link, Ending::Used, app.now()).await? {
        return Ok(false);
    }
    let event = AuditEvent::done("entry_link.used", Target::entry_link(link, &check.connector), vec![Fact::Connector(check.connector.clone())]);
    audit::record(app, transaction, actor.into(), event).await?;
    Ok(true)
}
