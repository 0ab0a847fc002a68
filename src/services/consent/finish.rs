//! What is made of the tokens that came: fields filled, an account picked, and on to the check.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::arrive::{Arrived, CameBack, Failure, plainly, stopped};
use super::held::Held;
use crate::catalogue::{FilledBy, Manifest};
use crate::connect::oauth::{AppCredentials, Party, Tokens};
use crate::domain::{Actor, ConsentTrouble};
use crate::services::audit::{self, AuditEvent, Fact, Target};
use crate::services::entries::Ready;
use crate::services::payload::{Payload, StoredGrant};
use crate::services::{App, ErrorCode, ServiceError, credentials, drafts, grants, views};
use crate::store::drafts::{DraftRow, update};

/// Who came back, to what, and by which app.
pub(super) struct Trip<'a> {
    pub app: &'a App,
    pub actor: &'a Actor,
    pub manifest: &'a Arc<Manifest>,
    pub of_app: &'a AppCredentials,
}

/// Fills in what the provider told, picks the only account, or keeps the tokens until a person picks one.
pub(super) async fn finish(trip: &Trip<'_>, mut draft: DraftRow, mut payload: Payload, tokens: Tokens, back: &CameBack) -> Result<Arrived, Failure> {
    let Trip { app, actor, manifest, of_app } = *trip;
    let mut config: BTreeMap<String, String> = views::column("drafts", "entries", draft.id.as_str(), &draft.entries).map_err(plainly)?;
    let bad = |draft: &DraftRow, detail: &str| stopped(draft, ConsentTrouble::BadTokenResponse, String::new(), detail);
    config.extend(tokens.filled.clone());
    for field in &manifest.fields {
        let Some(FilledBy::Callback(name)) = &field.filled_by else { continue };
        let value = back.value(name).map(|value| value.expose().clone());
        let value = value.filter(|value| field.takes(value)).ok_or_else(|| bad(&draft, "callback_field"))?;
        config.insert(field.id.clone(), value);
    }
    let Some(oauth) = manifest.oauth_of(&config) else { return Err(bad(&draft, "option")) };
    let mut held = Held::of(&tokens, oauth, &config, draft.app.clone(), app.now());
    payload.grant = Some(StoredGrant { access_token: tokens.access_token, refresh_token: tokens.refresh_token, previous_refresh_token: None });
    let Some(accounts) = &oauth.accounts else { return launch(app, actor, manifest, draft, config, payload, held).await };
    // Which account was picked before is not asked for: it may not be this person's.
    config.remove(&accounts.field);
    let lent = grants::lend(app, &draft.organization, draft.app.as_ref(), &payload).await.map_err(plainly)?;
    let party = Party { manifest, oauth, config: &config, app: of_app };
    let found = Box::pin(app.connect.oauth_accounts(&party, &lent)).await.map_err(|problem| {
        tracing::warn!(%problem, connector = draft.connector, "the accounts of a grant could not be listed");
        let trouble = if problem.is_transient() { ConsentTrouble::ProviderDown } else { ConsentTrouble::BadTokenResponse };
        stopped(&draft, trouble, String::new(), &format!("accounts_{}", problem.code()))
    })?;
    match found.as_slice() {
        [] => Err(stopped(&draft, ConsentTrouble::NoAccount, String::new(), "")),
        [only] => {
            set_account(manifest, &accounts.field, &only.id, &mut config).ok_or_else(|| bad(&draft, "account"))?;
            launch(app, actor, manifest, draft, config, payload, held).await
        }
        _ => {
            held.accounts = found.into_iter().map(|account| (account.id, account.name)).collect();
            keep(app, actor, &mut draft, &config, &payload, &held).await.map_err(|error| plainly(gone(error)))?;
            Ok(Arrived::Accounts(draft.id))
        }
    }
}

/// Fills the field of the account; none when it does not fit.
pub(super) fn set_account(manifest: &Manifest, field: &str, id: &str, config: &mut BTreeMap<String, String>) -> Option<()> {
    manifest.field(field).filter(|field| field.takes(id))?;
    config.insert(field.to_owned(), id.to_owned());
    Some(())
}

/// Binds the tokens to where they may go and starts the check, as for typed entries.
pub(super) async fn launch(
    app: &App,
    actor: &Actor,
    manifest: &Arc<Manifest>,
    mut draft: DraftRow,
    config: BTreeMap<String, String>,
    mut payload: Payload,
    mut held: Held,
) -> Result<Arrived, Failure> {
    let leads = app.connect.destination(manifest, &config);
    let leads = leads.map_err(|problem| stopped(&draft, ConsentTrouble::BadTokenResponse, String::new(), &format!("address {problem}")))?;
    payload.bound_origins = leads.origins;
    let of_app = draft.app.clone();
    let (id, edits) = (draft.id.clone(), draft.edits.clone());
    held.accounts.clear();
    draft.tokens = Some(serde_json::to_string(&held).map_err(|error| plainly(ServiceError::from(error)))?);
    let ready = Ready { config, payload, app: of_app, opened: Some(held.opened()) };
    let started = match &edits {
        Some(_) => credentials::go_on(app, actor, manifest.clone(), draft, ready).await,
        None => drafts::go_on(app, actor, manifest.clone(), draft, ready).await,
    };
    started.map_err(|error| plainly(gone(error)))?;
    Ok(Arrived::Testing(id, edits))
}

/// A draft that somebody wrote in the same moment has moved on.
fn gone(error: ServiceError) -> super::arrive::Ended {
    if error.code == ErrorCode::Conflict { ConsentTrouble::DraftGone.into() } else { error.into() }
}

/// Keeps the tokens, sealed, until a person picks an account.
async fn keep(app: &App, actor: &Actor, draft: &mut DraftRow, config: &BTreeMap<String, String>, payload: &Payload, held: &Held) -> Result<(), ServiceError> {
    draft.entries = serde_json::to_string(config)?;
    draft.tokens = Some(serde_json::to_string(held)?);
    draft.secret_version += 1;
    let sealed = payload.seal_draft(app, &draft.organization, &draft.id, draft.secret_version)?;
    draft.key_id = Some(sealed.key_id);
    draft.sealed = Some(sealed.bytes);
    draft.updated_at = app.now();
    let mut transaction = app.database.begin().await?;
    update(transaction.conn(), draft).await?;
    let event = AuditEvent::done("consent.ended", Target::draft(&draft.id, &draft.name), vec![Fact::Connector(draft.connector.clone())]);
    audit::record(app, &mut transaction, actor.into(), event).await?;
    Ok(transaction.commit().await?)
}
