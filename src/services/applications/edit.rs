//! Adding, changing, turning off and deleting programs.

use super::{MOST, find, target};
use crate::domain::{Action, Actor, ApplicationId, Description, DisplayName, MemberId, Reach, Role, reach};
use crate::services::audit::{self, AuditEvent, Fact};
use crate::services::{App, ErrorCode, FieldError, ServiceError, access};
use crate::store::applications::{self, ApplicationRow};
use crate::store::{StoreError, members};

/// What is to change; what is none stays.
#[derive(Clone, Debug, Default)]
pub struct Edit {
    /// The name.
    pub name: Option<String>,
    /// What it is for.
    pub purpose: Option<String>,
    /// The id of the member who is to answer for it.
    pub owner: Option<String>,
    /// Whether its keys are to work.
    pub active: Option<bool>,
}

fn parsed(name: &str, purpose: &str) -> Result<(DisplayName, Description), ServiceError> {
    let wrong = |field: &str, message: &str| FieldError { field: field.to_owned(), message: message.to_owned() };
    let (parsed_name, parsed_purpose) = (DisplayName::parse(name), Description::parse(purpose));
    let mut fields = Vec::new();
    if parsed_name.is_err() {
        fields.push(wrong("name", "Give it a name of 1 to 120 characters on one line."));
    }
    match &parsed_purpose {
        Ok(purpose) if purpose.as_str().is_empty() => fields.push(wrong("purpose", "Say in a sentence what it does.")),
        Ok(_) => {}
        Err(_) => fields.push(wrong("purpose", "At most 500 characters.")),
    }
    match (parsed_name, parsed_purpose) {
        (Ok(name), Ok(purpose)) if fields.is_empty() => Ok((name, purpose)),
        _ => Err(ServiceError::invalid_fields(fields)),
    }
}

fn taken(error: StoreError) -> ServiceError {
    match error {
        StoreError::Duplicate(_) => {
            let field = FieldError { field: "name".to_owned(), message: "Another application has this name.".to_owned() };
            ServiceError { fields: vec![field], ..ServiceError::of(ErrorCode::NameTaken) }
        }
        error => error.into(),
    }
}

/// Adds a program of which the actor is the owner.
///
/// # Errors
/// `Forbidden`; `InvalidField`; `NameTaken`; `Conflict` when there are too many.
pub async fn create(app: &App, actor: &Actor, name: &str, purpose: &str) -> Result<ApplicationId, ServiceError> {
    access::require(actor, Action::ManageApplications)?;
    let (name, purpose) = parsed(name, purpose)?;
    let member = access::member(actor)?;
    let now = app.now();
    let row = ApplicationRow {
        id: ApplicationId::generate(app.clock.as_ref(), app.random.as_ref()),
        organization: actor.organization.clone(),
        name: name.as_str().to_owned(),
        purpose: purpose.as_str().to_owned(),
        owner: member.clone(),
        active: true,
        created_by: member.clone(),
        created_at: now,
        updated_at: now,
        row_version: 1,
    };
    let mut transaction = app.database.begin().await?;
    let count = applications::count(transaction.conn(), &actor.organization).await?;
    if usize::try_from(count).unwrap_or(usize::MAX) >= MOST {
        let message = format!("Your organisation has {MOST} applications, which is the most. Delete one first. Nothing was saved.");
        return Err(ServiceError::conflict(message));
    }
    applications::insert(transaction.conn(), &row).await.map_err(taken)?;
    audit::record(app, &mut transaction, actor.into(), AuditEvent::done("application.created", target(&row), Vec::new())).await?;
    transaction.commit().await?;
    Ok(row.id)
}

/// Changes a program.
///
/// # Errors
/// `Forbidden`; `NotFound`; `InvalidField`; `NameTaken`; `Conflict` when it was changed in the same moment.
pub async fn edit(app: &App, actor: &Actor, id: &str, edit: &Edit) -> Result<(), ServiceError> {
    let before = find(app, actor, id).await?;
    let (name, purpose) = parsed(edit.name.as_deref().unwrap_or(&before.name), edit.purpose.as_deref().unwrap_or(&before.purpose))?;
    let owner = match edit.owner.as_deref() {
        Some(owner) if owner != before.owner.as_str() => new_owner(app, actor, owner).await?,
        _ => before.owner.clone(),
    };
    let after = ApplicationRow {
        name: name.as_str().to_owned(),
        purpose: purpose.as_str().to_owned(),
        owner,
        active: edit.active.unwrap_or(before.active),
        updated_at: app.now(),
        ..before.clone()
    };
    let mut events = Vec::new();
    let changed: Vec<&'static str> =
        [("name", before.name != after.name), ("purpose", before.purpose != after.purpose)].into_iter().filter(|(_, is)| *is).map(|(part, _)| part).collect();
    if !changed.is_empty() {
        events.push(("application.edited", vec![Fact::Changed(changed), Fact::NameBefore(before.name.clone())]));
    }
    if before.owner != after.owner {
        events.push(("application.given", vec![Fact::Member(after.owner.to_string())]));
    }
    if before.active != after.active {
        events.push((if after.active { "application.enabled" } else { "application.disabled" }, Vec::new()));
    }
    if events.is_empty() {
        return Ok(());
    }
    let mut transaction = app.database.begin().await?;
    applications::update(transaction.conn(), &after).await.map_err(taken)?;
    for (action, facts) in events {
        audit::record(app, &mut transaction, actor.into(), AuditEvent::done(action, target(&after), facts)).await?;
    }
    transaction.commit().await?;
    Ok(())
}

/// Somebody who may have programs.
async fn new_owner(app: &App, actor: &Actor, id: &str) -> Result<MemberId, ServiceError> {
    let wrong = || ServiceError::invalid_field("owner", "Choose somebody who may have applications.");
    let id = MemberId::parse(id).map_err(|_| wrong())?;
    let person = members::find_active_member(app.database.read().await?.conn(), &actor.organization, &id).await?.ok_or_else(wrong)?;
    let role = if person.super_admin { Role::SuperAdmin } else { person.member.role };
    if reach(role, Action::ManageApplications) == Reach::Nothing { Err(wrong()) } else { Ok(id) }
}

/// Deletes a program; its keys stop at once. Answers its name.
///
/// # Errors
/// `Forbidden`; `NotFound`.
pub async fn delete(app: &App, actor: &Actor, id: &str) -> Result<String, ServiceError> {
    let row = find(app, actor, id).await?;
    let mut transaction = app.database.begin().await?;
    if !applications::delete(transaction.conn(), &row.organization, &row.id).await? {
        return Err(ServiceError::not_found());
    }
    audit::record(app, &mut transaction, actor.into(), AuditEvent::done("application.deleted", target(&row), Vec::new())).await?;
    transaction.commit().await?;
    Ok(row.name)
}
