//! One file per page. The public function that is listed in a route answers the request; the rest of the file draws.

pub mod account;
pub mod api_key;
pub mod api_key_new;
pub mod api_reference;
pub mod application;
pub mod application_new;
pub mod applications;
pub mod ask;
pub mod audit;
pub mod authenticator;
pub mod confirm;
pub mod connection;
pub mod connections;
pub mod connector;
pub mod consent;
pub mod credential;
pub mod credential_test;
pub mod diagnostics;
pub mod disconnect;
pub mod expiry;
pub mod forgot;
pub mod import;
pub mod invite;
pub mod issues;
pub mod marketplace;
pub mod member;
pub mod members;
pub mod methods;
pub mod no_permission;
pub mod not_found;
pub mod oauth_apps;
pub mod organisation;
pub mod own;
pub mod own_connector;
pub mod own_list;
pub mod preview;
pub mod quick;
pub mod recovery_codes;
pub mod register;
pub mod request;
pub mod reset;
pub mod roles;
pub mod rules;
pub mod second_step;
pub mod security;
pub mod sent;
pub mod server_organisations;
pub mod setup;
pub mod sign_in;
pub mod sign_on;
pub mod sign_on_admin;
pub mod teams;
pub mod trouble;
pub mod verify;
pub mod wizard_account;
pub mod wizard_ask;
pub mod wizard_details;
pub mod wizard_done;
pub mod wizard_sign_in;
pub mod wizard_steps;
pub mod wizard_test;

use axum::Router;
use axum::routing::get;

use super::actions;
use super::visit::UiState;

/// The marketplace, a connector's page, the wizard and the one-page connect.
pub fn connect_routes() -> Router<UiState> {
    Router::new()
        .route("/marketplace", get(marketplace::marketplace))
        .route("/marketplace/request", get(request::get))
        .route("/marketplace/own", get(own_list::get))
        .route("/marketplace/own/new", get(own_connector::begin))
        .route("/marketplace/own/{own}", get(own_connector::get))
        .route("/marketplace/own/{own}/export", get(own::export))
        .route("/marketplace/{connector}", get(connector::connector))
        .route("/connect/{draft}/sign-in", get(wizard_sign_in::sign_in))
        .route("/connect/{draft}/details", get(wizard_details::details))
        .route("/connect/{draft}/consent", get(consent::get))
        .route("/connect/{draft}/account", get(wizard_account::get))
        .route("/connect/{draft}/ask", get(wizard_ask::ask))
        .route("/connect/{draft}/test", get(wizard_test::test))
        .route("/connect/{draft}/done", get(wizard_done::done))
        .route("/connect/{draft}/quick", get(quick::quick))
        .route("/oauth/callback/{connector}", get(actions::consent::arrive))
        .route("/oauth/trouble/{code}", get(consent::trouble))
}

/// What people reach who have no account, or no password, yet; and a person's own account.
pub fn account_routes() -> Router<UiState> {
    Router::new()
        .route("/register", get(register::get))
        .route("/sent", get(sent::get))
        .route("/verify/{token}", get(verify::get))
        .route("/forgot", get(forgot::get))
        .route("/reset/{token}", get(reset::get))
        .route("/account", get(account::get))
}

/// Programs and their keys.
pub fn application_routes() -> Router<UiState> {
    Router::new()
        .route("/applications", get(applications::get))
        .route("/applications/new", get(application_new::get))
        .route("/applications/{application}", get(application::get))
        .route("/applications/{application}/keys/new", get(api_key_new::get))
        .route("/applications/{application}/keys/{key}", get(api_key::get))
}

/// The expiry calendar, and imports.
pub fn expiry_routes() -> Router<UiState> {
    Router::new()
        .route("/expiry", get(expiry::get))
        .route("/expiry/new", get(expiry::form::new))
        .route("/expiry/subscribe", get(expiry::subscribe::get))
        .route("/expiry/{date}", get(expiry::form::change))
        .route("/import", get(import::get))
}

/// Members, teams, roles and organizations.
pub fn member_routes() -> Router<UiState> {
    Router::new()
        .route("/invite/{token}", get(invite::get))
        .route("/members", get(members::get))
        .route("/members/{id}", get(member::get))
        .route("/members/{id}/remove", get(member::end))
        .route("/organisation", get(organisation::get))
        .route("/organisation/leave", get(organisation::leave))
        .route("/organisation/delete", get(organisation::delete))
        .route("/roles", get(roles::get))
        .route("/server/organisations", get(server_organisations::get))
        .route("/teams", get(teams::get))
        .route("/teams/{id}", get(teams::one))
}

/// Single sign-on: choosing a provider, coming back, and an organization's providers.
pub fn sign_on_routes() -> Router<UiState> {
    Router::new()
        .route("/account/methods", get(methods::get))
        .route("/organisation/sign-on", get(sign_on_admin::list))
        .route("/organisation/sign-on/new", get(sign_on_admin::new))
        .route("/organisation/sign-on/{provider}", get(sign_on_admin::view))
        .route("/sign-in/at/{organization}", get(sign_on::at))
        .route("/sign-in/callback/{provider}", get(actions::sign_on::arrive))
        .route("/sign-in/trouble/{code}", get(sign_on::trouble))
        .route("/sign-in/with", get(sign_on::with))
}

/// The audit log.
pub fn audit_routes() -> Router<UiState> {
    Router::new()
        .route("/audit", get(audit::get))
        .route("/audit/export", get(audit::export))
        .route("/audit/verify", get(audit::verify::get))
        .route("/audit/{node}/{seq}", get(audit::entry::get))
        .route("/organisation/audit", get(audit::settings::get))
}

/// What a person without an account reaches by a one-time link.
pub fn ask_routes() -> Router<UiState> {
    Router::new().route("/ask/{token}", get(ask::get).post(actions::ask::answer)).route("/ask/{token}/{check}", get(ask::result))
}
