//! Apps that organizations registered with providers.

mod choose;
mod create;
mod doctor;
mod edit;
mod entries;
mod prove;
mod rotate;
mod sealed;
mod view;

pub use choose::{find_for_use, list_for, redirect_uri};
pub use create::{NewApp, create};
pub use doctor::{Reached, doctor};
pub use edit::{Edit, delete, edit};
pub use rotate::{NewSecret, rotate};
pub use sealed::{credentials, seal};
pub use view::{form, list, list_of, offers, page, view};

use std::sync::Arc;

use crate::catalogue::{Manifest, OAuth};
use crate::domain::{Action, Actor, OAuthAppId, OrganizationId};
use crate::dto::SecretProof;
use crate::services::audit::Target;
use crate::services::{App, ServiceError, access, marketplace};
use crate::store::Conn;
use crate::store::oauth_apps::{self, OAuthAppRow};

/// The most apps that an organization may have.
pub const MOST: usize = 200;

/// Which app: its id, and the connector where the caller named one.
#[derive(Clone, Copy, Debug)]
pub struct At<'a> {
    connector: Option<&'a str>,
    id: &'a str,
}

impl<'a> From<&'a str> for At<'a> {
    fn from(id: &'a str) -> Self {
        Self { connector: None, id }
    }
}

impl<'a> From<(&'a str, &'a str)> for At<'a> {
    /// A connector and an app of it.
    fn from((connector, id): (&'a str, &'a str)) -> Self {
        Self { connector: Some(connector), id }
    }
}

/// An app that was added or got another secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Saved {
    /// Its id.
    pub id: OAuthAppId,
    /// What the provider said of its secret; none when there was no secret to ask about.
    pub proof: Option<SecretProof>,
}

fn authorize(actor: &Actor) -> Result<(), ServiceError> {
    access::require(actor, Action::ManageOAuthApps)
}

/// The app in the actor's organization; every other text gets the one answer.
async fn find(on: Conn<'_>, actor: &Actor, at: At<'_>) -> Result<OAuthAppRow, ServiceError> {
    let id = OAuthAppId::parse(at.id).map_err(|_| ServiceError::not_found())?;
    let found = oauth_apps::find(on, &actor.organization, &id).await?;
    found.filter(|row| at.connector.is_none_or(|connector| row.connector == connector)).ok_or_else(ServiceError::not_found)
}

/// A connector of the organization whose apps people register, with how it gets tokens; `NotFound` for any other.
async fn connector(app: &App, organization: &OrganizationId, id: &str) -> Result<(Arc<Manifest>, OAuth), ServiceError> {
    let manifest = marketplace::manifest(app, organization, id).await?;
    let oauth = manifest.oauth_by_app().cloned().ok_or_else(ServiceError::not_found)?;
    Ok((manifest, oauth))
}

/// The same of an app that there is.
async fn connector_of(app: &App, row: &OAuthAppRow) -> Result<(Arc<Manifest>, OAuth), ServiceError> {
    let gone = |_| ServiceError::conflict("The connector of this app is gone, or has no apps any more. Nothing was changed.");
    connector(app, &row.organization, &row.connector).await.map_err(gone)
}

fn target(row: &OAuthAppRow) -> Target {
    Target::oauth_app(&row.id, &row.label)
}
