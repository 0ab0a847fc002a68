//! What follows from the end of a change's check.

use std::collections::BTreeMap;

use crate::domain::Actor;
use crate::services::audit::{self, AuditEvent, Fact, Target};
use crate::services::checking::{Finished, Proof};
use crate::services::credentials::ATTEMPTS;
use crate::services::credentials::swap::{Change, Swapped, swap};
use crate::services::drafts::forget_secrets;
use crate::services::{App, ErrorCode, ServiceError, access, leftovers, views};
use crate::store::checks::CheckRow;
use crate::store::drafts::{self, DraftRow};
use crate::store::{Transaction, checks};

/// Writes the end of the check and what follows from it, in one transaction; begun anew when another change was committed in the same moment.
pub(super) async fn conclude(app: &App, actor: &Actor, finished: Finished) -> Result<(), ServiceError> {
    let mut attempt = 1;
    loop {
        let mut transaction = app.database.begin().await?;
        match Box::pin(write(app, &mut transaction, actor, &finished)).await {
            Ok(()) => return Ok(transaction.commit().await?),
            Err(error) if lost_a_race(&error) && attempt < ATTEMPTS => attempt += 1,
            Err(error) => return Err(error),
        }
    }
}

/// Whether another transaction was committed in between.
pub(super) const fn lost_a_race(error: &ServiceError) -> bool {
    matches!(error.code, ErrorCode::Conflict) && error.cause.is_some()
}

async fn write(app: &App, transaction: &mut Transaction, actor: &Actor, finished: &Finished) -> Result<(), ServiceError> {
    let check = &finished.row;
    if !checks::finish(transaction.conn(), check).await? {
        return Ok(());
    }
    let Some(id) = &check.draft else { return Ok(()) };
    let draft = drafts::find(transaction.conn(), &actor.organization, access::member(actor)?, id, app.now()).await?;
    let Some(mut draft) = draft.filter(|draft| draft.check_id.as_deref() == Some(check.id.as_str()) && draft.connection_id.is_none()) else { return Ok(()) };
    match &finished.outcome {
        Ok(proof) => passed(app, transaction, actor, draft, check, proof).await,
        Err(failure) => {
            leftovers::of_draft(app, transaction, &draft).await?;
            forget_secrets(app, &mut draft);
            drafts::update(transaction.conn(), &draft).await?;
            audit::record(app, transaction, actor.into(), refused(&draft, check, "connection.credential_tried", failure.code.as_str())).await
        }
    }
}

async fn passed(app: &App, transaction: &mut Transaction, actor: &Actor, mut draft: DraftRow, check: &CheckRow, proof: &Proof) -> Result<(), ServiceError> {
    let config: BTreeMap<String, String> = views::column("drafts", "entries", draft.id.as_str(), &draft.entries)?;
    let Some(connection) = draft.edits.clone() else { return Ok(()) };
    let base = draft.edits_version.unwrap_or_default();
    let change = Change { connection: &connection, config: &config, check, proof, base, other_account: false };
    let event = match swap(app, transaction, actor, &change).await {
        Ok(Swapped::Done(..)) => {
            finish(app, &mut draft);
            return Ok(drafts::update(transaction.conn(), &draft).await?);
        }
        Ok(Swapped::TooLate(..)) => {
            hold(app, &mut draft, proof)?;
            refused(&draft, check, "connection.credential_held", "conflict")
        }
        Ok(Swapped::OtherAccount(_)) => {
            hold(app, &mut draft, proof)?;
            refused(&draft, check, "connection.credential_held", "other_account")
        }
        // Turned off, disconnected or deleted meanwhile: there is nothing left to change.
        Err(error) if matches!(error.code, ErrorCode::Conflict | ErrorCode::NotFound) && error.cause.is_none() => {
            leftovers::of_draft(app, transaction, &draft).await?;
            forget_secrets(app, &mut draft);
            draft.check_id = None;
            refused(&draft, check, "connection.credential_tried", error.code.as_str())
        }
        Err(error) => return Err(error),
    };
    drafts::update(transaction.conn(), &draft).await?;
    audit::record(app, transaction, actor.into(), event).await
}

/// The draft has done its work.
pub(super) fn finish(app: &App, draft: &mut DraftRow) {
    forget_secrets(app, draft);
    draft.connection_id = draft.edits.as_ref().map(ToString::to_string);
}

/// Seals the proven credential, session included, in the draft until the person decides; [`waits`] from then on.
fn hold(app: &App, draft: &mut DraftRow, proof: &Proof) -> Result<(), ServiceError> {
    draft.secret_version += 1;
    let sealed = proof.payload.seal_draft(app, &draft.organization, &draft.id, draft.secret_version)?;
    draft.key_id = Some(sealed.key_id);
    draft.sealed = Some(sealed.bytes);
    draft.duplicate_of = draft.edits.as_ref().map(ToString::to_string);
    draft.updated_at = app.now();
    Ok(())
}

/// Whether a proven credential waits for a decision. The row itself says so: its check, read a moment later, may be further than the row.
pub(super) const fn waits(draft: &DraftRow) -> bool {
    draft.duplicate_of.is_some() && draft.sealed.is_some()
}

fn refused(draft: &DraftRow, check: &CheckRow, action: &'static str, code: &str) -> AuditEvent {
    let target = draft.edits.as_ref().map(|id| Target::connection(id, &draft.name)).unwrap_or_default();
    AuditEvent::refused(action, target, vec![Fact::Code(code.to_owned()), Fact::TookMs(u32::try_from(check.took_ms).unwrap_or(u32::MAX))])
}
