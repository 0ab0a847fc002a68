//! Taking the entries of a draft and starting its check.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::catalogue::Manifest;
use crate::domain::{Action, Actor, CheckState};
use crate::services::audit::{self, AuditEvent, Fact, Target};
use crate::services::checking::{self, detached};
use crate::services::drafts::conclude::{Concluded, conclude};
use crate::services::drafts::{KEPT_MS, find};
use crate::services::entries::Ready;
use crate::services::payload::Payload;
use crate::services::{App, Entries, FieldError, ServiceError, Wanted, access, consent, entries, entry_links, leftovers, marketplace, teams, views};
use crate::store::checks::{self, CheckRow};
use crate::store::drafts::{self, DraftRow};
use crate::vault::Secret;

/// What follows from entries that fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Submitted {
    /// They are being tested.
    Testing,
    /// A person has to allow access at the provider first.
    Consent,
}

/// Takes the entries of the details step and starts the check, which goes on by itself; where a person has to allow access first, the entries wait for that.
/// The entry [`consent::APP_FIELD`] names the app to go by.
///
/// # Errors
/// `InvalidField` for each wrong field, also kept in the draft; `Conflict` when the draft has become a connection.
pub async fn submit(app: &App, actor: &Actor, id: &str, wanted: impl Into<Wanted<'_>> + Send, entries: Entries) -> Result<Submitted, ServiceError> {
    let wanted = wanted.into();
    access::require_somewhere(actor, Action::Connect)?;
    match Box::pin(start(app, actor, id, wanted, entries)).await? {
        Begun::Check(started) => started.launch(app, actor),
        Begun::Checking => {}
        Begun::Consent => return Ok(Submitted::Consent),
    }
    Ok(Submitted::Testing)
}

/// The same, but waits for the end of the check.
pub(in crate::services) async fn submit_and_wait(app: &App, actor: &Actor, id: &str, entries: Entries) -> Result<Begun<Concluded>, ServiceError> {
    let started = match Box::pin(start(app, actor, id, Wanted::default(), entries)).await? {
        Begun::Check(started) => started,
        Begun::Checking => return Ok(Begun::Checking),
        Begun::Consent => return Ok(Begun::Consent),
    };
    let (inner, who) = (app.clone(), actor.clone());
    detached(app, async move { Box::pin(started.run(&inner, &who)).await }).await.map(Begun::Check)
}

/// What became of entries.
pub(in crate::services) enum Begun<T> {
    /// A check of them.
    Check(T),
    /// The same entries are being checked already.
    Checking,
    /// They wait for a person's consent at the provider.
    Consent,
}

/// Starts the check of entries that a person's consent has completed.
pub(in crate::services) async fn go_on(app: &App, actor: &Actor, manifest: Arc<Manifest>, draft: DraftRow, ready: Ready) -> Result<(), ServiceError> {
    store(app, actor, manifest, (None, draft), ready, None).await?.launch(app, actor);
    Ok(())
}

/// A check of a draft that is stored and about to run.
pub(super) struct Started {
    /// The check.
    pub check: CheckRow,
    manifest: Arc<Manifest>,
    ready: Ready,
}

impl Started {
    /// Runs it in a task of its own.
    pub fn launch(self, app: &App, actor: &Actor) {
        let (inner, who) = (app.clone(), actor.clone());
        app.tasks.spawn(async move {
            if let Err(error) = Box::pin(self.run(&inner, &who)).await {
                tracing::error!(request_id = %who.request_id, code = error.code.as_str(), cause = ?error.cause, "a check could not be stored");
            }
        });
    }

    async fn run(self, app: &App, actor: &Actor) -> Result<Concluded, ServiceError> {
        let finished = Box::pin(checking::run(app, self.check, &self.manifest, self.ready)).await?;
        Box::pin(conclude(app, actor, &self.manifest, finished)).await
    }
}

/// Stores the entries with a new check, or without one where they wait for a person's consent.
async fn start(app: &App, actor: &Actor, id: &str, wanted: Wanted<'_>, mut typed: Entries) -> Result<Begun<Started>, ServiceError> {
    let of_app = typed.remove(consent::APP_FIELD).map(|id| id.expose().clone()).unwrap_or_default();
    let mut reader = app.database.read().await?;
    let mut draft = find(app, reader.conn(), actor, id).await?;
    let running = views::find_check(reader.conn(), &actor.organization, draft.check_id.as_deref()).await?;
    drop(reader);
    if draft.connection_id.is_some() {
        return Err(ServiceError::conflict("This draft has become a connection. Begin a new one from the marketplace."));
    }
    let manifest = marketplace::manifest(app, &actor.organization, &draft.connector).await?;
    let ready = entries::accept_named(app, actor, &manifest, wanted, &typed).await;
    if running.is_some_and(|check| check.state == CheckState::Running && app.now() <= check.deadline_at) {
        let same = match &ready {
            Ok((ready, team)) => {
                wanted.name.trim() == draft.name && wanted.personal == draft.personal && *team == draft.team && is_being_checked(app, &draft, ready)?
            }
            Err(_) => false,
        };
        return if same {
            Ok(Begun::Checking)
        } else {
            Err(ServiceError::conflict("A check of this draft is running. Wait for its end, then change the details."))
        };
    }
    let before = draft.clone();
    draft.personal = wanted.personal;
    draft.name = short_name(wanted.name);
    draft.check_id = None;
    draft.duplicate_of = None;
    draft.app = None;
    draft.tokens = None;
    draft.updated_at = app.now();
    draft.expires_at = draft.expires_at.max(draft.updated_at.plus_millis(KEPT_MS));
    let ready = match ready {
        Ok((ready, team)) if ready.consent(&manifest).is_some() => consent::choose(app, actor, &manifest, &of_app).await.map(|row| (ready, team, Some(row.id))),
        ready => ready.map(|(ready, team)| (ready, team, None)),
    };
    match ready {
        Ok((ready, team, of_app)) => {
            draft.team = team;
            if of_app.is_none() {
                return store(app, actor, manifest, (Some(&before), draft), ready, None).await.map(Begun::Check);
            }
            draft.app = of_app;
            wait_for_consent(app, actor, (&before, draft), &ready).await?;
            Ok(Begun::Consent)
        }
        Err(error) => {
            keep_errors(app, (&before, draft), &manifest, &typed, &error.fields).await?;
            Err(error)
        }
    }
}

/// Stores accepted entries, secrets sealed, until a person has allowed access.
async fn wait_for_consent(app: &App, actor: &Actor, (before, mut draft): (&DraftRow, DraftRow), ready: &Ready) -> Result<(), ServiceError> {
    hold(app, &mut draft, ready)?;
    let mut transaction = app.database.begin().await?;
    leftovers::of_change(app, &mut transaction, Some(before), &draft).await?;
    drafts::update(transaction.conn(), &draft).await?;
    let event = AuditEvent::done("draft.filled_in", Target::draft(&draft.id, &draft.name), vec![Fact::Connector(draft.connector.clone())]);
    audit::record(app, &mut transaction, actor.into(), event).await?;
    Ok(transaction.commit().await?)
}

/// Writes accepted entries into the row of a draft, secrets sealed.
pub(in crate::services) fn hold(app: &App, draft: &mut DraftRow, ready: &Ready) -> Result<(), ServiceError> {
    draft.entries = open_entries(ready)?;
    draft.errors = "{}".to_owned();
    draft.secret_version += 1;
    let sealed = ready.payload.seal_draft(app, &draft.organization, &draft.id, draft.secret_version)?;
    draft.key_id = Some(sealed.key_id);
    draft.sealed = Some(sealed.bytes);
    Ok(())
}

/// Whether the draft holds exactly these entries, secrets included.
pub(in crate::services) fn is_being_checked(app: &App, draft: &DraftRow, ready: &Ready) -> Result<bool, ServiceError> {
    let Some(sealed) = draft.sealed.as_deref() else { return Ok(false) };
    let open_is_same = draft.entries == open_entries(ready)?;
    Ok(open_is_same && Payload::open_draft(app, &draft.organization, &draft.id, draft.secret_version, sealed)?.equals(&ready.payload)?)
}

/// The entries that a draft shows.
fn open_entries(ready: &Ready) -> Result<String, ServiceError> {
    Ok(serde_json::to_string(&ready.config)?)
}

/// Stores accepted entries, secrets sealed, with a new check; tokens of the draft as it was before that it holds no more are given up. `attempt` tells the form of a one-time link from others.
pub(super) async fn store(
    app: &App,
    actor: &Actor,
    manifest: Arc<Manifest>,
    (before, mut draft): (Option<&DraftRow>, DraftRow),
    ready: Ready,
    attempt: Option<&str>,
) -> Result<Started, ServiceError> {
    let mut check = checking::new_check(app, actor, &draft.connector)?;
    check.draft = Some(draft.id.clone());
    draft.check_id = Some(check.id.to_string());
    hold(app, &mut draft, &ready)?;
    let mut transaction = app.database.begin().await?;
    entry_links::begin_check(app, &mut transaction, actor, &check.id, attempt).await?;
    checks::insert(transaction.conn(), &check).await?;
    leftovers::of_change(app, &mut transaction, before, &draft).await?;
    drafts::update(transaction.conn(), &draft).await?;
    let event = AuditEvent::done("draft.submitted", Target::draft(&draft.id, &draft.name), vec![Fact::Connector(draft.connector.clone())]);
    audit::record(app, &mut transaction, actor.into(), event).await?;
    transaction.commit().await?;
    Ok(Started { check, manifest, ready })
}

/// Keeps what was typed, secrets left out, without a check.
///
/// # Errors
/// `NotFound`; `InvalidField` for a team that cannot be chosen; `Conflict` while a check runs or when the draft has become a connection.
pub async fn put_aside(app: &App, actor: &Actor, id: &str, wanted: impl Into<Wanted<'_>> + Send, typed: Entries) -> Result<(), ServiceError> {
    let wanted = wanted.into();
    access::require_somewhere(actor, Action::Connect)?;
    let mut reader = app.database.read().await?;
    let mut draft = find(app, reader.conn(), actor, id).await?;
    let check = views::find_check(reader.conn(), &actor.organization, draft.check_id.as_deref()).await?;
    let team = teams::for_connection(reader.conn(), actor, wanted).await?;
    drop(reader);
    let running = check.is_some_and(|check| check.state == CheckState::Running && app.now() <= check.deadline_at);
    if running || draft.connection_id.is_some() || draft.duplicate_of.is_some() {
        return Err(ServiceError::conflict("This draft has moved on meanwhile. Open it to see how it is."));
    }
    let manifest = marketplace::manifest(app, &actor.organization, &draft.connector).await?;
    let before = draft.clone();
    draft.tokens = None;
    draft.name = short_name(wanted.name);
    draft.personal = wanted.personal;
    draft.team = team;
    draft.check_id = None;
    draft.updated_at = app.now();
    draft.expires_at = draft.expires_at.max(draft.updated_at.plus_millis(KEPT_MS));
    keep_errors(app, (&before, draft), &manifest, &typed, &[]).await
}

/// A name as a draft keeps it, whatever was typed.
fn short_name(name: &str) -> String {
    name.trim().chars().take(200).filter(|character| !character.is_control()).collect()
}

/// Keeps what was typed and what is wrong with it; secrets are forgotten.
async fn keep_errors(
    app: &App,
    (before, mut draft): (&DraftRow, DraftRow),
    manifest: &Manifest,
    typed: &BTreeMap<String, Secret<String>>,
    fields: &[FieldError],
) -> Result<(), ServiceError> {
    let known = |error: &&FieldError| matches!(error.field.as_str(), "name" | "team" | consent::APP_FIELD) || manifest.field(&error.field).is_some();
    let errors: BTreeMap<&str, &str> = fields.iter().filter(known).map(|error| (error.field.as_str(), error.message.as_str())).collect();
    draft.entries = serde_json::to_string(&entries::showable(manifest, typed))?;
    draft.errors = serde_json::to_string(&errors)?;
    draft.key_id = None;
    draft.sealed = None;
    let mut transaction = app.database.begin().await?;
    leftovers::of_change(app, &mut transaction, Some(before), &draft).await?;
    drafts::update(transaction.conn(), &draft).await?;
    transaction.commit().await?;
    Ok(())
}
