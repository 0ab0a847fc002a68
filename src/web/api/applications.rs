//! `/api/v1/applications…`: programs and their keys.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::body::Body;
use super::{Answer, created, data, listed, message};
use crate::domain::Timestamp;
use crate::dto::{ApiKeyView, ApplicationLine, ApplicationView};
use crate::services::applications::{self, Edit, KeyWish, MadeKey};
use crate::services::{App, ServiceError};
use crate::web::envelope::{Done, Listed, Refused, Said};
use crate::web::{ApiError, InKey, InPath, Member};

/// How long a key goes on working beside its successor unless said otherwise, in hours.
const OVERLAP_HOURS: u32 = 24;

/// A new program.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = CreateApplication)]
#[serde(deny_unknown_fields)]
pub struct Create {
    /// Its name.
    name: String,
    /// What it is for, in a sentence.
    purpose: String,
}

/// What is to change; what is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = EditApplication)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// Its name.
    #[serde(default)]
    name: Option<String>,
    /// What it is for.
    #[serde(default)]
    purpose: Option<String>,
    /// `mem_…`: who is to answer for it.
    #[serde(default)]
    owner: Option<String>,
    /// Whether its keys are to work.
    #[serde(default)]
    active: Option<bool>,
}

/// A new key.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = CreateApiKey)]
#[serde(deny_unknown_fields)]
pub struct CreateKey {
    /// A name for people.
    name: String,
    /// What it may be used for, such as `connections:read`; nothing that your role does not allow.
    scopes: Vec<String>,
    /// The ids of the only connections that it is to know; all that you know when left out.
    #[serde(default)]
    connections: Option<Vec<String>>,
    /// When it ends by itself; never when left out.
    #[serde(default)]
    expires_at: Option<Timestamp>,
}

/// How a key is replaced.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = RotateApiKey)]
#[serde(deny_unknown_fields)]
pub struct Rotate {
    /// How long the old key goes on working, in hours: 24 when left out, at most 720.
    #[serde(default)]
    #[schema(maximum = 720)]
    overlap_hours: Option<u32>,
}

/// A key, told once.
#[derive(Serialize, ToSchema)]
pub struct NewApiKey {
    /// The key itself: this is the only time that it is told.
    key: String,
    /// What is kept of it.
    #[serde(flatten)]
    view: ApiKeyView,
}

/// List applications.
///
/// All of the organization, or your own when you may manage no others; in one page.
#[utoipa::path(
    get, path = "/applications", operation_id = "list_applications", tag = "applications",
    responses((status = 200, description = "By name.", body = Done<Listed<ApplicationLine>>))
)]
pub async fn list(State(app): State<App>, Member(actor): Member) -> Answer {
    Ok(listed(applications::list(&app, &actor).await?.applications, None))
}

/// Add an application.
#[utoipa::path(
    post, path = "/applications", operation_id = "create_application", tag = "applications", request_body = Create,
    responses(
        (status = 201, description = "The application, of which you are the owner.", body = Done<ApplicationView>),
        (status = 409, description = "`name_taken`; `conflict`: there are too many.", body = Refused),
    )
)]
pub async fn create(State(app): State<App>, Member(actor): Member, Body(body): Body<Create>) -> Answer {
    let id = applications::create(&app, &actor, &body.name, &body.purpose).await?;
    Ok(created(applications::view(&app, &actor, id.as_str()).await?))
}

/// View an application.
///
/// With its keys: scopes, connections, ends and last uses, never a secret.
#[utoipa::path(
    get, path = "/applications/{application}", operation_id = "view_application", tag = "applications",
    responses((status = 200, description = "The application.", body = Done<ApplicationView>))
)]
pub async fn view(State(app): State<App>, Member(actor): Member, InPath(id): InPath) -> Answer {
    Ok(data(applications::view(&app, &actor, &id).await?))
}

/// Change an application.
///
/// Turned off, all of its keys stop at once. Given to somebody else, it may be yours no longer: then the answer is a sentence.
#[utoipa::path(
    patch, path = "/applications/{application}", operation_id = "edit_application", tag = "applications", request_body = Change,
    responses(
        (status = 200, description = "A sentence.", body = Said),
        (status = 409, description = "`name_taken`; `conflict`: changed in the same moment.", body = Refused),
    )
)]
pub async fn edit(State(app): State<App>, Member(actor): Member, InPath(id): InPath, Body(body): Body<Change>) -> Answer {
    let Change { name, purpose, owner, active } = body;
    applications::edit(&app, &actor, &id, &Edit { name, purpose, owner, active }).await?;
    Ok(message("Saved."))
}

/// Delete an application.
///
/// Its keys stop at once.
#[utoipa::path(
    delete, path = "/applications/{application}", operation_id = "delete_application", tag = "applications",
    responses((status = 200, description = "A sentence.", body = Said))
)]
pub async fn delete(State(app): State<App>, Member(actor): Member, InPath(id): InPath) -> Answer {
    let name = applications::delete(&app, &actor, &id).await?;
    Ok(message(&format!("{name} is deleted. Its keys no longer work.")))
}

/// Make a key.
///
/// The answer is the only place that holds it. Needs a sign-in of the last ten minutes.
#[utoipa::path(
    post, path = "/applications/{application}/keys", operation_id = "create_api_key", tag = "applications", request_body = CreateKey,
    responses(
        (status = 201, description = "The key, told once.", body = Done<NewApiKey>),
        (status = 409, description = "`conflict`: there are too many.", body = Refused),
    )
)]
pub async fn create_key(State(app): State<App>, Member(actor): Member, InPath(id): InPath, Body(body): Body<CreateKey>) -> Answer {
    let CreateKey { name, scopes, connections, expires_at } = body;
    let made = applications::make_key(&app, &actor, &id, &KeyWish { name, scopes, connections, expires_at }).await?;
    told(applications::view(&app, &actor, &id).await?, &made)
}

/// Replace a key.
///
/// The new one has the same scopes and connections; the old one ends after the overlap. Needs a sign-in of the last ten minutes.
#[utoipa::path(
    post, path = "/applications/{application}/keys/{key}/rotate", operation_id = "rotate_api_key", tag = "applications", request_body = Rotate,
    responses(
        (status = 201, description = "The new key, told once.", body = Done<NewApiKey>),
        (status = 409, description = "`conflict`: the old one has ended, or there are too many.", body = Refused),
    )
)]
pub async fn rotate_key(State(app): State<App>, Member(actor): Member, InKey(id, key): InKey, Body(body): Body<Rotate>) -> Answer {
    let hours = body.overlap_hours.unwrap_or(OVERLAP_HOURS);
    let made = applications::rotate_key(&app, &actor, &id, &key, hours).await?;
    told(applications::view(&app, &actor, &id).await?, &made)
}

/// End a key.
///
/// It stops at once.
#[utoipa::path(
    delete, path = "/applications/{application}/keys/{key}", operation_id = "end_api_key", tag = "applications",
    responses(
        (status = 200, description = "A sentence.", body = Said),
        (status = 409, description = "`conflict`: it has ended.", body = Refused),
    )
)]
pub async fn end_key(State(app): State<App>, Member(actor): Member, InKey(id, key): InKey) -> Answer {
    let name = applications::end_key(&app, &actor, &id, &key).await?;
    Ok(message(&format!("{name} has ended. It no longer works.")))
}

fn told(view: ApplicationView, made: &MadeKey) -> Answer {
    let kept = view.api_keys.into_iter().find(|key| key.id == made.id.as_str());
    let view = kept.ok_or_else(|| ApiError::from(ServiceError::internal("a key that was made is not there")))?;
    Ok(created(NewApiKey { key: made.key.expose().expose().clone(), view }))
}
