//! Changing a credential in one call.

use std::collections::BTreeMap;

use crate::catalogue::Manifest;
use crate::domain::{Actor, ConnectionId};
use crate::dto::ReplacedView;
use crate::services::audit::{self, AuditEvent, Fact, Target};
use crate::services::checking::{self, Finished, detached};
use crate::services::connections::STARTED;
use crate::services::credentials::conclude::lost_a_race;
use crate::services::credentials::kept::Stored;
use crate::services::credentials::swap::{Change, Swapped, swap};
use crate::services::credentials::versions::unchanged;
use crate::services::credentials::{ATTEMPTS, editable, too_late};
use crate::services::entries::Ready;
use crate::services::{App, Entries, ServiceError, marketplace, views};
use crate::store::connections::ConnectionRow;
use crate::store::{Transaction, checks};

/// Checks the entries and puts them in use; what they leave out stays as it is stored. `seen` is the state of the connection that the caller knows.
///
/// # Errors
/// `InvalidField`; `CheckFailed` with the diagnosis; `OtherAccount` with both accounts unless `other_account`; `Conflict` when it was changed meanwhile.
pub async fn replace(app: &App, actor: &Actor, id: &str, seen: Option<i64>, typed: &Entries, other_account: bool) -> Result<ReplacedView, ServiceError> {
    let connection = editable(app, actor, id).await?;
    unchanged(app, &connection, seen).await?;
    let manifest = marketplace::manifest(app, &actor.organization, &connection.connector).await?;
    let stored = Stored::open(app, actor, &connection).await?;
    let ready = stored.complete(app, &manifest, typed).map_err(ServiceError::invalid_fields)?.refuse_consent(&manifest)?;
    let (inner, who, base) = (app.clone(), actor.clone(), stored.version);
    detached(app, async move { Box::pin(run(&inner, &who, connection, &manifest, ready, base, other_account)).await }).await
}

async fn run(
    app: &App,
    actor: &Actor,
    connection: ConnectionRow,
    manifest: &Manifest,
    ready: Ready,
    base: i64,
    other_account: bool,
) -> Result<ReplacedView, ServiceError> {
    let check = checking::new_check(app, actor, &connection.connector)?;
    let mut transaction = app.database.begin().await?;
    checks::insert(transaction.conn(), &check).await?;
    let event = AuditEvent::done(STARTED, Target::connection(&connection.id, &connection.name), vec![Fact::Connector(connection.connector.clone())]);
    audit::record(app, &mut transaction, actor.into(), event).await?;
    transaction.commit().await?;
    let config = ready.config.clone();
    let finished = Box::pin(checking::run(app, check, manifest, ready)).await?;
    let wanted = Wanted { connection: &connection.id, name: &connection.name, config: &config, base, other_account };
    let mut attempt = 1;
    loop {
        let mut transaction = app.database.begin().await?;
        match Box::pin(write(app, &mut transaction, actor, &wanted, &finished)).await {
            Ok(outcome) => {
                transaction.commit().await?;
                return outcome;
            }
            Err(error) if lost_a_race(&error) && attempt < ATTEMPTS => attempt += 1,
            Err(error) => return Err(error),
        }
    }
}

struct Wanted<'a> {
    connection: &'a ConnectionId,
    name: &'a str,
    config: &'a BTreeMap<String, String>,
    base: i64,
    other_account: bool,
}

/// Writes the end of the check; what the caller is told is inside, because a refusal is committed too.
async fn write(
    app: &App,
    transaction: &mut Transaction,
    actor: &Actor,
    wanted: &Wanted<'_>,
    finished: &Finished,
) -> Result<Result<ReplacedView, ServiceError>, ServiceError> {
    checks::finish(transaction.conn(), &finished.row).await?;
    let proof = match &finished.outcome {
        Ok(proof) => proof,
        Err(failure) => {
            refuse(app, transaction, actor, wanted, finished, ("connection.credential_tried", failure.code.as_str())).await?;
            return Ok(Err(ServiceError::check_failed(failure.diagnosis.clone())));
        }
    };
    let Wanted { connection, config, base, other_account, .. } = *wanted;
    let change = Change { connection, config, check: &finished.row, proof, base, other_account };
    match swap(app, transaction, actor, &change).await? {
        Swapped::Done(row, version) => {
            let check = views::check_view(&finished.row, app.now())?;
            Ok(Ok(ReplacedView { version, identity: proof.identity.clone(), check, state: (row.edits, row.row_version + 1) }))
        }
        Swapped::TooLate(who, at) => {
            refuse(app, transaction, actor, wanted, finished, ("connection.credential_held", "conflict")).await?;
            Ok(Err(too_late(app, &who, at)))
        }
        Swapped::OtherAccount(before) => {
            refuse(app, transaction, actor, wanted, finished, ("connection.credential_held", "other_account")).await?;
            Ok(Err(ServiceError::other_account(before, proof.identity.clone())))
        }
    }
}

async fn refuse(
    app: &App,
    transaction: &mut Transaction,
    actor: &Actor,
    wanted: &Wanted<'_>,
    finished: &Finished,
    (action, code): (&'static str, &str),
) -> Result<(), ServiceError> {
    let took = Fact::TookMs(u32::try_from(finished.row.took_ms).unwrap_or(u32::MAX));
    let event = AuditEvent::refused(action, Target::connection(wanted.connection, wanted.name), vec![Fact::Code(code.to_owned()), took]);
    audit::record(app, transaction, actor.into(), event).await
}
