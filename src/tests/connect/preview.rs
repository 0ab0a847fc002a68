//! A look at a stream, and the end of a credential.

use axum::Json;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use latchkey::catalogue::{Manifest, validate_entries};
use latchkey::connect::{Credential, Failure};
use latchkey::domain::CheckCode;
use latchkey::egress::{BoundOrigins, Origin};
use latchkey::vault::Secret;
use serde_json::{Value, json};

use super::bench::{Received, acme, connector, entries, preview, provider};

const KEY: &str = "canary-7f3a91c0e4d2";

const STREAM: &str = "[[streams]]\nid = \"things\"\ntitle = \"Things\"\nnoun = [\"thing\", \"things\"]\nrequest = { path = \"/things\" }\nrows = \"/data\"\n";

fn bearer() -> Manifest {
    let revoke = "[revoke]\nnote = \"Gone.\"\nrequest = { method = \"DELETE\", path = \"/key\", success = { statuses = [204], text = true } }\n";
    acme(&format!("[auth]\nscheme = \"bearer\"\ntoken = \"{{key}}\"\n{STREAM}{revoke}"))
}

fn login() -> Manifest {
    let auth = "[auth]\nscheme = \"login_session\"\ntoken = [\"/token\"]\nheader = \"X-Session\"\nvalue = \"{session}\"\nrequest = { method = \"POST\", path = \"/login\", json = { key = \"{key}\" } }\n";
    acme(&format!("{auth}{STREAM}[revoke]\nnote = \"Gone.\"\nrequest = {{ method = \"DELETE\", path = \"/session\" }}\n"))
}

async fn revoke(manifest: &Manifest, base: &str, session: Option<&str>, bound: Option<BoundOrigins>) -> Result<(), Failure> {
    let (connector, accepted) = (connector("acme", base), validate_entries(manifest, &entries(&[("key", KEY)])).unwrap());
    let bound = bound.unwrap_or_else(|| connector.destination(manifest, &accepted.config).unwrap().origins);
    let session = session.map(|session| Secret::new(session.to_owned()));
    connector.revoke(manifest, &Credential { config: &accepted.config, secrets: &accepted.secrets, bound }, session.as_ref()).await
}

fn lines(log: &[Received]) -> Vec<(&str, &str)> {
    log.iter().map(|seen| (seen.line.as_str(), seen.headers.get("x-session").map_or("", String::as_str))).collect()
}

#[tokio::test]
async fn rows_are_few_and_hold_no_secret() {
    let row = json!({ "id": 1, "echo": format!("you sent {KEY}!"), KEY: [KEY, { "deep": hex::encode(KEY) }], "none": null, "long": "x".repeat(900) });
    let (base, log) = provider(move |_| Json(json!({ "data": vec![row.clone(); 30] })).into_response()).await;
    let preview = preview(&bearer(), &base, &[("key", KEY)], None, "things").await.unwrap();
    assert_eq!((preview.rows.len(), preview.found, preview.session.is_none()), (20, 30, true));
    assert!(!format!("{preview:?}").contains("canary") && !format!("{preview:?}").contains(&hex::encode(KEY)));
    assert_eq!((&preview.rows[0]["id"], &preview.rows[0]["echo"], &preview.rows[0]["none"]), (&json!(1), &json!("you sent [removed]!"), &Value::Null));
    assert_eq!(preview.rows[0]["long"].as_str().unwrap().chars().count(), 200);
    assert_eq!(log.lock().unwrap()[0].headers["authorization"], format!("Bearer {KEY}"));
}

#[tokio::test]
async fn a_number_that_is_the_secret_is_removed_too() {
    let (base, _) = provider(|_| Json(json!({ "data": [{ "pin": 123_456_789, "id": 5 }] })).into_response()).await;
    let preview = preview(&bearer(), &base, &[("key", "123456789")], None, "things").await.unwrap();
    assert_eq!(preview.rows, [json!({ "pin": "[removed]", "id": 5 })]);
}

#[tokio::test]
async fn what_is_no_list_is_no_preview() {
    for (status, body, code) in [
        (200, json!({ "data": { "id": 1 } }), CheckCode::UnexpectedContent),
        (200, json!({}), CheckCode::UnexpectedContent),
        (401, json!({}), CheckCode::AuthRejected),
        (403, json!({}), CheckCode::Forbidden),
    ] {
        let (base, _) = provider(move |_| (StatusCode::from_u16(status).unwrap(), Json(body.clone())).into_response()).await;
        assert_eq!(preview(&bearer(), &base, &[("key", KEY)], None, "things").await.unwrap_err().code, code);
    }
    let (base, log) = provider(|_| Json(json!({})).into_response()).await;
    assert_eq!(preview(&bearer(), &base, &[("key", KEY)], None, "nothing").await.unwrap_err().code, CheckCode::Interrupted);
    assert!(log.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_session_is_used_while_it_lasts_and_made_anew_after() {
    for (given, refusal, seen, minted) in [
        (Some("old"), StatusCode::OK, vec![("GET /things", "old")], None),
        (Some("old"), StatusCode::UNAUTHORIZED, vec![("GET /things", "old"), ("POST /login", ""), ("GET /things", "new")], Some("new")),
        (None, StatusCode::UNAUTHORIZED, vec![("POST /login", ""), ("GET /things", "new")], Some("new")),
    ] {
        let (base, log) = provider(move |received| match (received.line.as_str(), received.headers.get("x-session").map(String::as_str)) {
            ("POST /login", _) => Json(json!({ "token": "new" })).into_response(),
            (_, Some("old")) if refusal != StatusCode::OK => refusal.into_response(),
            _ => Json(json!({ "data": [{ "id": 1 }] })).into_response(),
        })
        .await;
        let preview = preview(&login(), &base, &[("key", KEY)], given, "things").await.unwrap();
        assert_eq!(lines(&log.lock().unwrap()), seen);
        assert_eq!(preview.session.as_ref().map(|session| session.expose().as_str()), minted);
    }
}

#[tokio::test]
async fn a_session_that_stays_refused_is_asked_for_once() {
    let (base, log) = provider(|received| match received.line.as_str() {
        "POST /login" => Json(json!({ "token": "new" })).into_response(),
        _ => StatusCode::UNAUTHORIZED.into_response(),
    })
    .await;
    assert_eq!(preview(&login(), &base, &[("key", KEY)], Some("old"), "things").await.unwrap_err().code, CheckCode::AuthRejected);
    assert_eq!(log.lock().unwrap().len(), 3);
}

#[tokio::test]
async fn the_provider_is_told_to_forget() {
    for (status, code) in [(204, None), (200, Some(CheckCode::UnexpectedContent)), (401, Some(CheckCode::AuthRejected)), (500, Some(CheckCode::TargetError))] {
        let (base, log) = provider(move |_| StatusCode::from_u16(status).unwrap().into_response()).await;
        assert_eq!(revoke(&bearer(), &base, None, None).await.err().map(|failure| failure.code), code);
        let log = log.lock().unwrap();
        assert_eq!((log.len(), log[0].line.as_str(), log[0].headers["authorization"].as_str()), (1, "DELETE /key", format!("Bearer {KEY}").as_str()));
    }
    let (base, log) = provider(|_| Json(json!({})).into_response()).await;
    assert!(revoke(&login(), &base, Some("old"), None).await.is_ok());
    assert_eq!(lines(&log.lock().unwrap()), [("DELETE /session", "old")]);
}

#[tokio::test]
async fn nothing_is_ended_or_read_elsewhere_than_where_the_credential_belongs() {
    let (base, log) = provider(|_| Json(json!({})).into_response()).await;
    let other = BoundOrigins::only(Origin::new("https", "api.acme.example", 443).unwrap());
    assert_eq!(revoke(&bearer(), &base, None, Some(other)).await.unwrap_err().code, CheckCode::EgressBlocked);
    assert!(log.lock().unwrap().is_empty());
    let none = acme("[auth]\nscheme = \"bearer\"\ntoken = \"{key}\"\n");
    assert_eq!(revoke(&none, &base, None, None).await.unwrap_err().code, CheckCode::Interrupted);
}
