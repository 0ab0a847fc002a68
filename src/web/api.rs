//! The JSON API below `/api`; folders mirror addresses.

mod accounts;
mod applications;
mod audit;
mod auth;
mod body;
mod connection;
mod connections;
mod connectors;
mod consent;
mod credentials;
mod document;
mod expiry;
mod handout;
mod invitations;
mod issues;
mod me;
mod members;
mod oauth_apps;
mod once;
mod organizations;
mod own;
mod query;
mod reference;
mod requests;
mod sessions;
mod shortcut;
mod sign_on;
mod teams;
mod tokens;

use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, patch, post, put};
use axum::{Json, Router};
use http::StatusCode;
use serde::Serialize;

pub use audit::{InChain, file as audit_file};
pub use document::document;
pub use reference::{Answered, Fields, Group, Kind, Operation, Reference, Row, reference};

use super::ApiError;
use super::envelope::{Done, Listed, Said};
use crate::services::{App, ErrorCode, ServiceError};

/// `/api/v1/…`, and JSON refusals for everything else below `/api`.
pub(super) fn routes(app: App) -> Router {
    Router::new().nest("/v1", version_one()).fallback(unknown).method_not_allowed_fallback(wrong_method).with_state(app)
}

fn version_one() -> Router<App> {
    Router::new()
        .route("/openapi.json", get(document::view))
        .route("/applications", get(applications::list).post(applications::create))
        .route("/applications/{application}", get(applications::view).patch(applications::edit).delete(applications::delete))
        .route("/applications/{application}/keys", post(applications::create_key))
        .route("/applications/{application}/keys/{key}", delete(applications::end_key))
        .route("/applications/{application}/keys/{key}/rotate", post(applications::rotate_key))
        .route("/audit", get(audit::list))
        .route("/audit/export", get(audit::export))
        .route("/audit/retention", get(audit::retention).put(audit::set_retention))
        .route("/audit/{node}/{seq}", get(audit::view))
        .route("/auth/login", post(auth::login))
        .route("/auth/logout", post(auth::logout))
        .route("/auth/confirm", post(sessions::confirm))
        .route("/auth/sessions", get(sessions::list))
        .route("/auth/sessions/end-others", post(sessions::end_others))
        .route("/auth/sessions/{id}", delete(sessions::end))
        .route("/auth/register", post(accounts::register))
        .route("/auth/verify-email", post(accounts::verify_email))
        .route("/auth/verify-email/resend", post(accounts::resend))
        .route("/auth/forgot-password", post(accounts::forgot_password))
        .route("/auth/reset-password", post(accounts::reset_password))
        .route("/auth/change-password", post(accounts::change_password))
        .route("/auth/me", get(me::view).patch(me::edit))
        .route("/auth/refresh-token", post(tokens::refresh))
        .route("/auth/accept-invitation", post(invitations::accept))
        .route("/organizations", get(organizations::mine).post(organizations::create))
        .route("/organization", get(organizations::view).patch(organizations::rename).delete(organizations::delete))
        .route("/organization/leave", post(organizations::leave))
        .route("/server/organizations", get(organizations::all))
        .route("/issues", get(issues::list))
        .route("/members", get(members::list))
        .route("/members/{id}", get(members::view).patch(members::change).delete(members::remove))
        .route("/members/{id}/transfer", post(members::transfer))
        .route("/invitations", get(invitations::list).post(invitations::create))
        .route("/invitations/{id}", delete(invitations::withdraw))
        .route("/invitations/{id}/resend", post(invitations::resend))
        .route("/teams", get(teams::list).post(teams::create))
        .route("/teams/{id}", get(teams::view).patch(teams::rename).delete(teams::delete))
        .route("/teams/{id}/members", put(teams::set_members))
        .route("/connectors", get(connectors::list))
        .route("/connectors/own", get(own::list).post(own::create))
        .route("/connectors/own/check", post(own::check))
        .route("/connectors/own/{own}", get(own::view).put(own::save).delete(own::delete))
        .route("/connectors/own/{own}/publish", post(own::publish))
        .route("/connectors/own/{own}/test", post(own::test))
        .route("/connectors/{connector}", get(connectors::view))
        .route("/connectors/{connector}/apps", get(oauth_apps::list).post(oauth_apps::create))
        .route("/connectors/{connector}/apps/{oauth_app}", get(oauth_apps::view).patch(oauth_apps::edit).delete(oauth_apps::delete))
        .route("/connectors/{connector}/apps/{oauth_app}/secret", post(oauth_apps::rotate))
        .route("/connectors/{connector}/configure", post(shortcut::configure))
        .route("/connectors/{connector}/status", get(shortcut::status))
        .route("/connectors/{connector}/disconnect", post(shortcut::disconnect))
        .route("/connections", get(connections::list).post(connections::create))
        .route("/connectors/{connector}/connections/start", post(consent::start))
        .route("/connections/test", post(connections::test_unsaved))
        .route("/connections/{id}", get(connection::view).patch(connection::edit).delete(connection::delete))
        .route("/connections/{id}/preview", get(connections::preview))
        .route("/connections/requests", post(requests::create))
        .route("/connections/requests/{id}", get(requests::view).delete(requests::withdraw))
        .route("/connections/{id}/test", post(connections::test))
        .route("/connections/{id}/enable", post(connection::enable))
        .route("/connections/{id}/disable", post(connection::disable))
        .route("/connections/{id}/disconnect", post(connections::disconnect))
        .route("/connections/{id}/logs", get(connection::logs))
        .route("/connections/{id}/diagnostics", get(connection::diagnostics))
        .route("/connections/{id}/credentials", put(credentials::replace).get(handout::read))
        .route("/connections/{id}/credentials/restore", post(credentials::restore))
        .route("/connections/{id}/credentials/versions", get(credentials::versions))
        .route("/oauth-apps/doctor", get(oauth_apps::doctor))
        .route("/connections/{id}/refresh", post(handout::refresh))
        .route("/connections/{id}/revoke", post(handout::revoke))
        .route("/connections/{id}/use", get(handout::used))
        .route("/expiry", get(expiry::list).post(expiry::create))
        .route("/expiry/{date}", patch(expiry::edit).delete(expiry::delete))
        .route("/organization/sign-on", get(sign_on::list).post(sign_on::create))
        .route("/organization/sign-on/{provider}", get(sign_on::view).patch(sign_on::edit).delete(sign_on::delete))
        .route("/organization/sign-on/{provider}/prove", post(sign_on::prove))
        .fallback(unknown)
        .method_not_allowed_fallback(wrong_method)
}

async fn unknown() -> ApiError {
    ApiError::not_found()
}

async fn wrong_method() -> ApiError {
    ServiceError::of(ErrorCode::WrongMethod).into()
}

/// What a handler answers.
type Answer = Result<Response, ApiError>;

fn data(data: impl Serialize) -> Response {
    Json(Done::of(data)).into_response()
}

fn listed<T: Serialize>(items: Vec<T>, next_cursor: Option<String>) -> Response {
    data(Listed { items, next_cursor })
}

fn created(data: impl Serialize) -> Response {
    (StatusCode::CREATED, Json(Done::of(data))).into_response()
}

fn message(message: &str) -> Response {
    Json(Said::of(message.to_owned())).into_response()
}
