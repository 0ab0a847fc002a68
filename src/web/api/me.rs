//! `/api/v1/auth/me`: who is signed in.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::body::Body;
use super::{Answer, data};
use crate::domain::{Actor, ActorKind, ApiKeyId, ApplicationId, MemberId, OrganizationId, Role, Scope};
use crate::services::accounts::{self, Edit};
use crate::services::{App, shell};
use crate::web::envelope::{Done, Refused};
use crate::web::{ApiError, Member};

/// What may change; what is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EditMe {
    /// The shown name, 1 to 120 characters.
    name: Option<String>,
    /// `light`, `dark`, or empty for the system's choice.
    theme: Option<String>,
    /// Another address; it counts once the link in a letter to it was opened. Needs a sign-in of the last ten minutes.
    email: Option<String>,
}

/// Who is signed in.
#[derive(Debug, Serialize, ToSchema)]
pub struct Me {
    /// `member`, or `application` for a program's key.
    kind: &'static str,
    /// `mem_…`; of a program that of its key's maker.
    #[schema(value_type = Option<String>)]
    member: Option<MemberId>,
    /// The person's or the program's name.
    name: String,
    /// The address to sign in with; `null` for a program.
    #[schema(required)]
    email: Option<String>,
    /// An address that waits to be confirmed.
    #[schema(required)]
    pending_email: Option<String>,
    /// `light`, `dark`, or empty for the system's choice.
    theme: String,
    /// The role in the organization; of a program that of its key's maker.
    role: Role,
    /// The organization that the session is of.
    organization: OwnOrganization,
    /// The program; `null` for a person.
    #[schema(required)]
    application: Option<Program>,
}

/// A program that has signed in with a key.
#[derive(Debug, Serialize, ToSchema)]
pub struct Program {
    /// `app_…`.
    #[schema(value_type = String)]
    id: ApplicationId,
    /// `key_…`.
    #[schema(value_type = String)]
    key: ApiKeyId,
    /// What the key may be used for, as far as its maker's role allows it.
    scopes: Vec<Scope>,
}

/// An organization, where a member looks at its own.
#[derive(Debug, Serialize, ToSchema)]
pub struct OwnOrganization {
    /// `org_…`.
    #[schema(value_type = String)]
    id: OrganizationId,
    /// Its name.
    name: String,
}

/// Who is signed in.
#[utoipa::path(get, path = "/auth/me", operation_id = "view_me", tag = "auth", responses((status = 200, description = "The member.", body = Done<Me>)))]
pub async fn view(State(app): State<App>, Member(actor): Member) -> Answer {
    shown(&app, &actor).await
}

/// Change your account.
///
/// Your name and theme change at once, your address when the link in the letter to the new one was opened.
#[utoipa::path(
    patch, path = "/auth/me", operation_id = "edit_me", tag = "auth", request_body = EditMe,
    responses(
        (status = 200, description = "The member.", body = Done<Me>),
        (status = 429, description = "`slow_down`: too many letters.", body = Refused, headers(("Retry-After" = i64, description = "Seconds."))),
    )
)]
pub async fn edit(State(app): State<App>, Member(actor): Member, Body(form): Body<EditMe>) -> Answer {
    let EditMe { name, theme, email } = form;
    accounts::edit(&app, &actor, &Edit { name, theme, email }).await.map_err(|error| ApiError::from(error).at(app.now()))?;
    shown(&app, &actor).await
}

async fn shown(app: &App, actor: &Actor) -> Answer {
    let ActorKind::Application { application, key, scopes, .. } = &actor.kind else {
        let view = accounts::view(app, actor).await?;
        return Ok(data(Me {
            kind: "member",
            member: actor.member().cloned(),
            name: view.name,
            email: Some(view.email),
            pending_email: view.pending_email,
            theme: view.theme,
            role: view.role,
            organization: OwnOrganization { id: actor.organization.clone(), name: view.organization },
            application: None,
        }));
    };
    Ok(data(Me {
        kind: "application",
        member: actor.member().cloned(),
        name: actor.name().to_owned(),
        email: None,
        pending_email: None,
        theme: String::new(),
        role: shell::role(actor),
        organization: OwnOrganization { id: actor.organization.clone(), name: shell::organization_name(app, actor).await? },
        application: Some(Program { id: application.clone(), key: key.clone(), scopes: scopes.iter().collect() }),
    }))
}
