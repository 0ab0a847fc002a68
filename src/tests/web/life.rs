//! The life of a connection over the API.

use reqwest::Method;
use serde_json::json;

use crate::support::server::{TestServer, on_both_servers};

const STRIPE: &str = "sk_test_sandboxAccountThatWorks";

async fn made(server: &TestServer) -> (crate::support::client::Client, String) {
    let admin = server.set_up().await;
    let body = json!({"connector": "stripe", "name": "Shop", "fields": {"api_key": STRIPE}});
    let made = admin.json("/api/v1/connections", body).await;
    assert_eq!(made.status, 201, "{}", made.body);
    let id = made.json()["data"]["row"]["id"].as_str().unwrap().to_owned();
    (admin, format!("/api/v1/connections/{id}"))
}

on_both_servers! {
    async fn a_version_that_has_passed_is_a_conflict(server: &TestServer) {
        let (admin, at) = made(server).await;
        let patch = async |headers: &[(&str, &str)], body| admin.call(Method::PATCH, &at, headers, &body).await;
        let read = admin.get(&at).await;
        let etag = read.header("etag").to_owned();
        assert!(etag.starts_with("\"1-"), "{etag}");
        let first = patch(&[("if-match", &etag)], json!({"name": "Till", "tags": ["EU"]})).await;
        assert_eq!((first.status, &first.json()["data"]["row"]["tags"]), (200, &json!(["eu"])), "{}", first.body);
        assert!(first.header("etag").starts_with("\"2-"), "{}", first.header("etag"));
        for stale in ["\"1\"", "W/\"2\"", "nonsense", ""] {
            let late = patch(&[("if-match", stale)], json!({"name": "Late"})).await;
            assert_eq!((late.status, late.code().as_str()), (409, "conflict"), "{stale}: {}", late.body);
            assert!(late.body.contains("Dana Whitfield changed this meanwhile"), "{}", late.body);
        }
        assert_eq!(patch(&[("if-match", "*")], json!({"description": "For the shop."})).await.json()["data"]["version"], 3);
        let last = patch(&[], json!({"tags": []})).await.json();
        assert_eq!((&last["data"]["row"]["name"], &last["data"]["description"], &last["data"]["row"]["tags"]), (&json!("Till"), &json!("For the shop."), &json!([])));
        for (body, status) in [(json!({"status": "active"}), 422), (json!({"name": ""}), 422), (json!({"tags": "eu"}), 422), (json!({"tags": ["a,b"]}), 422), (json!([]), 422)] {
            assert_eq!(patch(&[], body.clone()).await.status, status, "{body}");
        }
    }

    async fn it_is_turned_off_and_on_disconnected_and_deleted(server: &TestServer) {
        let (admin, at) = made(server).await;
        let post = async |what: &str| admin.json(&format!("{at}/{what}"), json!({})).await;
        for _ in 0..2 {
            assert_eq!(post("disable").await.json()["data"]["status"], "disabled");
        }
        let refused = post("test").await;
        assert_eq!((refused.status, refused.code().as_str()), (409, "conflict"));
        for _ in 0..2 {
            assert_eq!(post("enable").await.json()["data"]["status"], "active");
        }
        assert_eq!(post("test").await.status, 200);
        assert_eq!(admin.call(Method::DELETE, &at, &[], &json!({})).await.status, 409);
        assert_eq!(post("disconnect").await.status, 200);
        assert_eq!(post("enable").await.status, 409);
        let ended = admin.get("/api/v1/connections?status=disconnected").await.json();
        assert_eq!(ended["data"]["items"][0]["name"], "Shop");
        let deleted = admin.call(Method::DELETE, &at, &[], &json!({})).await;
        assert_eq!((deleted.status, &deleted.json()["data"]["name"]), (200, &json!("Shop")), "{}", deleted.body);
        assert_eq!(admin.get(&at).await.status, 404);
        assert_eq!(admin.get("/api/v1/connections?status=disconnected").await.json()["data"]["items"], json!([]));
    }

    async fn lists_are_narrowed_by_tag(server: &TestServer) {
        let (admin, at) = made(server).await;
        admin.call(Method::PATCH, &at, &[], &json!({"tags": ["eu", "money & more"]})).await;
        for (query, found) in [("tag=eu", 1), ("tag=EU", 1), ("tag=money+%26+more", 1), ("tag=more", 0), ("tag=eu&status=off", 0)] {
            let items = admin.get(&format!("/api/v1/connections?{query}")).await.json()["data"]["items"].as_array().unwrap().len();
            assert_eq!(items, found, "{query}");
        }
    }

    async fn the_log_has_parts(server: &TestServer) {
        let (admin, at) = made(server).await;
        let first = admin.get(&format!("{at}/logs?limit=1")).await.json();
        let cursor = first["data"]["next_cursor"].as_str().unwrap();
        let second = admin.get(&format!("{at}/logs?limit=1&cursor={cursor}")).await.json();
        assert_eq!((&first["data"]["items"][0]["kind"], &second["data"]["items"][0]["kind"]), (&json!("event"), &json!("check")));
        assert!(second["data"]["items"][0]["took_ms"].is_u64() && second["data"]["next_cursor"].is_null(), "{second}");
        for query in ["limit=0", "limit=101", "limit=x", "cursor=x", "page=1"] {
            assert_eq!(admin.get(&format!("{at}/logs?{query}")).await.status, 422, "{query}");
        }
    }

    async fn diagnostics_hold_no_secret_and_come_as_a_file_too(server: &TestServer) {
        let (admin, at) = made(server).await;
        let twin = admin.get(&format!("{at}/diagnostics")).await;
        assert_eq!((twin.status, &twin.json()["data"]["connector"]["id"]), (200, &json!("stripe")));
        let file = admin.get(&format!("{}/diagnostics", at.trim_start_matches("/api/v1"))).await;
        assert_eq!((file.status, file.header("content-type")), (200, "application/json"));
        assert!(file.header("content-disposition").starts_with("attachment"), "{:?}", file.headers);
        assert_eq!(file.json()["connection"], twin.json()["data"]["connection"]);
        assert!(!file.body.contains(STRIPE) && !twin.body.contains(STRIPE) && !file.body.contains("dana@example.com"));
    }

    async fn what_is_personal_is_the_owners(server: &TestServer) {
        let admin = server.set_up().await;
        let (other, _) = server.member(&server.organization().await, "olga", latchkey::domain::Role::Developer).await;
        let body = json!({"connector": "stripe", "name": "Mine", "personal": true, "fields": {"api_key": STRIPE}});
        let made = admin.json("/api/v1/connections", body).await.json();
        assert_eq!(made["data"]["row"]["owner"], "you", "{made}");
        let id = made["data"]["row"]["id"].as_str().unwrap();
        for path in [format!("/api/v1/connections/{id}"), format!("/api/v1/connections/{id}/logs"), format!("/connections/{id}"), format!("/connections/{id}/diagnostics")] {
            let (own, foreign) = (admin.get(&path).await, other.get(&path).await);
            let unknown = other.get(&path.replace(id, "con_00000000000000000000000000")).await;
            assert_eq!((own.status, foreign.status), (200, 404), "{path}");
            assert_eq!(foreign.comparable(id), unknown.comparable("con_00000000000000000000000000"), "{path}");
        }
        assert_eq!(other.get("/api/v1/connections").await.json()["data"]["items"], json!([]));
        assert_eq!(other.get("/api/v1/connections?status=personal").await.status, 403);
    }
}
