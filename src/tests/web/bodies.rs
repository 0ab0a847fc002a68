//! What arrives: too much, not JSON, fields that are not there, values that do not fit. Never a 5xx, never an echo of a value.

use reqwest::Method;
use serde_json::json;

use crate::support::server::{TestServer, on_both_servers};

const CANARY: &str = "sk_live_canary_that_must_not_come_back";

on_both_servers! {
    async fn json_that_is_none_is_refused_with_its_position(server: &TestServer) {
        let admin = server.set_up().await;
        let bodies = ["", "{", "nonsense", "{\"connector\":\"stripe\"", "{\"connector\":\"\\ud800\",\"fields\":{}}", "{\"connector\":\"a\\u0000b\",\"fields\":{}}", "\u{feff}{}"];
        for body in bodies {
            let answer = admin.text("/api/v1/connections", body).await;
            let shown: String = body.chars().take(40).collect();
            assert_eq!((answer.status, answer.code().as_str()), (400, "invalid_json"), "{shown}: {}", answer.body);
            let message = answer.json()["error"]["message"].as_str().unwrap().to_owned();
            assert!(message.contains("line ") || message.contains("byte "), "{shown}: {message}");
        }
        let deep = format!("{{\"connector\":\"stripe\",\"fields\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000));
        assert_eq!(admin.text("/api/v1/connections", &deep).await.status, 422);
        let answer = admin.send(Method::POST, "/api/v1/connections", &[("origin", &server.url), ("content-type", "text/plain")], Some(b"{}".to_vec())).await;
        assert_eq!((answer.status, answer.code().as_str()), (415, "wrong_content_type"));
    }

    async fn fields_that_do_not_belong_are_refused_by_name(server: &TestServer) {
        let admin = server.set_up().await;
        let cases = [
            ("/api/v1/auth/login", json!({"email": "a@example.com", "password": CANARY, "role": "super_admin"}), "role"),
            ("/api/v1/connections", json!({"connector": "stripe", "fields": {"api_key": CANARY}, "organization": "org_x"}), "organization"),
            ("/api/v1/connections/test", json!({"connector": "stripe", "fields": {"api_key": CANARY}, "name": "x"}), "name"),
        ];
        for (path, body, field) in cases {
            let answer = admin.json(path, body).await;
            assert_eq!((answer.status, answer.code().as_str()), (422, "unknown_field"), "{path}: {}", answer.body);
            assert_eq!(answer.json()["error"]["details"]["fields"][0]["field"], field);
            assert!(!answer.body.contains(CANARY));
        }
    }

    async fn a_value_of_the_wrong_type_is_not_echoed(server: &TestServer) {
        let admin = server.set_up().await;
        let bodies = [
            json!({"connector": {"x": CANARY}, "fields": {}}),
            json!({"connector": "stripe", "fields": CANARY}),
            json!({"connector": "stripe", "fields": {"api_key": [CANARY]}}),
            json!({"fields": {"api_key": CANARY}}),
            json!([CANARY]),
        ];
        for body in bodies {
            let answer = admin.json("/api/v1/connections", body).await;
            assert_eq!((answer.status, answer.code().as_str()), (422, "invalid_field"), "{}", answer.body);
            assert!(!answer.body.contains(CANARY), "{}", answer.body);
        }
    }

    async fn one_mebibyte_is_the_limit(server: &TestServer) {
        let admin = server.set_up().await;
        let large = format!("{{\"connector\":\"{}\",\"fields\":{{}}}}", "x".repeat(1024 * 1024));
        let answer = admin.text("/api/v1/connections", &large).await;
        assert_eq!((answer.status, answer.code().as_str()), (413, "body_too_large"));
        let answer = admin.form("/actions/sign-in", &[("email", &large), ("password", "x"), ("next", "/")]).await;
        assert_eq!(answer.status, 413);
        assert!(answer.body.contains("Nothing was saved."));
    }

    async fn query_strings_and_addresses_are_read_strictly(server: &TestServer) {
        let admin = server.set_up().await;
        for path in ["/api/v1/connections?nothing=1", "/api/v1/connections?cursor=-1", "/api/v1/connections?cursor=99999999999", "/api/v1/connectors?page=2"] {
            assert_eq!(admin.get(path).await.status, 422, "{path}");
        }
        for path in ["/api/v1/connections?q=%00", "/connections?q=%00", "/api/v1/connections/%00", "/connections?page=abc", "/connections?sort=%27%3b--"] {
            let answer = admin.get(path).await;
            assert!(answer.status < 500, "{path}: {} {}", answer.status, answer.body);
        }
        for hole in ["/api/v1/connections/{}", "/api/v1/connectors/{}", "/api/v1/connectors/{}/status", "/connections/{}", "/connections/{}/disconnect", "/marketplace/{}", "/connect/{}/details", "/connect/{}/quick", "/setup/{}"] {
            let (unread, unknown) = (admin.get(&hole.replace("{}", "%ff")).await, admin.get(&hole.replace("{}", "unknown")).await);
            assert_eq!((unread.status, unread.comparable("%ff")), (404, unknown.comparable("unknown")), "{hole}");
        }
    }

    async fn redirects_stay_on_this_site(server: &TestServer) {
        server.set_up().await;
        for next in ["https://evil.example", "//evil.example", "/\\evil.example", "/%0d%0aset-cookie:a=b", "javascript:alert(1)", "/\r\nx: y", " /x", "http:///evil.example", "/connections\u{2028}"] {
            let client = server.client();
            let answer = client.form("/actions/sign-in", &[("email", crate::support::server::ADMIN), ("password", crate::support::server::PASSWORD), ("next", next)]).await;
            assert_eq!(answer.status, 303, "{next}: {}", answer.body);
            let location = answer.location();
            assert!(location.starts_with('/') && !location.starts_with("//") && !location.starts_with("/\\") && !location.contains("evil.example"), "{next} leads to {location}");
        }
    }
}
