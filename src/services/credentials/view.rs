//! The change of a credential as its pages show it.

use crate::catalogue::Manifest;
use crate::domain::{Actor, CheckState, GrantKind};
use crate::dto::{CredentialDecision, CredentialEditView, GrantedCount};
use crate::services::credentials::conclude::waits;
use crate::services::credentials::kept::Stored;
use crate::services::credentials::swap::is_other;
use crate::services::credentials::{editable, last_swap};
use crate::services::drafts::{Parts, parts};
use crate::services::views::StoredResult;
use crate::services::{App, ServiceError, access, checking, consent, grants, marketplace, views};
use crate::store::connections::ConnectionRow;
use crate::store::drafts::{self, DraftRow};
use crate::store::{Reader, credentials, grants as rows, members};

/// The form of a connection's credential with what was typed or is stored, and how far its check is.
///
/// # Errors
/// `Forbidden`; `NotFound`; `Conflict` when it is turned off or disconnected.
pub async fn view(app: &App, actor: &Actor, id: &str) -> Result<CredentialEditView, ServiceError> {
    let connection = editable(app, actor, id).await?;
    let manifest = marketplace::manifest(app, &actor.organization, &connection.connector).await?;
    let connector = marketplace::connector_view(app, actor, &manifest).await?;
    let stored = Stored::open(app, actor, &connection).await?;
    let member = access::member(actor)?;
    let found = drafts::find_edit(app.database.read().await?.conn(), &actor.organization, member, &connection.id).await?;
    let found = found.filter(|draft| draft.expires_at > app.now());
    let done = found.as_ref().is_some_and(|draft| draft.connection_id.is_some());
    let draft = found.filter(|draft| draft.connection_id.is_none());
    let kept = stored.payload.fields.keys().cloned().collect();
    let shown = match &draft {
        Some(draft) => parts(app, actor, &manifest, draft).await?,
        None => {
            let destination = checking::destination(app, &manifest, &stored.config);
            Parts { values: stored.config, errors: Default::default(), check: None, destination }
        }
    };
    let decision = match &draft {
        Some(draft) => decision(app, &connection, &manifest, draft, stored.version).await?,
        None => None,
    };
    let versions = if done { credentials::versions(app.database.read().await?.conn(), &actor.organization, &connection.id).await? } else { Vec::new() };
    Ok(CredentialEditView {
        keeps_before: versions.iter().any(|version| version.version == stored.version - 1),
        now: app.now(),
        connection: connection.id.to_string(),
        name: connection.name,
        connector,
        values: shown.values,
        errors: shown.errors,
        kept,
        destination: shown.destination,
        kept_until: draft.as_ref().map(|draft| draft.expires_at),
        draft: draft.map(|draft| draft.id.to_string()),
        check: shown.check,
        decision,
        done,
        consents: manifest.oauth.as_ref().is_some_and(|oauth| oauth.needs_app() && oauth.option.is_none()),
    })
}

/// What has to be decided before a proven credential is used; none when nothing waits.
async fn decision(
    app: &App,
    connection: &ConnectionRow,
    manifest: &Manifest,
    draft: &DraftRow,
    version: i64,
) -> Result<Option<CredentialDecision>, ServiceError> {
    let mut reader = app.database.read().await?;
    let check = views::find_check(reader.conn(), &connection.organization, draft.check_id.as_deref()).await?;
    let Some(check) = check.filter(|check| check.state == CheckState::Passed && waits(draft)) else { return Ok(None) };
    let result: StoredResult = views::column("checks", "result", check.id.as_str(), &check.result)?;
    let Some(after) = result.identity else { return Ok(None) };
    let changed = if draft.edits_version == Some(version) { None } else { Some(last_swap(reader.conn(), connection).await?) };
    let consent = consents(&mut reader, connection, manifest, draft).await?;
    let (allowed_by, permissions) = consent.map_or((None, None), |(people, permissions)| (Some(people), permissions));
    Ok(Some(CredentialDecision {
        allowed_by,
        permissions,
        before: views::column("connections", "identity", connection.id.as_str(), &connection.identity)?,
        before_host: connection.host.clone(),
        other_account: is_other(connection, &after),
        after,
        after_host: result.host,
        changed,
        version,
    }))
}

type Permissions = Option<(Option<GrantedCount>, GrantedCount)>;

/// Who allowed access before and who does now, and what was granted then and now; none where the draft's tokens came by nobody's consent.
async fn consents(
    reader: &mut Reader,
    connection: &ConnectionRow,
    manifest: &Manifest,
    draft: &DraftRow,
) -> Result<Option<((String, String), Permissions)>, ServiceError> {
    let Some(opened) = consent::opened(draft)? else { return Ok(None) };
    let organization = &connection.organization;
    let active = credentials::active(reader.conn(), organization, &connection.id).await?;
    let before = match &active {
        Some(active) => members::name_of(reader.conn(), organization, &active.created_by).await?.unwrap_or_default(),
        None => String::new(),
    };
    let now = members::name_of(reader.conn(), organization, &draft.member).await?.unwrap_or_default();
    let count = |config: &str, said: &str| -> Result<Option<GrantedCount>, ServiceError> {
        let config = views::column("credentials", "config", connection.id.as_str(), config)?;
        Ok(manifest.oauth_of(&config).and_then(|oauth| grants::granted(oauth, &config, said)))
    };
    let was = match &active {
        Some(active) => rows::find(reader.conn(), organization, &active.id).await?.filter(|grant| grant.kind == GrantKind::Code),
        None => None,
    };
    let was = match (&active, was) {
        (Some(active), Some(grant)) => count(&active.config, &grant.granted)?,
        _ => None,
    };
    Ok(Some(((before, now), count(&draft.entries, &opened.granted)?.map(|now| (was, now)))))
}
