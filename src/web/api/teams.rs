//! `/api/v1/teams…`

use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;

use super::body::Body;
use super::{Answer, created, data, listed, message};
use crate::dto::{TeamLine, TeamView};
use crate::services::{App, teams};
use crate::web::envelope::{Done, Listed, Refused, Said};
use crate::web::{InPath, Member};

/// A team's name.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = NameTeam)]
#[serde(deny_unknown_fields)]
pub struct Named {
    /// The name.
    #[schema(min_length = 1, max_length = 120, example = "Lending")]
    name: String,
}

/// Who is in a team.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = TeamMembers)]
#[serde(deny_unknown_fields)]
pub struct Members {
    /// Ids of all its members.
    #[schema(max_items = 2000)]
    members: Vec<String>,
}

/// List the teams that you manage.
#[utoipa::path(
    get, path = "/teams", operation_id = "list_teams", tag = "teams",
    responses((status = 200, description = "By name, in one page.", body = Done<Listed<TeamLine>>))
)]
pub async fn list(State(app): State<App>, Member(actor): Member) -> Answer {
    Ok(listed(teams::list(&app, &actor).await?.teams, None))
}

/// Make a team.
#[utoipa::path(
    post, path = "/teams", operation_id = "create_team", tag = "teams", request_body = Named,
    responses(
        (status = 201, description = "The team.", body = Done<TeamView>),
        (status = 409, description = "`name_taken`; `conflict`: there are too many.", body = Refused),
    )
)]
pub async fn create(State(app): State<App>, Member(actor): Member, Body(body): Body<Named>) -> Answer {
    let id = teams::create(&app, &actor, &body.name).await?;
    Ok(created(teams::view(&app, &actor, id.as_str()).await?))
}

/// View a team.
#[utoipa::path(
    get, path = "/teams/{id}", operation_id = "view_team", tag = "teams",
    responses((status = 200, description = "The team, and who could be in it.", body = Done<TeamView>))
)]
pub async fn view(State(app): State<App>, Member(actor): Member, InPath(id): InPath) -> Answer {
    Ok(data(teams::view(&app, &actor, &id).await?))
}

/// Rename a team.
#[utoipa::path(
    patch, path = "/teams/{id}", operation_id = "rename_team", tag = "teams", request_body = Named,
    responses(
        (status = 200, description = "The team as it is now.", body = Done<TeamView>),
        (status = 409, description = "`name_taken`.", body = Refused),
    )
)]
pub async fn rename(State(app): State<App>, Member(actor): Member, InPath(id): InPath, Body(body): Body<Named>) -> Answer {
    teams::rename(&app, &actor, &id, &body.name).await?;
    Ok(data(teams::view(&app, &actor, &id).await?))
}

/// Delete a team.
///
/// Its connections belong to the whole organization then.
#[utoipa::path(
    delete, path = "/teams/{id}", operation_id = "delete_team", tag = "teams",
    responses((status = 200, description = "A sentence.", body = Said))
)]
pub async fn delete(State(app): State<App>, Member(actor): Member, InPath(id): InPath) -> Answer {
    let name = teams::delete(&app, &actor, &id).await?;
    Ok(message(&format!("{name} is deleted.")))
}

/// Say who is in a team.
#[utoipa::path(
    put, path = "/teams/{id}/members", operation_id = "set_team_members", tag = "teams", request_body = Members,
    responses((status = 200, description = "The team as it is now.", body = Done<TeamView>))
)]
pub async fn set_members(State(app): State<App>, Member(actor): Member, InPath(id): InPath, Body(body): Body<Members>) -> Answer {
    teams::set_members(&app, &actor, &id, &body.members).await?;
    Ok(data(teams::view(&app, &actor, &id).await?))
}
