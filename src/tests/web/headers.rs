//! Headers on every answer, assets, and health.

use reqwest::Method;

use crate::support::database::Engine;
use crate::support::server::{TestServer, on_both_servers};

const EVERYWHERE: [(&str, &str); 5] = [
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("cache-control", "no-store"),
];

on_both_servers! {
    async fn every_answer_carries_the_security_headers(server: &TestServer) {
        let admin = server.set_up().await;
        let stranger = server.client();
        let answers = [
            stranger.get("/sign-in").await,
            stranger.get("/connections").await,
            stranger.get("/healthz").await,
            stranger.get("/readyz").await,
            stranger.get("/api/v1/auth/me").await,
            stranger.send(Method::POST, "/actions/sign-in", &[], None).await,
            admin.get("/connections").await,
            admin.get("/nothing").await,
            admin.get("/api/v1/connections").await,
        ];
        for answer in answers {
            for (name, value) in EVERYWHERE {
                assert_eq!(answer.header(name), value, "{name} of {}", answer.status);
            }
            let policy = answer.header("content-security-policy");
            assert!(policy.starts_with("default-src 'none';") && policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe-inline"), "{policy}");
            assert!(answer.header("x-request-id").starts_with("req_"));
            assert_eq!(answer.header("strict-transport-security"), "", "only over https");
        }
    }

    async fn a_page_has_a_fresh_nonce_and_other_answers_run_no_script(server: &TestServer) {
        let client = server.client();
        let nonce = |policy: &str| policy.split("nonce-").nth(1).and_then(|rest| rest.split('\'').next()).unwrap_or_default().to_owned();
        let (one, two) = (client.get("/sign-in").await, client.get("/sign-in").await);
        let (first, second) = (nonce(one.header("content-security-policy")), nonce(two.header("content-security-policy")));
        assert!(first.len() >= 16 && first != second, "{first} {second}");
        assert!(one.body.contains(&first), "the page's own scripts carry the nonce");
        assert!(!client.get("/api/v1/auth/me").await.header("content-security-policy").contains("script-src"));
    }

    async fn a_request_id_from_outside_is_not_taken_over(server: &TestServer) {
        let client = server.client();
        let answer = client.send(Method::GET, "/healthz", &[("x-request-id", "chosen")], None).await;
        assert!(answer.header("x-request-id").starts_with("req_"));
        assert_ne!(answer.header("x-request-id"), client.get("/healthz").await.header("x-request-id"));
    }

    async fn it_is_alive_and_ready(server: &TestServer) {
        let client = server.client();
        assert_eq!(client.get("/healthz").await.status, 200);
        let ready = client.get("/readyz").await;
        assert_eq!(ready.status, 200, "{}", ready.body);
        server.server.app.database.close().await;
        assert_eq!(client.get("/healthz").await.status, 200, "the process lives without its database");
        assert_eq!(client.get("/readyz").await.status, 503);
        assert_eq!(client.json("/api/v1/auth/login", serde_json::json!({"email": "a@example.com", "password": "something"})).await.status, 503);
    }

    async fn assets_serve_nothing_else(server: &TestServer) {
        let client = server.client();
        for path in ["/pkg/..%2f..%2fCargo.toml", "/pkg/%2e%2e/%2e%2e/Cargo.toml", "/pkg/unknown.js", "/fonts/..%2fsprite.svg", "/pkg/.built", "/pkg/latchkey", "/.built", "/Cargo.toml"] {
            let answer = client.get(path).await;
            assert!(answer.status == 404 || answer.status == 303, "{path}: {}", answer.status);
            assert!(!answer.body.contains("[package]"), "{path}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn over_https_cookies_are_secure_and_browsers_stay_with_https() {
    let server = TestServer::start_with(Engine::Sqlite, &[("LATCHKEY_SERVER__PUBLIC_URL", "https://latchkey.example.com")]).await;
    let client = server.client();
    let form =
        [("link", server.setup_token.as_str()), ("organization", "AmPac"), ("name", "Dana"), ("email", "dana@example.com"), ("password", "a quiet brass key")];
    let answer = client.form("/actions/setup", &form).await;
    let cookie = answer.header("set-cookie").to_owned();
    assert!(cookie.starts_with("__Host-latchkey="), "{cookie}");
    for part in ["HttpOnly", "SameSite=Lax", "Secure", "Path=/"] {
        assert!(cookie.contains(part), "{part} is missing from {cookie}");
    }
    assert!(answer.header("strict-transport-security").starts_with("max-age="));
    server.stop().await;
}
