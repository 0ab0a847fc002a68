//! How each provider is asked for tokens, to the character, and what its answers mean: the addresses and requests of the manifests, against an endpoint that says
//! what the provider says.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use latchkey::catalogue::{Manifest, validate_entries};
use latchkey::connect::Connector;
use latchkey::connect::oauth::{AppCredentials, Code, Consent, Party, TokenProblem, Tokens};
use latchkey::vault::Secret;
use serde_json::json;

use super::bench::{NOW, Received, connector, entries, manifest, provider};

/// RFC 7636, appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256";
const DAY_S: i64 = 86_400;

pub fn secret(text: &str) -> Secret<String> {
    Secret::new(text.to_owned())
}

/// A connector, a connection's entries, and the app `app-1`.
pub struct Stand {
    pub manifest: Manifest,
    config: BTreeMap<String, String>,
    app: AppCredentials,
}

impl Stand {
    pub fn of(id: &str, typed: &[(&str, &str)], of_app: &[(&str, &str)]) -> Self {
        let manifest = manifest(id);
        let config = validate_entries(&manifest, &entries(typed)).unwrap().config;
        let fields = of_app.iter().map(|(id, value)| ((*id).to_owned(), secret(value))).collect();
        let app = AppCredentials { client_id: "app-1".to_owned(), client_secret: Some(secret("s3cret/+1")), fields };
        Self { manifest, config, app }
    }

    pub fn party(&self) -> Party<'_> {
        let oauth = self.manifest.oauth_of(&self.config).expect("signs in by OAuth");
        Party { manifest: &self.manifest, oauth, config: &self.config, app: &self.app }
    }

    fn redirect_uri(&self) -> String {
        format!("https://keys.example.com/oauth/callback/{}", self.manifest.id)
    }

    fn address(&self) -> String {
        let (verifier, redirect_uri) = (secret(VERIFIER), self.redirect_uri());
        let consent = Consent { redirect_uri: &redirect_uri, state: "st-1", verifier: &verifier };
        connector(&self.manifest.id, "").consent_url(&self.party(), consent).unwrap().to_string()
    }

    async fn take_code(&self, peer: &Peer) -> Result<Tokens, TokenProblem> {
        let (code, verifier, redirect_uri) = (secret("c0de/1"), secret(VERIFIER), self.redirect_uri());
        peer.connector.take_code(&self.party(), Code { code: &code, redirect_uri: &redirect_uri, verifier: &verifier }).await
    }
}

/// The provider's own addresses, played: every request is answered alike and remembered.
pub struct Peer {
    pub connector: Connector,
    pub seen: Arc<Mutex<Vec<Received>>>,
}

impl Peer {
    pub async fn of(id: &str, status: u16, kind: &'static str, body: &str) -> Self {
        let body = body.to_owned();
        let answer = move |_: &Received| (StatusCode::from_u16(status).unwrap(), [(header::CONTENT_TYPE, kind)], body.clone()).into_response();
        let (base, seen) = provider(answer).await;
        Self { connector: connector(id, "").with_oauth_overrides(BTreeMap::from([(id.to_owned(), format!("{base}/o"))])), seen }
    }

    async fn json(id: &str, status: u16, body: &str) -> Self {
        Self::of(id, status, "application/json; charset=utf-8", body).await
    }

    /// The one request: line, authorization, content type, body.
    pub fn sole(&self) -> (String, String, String, String) {
        let seen = self.seen.lock().unwrap();
        assert_eq!(seen.len(), 1, "{seen:?}");
        let header = |name: &str| seen[0].headers.get(name).cloned().unwrap_or_default();
        assert_eq!(header("accept"), "application/json");
        assert!(header("user-agent").starts_with("Latchkey/"));
        (seen[0].line.clone(), header("authorization"), header("content-type"), seen[0].body.clone())
    }
}

const SIGNED_IN: (&str, &str) = ("sign_in", "oauth");
const SOLUTION: (&str, &str) = ("application_id", "amzn1.sp.solution.2eca283f-0001");

#[test]
fn the_browser_is_sent_to_the_very_address_that_each_provider_documents() {
    let cases: [(&str, Vec<(&str, &str)>, Vec<(&str, &str)>, &str); 11] = [
        (
            "linkedin-ads",
            vec![],
            vec![],
            "https://www.linkedin.com/oauth/v2/authorization?response_type=code&client_id=app-1&redirect_uri=@&scope=r_ads+r_ads_reporting&state=st-1",
        ),
        (
            "reddit-ads",
            vec![],
            vec![],
            "https://www.reddit.com/api/v1/authorize?response_type=code&client_id=app-1&redirect_uri=@&scope=adsread&state=st-1&duration=permanent",
        ),
        (
            "hubspot",
            vec![SIGNED_IN],
            vec![],
            "https://app.hubspot.com/oauth/authorize?response_type=code&client_id=app-1&redirect_uri=@&scope=oauth+crm.objects.contacts.read+crm.objects.companies.read+crm.objects.deals.read&state=st-1",
        ),
        (
            "slack",
            vec![SIGNED_IN],
            vec![],
            "https://slack.com/oauth/v2/authorize?response_type=code&client_id=app-1&redirect_uri=@&scope=channels%3Aread%2Cusers%3Aread%2Cteam%3Aread&state=st-1",
        ),
        (
            "square",
            vec![SIGNED_IN],
            vec![],
            "https://connect.squareup.com/oauth2/authorize?response_type=code&client_id=app-1&redirect_uri=@&scope=MERCHANT_PROFILE_READ+PAYMENTS_READ+CUSTOMERS_READ+ORDERS_READ+ITEMS_READ&state=st-1&session=false",
        ),
        (
            "square",
            vec![SIGNED_IN, ("environment", "squareupsandbox")],
            vec![],
            "https://connect.squareupsandbox.com/oauth2/authorize?response_type=code&client_id=app-1&redirect_uri=@&scope=MERCHANT_PROFILE_READ+PAYMENTS_READ+CUSTOMERS_READ+ORDERS_READ+ITEMS_READ&state=st-1&session=false",
        ),
        (
            "github",
            vec![SIGNED_IN, ("server", "https://github.evil.example/api/v3")],
            vec![],
            "https://github.com/login/oauth/authorize?response_type=code&client_id=app-1&redirect_uri=@&scope=repo+read%3Aorg+read%3Auser&state=st-1#",
        ),
        (
            "salesforce",
            vec![],
            vec![],
            "https://login.salesforce.com/services/oauth2/authorize?response_type=code&client_id=app-1&redirect_uri=@&scope=api+refresh_token+openid&state=st-1#",
        ),
        (
            "salesforce",
            vec![("login_host", "quill--dev.sandbox.my.salesforce.com")],
            vec![],
            "https://quill--dev.sandbox.my.salesforce.com/services/oauth2/authorize?response_type=code&client_id=app-1&redirect_uri=@&scope=api+refresh_token+openid&state=st-1#",
        ),
        (
            "amazon-sp-api",
            vec![("seller_central", "sellercentral.amazon.co.za")],
            vec![SOLUTION, ("version", "beta")],
            "https://sellercentral.amazon.co.za/apps/authorize/consent?redirect_uri=@&state=st-1&application_id=amzn1.sp.solution.2eca283f-0001&version=beta",
        ),
        (
            "amazon-sp-api",
            vec![],
            vec![SOLUTION],
            "https://sellercentral-europe.amazon.com/apps/authorize/consent?redirect_uri=@&state=st-1&application_id=amzn1.sp.solution.2eca283f-0001",
        ),
    ];
    for (id, typed, of_app, wanted) in cases {
        let wanted = wanted.replace('@', &format!("https%3A%2F%2Fkeys.example.com%2Foauth%2Fcallback%2F{id}")).replace('#', CHALLENGE);
        assert_eq!(Stand::of(id, &typed, &of_app).address(), wanted);
    }
}

/// A token request: the connector, its entries, then line, authorization, content type and body; `@` is the address to lead back to.
type Asked = (&'static str, &'static [(&'static str, &'static str)], &'static str, &'static str, &'static str, &'static str);

const FORM: &str = "application/x-www-form-urlencoded";
const BY_CODE: &str = "grant_type=authorization_code&code=c0de%2F1&redirect_uri=@";
const APP: &str = "&client_id=app-1&client_secret=s3cret%2F%2B1";
/// `app-1` and `s3cret%2F%2B1`.
const BASIC: &str = "Basic YXBwLTE6czNjcmV0JTJGJTJCMQ==";

const ASKED: [Asked; 8] = [
    ("linkedin-ads", &[], "POST /o/oauth/v2/accessToken", "", FORM, "+"),
    ("reddit-ads", &[], "POST /o/api/v1/access_token", BASIC, FORM, ""),
    ("hubspot", &[SIGNED_IN], "POST /o/oauth/v3/token", "", FORM, "+"),
    ("slack", &[SIGNED_IN], "POST /o/api/oauth.v2.access", "", FORM, "+"),
    ("square", &[SIGNED_IN], "POST /o/oauth2/token", "", "application/json", ""),
    ("github", &[SIGNED_IN], "POST /o/login/oauth/access_token", "", FORM, "&code_verifier=dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk+"),
    ("salesforce", &[], "POST /o/services/oauth2/token", "", FORM, "&code_verifier=dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk+"),
    ("amazon-sp-api", &[], "POST /o/auth/o2/token", "", FORM, "+"),
];

#[tokio::test]
async fn a_code_is_taken_to_each_provider_as_it_documents_it() {
    for (id, typed, line, authorization, kind, rest) in ASKED {
        let (stand, peer) = (Stand::of(id, typed, &[]), Peer::json(id, 200, r#"{"access_token":"a-1"}"#).await);
        drop(stand.take_code(&peer).await);
        let body = match kind {
            FORM => format!("{BY_CODE}{}", rest.replace('+', APP)).replace('@', &format!("https%3A%2F%2Fkeys.example.com%2Foauth%2Fcallback%2F{id}")),
            _ => json!({ "client_id": "app-1", "client_secret": "s3cret/+1", "code": "c0de/1", "grant_type": "authorization_code", "redirect_uri": stand.redirect_uri() }).to_string(),
        };
        assert_eq!(peer.sole(), (line.to_owned(), authorization.to_owned(), kind.to_owned(), body), "{id}");
    }
}

#[tokio::test]
async fn a_token_is_renewed_at_each_provider_as_it_documents_it() {
    for (id, typed, line, authorization, kind, _) in ASKED {
        let (stand, peer) = (Stand::of(id, typed, &[]), Peer::json(id, 200, r#"{"access_token":"a-2"}"#).await);
        drop(peer.connector.refresh(&stand.party(), &secret("r-1"), "granted before").await);
        let body = match kind {
            FORM => format!("grant_type=refresh_token&refresh_token=r-1{}", if authorization.is_empty() { APP } else { "" }),
            _ => json!({ "client_id": "app-1", "client_secret": "s3cret/+1", "grant_type": "refresh_token", "refresh_token": "r-1" }).to_string(),
        };
        assert_eq!(peer.sole(), (line.to_owned(), authorization.to_owned(), kind.to_owned(), body), "{id}");
    }
}

/// What was read of an answer: refresh token, seconds until the access token ends and until the refresh token does, what was granted, fields.
type Read = (Option<&'static str>, Option<i64>, Option<i64>, Option<&'static str>, &'static [(&'static str, &'static str)]);

#[tokio::test]
async fn each_answer_is_read_as_the_provider_means_it() {
    let cases: [(&str, &[(&str, &str)], &str, &str, Read); 10] = [
        (
            "linkedin-ads",
            &[],
            "application/json",
            r#"{"access_token":"a-1","expires_in":5184000,"refresh_token":"r-1","refresh_token_expires_in":26438400,"scope":"r_ads,r_ads_reporting","token_type":"Bearer"}"#,
            (Some("r-1"), Some(60 * DAY_S), Some(306 * DAY_S), Some("r_ads r_ads_reporting"), &[]),
        ),
        // An app that is no Marketing partner's gets no refresh token.
        (
            "linkedin-ads",
            &[],
            "application/json",
            r#"{"access_token":"a-1","expires_in":5184000,"scope":"r_ads"}"#,
            (None, Some(60 * DAY_S), None, Some("r_ads"), &[]),
        ),
        (
            "reddit-ads",
            &[],
            "application/json; charset=UTF-8",
            r#"{"access_token":"a-1","token_type":"bearer","expires_in":86400,"scope":"adsread","refresh_token":"r-1"}"#,
            (Some("r-1"), Some(DAY_S), None, Some("adsread"), &[]),
        ),
        (
            "hubspot",
            &[SIGNED_IN],
            "application/json",
            r#"{"access_token":"a-1","refresh_token":"r-1","expires_in":1800,"token_type":"bearer","hub_id":7,"scopes":["oauth","crm.objects.contacts.read"]}"#,
            (Some("r-1"), Some(1_800), None, Some("oauth crm.objects.contacts.read"), &[]),
        ),
        // Token rotation is on, and the person's own token stands below.
        (
            "slack",
            &[SIGNED_IN],
            "application/json",
            r#"{"ok":true,"access_token":"a-1","token_type":"bot","scope":"channels:read,users:read","expires_in":43200,"refresh_token":"r-1","team":{"id":"T1","name":"Quill"},"authed_user":{"id":"U1","access_token":"xoxp-1","token_type":"user"}}"#,
            (Some("r-1"), Some(43_200), None, Some("channels:read,users:read"), &[]),
        ),
        // It is off: the token does not end.
        (
            "slack",
            &[SIGNED_IN],
            "application/json",
            r#"{"ok":true,"access_token":"a-1","token_type":"bot","scope":"team:read"}"#,
            (None, None, None, Some("team:read"), &[]),
        ),
        (
            "square",
            &[SIGNED_IN],
            "application/json",
            r#"{"access_token":"a-1","token_type":"bearer","expires_at":"2027-02-14T08:00:00Z","merchant_id":"M1","refresh_token":"r-1","short_lived":false}"#,
            (Some("r-1"), Some(30 * DAY_S), None, None, &[]),
        ),
        ("github", &[SIGNED_IN], FORM, "access_token=a-1&scope=repo%2Cread%3Aorg&token_type=bearer", (None, None, None, Some("repo read:org"), &[])),
        // A GitHub App's token ends.
        (
            "github",
            &[SIGNED_IN],
            "application/json",
            r#"{"access_token":"a-1","expires_in":28800,"refresh_token":"r-1","refresh_token_expires_in":15811200,"scope":"","token_type":"bearer"}"#,
            (Some("r-1"), Some(28_800), Some(183 * DAY_S), Some(""), &[]),
        ),
        (
            "salesforce",
            &[],
            "application/json;charset=UTF-8",
            r#"{"access_token":"a-1","refresh_token":"r-1","signature":"c2ln","scope":"refresh_token api","instance_url":"https://quill.my.salesforce.com","id":"https://login.salesforce.com/id/00D/005","token_type":"Bearer","issued_at":"1790000000000"}"#,
            (Some("r-1"), Some(900), None, Some("refresh_token api"), &[("instance_url", "https://quill.my.salesforce.com")]),
        ),
    ];
    for (id, typed, kind, body, wanted) in cases {
        let peer = Peer::of(id, 200, kind, body).await;
        let tokens = Stand::of(id, typed, &[]).take_code(&peer).await.unwrap_or_else(|problem| panic!("{id}: {problem:?}"));
        assert_eq!(tokens.access_token.expose(), "a-1");
        let seconds = |at: Option<latchkey::domain::Timestamp>| at.map(|at| at.since(NOW) / 1_000);
        let refresh = tokens.refresh_token.as_ref().map(|token| token.expose().as_str());
        let filled: Vec<(&str, &str)> = tokens.filled.iter().map(|(id, value)| (id.as_str(), value.as_str())).collect();
        assert_eq!((refresh, seconds(tokens.expires_at), seconds(tokens.refresh_expires_at), tokens.granted.as_deref(), &filled[..]), wanted, "{id}: {body}");
    }
}
