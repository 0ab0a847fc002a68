//! What is wrong with connections: opened once, told once, over by itself.

mod card;
mod list;
mod overview;
mod tell;

pub use list::{MOST, list, view};
pub use overview::overview;
pub use tell::tell;

use crate::domain::{Actor, ActorKind, IssueEnd, IssueId};
use crate::services::{App, ServiceError};
use crate::store::connections::ConnectionRow;
use crate::store::{Transaction, issues};

/// Notes that something is wrong with a connection, unless that is known.
///
/// # Errors
/// [`ServiceError`]; then the transaction must not be committed.
pub async fn open(app: &App, transaction: &mut Transaction, connection: &ConnectionRow, code: &str) -> Result<(), ServiceError> {
    let id = IssueId::generate(app.clock.as_ref(), app.random.as_ref());
    issues::open(transaction.conn(), &id, &connection.organization, &connection.id, code, app.now()).await?;
    Ok(())
}

/// Notes that nothing is wrong with it any more; without an actor, or with a job for one, Latchkey did it.
///
/// # Errors
/// [`ServiceError`]; then the transaction must not be committed.
pub async fn resolve(app: &App, transaction: &mut Transaction, connection: &ConnectionRow, how: IssueEnd, actor: Option<&Actor>) -> Result<(), ServiceError> {
    let by = actor.filter(|actor| !matches!(actor.kind, ActorKind::Job(_))).map_or("", Actor::name);
    issues::resolve(transaction.conn(), &connection.organization, &connection.id, how, by, app.now()).await?;
    Ok(())
}

/// Notes what a check of the actor's found: `code` says why it failed, none that it passed.
///
/// # Errors
/// [`ServiceError`]; then the transaction must not be committed.
pub async fn follow(app: &App, transaction: &mut Transaction, actor: &Actor, connection: &ConnectionRow, code: Option<&str>) -> Result<(), ServiceError> {
    match code.filter(|_| connection.status.needs_somebody()) {
        Some(code) => open(app, transaction, connection, code).await,
        None => resolve(app, transaction, connection, IssueEnd::Checked, Some(actor)).await,
    }
}
