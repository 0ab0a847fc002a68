//! Making, changing and ending keys.

use std::collections::BTreeSet;

use super::{MOST_KEYS, find};
use crate::domain::{Actor, ActorKind, ApiKeyId, ConnectionId, DisplayName, Role, Scope, Scopes, Timestamp};
use crate::services::audit::{self, AuditEvent, Fact, Target};
use crate::services::{App, ErrorCode, FieldError, ServiceError, access, connections};
use crate::store::api_keys::{self, ApiKeyRow};
use crate::store::applications::ApplicationRow;
use crate::vault::ApiKey;

/// How long an old key can go on working beside the new one, in hours.
const MOST_OVERLAP_HOURS: u32 = 720;

/// What a new key is to be.
#[derive(Clone, Debug, Default)]
pub struct KeyWish {
    /// Its name, for people.
    pub name: String,
    /// The names of its scopes.
    pub scopes: Vec<String>,
    /// The ids of the only connections that it is to know; none for all that its maker knows.
    pub connections: Option<Vec<String>>,
    /// When it ends by itself; none for never.
    pub expires_at: Option<Timestamp>,
}

/// A key that was made, told once.
#[derive(Debug)]
pub struct MadeKey {
    /// Its id.
    pub id: ApiKeyId,
    /// The key itself.
    pub key: ApiKey,
}

fn key_target(row: &ApiKeyRow) -> Target {
    Target { kind: "api_key", id: row.id.to_string(), name: row.name.clone() }
}

/// Makes a key of a program. It never works further than its maker.
///
/// # Errors
/// `Forbidden`; `NotFound`; `FreshSignInRequired`; `InvalidField`; `Conflict` when there are too many.
pub async fn make_key(app: &App, actor: &Actor, application: &str, wish: &KeyWish) -> Result<MadeKey, ServiceError> {
    let application = find(app, actor, application).await?;
    access::require_fresh(app, actor)?;
    let name = DisplayName::parse(&wish.name).map_err(|_| wrong("name", "Give it a name of 1 to 120 characters on one line."));
    let scopes = parsed_scopes(actor, &wish.scopes);
    let ends = if wish.expires_at.is_some_and(|at| at <= app.now()) { Err(wrong("expires_at", "Choose a time to come.")) } else { Ok(wish.expires_at) };
    let connections = match &wish.connections {
        Some(ids) => known_connections(app, actor, ids).await?.map(Some),
        None => Ok(None),
    };
    match (name, scopes, ends, connections) {
        (Ok(name), Ok(scopes), Ok(expires_at), Ok(connections)) => {
            let (row, key) = new_key(app, actor, &application, name.as_str(), scopes, connections, expires_at)?;
            store(app, actor, &row, None).await?;
            Ok(MadeKey { id: row.id, key })
        }
        (name, scopes, ends, connections) => {
            Err(ServiceError::invalid_fields([name.err(), scopes.err(), ends.err(), connections.err()].into_iter().flatten().collect()))
        }
    }
}

/// Makes a key in the place of another, which goes on working for `overlap_hours`, and no longer than it would have.
///
/// # Errors
/// `Forbidden`; `NotFound`; `FreshSignInRequired`; `InvalidField` when the actor may not give all that the old one has, or for more than 30 days; `Conflict` when the old one has ended.
pub async fn rotate_key(app: &App, actor: &Actor, application: &str, key: &str, overlap_hours: u32) -> Result<MadeKey, ServiceError> {
    let application = find(app, actor, application).await?;
    let old = find_key(app, &application, key).await?;
    access::require_fresh(app, actor)?;
    let now = app.now();
    if !old.works(now) {
        return Err(has_ended());
    }
    if overlap_hours > MOST_OVERLAP_HOURS {
        return Err(ServiceError::invalid_field("overlap_hours", "At most 30 days."));
    }
    let old_ends_at = now.plus_millis(i64::from(overlap_hours) * 3_600_000);
    let names: Vec<String> = old.scopes.iter().map(|scope| scope.as_str().to_owned()).collect();
    let scopes = parsed_scopes(actor, &names).map_err(|field| ServiceError::invalid_fields(vec![field]))?;
    let connections = match &old.connections {
        Some(ids) => {
            let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
            Some(known_connections(app, actor, &ids).await?.map_err(|field| ServiceError::invalid_fields(vec![field]))?)
        }
        None => None,
    };
    // It lasts as long as the old one was meant to.
    let expires_at = old.expires_at.map(|end| now.plus_millis(end.since(old.created_at)));
    let (row, made) = new_key(app, actor, &application, &old.name, scopes, connections, expires_at)?;
    let ends = old.expires_at.map_or(old_ends_at, |at| at.min(old_ends_at));
    store(app, actor, &row, Some((&old, ends))).await?;
    Ok(MadeKey { id: row.id, key: made })
}

/// Ends a key at once; its name.
///
/// # Errors
/// `Forbidden`; `NotFound`; `Conflict` when it has ended.
pub async fn end_key(app: &App, actor: &Actor, application: &str, key: &str) -> Result<String, ServiceError> {
    let application = find(app, actor, application).await?;
    let row = find_key(app, &application, key).await?;
    let mut transaction = app.database.begin().await?;
    if !api_keys::end(transaction.conn(), &row.organization, &row.id, app.now()).await? {
        return Err(has_ended());
    }
    audit::record(app, &mut transaction, actor.into(), AuditEvent::done("api_key.ended", key_target(&row), Vec::new())).await?;
    transaction.commit().await?;
    Ok(row.name)
}

async fn find_key(app: &App, application: &ApplicationRow, id: &str) -> Result<ApiKeyRow, ServiceError> {
    let id = ApiKeyId::parse(id).map_err(|_| ServiceError::not_found())?;
    let found = api_keys::find(app.database.read().await?.conn(), &application.organization, &application.id, &id).await?;
    found.ok_or_else(ServiceError::not_found)
}

fn has_ended() -> ServiceError {
    ServiceError::conflict("This key has ended. Nothing was changed. Make a new one.")
}

fn wrong(field: &str, message: impl Into<String>) -> FieldError {
    FieldError { field: field.to_owned(), message: message.into() }
}

/// The scopes, each of which the actor's role may give.
fn parsed_scopes(actor: &Actor, names: &[String]) -> Result<Scopes, FieldError> {
    let ActorKind::Member { role, .. } = &actor.kind else { return Err(wrong("scopes", "Only people make keys.")) };
    let parsed = names.iter().map(|name| Scope::parse(name)).collect::<Result<Vec<_>, _>>();
    let parsed = parsed.map_err(|_| wrong("scopes", "There is a scope among them that does not exist."))?;
    match parsed.iter().find(|scope| !scope.within(*role)) {
        Some(beyond) => Err(wrong("scopes", format!("Your role does not allow {}, so a key of yours cannot have it.", beyond.as_str()))),
        None if parsed.is_empty() => Err(wrong("scopes", "Choose at least one thing that the program may do.")),
        None => Ok(parsed.into_iter().collect()),
    }
}

/// The connections, each of which the actor knows.
async fn known_connections(app: &App, actor: &Actor, ids: &[String]) -> Result<Result<BTreeSet<ConnectionId>, FieldError>, ServiceError> {
    let mut known = BTreeSet::new();
    for id in ids {
        match connections::find(app, actor, id).await {
            Ok(row) => drop(known.insert(row.id)),
            Err(error) if error.code == ErrorCode::NotFound => return Ok(Err(wrong("connections", "One of these connections is not there."))),
            Err(error) => return Err(error),
        }
    }
    Ok(if known.is_empty() { Err(wrong("connections", "Choose at least one connection, or all of them.")) } else { Ok(known) })
}

fn new_key(
    app: &App,
    actor: &Actor,
    application: &ApplicationRow,
    name: &str,
    scopes: Scopes,
    connections: Option<BTreeSet<ConnectionId>>,
    expires_at: Option<Timestamp>,
) -> Result<(ApiKeyRow, ApiKey), ServiceError> {
    let id = ApiKeyId::generate(app.clock.as_ref(), app.random.as_ref());
    let key = ApiKey::generate(&id, app.random.as_ref());
    let row = ApiKeyRow {
        id,
        organization: actor.organization.clone(),
        application: application.id.clone(),
        name: name.to_owned(),
        secret_hash: key.hash().as_str().to_owned(),
        scopes,
        connections,
        maker: access::member(actor)?.clone(),
        maker_user: access::person(actor)?.clone(),
        created_at: app.now(),
        expires_at,
        ended_at: None,
        last_used_at: None,
        last_used_address: String::new(),
    };
    Ok((row, key))
}

async fn store(app: &App, actor: &Actor, row: &ApiKeyRow, replaces: Option<(&ApiKeyRow, Timestamp)>) -> Result<(), ServiceError> {
    let now = app.now();
    let mut transaction = app.database.begin().await?;
    let working = api_keys::of_application(transaction.conn(), &row.organization, &row.application).await?;
    if working.iter().filter(|key| key.works(now)).count() >= MOST_KEYS {
        return Err(ServiceError::conflict(format!("This application has {MOST_KEYS} working keys, which is the most. End one first. Nothing was saved.")));
    }
    api_keys::insert(transaction.conn(), row).await?;
    let named = row.connections.as_ref().map(|ids| ids.iter().map(ToString::to_string).collect());
    let facts = vec![Fact::Scopes(row.scopes.to_string()), Fact::Connections(named), Fact::EndsAt(row.expires_at)];
    audit::record(app, &mut transaction, actor.into(), AuditEvent::done("api_key.made", key_target(row), facts)).await?;
    if let Some((old, ends)) = replaces {
        if !api_keys::expire(transaction.conn(), &old.organization, &old.id, now, ends).await? {
            return Err(has_ended());
        }
        let event = AuditEvent::done("api_key.replaced", key_target(old), vec![Fact::EndsAt(Some(ends))]);
        audit::record(app, &mut transaction, actor.into(), event).await?;
    }
    transaction.commit().await?;
    Ok(())
}

/// The scopes that a member of this role may give.
pub(super) fn offered(role: Role) -> Vec<Scope> {
    Scope::ALL.into_iter().filter(|scope| scope.within(role)).collect()
}
