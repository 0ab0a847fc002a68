//! Picking one of several accounts.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::arrive::{Arrived, Ended};
use super::finish::{launch, set_account};
use super::held::{Held, held};
use super::{moved_on, require_on, waits};
use crate::catalogue::{Accounts, Manifest};
use crate::domain::{Action, Actor};
use crate::dto::{AccountPickView, DraftWait};
use crate::services::payload::Payload;
use crate::services::{App, ServiceError, access, connections, drafts, marketplace, views};
use crate::store::drafts::DraftRow;

/// The accounts that a draft's tokens open.
///
/// # Errors
/// `Forbidden`; `NotFound`; `Conflict` when the draft does not wait for a choice.
pub async fn accounts(app: &App, actor: &Actor, draft: &str) -> Result<AccountPickView, ServiceError> {
    let Waiting { draft, manifest, accounts, held, config } = waiting(app, actor, draft).await?;
    let mut view = AccountPickView {
        draft: draft.id.to_string(),
        connector: marketplace::connector_view(app, actor, &manifest).await?,
        noun: accounts.noun.clone(),
        accounts: held.accounts,
        before: config.get(&accounts.field).cloned(),
        reconnects: None,
    };
    if let Some(connection) = &draft.edits {
        let row = connections::find(app, actor, connection.as_str()).await?;
        let stored: BTreeMap<String, String> = views::column("connections", "config", row.id.as_str(), &row.config)?;
        view.before = stored.get(&accounts.field).cloned();
        view.reconnects = Some((row.id.to_string(), row.name));
    }
    Ok(view)
}

/// Picks an account and starts the check.
///
/// # Errors
/// `Forbidden`; `NotFound`, also for an account that is not among those; `Conflict` when the draft does not wait for a choice.
pub async fn pick(app: &App, actor: &Actor, draft: &str, account: &str) -> Result<Arrived, ServiceError> {
    let Waiting { draft, manifest, accounts, held, mut config } = waiting(app, actor, draft).await?;
    if !held.accounts.iter().any(|(id, _)| id == account) {
        return Err(ServiceError::not_found());
    }
    let unusable = || ServiceError::conflict("The provider's id of this account cannot be used. Nothing was saved.");
    set_account(&manifest, &accounts.field, account, &mut config).ok_or_else(unusable)?;
    let payload = Payload::open_draft(app, &draft.organization, &draft.id, draft.secret_version, draft.sealed.as_deref().unwrap_or_default())?;
    launch(app, actor, &manifest, draft, config, payload, held).await.map_err(|(ended, _)| match ended {
        Ended::Failed(error) => error,
        Ended::Stopped(stopped) => ServiceError::conflict(stopped.trouble.text()),
    })
}

struct Waiting {
    draft: DraftRow,
    manifest: Arc<Manifest>,
    accounts: Accounts,
    held: Held,
    config: BTreeMap<String, String>,
}

async fn waiting(app: &App, actor: &Actor, draft: &str) -> Result<Waiting, ServiceError> {
    access::require(actor, Action::Connect)?;
    let draft = drafts::find_any(app, app.database.read().await?.conn(), actor, draft).await?;
    require_on(app, actor, &draft).await?;
    let held = held(&draft)?.ok_or_else(moved_on)?;
    if waits(&draft)? != DraftWait::Account {
        return Err(moved_on());
    }
    let manifest = marketplace::manifest(app, &actor.organization, &draft.connector).await?;
    let config: BTreeMap<String, String> = views::column("drafts", "entries", draft.id.as_str(), &draft.entries)?;
    let accounts = manifest.oauth_of(&config).and_then(|oauth| oauth.accounts.clone()).ok_or_else(moved_on)?;
    Ok(Waiting { draft, manifest, accounts, held, config })
}
