//! `/api/v1/connections/requests…`: one-time links for people without an account. What the visitor does has no API.

use axum::extract::State;
use serde::Deserialize;
use serde_json::json;

use super::body::Body;
use super::{Answer, created, data};
use crate::services::App;
use crate::services::entry_links::{self, Wish};
use crate::web::{InPath, Member};

/// A link to be.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    connector: String,
    #[serde(default)]
    name: String,
    fields: Option<Vec<String>>,
    #[serde(default)]
    note: String,
    valid_hours: u32,
}

/// Makes a link; its address is answered this once.
pub async fn create(State(app): State<App>, Member(actor): Member, Body(body): Body<Request>) -> Answer {
    let wish = Wish { fields: body.fields, note: body.note, valid_hours: body.valid_hours };
    let made = entry_links::request(&app, &actor, &body.connector, &body.name, &wish).await?;
    Ok(created(json!({"id": made.link.id, "link": made.address.expose(), "expires_at": made.link.expires_at})))
}

/// How a link stands.
pub async fn view(State(app): State<App>, Member(actor): Member, InPath(id): InPath) -> Answer {
    Ok(data(entry_links::view(&app, &actor, &id).await?))
}

/// Withdraws a link.
pub async fn withdraw(State(app): State<App>, Member(actor): Member, InPath(id): InPath) -> Answer {
    Ok(data(entry_links::withdraw(&app, &actor, &id).await?))
}
