//! One read: who asks, whether the token works long enough, the entry in the log, and only then the secret.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::domain::{Action, Actor, ActorKind, ApiKeyId, ConnectionId, ConnectionStatus, OrganizationId, Scope, Timestamp};
use crate::services::audit::{self, AuditEvent, Fact, Target};
use crate::services::handout::answer::{self, Extent, Handed};
use crate::services::shared::{self, Shared};
use crate::services::{App, ErrorCode, ServiceError, TokenTrouble, grants};
use crate::store::StoreError;
use crate::store::handout::{self, GrantPart, HandoutRow};

/// For how long a token has to work when nothing else is asked, in seconds.
pub const USUAL_MIN_VALID_S: i64 = 300;
/// The most that may be asked, in seconds.
const MOST_MIN_VALID_S: i64 = 3_600;
/// When to ask again while a provider gives no token and nobody knows better, in milliseconds.
const AGAIN_MS: i64 = 5_000;

/// A connection of a tenant.
type Asked = (OrganizationId, ConnectionId);

/// Lookups of credentials that programs read, under way.
pub type HandoutLookups = Shared<Asked, Arc<HandoutRow>>;

const FOR_PROGRAMS: &str = "Credentials are handed to programs alone. Make a key with the scope credentials:read or credentials:token for an application, and call \
                            with it. Nothing was read.";
const NO_SCOPE: &str = "This key may not read credentials. Make one with the scope credentials:read or credentials:token. Nothing was read.";
const NO_TOKEN: &str = "This connection has no token that a provider handed out, and the key may read nothing else. Use a key with the scope credentials:read. \
                        Nothing was read.";

/// Hands out the credential of a connection: all of it to a key with `credentials:read`, the token alone to one with `credentials:token`. The token works for
/// `min_valid_s` seconds more, and is renewed for that where it does not. The read is recorded durably before the secret is opened. `holds` says whether the
/// program has the state of this tag already: then it is told so, and nothing is opened.
///
/// # Errors
/// `Forbidden`; `NotFound`; `InvalidField` for more than an hour; `TurnedOff`; `Disconnected`; `ReauthRequired`; `TokenUnavailable` with a time to come again;
/// `AuditUnavailable`; `SecretUnreadable`.
pub async fn read(app: &App, actor: &Actor, id: &str, min_valid_s: i64, holds: &(dyn Fn(&str) -> bool + Sync)) -> Result<Handed, ServiceError> {
    let (key, extent) = who(actor)?;
    let id = ConnectionId::parse(id).ok().filter(|id| actor.knows(id)).ok_or_else(ServiceError::not_found)?;
    let found = find(app, actor, &id).await?;
    if !(0..=MOST_MIN_VALID_S).contains(&min_valid_s) {
        return Err(ServiceError::invalid_field("min_valid", "Use 0 to 3600 seconds."));
    }
    let refused = async |row: &HandoutRow, error: ServiceError| {
        let facts = vec![Fact::Code(error.code.as_str().to_owned()), Fact::Key(key.to_string())];
        audit::record_read(app, actor, &id, AuditEvent::refused("credential.read", target(row), facts)).await?;
        Err::<Handed, ServiceError>(error)
    };
    let row = match ready(app, actor, found, min_valid_s * 1_000).await? {
        Ok(row) => row,
        Err((row, error)) => return refused(&row, error).await,
    };
    let Some(credential) = &row.credential else { return refused(&row, reauth(&row)).await };
    let plan = answer::plan(app, actor, &row, credential, extent).await?;
    let Some(plan) = plan else { return refused(&row, ServiceError::of(ErrorCode::Forbidden).saying(NO_TOKEN)).await };
    let tag = plan.tag();
    let held = holds(&tag);
    let facts = vec![Fact::Key(key.to_string()), Fact::Version(credential.version), Fact::Handed(if held { "nothing_new" } else { extent.as_str() })];
    audit::record_read(app, actor, &id, AuditEvent::done("credential.read", target(&row), facts)).await?;
    let handout = if held { None } else { Some(answer::open(app, actor, &row, credential, &plan, min_valid_s * 1_000).await?) };
    Ok(Handed { tag, handout })
}

/// The key, and how much it may read.
fn who(actor: &Actor) -> Result<(&ApiKeyId, Extent), ServiceError> {
    let forbidden = |why: &str| ServiceError::of(ErrorCode::Forbidden).saying(why);
    let ActorKind::Application { key, scopes, .. } = &actor.kind else { return Err(forbidden(FOR_PROGRAMS)) };
    if !scopes.allow(Action::UseCredentials) {
        return Err(forbidden(NO_SCOPE));
    }
    crate::services::access::require(actor, Action::UseCredentials)?;
    Ok((key, if scopes.contains(Scope::CredentialsRead) { Extent::Whole } else { Extent::Token }))
}

async fn look_up_all(app: &App, asked: &[Asked]) -> Result<BTreeMap<Asked, Arc<HandoutRow>>, StoreError> {
    let found = handout::find_all(app.database.read().await?.conn(), asked).await?;
    Ok(found.into_iter().map(|row| ((row.organization.clone(), row.connection.clone()), Arc::new(row))).collect())
}

/// The row of a connection, together with the others that are read at this moment.
async fn look_up(app: &App, organization: &OrganizationId, id: &ConnectionId) -> Result<Option<Arc<HandoutRow>>, ServiceError> {
    let among = app.clone();
    let look = move |asked: Vec<Asked>| {
        let app = among.clone();
        async move { look_up_all(&app, &asked).await.unwrap_or_default() }
    };
    match shared::look_up(&app.handouts, &app.tasks, (organization.clone(), id.clone()), look).await {
        Some(found) => Ok(Some(found)),
        None => Ok(handout::find(app.database.read().await?.conn(), organization, id).await?.map(Arc::new)),
    }
}

/// The connection, if it is there for the actor and within reach.
async fn find(app: &App, actor: &Actor, id: &ConnectionId) -> Result<Arc<HandoutRow>, ServiceError> {
    let row = look_up(app, &actor.organization, id).await?.ok_or_else(ServiceError::not_found)?;
    if row.owner.as_ref().is_some_and(|owner| actor.member() != Some(owner)) {
        return Err(ServiceError::not_found());
    }
    if actor.may_with(Action::UseCredentials, row.team.as_ref(), row.owner.as_ref()) { Ok(row) } else { Err(ServiceError::forbidden(Action::UseCredentials)) }
}

/// The row with a token that works long enough, or why there is none.
async fn ready(
    app: &App,
    actor: &Actor,
    row: Arc<HandoutRow>,
    min_valid_ms: i64,
) -> Result<Result<Arc<HandoutRow>, (Arc<HandoutRow>, ServiceError)>, ServiceError> {
    if let Some(error) = ended(&row) {
        return Ok(Err((row, error)));
    }
    if !is_short(&row, app.now(), min_valid_ms) {
        return Ok(Ok(row));
    }
    let ensured = grants::ensure(app, &actor.organization, &row.connection, min_valid_ms).await?;
    let row = find(app, actor, &row.connection).await?;
    if let Some(error) = ended(&row) {
        return Ok(Err((row, error)));
    }
    if !is_short(&row, app.now(), min_valid_ms) {
        return Ok(Ok(row));
    }
    let failure = ensured.and_then(|ensured| ensured.failure);
    let error = if row.status == ConnectionStatus::ReauthRequired { reauth(&row) } else { no_token(app, &row, min_valid_ms, failure) };
    Ok(Err((row, error)))
}

fn ended(row: &HandoutRow) -> Option<ServiceError> {
    match row.status {
        ConnectionStatus::Disabled => Some(ServiceError::of(ErrorCode::TurnedOff)),
        ConnectionStatus::Revoked => Some(ServiceError::of(ErrorCode::Disconnected)),
        ConnectionStatus::Pending | ConnectionStatus::Active | ConnectionStatus::Error | ConnectionStatus::ReauthRequired => None,
    }
}

fn grant(row: &HandoutRow) -> Option<&GrantPart> {
    row.credential.as_ref().and_then(|credential| credential.grant.as_ref())
}

fn is_short(row: &HandoutRow, now: Timestamp, min_valid_ms: i64) -> bool {
    grant(row).and_then(|grant| grant.expires_at).is_some_and(|end| end.since(now) < min_valid_ms || end <= now)
}

fn reauth(row: &HandoutRow) -> ServiceError {
    let grant = grant(row);
    let reason = grant.map(|grant| grant.failure_code.clone()).filter(|code| !code.is_empty()).or_else(|| row.failure_code.clone());
    ServiceError { token: trouble(row, reason), ..ServiceError::of(ErrorCode::ReauthRequired) }
}

fn no_token(app: &App, row: &HandoutRow, min_valid_ms: i64, failure: Option<String>) -> ServiceError {
    let (now, grant) = (app.now(), grant(row));
    let again = now.plus_millis(AGAIN_MS);
    let retry_at = grant.and_then(|grant| grant.due_at).filter(|due| *due > now).map_or(again, |due| due.max(again));
    let lives = grant.and_then(|grant| Some(grant.expires_at?.since(grant.obtained_at)));
    let error = ServiceError::of(ErrorCode::TokenUnavailable);
    let error = match lives.filter(|lives| *lives < min_valid_ms) {
        Some(lives) => error.saying(format!("This provider's tokens work for {} seconds. Ask with a smaller min_valid.", lives / 1_000)),
        None => error,
    };
    ServiceError { retry_at: Some(retry_at), token: trouble(row, failure), ..error }
}

fn trouble(row: &HandoutRow, reason: Option<String>) -> Option<Box<TokenTrouble>> {
    Some(Box::new(TokenTrouble { expires_at: grant(row).and_then(|grant| grant.expires_at), reason }))
}

fn target(row: &HandoutRow) -> Target {
    Target::connection(&row.connection, &row.name)
}
