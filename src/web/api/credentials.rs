//! `/api/v1/connections/{id}/credentials…`: changing a credential; no answer holds one.

use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;

use super::body::Body;
use super::{Answer, data, listed};
use crate::dto::{CredentialVersionView, ReplacedView, RestoredView};
use crate::services::{App, Entries, credentials};
use crate::web::envelope::{Done, Listed, Refused};
use crate::web::etag::{state, with_etag};
use crate::web::{IfMatch, InPath, Member};

/// A new credential; fields that are left out stay as they are stored.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = ReplaceCredential)]
#[serde(deny_unknown_fields)]
pub struct Replace {
    /// The fields by id. Secrets go in and never come out.
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    fields: Entries,
    /// Whether it may open another account than before.
    #[serde(default)]
    accept_other_account: bool,
}

/// Which version; the one before when left out.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = RestoreCredential)]
#[serde(deny_unknown_fields)]
pub struct Restore {
    /// Its number.
    #[serde(default)]
    #[schema(minimum = 1)]
    version: Option<i64>,
}

/// Change the credential.
///
/// It is proven beside the one in use and put in use only when it passes. With `If-Match`, only when nobody has changed the connection since.
#[utoipa::path(
    put, path = "/connections/{id}/credentials", operation_id = "replace_credential", tag = "connections", request_body = Replace,
    params(("If-Match" = Option<String>, Header, description = "The `ETag` that you read.")),
    responses(
        (status = 200, description = "The version in use now.", body = Done<ReplacedView>, headers(("ETag" = String, description = "The connection's state."))),
        (status = 409, description = "`conflict`: somebody changed it meanwhile, or it is not in use; `other_account` with both accounts.", body = Refused),
    )
)]
pub async fn replace(State(app): State<App>, Member(actor): Member, InPath(id): InPath, seen: IfMatch, Body(body): Body<Replace>) -> Answer {
    let view = credentials::replace(&app, &actor, &id, seen.version(), &body.fields, body.accept_other_account).await?;
    Ok(with_etag(&state(view.state), data(&view)))
}

/// Go back to an earlier credential.
///
/// It is put in use at once and then checked.
#[utoipa::path(
    post, path = "/connections/{id}/credentials/restore", operation_id = "restore_credential", tag = "connections", request_body = Restore,
    params(("If-Match" = Option<String>, Header, description = "The `ETag` that you read.")),
    responses(
        (status = 200, description = "The version in use now.", body = Done<RestoredView>, headers(("ETag" = String, description = "The connection's state."))),
        (status = 409, description = "`conflict`: there is none before, or somebody changed the connection meanwhile.", body = Refused),
    )
)]
pub async fn restore(State(app): State<App>, Member(actor): Member, InPath(id): InPath, seen: IfMatch, Body(body): Body<Restore>) -> Answer {
    let view = credentials::restore(&app, &actor, &id, seen.version(), body.version).await?;
    Ok(with_etag(&state(view.state), data(&view)))
}

/// List the versions of the credential.
///
/// Newest first: numbers, times, names and accounts, never a value.
#[utoipa::path(
    get, path = "/connections/{id}/credentials/versions", operation_id = "list_credential_versions", tag = "connections",
    responses((status = 200, description = "The versions that are kept.", body = Done<Listed<CredentialVersionView>>, headers(("ETag" = String, description = "The connection's state."))))
)]
pub async fn versions(State(app): State<App>, Member(actor): Member, InPath(id): InPath) -> Answer {
    let (versions, seen) = credentials::versions(&app, &actor, &id).await?;
    Ok(with_etag(&state(seen), listed(versions, None)))
}
