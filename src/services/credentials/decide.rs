//! Deciding about a proven credential that waits: it opens another account, or somebody was faster.

use std::collections::BTreeMap;

use crate::catalogue::Manifest;
use crate::domain::{Actor, CheckState};
use crate::services::audit::{self, AuditEvent, Target};
use crate::services::checking::Proof;
use crate::services::credentials::conclude::{finish, lost_a_race, waits};
use crate::services::credentials::swap::{Change, Swapped, swap};
use crate::services::credentials::{ATTEMPTS, editable, too_late, unfinished};
use crate::services::grants::opened_of;
use crate::services::payload::Payload;
use crate::services::views::StoredResult;
use crate::services::{App, ServiceError, consent, leftovers, marketplace, views};
use crate::store::connections::ConnectionRow;
use crate::store::{Transaction, drafts};

/// Puts the waiting credential in use, in place of the version that the person saw.
///
/// # Errors
/// `Conflict` when nothing waits, or when somebody put another version in use since; the credential then keeps waiting.
pub async fn accept(app: &App, actor: &Actor, id: &str, seen: i64) -> Result<(), ServiceError> {
    let connection = editable(app, actor, id).await?;
    let manifest = marketplace::manifest(app, &actor.organization, &connection.connector).await?;
    let mut attempt = 1;
    loop {
        let mut transaction = app.database.begin().await?;
        match Box::pin(write(app, &mut transaction, actor, (&connection, &manifest), seen)).await {
            Ok(()) => return Ok(transaction.commit().await?),
            Err(error) if lost_a_race(&error) && attempt < ATTEMPTS => attempt += 1,
            Err(error) => return Err(error),
        }
    }
}

async fn write(
    app: &App,
    transaction: &mut Transaction,
    actor: &Actor,
    (connection, manifest): (&ConnectionRow, &Manifest),
    seen: i64,
) -> Result<(), ServiceError> {
    let nothing = || ServiceError::conflict("There is nothing to decide here any more. Look at the connection to see how it is.");
    let mut draft = unfinished(app, transaction.conn(), actor, &connection.id).await?.ok_or_else(nothing)?;
    let check = views::find_check(transaction.conn(), &actor.organization, draft.check_id.as_deref()).await?;
    let check = check.filter(|check| check.state == CheckState::Passed).ok_or_else(nothing)?;
    let sealed = draft.sealed.as_deref().filter(|_| waits(&draft)).ok_or_else(nothing)?;
    let payload = Payload::open_draft(app, &actor.organization, &draft.id, draft.secret_version, sealed)?;
    let result: StoredResult = views::column("checks", "result", check.id.as_str(), &check.result)?;
    let config: BTreeMap<String, String> = views::column("drafts", "entries", draft.id.as_str(), &draft.entries)?;
    let opened = consent::opened(&draft)?.or_else(|| opened_of(app, manifest, &config, &payload));
    let proof = Proof { identity: result.identity.ok_or_else(nothing)?, host: result.host, payload, renewed: false, opened };
    let change = Change { connection: &connection.id, config: &config, check: &check, proof: &proof, base: seen, other_account: true };
    match swap(app, transaction, actor, &change).await? {
        Swapped::Done(..) => {
            finish(app, &mut draft);
            Ok(drafts::update(transaction.conn(), &draft).await?)
        }
        Swapped::TooLate(who, at) => Err(too_late(app, &who, at)),
        Swapped::OtherAccount(_) => Err(nothing()),
    }
}

/// Forgets what was typed and whatever waits; nothing else changes.
///
/// # Errors
/// `NotFound`; `Conflict` when it is turned off or disconnected.
pub async fn forget(app: &App, actor: &Actor, id: &str) -> Result<(), ServiceError> {
    let connection = editable(app, actor, id).await?;
    let mut transaction = app.database.begin().await?;
    if let Some(draft) = unfinished(app, transaction.conn(), actor, &connection.id).await? {
        leftovers::of_draft(app, &mut transaction, &draft).await?;
        drafts::delete(transaction.conn(), &draft.organization, &draft.member, &draft.id).await?;
        let event = AuditEvent::done("draft.discarded", Target::draft(&draft.id, &draft.name), Vec::new());
        audit::record(app, &mut transaction, actor.into(), event).await?;
    }
    Ok(transaction.commit().await?)
}
