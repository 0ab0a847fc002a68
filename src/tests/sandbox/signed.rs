//! A played provider that hands out tokens for signed assertions (RFC 7523).

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::http::Request;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use latchkey::catalogue::read;
use latchkey::domain::{Clock, ManualClock};
use latchkey::sandbox::Sandbox;
use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::connect::bench::{NOW, acme_text};

/// Made for this test alone.
const PRIVATE: &str = "MIIEowIBAAKCAQEAv6CLpItBcpxI1GVJxmDoxYJB3Q5TlsbSZtHfQcBKgmx7haYQXFm9HIFnrZRQVVqvSZkhi7mHd8b6Mejo4fs67FyNBbP3Xlz7vFM057m7yu9a5soHPlrbr37OYgZy\
    Is2YSxemGz8AWTnanMQTVApma0ZqPhkENQcdvvp+3SJtPM+Ck/9LKNzSaofMYBc3rxScXjG7awn+crdCTVejGKjkBLFX0xZpNFvRmmODTVbcmm2pvEQdCCkPDN8UfOd0DCv0jmMDrLdA\
    6pYskbYhv87CiZ05W4aPtj/XT2TQwuyQQkwJ1JLWBP/LpHrSBPclEnuDQEpzbBzlCLxGT2pG8PY5AQIDAQABAoIBAAklOJzm/33gixJF7j4vQFSyyYFrDl63CPIayJCrBHNSiZegjA3Y\
    Q5ABdgkA98+HBzAYRJNWTKqQ/r5Uiw7D7nU62okf5GmmvuXnQ7JeeSGviDNVB4D4lZz7zI49mANktAS7cXRB7rqTagVKz1BWubobb3UcvQhp2UfUzSqxGq0I9ev6Rdn4zTnPUz62rDXM\
    b772Rsuh4XqI4odAzNU3HsetJR0ClTZZAoIRviBrB6KBIZiP4HtHN5qmMG3ZKssCeRzmyCwdFd+1s1thnkBYliqeySiy5s2ly+ENOC6GmyUaZ6lL4nMOvIioTmPz1QXmCEiG64ccwtgt\
    nAbl3qChrhECgYEA/zzWRieJ0CO47aPMDp1MS+yvkCj/VlTyI2IQom5/pmiPSBXipAlwIGg3b18MLlzg4u8Gu2QaRrpnjHZZDosg6y+ay4EZDFttSNU8qeI2wwjzQakFz1314gKu8Vn8\
    kwIo7xI/wcdJyM1dM8dYX/NCMpMY7QgENte8+xBn3NhVkFkCgYEAwDMR3t1MceM8YM8qkhptB5YncJxy4YognySgOvWrcNKMMdDpWig400I8GqETaJCFoIrdAHmAQP9YxUPp882CHYkb\
    KpJbZd5xoGOcLm4xAwaM+HSkMPvvjg+VGAyRpT8xGW7bNopDuS+QxjkEu++lLQbh12r37KA7fy2VkzRJmOkCgYBR/PzntDO0xITW8VLPLwAfM3yB1mmPFeJiM1Icm1ot3lCIW19eShnW\
    jyOfhuymx/cFbrq+3z0Bk0dH+4xH+7ErWzNiQ6oEKipExxqhh6UHqYxafyz6m7gsTahcpwdXQc5cXYRVfurYsf9KbrKYv89354COQ5D2/P4bt/1lF6kEoQKBgEoYJg6Fv7+z+4XSt7Wl\
    bFzdXQ0DsyIRruvLId448UPIV3Wo9RzlnqqKwUL+z82i0XEHt5VEQdZM2jsKKHntwviB77AkxglqjOFpJT+dCVYCQ3xQ8y9TIJHinfasecV7rAEDBI1tFhihJq3UM2gERegq3AvA2B0n\
    1Gf9+cjLAohpAoGBAI1bdaZdBKOx5rk8kqeWSENtbEObjLQYCdxKDOm/O2rnj6FZkj8pbKdNSQOOL4AUIsltfvHvNtT0FpAujXnoRfytoiZUopvM9tep9KF63LAFfJ5gotJNsC529ZKq\
    XuawiTpeTN+9pcWfw4RrGZHDG5E0ODdzvhHC7xPsjX4tnjwD";
const PUBLIC: &str = "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAv6CLpItBcpxI1GVJxmDoxYJB3Q5TlsbSZtHfQcBKgmx7haYQXFm9HIFnrZRQVVqvSZkhi7mHd8b6Mejo4fs67FyNBbP3Xlz7\
    vFM057m7yu9a5soHPlrbr37OYgZyIs2YSxemGz8AWTnanMQTVApma0ZqPhkENQcdvvp+3SJtPM+Ck/9LKNzSaofMYBc3rxScXjG7awn+crdCTVejGKjkBLFX0xZpNFvRmmODTVbcmm2p\
    vEQdCCkPDN8UfOd0DCv0jmMDrLdA6pYskbYhv87CiZ05W4aPtj/XT2TQwuyQQkwJ1JLWBP/LpHrSBPclEnuDQEpzbBzlCLxGT2pG8PY5AQIDAQAB";

const MANIFEST: &str = r#"
[[fields]]
id = "email"
title = "E-mail"
kind = "text"
[auth]
scheme = "bearer"
token = "{access_token}"
[oauth]
grant = "jwt_bearer"
token_url = "https://acme.example/token"
assertion = { issuer = "{email}", key = "key" }
"#;

const FILE: &str = r#"
[auth.oauth]
headers = { Authorization = "Bearer {access_token}" }
[oauth]
grant = "jwt_bearer"
token = "/token"
expires_in = 3600
body_ok = '{"access_token":"{access_token}","expires_in":{expires_in},"token_type":"Bearer"}'
body_refused = '{"error":"{error}"}'
[oauth.assertion]
issuer = "{email}"
audience = "https://acme.example/token"
public_key = "KEY"
[refusal]
status = 401
[[accounts]]
kind = "works"
values = { email = "robot@sandbox.example", key = "sandbox" }
[[routes]]
path = "/me"
body = '{"id":1}'
"#;

fn sandbox() -> Sandbox {
    let manifest = read("acme.toml", &acme_text(MANIFEST)).unwrap();
    let clock: Arc<dyn Clock> = Arc::new(ManualClock::at(NOW));
    Sandbox::of(&manifest, &FILE.replace("KEY", PUBLIC)).unwrap_or_else(|errors| panic!("{errors:#?}")).with_clock(&clock)
}

fn signed(head: Value, claims: Value) -> String {
    let part = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let text = format!("{}.{}", part(head), part(claims));
    let key = RsaKeyPair::from_der(&STANDARD.decode(PRIVATE).unwrap()).unwrap();
    let mut signature = vec![0; key.public().modulus_len()];
    key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), text.as_bytes(), &mut signature).unwrap();
    format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature))
}

fn claims() -> Value {
    let now = NOW.millis() / 1_000;
    json!({ "iss": "robot@sandbox.example", "aud": "https://acme.example/token", "iat": now, "exp": now + 600 })
}

/// As GitHub has it: two accounts of one signer at addresses of their own, answers of its own, ten minutes at most, and nobody that it is for.
fn of_github() -> Sandbox {
    let bearer = FILE
        .replace("token = \"/token\"", "token = \"/app/{email}/tokens\"\nbody = \"json\"")
        .replace("issuer = \"{email}\"\naudience = \"https://acme.example/token\"", "style = \"bearer\"\nlongest_s = 600\nkey_id = true")
        .replace(
            "[refusal]",
            "[oauth.assertion.refusals]\nclock = { status = 401, body = '{\"message\":\"too far\"}' }\nmissing = { status = 404, body = '{\"message\":\"gone\"}' }\n\
             shut = { status = 403, body = '{\"message\":\"shut\"}' }\n[refusal]",
        )
        .replace("[[accounts]]\n", "[[accounts]]\nsigner = \"123\"\n")
        .replace("[[routes]]", "[[accounts]]\nkind = \"revoked\"\nsigner = \"123\"\nrefused = \"shut\"\nvalues = { email = \"two\", key = \"sandbox\" }\n[[routes]]");
    let manifest = read("acme.toml", &acme_text(MANIFEST)).unwrap();
    let clock: Arc<dyn Clock> = Arc::new(ManualClock::at(NOW));
    Sandbox::of(&manifest, &bearer.replace("KEY", PUBLIC)).unwrap_or_else(|errors| panic!("{errors:#?}")).with_clock(&clock)
}

async fn present(sandbox: &Sandbox, path: &str, assertion: &str, body: &str) -> (u16, Value) {
    let request = Request::post(format!("/acme/oauth/app/{path}/tokens")).header("content-type", "application/json");
    let request = request.header("authorization", format!("Bearer {assertion}")).body(Body::from(body.to_owned())).unwrap();
    let response = sandbox.router().oneshot(request).await.unwrap();
    let status = response.status().as_u16();
    (status, serde_json::from_slice(&to_bytes(response.into_body(), 1 << 20).await.unwrap()).unwrap())
}

#[tokio::test]
async fn an_assertion_that_is_the_bearer_is_refused_in_the_words_of_the_provider() {
    let sandbox = of_github();
    let now = NOW.millis() / 1_000;
    let head = json!({ "alg": "RS256", "kid": "1" });
    let claims = |ahead: i64| json!({ "iss": "123", "iat": now - 60, "exp": now + ahead });
    let good = signed(head.clone(), claims(540));
    assert_eq!(present(&sandbox, "robot@sandbox.example", &good, "{}").await.0, 200);
    for (path, assertion, expected) in [
        ("robot@sandbox.example", signed(head.clone(), claims(601)), (401, json!({ "message": "too far" }))),
        ("robot@sandbox.example", signed(head.clone(), claims(-1)), (401, json!({ "message": "too far" }))),
        ("nobody", good.clone(), (404, json!({ "message": "gone" }))),
        ("two", good.clone(), (403, json!({ "message": "shut" }))),
        ("robot@sandbox.example", signed(json!({ "alg": "RS256" }), claims(540)), (400, json!({ "error": "invalid_request" }))),
        (
            "robot@sandbox.example",
            signed(head.clone(), json!({ "iss": "123", "aud": "x", "iat": now, "exp": now + 60 })),
            (400, json!({ "error": "invalid_grant" })),
        ),
        ("robot@sandbox.example", signed(head.clone(), json!({ "iss": "124", "iat": now, "exp": now + 60 })), (400, json!({ "error": "invalid_grant" }))),
    ] {
        assert_eq!(present(&sandbox, path, &assertion, "{}").await, expected, "{path}");
    }
    assert_eq!(present(&sandbox, "robot@sandbox.example", &good, r#"{"a":"b"}"#).await.1["error"], "invalid_request");
}

async fn ask(sandbox: &Sandbox, assertion: &str, more: &str) -> (u16, Value) {
    let body = format!("grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion={assertion}{more}");
    let request = Request::post("/acme/oauth/token").header("content-type", "application/x-www-form-urlencoded").body(Body::from(body)).unwrap();
    let response = sandbox.router().oneshot(request).await.unwrap();
    let status = response.status().as_u16();
    (status, serde_json::from_slice(&to_bytes(response.into_body(), 1 << 20).await.unwrap()).unwrap())
}

#[tokio::test]
async fn an_assertion_is_taken_that_is_signed_for_this_address_and_has_not_ended() {
    let sandbox = sandbox();
    let head = json!({ "alg": "RS256", "typ": "JWT" });
    let (status, told) = ask(&sandbox, &signed(head.clone(), claims()), "").await;
    assert_eq!(status, 200, "{told}");
    let bearer = format!("Bearer {}", told["access_token"].as_str().unwrap());
    let request = Request::get("/acme/me").header("authorization", bearer).body(Body::empty()).unwrap();
    assert_eq!(sandbox.router().oneshot(request).await.unwrap().status(), 200);

    let now = NOW.millis() / 1_000;
    for (name, value) in [
        ("iss", json!("somebody@sandbox.example")),
        ("aud", json!("https://elsewhere.example/token")),
        ("exp", json!(now)),
        ("exp", json!(now + 7_200)),
        ("iat", json!(now + 600)),
        ("exp", json!(null)),
    ] {
        let mut other = claims();
        other[name] = value;
        let (status, told) = ask(&sandbox, &signed(head.clone(), other), "").await;
        assert_eq!((status, &told["error"]), (400, &json!("invalid_grant")), "{name}");
    }
    let good = signed(head.clone(), claims());
    let (start, _) = good.rsplit_once('.').unwrap();
    for (assertion, error) in [
        (format!("{start}.AAAA"), "invalid_grant"),
        (start.to_owned(), "invalid_request"),
        ("nothing".to_owned(), "invalid_request"),
        (signed(json!({ "alg": "none" }), claims()), "invalid_request"),
    ] {
        assert_eq!(ask(&sandbox, &assertion, "").await, (400, json!({ "error": error })), "{assertion}");
    }
    assert_eq!(ask(&sandbox, &good, "&client_id=a").await.1["error"], "invalid_request");
}
