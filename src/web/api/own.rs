//! `/api/v1/connectors/own…`: connectors of the organization's own.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::body::Body;
use super::{Answer, created, data, listed, message};
use crate::dto::{CheckView, Finding, OwnConnectorLine, OwnConnectorView};
use crate::services::{App, Entries, own};
use crate::web::envelope::{Done, Listed, Refused, Said};
use crate::web::{InPath, Member};

/// The text of a manifest.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = OwnManifest)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// The TOML text, at most 64 KiB.
    manifest: String,
}

/// A text to look at.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = CheckManifest)]
#[serde(deny_unknown_fields)]
pub struct Check {
    /// The connector that it is to replace; none for a new one.
    id: Option<String>,
    /// The TOML text.
    manifest: String,
}

/// What is to mend in a text.
#[derive(Debug, Serialize, ToSchema)]
pub struct Findings {
    /// Whether there is nothing to mend.
    sound: bool,
    /// What is to mend, with line and key.
    findings: Vec<Finding>,
}

/// Entries to try.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = TryOwnConnector)]
#[serde(deny_unknown_fields)]
pub struct Try {
    /// The fields by id.
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    fields: Entries,
}

/// List the connectors of your own.
///
/// All of them, in one page.
#[utoipa::path(
    get, path = "/connectors/own", operation_id = "list_own_connectors", tag = "own",
    responses((status = 200, description = "By name.", body = Done<Listed<OwnConnectorLine>>))
)]
pub async fn list(State(app): State<App>, Member(actor): Member) -> Answer {
    Ok(listed(own::list(&app, &actor).await?.connectors, None))
}

/// Begin a connector.
///
/// Keeps the text as a draft and says what is to mend in it.
#[utoipa::path(
    post, path = "/connectors/own", operation_id = "create_own_connector", tag = "own", request_body = Manifest,
    responses(
        (status = 201, description = "The draft.", body = Done<OwnConnectorView>),
        (status = 409, description = "`conflict`: there are too many.", body = Refused),
    )
)]
pub async fn create(State(app): State<App>, Member(actor): Member, Body(body): Body<Manifest>) -> Answer {
    let id = own::create(&app, &actor, &body.manifest).await?;
    Ok(created(own::view(&app, &actor, id.as_str()).await?))
}

/// Check a manifest.
///
/// Says what is to mend in a text and keeps nothing.
#[utoipa::path(
    post, path = "/connectors/own/check", operation_id = "check_manifest", tag = "own", request_body = Check,
    responses(
        (status = 200, description = "What is to mend.", body = Done<Findings>),
        (status = 404, description = "`not_found`: there is no connector of this id.", body = Refused),
    )
)]
pub async fn check(State(app): State<App>, Member(actor): Member, Body(body): Body<Check>) -> Answer {
    let findings = own::check(&app, &actor, body.id.as_deref(), &body.manifest).await?;
    Ok(data(Findings { sound: findings.is_empty(), findings }))
}

/// View a connector of your own.
#[utoipa::path(
    get, path = "/connectors/own/{own}", operation_id = "view_own_connector", tag = "own",
    responses((status = 200, description = "The connector with its text.", body = Done<OwnConnectorView>))
)]
pub async fn view(State(app): State<App>, Member(actor): Member, InPath(id): InPath) -> Answer {
    Ok(data(own::view(&app, &actor, &id).await?))
}

/// Save a draft.
///
/// What is published stays in use until the draft is published.
#[utoipa::path(
    put, path = "/connectors/own/{own}", operation_id = "save_own_connector", tag = "own", request_body = Manifest,
    responses(
        (status = 200, description = "The connector with its text.", body = Done<OwnConnectorView>),
        (status = 409, description = "`conflict`.", body = Refused),
    )
)]
pub async fn save(State(app): State<App>, Member(actor): Member, InPath(id): InPath, Body(body): Body<Manifest>) -> Answer {
    own::save(&app, &actor, &id, &body.manifest).await?;
    Ok(data(own::view(&app, &actor, &id).await?))
}

/// Publish a draft.
#[utoipa::path(
    post, path = "/connectors/own/{own}/publish", operation_id = "publish_own_connector", tag = "own",
    responses(
        (status = 200, description = "The connector with its text.", body = Done<OwnConnectorView>),
        (status = 409, description = "`conflict`: its id is taken.", body = Refused),
        (status = 422, description = "`invalid_field`: there is something to mend.", body = Refused),
    )
)]
pub async fn publish(State(app): State<App>, Member(actor): Member, InPath(id): InPath) -> Answer {
    own::publish(&app, &actor, &id).await?;
    Ok(data(own::view(&app, &actor, &id).await?))
}

/// Try a draft.
///
/// Proves entries with it and saves no connection.
#[utoipa::path(
    post, path = "/connectors/own/{own}/test", operation_id = "try_own_connector", tag = "own", request_body = Try,
    responses(
        (status = 200, description = "How the check went.", body = Done<CheckView>),
        (status = 409, description = "`conflict`.", body = Refused),
    )
)]
pub async fn test(State(app): State<App>, Member(actor): Member, InPath(id): InPath, Body(body): Body<Try>) -> Answer {
    Ok(data(own::test(&app, &actor, &id, body.fields).await?))
}

/// Delete a connector of your own.
///
/// Only one that no connection uses.
#[utoipa::path(
    delete, path = "/connectors/own/{own}", operation_id = "delete_own_connector", tag = "own",
    responses(
        (status = 200, description = "A sentence.", body = Said),
        (status = 409, description = "`conflict`: these connections use it.", body = Refused),
    )
)]
pub async fn delete(State(app): State<App>, Member(actor): Member, InPath(id): InPath) -> Answer {
    let name = own::delete(&app, &actor, &id).await?;
    Ok(message(&format!("{name} is deleted.")))
}
