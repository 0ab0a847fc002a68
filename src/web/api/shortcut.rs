//! `/api/v1/connectors/{connector}/…`: the shortcut for connectors that an organization has once.

use std::collections::BTreeMap;

use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::body::Body;
use super::{Answer, data, message};
use crate::dto::QuickView;
use crate::services::{self, App, Entries, ServiceError};
use crate::web::envelope::{Done, Refused, Said};
use crate::web::{InPath, Member};

/// Whether a connector is connected, with every field that is no secret.
#[derive(Debug, Serialize, ToSchema)]
pub struct ShortcutStatus {
    /// Whether there is a connection.
    configured: bool,
    /// The stored fields by id; `null` when nothing is stored.
    #[serde(flatten)]
    fields: BTreeMap<String, Option<String>>,
}

/// Connect a connector that an organization has once.
///
/// Proves the entries, saves the connection and names it. The body has the connector's fields by id. Nothing changes when it is connected already.
#[utoipa::path(
    post, path = "/connectors/{connector}/configure", operation_id = "configure_connector", tag = "shortcut",
    request_body(content = BTreeMap<String, String>, example = json!({"username": "api_user", "password": "what the provider gave you", "site": "test_integration"})),
    responses(
        (status = 200, description = "Connected.", body = Said),
        (status = 409, description = "`conflict`: another check of these entries runs, or a person has to allow access at the provider first.", body = Refused),
    )
)]
pub async fn configure(State(app): State<App>, Member(actor): Member, InPath(connector): InPath, Body(entries): Body<Entries>) -> Answer {
    let view = services::quick::connect(&app, &actor, &connector, entries).await?;
    if view.consent.is_some() {
        return Err(ServiceError::conflict("A person has to allow access at the provider first. Begin with a call of start. Nothing was connected.").into());
    }
    Ok(message(&format!("Connected to {}", view.connector.summary.name)))
}

/// View whether it is connected.
///
/// With every stored field that is no secret.
#[utoipa::path(
    get, path = "/connectors/{connector}/status", operation_id = "view_connector_status", tag = "shortcut",
    responses((status = 200, description = "How it stands.", body = Done<ShortcutStatus>))
)]
pub async fn status(State(app): State<App>, Member(actor): Member, InPath(connector): InPath) -> Answer {
    let view = services::quick::view(&app, &actor, &connector).await?;
    Ok(data(shown(&view)))
}

/// Disconnect it.
#[utoipa::path(
    post, path = "/connectors/{connector}/disconnect", operation_id = "disconnect_connector", tag = "shortcut",
    responses(
        (status = 200, description = "Disconnected.", body = Said),
        (status = 409, description = "`conflict`: somebody else changed it meanwhile.", body = Refused),
    )
)]
pub async fn disconnect(State(app): State<App>, Member(actor): Member, InPath(connector): InPath) -> Answer {
    let done = services::quick::disconnect(&app, &actor, &connector).await?;
    Ok(message(&done.sentence))
}

fn shown(view: &QuickView) -> ShortcutStatus {
    let configured = view.connection.is_some();
    let stored = |id: &String| view.values.get(id).filter(|_| configured).cloned();
    let fields = view.connector.fields.iter().filter(|field| !field.secret).map(|field| (field.id.clone(), stored(&field.id)));
    ShortcutStatus { configured, fields: fields.collect() }
}
