//! What forms send. Each action is a plain `POST` that ends in a redirect: who, parse, one service call, where to.
//!
//! They are plain handlers, not server functions: a secret goes straight from the body into [`Secret`](crate::vault::Secret), which a
//! server function's arguments cannot hold because they must be `Serialize`; a malformed body is a 4xx; and no failure travels in a URL.

mod account;
pub mod applications;
pub mod ask;
mod audit;
pub mod connect;
pub mod connections;
pub mod consent;
mod credentials;
mod day;
mod expiry;
mod import;
mod members;
mod oauth_apps;
mod organizations;
mod outcome;
pub mod own;
mod passkeys;
mod people;
mod progress;
pub mod quick;
mod requests;
mod security;
pub mod sign_on;
mod sign_on_admin;
mod teams;
mod theme;

use axum::Router;
use axum::routing::post;

use super::visit::UiState;

/// The actions, without their prefix.
pub fn routes() -> Router<UiState> {
    Router::new()
        .route("/setup", post(people::setup))
        .route("/sign-in", post(people::sign_in))
        .route("/sign-out", post(people::sign_out))
        .route("/theme", post(theme::choose))
        .merge(security_routes())
        .route("/connections/test", post(connections::test))
        .route("/connections/renew", post(connections::renew))
        .route("/connections/disconnect", post(connections::disconnect))
        .merge(account_routes())
        .merge(credential_routes())
        .route("/marketplace/request", post(requests::ask))
        .route("/marketplace/request/remove", post(requests::remove))
        .route("/connections/edit", post(connections::edit))
        .route("/connections/enable", post(connections::enable))
        .route("/connections/disable", post(connections::disable))
        .route("/connections/delete", post(connections::delete))
        .route("/connections/unfreeze", post(connections::unfreeze))
        .route("/audit/verify", post(audit::verify))
        .route("/organisation/audit", post(audit::keep))
        .route("/own/save", post(own::save))
        .route("/own/test", post(own::test))
        .route("/own/delete", post(own::delete))
        .merge(application_routes())
        .merge(oauth_apps::routes())
        .merge(connect_routes())
        .merge(expiry_routes())
        .merge(member_routes())
}

/// The actions around signing in: second steps, passkeys, sessions and the organization's rule.
fn security_routes() -> Router<UiState> {
    Router::new()
        .route("/confirm", post(security::confirm))
        .route("/second-step", post(security::second_step))
        .route("/second-factor/begin", post(security::begin))
        .route("/second-factor/on", post(security::turn_on))
        .route("/second-factor/off", post(security::turn_off))
        .route("/second-factor/codes", post(security::new_codes))
        .route("/second-factor/rule", post(security::set_rule))
        .route("/sessions/end", post(security::end))
        .route("/sessions/end-others", post(security::end_others))
        .route("/passkeys/begin", post(passkeys::begin))
        .route("/passkeys/sign-in", post(passkeys::sign_in))
        .route("/passkeys/second-step", post(passkeys::second_step))
        .route("/passkeys/confirm", post(passkeys::confirm))
        .route("/passkeys/add", post(passkeys::add))
        .route("/passkeys/rename", post(passkeys::rename))
        .route("/passkeys/remove", post(passkeys::remove))
}

/// The actions around a person's own account.
fn account_routes() -> Router<UiState> {
    Router::new()
        .route("/register", post(account::register))
        .route("/verify", post(account::verify))
        .route("/verify/resend", post(account::resend))
        .route("/forgot", post(account::forgot))
        .route("/reset", post(account::reset))
        .route("/account/name", post(account::name))
        .route("/account/email", post(account::email))
        .route("/account/password", post(account::password))
}

/// The actions around programs and their keys.
fn application_routes() -> Router<UiState> {
    Router::new()
        .route("/applications/create", post(applications::create))
        .route("/applications/edit", post(applications::edit))
        .route("/applications/enable", post(applications::enable))
        .route("/applications/disable", post(applications::disable))
        .route("/applications/delete", post(applications::delete))
        .route("/applications/keys/make", post(applications::make_key))
        .route("/applications/keys/rotate", post(applications::rotate_key))
        .route("/applications/keys/end", post(applications::end_key))
        .merge(sign_on_routes())
}

/// The actions of the expiry calendar and of imports.
fn expiry_routes() -> Router<UiState> {
    Router::new()
        .route("/expiry/add", post(expiry::add))
        .route("/expiry/edit", post(expiry::edit))
        .route("/expiry/remove", post(expiry::remove))
        .route("/expiry/feed", post(expiry::make_feed))
        .route("/expiry/feed/withdraw", post(expiry::withdraw_feed))
        .route("/import", post(import::import))
}

/// The actions around the credential of a saved connection.
fn credential_routes() -> Router<UiState> {
    Router::new()
        .route("/connections/credentials", post(credentials::submit))
        .route("/connections/credentials/accept", post(credentials::accept))
        .route("/connections/credentials/forget", post(credentials::forget))
        .route("/connections/credentials/restore", post(credentials::restore))
        .route("/connections/reconnect", post(consent::reconnect))
}

/// The actions around members, invitations, teams and organizations.
fn member_routes() -> Router<UiState> {
    Router::new()
        .route("/invite/accept", post(organizations::accept))
        .route("/members/invite", post(members::invite))
        .route("/members/resend", post(members::resend))
        .route("/members/withdraw", post(members::withdraw))
        .route("/members/role", post(members::new_role))
        .route("/members/change", post(members::change))
        .route("/members/deactivate", post(members::deactivate))
        .route("/members/reactivate", post(members::reactivate))
        .route("/members/remove", post(members::remove))
        .route("/members/transfer", post(members::transfer))
        .route("/organizations/switch", post(organizations::switch))
        .route("/organizations/create", post(organizations::create))
        .route("/organizations/rename", post(organizations::rename))
        .route("/organizations/leave", post(organizations::leave))
        .route("/organizations/delete", post(organizations::delete))
        .route("/teams/create", post(teams::create))
        .route("/teams/rename", post(teams::rename))
        .route("/teams/delete", post(teams::delete))
        .route("/teams/members", post(teams::set_members))
}

/// The actions of single sign-on.
fn sign_on_routes() -> Router<UiState> {
    Router::new()
        .route("/sign-on/begin", post(sign_on::begin))
        .route("/sign-on/confirm", post(sign_on::confirm))
        .route("/sign-on/disconnect", post(sign_on::disconnect))
        .route("/sign-on/find", post(sign_on::find))
        .route("/sign-on/link", post(sign_on::link))
        .route("/organisation/sign-on/add", post(sign_on_admin::add))
        .route("/organisation/sign-on/change", post(sign_on_admin::change))
        .route("/organisation/sign-on/prove", post(sign_on_admin::prove))
        .route("/organisation/sign-on/remove", post(sign_on_admin::remove))
        .route("/organisation/sign-on/switch", post(sign_on_admin::switch))
}

/// The actions of the wizard and of the one-page connect.
fn connect_routes() -> Router<UiState> {
    Router::new()
        .route("/connect/start", post(connect::start))
        .route("/connect/details", post(connect::details))
        .route("/connect/account", post(consent::pick))
        .route("/connect/leave", post(consent::leave))
        .route("/connect/progress", post(progress::progress))
        .route("/connect/put-aside", post(ask::put_aside))
        .route("/connect/ask", post(ask::make))
        .route("/connect/withdraw", post(ask::withdraw))
        .route("/connect/keep", post(connect::keep))
        .route("/connect/discard", post(connect::discard))
        .route("/quick/connect", post(quick::connect))
        .route("/quick/test", post(quick::test))
        .route("/quick/disconnect", post(quick::disconnect))
}
