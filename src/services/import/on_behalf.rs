//! In whose name the operator imports: the connections become that member's, and the audit log names both.

use std::net::{IpAddr, Ipv4Addr};

use crate::domain::{Actor, Email, OrganizationId, Role, Visitor};
use crate::services::{App, ServiceError, sign_in};
use crate::store::members::MemberPerson;
use crate::store::{members, organizations, users};

/// What the audit log says that it was done with.
const PROGRAM: &str = "latchkey import";

/// The member of this address in the organization of this name or id; without one, the only admin, and the only organization.
///
/// # Errors
/// `InvalidField` when there is none, or more than one.
pub async fn on_behalf_of(app: &App, organization: Option<&str>, email: Option<&str>) -> Result<Actor, ServiceError> {
    let organization = find_organization(app, organization).await?;
    let person = find_person(app, &organization, email).await?;
    let nowhere = Visitor { address: IpAddr::V4(Ipv4Addr::UNSPECIFIED), user_agent: PROGRAM.to_owned(), device: None, request_id: String::new() };
    Ok(Actor { address: None, ..sign_in::of_person(&person, app.now(), &nowhere) })
}

async fn find_organization(app: &App, wanted: Option<&str>) -> Result<OrganizationId, ServiceError> {
    let (mut found, mut after) = (Vec::new(), String::new());
    loop {
        let page = organizations::all(app.database.read().await?.conn(), &after, 100).await?;
        let Some((last, ..)) = page.last() else { break };
        after = last.id.to_string();
        found.extend(page.into_iter().map(|(row, ..)| row).filter(|row| wanted.is_none_or(|wanted| row.name == wanted || row.id.as_str() == wanted)));
    }
    match (found.len(), found.pop()) {
        (1, Some(row)) => Ok(row.id),
        (0, _) if wanted.is_some() => Err(refused("organization", "There is no organisation of this name or id.")),
        (0, _) => Err(refused("organization", "There is no organisation yet. Set Latchkey up in the browser first.")),
        _ => Err(refused("organization", "There are several organisations. Say which one with --organization and its id.")),
    }
}

async fn find_person(app: &App, organization: &OrganizationId, email: Option<&str>) -> Result<MemberPerson, ServiceError> {
    let mut reader = app.database.read().await?;
    let Some(email) = email else {
        let people = members::list_active(reader.conn(), organization).await?;
        let mut admins: Vec<MemberPerson> =
            people.into_iter().filter(|person| !person.disabled && matches!(person.role(), Role::SuperAdmin | Role::OrgAdmin)).collect();
        return match (admins.len(), admins.pop()) {
            (1, Some(admin)) => Ok(admin),
            _ => Err(refused("member", "Say in whose name with --member and the e-mail address of an admin.")),
        };
    };
    let user = match Email::parse(email) {
        Ok(email) => users::find_by_email(reader.conn(), &email).await?,
        Err(_) => None,
    };
    let found = match user {
        Some(user) => members::find_active(reader.conn(), organization, &user.id).await?,
        None => None,
    };
    found.ok_or_else(|| refused("member", "Nobody of this organisation has this e-mail address."))
}

fn refused(field: &str, message: &str) -> ServiceError {
    ServiceError::invalid_field(field, message).saying(format!("{message} Nothing was changed."))
}
