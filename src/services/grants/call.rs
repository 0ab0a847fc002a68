//! The call to the provider, and what its answer means.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::time::timeout;

use super::land::{Brought, Claimed, Trouble};
use super::moved::{Moved, moved};
use super::{lend, member};
use crate::catalogue::{Manifest, OAuth};
use crate::connect::oauth::{TokenProblem, Tokens};
use crate::connect::{Credential, Failure};
use crate::domain::{CheckCode, GrantKind, due_of_all, refresh_ends_at};
use crate::services::payload::{Payload, StoredGrant, StoredSession};
use crate::services::{App, ServiceError, marketplace, views};
use crate::store::grants::{Claim, GrantRow, Renewed};
use crate::vault::Secret;

/// The longest call: far from the end of the claim, which counts for sixty seconds.
const LONGEST: Duration = Duration::from_secs(20);

/// Asks for new tokens as the claimed ones are renewed.
pub(super) async fn call(app: &App, claimed: &Claimed) -> Result<Brought, Trouble> {
    let unreadable = |error: ServiceError| Trouble::wrong(error.code.as_str(), CheckCode::Interrupted);
    let row = &claimed.claim.row;
    let manifest = marketplace::manifest(app, &row.organization, &claimed.connector).await.map_err(unreadable)?;
    let credential = &claimed.credential;
    let config: BTreeMap<String, String> = views::column("credentials", "config", credential.id.as_str(), &credential.config).map_err(unreadable)?;
    let payload = Payload::open_credential(app, &row.organization, &row.connection, credential.version, &credential.sealed).map_err(unreadable)?;
    let asked = Box::pin(ask(app, &claimed.claim, &manifest, &config, payload));
    // A call that was cut off may have reached the provider.
    timeout(LONGEST, asked).await.unwrap_or_else(|_| Err(Trouble::later("timeout", CheckCode::Timeout, None, true)))
}

async fn ask(app: &App, claim: &Claim, manifest: &Manifest, config: &BTreeMap<String, String>, mut payload: Payload) -> Result<Brought, Trouble> {
    let row = &claim.row;
    if row.kind == GrantKind::Login {
        let token = log_in(app, row, manifest, config, &payload).await?;
        let now = app.now();
        payload.session = Some(StoredSession { token, obtained_ms: now.millis() });
        let renewed = Renewed { granted: row.granted.clone(), obtained_at: now, expires_at: None, refresh_ends_at: None, due_at: None };
        return Ok(Brought { payload, renewed, moved: Moved::No, is_unknown: false });
    }
    let oauth = manifest.oauth_of(config).ok_or_else(|| Trouble::wrong("not_offered", CheckCode::Interrupted))?;
    let refresh_token = payload.grant.as_ref().and_then(|grant| grant.refresh_token.as_ref());
    if row.kind == GrantKind::Code && refresh_token.is_none() {
        return Err(Trouble::cannot_be_renewed(row.expires_at.filter(|end| *end > app.now())));
    }
    let asker = member(app, &row.organization, row.app.as_ref(), (manifest, oauth), config, &payload).await;
    let asker = asker.map_err(|error| Trouble::wrong(error.code.as_str(), CheckCode::Interrupted))?;
    let tokens = match (row.kind, refresh_token) {
        (GrantKind::Code, Some(token)) => app.connect.refresh(&asker.party(), token, &row.granted).await,
        _ => super::first::mint(app, &asker.party(), &payload).await,
    };
    let tokens = match tokens {
        Err(problem) if problem.ends_grant() && claim.open_calls > 1 => {
            let Some(previous) = graced(app, row, oauth, &payload) else { return Err(problem.into()) };
            let tokens = app.connect.refresh(&asker.party(), previous, &row.granted).await?;
            // The provider takes neither the one that it refused nor, for long, the one that is spent now.
            payload.grant.iter_mut().for_each(|grant| grant.refresh_token = grant.previous_refresh_token.take());
            tokens
        }
        tokens => tokens?,
    };
    let moved = moved(app, manifest, config, &tokens.filled, &mut payload);
    Ok(taken(app, row, oauth, payload, tokens, moved))
}

/// The refresh token before the newest, while the provider takes it once more: after it was spent, for as long as the manifest says, and never where a spent
/// token coming back counts as a theft.
fn graced<'a>(app: &App, row: &GrantRow, oauth: &OAuth, payload: &'a Payload) -> Option<&'a Secret<String>> {
    let until = row.obtained_at.plus_millis(oauth.refresh.grace_s.saturating_mul(1_000));
    let previous = payload.grant.as_ref()?.previous_refresh_token.as_ref()?;
    Some(previous).filter(|_| oauth.refresh.grace_s > 0 && app.now() < until)
}

/// The session of a login has the connection's own secrets.
async fn log_in(app: &App, row: &GrantRow, manifest: &Manifest, config: &BTreeMap<String, String>, payload: &Payload) -> Result<Secret<String>, Trouble> {
    let lent = lend(app, &row.organization, row.app.as_ref(), payload).await.map_err(|error| Trouble::wrong(error.code.as_str(), CheckCode::Interrupted))?;
    let credential = Credential { config, secrets: &lent, bound: payload.bound_origins.clone() };
    Ok(app.connect.log_in(manifest, &credential).await?)
}

/// The new tokens in place of the old: a refresh token that did not come leaves the old one in use.
fn taken(app: &App, row: &GrantRow, oauth: &OAuth, mut payload: Payload, tokens: Tokens, moved: Moved) -> Brought {
    let now = app.now();
    let before = payload.grant.take().and_then(|grant| grant.refresh_token);
    let rotated = tokens.refresh_token.is_some();
    let idle = oauth.refresh.idle_s.map(|seconds| seconds * 1_000);
    let has_refresh = rotated || before.is_some();
    let said = tokens.refresh_expires_at.or_else(|| row.refresh_ends_at.filter(|_| !rotated && idle.is_none()));
    let refresh_ends_at = refresh_ends_at(now, row.allowed_at, said, idle, oauth.refresh.lifetime_s.map(|seconds| seconds * 1_000)).filter(|_| has_refresh);
    let granted = tokens.granted.unwrap_or_else(|| row.granted.clone());
    let (refresh_token, previous) = match tokens.refresh_token {
        Some(new) => (Some(new), before.filter(|_| oauth.refresh.grace_s > 0)),
        None => (before, None),
    };
    payload.grant = Some(StoredGrant { access_token: tokens.access_token, refresh_token, previous_refresh_token: previous });
    let due_at = due_of_all(now, tokens.expires_at, refresh_ends_at, chance(app));
    let is_unknown = rotated || row.kind != GrantKind::Code;
    Brought { payload, moved, is_unknown, renewed: Renewed { granted, obtained_at: now, expires_at: tokens.expires_at, refresh_ends_at, due_at } }
}

/// A number from 0 to 1.
pub(super) fn chance(app: &App) -> f64 {
    let mut bytes = [0; 2];
    app.random.fill(&mut bytes);
    f64::from(u16::from_be_bytes(bytes)) / f64::from(u16::MAX)
}

/// What a person reads of a problem with a token.
pub fn shown(problem: &TokenProblem) -> CheckCode {
    match problem {
        TokenProblem::Unreachable(error) => error.code(),
        TokenProblem::Busy { status: 429, .. } => CheckCode::RateLimited,
        TokenProblem::Busy { .. } => CheckCode::TargetError,
        TokenProblem::Refused { code, .. } => match code.as_str() {
            "status_403" | "access_denied" | "unauthorized_client" => CheckCode::Forbidden,
            "status_404" => CheckCode::NotFoundAtTarget,
            _ => CheckCode::AuthRejected,
        },
        TokenProblem::Answer(_) => CheckCode::UnexpectedContent,
        TokenProblem::Entries(_) => CheckCode::EgressBlocked,
    }
}

impl From<TokenProblem> for Trouble {
    fn from(problem: TokenProblem) -> Self {
        let (code, shown) = (problem.code(), shown(&problem));
        match &problem {
            TokenProblem::Busy { retry_after_s, .. } => Self::later(&code, shown, retry_after_s.map(|seconds| i64::from(seconds) * 1_000), false),
            _ if problem.is_transient() => Self::later(&code, shown, None, problem.leaves_open()),
            _ if problem.ends_grant() => Self::ended(&code),
            // The provider took the request: what it answered is lost, and may have held new tokens.
            TokenProblem::Answer(_) => Self::wrong(&code, shown).left_open(),
            // What is wrong is not the grant but how it was asked for, so a new consent mends nothing.
            _ => Self::wrong(&code, if shown.refuses_credential() { CheckCode::Forbidden } else { shown }),
        }
    }
}

impl From<Failure> for Trouble {
    fn from(failure: Failure) -> Self {
        let code = failure.code.as_str();
        match failure.code {
            CheckCode::AuthRejected => Self::ended(code),
            CheckCode::DnsFailed | CheckCode::ConnectRefused | CheckCode::Timeout | CheckCode::TlsInvalid | CheckCode::TargetError | CheckCode::RateLimited => {
                Self::later(code, failure.code, None, false)
            }
            _ => Self::wrong(code, failure.code),
        }
    }
}
