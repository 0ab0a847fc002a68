//! Scope × API route: a key of one scope opens what the scope is for, and nothing else.

use std::collections::BTreeSet;

use latchkey::domain::Scope;
use reqwest::Method;
use serde_json::json;

use super::bearer::{key, with};
use super::matrix::needs::{NEEDS, Need};
use super::routes::{Access, ROUTES};
use super::stranger::{body_of, filled};
use crate::support::server::{TestServer, on_both_servers};

/// What a route of members needs; one that is missing in the table fails the test.
fn need(method: &str, path: &str) -> Option<Need> {
    NEEDS.iter().find(|(known, at, _)| *known == method && *at == path).map(|(.., need)| *need)
}

/// Whether a key of this scope alone gets past the door of a route.
fn may(scope: Scope, need: Need) -> bool {
    match need {
        Need::Anybody | Need::Member => true,
        Need::Any(action) | Need::Whole(action) | Need::On(action) | Need::Program(action) => scope.allows(action),
        Need::Person | Need::Human(_) => false,
    }
}

on_both_servers! {
    async fn each_scope_opens_its_routes_and_no_other(server: &TestServer) {
        let admin = server.set_up().await;
        let (mut opened, mut wrong) = (BTreeSet::new(), Vec::new());
        for scope in Scope::ALL {
            let (key, _, _) = key(&admin, scope.as_str(), &[scope.as_str()], None).await;
            for (method, path, access) in ROUTES.iter().filter(|(.., access)| *access == Access::Api) {
                let need = need(method, path).unwrap_or_else(|| panic!("say what {method} {path} needs ({access:?})"));
                let place = filled(path, "con_00000000000000000000000000");
                let body = (*method != "GET").then(|| body_of(method, &place));
                let answer = with(server, &key, Method::from_bytes(method.as_bytes()).unwrap(), &place, body).await;
                let expected = may(scope, need);
                let fits = if expected { ![401, 403].contains(&answer.status) && answer.status < 500 } else { (answer.status, answer.code().as_str()) == (403, "forbidden") };
                if !fits {
                    wrong.push(format!("{scope:?} {method} {path}: {} {}", answer.status, answer.body));
                } else if expected {
                    opened.insert((*method, *path));
                }
            }
        }
        assert_eq!(wrong, Vec::<String>::new());
        assert!(opened.len() > 20, "{opened:?}");
    }

    async fn a_key_for_named_connections_knows_no_other(server: &TestServer) {
        let admin = server.set_up().await;
        let organization = server.organization().await;
        let dana = server.member_row(&organization, crate::support::server::ADMIN).await;
        let (named, other) = (server.connection(&dana, "Named").await, server.connection(&dana, "Other").await);
        let (key, _, _) = key(&admin, "One", &["connections:read"], Some(&[named.as_str()])).await;
        let listed = with(server, &key, Method::GET, "/api/v1/connections", None).await.json();
        let ids: Vec<&str> = listed["data"]["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap()).collect();
        assert_eq!(ids, [named.as_str()], "{listed}");
        assert_eq!(with(server, &key, Method::GET, &format!("/api/v1/connections/{named}"), None).await.status, 200);
        let hidden = with(server, &key, Method::GET, &format!("/api/v1/connections/{other}"), None).await;
        let unknown = "con_00000000000000000000000000";
        let missing = with(server, &key, Method::GET, &format!("/api/v1/connections/{unknown}"), None).await;
        assert_eq!((hidden.status, hidden.comparable(other.as_str())), (404, missing.comparable(unknown)));
    }

    async fn many_scopes_open_what_each_of_them_does(server: &TestServer) {
        let admin = server.set_up().await;
        let all: Vec<&str> = Scope::ALL.into_iter().map(Scope::as_str).collect();
        let (key, _, _) = key(&admin, "Everything", &all, None).await;
        let mut wrong = Vec::new();
        for (method, path, _) in ROUTES.iter().filter(|(.., access)| *access == Access::Api) {
            let need = need(method, path).unwrap();
            let place = filled(path, "con_00000000000000000000000000");
            let body = (*method != "GET").then(|| body_of(method, &place));
            let answer = with(server, &key, Method::from_bytes(method.as_bytes()).unwrap(), &place, body).await;
            let expected = Scope::ALL.into_iter().any(|scope| may(scope, need));
            if (answer.status != 403) != expected {
                wrong.push(format!("{method} {path}: {} {}", answer.status, answer.body));
            }
        }
        assert_eq!(wrong, Vec::<String>::new());
        let none = admin.json("/api/v1/applications", json!({"name": "None", "purpose": "x"})).await.json()["data"]["id"].as_str().unwrap().to_owned();
        let made = admin.json(&format!("/api/v1/applications/{none}/keys"), json!({"name": "x", "scopes": []})).await;
        assert_eq!(made.status, 422, "a key for nothing is not made");
    }
}
