//! Somebody who brings an organization along: the first admin of an installation, and who registers.

use unicode_normalization::UnicodeNormalization;

use crate::domain::{Actor, DisplayName, Email, MemberId, OrganizationId, Role, UserId, Visitor};
use crate::services::sign_in::actor;
use crate::services::{App, FieldError, ServiceError, SignedIn, passwords};
use crate::store::members::MemberRow;
use crate::store::organizations::OrganizationRow;
use crate::store::users::UserRow;
use crate::store::{Transaction, members, organizations, users};
use crate::vault::Secret;

/// The address as a person types it, in one spelling.
pub fn email(text: &str) -> Option<Email> {
    Email::parse(&text.nfkc().collect::<String>()).ok()
}

/// What a person is told whose name cannot be one.
pub const NAME: &str = "Tell us your name, 1 to 120 characters.";
/// What a person is told whose address cannot be one.
pub const EMAIL: &str = "Use an address such as name@example.com.";

/// Who comes, as they said.
pub struct Newcomer {
    /// The name of the organization.
    pub organization: String,
    /// The person's name.
    pub name: String,
    /// Canonical e-mail address.
    pub email: String,
}

/// Reads a form.
///
/// # Errors
/// `InvalidField` for each wrong field.
pub fn parse(organization: &str, name: &str, address: &str, password: &Secret<String>) -> Result<Newcomer, ServiceError> {
    let parsed = (DisplayName::parse(organization), DisplayName::parse(name), email(address));
    let objection = passwords::objection(password.expose(), parsed.2.as_ref(), organization);
    match (parsed, objection) {
        ((Ok(organization), Ok(name), Some(email)), None) => {
            Ok(Newcomer { organization: organization.as_str().to_owned(), name: name.as_str().to_owned(), email: email.as_str().to_owned() })
        }
        ((organization, name, email), objection) => {
            let wrong = [
                ("organization", organization.is_err().then_some("Give the organisation a name of 1 to 120 characters.")),
                ("name", name.is_err().then_some(NAME)),
                ("email", email.is_none().then_some(EMAIL)),
                ("password", objection),
            ];
            let field = |(field, message): (&str, Option<&str>)| message.map(|message| FieldError { field: field.to_owned(), message: message.to_owned() });
            Err(ServiceError::invalid_fields(wrong.into_iter().filter_map(field).collect()))
        }
    }
}

/// Makes the organization and its first admin, who also runs this server when `super_admin`.
pub async fn found(
    app: &App,
    transaction: &mut Transaction,
    visitor: &Visitor,
    newcomer: &Newcomer,
    password_hash: String,
    super_admin: bool,
) -> Result<(Actor, SignedIn), ServiceError> {
    let (clock, random, now) = (app.clock.as_ref(), app.random.as_ref(), app.now());
    let organization = OrganizationRow { id: OrganizationId::generate(clock, random), name: newcomer.organization.clone(), created_at: now };
    let user = UserRow {
        id: UserId::generate(clock, random),
        email: newcomer.email.clone(),
        name: newcomer.name.clone(),
        password_hash: Some(password_hash),
        super_admin,
        theme: String::new(),
        disabled: false,
        created_at: now,
    };
    let member = MemberRow {
        id: MemberId::generate(clock, random),
        organization: organization.id.clone(),
        user: user.id.clone(),
        role: if super_admin { Role::SuperAdmin } else { Role::OrgAdmin },
        active: true,
        created_at: now,
    };
    organizations::insert(transaction.conn(), &organization).await?;
    users::insert(transaction.conn(), &user).await?;
    members::insert(transaction.conn(), &member).await?;
    let actor = actor(&member, &user.name, super_admin, now, visitor);
    Ok((actor, SignedIn { user: user.id, organization: organization.id, member: member.id, confined: false }))
}
