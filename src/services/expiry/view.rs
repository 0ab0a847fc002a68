//! The expiry calendar as people see it.

use std::collections::{BTreeMap, BTreeSet};

use super::dates::{find, may_edit, require_connection};
use super::eyes::Eyes;
use super::gather::{credential_title, gather};
use super::{DAY_MS, Ending, MARKS};
use crate::domain::{Action, Actor, MemberId, OrganizationId, Timestamp};
use crate::dto::{ExpiryFormView, ExpiryLine, ExpiryReminder, ExpiryView, Named};
use crate::services::{App, ServiceError, access, marketplace};
use crate::store::{credentials, expiry_dates, expiry_reminders, members};

/// How long reminders are looked up after the end that they told of, in milliseconds.
const SHOWN_MS: i64 = 60 * DAY_MS;

/// What ends, as far as the actor may see it.
///
/// # Errors
/// `Forbidden`.
pub async fn list(app: &App, actor: &Actor) -> Result<ExpiryView, ServiceError> {
    access::require(actor, Action::SeeConnections)?;
    let now = app.now();
    let mut found = gather(app, &actor.organization, Timestamp::from_millis(i64::MAX)).await?;
    let eyes = Eyes::from(actor);
    found.retain(|ending| eyes.see(ending));
    let context = Context::read(app, &actor.organization).await?;
    let lines = found.iter().map(|ending| context.line(actor, ending, now)).collect();
    Ok(ExpiryView { now, lines, may_add: access::require(actor, Action::ManageDates).is_ok() })
}

/// One thing that ends, as the actor sees it.
pub(super) async fn line(app: &App, actor: &Actor, ending: &Ending) -> Result<ExpiryLine, ServiceError> {
    Ok(Context::read(app, &actor.organization).await?.line(actor, ending, app.now()))
}

/// The form of a new date; with a connection, of the end of its credential, which may be there already.
///
/// # Errors
/// `Forbidden`; `NotFound` for a connection that the actor does not see; `Conflict` for one that is disconnected.
pub async fn form(app: &App, actor: &Actor, connection: &str) -> Result<ExpiryFormView, ServiceError> {
    access::require(actor, Action::ManageDates)?;
    let mut view = empty_form(app, actor).await?;
    if connection.is_empty() {
        return Ok(view);
    }
    let row = require_connection(app, actor, connection).await?;
    let manifest = marketplace::find(app, &actor.organization, &row.connector).await?;
    let mut reader = app.database.read().await?;
    let date = expiry_dates::of_connection(reader.conn(), &actor.organization, &row.id).await?;
    let in_use = credentials::active(reader.conn(), &actor.organization, &row.id).await?;
    drop(reader);
    view.subject = credential_title(&row, manifest.as_deref());
    view.connection = Some(Named { id: row.id.to_string(), name: row.name });
    if let Some(date) = date.filter(|date| date.connection.as_ref().map(|(_, version)| *version) == in_use.map(|credential| credential.version)) {
        return form_of(app, actor, date.id.as_str()).await;
    }
    Ok(view)
}

/// The form of a date that is there.
///
/// # Errors
/// `Forbidden`; `NotFound`.
pub async fn form_of(app: &App, actor: &Actor, id: &str) -> Result<ExpiryFormView, ServiceError> {
    let ending = find(app, actor, id).await?;
    let mut view = empty_form(app, actor).await?;
    if let Some((_, Some(connection))) = &ending.entered {
        view.subject.clone_from(&ending.title);
        view.connection = Some(Named { id: connection.id.to_string(), name: connection.name.clone() });
    }
    view.date = Some(line(app, actor, &ending).await?);
    Ok(view)
}

async fn empty_form(app: &App, actor: &Actor) -> Result<ExpiryFormView, ServiceError> {
    let viewer = access::member(actor)?;
    let people = members::list_active(app.database.read().await?.conn(), &actor.organization).await?;
    // Who is limited to some connections does not learn who else is here.
    let people = people.into_iter().filter(|person| !person.disabled && (actor.only.is_none() || person.member.id == *viewer));
    let people = people.map(|person| Named { id: person.member.id.to_string(), name: person.name }).collect();
    Ok(ExpiryFormView { now: app.now(), connection: None, subject: String::new(), date: None, people, viewer: viewer.to_string() })
}

/// What lines are made with.
struct Context {
    people: BTreeMap<MemberId, String>,
    sent: BTreeSet<(String, Timestamp, i64)>,
}

impl Context {
    async fn read(app: &App, organization: &OrganizationId) -> Result<Self, ServiceError> {
        let mut reader = app.database.read().await?;
        let people = members::list_active(reader.conn(), organization).await?;
        let sent = expiry_reminders::list(reader.conn(), organization, app.now().plus_millis(-SHOWN_MS)).await?;
        Ok(Self {
            people: people.into_iter().filter(|person| !person.disabled).map(|person| (person.member.id, person.name)).collect(),
            sent: sent.into_iter().map(|row| (row.subject, row.ends_at, row.days)).collect(),
        })
    }

    fn line(&self, actor: &Actor, ending: &Ending, now: Timestamp) -> ExpiryLine {
        let owner = ending.told.iter().find_map(|id| self.people.get(id).map(|name| Named { id: id.to_string(), name: name.clone() }));
        let reminder = |days: i64| {
            let sent = self.sent.contains(&(ending.subject.clone(), ending.ends_at, days));
            let planned = ending.ends_at.plus_millis(-days * DAY_MS) > now;
            (sent || planned).then_some(ExpiryReminder { days, sent })
        };
        let may_edit = may_edit(actor, ending);
        let looks = access::require(actor, Action::SeeConnectionDetails).is_err();
        ExpiryLine {
            id: ending.entered.as_ref().map(|(row, _)| row.id.to_string()),
            kind: ending.kind,
            title: ending.title.clone(),
            about: ending.about.clone(),
            note: ending.note().to_owned(),
            owner,
            ends_at: ending.ends_at,
            renews: ending.renews,
            ended_early_by: ending.ended_early_by.clone(),
            reminders: if ending.is_told_of() { MARKS.into_iter().filter_map(reminder).collect() } else { Vec::new() },
            step: ending.step.clone(),
            path: if looks || (ending.kind == crate::dto::ExpiryKind::Date && !may_edit) { String::new() } else { ending.path.clone() },
            may_edit,
        }
    }
}
