//! What a provider says about itself, judged over real lines.

use std::sync::Arc;
use std::time::Duration;

use latchkey::connect::oidc::{Asked, Oidc, OidcProblem, Party};
use latchkey::domain::{SignOnKind, SystemClock};
use latchkey::egress::{Egress, EgressError, EgressPolicy};
use latchkey::vault::Secret;
use serde_json::{Value, json};

use crate::egress::site::{Reply, Site, reply};
use crate::egress::tls::{authority, site_with};

fn oidc(roots: &str) -> Oidc {
    let policy = EgressPolicy { allow: vec!["127.0.0.0/8".parse().unwrap()], ..EgressPolicy::default() };
    Oidc::new(Egress::new(policy, roots).unwrap(), Arc::new(SystemClock))
}

fn party(issuer: &str) -> Party<'_> {
    Party { kind: SignOnKind::Oidc, issuer, client_id: "latchkey" }
}

/// The metadata of whoever serves it, with these addresses instead of good ones.
fn metadata(issuer: &str, over: &Value) -> Value {
    let mut said = json!({
        "issuer": issuer,
        "authorization_endpoint": "https://login.example.com/authorize",
        "token_endpoint": "https://login.example.com/token",
        "jwks_uri": "https://login.example.com/keys",
    });
    said.as_object_mut().unwrap().extend(over.as_object().unwrap().clone());
    said
}

#[tokio::test]
async fn an_encrypted_issuer_leads_to_encrypted_addresses_alone() {
    let authority = authority();
    for (over, fits) in [
        (json!({}), true),
        (json!({"authorization_endpoint": "http://login.example.com/authorize"}), false),
        (json!({"token_endpoint": "http://127.0.0.1/token"}), false),
        (json!({"jwks_uri": "http://login.example.com/keys"}), false),
        (json!({"userinfo_endpoint": "http://login.example.com/me"}), false),
        (json!({"token_endpoint": "https://login.example.com/token#part"}), false),
        (json!({"token_endpoint": "https://user@login.example.com/token"}), false),
    ] {
        let told = over.clone();
        let issuer = Arc::new(std::sync::OnceLock::<String>::new());
        let own = issuer.clone();
        let site = site_with(&authority, "127.0.0.1", (2020, 2100), move |_| {
            reply(200, "content-type: application/json\r\n", metadata(own.get().unwrap(), &told).to_string().as_bytes())
        })
        .await;
        let url = site.url("/").to_string().trim_end_matches('/').to_owned();
        issuer.set(url.clone()).unwrap();
        assert_eq!(oidc(&authority.pem()).meet(party(&url)).await, if fits { Ok(()) } else { Err(OidcProblem::Answer("endpoint")) }, "{over}");
    }
}

/// What is said, and by whom.
type Case = (&'static str, fn(&str) -> Reply);

#[tokio::test]
async fn what_leads_elsewhere_or_is_too_large_or_not_there_is_no_provider() {
    let cases: [Case; 4] = [
        ("a redirect", |_| reply(302, "location: https://accounts.google.com/.well-known/openid-configuration\r\n", b"")),
        ("too large", |_| reply(200, "content-type: application/json\r\n", &vec![b' '; 64 * 1024 + 1])),
        ("not there", |_| reply(404, "content-type: application/json\r\n", b"{}")),
        ("no JSON", |_| reply(200, "content-type: application/json\r\n", b"<html>")),
    ];
    for (what, answer) in cases {
        let site = Site::start(answer).await;
        let issuer = site.url("/").to_string();
        let problem = oidc("").meet(party(&issuer)).await.unwrap_err();
        let expected = match what {
            "a redirect" => OidcProblem::Unreachable(EgressError::Redirect { to_host: "accounts.google.com".to_owned() }),
            "too large" => OidcProblem::Unreachable(EgressError::TooLarge { limit: 64 * 1024 }),
            "not there" => OidcProblem::Answer("metadata_status"),
            _ => OidcProblem::Answer("metadata"),
        };
        assert_eq!(problem, expected, "{what}");
        assert_eq!(site.seen().len(), 1);
    }
}

#[tokio::test]
async fn a_provider_that_says_nothing_is_given_up() {
    let site = Site::start(|_| Reply::Silence).await;
    let issuer = site.url("/").to_string();
    let verifier = Secret::new("v".repeat(43));
    let asked = Asked { redirect_uri: "https://latchkey.example.com/sign-in/callback/a", state: "s", nonce: "n", verifier: &verifier, again: false };
    let problem = oidc("").with_deadline(Duration::from_millis(300)).address(party(&issuer), asked).await.unwrap_err();
    assert!(matches!(problem, OidcProblem::Unreachable(EgressError::Timeout { .. })), "{problem:?}");
}

#[tokio::test]
async fn what_a_provider_said_is_asked_for_once() {
    let issuer = Arc::new(std::sync::OnceLock::<String>::new());
    let own = issuer.clone();
    let site = Site::start(move |_| reply(200, "content-type: application/json\r\n", metadata(own.get().unwrap(), &json!({})).to_string().as_bytes())).await;
    let url = site.url("/login").to_string();
    issuer.set(url.clone()).unwrap();
    let oidc = oidc("");
    for _ in 0..5 {
        oidc.meet(party(&url)).await.unwrap();
    }
    assert_eq!(site.seen().len(), 1);
    assert!(site.seen()[0].starts_with("GET /login/.well-known/openid-configuration "));
}
