//! Every route is tried by nobody, by another site, by a viewer and by another organization's member.

use latchkey::domain::Role;
use reqwest::Method;
use serde_json::json;

use super::routes::{Access, ROUTES};
use crate::support::client::{Answer, Client};
use crate::support::server::{TestServer, on_both_servers};

const UNKNOWN: &str = "con_00000000000000000000000000";
const UNKNOWN_DRAFT: &str = "drf_00000000000000000000000000";

const UNKNOWN_OWN: &str = "own_00000000000000000000000000";

const MALFORMED: &str = "con_0000000000000000000000000u";
const MALFORMED_DRAFT: &str = "drf_0000000000000000000000000u";
const MALFORMED_OWN: &str = "own_0000000000000000000000000u";

/// The draft that a request is about: `id`, if it is one.
fn draft_of(id: &str) -> &str {
    if id.starts_with("drf_") { id } else { UNKNOWN_DRAFT }
}

/// The connector of one's own that a request is about: `id`, if it is one.
fn own_of(id: &str) -> &str {
    if id.starts_with("own_") { id } else { UNKNOWN_OWN }
}

/// A path with its holes filled.
fn filled(path: &str, id: &str) -> String {
    path.replace("{id}", id)
        .replace("{draft}", draft_of(id))
        .replace("{connector}", "stripe")
        .replace("{link}", "unknown")
        .replace("{*path}", "unknown.js")
        .replace("{token}", "unknown")
        .replace("{check}", "unknown")
        .replace("{own}", own_of(id))
        .replace("{node}", "test")
        .replace("{seq}", "1")
}

async fn call(client: &Client, method: &str, path: &str, id: &str) -> Answer {
    match method {
        "GET" => client.get(path).await,
        "PATCH" | "PUT" | "DELETE" => client.call(Method::from_bytes(method.as_bytes()).unwrap(), path, &[], &body_of(path)).await,
        _ if path.starts_with("/api/") => client.json(path, body_of(path)).await,
        _ => client.form(path, &form_of(path, id)).await,
    }
}

fn body_of(path: &str) -> serde_json::Value {
    match path {
        "/api/v1/auth/login" => json!({"email": "nobody@example.com", "password": "nothing at all"}),
        "/api/v1/connections" | "/api/v1/connections/test" => json!({"connector": "stripe", "fields": {"api_key": "sk_test_nothing"}}),
        "/api/v1/audit/retention" => json!({"days": 30}),
        "/api/v1/connections/requests" => json!({"connector": "stripe", "valid_hours": 24}),
        _ if path.ends_with("/credentials") => json!({"fields": {"api_key": "sk_test_nothing"}}),
        "/api/v1/connectors/own" | "/api/v1/connectors/own/check" => json!({"manifest": "id = 1"}),
        _ if path.starts_with("/api/v1/connectors/own/") && path.ends_with("/test") => json!({"fields": {}}),
        _ if path.starts_with("/api/v1/connectors/own/") => json!({"manifest": "id = 1"}),
        "/api/v1/connectors/stripe/configure" => json!({"api_key": "sk_test_nothing"}),
        _ => json!({}),
    }
}

fn form_of<'a>(path: &str, id: &'a str) -> Vec<(&'static str, &'a str)> {
    let mut form = vec![
        ("id", id),
        ("draft", draft_of(id)),
        ("connector", "stripe"),
        ("confirm", "x"),
        ("name", "x"),
        ("theme", "dark"),
        ("back", "/connections"),
        ("service", "x"),
    ];
    if path.ends_with("edit") {
        form.extend([("version", "1"), ("description", "x"), ("tags", "x")]);
    }
    if path.ends_with("progress") {
        form.retain(|(key, _)| *key == "draft");
    }
    form
}

on_both_servers! {
    async fn nobody_gets_past_the_front_door(server: &TestServer) {
        for (method, path, access) in ROUTES {
            let answer = call(&server.client(), method, &filled(path, UNKNOWN), UNKNOWN).await;
            match access {
                Access::Open => assert_ne!(answer.code_or_empty(), "sign_in_required", "{method} {path}"),
                Access::Api => assert_eq!((answer.status, answer.code().as_str()), (401, "sign_in_required"), "{method} {path}"),
                Access::Page | Access::Action => {
                    assert_eq!(answer.status, 303, "{method} {path}: {}", answer.body);
                    assert!(answer.location().starts_with("/sign-in"), "{method} {path} leads to {}", answer.location());
                }
            }
            assert!(answer.status < 500, "{method} {path}: {}", answer.body);
        }
    }

    async fn another_site_changes_nothing(server: &TestServer) {
        let admin = server.set_up().await;
        let own = server.url.clone();
        let cases: [&[(&str, &str)]; 7] = [
            &[],
            &[("origin", "https://evil.example")],
            &[("origin", "null")],
            &[("origin", &own), ("sec-fetch-site", "cross-site")],
            &[("origin", &own), ("sec-fetch-site", "same-site")],
            &[("sec-fetch-site", "none")],
            &[("origin", "http://127.0.0.1")],
        ];
        for (method, path, _) in ROUTES.iter().filter(|(method, ..)| *method != "GET") {
            for case in cases {
                for kind in ["application/x-www-form-urlencoded", "text/plain", "application/json"] {
                    let headers: Vec<(&str, &str)> = case.iter().copied().chain([("content-type", kind)]).collect();
                    let answer = admin.send(Method::from_bytes(method.as_bytes()).unwrap(), &filled(path, UNKNOWN), &headers, Some(b"{}".to_vec())).await;
                    assert_eq!(answer.status, 403, "{method} {path} {headers:?}");
                    assert!(!path.starts_with("/api/") || answer.code() == "cross_site", "{method} {path}");
                }
            }
        }
        assert_eq!(admin.get("/api/v1/auth/me").await.status, 200, "nothing signed the admin out");
    }

    async fn a_viewer_may_only_look(server: &TestServer) {
        server.set_up().await;
        let (viewer, member) = server.member(&server.organization().await, "vera", Role::Viewer).await;
        let id = server.connection(&member, "x").await;
        let may = ["/api/v1/auth/me", "/api/v1/openapi.json", "/api/v1/connections", "/api/v1/connections/{id}"];
        for (method, path, access) in ROUTES.iter().filter(|(.., access)| *access == Access::Api) {
            if path.ends_with("logout") {
                continue;
            }
            let answer = call(&viewer, method, &filled(path, id.as_str()), id.as_str()).await;
            let expected = if may.contains(path) && *method == "GET" { 200 } else { 403 };
            assert_eq!(answer.status, expected, "{method} {path} {access:?}: {}", answer.body);
        }
        assert_eq!(viewer.form("/recovery-sheet", &[]).await.status, 403);
        let pages = ["/audit", "/audit/export", "/audit/verify", "/audit/test/1", "/organisation/audit", "/marketplace", "/marketplace/request", "/marketplace/stripe", "/marketplace/own", "/marketplace/own/new"];
        for path in pages.into_iter().chain([filled("/marketplace/own/{own}", UNKNOWN_OWN).as_str(), &format!("/connections/{id}/disconnect")]) {
            assert_eq!(viewer.get(path).await.status, 403, "{path}");
        }
        let refused = [
            "audit/verify",
            "organisation/audit",
            "connect/start",
            "connections/credentials",
            "connections/credentials/restore",
            "connections/delete",
            "connections/disable",
            "connections/disconnect",
            "connections/edit",
            "connections/enable",
            "connections/test",
            "marketplace/request",
            "marketplace/request/remove",
            "own/delete",
            "own/save",
            "own/test",
            "quick/disconnect",
        ];
        for action in refused {
            let answer = viewer.form(&format!("/actions/{action}"), &form_of(action, id.as_str())).await;
            assert_eq!(answer.status, 403, "{action}: {}", answer.body);
        }
    }

    async fn what_belongs_to_others_is_as_if_it_were_not_there(server: &TestServer) {
        let admin = server.set_up().await;
        let (stranger, member) = server.second_organization().await;
        let foreign = server.connection(&member, "Theirs").await;
        assert_eq!(stranger.get(&format!("/api/v1/connections/{foreign}")).await.status, 200, "the owner sees it");
        let begun = stranger.form("/actions/connect/start", &[("connector", "stripe")]).await;
        let draft = begun.location().split('/').nth(2).unwrap();
        assert_eq!(stranger.get(&format!("/connect/{draft}/details")).await.status, 200, "the owner sees it: {}", begun.location());
        let made = stranger.json("/api/v1/connectors/own", json!({"manifest": "name = \"Theirs\""})).await;
        let own = made.json()["data"]["id"].as_str().unwrap().to_owned();
        assert_eq!(stranger.get(&format!("/marketplace/own/{own}")).await.status, 200, "the owner sees it");
        let of_own = |path: &str| path.contains("{own}") || path.starts_with("/actions/own/");
        let of_connections = |path: &str| path.contains("{id}") || path.starts_with("/actions/connections/");
        let of_drafts = |path: &str| path.contains("{draft}") && !path.ends_with("/quick") || path.starts_with("/actions/connect/") && !path.ends_with("/start");
        for (method, path, _) in ROUTES.iter().filter(|(_, path, _)| of_connections(path) || of_drafts(path) || of_own(path)) {
            let ids = match path {
                _ if of_own(path) => [own.as_str(), UNKNOWN_OWN, MALFORMED_OWN],
                _ if of_drafts(path) => [draft, UNKNOWN_DRAFT, MALFORMED_DRAFT],
                _ => [foreign.as_str(), UNKNOWN, MALFORMED],
            };
            let mut seen = Vec::new();
            for id in ids {
                let answer = call(&admin, method, &filled(path, id), id).await;
                assert_eq!(answer.status, 404, "{method} {path} with {id}: {}", answer.body);
                seen.push(answer.comparable(id));
            }
            assert_eq!(seen[0], seen[1], "{method} {path}: foreign and unknown differ");
            assert_eq!(seen[1], seen[2], "{method} {path}: unknown and malformed differ");
        }
        assert_eq!(stranger.get(&format!("/connect/{draft}/details")).await.status, 200, "nobody else ended it");
        let listed = admin.get("/api/v1/connections").await.json();
        assert_eq!(listed["data"]["items"].as_array().unwrap().len(), 0, "{listed}");
    }

    async fn unknown_addresses_and_methods_below_api_answer_json(server: &TestServer) {
        let admin = server.set_up().await;
        for path in ["/api", "/api/", "/api/v2", "/api/v1", "/api/v1/nothing", "/api/v1/connections/a/b/c"] {
            let answer = admin.get(path).await;
            assert_eq!((answer.status, answer.code().as_str()), (404, "not_found"), "{path}");
        }
        let answer = admin.get("/api/v1/connections/test/../test").await;
        assert!(answer.status == 405 || answer.status == 404, "{}", answer.body);
        assert_eq!(admin.get("/api/v1/auth/login").await.status, 405);
        assert_eq!(admin.get("/api/v1/auth/login").await.json()["success"], json!(false));
    }
}
