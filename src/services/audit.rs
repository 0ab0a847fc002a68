//! The audit log: a chain of MACs per node, whose entries are written in the transaction of the change they record.

mod event;
mod mac;
mod verify;

pub use event::{AuditEvent, Fact, Target, Who};
pub use mac::{entry_mac, text_mac};
pub use verify::{Finding, Report, verify, verify_chain};

use serde_json::{Map, Value};

use crate::domain::{Clock, Random};
use crate::services::{App, ServiceError};
use crate::store::audit::{AuditRow, append, lock_chain};
use crate::store::{Database, Transaction, keys};
use crate::vault::{Binding, Keyring, Secret};

const KEY_NAME: &str = "audit_mac_key";

/// Adds an entry to this node's chain, inside the transaction of the change it records.
///
/// # Errors
/// [`ServiceError`]; then the transaction must not be committed.
pub async fn record(app: &App, transaction: &mut Transaction, who: Who<'_>, event: AuditEvent) -> Result<(), ServiceError> {
    let (seq, prev_mac) = lock_chain(transaction.conn(), &app.settings.node).await?;
    let detail: Map<String, Value> = event.facts.iter().map(Fact::entry).collect();
    let mut row = AuditRow {
        node: app.settings.node.clone(),
        seq: seq + 1,
        organization: who.organization(),
        at: app.now(),
        actor_kind: who.kind().to_owned(),
        actor_id: who.id(),
        actor_name: who.name().to_owned(),
        action: event.action.to_owned(),
        target_kind: event.target.kind.to_owned(),
        target_id: event.target.id,
        target_name: event.target.name,
        outcome: if event.done { "done" } else { "refused" }.to_owned(),
        detail: Value::Object(detail).to_string(),
        address: who.address(),
        user_agent: who.user_agent().to_owned(),
        request_id: who.request_id().to_owned(),
        prev_mac,
        mac: Vec::new(),
    };
    row.mac = entry_mac(&app.audit_key, &row);
    append(transaction.conn(), &row).await?;
    Ok(())
}

/// Records an event that changes nothing else, in a transaction of its own.
///
/// # Errors
/// [`ServiceError`].
pub async fn record_alone(app: &App, who: Who<'_>, event: AuditEvent) -> Result<(), ServiceError> {
    let mut transaction = app.database.begin().await?;
    record(app, &mut transaction, who, event).await?;
    transaction.commit().await?;
    Ok(())
}

/// The key of the audit chains: opened, or made and sealed at the first start.
///
/// # Errors
/// `SecretUnreadable` when it cannot be opened with the keys at hand.
pub async fn load_key(database: &Database, keyring: &Keyring, random: &dyn Random, clock: &dyn Clock) -> Result<Secret<Vec<u8>>, ServiceError> {
    let binding = Binding { organization: "system", kind: "system", record: KEY_NAME, field: "value", version: 1 };
    if let Some(row) = keys::system_secret(database.read().await?.conn(), KEY_NAME).await? {
        return Ok(keyring.open(&binding, &row.sealed)?);
    }
    let mut bytes = vec![0_u8; 32];
    random.fill(&mut bytes);
    let fresh = Secret::new(bytes);
    let row = keys::SystemSecretRow {
        name: KEY_NAME.to_owned(),
        version: 1,
        key_id: keyring.active_id().to_hex(),
        sealed: keyring.seal(&binding, fresh.expose(), random).bytes().to_vec(),
        created_at: clock.now(),
    };
    let mut transaction = database.begin().await?;
    if keys::insert_system_secret(transaction.conn(), &row).await? {
        transaction.commit().await?;
        return Ok(fresh);
    }
    drop(transaction);
    let row = keys::system_secret(database.read().await?.conn(), KEY_NAME).await?;
    let row = row.ok_or_else(|| ServiceError::internal("the audit key is neither there nor can it be made"))?;
    Ok(keyring.open(&binding, &row.sealed)?)
}
