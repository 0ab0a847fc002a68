//! Reminders before something ends.

use std::collections::BTreeSet;

use super::dates::target;
use super::eyes::Eyes;
use super::gather::gather;
use super::{DAY_MS, Ending, MARKS, SeenBy};
use crate::domain::{Actor, Email, OrganizationId, Role, Timestamp};
use crate::services::audit::{self, AuditEvent, Fact};
use crate::services::mail::{self, Letter};
use crate::services::{App, ServiceError, words};
use crate::store::expiry_reminders::{self, ReminderRow};
use crate::store::members::{self, MemberPerson};
use crate::store::organizations;
use crate::vault::Secret;

/// How long after an end people are still told of it who could not be told before, in milliseconds.
const LATE_MS: i64 = 3 * DAY_MS;
/// Organizations that are looked at together.
const AT_ONCE: i64 = 100;

/// Sends every reminder that is due, of all organizations, each once however many nodes do this at a time; how many. Of several that were missed, the last
/// counts.
///
/// # Errors
/// [`ServiceError`] when the database does not answer; reminders that were sent by then stay sent.
pub async fn remind(app: &App) -> Result<usize, ServiceError> {
    let mut sent = 0;
    let mut after = String::new();
    loop {
        let found = organizations::all(app.database.read().await?.conn(), &after, AT_ONCE).await?;
        let Some((last, ..)) = found.last() else { return Ok(sent) };
        after = last.id.to_string();
        for (organization, ..) in &found {
            sent += of_organization(app, &organization.id).await?;
        }
    }
}

async fn of_organization(app: &App, organization: &OrganizationId) -> Result<usize, ServiceError> {
    let now = app.now();
    let found = gather(app, organization, now.plus_millis(MARKS[0] * DAY_MS)).await?;
    let noted = expiry_reminders::list(app.database.read().await?.conn(), organization, now.plus_millis(-LATE_MS)).await?;
    let noted: BTreeSet<(String, Timestamp, i64)> = noted.into_iter().map(|row| (row.subject, row.ends_at, row.days)).collect();
    let mut sent = 0;
    for ending in found.into_iter().filter(Ending::is_told_of) {
        let Some(days) = due(&ending, now) else { continue };
        if !noted.contains(&(ending.subject.clone(), ending.ends_at, days)) {
            sent += usize::from(send(app, organization, &ending, days).await?);
        }
    }
    Ok(sent)
}

/// How many days before the end the reminder is due that stands nearest to now.
fn due(ending: &Ending, now: Timestamp) -> Option<i64> {
    let left = ending.ends_at.since(now);
    let nearest = MARKS.into_iter().rev().find(|days| left <= days * DAY_MS)?;
    (left > -LATE_MS && ending.ends_at.plus_millis(-nearest * DAY_MS) > ending.since).then_some(nearest)
}

/// Sends one reminder; false when somebody else did.
async fn send(app: &App, organization: &OrganizationId, ending: &Ending, days: i64) -> Result<bool, ServiceError> {
    let people = recipients(app, organization, ending).await?;
    if people.is_empty() {
        return Ok(false);
    }
    let now = app.now();
    let row = ReminderRow { subject: ending.subject.clone(), ends_at: ending.ends_at, days };
    let mut transaction = app.database.begin().await?;
    if !expiry_reminders::claim(transaction.conn(), organization, &row, now, now.plus_millis(-days * DAY_MS)).await? {
        return Ok(false);
    }
    for person in &people {
        let Ok(address) = Email::parse(&person.email) else { continue };
        mail::queue(app, &mut transaction, &address, &letter(app, ending, person, now)).await?;
    }
    let job = Actor::job(organization.clone(), "expiry");
    let facts = vec![Fact::Days(days), Fact::EndsAt(Some(ending.ends_at)), Fact::Count(u64::try_from(people.len()).unwrap_or(u64::MAX))];
    audit::record(app, &mut transaction, (&job).into(), AuditEvent::done("expiry.reminded", target(ending), facts)).await?;
    transaction.commit().await?;
    Ok(true)
}

/// The first who is to be told, is still here and may see it; else everybody who runs the organization.
async fn recipients(app: &App, organization: &OrganizationId, ending: &Ending) -> Result<Vec<MemberPerson>, ServiceError> {
    let mut reader = app.database.read().await?;
    for member in &ending.told {
        let person = members::find_active_member(reader.conn(), organization, member).await?;
        if let Some(person) = person.filter(|person| Eyes::from(person).see(ending)) {
            return Ok(vec![person]);
        }
    }
    let people = members::list_active(reader.conn(), organization).await?;
    Ok(people.into_iter().filter(|person| !person.disabled && matches!(person.role(), Role::SuperAdmin | Role::OrgAdmin)).collect())
}

fn letter(app: &App, ending: &Ending, person: &MemberPerson, now: Timestamp) -> Letter {
    let (date, is_over) = (words::date(ending.ends_at), ending.ends_at <= now);
    let ends = if is_over { "ended" } else { "ends" };
    // What is one person's alone keeps its name from everybody else, also from those who are told in that person's stead.
    let hidden = matches!(&ending.seen_by, SeenBy::Connection(_, Some(owner)) if *owner != person.member.id);
    let about = if ending.about.is_empty() || hidden { String::new() } else { format!(" ({})", ending.about) };
    let note = if ending.note().is_empty() || hidden { String::new() } else { format!("Note: {}\n\n", ending.note()) };
    let home = &app.settings.public_url;
    let meant = ending.told.first() == Some(&person.member.id);
    let why =
        if meant { "You get this letter because it is yours to look after." } else { "You get this letter because nobody else who looks after it is here." };
    let effect = if is_over { "What uses it may have stopped." } else { "Nothing has stopped yet." };
    let text = format!(
        "Hello {},\n\n{}{about} {ends} on {date}, {}. {effect}\n\n{note}{}: {home}{}\n\nEverything that ends: {home}/expiry\n\n{why}\n\nLatchkey at {home}\n",
        person.name,
        ending.title,
        in_days(ending.ends_at, now),
        ending.step,
        ending.path,
    );
    Letter { subject: format!("{} {ends} on {date}", ending.title), text: Secret::new(text) }
}

/// `today`, `tomorrow`, `in 6 days`, `yesterday`, `2 days ago`, by the calendar in UTC.
fn in_days(ends_at: Timestamp, now: Timestamp) -> String {
    let day = |at: Timestamp| at.millis().div_euclid(DAY_MS);
    match day(ends_at) - day(now) {
        0 => "today".to_owned(),
        1 => "tomorrow".to_owned(),
        -1 => "yesterday".to_owned(),
        left if left > 0 => format!("in {left} days"),
        left => format!("{} days ago", -left),
    }
}
