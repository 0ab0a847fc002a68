//! `/api/v1/members…`

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::body::{Body, OptionalBody};
use super::query::{Query, short};
use super::{Answer, data, listed, message};
use crate::domain::Role;
use crate::dto::MemberView;
use crate::services::App;
use crate::services::members::{self, Change, MOST, Wish};
use crate::web::envelope::{Done, Listed, Refused, Said};
use crate::web::{ApiError, InPath, Member};

/// Which part of a list.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default, deny_unknown_fields)]
pub struct Part {
    /// `next_cursor` of the part before.
    #[param(max_length = 200)]
    cursor: String,
    /// How many; 50 when left out.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 100)]
    limit: Option<usize>,
}

impl Part {
    /// Cursor and number, when they may be asked for.
    pub(super) fn read(self, most: usize) -> Result<(String, usize), ApiError> {
        let limit = self.limit.unwrap_or(50);
        if !(1..=most.min(100)).contains(&limit) {
            return Err(ApiError::field("limit", "Use 1 to 100."));
        }
        Ok((short("cursor", self.cursor)?, limit))
    }
}

/// Which members.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default, deny_unknown_fields)]
pub struct Which {
    /// Whether those are listed whose membership has ended, instead of the others.
    ended: bool,
    /// `next_cursor` of the part before.
    #[param(max_length = 200)]
    cursor: String,
    /// How many; 50 when left out.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 100)]
    limit: Option<usize>,
}

/// Whether a membership is to count.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Turned on.
    Active,
    /// Turned off.
    Deactivated,
}

/// What is to change; what is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = ChangeMember)]
#[serde(deny_unknown_fields)]
pub struct Changes {
    /// The role; never `super_admin`.
    role: Option<Role>,
    /// Whether the membership counts.
    #[schema(inline)]
    status: Option<Status>,
    /// Whether the person knows only some connections; for developers and viewers.
    limited: Option<bool>,
    /// Ids of all connections that a limited person knows; they imply the limit.
    #[schema(max_items = 200)]
    connections: Option<Vec<String>>,
}

/// How a membership ends.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[schema(as = RemoveMember)]
#[serde(deny_unknown_fields)]
pub struct Ending {
    /// Id of the member who gets what is the person's alone; nobody when left out, and admins can still end it.
    #[serde(default)]
    #[schema(max_length = 30)]
    to: String,
}

/// Who gets it.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = TransferBelongings)]
#[serde(deny_unknown_fields)]
pub struct Heir {
    /// Id of an active member.
    to: String,
}

/// What changed hands.
#[derive(Debug, Serialize, ToSchema)]
pub struct Transferred {
    /// How many connections.
    connections: usize,
}

/// List members.
#[utoipa::path(
    get, path = "/members", operation_id = "list_members", tag = "members", params(Which),
    responses((status = 200, description = "Those who joined first come first.", body = Done<Listed<MemberView>>))
)]
pub async fn list(State(app): State<App>, Member(actor): Member, Query(which): Query<Which>) -> Answer {
    let (cursor, limit) = Part { cursor: which.cursor, limit: which.limit }.read(MOST)?;
    let view = members::list(&app, &actor, which.ended, &cursor, limit).await?;
    Ok(listed(view.members, view.next_cursor))
}

/// View a member.
#[utoipa::path(
    get, path = "/members/{id}", operation_id = "view_member", tag = "members",
    responses((status = 200, description = "The member.", body = Done<MemberView>))
)]
pub async fn view(State(app): State<App>, Member(actor): Member, InPath(id): InPath) -> Answer {
    Ok(data(members::view(&app, &actor, &id).await?))
}

/// Change a membership.
///
/// Needs a sign-in of the last ten minutes. The person's next request is under the new terms.
#[utoipa::path(
    patch, path = "/members/{id}", operation_id = "change_member", tag = "members", request_body = Changes,
    responses(
        (status = 200, description = "The member as it is now.", body = Done<MemberView>),
        (status = 409, description = "`conflict`: it has ended, or nobody would run the organization.", body = Refused),
    )
)]
pub async fn change(State(app): State<App>, Member(actor): Member, InPath(id): InPath, Body(body): Body<Changes>) -> Answer {
    let status = body.status.map(|status| match status {
        Status::Active => Wish::Active,
        Status::Deactivated => Wish::Deactivated,
    });
    let change = Change { role: body.role, status, limited: body.limited, connections: body.connections };
    Ok(data(members::change(&app, &actor, &id, &change).await?))
}

/// Remove a member.
///
/// Needs a sign-in of the last ten minutes. The person's sessions here end at once. The body may be left out.
#[utoipa::path(
    delete, path = "/members/{id}", operation_id = "remove_member", tag = "members", request_body = Option<Ending>,
    responses(
        (status = 200, description = "A sentence.", body = Said),
        (status = 409, description = "`conflict`: it has ended already, or nobody would run the organization.", body = Refused),
    )
)]
pub async fn remove(State(app): State<App>, Member(actor): Member, InPath(id): InPath, OptionalBody(ending): OptionalBody<Ending>) -> Answer {
    let name = members::remove(&app, &actor, &id, &ending.to).await?;
    Ok(message(&format!("{name} is no longer a member.")))
}

/// Give away what a former member owns.
///
/// The personal connections of a member who was turned off or removed become another member's. Needs a sign-in of the last ten minutes.
#[utoipa::path(
    post, path = "/members/{id}/transfer", operation_id = "transfer_belongings", tag = "members", request_body = Heir,
    responses(
        (status = 200, description = "What changed hands.", body = Done<Transferred>),
        (status = 409, description = "`conflict`: the membership counts.", body = Refused),
    )
)]
pub async fn transfer(State(app): State<App>, Member(actor): Member, InPath(id): InPath, Body(body): Body<Heir>) -> Answer {
    Ok(data(Transferred { connections: members::transfer(&app, &actor, &id, &body.to).await? }))
}
