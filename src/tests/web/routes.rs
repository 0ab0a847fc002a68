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
    ("GET", "/setup/{link}", Open),
    ("GET", "/ask/{token}", Open),
    ("POST", "/ask/{token}", Open),
    ("GET", "/ask/{token}/{check}", Open),
    ("POST", "/recovery-sheet", Page),
    ("GET", "/connections", Page),
    ("GET", "/connections/{id}", Page),
    ("GET", "/connections/{id}/preview", Page),
    ("GET", "/connections/{id}/disconnect", Page),
    ("GET", "/connections/{id}/diagnostics", Page),
    ("GET", "/connections/{id}/credentials", Page),
    ("GET", "/connections/{id}/credentials/test", Page),
    ("GET", "/audit", Page),
    ("GET", "/audit/export", Page),
    ("GET", "/audit/verify", Page),
    ("GET", "/audit/{node}/{seq}", Page),
    ("GET", "/organisation/audit", Page),
    ("GET", "/marketplace", Page),
    ("GET", "/marketplace/request", Page),
    ("GET", "/marketplace/{connector}", Page),
    ("GET", "/marketplace/own", Page),
    ("GET", "/marketplace/own/new", Page),
    ("GET", "/marketplace/own/{own}", Page),
    ("GET", "/marketplace/own/{own}/export", Page),
    ("GET", "/connect/{draft}/sign-in", Page),
    ("GET", "/connect/{draft}/details", Page),
    ("GET", "/connect/{draft}/ask", Page),
    ("GET", "/connect/{draft}/test", Page),
    ("GET", "/connect/{draft}/done", Page),
    ("GET", "/connect/{draft}/quick", Page),
    ("POST", "/actions/setup", Open),
    ("POST", "/actions/sign-in", Open),
    ("POST", "/actions/sign-out", Action),
    ("POST", "/actions/theme", Action),
    ("POST", "/actions/connections/test", Action),
    ("POST", "/actions/connections/disconnect", Action),
    ("POST", "/actions/connections/credentials", Action),
    ("POST", "/actions/connections/credentials/accept", Action),
    ("POST", "/actions/connections/credentials/forget", Action),
    ("POST", "/actions/connections/credentials/restore", Action),
    ("POST", "/actions/marketplace/request", Action),
    ("POST", "/actions/marketplace/request/remove", Action),
    ("POST", "/actions/connections/edit", Action),
    ("POST", "/actions/connections/enable", Action),
    ("POST", "/actions/connections/disable", Action),
    ("POST", "/actions/connections/delete", Action),
    ("POST", "/actions/audit/verify", Action),
    ("POST", "/actions/organisation/audit", Action),
    ("POST", "/actions/own/save", Action),
    ("POST", "/actions/own/test", Action),
    ("POST", "/actions/own/delete", Action),
    ("POST", "/actions/connect/start", Action),
    ("POST", "/actions/connect/details", Action),
    ("POST", "/actions/connect/put-aside", Action),
    ("POST", "/actions/connect/ask", Action),
    ("POST", "/actions/connect/withdraw", Action),
    ("POST", "/actions/connect/keep", Action),
    ("POST", "/actions/connect/discard", Action),
    ("POST", "/actions/connect/progress", Action),
    ("POST", "/actions/quick/connect", Action),
    ("POST", "/actions/quick/test", Action),
    ("POST", "/actions/quick/disconnect", Action),
    ("GET", "/docs/api", Page),
    ("GET", "/api/v1/openapi.json", Api),
    ("GET", "/api/v1/audit", Api),
    ("GET", "/api/v1/audit/export", Api),
    ("GET", "/api/v1/audit/retention", Api),
    ("PUT", "/api/v1/audit/retention", Api),
    ("GET", "/api/v1/audit/{node}/{seq}", Api),
    ("POST", "/api/v1/auth/login", Open),
    ("POST", "/api/v1/auth/logout", Api),
    ("GET", "/api/v1/auth/me", Api),
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
    ("POST", "/api/v1/connectors/{connector}/configure", Api),
    ("GET", "/api/v1/connectors/{connector}/status", Api),
    ("POST", "/api/v1/connectors/{connector}/disconnect", Api),
    ("GET", "/api/v1/connections", Api),
    ("POST", "/api/v1/connections", Api),
    ("POST", "/api/v1/connections/test", Api),
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
