//! What people write about a connection: its name, its description, its tags.

use crate::domain::{Action, Actor, ConnectionStatus, Description, DisplayName, InvalidTags, Tags};
use crate::dto::ConnectionView;
use crate::services::audit::{self, AuditEvent, Fact, Target};
use crate::services::connections::view::view_of;
use crate::services::{App, FieldError, ServiceError, access, connections, names, teams};
use crate::store::audit::last;
use crate::store::connections::{ConnectionRow, find, hold, update};
use crate::store::{Transaction, organizations};

const EDITED: &str = "connection.edited";

/// What is to change; what is none stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Edit {
    /// The name.
    pub name: Option<String>,
    /// The description.
    pub description: Option<String>,
    /// The tags, all of them.
    pub tags: Option<Vec<String>>,
    /// Id of the team that it belongs to; empty for the whole organization.
    pub team: Option<String>,
}

/// Changes what people write about a connection; `seen` is the version that the actor looked at, none to change it in any case.
///
/// # Errors
/// `InvalidField` for each wrong field; `NameTaken`; `Conflict` when somebody changed it meanwhile, and when it is disconnected.
pub async fn edit(app: &App, actor: &Actor, id: &str, edit: &Edit, seen: Option<i64>) -> Result<ConnectionView, ServiceError> {
    access::require(actor, Action::ManageConnection)?;
    let row = connections::find(app, actor, id).await?;
    access::require_on(actor, Action::ManageConnection, &row)?;
    let wanted = read(edit)?;
    let mut transaction = app.database.begin().await?;
    if edit.team.is_some() {
        organizations::hold(transaction.conn(), &actor.organization).await?;
    }
    hold(transaction.conn(), &actor.organization, &row.id).await?;
    let before = find(transaction.conn(), &actor.organization, &row.id).await?.ok_or_else(ServiceError::not_found)?;
    access::require_on(actor, Action::ManageConnection, &before)?;
    if before.status == ConnectionStatus::Revoked {
        return Err(ServiceError::conflict("It is disconnected. Nothing was changed."));
    }
    if seen.is_some_and(|seen| seen != before.edits) {
        return Err(overtaken(&mut transaction, actor, &before).await?);
    }
    let mut after = before.clone();
    let Wanted { name, description, tags } = wanted;
    after.name = name.map_or(after.name, |name| name.as_str().to_owned());
    after.description = description.map_or(after.description, |description| description.as_str().to_owned());
    after.tags = tags.map_or(after.tags, Tags::into_vec);
    if let Some(team) = &edit.team {
        after.team = teams::for_edit(transaction.conn(), actor, &before, team).await?;
    }
    if after == before {
        drop(transaction);
        return view_of(app, actor, &before).await;
    }
    if after.name != before.name {
        let free = names::free(transaction.conn(), &actor.organization, after.owner.as_ref(), &after.name).await?;
        if free != after.name {
            return Err(ServiceError::name_taken(&free));
        }
    }
    after.edits += 1;
    after.updated_at = app.now();
    update(transaction.conn(), &after).await?;
    after.row_version += 1;
    let event = AuditEvent::done(EDITED, Target::connection(&after.id, &after.name), facts(&before, &after));
    audit::record(app, &mut transaction, actor.into(), event).await?;
    transaction.commit().await?;
    view_of(app, actor, &after).await
}

struct Wanted {
    name: Option<DisplayName>,
    description: Option<Description>,
    tags: Option<Tags>,
}

fn read(edit: &Edit) -> Result<Wanted, ServiceError> {
    let mut wrong = Vec::new();
    let mut refuse = |field: &str, message: &str| wrong.push(FieldError { field: field.to_owned(), message: message.to_owned() });
    let name = edit.name.as_deref().map(DisplayName::parse).transpose();
    let description = edit.description.as_deref().map(Description::parse).transpose();
    let tags = edit.tags.as_ref().map(|tags| Tags::parse(tags.iter().map(String::as_str))).transpose();
    if name.is_err() {
        refuse("name", "Use 1 to 120 characters on one line.");
    }
    if description.is_err() {
        refuse("description", "Use at most 500 characters.");
    }
    match tags {
        Err(InvalidTags::TooMany) => refuse("tags", "Use at most 10 tags."),
        Err(InvalidTags::Unfit) => refuse("tags", "Use at most 30 characters for each tag, without quotes, commas and backslashes in it."),
        Ok(_) => {}
    }
    match (name, description, tags) {
        (Ok(name), Ok(description), Ok(tags)) => Ok(Wanted { name, description, tags }),
        _ => Err(ServiceError::invalid_fields(wrong)),
    }
}

/// Says who was faster.
async fn overtaken(transaction: &mut Transaction, actor: &Actor, row: &ConnectionRow) -> Result<ServiceError, ServiceError> {
    let entry = last(transaction.conn(), &actor.organization, row.id.as_str(), EDITED).await?;
    let who = entry.map_or_else(|| "Somebody else".to_owned(), |entry| entry.actor_name);
    Ok(ServiceError::conflict(format!("{who} changed this meanwhile. Nothing of yours was saved. Compare both, then save again.")))
}

fn facts(before: &ConnectionRow, after: &ConnectionRow) -> Vec<Fact> {
    let parts = [
        ("name", before.name != after.name),
        ("description", before.description != after.description),
        ("tags", before.tags != after.tags),
        ("team", before.team != after.team),
    ];
    let mut facts = vec![Fact::Changed(parts.into_iter().filter(|(_, changed)| *changed).map(|(part, _)| part).collect())];
    if before.name != after.name {
        facts.push(Fact::NameBefore(before.name.clone()));
    }
    facts
}
