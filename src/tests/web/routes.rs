//! Every route there is, in one table, compared with the source.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use regex::Regex;

/// Who may reach a route, and what the others get.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Anybody.
    Open,
    /// A page of members: nobody is led to the sign-in page.
    Page,
    /// An action of members: nobody is led to the sign-in page.
    Action,
    /// An API call of members: nobody gets 401.
    Api,
}

use Access::{Action, Api, Open, Page};

/// Method, path, access.
pub const ROUTES: &[(&str, &str, Access)] = &[
    ("GET", "/", Page),
    ("GET", "/healthz", Open),
    ("GET", "/readyz", Open),
    ("GET", "/pkg/{*path}", Open),
    ("GET", "/fonts/{*path}", Open),
    ("GET", "/sprite.svg", Open),
    ("GET", "/favicon.svg", Open),
    ("GET", "/sign-in", Open),
    ("GET", "/sign-in/second-step", Open),
    ("GET", "/confirm", Page),
    ("GET", "/account/security", Page),
    ("GET", "/account/security/app", Page),
    ("GET", "/organisation/security", Page),
    ("GET", "/register", Open),
    ("GET", "/sent", Open),
    ("GET", "/verify/{token}", Open),
    ("GET", "/forgot", Open),
    ("GET", "/reset/{token}", Open),
    ("GET", "/account", Page),
    ("GET", "/sign-in/at/{organization}", Open),
    ("GET", "/sign-in/callback/{provider}", Open),
    ("GET", "/sign-in/trouble/{code}", Open),
    ("GET", "/oauth/callback/{connector}", Open),
    ("GET", "/oauth/trouble/{code}", Open),
    ("GET", "/sign-in/with", Open),
    ("GET", "/account/methods", Page),
    ("GET", "/organisation/sign-on", Page),
    ("GET", "/organisation/sign-on/new", Page),
    ("GET", "/organisation/sign-on/{provider}", Page),
    ("GET", "/setup/{link}", Open),
    ("GET", "/ask/{token}", Open),
    ("POST", "/ask/{token}", Open),
    ("GET", "/ask/{token}/{check}", Open),
    ("POST", "/recovery-sheet", Page),
    ("GET", "/invite/{token}", Open),
    ("GET", "/members", Page),
    ("GET", "/members/{id}", Page),
    ("GET", "/members/{id}/remove", Page),
    ("GET", "/organisation", Page),
    ("GET", "/organisation/leave", Page),
    ("GET", "/organisation/delete", Page),
    ("GET", "/roles", Page),
    ("GET", "/server/organisations", Page),
    ("GET", "/teams", Page),
    ("GET", "/teams/{id}", Page),
    ("GET", "/connections", Page),
    ("GET", "/connections/{id}", Page),
    ("GET", "/connections/{id}/preview", Page),
    ("GET", "/connections/{id}/disconnect", Page),
    ("GET", "/connections/{id}/reconnect", Page),
    ("GET", "/connections/{id}/diagnostics", Page),
    ("GET", "/connections/{id}/credentials", Page),
    ("GET", "/connections/{id}/credentials/test", Page),
    ("GET", "/applications", Page),
    ("GET", "/applications/new", Page),
    ("GET", "/applications/{application}", Page),
    ("GET", "/applications/{application}/keys/new", Page),
    ("GET", "/applications/{application}/keys/{key}", Page),
    ("GET", "/oauth-apps", Page),
    ("GET", "/oauth-apps/doctor", Page),
    ("GET", "/oauth-apps/new", Page),
    ("GET", "/oauth-apps/{oauth_app}", Page),
    ("GET", "/oauth-apps/{oauth_app}/delete", Page),
    ("GET", "/oauth-apps/{oauth_app}/secret", Page),
    ("GET", "/audit", Page),
    ("GET", "/audit/export", Page),
    ("GET", "/audit/verify", Page),
    ("GET", "/audit/{node}/{seq}", Page),
    ("GET", "/organisation/audit", Page),
    ("GET", "/issues", Page),
    ("GET", "/expiry", Page),
    ("GET", "/expiry/new", Page),
    ("GET", "/expiry/subscribe", Page),
    ("GET", "/expiry/{date}", Page),
    ("GET", "/expiry/feed/{token}", Open),
    ("GET", "/import", Page),
    ("GET", "/marketplace", Page),
    ("GET", "/marketplace/request", Page),
    ("GET", "/marketplace/{connector}", Page),
    ("GET", "/marketplace/own", Page),
    ("GET", "/marketplace/own/new", Page),
    ("GET", "/marketplace/own/{own}", Page),
    ("GET", "/marketplace/own/{own}/export", Page),
    ("GET", "/connect/{draft}/sign-in", Page),
    ("GET", "/connect/{draft}/details", Page),
    ("GET", "/connect/{draft}/consent", Page),
    ("GET", "/connect/{draft}/account", Page),
    ("GET", "/connect/{draft}/ask", Page),
    ("GET", "/connect/{draft}/test", Page),
    ("GET", "/connect/{draft}/done", Page),
    ("GET", "/connect/{draft}/quick", Page),
    ("POST", "/actions/setup", Open),
    ("POST", "/actions/register", Open),
    ("POST", "/actions/verify", Open),
    ("POST", "/actions/verify/resend", Open),
    ("POST", "/actions/forgot", Open),
    ("POST", "/actions/reset", Open),
    ("POST", "/actions/account/name", Action),
    ("POST", "/actions/account/email", Action),
    ("POST", "/actions/account/password", Action),
    ("POST", "/actions/invite/accept", Open),
    ("POST", "/actions/members/invite", Action),
    ("POST", "/actions/members/resend", Action),
    ("POST", "/actions/members/withdraw", Action),
    ("POST", "/actions/members/role", Action),
    ("POST", "/actions/members/change", Action),
    ("POST", "/actions/members/deactivate", Action),
    ("POST", "/actions/members/reactivate", Action),
    ("POST", "/actions/members/remove", Action),
    ("POST", "/actions/members/transfer", Action),
    ("POST", "/actions/organizations/switch", Action),
    ("POST", "/actions/organizations/create", Action),
    ("POST", "/actions/organizations/rename", Action),
    ("POST", "/actions/organizations/leave", Action),
    ("POST", "/actions/organizations/delete", Action),
    ("POST", "/actions/teams/create", Action),
    ("POST", "/actions/teams/rename", Action),
    ("POST", "/actions/teams/delete", Action),
    ("POST", "/actions/teams/members", Action),
    ("POST", "/actions/sign-in", Open),
    ("POST", "/actions/sign-on/begin", Open),
    ("POST", "/actions/sign-on/find", Open),
    ("POST", "/actions/sign-on/confirm", Action),
    ("POST", "/actions/sign-on/disconnect", Action),
    ("POST", "/actions/sign-on/link", Action),
    ("POST", "/actions/organisation/sign-on/add", Action),
    ("POST", "/actions/organisation/sign-on/change", Action),
    ("POST", "/actions/organisation/sign-on/prove", Action),
    ("POST", "/actions/organisation/sign-on/remove", Action),
    ("POST", "/actions/organisation/sign-on/switch", Action),
    ("POST", "/actions/sign-out", Action),
    ("POST", "/actions/theme", Action),
    ("POST", "/actions/second-step", Open),
    ("POST", "/actions/confirm", Action),
    ("POST", "/actions/second-factor/begin", Action),
    ("POST", "/actions/second-factor/on", Action),
    ("POST", "/actions/second-factor/off", Action),
    ("POST", "/actions/second-factor/codes", Action),
    ("POST", "/actions/second-factor/rule", Action),
    ("POST", "/actions/sessions/end", Action),
    ("POST", "/actions/sessions/end-others", Action),
    ("POST", "/actions/passkeys/begin", Open),
    ("POST", "/actions/passkeys/sign-in", Open),
    ("POST", "/actions/passkeys/second-step", Open),
    ("POST", "/actions/passkeys/confirm", Action),
    ("POST", "/actions/passkeys/add", Action),
    ("POST", "/actions/passkeys/rename", Action),
    ("POST", "/actions/passkeys/remove", Action),
    ("POST", "/actions/connections/renew", Action),
    ("POST", "/actions/connections/test", Action),
    ("POST", "/actions/connections/disconnect", Action),
    ("POST", "/actions/connections/credentials", Action),
    ("POST", "/actions/connections/credentials/accept", Action),
    ("POST", "/actions/connections/credentials/forget", Action),
    ("POST", "/actions/connections/credentials/restore", Action),
    ("POST", "/actions/connections/reconnect", Action),
    ("POST", "/actions/marketplace/request", Action),
    ("POST", "/actions/marketplace/request/remove", Action),
    ("POST", "/actions/connections/edit", Action),
    ("POST", "/actions/connections/enable", Action),
    ("POST", "/actions/connections/disable", Action),
    ("POST", "/actions/connections/delete", Action),
    ("POST", "/actions/connections/unfreeze", Action),
    ("POST", "/actions/audit/verify", Action),
    ("POST", "/actions/organisation/audit", Action),
    ("POST", "/actions/own/save", Action),
    ("POST", "/actions/own/test", Action),
    ("POST", "/actions/own/delete", Action),
    ("POST", "/actions/applications/create", Action),
    ("POST", "/actions/applications/edit", Action),
    ("POST", "/actions/applications/enable", Action),
    ("POST", "/actions/applications/disable", Action),
    ("POST", "/actions/applications/delete", Action),
    ("POST", "/actions/applications/keys/make", Action),
    ("POST", "/actions/applications/keys/rotate", Action),
    ("POST", "/actions/applications/keys/end", Action),
    ("POST", "/actions/oauth-apps/create", Action),
    ("POST", "/actions/oauth-apps/edit", Action),
    ("POST", "/actions/oauth-apps/secret", Action),
    ("POST", "/actions/oauth-apps/delete", Action),
    ("POST", "/actions/expiry/add", Action),
    ("POST", "/actions/expiry/edit", Action),
    ("POST", "/actions/expiry/remove", Action),
    ("POST", "/actions/expiry/feed", Action),
    ("POST", "/actions/expiry/feed/withdraw", Action),
    ("POST", "/actions/import", Action),
    ("POST", "/actions/connect/start", Action),
    ("POST", "/actions/connect/details", Action),
    ("POST", "/actions/connect/put-aside", Action),
    ("POST", "/actions/connect/ask", Action),
    ("POST", "/actions/connect/withdraw", Action),
    ("POST", "/actions/connect/keep", Action),
    ("POST", "/actions/connect/discard", Action),
    ("POST", "/actions/connect/leave", Action),
    ("POST", "/actions/connect/account", Action),
    ("POST", "/actions/connect/progress", Action),
    ("POST", "/actions/quick/connect", Action),
    ("POST", "/actions/quick/test", Action),
    ("POST", "/actions/quick/disconnect", Action),
    ("GET", "/docs/api", Page),
    ("GET", "/api/v1/openapi.json", Api),
    ("GET", "/api/v1/applications", Api),
    ("POST", "/api/v1/applications", Api),
    ("GET", "/api/v1/applications/{application}", Api),
    ("PATCH", "/api/v1/applications/{application}", Api),
    ("DELETE", "/api/v1/applications/{application}", Api),
    ("POST", "/api/v1/applications/{application}/keys", Api),
    ("DELETE", "/api/v1/applications/{application}/keys/{key}", Api),
    ("POST", "/api/v1/applications/{application}/keys/{key}/rotate", Api),
    ("GET", "/api/v1/audit", Api),
    ("GET", "/api/v1/audit/export", Api),
    ("GET", "/api/v1/audit/retention", Api),
    ("PUT", "/api/v1/audit/retention", Api),
    ("GET", "/api/v1/audit/{node}/{seq}", Api),
    ("POST", "/api/v1/auth/login", Open),
    ("POST", "/api/v1/auth/refresh-token", Open),
    ("POST", "/api/v1/auth/logout", Api),
    ("POST", "/api/v1/auth/register", Open),
    ("POST", "/api/v1/auth/verify-email", Open),
    ("POST", "/api/v1/auth/verify-email/resend", Open),
    ("POST", "/api/v1/auth/forgot-password", Open),
    ("POST", "/api/v1/auth/reset-password", Open),
    ("POST", "/api/v1/auth/change-password", Api),
    ("GET", "/api/v1/auth/me", Api),
    ("POST", "/api/v1/auth/confirm", Api),
    ("GET", "/api/v1/auth/sessions", Api),
    ("POST", "/api/v1/auth/sessions/end-others", Api),
    ("DELETE", "/api/v1/auth/sessions/{id}", Api),
    ("PATCH", "/api/v1/auth/me", Api),
    ("POST", "/api/v1/auth/accept-invitation", Open),
    ("GET", "/api/v1/organizations", Api),
    ("POST", "/api/v1/organizations", Api),
    ("GET", "/api/v1/organization", Api),
    ("PATCH", "/api/v1/organization", Api),
    ("DELETE", "/api/v1/organization", Api),
    ("POST", "/api/v1/organization/leave", Api),
    ("GET", "/api/v1/server/organizations", Api),
    ("GET", "/api/v1/members", Api),
    ("GET", "/api/v1/members/{id}", Api),
    ("PATCH", "/api/v1/members/{id}", Api),
    ("DELETE", "/api/v1/members/{id}", Api),
    ("POST", "/api/v1/members/{id}/transfer", Api),
    ("GET", "/api/v1/invitations", Api),
    ("POST", "/api/v1/invitations", Api),
    ("DELETE", "/api/v1/invitations/{id}", Api),
    ("POST", "/api/v1/invitations/{id}/resend", Api),
    ("GET", "/api/v1/teams", Api),
    ("POST", "/api/v1/teams", Api),
    ("GET", "/api/v1/teams/{id}", Api),
    ("PATCH", "/api/v1/teams/{id}", Api),
    ("DELETE", "/api/v1/teams/{id}", Api),
    ("PUT", "/api/v1/teams/{id}/members", Api),
    ("GET", "/api/v1/connectors", Api),
    ("GET", "/api/v1/connectors/own", Api),
    ("POST", "/api/v1/connectors/own", Api),
    ("POST", "/api/v1/connectors/own/check", Api),
    ("GET", "/api/v1/connectors/own/{own}", Api),
    ("PUT", "/api/v1/connectors/own/{own}", Api),
    ("DELETE", "/api/v1/connectors/own/{own}", Api),
    ("POST", "/api/v1/connectors/own/{own}/publish", Api),
    ("POST", "/api/v1/connectors/own/{own}/test", Api),
    ("GET", "/api/v1/connectors/{connector}", Api),
    ("GET", "/api/v1/connectors/{connector}/apps", Api),
    ("POST", "/api/v1/connectors/{connector}/apps", Api),
    ("GET", "/api/v1/connectors/{connector}/apps/{oauth_app}", Api),
    ("PATCH", "/api/v1/connectors/{connector}/apps/{oauth_app}", Api),
    ("DELETE", "/api/v1/connectors/{connector}/apps/{oauth_app}", Api),
    ("POST", "/api/v1/connectors/{connector}/apps/{oauth_app}/secret", Api),
    ("GET", "/api/v1/oauth-apps/doctor", Api),
    ("POST", "/api/v1/connectors/{connector}/configure", Api),
    ("GET", "/api/v1/connectors/{connector}/status", Api),
    ("POST", "/api/v1/connectors/{connector}/disconnect", Api),
    ("GET", "/api/v1/expiry", Api),
    ("POST", "/api/v1/expiry", Api),
    ("PATCH", "/api/v1/expiry/{date}", Api),
    ("DELETE", "/api/v1/expiry/{date}", Api),
    ("GET", "/api/v1/organization/sign-on", Api),
    ("POST", "/api/v1/organization/sign-on", Api),
    ("GET", "/api/v1/organization/sign-on/{provider}", Api),
    ("PATCH", "/api/v1/organization/sign-on/{provider}", Api),
    ("DELETE", "/api/v1/organization/sign-on/{provider}", Api),
    ("POST", "/api/v1/organization/sign-on/{provider}/prove", Api),
    ("GET", "/api/v1/connections", Api),
    ("POST", "/api/v1/connections", Api),
    ("POST", "/api/v1/connections/test", Api),
    ("POST", "/api/v1/connectors/{connector}/connections/start", Api),
    ("GET", "/api/v1/issues", Api),
    ("POST", "/api/v1/connections/requests", Api),
    ("GET", "/api/v1/connections/requests/{id}", Api),
    ("DELETE", "/api/v1/connections/requests/{id}", Api),
    ("GET", "/api/v1/connections/{id}", Api),
    ("GET", "/api/v1/connections/{id}/preview", Api),
    ("PATCH", "/api/v1/connections/{id}", Api),
    ("DELETE", "/api/v1/connections/{id}", Api),
    ("POST", "/api/v1/connections/{id}/enable", Api),
    ("POST", "/api/v1/connections/{id}/disable", Api),
    ("GET", "/api/v1/connections/{id}/logs", Api),
    ("GET", "/api/v1/connections/{id}/diagnostics", Api),
    ("POST", "/api/v1/connections/{id}/test", Api),
    ("POST", "/api/v1/connections/{id}/disconnect", Api),
    ("GET", "/api/v1/connections/{id}/credentials", Api),
    ("POST", "/api/v1/connections/{id}/refresh", Api),
    ("POST", "/api/v1/connections/{id}/revoke", Api),
    ("GET", "/api/v1/connections/{id}/use", Api),
    ("PUT", "/api/v1/connections/{id}/credentials", Api),
    ("POST", "/api/v1/connections/{id}/credentials/restore", Api),
    ("GET", "/api/v1/connections/{id}/credentials/versions", Api),
];

fn sources(folder: &Path, found: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") && !path.to_str().unwrap().contains("/tests/") {
            found.push((path.to_str().unwrap().to_owned(), fs::read_to_string(&path).unwrap()));
        }
    }
}

/// Method and path of every `.route(…)` in the source of pages and web layer; a nested router's file is known by its name.
fn routes_in_source() -> BTreeSet<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    for name in ["web", "ui"] {
        found.push((format!("/{name}.rs"), fs::read_to_string(root.join(format!("{name}.rs"))).unwrap()));
        sources(&root.join(name), &mut found);
    }
    let route = Regex::new(r#"\.route\(\s*"([^"]+)",\s*((?:(?:axum::routing::)?(?:get|post|put|patch|delete)\b[^;]*?))(?:\)\s*\.route|\)\s*\.fallback|\)\s*\.with_state|\)\s*\n?\s*\}|;)"#).unwrap();
    let method = Regex::new(r"\b(get|post|put|patch|delete)\(").unwrap();
    let mut routes = BTreeSet::new();
    for (file, text) in found {
        let prefix = match file {
            _ if file.ends_with("/ui/actions.rs") || file.contains("/ui/actions/") => "/actions",
            _ if file.ends_with("/web/api.rs") => "/api/v1",
            _ => "",
        };
        let mut at = 0;
        while let Some(captured) = route.captures_at(&text, at) {
            for name in method.captures_iter(&captured[2]) {
                routes.insert((name[1].to_uppercase(), format!("{prefix}{}", &captured[1])));
            }
            at = captured.get(2).unwrap().end();
        }
        assert_eq!(text.matches(".route(").count(), route_count(&text, &route), "a route in {file} is written in a way that this test cannot read");
    }
    routes
}

fn route_count(text: &str, route: &Regex) -> usize {
    let mut count = 0;
    let mut at = 0;
    while let Some(captured) = route.captures_at(text, at) {
        count += 1;
        at = captured.get(2).unwrap().end();
    }
    count
}

#[test]
fn the_table_holds_every_route_of_the_source_and_no_other() {
    let table: BTreeSet<(String, String)> = ROUTES.iter().map(|(method, path, _)| ((*method).to_owned(), (*path).to_owned())).collect();
    let source = routes_in_source();
    assert_eq!(source.difference(&table).collect::<Vec<_>>(), Vec::<&(String, String)>::new(), "missing from the table");
    assert_eq!(table.difference(&source).collect::<Vec<_>>(), Vec::<&(String, String)>::new(), "no longer in the source");
}

#[test]
fn the_table_holds_every_server_function() {
    for (path, method) in leptos::server_fn::axum::server_fn_paths() {
        assert!(ROUTES.iter().any(|(known_method, known, _)| *known == path && *known_method == method.as_str()), "{method} {path} is missing from the table");
    }
}
