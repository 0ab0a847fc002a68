//! Programs and keys as people see them.

use std::collections::{BTreeMap, BTreeSet};

use super::keys::offered;
use super::{find, only_owner};
use crate::domain::{Action, Actor, ActorKind, MemberId, Reach, Role, Timestamp, reach};
use crate::dto::{ApiKeyState, ApiKeyView, ApplicationLine, ApplicationListView, ApplicationView, ConnectionFilter, KeyFormView, Named};
use crate::services::{App, ServiceError, access, connections};
use crate::store::api_keys::{self, ApiKeyRow};
use crate::store::applications::{self, ApplicationRow};
use crate::store::connections as stored_connections;
use crate::store::members::{self, MemberPerson};

/// The programs that the actor may manage.
///
/// # Errors
/// `Forbidden`.
pub async fn list(app: &App, actor: &Actor) -> Result<ApplicationListView, ServiceError> {
    access::require(actor, Action::ManageApplications)?;
    let now = app.now();
    let mut reader = app.database.read().await?;
    let rows = applications::list(reader.conn(), &actor.organization, only_owner(actor)).await?;
    let keys = api_keys::of_organization(reader.conn(), &actor.organization).await?;
    let people = People::read(members::list_active(reader.conn(), &actor.organization).await?);
    let of = |row: &ApplicationRow| keys.iter().filter(|key| key.application == row.id).collect::<Vec<_>>();
    let applications = rows.iter().map(|row| line(row, &of(row), &people, now)).collect();
    Ok(ApplicationListView { applications, all: only_owner(actor).is_none(), now })
}

/// A program with its keys.
///
/// # Errors
/// `Forbidden`; `NotFound`.
pub async fn view(app: &App, actor: &Actor, id: &str) -> Result<ApplicationView, ServiceError> {
    let row = find(app, actor, id).await?;
    let now = app.now();
    let mut reader = app.database.read().await?;
    let keys = api_keys::of_application(reader.conn(), &row.organization, &row.id).await?;
    let people = People::read(members::list_active(reader.conn(), &row.organization).await?);
    let mut names = BTreeMap::new();
    for id in keys.iter().filter_map(|key| key.connections.as_ref()).flatten().collect::<BTreeSet<_>>() {
        let found = stored_connections::find(reader.conn(), &row.organization, id).await?;
        // What is somebody else's alone keeps its name from everybody else.
        let shown = found.filter(|found| actor.knows(id) && found.owner.as_ref().is_none_or(|owner| actor.member() == Some(owner)));
        names.insert(id.to_string(), shown.map(|found| found.name).unwrap_or_default());
    }
    let line = line(&row, &keys.iter().collect::<Vec<_>>(), &people, now);
    let api_keys = keys.iter().map(|key| key_view(&row, key, &people, &names, now)).collect();
    Ok(ApplicationView { line, api_keys, now })
}

/// What a new key of a program can be made of, and whom the program can be given to.
///
/// # Errors
/// `Forbidden`; `NotFound`.
pub async fn key_form(app: &App, actor: &Actor, id: &str) -> Result<KeyFormView, ServiceError> {
    let application = view(app, actor, id).await?;
    let ActorKind::Member { role, .. } = actor.kind else { return Err(ServiceError::forbidden(Action::ManageApplications)) };
    let people = members::list_active(app.database.read().await?.conn(), &actor.organization).await?;
    let people = people.into_iter().filter(|person| !person.disabled && reach(role_of(person), Action::ManageApplications) != Reach::Nothing);
    let people = people.map(|person| Named { id: person.member.id.to_string(), name: person.name }).collect();
    Ok(KeyFormView { application, scopes: offered(role), connections: known(app, actor).await?, people })
}

/// Every connection that the actor knows, part by part as the list gives them.
async fn known(app: &App, actor: &Actor) -> Result<Vec<Named>, ServiceError> {
    let mut found = Vec::new();
    for page in 1.. {
        let part = connections::list(app, actor, &ConnectionFilter { page, ..ConnectionFilter::default() }).await?;
        let came = part.rows.len();
        found.extend(part.rows.into_iter().map(|row| Named { id: row.id, name: row.name }));
        if came == 0 || found.len() >= part.matching {
            break;
        }
    }
    Ok(found)
}

fn role_of(person: &MemberPerson) -> Role {
    if person.super_admin { Role::SuperAdmin } else { person.member.role }
}

/// Those who may sign in here, by their memberships.
struct People(BTreeMap<MemberId, String>);

impl People {
    fn read(people: Vec<MemberPerson>) -> Self {
        Self(people.into_iter().filter(|person| !person.disabled).map(|person| (person.member.id, person.name)).collect())
    }

    fn named(&self, member: &MemberId) -> Named {
        Named { id: member.to_string(), name: self.0.get(member).cloned().unwrap_or_default() }
    }

    fn has(&self, member: &MemberId) -> bool {
        self.0.contains_key(member)
    }
}

fn line(row: &ApplicationRow, keys: &[&ApiKeyRow], people: &People, now: Timestamp) -> ApplicationLine {
    let working: Vec<&&ApiKeyRow> = keys.iter().filter(|key| state(row, key, people, now) == ApiKeyState::Working).collect();
    ApplicationLine {
        id: row.id.to_string(),
        name: row.name.clone(),
        purpose: row.purpose.clone(),
        owner: people.named(&row.owner),
        active: row.active,
        keys: working.len(),
        scopes: working.iter().flat_map(|key| key.scopes.iter()).collect::<BTreeSet<_>>().into_iter().collect(),
        last_used_at: keys.iter().filter_map(|key| key.last_used_at).max(),
        next_end: working.iter().filter_map(|key| key.expires_at).min(),
        created_at: row.created_at,
    }
}

fn state(row: &ApplicationRow, key: &ApiKeyRow, people: &People, now: Timestamp) -> ApiKeyState {
    match key {
        _ if key.ended_at.is_some() => ApiKeyState::Ended,
        _ if !key.works(now) => ApiKeyState::Expired,
        _ if !people.has(&key.maker) => ApiKeyState::MakerGone,
        _ if !row.active => ApiKeyState::Off,
        _ => ApiKeyState::Working,
    }
}

fn key_view(row: &ApplicationRow, key: &ApiKeyRow, people: &People, names: &BTreeMap<String, String>, now: Timestamp) -> ApiKeyView {
    let named = |id: &crate::domain::ConnectionId| Named { id: id.to_string(), name: names.get(id.as_str()).cloned().unwrap_or_default() };
    ApiKeyView {
        id: key.id.to_string(),
        name: key.name.clone(),
        state: state(row, key, people, now),
        scopes: key.scopes.iter().collect(),
        connections: key.connections.as_ref().map(|ids| ids.iter().map(named).collect()),
        maker: people.named(&key.maker),
        created_at: key.created_at,
        expires_at: key.expires_at,
        ended_at: key.ended_at,
        last_used_at: key.last_used_at,
        last_used_from: key.last_used_address.clone(),
    }
}
