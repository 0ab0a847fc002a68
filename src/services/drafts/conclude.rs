//! What follows from the end of a draft's check.

use std::collections::BTreeMap;

use crate::catalogue::Manifest;
use crate::domain::{Actor, ConnectionId};
use crate::dto::DiagnosisView;
use crate::services::audit::{self, AuditEvent, Fact, Target};
use crate::services::checking::{Failure, Finished, Proof};
use crate::services::drafts::QUICK;
use crate::services::save::{self, NewConnection};
use crate::services::{App, ServiceError, access, consent, entry_links, grants, leftovers, views};
use crate::store::connections::Sight;
use crate::store::drafts::{self, DraftRow};
use crate::store::{Transaction, checks, connections};

/// What became of a draft.
#[derive(Debug)]
pub enum Concluded {
    /// A connection.
    Saved,
    /// It waits: the account is connected already.
    Duplicate,
    /// The check failed; the secrets are forgotten.
    Failed(Box<DiagnosisView>),
    /// The draft was changed or discarded meanwhile; nothing was saved.
    Overtaken,
}

/// Writes the end of the check and what follows from it, in one transaction; begun anew when somebody takes the name in the same moment.
pub async fn conclude(app: &App, actor: &Actor, manifest: &Manifest, finished: Finished) -> Result<Concluded, ServiceError> {
    let mut attempt = 1;
    loop {
        let mut transaction = app.database.begin().await?;
        match Box::pin(write(app, &mut transaction, actor, manifest, &finished)).await {
            Ok(concluded) => {
                transaction.commit().await?;
                return Ok(concluded);
            }
            Err(error) if save::lost_the_name(&error) && attempt < save::ATTEMPTS => attempt += 1,
            Err(error) => return Err(error),
        }
    }
}

async fn write(app: &App, transaction: &mut Transaction, actor: &Actor, manifest: &Manifest, finished: &Finished) -> Result<Concluded, ServiceError> {
    let check = &finished.row;
    if !checks::finish(transaction.conn(), check).await? {
        return Ok(Concluded::Overtaken);
    }
    let Some(id) = &check.draft else { return Ok(Concluded::Overtaken) };
    let draft = drafts::find(transaction.conn(), &actor.organization, access::member(actor)?, id, app.now()).await?;
    let Some(draft) = draft.filter(|draft| draft.check_id.as_deref() == Some(check.id.as_str()) && draft.connection_id.is_none()) else {
        return Ok(Concluded::Overtaken);
    };
    match &finished.outcome {
        Ok(_) if !entry_links::use_up(app, transaction, actor, check).await? => Ok(Concluded::Overtaken),
        Ok(proof) => passed(app, transaction, actor, manifest, draft, finished, proof).await,
        Err(failure) => failed(app, transaction, actor, draft, finished, failure).await,
    }
}

async fn failed(
    app: &App,
    transaction: &mut Transaction,
    actor: &Actor,
    mut draft: DraftRow,
    finished: &Finished,
    failure: &Failure,
) -> Result<Concluded, ServiceError> {
    leftovers::of_draft(app, transaction, &draft).await?;
    forget_secrets(app, &mut draft);
    drafts::update(transaction.conn(), &draft).await?;
    let facts = vec![
        Fact::Connector(draft.connector.clone()),
        Fact::Code(failure.code.as_str().to_owned()),
        Fact::TookMs(u32::try_from(finished.row.took_ms).unwrap_or(u32::MAX)),
    ];
    audit::record(app, transaction, actor.into(), AuditEvent::refused("draft.checked", Target::draft(&draft.id, &draft.name), facts)).await?;
    Ok(Concluded::Failed(Box::new(failure.diagnosis.clone())))
}

async fn passed(
    app: &App,
    transaction: &mut Transaction,
    actor: &Actor,
    manifest: &Manifest,
    mut draft: DraftRow,
    finished: &Finished,
    proof: &Proof,
) -> Result<Concluded, ServiceError> {
    if let Some(opened) = &proof.opened
        && !grants::has_app(transaction, &draft.organization, opened).await?
    {
        return without_app(app, transaction, actor, draft).await;
    }
    let config: BTreeMap<String, String> = views::column("drafts", "entries", draft.id.as_str(), &draft.entries)?;
    let quick = draft.flow == QUICK;
    let team = draft.team.clone();
    let name = if quick { manifest.name.clone() } else { draft.name.clone() };
    let new =
        NewConnection { provider: &manifest.name, name: &name, personal: draft.personal, team: team.as_ref(), config: &config, check: &finished.row, proof };
    save::one_at_a_time(transaction, actor).await?;
    let same = if quick {
        connections::of_connector(transaction.conn(), &actor.organization, &manifest.id, Sight::default()).await?.into_iter().next()
    } else {
        save::duplicate(transaction, actor, &new).await?
    };
    if let Some(same) = same {
        let event = AuditEvent::refused("draft.duplicate", Target::draft(&draft.id, &draft.name), vec![Fact::Connector(manifest.id.clone())]);
        if quick {
            leftovers::of_draft(app, transaction, &draft).await?;
            forget_secrets(app, &mut draft);
        } else {
            await_decision(app, &mut draft, proof, &same.id)?;
        }
        drafts::update(transaction.conn(), &draft).await?;
        audit::record(app, transaction, actor.into(), event).await?;
        return Ok(Concluded::Duplicate);
    }
    let saved = save::connection(app, transaction, actor, &new).await?;
    forget_secrets(app, &mut draft);
    draft.connection_id = Some(saved.id.to_string());
    draft.name = saved.name;
    drafts::update(transaction.conn(), &draft).await?;
    Ok(Concluded::Saved)
}

/// The app was deleted while the check ran: the draft is back at its details, which say so.
async fn without_app(app: &App, transaction: &mut Transaction, actor: &Actor, mut draft: DraftRow) -> Result<Concluded, ServiceError> {
    let gone = grants::app_is_gone();
    leftovers::of_draft(app, transaction, &draft).await?;
    forget_secrets(app, &mut draft);
    draft.check_id = None;
    draft.errors = serde_json::to_string(&BTreeMap::from([(consent::APP_FIELD, gone.message)]))?;
    drafts::update(transaction.conn(), &draft).await?;
    let facts = vec![Fact::Connector(draft.connector.clone()), Fact::Code(gone.code.as_str().to_owned())];
    audit::record(app, transaction, actor.into(), AuditEvent::refused("draft.checked", Target::draft(&draft.id, &draft.name), facts)).await?;
    Ok(Concluded::Overtaken)
}

/// Seals the proven credential, session included, in the draft until the person decides.
fn await_decision(app: &App, draft: &mut DraftRow, proof: &Proof, same: &ConnectionId) -> Result<(), ServiceError> {
    draft.secret_version += 1;
    let sealed = proof.payload.seal_draft(app, &draft.organization, &draft.id, draft.secret_version)?;
    draft.key_id = Some(sealed.key_id);
    draft.sealed = Some(sealed.bytes);
    draft.duplicate_of = Some(same.to_string());
    draft.updated_at = app.now();
    Ok(())
}

/// Leaves nothing secret in the draft.
pub fn forget_secrets(app: &App, draft: &mut DraftRow) {
    draft.key_id = None;
    draft.sealed = None;
    draft.tokens = None;
    draft.updated_at = app.now();
}
