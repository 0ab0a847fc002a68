//! Taking the entries of a change and starting their check.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::catalogue::Manifest;
use crate::domain::{Actor, CheckState, ConnectionId, DraftId};
use crate::services::audit::{self, AuditEvent, Fact, Target};
use crate::services::checking;
use crate::services::connections::STARTED;
use crate::services::credentials::conclude::conclude;
use crate::services::credentials::kept::Stored;
use crate::services::credentials::{ATTEMPTS, EDIT, editable, unfinished};
use crate::services::drafts::{KEPT_MS, hold, is_being_checked};
use crate::services::entries::Ready;
use crate::services::{App, Entries, ErrorCode, FieldError, ServiceError, access, consent, entries, leftovers, marketplace, views};
use crate::store::checks::{self, CheckRow};
use crate::store::connections::ConnectionRow;
use crate::store::drafts::{self, DraftRow};

/// What follows from entries that fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Submitted {
    /// They are being tested.
    Testing,
    /// A person has to allow access at the provider first: the draft that waits for it.
    Consent(DraftId),
}

/// Takes the entries and starts their check, which goes on by itself; the credential in use stays in use meanwhile. Where a person has to allow access first,
/// the entries wait for that; the entry [`consent::APP_FIELD`] names the app to go by.
///
/// # Errors
/// `InvalidField` for each wrong field, also kept in the draft; `Conflict` while other entries are being checked, or when it is turned off or disconnected.
pub async fn submit(app: &App, actor: &Actor, id: &str, mut typed: Entries) -> Result<Submitted, ServiceError> {
    let connection = editable(app, actor, id).await?;
    let manifest = marketplace::manifest(app, &actor.organization, &connection.connector).await?;
    let stored = Stored::open(app, actor, &connection).await?;
    let of_app = typed.remove(consent::APP_FIELD).map(|id| id.expose().clone()).unwrap_or_default();
    let mut attempt = 1;
    let started = loop {
        match Box::pin(start(app, actor, &connection, &manifest, &stored, &typed, &of_app)).await {
            // Somebody sent the same form in the same moment: the next look finds its draft.
            Err(error) if error.code == ErrorCode::Conflict && error.cause.is_some() && attempt < ATTEMPTS => attempt += 1,
            other => break other?,
        }
    };
    match started {
        Begun::Check(begun) => {
            let (check, ready) = *begun;
            launch(app, actor, manifest, check, ready);
        }
        Begun::Checking => {}
        Begun::Consent(draft) => return Ok(Submitted::Consent(draft)),
    }
    Ok(Submitted::Testing)
}

enum Begun {
    Check(Box<(CheckRow, Ready)>),
    Checking,
    Consent(DraftId),
}

/// Starts the check of entries that a person's consent has completed.
pub(in crate::services) async fn go_on(app: &App, actor: &Actor, manifest: Arc<Manifest>, draft: DraftRow, ready: Ready) -> Result<(), ServiceError> {
    let connection = editable(app, actor, draft.edits.as_ref().map(ConnectionId::as_str).unwrap_or_default()).await?;
    let before = draft.clone();
    let (check, ready) = store(app, actor, &connection, (Some(&before), draft), ready).await?;
    launch(app, actor, manifest, check, ready);
    Ok(())
}

fn launch(app: &App, actor: &Actor, manifest: Arc<Manifest>, check: CheckRow, ready: Ready) {
    let (inner, who) = (app.clone(), actor.clone());
    app.tasks.spawn(async move {
        if let Err(error) = Box::pin(run(&inner, &who, check, &manifest, ready)).await {
            tracing::error!(request_id = %who.request_id, code = error.code.as_str(), cause = ?error.cause, "a check could not be stored");
        }
    });
}

async fn run(app: &App, actor: &Actor, check: CheckRow, manifest: &Manifest, ready: Ready) -> Result<(), ServiceError> {
    let finished = Box::pin(checking::run(app, check, manifest, ready)).await?;
    Box::pin(conclude(app, actor, finished)).await
}

/// Stores the entries with a new check, or without one where they wait for a person's consent.
async fn start(
    app: &App,
    actor: &Actor,
    connection: &ConnectionRow,
    manifest: &Manifest,
    stored: &Stored,
    typed: &Entries,
    of_app: &str,
) -> Result<Begun, ServiceError> {
    let mut reader = app.database.read().await?;
    let found = unfinished(app, reader.conn(), actor, &connection.id).await?;
    let running = match &found {
        Some(draft) => views::find_check(reader.conn(), &actor.organization, draft.check_id.as_deref()).await?,
        None => None,
    };
    drop(reader);
    let ready = stored.complete(app, manifest, typed);
    if let Some(draft) = &found
        && running.is_some_and(|check| check.state == CheckState::Running && app.now() <= check.deadline_at)
    {
        let same = match &ready {
            Ok(ready) => is_being_checked(app, draft, ready)?,
            Err(_) => false,
        };
        return if same {
            Ok(Begun::Checking)
        } else {
            Err(ServiceError::conflict("A check of this change is running. Wait for its end, then change the entries."))
        };
    }
    let before = found.clone();
    let mut draft = match found {
        Some(draft) => draft,
        None => fresh(app, actor, connection)?,
    };
    draft.check_id = None;
    draft.edits_version = Some(stored.version);
    draft.updated_at = app.now();
    draft.expires_at = draft.updated_at.plus_millis(KEPT_MS);
    draft.key_id = None;
    draft.sealed = None;
    draft.duplicate_of = None;
    draft.app = None;
    draft.tokens = None;
    match ready {
        Ok(ready) if ready.consent(manifest).is_some() => {
            draft.app = Some(consent::choose(app, actor, manifest, of_app).await?.id);
            hold(app, &mut draft, &ready)?;
            let mut transaction = app.database.begin().await?;
            write(app, &mut transaction, before.as_ref(), &draft).await?;
            let target = Target::connection(&connection.id, &connection.name);
            audit::record(app, &mut transaction, actor.into(), AuditEvent::done("connection.reconnect_begun", target, Vec::new())).await?;
            transaction.commit().await?;
            Ok(Begun::Consent(draft.id))
        }
        Ok(ready) => store(app, actor, connection, (before.as_ref(), draft), ready).await.map(|begun| Begun::Check(Box::new(begun))),
        Err(fields) => {
            keep_errors(app, actor, manifest, (before.as_ref(), draft), typed, &fields).await?;
            Err(ServiceError::invalid_fields(fields))
        }
    }
}

fn fresh(app: &App, actor: &Actor, connection: &ConnectionRow) -> Result<DraftRow, ServiceError> {
    let now = app.now();
    Ok(DraftRow {
        id: DraftId::generate(app.clock.as_ref(), app.random.as_ref()),
        organization: actor.organization.clone(),
        member: access::member(actor)?.clone(),
        connector: connection.connector.clone(),
        flow: EDIT.to_owned(),
        name: connection.name.clone(),
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
        expires_at: now,
        row_version: 1,
        personal: false,
        team: None,
        edits: Some(connection.id.clone()),
        edits_version: None,
        app: None,
        tokens: None,
    })
}

async fn store(
    app: &App,
    actor: &Actor,
    connection: &ConnectionRow,
    (before, mut draft): (Option<&DraftRow>, DraftRow),
    ready: Ready,
) -> Result<(CheckRow, Ready), ServiceError> {
    let mut check = checking::new_check(app, actor, &draft.connector)?;
    check.draft = Some(draft.id.clone());
    draft.check_id = Some(check.id.to_string());
    hold(app, &mut draft, &ready)?;
    let mut transaction = app.database.begin().await?;
    checks::insert(transaction.conn(), &check).await?;
    write(app, &mut transaction, before, &draft).await?;
    let event = AuditEvent::done(STARTED, Target::connection(&connection.id, &connection.name), vec![Fact::Connector(draft.connector.clone())]);
    audit::record(app, &mut transaction, actor.into(), event).await?;
    transaction.commit().await?;
    Ok((check, ready))
}

/// Keeps what was typed and what is wrong with it; secrets are forgotten.
async fn keep_errors(
    app: &App,
    actor: &Actor,
    manifest: &Manifest,
    (before, mut draft): (Option<&DraftRow>, DraftRow),
    typed: &Entries,
    fields: &[FieldError],
) -> Result<(), ServiceError> {
    let known = |error: &&FieldError| manifest.field(&error.field).is_some();
    let errors: BTreeMap<&str, &str> = fields.iter().filter(known).map(|error| (error.field.as_str(), error.message.as_str())).collect();
    draft.entries = serde_json::to_string(&entries::showable(manifest, typed))?;
    draft.errors = serde_json::to_string(&errors)?;
    tracing::debug!(draft = %draft.id, member = ?actor.member(), "entries of a change need another look");
    let mut transaction = app.database.begin().await?;
    write(app, &mut transaction, before, &draft).await?;
    transaction.commit().await?;
    Ok(())
}

/// Writes a draft as it was `before`, whose tokens are given up where it holds none any more; a new one takes the place of one whose time is over.
async fn write(app: &App, transaction: &mut crate::store::Transaction, before: Option<&DraftRow>, draft: &DraftRow) -> Result<(), ServiceError> {
    if before.is_some() {
        leftovers::of_change(app, transaction, before, draft).await?;
        return Ok(drafts::update(transaction.conn(), draft).await?);
    }
    if let Some(connection) = &draft.edits {
        let old = drafts::find_edit(transaction.conn(), &draft.organization, &draft.member, connection).await?;
        if let Some(old) = old.filter(|old| old.connection_id.is_none() && old.expires_at <= app.now()) {
            leftovers::of_draft(app, transaction, &old).await?;
            drafts::delete(transaction.conn(), &old.organization, &old.member, &old.id).await?;
        }
    }
    Ok(drafts::insert(transaction.conn(), draft).await?)
}
