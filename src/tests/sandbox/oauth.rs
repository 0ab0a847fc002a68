//! A played provider's OAuth takes only what the provider documents: otherwise the table could not fail.

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use latchkey::catalogue::Registry;
use latchkey::domain::ManualClock;
use latchkey::sandbox::{Remark, Sandbox};
use serde_json::{Value, json};
use tower::ServiceExt;
use url::Url;

use crate::connect::bench::NOW;

const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
/// Of the verifier above (RFC 7636 appendix B).
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
const REDIRECT: &str = "http://127.0.0.1:4800/oauth/callback/xero";
/// 5A4DB0C5A4DB0C5A4DB0C5A4DB0C0001:sandbox-xero-secret
const BASIC: &str = "Basic NUE0REIwQzVBNERCMEM1QTREQjBDNUE0REIwQzAwMDE6c2FuZGJveC14ZXJvLXNlY3JldA==";

struct Told {
    status: StatusCode,
    location: String,
    body: String,
    differs: bool,
}

impl Told {
    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("{}", self.body))
    }

    fn error(&self) -> (u16, String) {
        (self.status.as_u16(), self.json()["error"].as_str().unwrap_or_default().to_owned())
    }
}

struct Stage {
    sandbox: Sandbox,
    clock: Arc<ManualClock>,
}

impl Stage {
    fn new() -> Self {
        let clock = Arc::new(ManualClock::at(NOW));
        let sandbox = Sandbox::embedded(&Registry::embedded().unwrap()).unwrap_or_else(|errors| panic!("{errors:#?}"));
        Self { sandbox: sandbox.with_clock(&(clock.clone() as Arc<dyn latchkey::domain::Clock>)), clock }
    }

    async fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Told {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = self.sandbox.router().oneshot(request.body(Body::from(body.to_owned())).unwrap()).await.unwrap();
        let differs = response.extensions().get::<Remark>().is_some_and(|remark| remark.differs);
        let location = response.headers().get("location").map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default();
        let status = response.status();
        Told { status, location, body: String::from_utf8(to_bytes(response.into_body(), 1 << 20).await.unwrap().to_vec()).unwrap(), differs }
    }

    /// The consent page's address, with one parameter replaced, added or, by an empty value, left out.
    fn consent(&self, name: &str, value: &str) -> String {
        let all = [
            ("response_type", "code"),
            ("client_id", "5A4DB0C5A4DB0C5A4DB0C5A4DB0C0001"),
            ("redirect_uri", REDIRECT),
            ("scope", "accounting.settings.read offline_access"),
            ("state", "a-state"),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
        ];
        let mut url = Url::parse("http://sandbox.example/xero/oauth/identity/connect/authorize").unwrap();
        let kept = all.iter().filter(|(known, _)| *known != name);
        url.query_pairs_mut().extend_pairs(kept);
        if !value.is_empty() {
            url.query_pairs_mut().append_pair(name, value);
        }
        url.as_str().replacen("http://sandbox.example", "", 1)
    }

    async fn answer(&self, form: &str) -> Told {
        self.ask("POST", &self.consent("", ""), &[("content-type", "application/x-www-form-urlencoded")], form).await
    }

    async fn code(&self, account: &str) -> String {
        let told = self.answer(&format!("account={account}&answer=allow")).await;
        assert_eq!(told.status, StatusCode::FOUND, "{}", told.body);
        let back = Url::parse(&told.location).unwrap();
        assert!(told.location.starts_with(&format!("{REDIRECT}?")) && back.query_pairs().any(|pair| pair == ("state".into(), "a-state".into())));
        back.query_pairs().find(|(name, _)| name == "code").unwrap().1.into_owned()
    }

    async fn token(&self, authorization: &str, form: &str) -> Told {
        let headers = [("authorization", authorization), ("content-type", "application/x-www-form-urlencoded")];
        self.ask("POST", "/xero/oauth/connect/token", &headers, form).await
    }

    async fn take(&self, code: &str) -> Told {
        self.token(BASIC, &exchange(code)).await
    }

    async fn refresh(&self, token: &str) -> Told {
        self.token(BASIC, &format!("grant_type=refresh_token&refresh_token={token}")).await
    }

    async fn opens(&self, access: &str) -> bool {
        let bearer = format!("Bearer {access}");
        self.ask("GET", "/xero/connections", &[("authorization", &bearer), ("accept", "application/json")], "").await.status == StatusCode::OK
    }

    async fn seen(&self) -> Value {
        self.ask("GET", "/xero/oauth/-/seen", &[], "").await.json()
    }

    async fn rule(&self, rules: Value) -> StatusCode {
        self.ask("POST", "/xero/oauth/-/rules", &[], &rules.to_string()).await.status
    }
}

fn exchange(code: &str) -> String {
    let redirect: String = url::form_urlencoded::byte_serialize(REDIRECT.as_bytes()).collect();
    format!("grant_type=authorization_code&code={code}&redirect_uri={redirect}&code_verifier={VERIFIER}")
}

fn text(value: &Value, name: &str) -> String {
    value[name].as_str().unwrap_or_else(|| panic!("{name} in {value}")).to_owned()
}

#[tokio::test]
async fn the_consent_page_is_plain_and_says_what_it_is() {
    let stage = Stage::new();
    let page = stage.ask("GET", &stage.consent("", ""), &[], "").await;
    assert_eq!(page.status, StatusCode::OK);
    for part in [
        "<h1>Xero (sandbox)</h1>",
        "<html lang=\"en\">",
        "accounting.settings.read",
        "value=\"Works\" checked",
        "value=\"Another organisation\">",
        ">Allow<",
        ">Deny<",
    ] {
        assert!(page.body.contains(part), "{part} in {}", page.body);
    }
    assert!(!page.body.contains("<script") && !page.body.contains("src=") && !page.body.contains("http"), "{}", page.body);
}

#[tokio::test]
async fn a_wrong_consent_address_is_led_nowhere() {
    let stage = Stage::new();
    for (name, value) in [
        ("client_id", "somebody"),
        ("client_id", ""),
        ("redirect_uri", ""),
        ("redirect_uri", "http://latchkey.example.com/oauth/callback/xero"),
        ("redirect_uri", "https://latchkey.example.com/oauth/callback/sage"),
        ("redirect_uri", "https://latchkey.example.com/oauth/callback/xero?next=1"),
        ("redirect_uri", "https://latchkey.example.com/oauth/callback/xero#a"),
        ("response_type", "token"),
        ("scope", "accounting.everything"),
        ("scope", ""),
        ("state", ""),
        ("code_challenge", ""),
        ("code_challenge", "short"),
        ("code_challenge_method", "plain"),
        ("login_hint", "ada"),
    ] {
        for method in ["GET", "POST"] {
            let told =
                stage.ask(method, &stage.consent(name, value), &[("content-type", "application/x-www-form-urlencoded")], "account=Works&answer=allow").await;
            assert_eq!((told.status, told.location.as_str(), told.differs), (StatusCode::BAD_REQUEST, "", true), "{name}={value}");
        }
    }
    let twice = format!("{}&state=b", stage.consent("", ""));
    assert_eq!(stage.ask("GET", &twice, &[], "").await.status, StatusCode::BAD_REQUEST);
    for form in ["", "answer=allow", "account=Nobody&answer=allow", "account=Works&answer=maybe"] {
        assert_eq!(stage.answer(form).await.status, StatusCode::BAD_REQUEST, "{form}");
    }
}

#[tokio::test]
async fn a_person_may_say_no() {
    let stage = Stage::new();
    let told = stage.answer("account=Works&answer=deny").await;
    assert_eq!(told.status, StatusCode::FOUND);
    assert!(told.location.contains("error=access_denied") && told.location.contains("state=a-state") && !told.location.contains("code="), "{}", told.location);
}

#[tokio::test]
async fn a_code_works_once_for_who_was_given_it() {
    let stage = Stage::new();
    let code = stage.code("Works").await;
    let tokens = stage.take(&code).await.json();
    assert!(stage.opens(&text(&tokens, "access_token")).await && tokens["expires_in"] == 1800 && tokens["scope"] == "accounting.settings.read offline_access");
    assert_eq!(stage.take(&code).await.error(), (400, "invalid_grant".to_owned()));
    assert!(!stage.opens(&text(&tokens, "access_token")).await, "what came of a code that is used twice is taken back");

    for (from, to) in [(VERIFIER, "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXX"), ("4800", "4801")] {
        let code = stage.code("Works").await;
        let told = stage.token(BASIC, &exchange(&code).replace(from, to)).await;
        assert_eq!(told.error(), (400, "invalid_grant".to_owned()), "{to}");
        assert_eq!(stage.take(&code).await.error().1, "invalid_grant", "a code that was tried is spent");
    }
    let code = stage.code("Works").await;
    stage.clock.advance(300_000);
    assert_eq!(stage.take(&code).await.error().1, "invalid_grant");
    assert_eq!(stage.take(&stage.code("Wrong+access+token").await).await.error().1, "invalid_grant");
    assert_eq!(stage.take("nobodys").await.error().1, "invalid_grant");
}

#[tokio::test]
async fn a_token_request_is_exactly_as_the_provider_wants_it() {
    let stage = Stage::new();
    let good = exchange(&stage.code("Works").await);
    let id = "client_id=5A4DB0C5A4DB0C5A4DB0C5A4DB0C0001";
    for (authorization, form) in [
        ("", format!("{good}&{id}&client_secret=sandbox-xero-secret")),
        (BASIC, format!("{good}&{id}")),
        (BASIC, format!("{good}&scope=openid")),
        (BASIC, format!("{good}&grant_type=authorization_code")),
        (BASIC, good.replace("code_verifier", "verifier")),
        (BASIC, good.replace("redirect_uri=", "redirect=")),
        (BASIC, good.replace("grant_type", "type")),
    ] {
        let told = stage.token(authorization, &form).await;
        assert_eq!((told.error(), told.differs), ((400, "invalid_request".to_owned()), true), "{form}");
    }
    let told = stage.token("Basic NUE0REIwQzVBNERCMEM1QTREQjBDNUE0REIwQzAwMDE6d3Jvbmc=", &good).await;
    assert_eq!((told.error(), told.differs), ((401, "invalid_client".to_owned()), false));
    assert_eq!(stage.token(BASIC, "grant_type=client_credentials").await.error(), (400, "unsupported_grant_type".to_owned()));
    let json = stage.ask("POST", "/xero/oauth/connect/token", &[("authorization", BASIC), ("content-type", "application/json")], "{}").await;
    assert_eq!(json.error(), (400, "invalid_request".to_owned()));
    let headers = [("authorization", BASIC), ("content-type", "application/x-www-form-urlencoded")];
    assert_eq!(stage.ask("PUT", "/xero/oauth/connect/token", &headers, &good).await.error(), (400, "invalid_request".to_owned()));
    let in_address = stage.ask("POST", "/xero/oauth/connect/token?a=1", &headers, &good).await;
    assert_eq!(in_address.error(), (400, "invalid_request".to_owned()), "nothing of it may stand in the address");
    assert_eq!(stage.token(BASIC, &good).await.status, StatusCode::OK, "none of that spent the code");
}

#[tokio::test]
async fn refresh_tokens_rotate_end_and_have_a_grace() {
    let stage = Stage::new();
    let first = stage.take(&stage.code("Works").await).await.json();
    let second = stage.refresh(&text(&first, "refresh_token")).await.json();
    assert_ne!(text(&first, "refresh_token"), text(&second, "refresh_token"));
    stage.clock.advance(1_799_000);
    assert!(stage.opens(&text(&second, "access_token")).await);
    assert_eq!(stage.refresh(&text(&first, "refresh_token")).await.status, StatusCode::OK, "the grace of half an hour");
    stage.clock.advance(1_000);
    assert!(!stage.opens(&text(&second, "access_token")).await, "a token ends");
    assert_eq!(stage.refresh(&text(&first, "refresh_token")).await.error(), (400, "invalid_grant".to_owned()));
    assert_eq!(stage.refresh(&text(&second, "refresh_token")).await.status, StatusCode::OK);
    assert_eq!(stage.refresh(&text(&second, "access_token")).await.error().1, "invalid_grant");
    let other = stage.token(BASIC, &format!("grant_type=refresh_token&refresh_token={}&scope=openid", text(&second, "refresh_token"))).await;
    assert_eq!(other.error().1, "invalid_request");
}

#[tokio::test]
async fn a_revoked_account_works_until_its_first_refresh() {
    let stage = Stage::new();
    let tokens = stage.take(&stage.code("Revoked").await).await.json();
    assert!(stage.opens(&text(&tokens, "access_token")).await);
    assert_eq!(stage.refresh(&text(&tokens, "refresh_token")).await.error(), (400, "invalid_grant".to_owned()));
    assert!(!stage.opens(&text(&tokens, "access_token")).await);
    let few = stage.take(&stage.code("Has+too+few+rights").await).await.json();
    assert_eq!(few["scope"], "accounting.settings.read offline_access");
}

#[tokio::test]
async fn forgetting_ends_the_whole_grant_and_is_seen() {
    let stage = Stage::new();
    let tokens = stage.take(&stage.code("Works").await).await.json();
    let newer = stage.refresh(&text(&tokens, "refresh_token")).await.json();
    assert_eq!(stage.seen().await["live"], 2);
    let forget = |authorization: &'static str, form: String| {
        let stage = &stage;
        async move {
            let headers = [("authorization", authorization), ("content-type", "application/x-www-form-urlencoded")];
            stage.ask("POST", "/xero/oauth/connect/revocation", &headers, &form).await
        }
    };
    let refresh = text(&newer, "refresh_token");
    assert_eq!(forget("", format!("token={refresh}")).await.status, StatusCode::BAD_REQUEST);
    assert_eq!(forget(BASIC, format!("token={refresh}&more=1")).await.status, StatusCode::BAD_REQUEST);
    let wrong = "Basic NUE0REIwQzVBNERCMEM1QTREQjBDNUE0REIwQzAwMDE6d3Jvbmc=";
    assert_eq!(forget(wrong, format!("token={refresh}")).await.status, StatusCode::UNAUTHORIZED);
    assert!(stage.opens(&text(&newer, "access_token")).await);
    assert_eq!(forget(BASIC, format!("token={refresh}&token_type_hint=refresh_token")).await.status, StatusCode::OK);
    assert!(!stage.opens(&text(&newer, "access_token")).await && !stage.opens(&text(&tokens, "access_token")).await);
    assert_eq!(stage.refresh(&refresh).await.error().1, "invalid_grant");
    assert_eq!(forget(BASIC, "token=nobodys".to_owned()).await.status, StatusCode::OK, "RFC 7009 §2.2");
    let seen = stage.seen().await;
    let hash = hex::encode(ring::digest::digest(&ring::digest::SHA256, refresh.as_bytes()));
    assert_eq!((&seen["authorize"], &seen["code"], &seen["refresh"], &seen["live"]), (&json!(0), &json!(1), &json!(2), &json!(0)));
    assert_eq!(seen["revoked"][0], hash);
    assert!(!seen.to_string().contains(&refresh));
}

#[tokio::test]
async fn rules_change_the_token_address_alone() {
    let stage = Stage::new();
    let tokens = stage.take(&stage.code("Works").await).await.json();
    let refresh = text(&tokens, "refresh_token");
    assert_eq!(stage.rule(json!({ "token": "500" })).await, StatusCode::NO_CONTENT);
    assert_eq!(stage.refresh(&refresh).await.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(stage.opens(&text(&tokens, "access_token")).await);
    stage.rule(json!({ "token": "invalid_grant" })).await;
    assert_eq!(stage.refresh(&refresh).await.error(), (400, "invalid_grant".to_owned()));
    assert_eq!(stage.rule(json!({ "token": "nothing" })).await, StatusCode::BAD_REQUEST);
    assert_eq!(stage.rule(json!({ "tokens": "ok" })).await, StatusCode::BAD_REQUEST);
    assert_eq!(stage.rule(json!({ "expires_in": 5 })).await, StatusCode::NO_CONTENT);
    let short = stage.refresh(&refresh).await.json();
    assert_eq!(short["expires_in"], 5);
    stage.clock.advance(5_000);
    assert!(!stage.opens(&text(&short, "access_token")).await && stage.opens(&text(&tokens, "access_token")).await);
}

#[tokio::test]
async fn a_lost_answer_was_given() {
    let stage = Stage::new();
    let tokens = stage.take(&stage.code("Works").await).await.json();
    stage.clock.advance(1_700_000);
    for (manner, spent) in [("down", false), ("lost", true)] {
        stage.rule(json!({ "token": manner })).await;
        let headers = [("authorization", BASIC), ("content-type", "application/x-www-form-urlencoded")];
        let mut request = Request::builder().method("POST").uri("/xero/oauth/connect/token");
        for (name, value) in headers {
            request = request.header(name, value);
        }
        let form = format!("grant_type=refresh_token&refresh_token={}", text(&tokens, "refresh_token"));
        let response = stage.sandbox.router().oneshot(request.body(Body::from(form)).unwrap()).await.unwrap();
        assert!(to_bytes(response.into_body(), 1 << 10).await.is_err(), "the line breaks");
        assert_eq!(stage.seen().await["live"], if spent { 2 } else { 1 }, "{manner}");
    }
}
