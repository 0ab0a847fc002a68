//! Who can help those who may not.

use crate::domain::{Action, Actor, Role};
use crate::dto::{HelpView, Helper};
use crate::services::{App, ServiceError, access, shell};
use crate::store::{members, organizations};

/// Most helpers that a page names.
const MOST: usize = 5;

/// Who is signed in and who can help.
///
/// # Errors
/// [`ServiceError`] when the database does not answer.
pub async fn view(app: &App, actor: &Actor) -> Result<HelpView, ServiceError> {
    access::require(actor, Action::SeeConnections)?;
    let mut reader = app.database.read().await?;
    let organization = organizations::find(reader.conn(), &actor.organization).await?.map(|row| row.name).unwrap_or_default();
    let mut helpers: Vec<(Role, Helper)> = members::list_active(reader.conn(), &actor.organization)
        .await?
        .into_iter()
        .filter(|person| !person.disabled)
        .map(|person| (person.role(), person))
        .filter(|(role, _)| matches!(role, Role::SuperAdmin | Role::OrgAdmin))
        .map(|(role, person)| (role, Helper { name: person.name, email: person.email, role: role.title().to_owned() }))
        .collect();
    helpers.sort_by_key(|(role, _)| *role != Role::OrgAdmin);
    Ok(HelpView {
        person: actor.name().to_owned(),
        role: shell::role(actor).title().to_owned(),
        organization,
        helpers: helpers.into_iter().take(MOST).map(|(_, helper)| helper).collect(),
    })
}
