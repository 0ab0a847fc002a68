//! Beginning and forgetting a draft.

use crate::catalogue::Manifest;
use crate::domain::{Action, Actor, DraftId};
use crate::services::audit::{self, AuditEvent, Fact, Target};
use crate::services::drafts::{KEPT_MS, WIZARD, find};
use crate::services::{App, ServiceError, access, entry_links, leftovers, marketplace};
use crate::store::Transaction;
use crate::store::drafts::{self, DraftRow};

/// Begins a draft for a connector, or goes on with the one that was not finished.
///
/// # Errors
/// `Forbidden`; `NotFound`.
pub async fn start(app: &App, actor: &Actor, connector: &str) -> Result<DraftId, ServiceError> {
    access::require_somewhere(actor, Action::Connect)?;
    let manifest = marketplace::manifest(app, &actor.organization, connector).await?;
    Ok(open(app, actor, &manifest, WIZARD).await?.id)
}

/// The newest unfinished draft of this flow, or a new one.
pub(in crate::services) async fn open(app: &App, actor: &Actor, manifest: &Manifest, flow: &str) -> Result<DraftRow, ServiceError> {
    let member = access::member(actor)?;
    let now = app.now();
    let mut transaction = app.database.begin().await?;
    let unfinished = drafts::find_by_flow(transaction.conn(), &actor.organization, member, &manifest.id, flow, now).await?;
    if let Some(row) = unfinished.filter(|row| row.duplicate_of.is_none()) {
        return Ok(row);
    }
    let row = insert(app, &mut transaction, actor, manifest, flow).await?;
    transaction.commit().await?;
    Ok(row)
}

/// A new draft, with its audit row.
pub(in crate::services) async fn insert(
    app: &App,
    transaction: &mut Transaction,
    actor: &Actor,
    manifest: &Manifest,
    flow: &str,
) -> Result<DraftRow, ServiceError> {
    let now = app.now();
    let row = DraftRow {
        id: DraftId::generate(app.clock.as_ref(), app.random.as_ref()),
        organization: actor.organization.clone(),
        member: access::member(actor)?.clone(),
        connector: manifest.id.clone(),
        flow: flow.to_owned(),
        name: String::new(),
        personal: false,
        team: None,
        entries: "{}".to_owned(),
        errors: "{}".to_owned(),
        secret_version: 0,
        key_id: None,
        sealed: None,
        check_id: None,
        connection_id: None,
        duplicate_of: None,
        created_at: now,
        updated_at: now,
        expires_at: now.plus_millis(KEPT_MS),
        row_version: 1,
        edits: None,
        edits_version: None,
        app: None,
        tokens: None,
    };
    drafts::insert(transaction.conn(), &row).await?;
    let event = AuditEvent::done("draft.started", Target::draft(&row.id, ""), vec![Fact::Connector(manifest.id.clone())]);
    audit::record(app, transaction, actor.into(), event).await?;
    Ok(row)
}

/// Forgets a draft with everything in it.
///
/// # Errors
/// `NotFound`.
pub async fn discard(app: &App, actor: &Actor, id: &str) -> Result<(), ServiceError> {
    access::require(actor, Action::Connect)?;
    let mut transaction = app.database.begin().await?;
    let row = find(app, transaction.conn(), actor, id).await?;
    entry_links::end_of_draft(app, &mut transaction, actor, &row).await?;
    leftovers::of_draft(app, &mut transaction, &row).await?;
    drafts::delete(transaction.conn(), &actor.organization, &row.member, &row.id).await?;
    let event = AuditEvent::done("draft.discarded", Target::draft(&row.id, &row.name), vec![Fact::Connector(row.connector.clone())]);
    audit::record(app, &mut transaction, actor.into(), event).await?;
    transaction.commit().await?;
    Ok(())
}
