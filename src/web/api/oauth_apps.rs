//! `/api/v1/connectors/{connector}/apps…`: apps that the organization registered with providers.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

use super::body::Body;
use super::{Answer, created, data, listed, message};
use crate::catalogue::{CLIENT_ID, CLIENT_SECRET};
use crate::domain::Timestamp;
use crate::dto::{OAuthAppLine, OAuthAppView, RedirectDoctor, SecretProof};
use crate::services::oauth_apps::{self, Edit, NewApp, NewSecret, Reached};
use crate::services::{App, Entries, ServiceError};
use crate::vault::Secret;
use crate::web::envelope::{Done, Listed, Refused, Said};
use crate::web::etag::{self, IfNoneMatch, with_etag};
use crate::web::{IfMatch, InKey, InPath, Member};

/// An app to add.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = NewOAuthApp)]
#[serde(deny_unknown_fields)]
pub struct New {
    /// What people call it.
    #[schema(min_length = 1, max_length = 120, example = "Production")]
    label: String,
    /// Its id at the provider.
    client_id: String,
    /// Its secret there; left out where the connector has none.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Password, write_only)]
    client_secret: Option<Secret<String>>,
    /// Further fields of the connector by id, such as `developer_token`.
    #[serde(default)]
    #[schema(value_type = BTreeMap<String, String>)]
    fields: Entries,
    /// When the secret ends; left out when nobody knows.
    #[serde(default)]
    secret_ends_at: Option<Timestamp>,
}

/// What is to change; what is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = ChangeOAuthApp)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// What people call it.
    #[serde(default)]
    label: Option<String>,
    /// Its id at the provider; it stays while connections use the app.
    #[serde(default)]
    client_id: Option<String>,
    /// Further fields that are no secret, by id.
    #[serde(default)]
    fields: BTreeMap<String, String>,
    /// When the secret ends; `null` when nobody knows any more.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<Timestamp>)]
    secret_ends_at: Option<Option<Timestamp>>,
}

/// Another secret.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = NewOAuthAppSecret)]
#[serde(deny_unknown_fields)]
pub struct Rotate {
    /// The new client secret; left out when only further secrets change.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Password, write_only)]
    client_secret: Option<Secret<String>>,
    /// Further secret fields by id; what is left out stays.
    #[serde(default)]
    #[schema(value_type = BTreeMap<String, String>)]
    fields: Entries,
    /// When the secret ends; left out when nobody knows.
    #[serde(default)]
    secret_ends_at: Option<Timestamp>,
    /// Whether to put it in use even when the provider does not tell whether it takes it.
    #[serde(default)]
    accept_unproven: bool,
}

/// An app, with what the provider said of its secret.
#[derive(Serialize, ToSchema)]
pub struct SavedOAuthApp {
    /// What the provider said; `null` when there was no secret to ask about.
    proof: Option<SecretProof>,
    /// The app.
    #[serde(flatten)]
    app: OAuthAppView,
}

/// Tells `null` from what was left out.
fn given<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<Timestamp>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

/// The standard fields beside those of the connector; a standard one has one place alone.
fn together(mut fields: Entries, own: [(&str, Option<Secret<String>>); 2]) -> Result<Entries, ServiceError> {
    for (id, value) in own {
        if fields.contains_key(id) {
            return Err(ServiceError::invalid_field(id, "Write it beside `fields`, not in it."));
        }
        fields.extend(value.map(|value| (id.to_owned(), value)));
    }
    Ok(fields)
}

/// List the apps of a connector.
///
/// All of them, in one page.
#[utoipa::path(
    get, path = "/connectors/{connector}/apps", operation_id = "list_oauth_apps", tag = "oauth_apps",
    responses((status = 200, description = "By label.", body = Done<Listed<OAuthAppLine>>))
)]
pub async fn list(State(app): State<App>, Member(actor): Member, InPath(connector): InPath) -> Answer {
    Ok(listed(oauth_apps::list_of(&app, &actor, &connector).await?, None))
}

/// Add an app.
///
/// The provider is asked whether it takes the secret: one that it refuses is not kept; `proof` says whether it told. Needs a sign-in of the last ten minutes.
#[utoipa::path(
    post, path = "/connectors/{connector}/apps", operation_id = "create_oauth_app", tag = "oauth_apps", request_body = New,
    responses(
        (status = 201, description = "The app, never its secret.", body = Done<SavedOAuthApp>),
        (status = 409, description = "`name_taken`; `conflict`: there are too many.", body = Refused),
    )
)]
pub async fn create(State(app): State<App>, Member(actor): Member, InPath(connector): InPath, Body(body): Body<New>) -> Answer {
    let New { label, client_id, client_secret, fields, secret_ends_at } = body;
    let entries = together(fields, [(CLIENT_ID, Some(Secret::new(client_id))), (CLIENT_SECRET, client_secret)])?;
    let saved = oauth_apps::create(&app, &actor, &connector, NewApp { label, entries, secret_ends_at }).await?;
    let view = oauth_apps::view(&app, &actor, saved.id.as_str()).await?;
    Ok(tagged(view.line.version, created(SavedOAuthApp { proof: saved.proof, app: view })))
}

/// View an app.
///
/// With the connections that use it, never a secret. Its version is the `ETag`.
#[utoipa::path(
    get, path = "/connectors/{connector}/apps/{oauth_app}", operation_id = "view_oauth_app", tag = "oauth_apps",
    params(("If-None-Match" = Option<String>, Header, description = "The `ETag` that you hold.")),
    responses(
        (status = 200, description = "The app.", body = Done<OAuthAppView>, headers(("ETag" = String, description = "Its version, such as `\"2\"`."))),
        (status = 304, description = "It is as you hold it."),
    )
)]
pub async fn view(State(app): State<App>, Member(actor): Member, InKey(connector, id): InKey, held: IfNoneMatch) -> Answer {
    let view = oauth_apps::view(&app, &actor, (connector.as_str(), id.as_str())).await?;
    Ok(held.answer(&etag::version(view.line.version), || data(&view)))
}

/// Change an app.
///
/// Label, client id and open fields. With `If-Match`, only when nobody has changed it since. Another client id needs a sign-in of the last ten minutes.
#[utoipa::path(
    patch, path = "/connectors/{connector}/apps/{oauth_app}", operation_id = "edit_oauth_app", tag = "oauth_apps",
    params(("If-Match" = Option<String>, Header, description = "The `ETag` that you read.")),
    request_body = Change,
    responses(
        (status = 200, description = "The app as it is now.", body = Done<OAuthAppView>, headers(("ETag" = String, description = "Its version."))),
        (status = 409, description = "`name_taken`; `conflict`: somebody changed it meanwhile, or connections use it.", body = Refused),
    )
)]
pub async fn edit(State(app): State<App>, Member(actor): Member, InKey(connector, id): InKey, seen: IfMatch, Body(body): Body<Change>) -> Answer {
    let Change { label, client_id, fields, secret_ends_at } = body;
    let edit = Edit { label, client_id, fields, secret_ends_at };
    oauth_apps::edit(&app, &actor, (connector.as_str(), id.as_str()), edit, seen.version()).await?;
    let view = oauth_apps::view(&app, &actor, id.as_str()).await?;
    Ok(tagged(view.line.version, data(view)))
}

/// Swap the secret of an app.
///
/// The provider is asked first; the one before stays in use unless it takes the new one. Needs a sign-in of the last ten minutes.
#[utoipa::path(
    post, path = "/connectors/{connector}/apps/{oauth_app}/secret", operation_id = "rotate_oauth_app_secret", tag = "oauth_apps", request_body = Rotate,
    responses(
        (status = 200, description = "The app, never its secret.", body = Done<SavedOAuthApp>),
        (status = 409, description = "`conflict`: the provider does not tell whether it takes it, or somebody changed the app meanwhile.", body = Refused),
    )
)]
pub async fn rotate(State(app): State<App>, Member(actor): Member, InKey(connector, id): InKey, Body(body): Body<Rotate>) -> Answer {
    let Rotate { client_secret, fields, secret_ends_at, accept_unproven } = body;
    let entries = together(fields, [(CLIENT_ID, None), (CLIENT_SECRET, client_secret)])?;
    let new = NewSecret { entries, ends_at: secret_ends_at, accept_unproven };
    let saved = oauth_apps::rotate(&app, &actor, (connector.as_str(), id.as_str()), new).await?;
    let view = oauth_apps::view(&app, &actor, saved.id.as_str()).await?;
    Ok(tagged(view.line.version, data(SavedOAuthApp { proof: saved.proof, app: view })))
}

/// Delete an app.
///
/// Only one that no connection uses; its secrets are erased.
#[utoipa::path(
    delete, path = "/connectors/{connector}/apps/{oauth_app}", operation_id = "delete_oauth_app", tag = "oauth_apps",
    responses(
        (status = 200, description = "A sentence.", body = Said),
        (status = 409, description = "`conflict`: these connections use it.", body = Refused),
    )
)]
pub async fn delete(State(app): State<App>, Member(actor): Member, InKey(connector, id): InKey) -> Answer {
    let label = oauth_apps::delete(&app, &actor, (connector.as_str(), id.as_str())).await?;
    Ok(message(&format!("{label} is deleted. Its secrets are erased.")))
}

/// View whether providers can lead browsers back.
///
/// The address to register, and how the configured one compares with this very request.
#[utoipa::path(
    get, path = "/oauth-apps/doctor", operation_id = "view_redirect_doctor", tag = "oauth_apps",
    responses((status = 200, description = "What was looked at.", body = Done<RedirectDoctor>))
)]
pub async fn doctor(State(app): State<App>, Member(actor): Member, reached: Reached) -> Answer {
    Ok(data(oauth_apps::doctor(&app, &actor, &reached)?))
}

fn tagged(version: i64, answer: Response) -> Response {
    with_etag(&etag::version(version), answer).into_response()
}
