//! `/api/v1/connectors/own…`: connectors of the organization's own.

use axum::extract::State;
use serde::Deserialize;
use serde_json::json;

use super::body::Body;
use super::{Answer, created, data, message};
use crate::services::{App, Entries, own};
use crate::web::{InPath, Member};

/// The text of a manifest.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    manifest: String,
}

/// A text to look at.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Check {
    /// The connector that it is to replace; none for a new one.
    id: Option<String>,
    manifest: String,
}

/// Entries to try.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Try {
    fields: Entries,
}

/// All of them, in one page.
pub async fn list(State(app): State<App>, Member(actor): Member) -> Answer {
    let view = own::list(&app, &actor).await?;
    Ok(data(json!({"items": view.connectors, "next_cursor": null})))
}

/// Keeps a text as a new draft and says what is to mend in it.
pub async fn create(State(app): State<App>, Member(actor): Member, Body(body): Body<Manifest>) -> Answer {
    let id = own::create(&app, &actor, &body.manifest).await?;
    Ok(created(own::view(&app, &actor, id.as_str()).await?))
}

/// Says what is to mend in a text and keeps nothing.
pub async fn check(State(app): State<App>, Member(actor): Member, Body(body): Body<Check>) -> Answer {
    let findings = own::check(&app, &actor, body.id.as_deref(), &body.manifest).await?;
    Ok(data(json!({"sound": findings.is_empty(), "findings": findings})))
}

/// One connector with its text.
pub async fn view(State(app): State<App>, Member(actor): Member, InPath(id): InPath) -> Answer {
    Ok(data(own::view(&app, &actor, &id).await?))
}

/// Keeps a text as the draft and says what is to mend in it.
pub async fn save(State(app): State<App>, Member(actor): Member, InPath(id): InPath, Body(body): Body<Manifest>) -> Answer {
    own::save(&app, &actor, &id, &body.manifest).await?;
    Ok(data(own::view(&app, &actor, &id).await?))
}

/// Puts the draft into use.
pub async fn publish(State(app): State<App>, Member(actor): Member, InPath(id): InPath) -> Answer {
    own::publish(&app, &actor, &id).await?;
    Ok(data(own::view(&app, &actor, &id).await?))
}

/// Proves entries with the draft and saves no connection.
pub async fn test(State(app): State<App>, Member(actor): Member, InPath(id): InPath, Body(body): Body<Try>) -> Answer {
    Ok(data(own::test(&app, &actor, &id, body.fields).await?))
}

/// Deletes a connector that no connection uses.
pub async fn delete(State(app): State<App>, Member(actor): Member, InPath(id): InPath) -> Answer {
    let name = own::delete(&app, &actor, &id).await?;
    Ok(message(&format!("{name} is deleted.")))
}
