//! Entering, changing and removing dates.

use super::eyes::Eyes;
use super::gather::of_row;
use super::{Ending, MOST, view};
use crate::domain::{Action, Actor, ConnectionStatus, Description, DisplayName, ExpiryDateId, MemberId, Timestamp};
use crate::dto::ExpiryLine;
use crate::services::audit::{self, AuditEvent, Fact, Target};
use crate::services::{App, FieldError, ServiceError, access, connections};
use crate::store::connections::ConnectionRow;
use crate::store::expiry_dates::{self, ExpiryDateRow};
use crate::store::{credentials, members};

/// How far ahead a date may be, in milliseconds: a hundred years.
const FURTHEST_MS: i64 = 100 * 366 * super::DAY_MS;

/// A date to be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewDate {
    /// The id of the connection whose credential ends; empty for a date of its own.
    pub connection: String,
    /// What ends; empty with a connection.
    pub title: String,
    /// When it ends.
    pub ends_at: Timestamp,
    /// Id of the member who is told before; empty for the actor.
    pub owner: String,
    /// What there is to say about it.
    pub note: String,
}

/// What is to change; what is none stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Edit {
    /// What ends; not for a connection's credential.
    pub title: Option<String>,
    /// When it ends.
    pub ends_at: Option<Timestamp>,
    /// Id of the member who is told before.
    pub owner: Option<String>,
    /// What there is to say about it.
    pub note: Option<String>,
}

/// Adds a date, or says when the credential of a connection ends.
///
/// # Errors
/// `Forbidden`; `NotFound` for a connection that the actor does not see; `InvalidField`; `Conflict` when the connection has a date or is disconnected, and
/// when there are too many.
pub async fn add(app: &App, actor: &Actor, new: &NewDate) -> Result<ExpiryLine, ServiceError> {
    access::require(actor, Action::ManageDates)?;
    let member = access::member(actor)?;
    let connection = if new.connection.is_empty() { None } else { Some(require_connection(app, actor, &new.connection).await?) };
    let mut reader = app.database.read().await?;
    let version = match &connection {
        Some(row) => credentials::active(reader.conn(), &row.organization, &row.id).await?.map(|credential| (row.id.clone(), credential.version)),
        None => None,
    };
    let before = match &connection {
        Some(row) => expiry_dates::of_connection(reader.conn(), &row.organization, &row.id).await?,
        None => None,
    };
    let count = expiry_dates::count(reader.conn(), &actor.organization).await?;
    drop(reader);
    if connection.is_some() && version.is_none() {
        return Err(ServiceError::conflict("It has no credential. Nothing was saved."));
    }
    if before.as_ref().is_some_and(|row| row.connection == version) {
        return Err(ServiceError::conflict("There is a date for this credential already. Change that one. Nothing was saved."));
    }
    if usize::try_from(count).unwrap_or(usize::MAX) >= MOST {
        return Err(ServiceError::conflict(format!("Your organisation has {MOST} dates, which is the most. Remove one first. Nothing was saved.")));
    }
    let owner = if new.owner.is_empty() { member.as_str() } else { &new.owner };
    let parsed = parse(app, &new.title, &new.note, Some(new.ends_at), connection.is_some())?;
    let now = app.now();
    let mut row = ExpiryDateRow {
        id: ExpiryDateId::generate(app.clock.as_ref(), app.random.as_ref()),
        organization: actor.organization.clone(),
        connection: version,
        title: parsed.title,
        note: parsed.note,
        ends_at: new.ends_at,
        owner: member.clone(),
        created_by: member.clone(),
        created_at: now,
        updated_at: now,
        row_version: 1,
    };
    row.owner = require_owner(app, actor, &row, owner).await?;
    let ending = of_row(app, row.clone()).await?.ok_or_else(ServiceError::not_found)?;
    let mut transaction = app.database.begin().await?;
    if let Some(before) = before {
        expiry_dates::delete(transaction.conn(), &before.organization, &before.id).await?;
    }
    expiry_dates::insert(transaction.conn(), &row).await?;
    let facts = vec![Fact::EndsAt(Some(row.ends_at)), Fact::Owner(row.owner.clone())];
    audit::record(app, &mut transaction, actor.into(), AuditEvent::done("expiry.added", target(&ending), facts)).await?;
    transaction.commit().await?;
    view::line(app, actor, &ending).await
}

/// Changes a date.
///
/// # Errors
/// `Forbidden`; `NotFound`; `InvalidField`; `Conflict` when it was changed in the same moment.
pub async fn edit(app: &App, actor: &Actor, id: &str, edit: &Edit) -> Result<ExpiryLine, ServiceError> {
    let before = find(app, actor, id).await?;
    require_edit(actor, &before)?;
    let (row, connection) = before.entered.as_ref().ok_or_else(ServiceError::not_found)?;
    let new_end = edit.ends_at.filter(|end| *end != row.ends_at);
    let title = edit.title.as_deref().unwrap_or(&row.title);
    let parsed = parse(app, title, edit.note.as_deref().unwrap_or(&row.note), new_end, connection.is_some())?;
    let mut after = ExpiryDateRow { title: parsed.title, note: parsed.note, ends_at: new_end.unwrap_or(row.ends_at), updated_at: app.now(), ..row.clone() };
    if let Some(owner) = edit.owner.as_deref().filter(|owner| *owner != row.owner.as_str()) {
        after.owner = require_owner(app, actor, row, owner).await?;
    }
    let parts =
        [("title", row.title != after.title), ("note", row.note != after.note), ("end", row.ends_at != after.ends_at), ("owner", row.owner != after.owner)];
    let changed: Vec<&'static str> = parts.into_iter().filter(|(_, is)| *is).map(|(part, _)| part).collect();
    if changed.is_empty() {
        return view::line(app, actor, &before).await;
    }
    let mut transaction = app.database.begin().await?;
    expiry_dates::update(transaction.conn(), &after).await?;
    after.row_version += 1;
    let facts = vec![Fact::Changed(changed), Fact::EndsAt(Some(after.ends_at)), Fact::Owner(after.owner.clone())];
    let named = Ending { title: if connection.is_some() { before.title.clone() } else { after.title.clone() }, ..before.clone() };
    audit::record(app, &mut transaction, actor.into(), AuditEvent::done("expiry.edited", target(&named), facts)).await?;
    transaction.commit().await?;
    let ending = of_row(app, after).await?.ok_or_else(ServiceError::not_found)?;
    view::line(app, actor, &ending).await
}

/// Removes a date, and says what it was about.
///
/// # Errors
/// `Forbidden`; `NotFound`.
pub async fn remove(app: &App, actor: &Actor, id: &str) -> Result<String, ServiceError> {
    let ending = find(app, actor, id).await?;
    require_edit(actor, &ending)?;
    let (row, _) = ending.entered.as_ref().ok_or_else(ServiceError::not_found)?;
    let mut transaction = app.database.begin().await?;
    if !expiry_dates::delete(transaction.conn(), &row.organization, &row.id).await? {
        return Err(ServiceError::not_found());
    }
    audit::record(app, &mut transaction, actor.into(), AuditEvent::done("expiry.removed", target(&ending), Vec::new())).await?;
    transaction.commit().await?;
    Ok(ending.title)
}

/// The date of this id, if the actor sees it; every other text gets the one answer.
pub(super) async fn find(app: &App, actor: &Actor, id: &str) -> Result<Ending, ServiceError> {
    access::require(actor, Action::ManageDates)?;
    let id = ExpiryDateId::parse(id).map_err(|_| ServiceError::not_found())?;
    let row = expiry_dates::find(app.database.read().await?.conn(), &actor.organization, &id).await?.ok_or_else(ServiceError::not_found)?;
    let found = of_row(app, row).await?;
    found.filter(|ending| Eyes::from(actor).see(ending)).ok_or_else(ServiceError::not_found)
}

/// Whether the actor may change or remove the date.
pub(super) fn may_edit(actor: &Actor, ending: &Ending) -> bool {
    match &ending.entered {
        None => false,
        Some((_, Some(connection))) => access::require(actor, Action::ManageDates).is_ok() && access::may_on(actor, Action::ManageConnection, connection),
        Some((row, None)) => [&row.owner, &row.created_by].into_iter().any(|member| actor.may_own(Action::ManageDates, member)),
    }
}

fn require_edit(actor: &Actor, ending: &Ending) -> Result<(), ServiceError> {
    if may_edit(actor, ending) { Ok(()) } else { Err(ServiceError::forbidden(Action::ManageDates)) }
}

/// A connection that the actor may manage and that is not disconnected.
pub(super) async fn require_connection(app: &App, actor: &Actor, id: &str) -> Result<ConnectionRow, ServiceError> {
    let row = connections::find(app, actor, id).await?;
    access::require_on(actor, Action::ManageConnection, &row)?;
    if row.status == ConnectionStatus::Revoked {
        return Err(ServiceError::conflict("It is disconnected. Nothing was saved."));
    }
    Ok(row)
}

/// Somebody who is here and may see it.
async fn require_owner(app: &App, actor: &Actor, row: &ExpiryDateRow, id: &str) -> Result<MemberId, ServiceError> {
    let wrong = || ServiceError::invalid_field("owner", "Choose somebody of your organisation who may see it.");
    let id = MemberId::parse(id).map_err(|_| wrong())?;
    let person = members::find_active_member(app.database.read().await?.conn(), &actor.organization, &id).await?.ok_or_else(wrong)?;
    let ending = of_row(app, ExpiryDateRow { owner: id.clone(), ..row.clone() }).await?;
    if ending.is_some_and(|ending| Eyes::from(&person).see(&ending)) { Ok(id) } else { Err(wrong()) }
}

struct Parsed {
    title: String,
    note: String,
}

fn parse(app: &App, title: &str, note: &str, ends_at: Option<Timestamp>, of_connection: bool) -> Result<Parsed, ServiceError> {
    let wrong = |field: &str, message: &str| FieldError { field: field.to_owned(), message: message.to_owned() };
    let title = match DisplayName::parse(title) {
        _ if of_connection && title.is_empty() => Ok(String::new()),
        _ if of_connection => Err(wrong("title", "Leave it out: the end of a connection\u{2019}s credential is called after the connection.")),
        Ok(title) => Ok(title.as_str().to_owned()),
        Err(_) => Err(wrong("title", "Say what ends, in 1 to 120 characters on one line.")),
    };
    let note = Description::parse(note).map(|note| note.as_str().to_owned()).map_err(|_| wrong("note", "Use at most 500 characters."));
    let ends = match ends_at.map(|end| end.since(app.now())) {
        Some(i64::MIN..=0) => Err(wrong("ends_at", "Choose a day to come.")),
        Some(left) if left > FURTHEST_MS => Err(wrong("ends_at", "Choose a day within the next hundred years.")),
        _ => Ok(()),
    };
    match (title, note, ends) {
        (Ok(title), Ok(note), Ok(())) => Ok(Parsed { title, note }),
        (title, note, ends) => Err(ServiceError::invalid_fields([title.err(), note.err(), ends.err()].into_iter().flatten().collect())),
    }
}

/// What an entry is about: the connection where it is one's, so that it stands in the connection's activity.
pub(super) fn target(ending: &Ending) -> Target {
    match &ending.entered {
        Some((_, Some(connection))) => Target::connection(&connection.id, &connection.name),
        _ => Target::ending(&ending.subject, &ending.title),
    }
}
