//! The requests a provider sees, exactly.

use axum::Json;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use latchkey::domain::{CheckCode, StepKind, StepState};
use latchkey::egress::{BoundOrigins, Origin};
use serde_json::{Value, json};

use super::bench::{Received, Seen, check, check_bound, connector, failed, manifest, provider};

fn header<'a>(received: &'a Received, name: &str) -> Option<&'a str> {
    received.headers.get(name).map(String::as_str)
}

fn lines(log: &[Received]) -> Vec<&str> {
    log.iter().map(|received| received.line.as_str()).collect()
}

#[tokio::test]
async fn ventures_logs_in_once_and_sends_the_token_afterwards() {
    for answer in ["{\"token\":\"minted-1\"}", "\"minted-1\"", "minted-1", "minted-1\n"] {
        let (base, log) = provider(move |received| match received.line.as_str() {
            "POST /api/v4/token" => answer.into_response(),
            _ => Json(json!([])).into_response(),
        })
        .await;
        let connector = connector("ventures", &format!("{base}/api/v4"));
        let outcome = check(&connector, "ventures", &[("username", "api \"user\""), ("password", "p\\w \u{e9}"), ("site", "prod")]).await;
        assert_eq!(outcome.result.unwrap().session.unwrap().expose(), "minted-1", "{answer}");
        let log = log.lock().unwrap();
        assert_eq!(lines(&log), ["GET /api/v4", "POST /api/v4/token", "GET /api/v4/objects"]);
        assert_eq!((header(&log[0], "authorization"), log[0].body.as_str()), (None, ""));
        assert_eq!(
            (header(&log[1], "content-type"), header(&log[1], "accept"), header(&log[1], "authorization")),
            (Some("application/json"), Some("application/json"), None)
        );
        let body: Value = serde_json::from_str(&log[1].body).unwrap();
        assert_eq!(body, json!({ "client": "prod", "username": "api \"user\"", "password": "p\\w \u{e9}" }));
        assert_eq!((header(&log[2], "authorization"), log[2].body.as_str()), (Some("Bearer minted-1"), ""));
    }
}

#[tokio::test]
async fn stripe_carries_the_key_as_bearer_and_the_account_only_when_given() {
    let key = format!("rk_{}_{}", "test", "a1".repeat(12));
    for account in ["", "acct_1234567890abcdef"] {
        let (base, log) = provider(|received| match received.line.as_str() {
            "GET /v1/account" => Json(json!({ "id": "acct_x", "email": "a@example.com" })).into_response(),
            _ => Json(json!({ "data": [] })).into_response(),
        })
        .await;
        let outcome = check(&connector("stripe", &base), "stripe", &[("api_key", &key), ("account", account)]).await;
        assert_eq!(outcome.result.unwrap().identity.account_name, "a@example.com");
        let log = log.lock().unwrap();
        assert_eq!(lines(&log), ["GET /v1/account", "GET /v1/account", "GET /v1/customers?limit=20"]);
        assert_eq!(header(&log[0], "authorization"), None);
        for received in &log[1..] {
            assert_eq!(header(received, "authorization"), Some(format!("Bearer {key}").as_str()));
            assert_eq!(header(received, "stripe-account"), (!account.is_empty()).then_some(account));
            assert_eq!(received.body, "");
        }
    }
}

#[tokio::test]
async fn a_restricted_key_is_judged_by_the_balance_and_by_nothing_else() {
    for (status, code) in [(StatusCode::FORBIDDEN, CheckCode::Forbidden), (StatusCode::UNAUTHORIZED, CheckCode::AuthRejected)] {
        let (base, log) = provider(move |received| match received.line.as_str() {
            "GET /v1/account" => (StatusCode::FORBIDDEN, Json(json!({ "error": { "message": "no" } }))).into_response(),
            _ => (status, Json(json!({ "error": { "message": "no" } }))).into_response(),
        })
        .await;
        let key = format!("rk_{}_{}", "test", "b2".repeat(12));
        failed(&check(&connector("stripe", &base), "stripe", &[("api_key", &key)]).await, code);
        assert_eq!(lines(&log.lock().unwrap()), ["GET /v1/account", "GET /v1/account", "GET /v1/balance"]);
    }
}

#[tokio::test]
async fn a_success_status_with_another_body_proves_nothing() {
    let key = format!("sk_{}_{}", "test", "c3".repeat(12));
    for body in ["{}", "{\"id\":null}", "[]", "null", "plain", "{\"id\":\"acct_1\",\"error\":{\"message\":\"no\"}}", "<html></html>"] {
        let (base, _) = provider(move |_| body.into_response()).await;
        failed(&check(&connector("stripe", &base), "stripe", &[("api_key", &key)]).await, CheckCode::UnexpectedContent);
    }
    for body in ["{}", "{\"token\":\"\"}", "{\"token\":7}", "", "null", " null\n", "<!doctype html><p>hi", "two\nlines"] {
        let (base, _) = provider(move |_| body.into_response()).await;
        let outcome = check(&connector("ventures", &base), "ventures", &[("username", "a"), ("password", "b"), ("site", "c")]).await;
        failed(&outcome, CheckCode::UnexpectedContent);
    }
}

#[tokio::test]
async fn a_credential_bound_elsewhere_is_not_sent() {
    let (base, log) = provider(|_| Json(json!({ "id": "acct_1" })).into_response()).await;
    let key = format!("sk_{}_{}", "test", "d4".repeat(12));
    let connector = connector("stripe", &base);
    let bound = BoundOrigins::only(Origin::new("https", "api.stripe.com", 443).unwrap());
    let outcome = check_bound(&connector, &manifest("stripe"), &[("api_key", &key)], Some(bound), &Seen::default()).await;
    failed(&outcome, CheckCode::EgressBlocked);
    assert!(log.lock().unwrap().iter().all(|received| header(received, "authorization").is_none()));
}

#[tokio::test]
async fn a_word_that_is_taken_for_a_token_proves_nothing_once_it_is_refused() {
    let entries = [("username", "a"), ("password", "b"), ("site", "c")];
    for (status, code) in [(StatusCode::UNAUTHORIZED, Some(CheckCode::AuthRejected)), (StatusCode::FORBIDDEN, None), (StatusCode::NOT_FOUND, None)] {
        let (base, _) = provider(move |received| match received.line.as_str() {
            "POST /token" => "unauthorized".into_response(),
            _ => status.into_response(),
        })
        .await;
        let outcome = check(&connector("ventures", &base), "ventures", &entries).await;
        match code {
            Some(code) => assert_eq!(failed(&outcome, code).step, StepKind::Sample),
            None => assert!(outcome.result.is_ok() && outcome.steps[5].state == StepState::Skipped, "{outcome:?}"),
        }
    }
}

#[tokio::test]
async fn an_account_keeps_its_name_when_the_password_resembles_it() {
    let (base, _) = provider(|received| if received.line == "POST /token" { "minted-1".into_response() } else { Json(json!([])).into_response() }).await;
    let entries = [("username", "demo-user-of-the-site"), ("password", "demo-user-of-the-site"), ("site", "demo-user-of-the-site")];
    let identity = check(&connector("ventures", &base), "ventures", &entries).await.result.unwrap().identity;
    assert_eq!((identity.account_id.as_str(), identity.account_name.as_str()), ("demo-user-of-the-site@demo-user-of-the-site", "demo-user-of-the-site"));
}
