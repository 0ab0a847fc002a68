//! The way back from a provider.

use std::collections::BTreeMap;

use super::begin::sealed_as;
use super::finish::{Trip, finish};
use super::refusal::{of_error, of_problem, words};
use super::{require_on, waits};
use crate::connect::oauth::{Code, Party, Tokens};
use crate::domain::{Actor, ConnectionId, ConsentTrouble, DraftId, Visitor};
use crate::dto::DraftWait;
use crate::services::audit::{self, AuditEvent, Fact, Target};
use crate::services::checking::detached;
use crate::services::limits::sign_on_refused;
use crate::services::payload::{Payload, StoredGrant};
use crate::services::{App, ErrorCode, ServiceError, drafts, leftovers, marketplace, oauth_apps, second_factor, views};
use crate::store::StoreError;
use crate::store::drafts::DraftRow;
use crate::store::oauth_attempts::{self, OAuthAttemptRow};
use crate::vault::{Secret, TokenHash};

/// The longest code that is taken to a provider, in bytes.
const LONGEST_CODE: usize = 4_096;

/// What a browser brings back.
#[derive(Debug, Default)]
pub struct CameBack {
    /// The connector that the address names.
    pub connector: String,
    /// What stands in the query; empty when a name stands there twice, which no provider does.
    pub query: BTreeMap<String, Secret<String>>,
}

impl CameBack {
    /// One value of the query; none when it is not there or empty.
    pub(super) fn value(&self, name: &str) -> Option<&Secret<String>> {
        self.query.get(name).filter(|value| !value.expose().is_empty())
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.value(name).map(|value| value.expose().as_str())
    }
}

/// Where it goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Arrived {
    /// The check of this draft runs; with the connection that it changes.
    Testing(DraftId, Option<ConnectionId>),
    /// One of several accounts has to be picked for this draft.
    Accounts(DraftId),
}

/// One of the known ends without the aim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stopped {
    /// Which.
    pub trouble: ConsentTrouble,
    /// What the provider said, for a page that escapes it: its code of a fixed list and its words; empty for nothing.
    pub said: String,
    /// The draft that still waits; none when it is not known to be the person's.
    pub draft: Option<DraftId>,
    /// The connection that the draft changes.
    pub connection: Option<ConnectionId>,
}

/// How it ended without its aim.
#[derive(Debug)]
pub enum Ended {
    /// With one of the known ends, which pages have words for.
    Stopped(Stopped),
    /// As any use case may fail.
    Failed(ServiceError),
}

impl From<ConsentTrouble> for Ended {
    fn from(trouble: ConsentTrouble) -> Self {
        Self::Stopped(Stopped { trouble, said: String::new(), draft: None, connection: None })
    }
}

impl From<ServiceError> for Ended {
    fn from(error: ServiceError) -> Self {
        Self::Failed(error)
    }
}

impl From<StoreError> for Ended {
    fn from(error: StoreError) -> Self {
        Self::Failed(error.into())
    }
}

/// Takes the attempt, once, and goes through with it whatever happens to the request. `binding` is what the browser's session holds.
///
/// # Errors
/// One of the known ends; each is recorded. `SlowDown` after too many that belong to no attempt.
pub async fn arrive(app: &App, visitor: &Visitor, actor: Option<&Actor>, binding: Option<&str>, back: CameBack) -> Result<Arrived, Ended> {
    let taken = take(app, back.text("state")).await?;
    let Some((attempt, actor)) = taken.zip(actor) else { return Err(stray(app, visitor, actor).await?) };
    let right = is_own(app, actor, binding, &back, &attempt) && !second_factor::misses(app, actor).await?;
    if !right {
        return Err(record(app, actor, &attempt, ConsentTrouble::StateInvalid.into(), "").await?);
    }
    let (inner, who) = (app.clone(), actor.clone());
    detached(app, async move {
        Ok(match Box::pin(go_through(&inner, &who, &back, &attempt)).await {
            Ok(arrived) => Ok(arrived),
            Err((ended, detail)) => Err(record(&inner, &who, &attempt, ended, &detail).await?),
        })
    })
    .await?
}

/// Takes the attempt of a state; whatever comes after, it is used.
async fn take(app: &App, state: Option<&str>) -> Result<Option<OAuthAttemptRow>, ServiceError> {
    let Some(state) = state.filter(|state| (1..=128).contains(&state.len())) else { return Ok(None) };
    let mut transaction = app.database.begin().await?;
    let taken = oauth_attempts::take(transaction.conn(), TokenHash::of(state).as_str()).await?;
    transaction.commit().await?;
    Ok(taken)
}

/// A way back without an attempt of somebody who is signed in; recorded, but not without end from one address.
async fn stray(app: &App, visitor: &Visitor, actor: Option<&Actor>) -> Result<Ended, ServiceError> {
    let Some(actor) = actor else { return Ok(ConsentTrouble::StateInvalid.into()) };
    let mut transaction = app.database.begin().await?;
    if let Some(until) = sign_on_refused(app, &mut transaction, visitor.address).await? {
        return Ok(ServiceError::slow_down(until).into());
    }
    let facts = vec![Fact::Code(ConsentTrouble::StateInvalid.as_str().to_owned())];
    audit::record(app, &mut transaction, actor.into(), AuditEvent::refused("consent.ended", Target::default(), facts)).await?;
    transaction.commit().await?;
    Ok(ConsentTrouble::StateInvalid.into())
}

/// Records a known end.
async fn record(app: &App, actor: &Actor, attempt: &OAuthAttemptRow, ended: Ended, detail: &str) -> Result<Ended, ServiceError> {
    if let Ended::Stopped(stopped) = &ended {
        let code = format!("{} {detail}", stopped.trouble.as_str()).trim().to_owned();
        let facts = vec![Fact::Connector(attempt.connector.clone()), Fact::Code(code)];
        audit::record_alone(app, actor.into(), AuditEvent::refused("consent.ended", Target::draft(&attempt.draft, ""), facts)).await?;
    }
    Ok(ended)
}

/// Whether it is this browser's own attempt, at this provider, by this person in this organization, in time, and led back to the configured address.
fn is_own(app: &App, actor: &Actor, binding: Option<&str>, back: &CameBack, attempt: &OAuthAttemptRow) -> bool {
    let same_browser = match (&attempt.binding, binding) {
        (None, _) => true,
        (Some(stored), Some(held)) => TokenHash::of(held).matches(stored),
        (Some(_), None) => false,
    };
    attempt.expires_at > app.now()
        && attempt.connector == back.connector
        && attempt.organization == actor.organization
        && actor.member() == Some(&attempt.member)
        && attempt.redirect_uri == oauth_apps::redirect_uri(app, &back.connector)
        && same_browser
}

/// An end, and what else the audit log is to say of it.
pub(super) type Failure = (Ended, String);

/// An end of which nothing else is to be said.
pub(super) fn plainly(ended: impl Into<Ended>) -> Failure {
    (ended.into(), String::new())
}

/// An end whose draft still waits.
pub(super) fn stopped(draft: &DraftRow, trouble: ConsentTrouble, said: String, detail: &str) -> Failure {
    let ended = Ended::Stopped(Stopped { trouble, said, draft: Some(draft.id.clone()), connection: draft.edits.clone() });
    (ended, detail.to_owned())
}

async fn go_through(app: &App, actor: &Actor, back: &CameBack, attempt: &OAuthAttemptRow) -> Result<Arrived, Failure> {
    let draft = waiting(app, actor, attempt).await.map_err(plainly)?.ok_or_else(|| plainly(ConsentTrouble::DraftGone))?;
    let manifest = marketplace::manifest(app, &actor.organization, &draft.connector).await.map_err(plainly)?;
    let config = views::column("drafts", "entries", draft.id.as_str(), &draft.entries).map_err(plainly)?;
    let oauth = manifest.oauth_of(&config).filter(|oauth| oauth.needs_app()).ok_or_else(|| plainly(ConsentTrouble::DraftGone))?;
    if !attempt.issuer.is_empty() && back.text("iss") != Some(attempt.issuer.as_str()) {
        return Err(stopped(&draft, ConsentTrouble::Issuer, String::new(), ""));
    }
    let row = oauth_apps::find_for_use(app, actor, &draft.connector, attempt.app.as_str()).await;
    let row = row.map_err(|error| if error.code == ErrorCode::NotFound { plainly(ConsentTrouble::DraftGone) } else { plainly(error) })?;
    let credentials = oauth_apps::credentials(app, &row).map_err(plainly)?;
    let party = Party { manifest: &manifest, oauth, config: &config, app: &credentials };
    if !party.has_signed(&back.query) {
        return Err(stopped(&draft, ConsentTrouble::Issuer, String::new(), "signature"));
    }
    if let Some(error) = back.query.get("error") {
        let (trouble, known) = of_error(error.expose());
        let described = words(back.text("error_description").unwrap_or_default());
        let said = if described.is_empty() { known.to_owned() } else { format!("{known}: {described}") };
        return Err(stopped(&draft, trouble, said, known));
    }
    let code = back.value(&oauth.code_param).filter(|code| code.expose().len() <= LONGEST_CODE);
    let code = code.ok_or_else(|| stopped(&draft, ConsentTrouble::ProviderError, String::new(), "no_code"))?;
    let sealed = draft.sealed.as_deref().unwrap_or_default();
    let payload = Payload::open_draft(app, &draft.organization, &draft.id, draft.secret_version, sealed).map_err(plainly)?;
    let verifier = verifier(app, attempt).map_err(plainly)?;
    let code = Code { code, redirect_uri: &attempt.redirect_uri, verifier: &verifier };
    let tokens = Box::pin(app.connect.take_code(&party, code)).await.map_err(|problem| {
        tracing::warn!(%problem, connector = draft.connector, "a provider gave no token for a code");
        stopped(&draft, of_problem(&problem), String::new(), &problem.code())
    })?;
    let trip = Trip { app, actor, manifest: &manifest, of_app: &credentials };
    let (asked, spare) = (draft.clone(), spare(&tokens));
    let arrived = Box::pin(finish(&trip, draft, payload, tokens, back)).await;
    if arrived.is_err() {
        leftovers::of_arrived(app, &asked, spare).await;
    }
    arrived
}

/// The tokens alone, for the case that nothing can take them.
fn spare(tokens: &Tokens) -> Payload {
    let copy = |token: &Secret<String>| Secret::new(token.expose().clone());
    let grant = StoredGrant { access_token: copy(&tokens.access_token), refresh_token: tokens.refresh_token.as_ref().map(copy), previous_refresh_token: None };
    Payload { grant: Some(grant), ..Payload::default() }
}

/// The draft of an attempt, while it waits for just this.
async fn waiting(app: &App, actor: &Actor, attempt: &OAuthAttemptRow) -> Result<Option<DraftRow>, ServiceError> {
    let draft = match drafts::find_any(app, app.database.read().await?.conn(), actor, attempt.draft.as_str()).await {
        Ok(draft) => draft,
        Err(error) if error.code == ErrorCode::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    match require_on(app, actor, &draft).await {
        Ok(()) => {}
        Err(error) if matches!(error.code, ErrorCode::NotFound | ErrorCode::Conflict | ErrorCode::Forbidden) => return Ok(None),
        Err(error) => return Err(error),
    }
    let same = draft.app.as_ref() == Some(&attempt.app) && draft.connector == attempt.connector && waits(&draft)? == DraftWait::Consent;
    Ok(Some(draft).filter(|_| same))
}

fn verifier(app: &App, attempt: &OAuthAttemptRow) -> Result<Secret<String>, ServiceError> {
    let bytes = app.keyring.open(&sealed_as(&attempt.organization, &attempt.state_hash), &attempt.sealed)?;
    let text = std::str::from_utf8(bytes.expose()).map_err(ServiceError::internal)?;
    Ok(Secret::new(text.to_owned()))
}
