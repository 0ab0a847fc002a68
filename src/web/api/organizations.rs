//! `/api/v1/organizations`, `/api/v1/organization…` and `/api/v1/server/organizations`.

use axum::extract::State;
use serde::Deserialize;
use tower_sessions::Session;
use utoipa::ToSchema;

use super::body::Body;
use super::members::Part;
use super::query::Query;
use super::{Answer, created, data, listed, message};
use crate::dto::{JoinedView, OrganizationLine, OrganizationView, ServerOrganization};
use crate::services::App;
use crate::services::organizations::{self, MOST_LISTED};
use crate::web::envelope::{Done, Listed, Refused, Said};
use crate::web::{Guest, Member, session};

/// An organization's name.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = NameOrganization)]
#[serde(deny_unknown_fields)]
pub struct Named {
    /// The name.
    #[schema(min_length = 1, max_length = 120, example = "AmPac Sandbox")]
    name: String,
}

/// What is to be erased.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = DeleteOrganization)]
#[serde(deny_unknown_fields)]
pub struct Confirmed {
    /// The organization's name, typed again.
    confirm: String,
}

/// List your organizations.
#[utoipa::path(
    get, path = "/organizations", operation_id = "list_organizations", tag = "organizations",
    responses((status = 200, description = "By name, in one page.", body = Done<Listed<OrganizationLine>>))
)]
pub async fn mine(State(app): State<App>, Member(actor): Member) -> Answer {
    Ok(listed(organizations::mine(&app, &actor).await?, None))
}

/// Make an organization.
///
/// You become its first admin; the session stays in the organization where it is.
#[utoipa::path(
    post, path = "/organizations", operation_id = "create_organization", tag = "organizations", request_body = Named,
    responses(
        (status = 201, description = "The new organization.", body = Done<JoinedView>),
        (status = 409, description = "`conflict`: you belong to too many.", body = Refused),
    )
)]
pub async fn create(State(app): State<App>, Member(actor): Member, Guest(visitor): Guest, Body(body): Body<Named>) -> Answer {
    let made = organizations::create(&app, &actor, &visitor, &body.name).await?;
    Ok(created(JoinedView { id: made.organization.to_string(), name: body.name.trim().to_owned() }))
}

/// View the organization that the session is of.
#[utoipa::path(
    get, path = "/organization", operation_id = "view_organization", tag = "organizations",
    responses((status = 200, description = "The organization.", body = Done<OrganizationView>))
)]
pub async fn view(State(app): State<App>, Member(actor): Member) -> Answer {
    Ok(data(organizations::view(&app, &actor).await?))
}

/// Rename the organization.
#[utoipa::path(
    patch, path = "/organization", operation_id = "rename_organization", tag = "organizations", request_body = Named,
    responses((status = 200, description = "The organization as it is now.", body = Done<OrganizationView>))
)]
pub async fn rename(State(app): State<App>, Member(actor): Member, Body(body): Body<Named>) -> Answer {
    Ok(data(organizations::rename(&app, &actor, &body.name).await?))
}

/// Delete the organization.
///
/// Everything in it is erased, but for its audit entries. Needs a sign-in of the last ten minutes, and the name typed again.
#[utoipa::path(
    delete, path = "/organization", operation_id = "delete_organization", tag = "organizations", request_body = Confirmed,
    responses(
        (status = 200, description = "A sentence. The session has ended.", body = Said),
        (status = 409, description = "`conflict`: something is connected, or it is the only organization of the server.", body = Refused),
    )
)]
pub async fn delete(State(app): State<App>, Member(actor): Member, session: Session, Body(body): Body<Confirmed>) -> Answer {
    let name = organizations::delete(&app, &actor, &body.confirm).await?;
    session::end(&session).await?;
    Ok(message(&format!("{name} is deleted.")))
}

/// Leave the organization.
///
/// Needs a sign-in of the last ten minutes; every session of the membership ends.
#[utoipa::path(
    post, path = "/organization/leave", operation_id = "leave_organization", tag = "organizations",
    responses(
        (status = 200, description = "A sentence. The session has ended.", body = Said),
        (status = 409, description = "`conflict`: nobody else runs the organization.", body = Refused),
    )
)]
pub async fn leave(State(app): State<App>, Member(actor): Member, session: Session) -> Answer {
    crate::services::members::leave(&app, &actor).await?;
    session::end(&session).await?;
    Ok(message("You have left the organisation."))
}

/// List the organizations of this server.
///
/// For who runs the server: how large each is, and nothing of what is in it.
#[utoipa::path(
    get, path = "/server/organizations", operation_id = "list_server_organizations", tag = "server", params(Part),
    responses((status = 200, description = "The oldest first.", body = Done<Listed<ServerOrganization>>))
)]
pub async fn all(State(app): State<App>, Member(actor): Member, Query(part): Query<Part>) -> Answer {
    let (cursor, limit) = part.read(MOST_LISTED)?;
    let (items, next) = organizations::all(&app, &actor, &cursor, limit).await?;
    Ok(listed(items, next))
}
