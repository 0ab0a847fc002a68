//! What a key signs for each provider, to the claim, how it is sent, and what the answers mean.

use std::process::Command;
use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use latchkey::catalogue::{Accepted, Manifest, validate_entries};
use latchkey::connect::oauth::{AppCredentials, Party, TokenProblem, Tokens};
use latchkey::domain::CheckCode;
use latchkey::services::grants::shown;
use ring::signature::{KeyPair as _, RSA_PKCS1_2048_8192_SHA256, RsaKeyPair, UnparsedPublicKey};
use serde_json::{Value, json};
use url::form_urlencoded;

use super::bench::{NOW, entries, manifest};
use super::oauth_dialects::{Peer, secret};

/// A key of 2,048 bits that is made anew for each run, as PKCS#1.
static KEY: LazyLock<String> = LazyLock::new(|| {
    let made = Command::new("openssl").args(["genrsa", "-traditional", "2048"]).output().expect("openssl is needed");
    String::from_utf8(made.stdout).unwrap()
});
const GOOGLE: &str = "google-service-account";
const GITHUB: &str = "github-app";
const OK: &str = r#"{"access_token":"ya29.a","expires_in":3599,"token_type":"Bearer"}"#;

fn file() -> String {
    json!({ "type": "service_account", "private_key_id": "key-7", "private_key": *KEY, "client_email": "robot@acme.iam.gserviceaccount.com" }).to_string()
}

struct Signer {
    manifest: Manifest,
    accepted: Accepted,
}

impl Signer {
    fn google(more: &[(&str, &str)]) -> Self {
        let file = file();
        Self::of(GOOGLE, &[&[("key", file.as_str())], more].concat())
    }

    fn github() -> Self {
        Self::of(GITHUB, &[("app_id", "123456"), ("installation_id", "7654321"), ("private_key", &KEY)])
    }

    fn of(id: &str, typed: &[(&str, &str)]) -> Self {
        let manifest = manifest(id);
        let accepted = validate_entries(&manifest, &entries(typed)).unwrap();
        Self { manifest, accepted }
    }

    async fn ask(&self, peer: &Peer) -> Result<Tokens, TokenProblem> {
        let oauth = self.manifest.oauth_of(&self.accepted.config).unwrap();
        let party = Party { manifest: &self.manifest, oauth, config: &self.accepted.config, app: &AppCredentials::default() };
        peer.connector.jwt_bearer(&party, &self.accepted.secrets[&oauth.assertion.as_ref().unwrap().key]).await
    }
}

/// Header and claims of an assertion that the key signed.
#[track_caller]
fn opened(assertion: &str) -> (Value, Value) {
    let (signed, signature) = assertion.rsplit_once('.').unwrap();
    let body: String = KEY.lines().filter(|line| !line.starts_with("-----")).collect();
    let key = RsaKeyPair::from_der(&STANDARD.decode(body).unwrap()).unwrap();
    let public = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, key.public_key().as_ref().to_vec());
    public.verify(signed.as_bytes(), &URL_SAFE_NO_PAD.decode(signature).unwrap()).expect("signed by RS256");
    let part = |text: &str| serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).unwrap()).unwrap();
    let (header, claims) = signed.split_once('.').unwrap();
    (part(header), part(claims))
}

#[tokio::test]
async fn google_is_asked_as_its_documentation_says() {
    const READ: &str = "https://www.googleapis.com/auth/drive.readonly";
    const NAMES: &str = "https://www.googleapis.com/auth/drive.metadata.readonly";
    let now = NOW.millis() / 1_000;
    for (more, scope, subject) in [(vec![], READ, None), (vec![("scope", NAMES), ("subject", "ada@acme.example")], NAMES, Some("ada@acme.example"))] {
        let peer = Peer::of(GOOGLE, 200, "application/json", OK).await;
        let tokens = Signer::google(&more).ask(&peer).await.unwrap();
        assert_eq!((tokens.access_token.expose().as_str(), tokens.refresh_token.is_none()), ("ya29.a", true));
        assert_eq!(tokens.expires_at.unwrap().since(NOW), 3_599_000);
        let (line, authorization, kind, body) = peer.sole();
        assert_eq!((line.as_str(), authorization.as_str(), kind.as_str()), ("POST /o/token", "", "application/x-www-form-urlencoded"));
        let form: Vec<(String, String)> = form_urlencoded::parse(body.as_bytes()).into_owned().collect();
        assert_eq!((form.len(), form[0].1.as_str(), form[1].0.as_str()), (2, "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion"));
        let (header, claims) = opened(&form[1].1);
        assert_eq!(header, json!({ "alg": "RS256", "typ": "JWT", "kid": "key-7" }));
        let mut expected = json!({
            "iss": "robot@acme.iam.gserviceaccount.com", "aud": "https://oauth2.googleapis.com/token", "scope": scope, "iat": now - 60, "exp": now + 3_540,
        });
        if let Some(subject) = subject {
            expected["sub"] = json!(subject);
        }
        assert_eq!(claims, expected, "an hour at most, also by a clock that is a minute behind");
    }
}

#[tokio::test]
async fn github_is_asked_as_its_documentation_says() {
    let now = NOW.millis() / 1_000;
    let answer = r#"{"token":"ghs_a","expires_at":"2027-01-15T09:00:00Z","permissions":{"metadata":"read"},"repository_selection":"selected"}"#;
    let peer = Peer::of(GITHUB, 201, "application/json; charset=utf-8", answer).await;
    let tokens = Signer::github().ask(&peer).await.unwrap();
    assert_eq!((tokens.access_token.expose().as_str(), tokens.expires_at.unwrap().since(NOW)), ("ghs_a", 3_600_000));
    let (line, authorization, kind, body) = peer.sole();
    assert_eq!((line.as_str(), kind.as_str(), body.as_str()), ("POST /o/app/installations/7654321/access_tokens", "application/json", "{}"));
    let (header, claims) = opened(authorization.strip_prefix("Bearer ").unwrap());
    assert_eq!(header, json!({ "alg": "RS256", "typ": "JWT" }));
    assert_eq!(claims, json!({ "iss": "123456", "iat": now - 60, "exp": now + 540 }), "ten minutes ahead at most");
}

#[tokio::test]
async fn each_refusal_says_what_it_means() {
    let refused = |code: &str, said: &str, ended: bool| TokenProblem::Refused { code: code.to_owned(), said: said.to_owned(), ended };
    let (key, right, gone) = (CheckCode::AuthRejected, CheckCode::Forbidden, CheckCode::NotFoundAtTarget);
    for (id, status, body, problem, code) in [
        (
            GOOGLE,
            400,
            r#"{"error":"invalid_grant","error_description":"Invalid JWT Signature."}"#,
            refused("invalid_grant", "Invalid JWT Signature.", true),
            key,
        ),
        (
            GOOGLE,
            401,
            r#"{"error":"unauthorized_client","error_description":"No delegation."}"#,
            refused("unauthorized_client", "No delegation.", false),
            right,
        ),
        (GOOGLE, 401, r#"{"error":"disabled_client"}"#, refused("disabled_client", "", false), key),
        (GITHUB, 401, r#"{"message":"A JSON web token could not be decoded"}"#, refused("status_401", "A JSON web token could not be decoded", true), key),
        (GITHUB, 404, r#"{"message":"Not Found"}"#, refused("status_404", "Not Found", true), gone),
        (GITHUB, 403, r#"{"message":"This installation has been suspended"}"#, refused("status_403", "This installation has been suspended", false), right),
        (GITHUB, 503, "{}", TokenProblem::Busy { status: 503, retry_after_s: None }, CheckCode::TargetError),
    ] {
        let peer = Peer::of(id, status, "application/json", body).await;
        let signer = if id == GOOGLE { Signer::google(&[]) } else { Signer::github() };
        let found = signer.ask(&peer).await.unwrap_err();
        assert_eq!((shown(&found), found), (code, problem), "{id}: {body}");
    }
}

/// The example of <https://shopify.dev/docs/apps/build/authentication-authorization/access-tokens/authorization-code-grant>, whose secret is `hush`.
#[test]
fn a_way_back_counts_that_the_secret_of_the_app_signed() {
    let manifest = manifest("shopify");
    let accepted = validate_entries(&manifest, &entries(&[("shop", "some-shop")])).unwrap();
    let oauth = manifest.oauth_of(&accepted.config).unwrap();
    let right = [
        ("code", "0907a61c0c8d55e99db179b68161bc00"),
        ("hmac", "700e2dadb827fcc8609e9d5ce208b2e9cdaab9df07390d2cbca10d7c328fc4bf"),
        ("shop", "some-shop.myshopify.com"),
        ("state", "0.6784241404160823"),
        ("timestamp", "1337178173"),
    ];
    let counts = |of_app: Option<&str>, pairs: &[(&str, &str)]| {
        let app = AppCredentials { client_secret: of_app.map(secret), ..AppCredentials::default() };
        Party { manifest: &manifest, oauth, config: &accepted.config, app: &app }.has_signed(&entries(pairs))
    };
    assert!(counts(Some("hush"), &right));
    assert!(!counts(Some("hush "), &right) && !counts(None, &right) && !counts(Some("hush"), &[]));
    for (name, value) in [("code", "0907a61c0c8d55e99db179b68161bc01"), ("shop", "other-shop.myshopify.com"), ("hmac", ""), ("hmac", "700e2d"), ("extra", "1")]
    {
        let changed: Vec<_> = right.iter().copied().filter(|(known, _)| *known != name).chain([(name, value)]).collect();
        assert!(!counts(Some("hush"), &changed), "{name}={value}");
    }
    let without: Vec<_> = right.iter().copied().filter(|(name, _)| *name != "hmac").collect();
    assert!(!counts(Some("hush"), &without));
}
