//! The emulator takes only what the provider documents: otherwise the table could not fail.

use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use latchkey::catalogue::{Manifest, Registry};
use latchkey::sandbox::Sandbox;
use serde_json::Value;
use tower::ServiceExt;

const FILE: &str = r#"
[auth.default]
headers = { Authorization = "Bearer {api_key}" }
[auth.keyed]
query = { key = "{api_key}" }
[auth.named]
basic = ["{account}", "{api_key}"]
[auth.session]
login = { path = "/login", json = { user = "{account}", password = "{api_key}" }, body = '{"token":"{session}"}' }
[require]
headers = { Accept = "application/json", Stripe-Account = "{account}" }
[refusal]
status = 401
body = '{"refused":true}'
[[accounts]]
kind = "works"
values = { api_key = "sk_test_sandboxOne" }
[[accounts]]
kind = "other"
title = "Keyed"
auth = "keyed"
values = { api_key = "sk_test_sandboxTwo" }
[[accounts]]
kind = "other"
title = "Named"
auth = "named"
values = { account = "acct_sandbox", api_key = "sk_test_sandboxThree" }
[[accounts]]
kind = "other"
title = "With a session"
auth = "session"
values = { account = "acct_session", api_key = "sk_test_sandboxFour" }
[[accounts]]
kind = "wrong"
values = { api_key = "sk_test_sandboxNobody" }
[[routes]]
path = "/rows"
query = { limit = "3" }
headers = { Version = "2" }
body = '[1]'
[[routes]]
method = "POST"
path = "/of/{account}"
json = { ask = "{ me { account } }", deep = [{ for = "{account}" }], many = 2 }
body = '{}'
[[routes]]
method = "POST"
path = "/form"
form = { Action = "Get", For = "{account}" }
body = '{}'
[[routes]]
path = "/open"
open = true
body = '{"up":true}'
"#;

fn sandbox() -> Sandbox {
    let mut manifest: Manifest = Manifest::clone(Registry::embedded().unwrap().get("stripe").unwrap());
    manifest.tier = latchkey::catalogue::Tier::Preview;
    Sandbox::of(&manifest, FILE).unwrap_or_else(|errors| panic!("{errors:#?}"))
}

struct Ask {
    method: &'static str,
    path: String,
    headers: Vec<(&'static str, String)>,
    body: String,
}

impl Ask {
    fn new(method: &'static str, path: &str) -> Self {
        Self { method, path: format!("/stripe{path}"), headers: vec![("accept", "application/json".to_owned())], body: String::new() }
    }

    fn with(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }

    fn without(mut self, name: &'static str) -> Self {
        self.headers.retain(|(known, _)| *known != name);
        self
    }

    fn body(mut self, kind: &str, body: &str) -> Self {
        self.body = body.to_owned();
        self.with("content-type", kind)
    }

    async fn of(self, sandbox: &Sandbox) -> (StatusCode, String) {
        let mut request = Request::builder().method(self.method).uri(&self.path);
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        let response = sandbox.router().oneshot(request.body(Body::from(self.body)).unwrap()).await.unwrap();
        let status = response.status();
        (status, String::from_utf8(to_bytes(response.into_body(), 1 << 20).await.unwrap().to_vec()).unwrap())
    }

    /// What the sandbox says differs.
    async fn differs(self, sandbox: &Sandbox) -> String {
        let (status, body) = self.of(sandbox).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{body}");
        assert!(!body.contains("sandboxOne") && !body.contains("sandboxThree"), "a secret is echoed: {body}");
        serde_json::from_str::<Value>(&body).unwrap()["sandbox"].as_str().unwrap().to_owned()
    }
}

fn rows(query: &str) -> Ask {
    Ask::new("GET", &format!("/rows{query}")).with("authorization", "Bearer sk_test_sandboxOne").with("version", "2")
}

#[tokio::test]
async fn every_difference_is_refused_and_named() {
    let sandbox = sandbox();
    assert_eq!(rows("?limit=3").of(&sandbox).await, (StatusCode::OK, "[1]".to_owned()));
    for (ask, words) in [
        (rows(""), "the parameter `limit` is missing; it must be `3`"),
        (rows("?limit=4"), "the parameter `limit` must be `3`"),
        (rows("?limit=3&limit=3"), "the parameter `limit` stands there twice"),
        (rows("?limit=3&page=1"), "the parameter `page` is not documented here"),
        (rows("?limit=3&key=sk_test_sandboxOne"), "the parameter `key` is not documented here"),
        (rows("?limit=3").without("version"), "the header Version is missing; it must be `2`"),
        (rows("?limit=3").without("version").with("version", "3"), "the header Version must be `2`"),
        (rows("?limit=3").without("accept"), "the header Accept is missing; it must be `application/json`"),
        (rows("?limit=3").with("stripe-account", "acct"), "the header Stripe-Account must be left out while its field is empty"),
        (rows("?limit=3").with("x-extra", "1"), "the header x-extra is not documented here"),
        (rows("?limit=3").body("application/json", "{}"), "there must be no body"),
        (Ask { method: "POST", ..rows("?limit=3") }, "the method is GET, not POST"),
    ] {
        let said = ask.differs(&sandbox).await;
        assert!(said.contains(words), "`{words}` is not in: {said}");
    }
}

fn named(path: &str) -> Ask {
    // acct_sandbox:sk_test_sandboxThree
    Ask { method: "POST", ..Ask::new("POST", path) }
        .with("authorization", "Basic YWNjdF9zYW5kYm94OnNrX3Rlc3Rfc2FuZGJveFRocmVl")
        .with("stripe-account", "acct_sandbox")
}

#[tokio::test]
async fn bodies_are_compared_to_the_last_value() {
    let sandbox = sandbox();
    let (json, form) = ("application/json", "application/x-www-form-urlencoded");
    let good = r#"{"many":2,"ask":"{ me { account } }","deep":[{"for":"acct_sandbox"}]}"#;
    assert_eq!(named("/of/acct_sandbox").body(json, good).of(&sandbox).await.0, StatusCode::OK);
    assert_eq!(named("/form").body(form, "For=acct_sandbox&Action=Get").of(&sandbox).await.0, StatusCode::OK);
    for (ask, words) in [
        (named("/of/acct_sandbox"), "the body must have the type application/json"),
        (named("/of/acct_sandbox").body(form, good), "the body must have the type application/json"),
        (named("/of/acct_sandbox").body(json, "{"), "the body must be JSON"),
        (named("/of/acct_sandbox").body(json, &good.replace("\"many\":2,", "")), "`/many` is missing in the body; it must be `2`"),
        (named("/of/acct_sandbox").body(json, &good.replace("2", "3")), "`/many` in the body must be `2`"),
        (named("/of/acct_sandbox").body(json, &good.replace("acct_sandbox", "x")), "`/deep/0/for` in the body must be `{account}`"),
        (named("/of/acct_sandbox").body(json, &good.replace("{\"many", "{\"more\":1,\"many")), "`/more` in the body is not documented here"),
        (named("/form").body(form, "Action=Get"), "`For` is missing in the body; it must be `{account}`"),
        (named("/form").body(form, "Action=Put&For=acct_sandbox"), "`Action` in the body must be `Get`"),
        (named("/form").body(form, "Action=Get&For=acct_sandbox&More=1"), "`More` in the body is not documented here"),
    ] {
        let said = ask.differs(&sandbox).await;
        assert!(said.contains(words), "`{words}` is not in: {said}");
    }
}

#[tokio::test]
async fn only_the_right_credential_in_the_right_place_opens_a_route() {
    let sandbox = sandbox();
    let bare = || Ask::new("GET", "/rows?limit=3").with("version", "2");
    let keyed = Ask::new("GET", "/rows?limit=3&key=sk_test_sandboxTwo").with("version", "2");
    assert_eq!(keyed.of(&sandbox).await.0, StatusCode::OK);
    for (name, value) in [
        ("accept", "application/json"),
        ("authorization", "Bearer sk_test_sandboxNobody"),
        ("authorization", "Bearer sk_test_sandboxTwo"),
        ("authorization", "bearer sk_test_sandboxOne"),
        ("authorization", "sk_test_sandboxOne"),
        ("x-api-key", "sk_test_sandboxOne"),
        ("authorization", "Basic c2tfdGVzdF9zYW5kYm94T25lOg=="),
        ("authorization", "Bearer sandbox-session-3-0"),
    ] {
        let (status, body) = bare().with(name, value).of(&sandbox).await;
        assert_eq!((status, body.as_str()), (StatusCode::UNAUTHORIZED, "{\"refused\":true}"), "{name}: {value}");
    }
    assert_eq!(Ask::new("GET", "/elsewhere").with("authorization", "Bearer sk_test_sandboxOne").of(&sandbox).await.0, StatusCode::NOT_FOUND);
    assert_eq!(Ask::new("GET", "/open").of(&sandbox).await, (StatusCode::OK, "{\"up\":true}".to_owned()));
}

#[tokio::test]
async fn a_login_takes_exactly_its_body_and_hands_out_a_token_that_works() {
    let sandbox = sandbox();
    let login = |body: &str| Ask::new("POST", "/login").with("stripe-account", "acct_session").body("application/json", body);
    let good = r#"{"user":"acct_session","password":"sk_test_sandboxFour"}"#;
    assert_eq!(login(&good.replace("Four", "Five")).of(&sandbox).await.0, StatusCode::UNAUTHORIZED);
    assert_eq!(Ask::new("GET", "/login").of(&sandbox).await.0, StatusCode::UNAUTHORIZED);
    let said = login(&good.replace("user", "name")).differs(&sandbox).await;
    assert!(said.contains("`/user` is missing in the body; it must be `\"{account}\"`") && said.contains("`/name` in the body is not documented"), "{said}");
    let (status, body) = login(good).of(&sandbox).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    let token = serde_json::from_str::<Value>(&body).unwrap()["token"].as_str().unwrap().to_owned();
    let rows = |sandbox: Sandbox, bearer: String| async move {
        Ask::new("GET", "/rows?limit=3").with("version", "2").with("stripe-account", "acct_session").with("authorization", &bearer).of(&sandbox).await.0
    };
    assert_eq!(rows(sandbox.clone(), format!("Bearer {token}")).await, StatusCode::OK);
    assert_eq!(rows(sandbox.clone(), format!("Bearer {token}0")).await, StatusCode::UNAUTHORIZED);
    assert_eq!(rows(self::sandbox(), format!("Bearer {token}")).await, StatusCode::UNAUTHORIZED, "tokens end with the sandbox");
}

/// Signed here by hand, by the steps that AWS documents ("Signature Version 4 for API requests"), and what must break it.
#[tokio::test]
async fn a_signature_must_be_of_these_keys_and_of_this_request() {
    const SIGNED: &str = r#"
[auth.default]
sigv4 = { access_key_id = "AKIDEXAMPLE", secret_access_key = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", region = "us-east-1", service = "service" }
[refusal]
status = 403
[[accounts]]
kind = "works"
values = {}
[[routes]]
path = ""
body = '{}'
"#;
    let mut manifest: Manifest = Manifest::clone(Registry::embedded().unwrap().get("stripe").unwrap());
    manifest.tier = latchkey::catalogue::Tier::Preview;
    let sandbox = Sandbox::of(&manifest, SIGNED).unwrap();
    let call = signature_of("/stripe");
    let ask = |path: &str, date: &str, authorization: &str| {
        Ask { method: "GET", path: path.to_owned(), headers: Vec::new(), body: String::new() }
            .with("host", "example.amazonaws.com")
            .with("x-amz-date", date)
            .with("authorization", authorization)
    };
    let date = "20150830T123600Z";
    assert_eq!(ask("/stripe", date, &call).of(&sandbox).await.0, StatusCode::OK);
    for (path, date, authorization) in [
        ("/stripe/", date, call.clone()),
        ("/stripe?a=1", date, call.clone()),
        ("/stripe", "20150830T123601Z", call.clone()),
        ("/stripe", date, call.replace("us-east-1", "eu-west-1")),
        ("/stripe", date, call.replace("AKIDEXAMPLE", "AKIDOTHER")),
        ("/stripe", date, call.replace("Signature=", "Signature=0")),
    ] {
        assert_eq!(ask(path, date, &authorization).of(&sandbox).await.0, StatusCode::FORBIDDEN, "{path} {date} {authorization}");
    }
}

/// The header for a bare GET of `path`, put together step by step as AWS describes it.
fn signature_of(path: &str) -> String {
    use hmac::{Hmac, KeyInit, Mac};
    use sha2::{Digest, Sha256};
    let sign = |key: &[u8], text: &str| {
        let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
        mac.update(text.as_bytes());
        mac.finalize().into_bytes().to_vec()
    };
    let empty = hex::encode(Sha256::digest(b""));
    let canonical = format!("GET\n{path}\n\nhost:example.amazonaws.com\nx-amz-date:20150830T123600Z\n\nhost;x-amz-date\n{empty}");
    let scope = "20150830/us-east-1/service/aws4_request";
    let text = format!("AWS4-HMAC-SHA256\n20150830T123600Z\n{scope}\n{}", hex::encode(Sha256::digest(canonical.as_bytes())));
    let mut key = b"AWS4wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY".to_vec();
    for part in ["20150830", "us-east-1", "service", "aws4_request"] {
        key = sign(&key, part);
    }
    format!("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/{scope}, SignedHeaders=host;x-amz-date, Signature={}", hex::encode(sign(&key, &text)))
}
