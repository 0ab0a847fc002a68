//! AWS Signature Version 4, against an own reading of the documentation.

use axum::Json;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use hmac::{Hmac, KeyInit, Mac};
use latchkey::domain::CheckCode;
use serde_json::json;
use sha2::{Digest, Sha256};

use super::bench::{Received, acme, check_acme, failed, provider};

const ID: &str = "AKIDEXAMPLE";
const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

fn mac(key: &[u8], text: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

/// The signature as "Create a signed AWS API request" describes it, of a canonical path and query.
fn signature(method: &str, path: &str, query: &str, headers: &[(&str, &str)], body: &str, (region, service): (&str, &str)) -> String {
    let at = headers.iter().find(|(name, _)| *name == "x-amz-date").unwrap().1;
    let names: Vec<&str> = headers.iter().map(|(name, _)| *name).collect();
    let lines: String = headers.iter().map(|(name, value)| format!("{name}:{value}\n")).collect();
    let canonical = format!("{method}\n{path}\n{query}\n{lines}\n{}\n{}", names.join(";"), hex::encode(Sha256::digest(body)));
    let scope = format!("{}/{region}/{service}/aws4_request", &at[..8]);
    let to_sign = format!("AWS4-HMAC-SHA256\n{at}\n{scope}\n{}", hex::encode(Sha256::digest(&canonical)));
    let key = [&at[..8], region, service, "aws4_request"].iter().fold(format!("AWS4{SECRET}").into_bytes(), |key, part| mac(&key, part));
    hex::encode(mac(&key, &to_sign))
}

/// Reads the names of the signed headers and checks the signature over what arrived.
#[track_caller]
fn verify(seen: &Received, path: &str, query: &str, place: (&str, &str)) -> Vec<String> {
    let authorization = &seen.headers["authorization"];
    let (start, found) = authorization.rsplit_once(", Signature=").unwrap();
    let (start, names) = start.rsplit_once(", SignedHeaders=").unwrap();
    assert_eq!(start, format!("AWS4-HMAC-SHA256 Credential={ID}/20270115/{}/{}/aws4_request", place.0, place.1));
    let names: Vec<String> = names.split(';').map(str::to_owned).collect();
    let headers: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), seen.headers[name].as_str())).collect();
    let method = seen.line.split(' ').next().unwrap();
    assert_eq!(found, signature(method, path, query, &headers, &seen.body, place));
    names
}

#[test]
fn our_reading_gives_the_signature_of_the_documentation() {
    let headers = [("content-type", "application/x-www-form-urlencoded; charset=utf-8"), ("host", "iam.amazonaws.com"), ("x-amz-date", "20150830T123600Z")];
    let found = signature("GET", "/", "Action=ListUsers&Version=2010-05-08", &headers, "", ("us-east-1", "iam"));
    assert_eq!(found, "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7");
}

const FIELDS: &str = r#"
[[fields]]
id = "token"
title = "Session token"
kind = "secret"
[[fields]]
id = "region"
title = "Region"
kind = "text"
[[fields]]
id = "part"
title = "Name"
kind = "text"
"#;

fn manifest(service: &str, request: &str) -> String {
    let auth = format!(
        "scheme = \"aws_sigv4\"\naccess_key_id = \"{ID}\"\nsecret_access_key = \"{{key}}\"\nsession_token = \"{{token}}\"\nregion = \"{{region}}\"\nservice = \"{service}\""
    );
    format!("headers = {{ X-Amz-Target = \"Acme.Who\", User-Agent = \"latchkey\" }}\n[auth]\n{auth}\n[check]\nauthenticate = {request}\n{FIELDS}")
}

#[tokio::test]
async fn requests_are_signed_as_aws_asks_for() {
    let json = "{ method = \"POST\", path = \"/a/{part}\", query = { Version = \"2011-06-15\", Action = \"{part}\" }, json = { a = \"{part}\" } }";
    let (base, log) = provider(|_| Json(json!({ "id": 1 })).into_response()).await;
    for token in ["", "temporary/token=="] {
        let outcome = check_acme(&acme(&manifest("sts", json)), &base, &[("key", SECRET), ("token", token), ("region", "eu-west-1"), ("part", "b c")]).await;
        assert!(outcome.result.is_ok(), "{outcome:?}");
        let seen = log.lock().unwrap().last().unwrap().clone();
        assert_eq!((seen.line.as_str(), seen.body.as_str()), ("POST /a/b%20c?Action=b%20c&Version=2011-06-15", "{\"a\":\"b c\"}"));
        let names = verify(&seen, "/a/b%2520c", "Action=b%20c&Version=2011-06-15", ("eu-west-1", "sts"));
        assert_eq!(names.iter().any(|name| name == "x-amz-security-token"), !token.is_empty());
        assert!(["content-type", "host", "x-amz-date", "x-amz-target"].iter().all(|name| names.iter().any(|found| found == name)), "{names:?}");
        assert_eq!(seen.headers["x-amz-date"], "20270115T080000Z");
        assert!(!format!("{seen:?}").contains(SECRET));
    }
}

#[tokio::test]
async fn storage_has_its_own_rules() {
    let (base, log) = provider(|_| Json(json!({ "id": 1 })).into_response()).await;
    let manifest = acme(&manifest("s3", "{ path = \"/{part}\" }"));
    assert!(check_acme(&manifest, &base, &[("key", SECRET), ("region", "eu-west-1"), ("part", "b c")]).await.result.is_ok());
    let names = verify(log.lock().unwrap().last().unwrap(), "/b%20c", "", ("eu-west-1", "s3"));
    assert!(names.iter().any(|name| name == "x-amz-content-sha256"));
}

#[tokio::test]
async fn a_refused_signature_fails_the_check() {
    let (base, _) = provider(|seen| if seen.headers.contains_key("authorization") { StatusCode::UNAUTHORIZED } else { StatusCode::OK }.into_response()).await;
    let outcome = check_acme(&acme(&manifest("sts", "{ path = \"\" }")), &base, &[("key", SECRET), ("region", "eu-west-1")]).await;
    failed(&outcome, CheckCode::AuthRejected);
}
