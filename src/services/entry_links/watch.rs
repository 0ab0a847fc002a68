//! Following a link as the one who made it, and ending it.

use crate::catalogue::Manifest;
use crate::domain::{Action, Actor, CheckId, EntryLinkId};
use crate::dto::{AskView, EntryLinkState, EntryLinkView};
use crate::services::audit::{self, AuditEvent, Fact, Target};
use crate::services::drafts::forget_secrets;
use crate::services::entry_links::fields::{self, Given};
use crate::services::entry_links::{HOUR_MS, TRIES};
use crate::services::{App, ServiceError, access, drafts, leftovers, marketplace, views};
use crate::store::drafts::{self as rows, DraftRow};
use crate::store::entry_links::{self, Ending, EntryLinkRow};
use crate::store::{Conn, Transaction};

/// How long a used link is shown at home, in milliseconds.
const SHOWN_MS: i64 = 24 * HOUR_MS;

/// The page on which a link is made and followed.
///
/// # Errors
/// `Forbidden`; `NotFound`, also for somebody else's draft.
pub async fn page(app: &App, actor: &Actor, draft: &str) -> Result<AskView, ServiceError> {
    let draft = drafts::view(app, actor, draft).await?;
    let manifest = marketplace::manifest(app, &actor.organization, &draft.connector.summary.id).await?;
    let mut reader = app.database.read().await?;
    let row = drafts::find(app, reader.conn(), actor, &draft.id).await?;
    let link = entry_links::newest_of_draft(reader.conn(), &actor.organization, access::member(actor)?, &row.id).await?;
    let link = link.map(|link| show(app, &link, &manifest, draft.connection.clone())).transpose()?;
    Ok(AskView { choices: fields::choices(&manifest, &draft.values), draft, link })
}

/// One link of the actor.
///
/// # Errors
/// `Forbidden`; `NotFound`, also for somebody else's link.
pub async fn view(app: &App, actor: &Actor, id: &str) -> Result<EntryLinkView, ServiceError> {
    access::require(actor, Action::Connect)?;
    let mut reader = app.database.read().await?;
    let row = find(reader.conn(), actor, id).await?;
    let draft = rows::find(reader.conn(), &row.organization, &row.member, &row.draft, app.now()).await?;
    drop(reader);
    let manifest = marketplace::manifest(app, &row.organization, &row.connector).await?;
    show(app, &row, &manifest, draft.and_then(|draft| draft.connection_id))
}

/// The links of the actor that wait for somebody, and those used within a day; none for people who may not connect.
///
/// # Errors
/// [`ServiceError`] when the database does not answer.
pub async fn waiting(app: &App, actor: &Actor) -> Result<Vec<EntryLinkView>, ServiceError> {
    let Some(member) = actor.member().filter(|_| access::may_somewhere(actor, Action::Connect)) else { return Ok(Vec::new()) };
    let now = app.now();
    let mut reader = app.database.read().await?;
    let mut links = Vec::new();
    for row in entry_links::of_interest(reader.conn(), &actor.organization, member, now, now.plus_millis(-SHOWN_MS)).await? {
        let Some(draft) = rows::find(reader.conn(), &row.organization, &row.member, &row.draft, now).await? else { continue };
        // Whoever finished the draft otherwise needs no link any more.
        if row.ending == Some(Ending::Used) || draft.connection_id.is_none() {
            links.push((row, draft.connection_id));
        }
    }
    drop(reader);
    let mut shown = Vec::with_capacity(links.len());
    for (row, connection) in links {
        let Some(manifest) = marketplace::find(app, &row.organization, &row.connector).await? else { continue };
        shown.push(show(app, &row, &manifest, connection)?);
    }
    Ok(shown)
}

/// Ends a link. A check that runs through it saves nothing any more.
///
/// # Errors
/// `NotFound`; `Conflict` when it has ended already.
pub async fn withdraw(app: &App, actor: &Actor, id: &str) -> Result<EntryLinkView, ServiceError> {
    access::require_somewhere(actor, Action::Connect)?;
    let mut transaction = app.database.begin().await?;
    let row = find(transaction.conn(), actor, id).await?;
    if !end(app, &mut transaction, actor, &row).await? {
        return Err(ServiceError::conflict("This link has ended already. Nothing was changed."));
    }
    transaction.commit().await?;
    view(app, actor, id).await
}

/// Ends the link of a draft, if one works.
///
/// # Errors
/// `NotFound` for a foreign draft; `Conflict` when nothing was left to withdraw.
pub async fn withdraw_of_draft(app: &App, actor: &Actor, draft: &str) -> Result<(), ServiceError> {
    access::require_somewhere(actor, Action::Connect)?;
    let mut transaction = app.database.begin().await?;
    let draft = drafts::find(app, transaction.conn(), actor, draft).await?;
    if !end_of_draft(app, &mut transaction, actor, &draft).await? {
        return Err(ServiceError::conflict("This link has ended already. Nothing was changed."));
    }
    transaction.commit().await?;
    Ok(())
}

/// The same within a transaction; whether there was one to end.
pub(in crate::services) async fn end_of_draft(app: &App, transaction: &mut Transaction, actor: &Actor, draft: &DraftRow) -> Result<bool, ServiceError> {
    let newest = entry_links::newest_of_draft(transaction.conn(), &draft.organization, &draft.member, &draft.id).await?;
    match newest.filter(|row| row.ending.is_none()) {
        Some(row) => end(app, transaction, actor, &row).await,
        None => Ok(false),
    }
}

async fn end(app: &App, transaction: &mut Transaction, actor: &Actor, row: &EntryLinkRow) -> Result<bool, ServiceError> {
    if !entry_links::end(transaction.conn(), &row.organization, &row.id, Ending::Withdrawn, app.now()).await? {
        return Ok(false);
    }
    let draft = rows::find(transaction.conn(), &row.organization, &row.member, &row.draft, app.now()).await?;
    let checking =
        |draft: &DraftRow| draft.connection_id.is_none() && draft.check_id.is_some() && draft.check_id.as_deref() == row.check.as_ref().map(CheckId::as_str);
    if let Some(mut draft) = draft.filter(checking) {
        draft.check_id = None;
        leftovers::of_draft(app, transaction, &draft).await?;
        forget_secrets(app, &mut draft);
        rows::update(transaction.conn(), &draft).await?;
    }
    let event = AuditEvent::done("entry_link.withdrawn", Target::entry_link(&row.id, &row.connector), vec![Fact::Connector(row.connector.clone())]);
    audit::record(app, transaction, actor.into(), event).await?;
    Ok(true)
}

async fn find(on: Conn<'_>, actor: &Actor, id: &str) -> Result<EntryLinkRow, ServiceError> {
    let id = EntryLinkId::parse(id).map_err(|_| ServiceError::not_found())?;
    entry_links::find(on, &actor.organization, access::member(actor)?, &id).await?.ok_or_else(ServiceError::not_found)
}

fn state(app: &App, row: &EntryLinkRow) -> EntryLinkState {
    match row.ending {
        Some(Ending::Used) => EntryLinkState::Used,
        Some(Ending::Withdrawn) => EntryLinkState::Withdrawn,
        None if row.expires_at <= app.now() => EntryLinkState::Expired,
        None if row.tries >= TRIES => EntryLinkState::Spent,
        None if row.opened_at.is_some() => EntryLinkState::Opened,
        None => EntryLinkState::Waiting,
    }
}

/// A link as its asker sees it.
pub(super) fn show(app: &App, row: &EntryLinkRow, manifest: &Manifest, connection: Option<String>) -> Result<EntryLinkView, ServiceError> {
    let asked: Vec<String> = views::column("entry_links", "fields", row.id.as_str(), &row.fields)?;
    let given: Given = views::column("entry_links", "given", row.id.as_str(), &row.given)?;
    let used = row.ending == Some(Ending::Used);
    Ok(EntryLinkView {
        id: row.id.to_string(),
        draft: row.draft.to_string(),
        connector: row.connector.clone(),
        connector_name: manifest.name.clone(),
        state: state(app, row),
        asked: fields::titles(manifest, |id| asked.iter().any(|one| one == id)),
        filled: fields::titles(manifest, |id| given.contains_key(id)),
        note: row.note.clone(),
        made_at: row.created_at,
        expires_at: row.expires_at,
        opened_at: row.opened_at,
        used_at: row.ended_at.filter(|_| used),
        tries: u32::try_from(row.tries).unwrap_or(u32::MAX),
        tries_left: u32::try_from((TRIES - row.tries).max(0)).unwrap_or_default(),
        connection: connection.filter(|_| used),
        now: app.now(),
    })
}
