//! Saving a draft whose account is connected already.

use std::collections::BTreeMap;

use crate::catalogue::Manifest;
use crate::domain::{Action, Actor, CheckState, ConnectionId};
use crate::services::checking::Proof;
use crate::services::drafts::conclude::forget_secrets;
use crate::services::drafts::find;
use crate::services::grants::opened_of;
use crate::services::payload::Payload;
use crate::services::save::{self, NewConnection};
use crate::services::views::StoredResult;
use crate::services::{App, ServiceError, access, consent, marketplace, views};
use crate::store::{Transaction, drafts};

/// Saves a draft whose account is connected already, because the person wants it twice.
///
/// # Errors
/// `Conflict` when the draft does not wait for this decision.
pub async fn keep_duplicate(app: &App, actor: &Actor, id: &str) -> Result<ConnectionId, ServiceError> {
    access::require_somewhere(actor, Action::Connect)?;
    let connector = find(app, app.database.read().await?.conn(), actor, id).await?.connector;
    let manifest = marketplace::manifest(app, &actor.organization, &connector).await?;
    let mut attempt = 1;
    loop {
        let mut transaction = app.database.begin().await?;
        match Box::pin(write(app, &mut transaction, actor, &manifest, id)).await {
            Ok(saved) => {
                transaction.commit().await?;
                return Ok(saved);
            }
            Err(error) if save::lost_the_name(&error) && attempt < save::ATTEMPTS => attempt += 1,
            Err(error) => return Err(error),
        }
    }
}

async fn write(app: &App, transaction: &mut Transaction, actor: &Actor, manifest: &Manifest, id: &str) -> Result<ConnectionId, ServiceError> {
    let nothing_to_decide = || ServiceError::conflict("There is nothing to decide here. Open the draft to see how it is.");
    let mut draft = find(app, transaction.conn(), actor, id).await?;
    if !actor.may_with(Action::Connect, draft.team.as_ref(), actor.member().filter(|_| draft.personal)) {
        return Err(ServiceError::forbidden(Action::Connect));
    }
    let check = views::find_check(transaction.conn(), &actor.organization, draft.check_id.as_deref()).await?;
    let check = check.filter(|check| check.state == CheckState::Passed && draft.connection_id.is_none()).ok_or_else(nothing_to_decide)?;
    let sealed = draft.sealed.as_deref().filter(|_| draft.duplicate_of.is_some()).ok_or_else(nothing_to_decide)?;
    let payload = Payload::open_draft(app, &actor.organization, &draft.id, draft.secret_version, sealed)?;
    let result: StoredResult = views::column("checks", "result", check.id.as_str(), &check.result)?;
    let config: BTreeMap<String, String> = views::column("drafts", "entries", draft.id.as_str(), &draft.entries)?;
    let opened = consent::opened(&draft)?.or_else(|| opened_of(app, manifest, &config, &payload));
    let proof = Proof { identity: result.identity.ok_or_else(nothing_to_decide)?, host: result.host, payload, renewed: false, opened };
    let new = NewConnection {
        provider: &manifest.name,
        name: &draft.name,
        personal: draft.personal,
        team: draft.team.as_ref(),
        config: &config,
        check: &check,
        proof: &proof,
    };
    let saved = save::connection(app, transaction, actor, &new).await?;
    forget_secrets(app, &mut draft);
    draft.connection_id = Some(saved.id.to_string());
    draft.name = saved.name;
    drafts::update(transaction.conn(), &draft).await?;
    Ok(saved.id)
}
