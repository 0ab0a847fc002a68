//! The emulated providers by themselves.

use std::collections::BTreeSet;

use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use latchkey::catalogue::{Registry, validate_entries};
use latchkey::sandbox;
use latchkey::vault::Secret;
use serde_json::{Value, json};
use tower::ServiceExt;

async fn ask(router: &axum::Router, request: Request<Body>) -> (StatusCode, Value) {
    let response = router.clone().oneshot(request).await.unwrap();
    let status = response.status();
    let body = to_bytes(response.into_body(), 1 << 20).await.unwrap();
    (status, serde_json::from_slice(&body).unwrap_or_default())
}

fn get(path: &str, authorization: &str) -> Request<Body> {
    Request::get(path).header("authorization", authorization).body(Body::empty()).unwrap()
}

#[tokio::test]
async fn ventures_hands_out_tokens_that_work_and_knows_no_others() {
    let router = sandbox::router();
    let login = json!({ "client": "test_integration", "username": "api_user", "password": "correct-horse" });
    let request = Request::post("/ventures/api/v4/token").header("content-type", "application/json").body(Body::from(login.to_string())).unwrap();
    let (status, body) = ask(&router, request).await;
    assert_eq!(status, StatusCode::OK);
    let bearer = format!("Bearer {}", body["token"].as_str().unwrap());
    for path in ["/objects", "/objects/loan/7", "/search/entities?taxId=12"] {
        let path = format!("/ventures/api/v4{path}");
        assert_eq!(ask(&router, get(&path, &bearer)).await.0, StatusCode::OK, "{path}");
        assert_eq!(ask(&router, get(&path, "Bearer other")).await.0, StatusCode::UNAUTHORIZED, "{path}");
        assert_eq!(ask(&sandbox::router(), get(&path, &bearer)).await.0, StatusCode::UNAUTHORIZED, "tokens end with the sandbox");
    }
}

#[tokio::test]
async fn stripe_answers_in_the_providers_shape() {
    let (status, body) = ask(&sandbox::router(), get("/stripe/v1/account", "Bearer nonsense")).await;
    assert_eq!((status, body["error"]["type"].as_str()), (StatusCode::UNAUTHORIZED, Some("invalid_request_error")));
}

#[test]
fn every_listed_account_fits_its_form() {
    let registry = Registry::embedded().unwrap();
    let mut titles = BTreeSet::new();
    for account in sandbox::accounts() {
        let manifest = registry.get(account.connector).unwrap();
        let field = |label: &str| manifest.fields.iter().find(|field| field.title == label).unwrap().id.clone();
        let entries = account.values.iter().map(|(label, value)| (field(label), Secret::new(value.clone()))).collect();
        assert!(validate_entries(manifest, &entries).is_ok(), "{account:?}");
        assert!(titles.insert((account.connector, account.title)), "listed twice: {account:?}");
    }
}
