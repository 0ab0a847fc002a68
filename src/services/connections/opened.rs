//! Opening the active credential of a connection.

use crate::domain::Actor;
use crate::services::audit::{self, AuditEvent, Target};
use crate::services::payload::Payload;
use crate::services::{App, ErrorCode, ServiceError};
use crate::store::Transaction;
use crate::store::connections::ConnectionRow;
use crate::store::credentials::{self, CredentialRow};

/// The active credential and what is sealed in it. One that cannot be opened is recorded; the transaction is spent then.
///
/// # Errors
/// `SecretUnreadable`.
pub async fn active(
    app: &App,
    mut transaction: Transaction,
    actor: &Actor,
    connection: &ConnectionRow,
) -> Result<(Transaction, CredentialRow, Payload), ServiceError> {
    let credential = credentials::active(transaction.conn(), &connection.organization, &connection.id).await?;
    let credential = credential.ok_or_else(|| ServiceError::of(ErrorCode::SecretUnreadable))?;
    match Payload::open_credential(app, &connection.organization, &connection.id, credential.version, &credential.sealed) {
        Ok(payload) => Ok((transaction, credential, payload)),
        Err(error) => {
            let event = AuditEvent::refused("credential.unreadable", Target::connection(&connection.id, &connection.name), Vec::new());
            audit::record(app, &mut transaction, actor.into(), event).await?;
            transaction.commit().await?;
            Err(error)
        }
    }
}
