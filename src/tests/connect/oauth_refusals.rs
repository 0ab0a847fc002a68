//! What each provider says when it refuses, how it is made to forget a token, and what leads nowhere.

use std::collections::BTreeMap;

use axum::Json;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use latchkey::catalogue::{Auth, validate_entries};
use latchkey::connect::DestinationProblem;
use latchkey::connect::oauth::TokenProblem;
use latchkey::domain::CheckCode;
use serde_json::json;

use super::bench::{check, connector, entries, failed, manifest, provider};
use super::oauth_dialects::{Pair, Peer, SIGNED_IN, Stand, secret};

/// `app-1` and `s3cret/+1`: GitHub takes the pair as it is.
const PLAIN: &str = "Basic YXBwLTE6czNjcmV0Lysx";

fn refused(code: &str, said: &str, ended: bool) -> TokenProblem {
    TokenProblem::Refused { code: code.to_owned(), said: said.to_owned(), ended }
}

#[tokio::test]
async fn each_refusal_is_read_also_where_its_status_is_200() {
    let busy = |status| TokenProblem::Busy { status, retry_after_s: None };
    let cases: [(&str, &[Pair], u16, &str, TokenProblem); 18] = [
        (
            "linkedin-ads",
            &[],
            400,
            r#"{"error":"invalid_grant","error_description":"Token has been expired or revoked."}"#,
            refused("invalid_grant", "Token has been expired or revoked.", true),
        ),
        (
            "linkedin-ads",
            &[],
            401,
            r#"{"error":"invalid_client","error_description":"Client authentication failed"}"#,
            refused("invalid_client", "Client authentication failed", false),
        ),
        ("reddit-ads", &[], 400, r#"{"message":"Bad Request","error":400}"#, refused("400", "Bad Request", true)),
        ("reddit-ads", &[], 401, r#"{"message":"Unauthorized","error":401}"#, refused("401", "Unauthorized", false)),
        ("reddit-ads", &[], 200, r#"{"error":"invalid_grant"}"#, refused("invalid_grant", "", true)),
        (
            "hubspot",
            &[SIGNED_IN],
            400,
            r#"{"status":"BAD_REFRESH_TOKEN","message":"missing or invalid refresh token"}"#,
            refused("BAD_REFRESH_TOKEN", "missing or invalid refresh token", true),
        ),
        (
            "hubspot",
            &[SIGNED_IN],
            400,
            r#"{"category":"VALIDATION_ERROR","message":"missing or unknown client id"}"#,
            refused("VALIDATION_ERROR", "missing or unknown client id", false),
        ),
        ("slack", &[SIGNED_IN], 200, r#"{"ok":false,"error":"invalid_refresh_token"}"#, refused("invalid_refresh_token", "", true)),
        ("slack", &[SIGNED_IN], 200, r#"{"ok":false,"error":"bad_client_secret"}"#, refused("bad_client_secret", "", false)),
        ("slack", &[SIGNED_IN], 200, r#"{"ok":false,"error":"internal_error"}"#, busy(503)),
        ("slack", &[SIGNED_IN], 429, r#"{"ok":false,"error":"ratelimited"}"#, busy(429)),
        (
            "square",
            &[SIGNED_IN],
            401,
            r#"{"message":"Not Authorized","type":"service.not_authorized"}"#,
            refused("service.not_authorized", "Not Authorized", false),
        ),
        (
            "square",
            &[SIGNED_IN],
            401,
            r#"{"errors":[{"category":"AUTHENTICATION_ERROR","code":"ACCESS_TOKEN_REVOKED","detail":"x"}]}"#,
            refused("ACCESS_TOKEN_REVOKED", "", true),
        ),
        (
            "github",
            &[SIGNED_IN],
            200,
            r#"{"error":"bad_refresh_token","error_description":"The refresh token passed is incorrect or expired."}"#,
            refused("bad_refresh_token", "The refresh token passed is incorrect or expired.", true),
        ),
        (
            "github",
            &[SIGNED_IN],
            200,
            r#"{"error":"incorrect_client_credentials","error_description":"No."}"#,
            refused("incorrect_client_credentials", "No.", false),
        ),
        (
            "salesforce",
            &[],
            400,
            r#"{"error":"invalid_grant","error_description":"expired access/refresh token"}"#,
            refused("invalid_grant", "expired access/refresh token", true),
        ),
        ("salesforce", &[], 400, r#"{"error":"inactive_user","error_description":"user is inactive"}"#, refused("inactive_user", "user is inactive", true)),
        (
            "amazon-sp-api",
            &[],
            401,
            r#"{"error":"invalid_client","error_description":"Client authentication failed: refresh-token-0001"}"#,
            refused("invalid_client", "Client authentication failed: [removed]", false),
        ),
    ];
    for (id, typed, status, body, wanted) in cases {
        let (stand, peer) = (Stand::of(id, typed, &[]), Peer::of(id, status, "application/json", body).await);
        let problem = peer.connector.refresh(&stand.party(), &secret("refresh-token-0001"), "").await.unwrap_err();
        assert_eq!(problem, wanted, "{id}: {body}");
    }
}

/// A provider, what was typed, and the request that makes it forget: method and path, authorization, type of the body, body.
type Forgotten<'a> = (&'a str, &'a [Pair], &'a str, &'a str, &'a str, String);
/// A provider, what was typed, status and body of its answer, and what that means.
type Said<'a> = (&'a str, &'a [Pair], u16, &'a str, Result<(), TokenProblem>);

#[tokio::test]
async fn each_provider_is_made_to_forget_a_token_as_it_documents_it() {
    const FORM: &str = "application/x-www-form-urlencoded";
    const APP: &str = "&client_id=app-1&client_secret=s3cret%2F%2B1";
    let cases: [Forgotten<'_>; 7] = [
        ("linkedin-ads", &[], "POST /o/oauth/v2/revoke", "", FORM, format!("token=a-1&token_type_hint=access_token{APP}")),
        ("reddit-ads", &[], "POST /o/api/v1/revoke_token", "Basic YXBwLTE6czNjcmV0JTJGJTJCMQ==", FORM, "token=r-1&token_type_hint=refresh_token".to_owned()),
        ("hubspot", &[SIGNED_IN], "POST /o/oauth/v3/token/revoke", "", FORM, format!("token=r-1&token_type_hint=refresh_token{APP}")),
        ("slack", &[SIGNED_IN], "POST /o/api/auth.revoke", "Bearer a-1", FORM, String::new()),
        (
            "square",
            &[SIGNED_IN],
            "POST /o/oauth2/revoke",
            "Client s3cret/+1",
            "application/json",
            json!({ "access_token": "a-1", "client_id": "app-1" }).to_string(),
        ),
        ("github", &[SIGNED_IN], "DELETE /o/applications/app-1/token", PLAIN, "application/json", json!({ "access_token": "a-1" }).to_string()),
        ("salesforce", &[], "POST /o/services/oauth2/revoke", "", FORM, format!("token=r-1&token_type_hint=refresh_token{APP}")),
    ];
    for (id, typed, line, authorization, kind, body) in cases {
        let (stand, peer) = (Stand::of(id, typed, &[]), Peer::of(id, 200, "application/json", r#"{"ok":true,"revoked":true}"#).await);
        peer.connector.revoke_tokens(&stand.party(), &secret("a-1"), Some(&secret("r-1"))).await.unwrap();
        assert_eq!(peer.sole(), (line.to_owned(), authorization.to_owned(), kind.to_owned(), body), "{id}");
    }
    let amazon = Stand::of("amazon-sp-api", &[], &[]);
    let peer = Peer::of("amazon-sp-api", 200, "application/json", "{}").await;
    let problem = peer.connector.revoke_tokens(&amazon.party(), &secret("a-1"), None).await.unwrap_err();
    assert_eq!((problem, peer.seen.lock().unwrap().len()), (TokenProblem::Entries("revoke"), 0));
}

#[tokio::test]
async fn what_a_provider_says_of_a_revocation_is_believed_and_not_its_status() {
    let cases: [Said<'_>; 8] = [
        ("slack", &[SIGNED_IN], 200, r#"{"ok":false,"error":"token_revoked"}"#, Ok(())),
        ("slack", &[SIGNED_IN], 200, r#"{"ok":false,"error":"not_allowed_token_type"}"#, Err(refused("not_allowed_token_type", "", false))),
        ("slack", &[SIGNED_IN], 200, r#"{"ok":false,"error":"fatal_error"}"#, Err(TokenProblem::Busy { status: 503, retry_after_s: None })),
        ("github", &[SIGNED_IN], 404, r#"{"message":"Not Found"}"#, Ok(())),
        ("github", &[SIGNED_IN], 401, r#"{"message":"Bad credentials"}"#, Err(refused("status_401", "", false))),
        ("square", &[SIGNED_IN], 401, r#"{"errors":[{"category":"AUTHENTICATION_ERROR","code":"UNAUTHORIZED"}]}"#, Err(refused("UNAUTHORIZED", "", false))),
        ("salesforce", &[], 400, r#"{"error":"unsupported_token_type"}"#, Err(refused("unsupported_token_type", "", false))),
        ("salesforce", &[], 400, r#"{"error":"invalid_token"}"#, Ok(())),
    ];
    for (id, typed, status, body, wanted) in cases {
        let (stand, peer) = (Stand::of(id, typed, &[]), Peer::of(id, status, "application/json", body).await);
        assert_eq!(peer.connector.revoke_tokens(&stand.party(), &secret("a-1"), Some(&secret("r-1"))).await, wanted, "{id}: {body}");
    }
}

#[tokio::test]
async fn an_instance_that_is_not_of_salesforce_gets_no_token() {
    let stand = Stand::of("salesforce", &[], &[]);
    for (instance, problem) in [
        ("http://quill.my.salesforce.com", Some(TokenProblem::Answer("field"))),
        ("javascript:alert(1)", Some(TokenProblem::Answer("field"))),
        ("https://quill.my.salesforce.com.evil.example", None),
        ("https://evilsalesforce.com", None),
    ] {
        let body = json!({ "access_token": "a-1", "instance_url": instance, "token_type": "Bearer" }).to_string();
        let peer = Peer::of("salesforce", 200, "application/json", &body).await;
        match (peer.connector.refresh(&stand.party(), &secret("r-1"), "").await, problem) {
            (Err(found), Some(wanted)) => assert_eq!(found, wanted, "{instance}"),
            (Ok(tokens), None) => {
                let found = connector("salesforce", "").destination(&stand.manifest, &tokens.filled);
                assert_eq!(found, Err(DestinationProblem::ForeignHost), "{instance}");
            }
            (found, wanted) => panic!("{instance}: {found:?} instead of {wanted:?}"),
        }
    }
}

#[tokio::test]
async fn the_secret_of_an_app_goes_to_the_provider_alone() {
    for host in ["evil.example", "login.salesforce.com.evil.example", "169.254.169.254"] {
        let stand = Stand::of("salesforce", &[("login_host", host)], &[]);
        let peer = Peer::of("salesforce", 200, "application/json", "{}").await;
        let problem = peer.connector.refresh(&stand.party(), &secret("r-1"), "").await.unwrap_err();
        assert_eq!((problem, peer.seen.lock().unwrap().len()), (TokenProblem::Entries("address"), 0), "{host}");
    }
}

#[tokio::test]
async fn a_connection_that_is_older_than_the_choice_keeps_its_token() {
    for id in ["github", "hubspot", "slack", "square"] {
        let manifest = manifest(id);
        let none = BTreeMap::new();
        assert!(manifest.oauth_of(&none).is_none(), "{id}");
        assert!(
            matches!(manifest.way(&none), Some(Auth::Bearer { token }) if token.text() == if id == "square" { "{access_token}" } else { "{token}" }),
            "{id}"
        );
        let both = [SIGNED_IN, ("server", "https://typed.example/api/v3")];
        let typed = validate_entries(&manifest, &entries(if id == "github" { &both } else { &both[..1] })).unwrap();
        assert!(manifest.oauth_of(&typed.config).is_some() && typed.secrets.is_empty() && !typed.config.contains_key("server"), "{id}");
    }
    let (base, log) = provider(|_| Json(json!({ "merchant": { "id": "M1" }, "locations": [] })).into_response()).await;
    let token = format!("EAAA{}", "a".repeat(60));
    assert!(check(&connector("square", &base), "square", &[("access_token", &token)]).await.result.is_ok());
    assert!(log.lock().unwrap().iter().skip(1).all(|received| received.headers["authorization"] == format!("Bearer {token}")));
}

#[tokio::test]
async fn a_refusal_is_explained_by_the_way_that_was_chosen() {
    let (base, _) = provider(|_| (StatusCode::UNAUTHORIZED, Json(json!({ "message": "no" }))).into_response()).await;
    for (entries, headline, field) in [
        (vec![SIGNED_IN], "HubSpot no longer accepts this sign-in.", ""),
        (vec![("token", "pat-eu1-00000000-0000-0000-0000-000000000000")], "HubSpot refused this access token.", "token"),
    ] {
        let connector = connector("hubspot", &base);
        let outcome = check(&connector, "hubspot", &entries).await;
        let failure = failed(&outcome, CheckCode::AuthRejected);
        let config = entries.iter().filter(|(id, _)| *id == "sign_in").map(|(id, value)| ((*id).to_owned(), (*value).to_owned())).collect();
        let words = connector.diagnose(&manifest("hubspot"), failure, &config);
        assert_eq!((words.headline.as_str(), words.field.as_str()), (headline, field));
    }
}
