//! Where people who have not signed in find their provider.

use crate::domain::{Email, OrganizationId};
use crate::dto::{SignOnChoice, SignOnDoor};
use crate::services::{App, ServiceError};
use crate::store::{organizations, sign_on, sign_on_domains};

/// The providers that stand on everybody's sign-in page.
pub fn choices(app: &App) -> Vec<SignOnChoice> {
    app.sign_on.providers.iter().map(|one| SignOnChoice { provider: one.name.clone(), label: one.label.clone() }).collect()
}

/// The organization whose people have addresses like this one, if it has proven the domain and has a provider in use. It says nothing about the address itself.
///
/// # Errors
/// [`ServiceError`] when the database does not answer.
pub async fn organization_of(app: &App, email: &str) -> Result<Option<OrganizationId>, ServiceError> {
    let Ok(email) = Email::parse(email) else { return Ok(None) };
    let domain = email.as_str().rsplit_once('@').map_or("", |(_, domain)| domain);
    Ok(sign_on_domains::organization_of(app.database.read().await?.conn(), domain).await?)
}

/// An organization's own sign-in page.
///
/// # Errors
/// `NotFound` for an organization that there is not, or that has no provider in use.
pub async fn door(app: &App, organization: &str) -> Result<SignOnDoor, ServiceError> {
    let id = OrganizationId::parse(organization).map_err(|_| ServiceError::not_found())?;
    let mut reader = app.database.read().await?;
    let providers = sign_on::list(reader.conn(), &id).await?;
    let choices: Vec<SignOnChoice> =
        providers.into_iter().filter(|row| row.enabled).map(|row| SignOnChoice { provider: row.id.to_string(), label: row.label }).collect();
    let row = organizations::find(reader.conn(), &id).await?.filter(|_| !choices.is_empty()).ok_or_else(ServiceError::not_found)?;
    Ok(SignOnDoor { organization: row.name, choices })
}
