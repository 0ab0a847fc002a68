//! `/api/v1/invitations…` and joining by one.

use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use tower_sessions::Session;
use utoipa::ToSchema;

use super::body::Body;
use super::members::Part;
use super::query::Query;
use super::{Answer, created, data, listed, message};
use crate::domain::{Actor, Role};
use crate::dto::InvitationView;
use crate::services::App;
use crate::services::invitations::{self, MOST, NewInvitation};
use crate::vault::Secret;
use crate::web::envelope::{Done, Listed, Refused, Said};
use crate::web::{ApiError, Guest, InPath, Member, session};

/// Who is invited, as what.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = Invite)]
#[serde(deny_unknown_fields)]
pub struct New {
    /// The address.
    #[schema(max_length = 254, example = "lena@example.com")]
    email: String,
    /// The role to be; never `super_admin`, and not above your own.
    role: Role,
    /// Id of the team to be put into.
    #[serde(default)]
    #[schema(max_length = 30)]
    team: String,
    /// Ids of the only connections to know; for developers and viewers. No limit when left out.
    #[schema(max_items = 200)]
    connections: Option<Vec<String>>,
}

/// The token of an invitation's link, and for a new account its name and password.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = AcceptInvitation)]
#[serde(deny_unknown_fields)]
pub struct Accepted {
    /// The last part of the link.
    #[schema(value_type = String, write_only)]
    token: Secret<String>,
    /// The name of the new account; left out by who is signed in.
    #[serde(default)]
    #[schema(max_length = 120)]
    name: String,
    /// The password of the new account; left out by who is signed in.
    #[schema(value_type = Option<String>, format = Password, write_only)]
    password: Option<Secret<String>>,
}

/// List open invitations.
#[utoipa::path(
    get, path = "/invitations", operation_id = "list_invitations", tag = "members", params(Part),
    responses((status = 200, description = "The oldest first.", body = Done<Listed<InvitationView>>))
)]
pub async fn list(State(app): State<App>, Member(actor): Member, Query(part): Query<Part>) -> Answer {
    let (cursor, limit) = part.read(MOST)?;
    let (items, next) = invitations::list(&app, &actor, &cursor, limit).await?;
    Ok(listed(items, next))
}

/// Invite somebody.
///
/// A letter with a link goes to the address; the link works once, for seven days. Needs a sign-in of the last ten minutes.
#[utoipa::path(
    post, path = "/invitations", operation_id = "create_invitation", tag = "members", request_body = New,
    responses(
        (status = 201, description = "The invitation, without its link.", body = Done<InvitationView>),
        (status = 409, description = "`conflict`: too many are open.", body = Refused),
        (status = 429, description = "`slow_down`: too many letters.", body = Refused),
    )
)]
pub async fn create(State(app): State<App>, Member(actor): Member, Body(body): Body<New>) -> Answer {
    let wanted = NewInvitation { email: body.email, role: body.role, team: body.team, connections: body.connections };
    let sent = invitations::invite(&app, &actor, &wanted).await;
    Ok(created(sent.map_err(|error| ApiError::from(error).at(app.clock.now()))?))
}

/// Send an invitation again.
///
/// With a new link for seven days; the old link is dead. Needs a sign-in of the last ten minutes.
#[utoipa::path(
    post, path = "/invitations/{id}/resend", operation_id = "resend_invitation", tag = "members",
    responses(
        (status = 200, description = "The invitation as it is now.", body = Done<InvitationView>),
        (status = 429, description = "`slow_down`: too many letters.", body = Refused),
    )
)]
pub async fn resend(State(app): State<App>, Member(actor): Member, InPath(id): InPath) -> Answer {
    let sent = invitations::resend(&app, &actor, &id).await;
    Ok(data(sent.map_err(|error| ApiError::from(error).at(app.clock.now()))?))
}

/// Withdraw an invitation.
#[utoipa::path(
    delete, path = "/invitations/{id}", operation_id = "withdraw_invitation", tag = "members",
    responses((status = 200, description = "A sentence.", body = Said))
)]
pub async fn withdraw(State(app): State<App>, Member(actor): Member, InPath(id): InPath) -> Answer {
    let email = invitations::withdraw(&app, &actor, &id).await?;
    Ok(message(&format!("The invitation of {email} is withdrawn.")))
}

/// Accept an invitation.
///
/// With the session of an account that has the invited address, or with a name and a password for a new account.
#[utoipa::path(
    post, path = "/auth/accept-invitation", operation_id = "accept_invitation", tag = "auth", security(()), request_body = Accepted,
    responses(
        (status = 200, description = "Joined, and signed in there.", body = Said, headers(("Set-Cookie" = String, description = "The session."))),
        (status = 404, description = "`link_invalid`: unknown, used, withdrawn, replaced or expired.", body = Refused),
        (status = 409, description = "`conflict`: there is an account for the address, or it is a member already.", body = Refused),
        (status = 429, description = "`slow_down`: too much at once.", body = Refused),
    )
)]
pub async fn accept(
    State(app): State<App>,
    Guest(visitor): Guest,
    actor: Option<axum::Extension<Actor>>,
    session: Session,
    Body(body): Body<Accepted>,
) -> Result<Response, ApiError> {
    let token = body.token.expose();
    if let Some(axum::Extension(actor)) = actor {
        let joined = invitations::accept(&app, &actor, &visitor, token).await?;
        session::switch(&session, &joined.organization).await?;
    } else {
        let password = body.password.unwrap_or_else(|| Secret::new(String::new()));
        let joined = invitations::accept_new(&app, &visitor, token, &body.name, &password).await;
        let joined = joined.map_err(|error| ApiError::from(error).at(app.clock.now()))?;
        session::begin(&app, &session, &joined, false).await?;
    }
    Ok(message("You have joined."))
}
