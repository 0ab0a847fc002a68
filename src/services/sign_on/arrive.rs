//! The way back from a provider.

use super::begin::open;
use super::provider::{Provider, find, redirect_uri};
use super::{Ended, enter, trouble_of};
use crate::connect::oidc::{OidcProblem, Proven, Took};
use crate::domain::{Actor, ActorKind, LocalPath, SignOnPurpose, SignOnTrouble, Visitor};
use crate::services::access::FRESH_MS;
use crate::services::audit::{self, AuditEvent, Fact, Target};
use crate::services::limits::sign_on_refused;
use crate::services::sign_in::Entered;
use crate::services::{App, ServiceError, SignedIn};
use crate::store::sign_on_attempts::{self, AttemptRow};
use crate::vault::{Secret, TokenHash};

/// The longest code that is taken to a provider, in bytes.
const LONGEST_CODE: usize = 4_096;

/// What a browser brings back.
#[derive(Debug, Default)]
pub struct CameBack {
    /// The provider that the address names.
    pub provider: String,
    /// `state`.
    pub state: Option<String>,
    /// `code`.
    pub code: Option<Secret<String>>,
    /// `error`.
    pub error: Option<String>,
    /// `iss` (RFC 9207).
    pub iss: Option<String>,
}

/// What became of an attempt.
#[derive(Debug)]
pub enum Arrived {
    /// Somebody came in, or is to take the second step, and goes on there.
    Entered(Entered, LocalPath),
    /// The person who is signed in has connected an account of this provider.
    Linked(String, LocalPath),
    /// The person who is signed in has proven it once more.
    Confirmed(SignedIn, LocalPath),
}

/// Takes the attempt, once, and goes through with it. `binding` is what the browser's session holds.
///
/// # Errors
/// One of the known ends; each is recorded. `SlowDown` after too many that belong to no attempt.
pub async fn arrive(app: &App, visitor: &Visitor, actor: Option<&Actor>, binding: Option<&str>, back: &CameBack) -> Result<Arrived, Ended> {
    let Some(attempt) = take(app, back.state.as_deref()).await? else { return Err(stray(app, visitor).await?) };
    let outcome = go_through(app, visitor, actor, binding, back, &attempt).await;
    if let Err((Ended::Trouble(trouble), detail)) = &outcome {
        let code = if detail.is_empty() { trouble.as_str().to_owned() } else { format!("{} {detail}", trouble.as_str()) };
        let facts = vec![Fact::Provider(attempt.provider.clone()), Fact::Code(code)];
        let action = if attempt.purpose == SignOnPurpose::SignIn { "sign_in.failed" } else { "sign_on.failed" };
        let who = actor.map_or_else(|| visitor.into(), Into::into);
        audit::record_alone(app, who, AuditEvent::refused(action, Target::default(), facts)).await?;
    }
    outcome.map_err(|(ended, _)| ended)
}

/// Takes the attempt of a state; whatever comes after, it is used.
async fn take(app: &App, state: Option<&str>) -> Result<Option<AttemptRow>, ServiceError> {
    let Some(state) = state.filter(|state| (1..=128).contains(&state.len())) else { return Ok(None) };
    let mut transaction = app.database.begin().await?;
    let taken = sign_on_attempts::take(transaction.conn(), TokenHash::of(state).as_str()).await?;
    transaction.commit().await?;
    Ok(taken)
}

/// Records a way back without an attempt, but not without end from one address.
async fn stray(app: &App, visitor: &Visitor) -> Result<Ended, ServiceError> {
    let mut transaction = app.database.begin().await?;
    if let Some(until) = sign_on_refused(app, &mut transaction, visitor.address).await? {
        return Ok(ServiceError::slow_down(until).into());
    }
    let facts = vec![Fact::Code(SignOnTrouble::StateInvalid.as_str().to_owned())];
    audit::record(app, &mut transaction, visitor.into(), AuditEvent::refused("sign_in.failed", Target::default(), facts)).await?;
    transaction.commit().await?;
    Ok(SignOnTrouble::StateInvalid.into())
}

type Failure = (Ended, String);

fn plainly(ended: impl Into<Ended>) -> Failure {
    (ended.into(), String::new())
}

fn with_problem(problem: &OidcProblem) -> Failure {
    tracing::warn!(%problem, "a provider proved nobody");
    (trouble_of(problem).into(), problem.code())
}

async fn go_through(
    app: &App,
    visitor: &Visitor,
    actor: Option<&Actor>,
    binding: Option<&str>,
    back: &CameBack,
    attempt: &AttemptRow,
) -> Result<Arrived, Failure> {
    require_own(app, actor, binding, back, attempt).map_err(plainly)?;
    let provider = find(app, &attempt.provider).await.map_err(plainly)?.filter(|provider| is_same(provider, attempt));
    let provider = provider.ok_or_else(|| plainly(SignOnTrouble::ProviderOff))?;
    let oidc = app.connect.oidc();
    oidc.recognise(provider.party(), back.iss.as_deref()).await.map_err(|problem| with_problem(&problem))?;
    if let Some(error) = &back.error {
        let (trouble, known) = refusal(error);
        return Err((trouble.into(), known.to_owned()));
    }
    let code = back.code.as_ref().filter(|code| (1..=LONGEST_CODE).contains(&code.expose().len()));
    let code = code.ok_or_else(|| plainly(SignOnTrouble::ProviderUnreachable))?;
    let kept = open(app, attempt).map_err(plainly)?;
    let took = Took {
        code,
        redirect_uri: &attempt.redirect_uri,
        nonce: kept.nonce.expose(),
        verifier: &kept.verifier,
        secret: &provider.secret,
        proven_since: (attempt.purpose == SignOnPurpose::Confirm).then(|| app.now().plus_millis(-FRESH_MS)),
    };
    let proven = Box::pin(oidc.take(provider.party(), took)).await.map_err(|problem| with_problem(&problem))?;
    let next = LocalPath::parse(&attempt.next).unwrap_or_else(|_| LocalPath::home());
    conclude(app, visitor, actor, attempt, &provider, &proven, next).await.map_err(plainly)
}

async fn conclude(
    app: &App,
    visitor: &Visitor,
    actor: Option<&Actor>,
    attempt: &AttemptRow,
    provider: &Provider,
    proven: &Proven,
    next: LocalPath,
) -> Result<Arrived, Ended> {
    match (attempt.purpose, actor) {
        (SignOnPurpose::SignIn, _) => Ok(Arrived::Entered(enter::enter(app, visitor, provider, proven).await?, next)),
        (SignOnPurpose::Link, Some(actor)) => {
            enter::link(app, actor, provider, proven).await?;
            Ok(Arrived::Linked(provider.label.clone(), next))
        }
        (SignOnPurpose::Confirm, Some(actor)) => Ok(Arrived::Confirmed(enter::confirm(app, actor, provider, proven).await?, next)),
        (SignOnPurpose::Link | SignOnPurpose::Confirm, None) => Err(SignOnTrouble::StateInvalid.into()),
    }
}

/// Whether it is this browser's own attempt, at this provider, by this person, in time, and led back to the configured address.
fn require_own(app: &App, actor: Option<&Actor>, binding: Option<&str>, back: &CameBack, attempt: &AttemptRow) -> Result<(), SignOnTrouble> {
    let signed_in = actor.and_then(|actor| match &actor.kind {
        ActorKind::Member { user, .. } => Some(user),
        _ => None,
    });
    let right = attempt.expires_at > app.now()
        && attempt.provider == back.provider
        && binding.is_some_and(|binding| TokenHash::of(binding).matches(&attempt.binding))
        && attempt.user.as_ref().is_none_or(|user| signed_in == Some(user))
        && attempt.redirect_uri == redirect_uri(app, &back.provider);
    if right { Ok(()) } else { Err(SignOnTrouble::StateInvalid) }
}

/// Whether a provider is still the one that the browser was sent to, and in use.
fn is_same(provider: &Provider, attempt: &AttemptRow) -> bool {
    provider.enabled && provider.issuer == attempt.issuer && provider.owner() == attempt.owner
}

/// What an `error` means (RFC 6749 §4.1.2.1, OpenID Connect Core 1.0 §3.1.2.6); only words of this list are kept.
fn refusal(error: &str) -> (SignOnTrouble, &'static str) {
    const DENIED: [&str; 5] = ["access_denied", "login_required", "consent_required", "interaction_required", "account_selection_required"];
    const REFUSED: [&str; 6] =
        ["server_error", "temporarily_unavailable", "invalid_request", "unauthorized_client", "unsupported_response_type", "invalid_scope"];
    let known = |list: &[&'static str]| list.iter().copied().find(|known| *known == error);
    match (known(&DENIED), known(&REFUSED)) {
        (Some(word), _) => (SignOnTrouble::Denied, word),
        (None, Some(word)) => (SignOnTrouble::ProviderRefused, word),
        (None, None) => (SignOnTrouble::ProviderRefused, "another"),
    }
}
