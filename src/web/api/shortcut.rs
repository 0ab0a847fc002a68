//! `/api/v1/connectors/{connector}/…`: the shortcut for connectors that an organization has once.

use axum::extract::State;
use serde_json::json;

use super::body::Body;
use super::{Answer, data, message};
use crate::dto::QuickView;
use crate::services::{self, App, Entries};
use crate::web::{InPath, Member};

/// Proves the entries, saves the connection and names it.
pub async fn configure(State(app): State<App>, Member(actor): Member, InPath(connector): InPath, Body(entries): Body<Entries>) -> Answer {
    let view = services::quick::connect(&app, &actor, &connector, entries).await?;
    Ok(message(&format!("Connected to {}", view.connector.summary.name)))
}

/// Whether it is connected, with every stored field that is no secret.
pub async fn status(State(app): State<App>, Member(actor): Member, InPath(connector): InPath) -> Answer {
    let view = services::quick::view(&app, &actor, &connector).await?;
    Ok(data(shown(&view)))
}

/// Ends the connection.
pub async fn disconnect(State(app): State<App>, Member(actor): Member, InPath(connector): InPath) -> Answer {
    let done = services::quick::disconnect(&app, &actor, &connector).await?;
    Ok(message(&done.sentence))
}

fn shown(view: &QuickView) -> serde_json::Value {
    let configured = view.connection.is_some();
    let mut status = serde_json::Map::from_iter([("configured".to_owned(), json!(configured))]);
    for field in view.connector.fields.iter().filter(|field| !field.secret) {
        let value = view.values.get(&field.id).filter(|_| configured);
        status.insert(field.id.clone(), json!(value));
    }
    status.into()
}
