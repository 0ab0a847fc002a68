//! Reads of credentials, recorded many at once: what waits goes into one transaction, and everybody is told once that is durable.

use std::collections::BTreeMap;

use tokio::sync::oneshot;

use super::{AuditEvent, Who, chained, drafted};
use crate::domain::{Actor, ActorKind, ConnectionId};
use crate::services::gathered::{Full, Gathered, Worker};
use crate::services::{App, ErrorCode, ServiceError};
use crate::store::StoreError;
use crate::store::audit::{AuditRow, append_all, lock_chain};
use crate::store::credential_uses::{self, UseRow, day_of};

/// Entries of one transaction.
const TOGETHER: usize = 256;
/// Entries that may wait; further ones are refused at once.
const MOST_WAITING: usize = 4_096;

/// Reads that wait to be recorded.
pub type Waiting = Gathered<Entry>;

/// A read that waits to be recorded.
#[derive(Debug)]
pub struct Entry {
    row: AuditRow,
    counted: Option<UseRow>,
    told: oneshot::Sender<Result<(), String>>,
}

/// Records that a program asked for a credential, together with whatever waits, and counts it where it gets one; returns once that is durable.
///
/// # Errors
/// `AuditUnavailable` when it cannot be recorded, or too much waits already.
pub async fn record_read(app: &App, actor: &Actor, connection: &ConnectionId, event: AuditEvent) -> Result<(), ServiceError> {
    let counted = if event.done { counted(app, actor, connection) } else { None };
    let (told, heard) = oneshot::channel();
    let entry = Entry { row: drafted(app, Who::Actor(actor), event), counted, told };
    let worker = app.reads.add(entry, MOST_WAITING).map_err(|Full| unavailable("too many entries wait to be recorded".to_owned()))?;
    if let Some(worker) = worker {
        app.tasks.spawn(record_all(app.clone(), worker));
    }
    heard.await.unwrap_or_else(|_| Err("the writer went away".to_owned())).map_err(unavailable)
}

fn unavailable(cause: String) -> ServiceError {
    ServiceError::of(ErrorCode::AuditUnavailable).caused_by(cause)
}

fn counted(app: &App, actor: &Actor, connection: &ConnectionId) -> Option<UseRow> {
    let ActorKind::Application { application, key, .. } = &actor.kind else { return None };
    let now = app.now();
    Some(UseRow {
        organization: actor.organization.to_string(),
        connection: connection.to_string(),
        application: application.to_string(),
        key: key.to_string(),
        day: day_of(now),
        node: app.settings.node.clone(),
        reads: 1,
        last: now.millis(),
        address: actor.address.map(|address| address.to_string()).unwrap_or_default(),
        user_agent: actor.user_agent.clone(),
    })
}

async fn record_all(app: App, mut worker: Worker<Entry>) {
    while let Some(group) = worker.next(TOGETHER).await {
        let (mut rows, mut uses, mut waiting) = (Vec::with_capacity(group.len()), Vec::new(), Vec::with_capacity(group.len()));
        for Entry { row, counted, told } in group {
            rows.push(row);
            uses.extend(counted);
            waiting.push(told);
        }
        let written = write(&app, rows, together(uses)).await.map_err(|error| format!("{error}: {}", causes(&error)));
        for told in waiting {
            // Whoever went away meanwhile has asked all the same.
            drop(told.send(written.clone()));
        }
    }
}

/// One row for each place, in order: two nodes then wait for each other the same way round.
fn together(uses: Vec<UseRow>) -> Vec<UseRow> {
    let mut all = BTreeMap::<_, UseRow>::new();
    for counted in uses {
        let (organization, connection, application, key, day) = counted.place();
        let place = (organization.to_owned(), connection.to_owned(), application.to_owned(), key.to_owned(), day);
        let before = all.get(&place).map_or(0, |row| row.reads);
        all.insert(place, UseRow { reads: before.saturating_add(counted.reads), ..counted });
    }
    all.into_values().collect()
}

async fn write(app: &App, rows: Vec<AuditRow>, uses: Vec<UseRow>) -> Result<(), StoreError> {
    let mut transaction = app.database.begin().await?;
    let (seq, mac) = lock_chain(transaction.conn(), &app.settings.node).await?;
    let mut entries: Vec<AuditRow> = Vec::with_capacity(rows.len());
    for row in rows {
        let (seq, mac) = entries.last().map_or_else(|| (seq, mac.clone()), |last| (last.seq, last.mac.clone()));
        entries.push(chained(app, row, seq, mac));
    }
    append_all(transaction.conn(), &entries).await?;
    credential_uses::count(transaction.conn(), &uses).await?;
    transaction.commit().await
}

fn causes(error: &StoreError) -> String {
    std::error::Error::source(error).map(ToString::to_string).unwrap_or_default()
}
