//! What is wrong with connections: opened once, told once, over by itself.

mod list;
mod tell;

pub use list::{MOST, list, view};
pub use tell::tell;

use crate::domain::IssueId;
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

/// Notes that nothing is wrong with it any more.
///
/// # Errors
/// [`ServiceError`]; then the transaction must not be committed.
pub async fn resolve(app: &App, transaction: &mut Transaction, connection: &ConnectionRow) -> Result<(), ServiceError> {
    issues::resolve(transaction.conn(), &connection.organization, &connection.id, app.now()).await?;
    Ok(())
}

/// Notes what a check found: `code` says why it failed, none that it passed.
///
/// # Errors
/// [`ServiceError`]; then the transaction must not be committed.
pub async fn follow(app: &App, transaction: &mut Transaction, connection: &ConnectionRow, code: Option<&str>) -> Result<(), ServiceError> {
    match code.filter(|_| connection.status.needs_somebody()) {
        Some(code) => open(app, transaction, connection, code).await,
        None => resolve(app, transaction, connection).await,
    }
}
