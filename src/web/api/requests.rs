//! `/api/v1/connections/requests…`: one-time links for people without an account. What the visitor does has no API.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::body::Body;
use super::{Answer, created, data};
use crate::domain::Timestamp;
use crate::dto::EntryLinkView;
use crate::services::entry_links::{self, Wish};
use crate::services::{App, Wanted};
use crate::web::envelope::{Done, Refused};
use crate::web::{InPath, Member};

/// A link to be.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = AskForEntries)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// The connector's id.
    #[schema(example = "stripe")]
    connector: String,
    /// The name of the connection to be; made of the connector and the account when left out.
    #[serde(default)]
    #[schema(max_length = 120)]
    name: String,
    /// Id of the team that the connection is to belong to, as for creating one.
    #[serde(default)]
    #[schema(max_length = 30)]
    team: String,
    /// The fields to ask for, by id; those that are needed when left out.
    fields: Option<Vec<String>>,
    /// What the person reads.
    #[serde(default)]
    #[schema(max_length = 500)]
    note: String,
    /// How long the link works, in hours.
    #[schema(minimum = 1, maximum = 168, example = 24)]
    valid_hours: u32,
}

/// A new link. Its address is a secret that is answered this once.
#[derive(Serialize, ToSchema)]
pub struct NewEntryLink {
    /// `lnk_…`.
    id: String,
    /// The address to send to the person.
    link: String,
    /// When it stops working.
    expires_at: Timestamp,
}

/// Make a one-time link.
///
/// A person without an account fills in the fields it asks for. Its address is answered this once, so `Idempotency-Key` does not apply here.
#[utoipa::path(
    post, path = "/connections/requests", operation_id = "create_entry_link", tag = "links", request_body = Request,
    responses(
        (status = 201, description = "The link.", body = Done<NewEntryLink>),
        (status = 404, description = "`not_found`: there is no such connector.", body = Refused),
        (status = 409, description = "`conflict`; `name_taken`.", body = Refused),
    )
)]
pub async fn create(State(app): State<App>, Member(actor): Member, Body(body): Body<Request>) -> Answer {
    let wish = Wish { fields: body.fields, note: body.note, valid_hours: body.valid_hours };
    let made = entry_links::request(&app, &actor, &body.connector, Wanted { name: &body.name, personal: false, team: &body.team }, &wish).await?;
    Ok(created(NewEntryLink { id: made.link.id, link: made.address.expose().clone(), expires_at: made.link.expires_at }))
}

/// View how a link stands.
#[utoipa::path(
    get, path = "/connections/requests/{id}", operation_id = "view_entry_link", tag = "links",
    responses((status = 200, description = "The link, without its address.", body = Done<EntryLinkView>))
)]
pub async fn view(State(app): State<App>, Member(actor): Member, InPath(id): InPath) -> Answer {
    Ok(data(entry_links::view(&app, &actor, &id).await?))
}

/// Withdraw a link.
#[utoipa::path(
    delete, path = "/connections/requests/{id}", operation_id = "withdraw_entry_link", tag = "links",
    responses(
        (status = 200, description = "The link as it is now.", body = Done<EntryLinkView>),
        (status = 409, description = "`conflict`: it has ended already.", body = Refused),
    )
)]
pub async fn withdraw(State(app): State<App>, Member(actor): Member, InPath(id): InPath) -> Answer {
    Ok(data(entry_links::withdraw(&app, &actor, &id).await?))
}
