//! The audit log: a chain of MACs per node, whose entries are written in the transaction of the change they record.

mod checkpoint;
mod event;
mod export;
mod filter;
mod grouped;
mod list;
mod mac;
mod retention;
mod shown;
mod verification;
mod verify;

pub use checkpoint::{Checkpoint, checkpoints, note_checkpoint, read_checkpoints};
pub use event::{AuditEvent, Fact, Target, Who};
pub use export::{Format, export};
pub use filter::Filter;
pub use grouped::{Waiting, record_read};
pub use list::{MOST, list, view};
pub use mac::{checkpoint_seal, entry_mac, pruned_seal, text_mac};
pub use retention::{LEAST_DAYS, prune, retention, set_retention};
pub use verification::{integrity, start_verification, verification, verify_when_due};
pub use verify::{Finding, Report, verify, verify_all, verify_chain};

use serde_json::{Map, Value};

use crate::domain::{Clock, Random, Timestamp};
use crate::services::{App, ErrorCode, ServiceError};
use crate::store::audit::{AuditRow, append, lock_chain};
use crate::store::{Database, StoreError, Transaction, keys};
use crate::vault::{Binding, Keyring, Secret};

const KEY_NAME: &str = "audit_mac_key";

/// Adds an entry to this node's chain, inside the transaction of the change it records.
///
/// # Errors
/// `AuditUnavailable`, whatever the database answered; then the transaction must not be committed.
pub async fn record(app: &App, transaction: &mut Transaction, who: Who<'_>, event: AuditEvent) -> Result<(), ServiceError> {
    write(app, transaction, who, event).await.map_err(|error| ServiceError::of(ErrorCode::AuditUnavailable).caused_by(error))
}

async fn write(app: &App, transaction: &mut Transaction, who: Who<'_>, event: AuditEvent) -> Result<(), StoreError> {
    let (seq, prev_mac) = lock_chain(transaction.conn(), &app.settings.node).await?;
    append(transaction.conn(), &chained(app, drafted(app, who, event), seq, prev_mac)).await
}

/// An entry without a place in the chain.
fn drafted(app: &App, who: Who<'_>, event: AuditEvent) -> AuditRow {
    let mut detail: Map<String, Value> = event.facts.iter().map(Fact::entry).collect();
    detail.extend(who.on_behalf_of().map(|member| ("on_behalf_of".to_owned(), Value::String(member))));
    AuditRow {
        node: app.settings.node.clone(),
        seq: 0,
        organization: who.organization(),
        at: Timestamp::default(),
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
        prev_mac: Vec::new(),
        mac: Vec::new(),
    }
}

/// The entry behind the one at `seq` with the MAC `prev_mac`, made now.
fn chained(app: &App, mut row: AuditRow, seq: i64, prev_mac: Vec<u8>) -> AuditRow {
    row.seq = seq + 1;
    row.at = app.now();
    row.prev_mac = prev_mac;
    row.mac = entry_mac(&app.audit_key, &row);
    row
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

/// What the key of the audit chains is sealed for.
const BINDING: Binding<'_> = Binding { organization: "system", kind: "system", record: KEY_NAME, field: "value", version: 1 };

/// The key of the audit chains; none in a database where nothing was ever recorded.
///
/// # Errors
/// `SecretUnreadable` when it cannot be opened with the keys at hand.
pub async fn open_key(database: &Database, keyring: &Keyring) -> Result<Option<Secret<Vec<u8>>>, ServiceError> {
    let row = keys::system_secret(database.read().await?.conn(), KEY_NAME).await?;
    Ok(row.map(|row| keyring.open(&BINDING, &row.sealed)).transpose()?)
}

/// The key of the audit chains: opened, or made and sealed at the first start.
///
/// # Errors
/// `SecretUnreadable` when it cannot be opened with the keys at hand.
pub async fn load_key(database: &Database, keyring: &Keyring, random: &dyn Random, clock: &dyn Clock) -> Result<Secret<Vec<u8>>, ServiceError> {
    if let Some(key) = open_key(database, keyring).await? {
        return Ok(key);
    }
    let mut bytes = vec![0_u8; 32];
    random.fill(&mut bytes);
    let fresh = Secret::new(bytes);
    let row = keys::SystemSecretRow {
        name: KEY_NAME.to_owned(),
        version: 1,
        key_id: keyring.active_id().to_hex(),
        sealed: keyring.seal(&BINDING, fresh.expose(), random).bytes().to_vec(),
        created_at: clock.now(),
    };
    let mut transaction = database.begin().await?;
    if keys::insert_system_secret(transaction.conn(), &row).await? {
        transaction.commit().await?;
        return Ok(fresh);
    }
    drop(transaction);
    open_key(database, keyring).await?.ok_or_else(|| ServiceError::internal("the audit key is neither there nor can it be made"))
}
