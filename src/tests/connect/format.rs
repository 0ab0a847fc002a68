//! What manifests can say besides the ordinary, as a provider sees it.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use latchkey::domain::{CheckCode, StepKind, StepState};
use serde_json::json;

use super::bench::{acme, check_acme, failed, provider};
use crate::egress::site::reply;
use crate::egress::tls::{authority, site_with};

const CHECK: &str =
    "[check.authenticate]\npath = \"/me\"\nsuccess = { require = [{ pointer = \"/id\" }] }\n[identity]\naccount_id = [\"/id\"]\naccount_name = [\"/name\"]\n";

const BEARER: &str = "[auth]\nscheme = \"bearer\"\ntoken = \"{key}\"\n";

fn field(id: &str, rest: &str) -> String {
    format!("[[fields]]\nid = \"{id}\"\ntitle = \"Field\"\n{rest}\n")
}

fn me() -> Response {
    Json(json!({ "id": 7, "name": "Ada" })).into_response()
}

#[tokio::test]
async fn keys_stand_in_headers_and_in_the_query_and_empty_ones_are_left_out() {
    let auth = r#"
headers = { Accept = "application/vnd.acme+json" }
[auth]
scheme = "api_key"
keys = [{ place = "header", name = "{header}", value = "{key}" }, { place = "query", name = "app", value = "{app}" }, { place = "header", name = "X-Extra", value = "{extra}" }]
"#;
    let fields =
        [field("header", "kind = \"text\"\npattern = \"[A-Za-z-]+\""), field("app", "kind = \"secret\""), field("extra", "kind = \"secret\"")].concat();
    let manifest = acme(&format!("{auth}{CHECK}{fields}"));
    let (base, log) = provider(|_| me()).await;
    let outcome = check_acme(&manifest, &base, &[("key", "k 1"), ("app", "a&b"), ("header", "X-Acme-Key")]).await;
    assert_eq!(outcome.result.unwrap().identity.account_id, "7");
    let seen = log.lock().unwrap()[1].clone();
    assert_eq!(
        (seen.line.as_str(), seen.headers["x-acme-key"].as_str(), seen.headers["accept"].as_str()),
        ("GET /me?app=a%26b", "k 1", "application/vnd.acme+json")
    );
    assert!(!seen.headers.contains_key("x-extra"));
    let outcome = check_acme(&manifest, &base, &[("key", "0123-4567"), ("header", "Host")]).await;
    failed(&outcome, CheckCode::EgressBlocked);
}

#[tokio::test]
async fn a_key_in_the_query_goes_to_no_other_origin() {
    let (away, elsewhere) = provider(|_| me()).await;
    let (base, _) =
        provider(move |seen| if seen.line.contains("key=") { (StatusCode::FOUND, [("location", away.clone())]).into_response() } else { me() }).await;
    let manifest = acme(&format!("[auth]\nscheme = \"api_key\"\nkeys = [{{ place = \"query\", name = \"key\", value = \"{{key}}\" }}]\n{CHECK}"));
    failed(&check_acme(&manifest, &base, &[("key", "0123-4567")]).await, CheckCode::RedirectRefused);
    assert!(elsewhere.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_choice_signs_in_as_chosen() {
    let auth = r#"
[auth]
scheme = "choice"
field = "way"
options = { token = { scheme = "bearer", token = "{key}" }, pair = { scheme = "basic", username = "{user}/token", password = "{key}" }, open = { scheme = "none" } }
[[fields]]
id = "way"
title = "Way"
kind = "select"
default = "token"
options = [{ value = "token", title = "Token" }, { value = "pair", title = "Pair" }, { value = "open", title = "None" }]
"#;
    let manifest = acme(&format!("{auth}{CHECK}{}", field("user", "kind = \"text\"\nvisible_when = { field = \"way\", values = [\"pair\"] }")));
    for (way, sent) in
        [("", Some("Bearer 0123-4567")), ("token", Some("Bearer 0123-4567")), ("pair", Some("Basic YWRhL3Rva2VuOjAxMjMtNDU2Nw==")), ("open", None)]
    {
        let (base, log) = provider(|_| me()).await;
        assert!(check_acme(&manifest, &base, &[("key", "0123-4567"), ("way", way), ("user", "ada")]).await.result.is_ok());
        assert_eq!(log.lock().unwrap()[1].headers.get("authorization").map(String::as_str), sent, "{way}");
    }
}

#[tokio::test]
async fn a_path_is_sent_as_it_is_and_a_query_follows_it() {
    let check = "[check.authenticate]\npath = \"/api{place}\"\nquery = { page = \"{page}\" }\n";
    let manifest = acme(&format!("{BEARER}{check}{}{}", field("place", "kind = \"path\""), field("page", "kind = \"text\"")));
    for (place, page, line) in [("/me", "", "GET /api/me"), ("/me?a=b%20c", "1/2", "GET /api/me?a=b%20c&page=1%2F2"), ("/a/b", "1", "GET /api/a/b?page=1")] {
        let (base, log) = provider(|_| me()).await;
        assert!(check_acme(&manifest, &base, &[("key", "0123-4567"), ("place", place), ("page", page)]).await.result.is_ok());
        assert_eq!(log.lock().unwrap()[1].line, line);
    }
}

#[tokio::test]
async fn rights_are_listed_five_at_most() {
    let manifest = acme(&format!(
        "{BEARER}{CHECK}[check.authorize]\ntext = \"Scopes decide.\"\ngranted = \"/scopes\"\n[[check.authorize.notes]]\nfield = \"key\"\npattern = \"live.*\"\ntext = \"A live key.\"\n"
    ));
    for (key, scopes, detail) in [
        ("k1", json!(["read_api", "read_user"]), "Rights: read_api, read_user"),
        ("k1", json!("a b,c  d, e f g"), "Rights: a, b, c, d, e and 2 more"),
        ("k1", json!([]), "Scopes decide."),
        ("k1", json!(null), "Scopes decide."),
        ("k1", json!({ "a": true }), "Scopes decide."),
        ("live-key", json!(["a"]), "A live key. Rights: a"),
        ("live-key", json!("live-key"), "A live key. Rights: [removed]"),
    ] {
        let (base, _) = provider(move |_| Json(json!({ "id": 1, "scopes": scopes })).into_response()).await;
        assert_eq!(check_acme(&manifest, &base, &[("key", key)]).await.steps[4].detail, detail);
    }
}

#[tokio::test]
async fn whose_account_it_is_may_be_asked_besides() {
    let check = "[check.authenticate]\npath = \"/token\"\n[identity]\naccount_id = [\"/id\"]\naccount_name = [\"/name\", \"/label\"]\nrequest = { path = \"/profile\", success = { require = [{ pointer = \"/id\" }] } }\n";
    let manifest = acme(&format!("{BEARER}{check}"));
    for (status, id, name) in [(200, "u9", "Ada"), (403, "t1", "Token of Ada"), (500, "t1", "Token of Ada")] {
        let (base, _) = provider(move |seen| match seen.line.as_str() {
            "GET /profile" => (StatusCode::from_u16(status).unwrap(), Json(json!({ "id": "u9", "name": "Ada" }))).into_response(),
            _ => Json(json!({ "id": "t1", "label": "Token of Ada" })).into_response(),
        })
        .await;
        let identity = check_acme(&manifest, &base, &[("key", "0123-4567")]).await.result.unwrap().identity;
        assert_eq!((identity.account_id.as_str(), identity.account_name.as_str()), (id, name));
    }
}

#[tokio::test]
async fn xml_is_read_as_json() {
    let check = r#"
[check]
said = ["/Error/Message"]
errors = [{ pointer = "/Error/Code", matches = "BadKey", code = "auth_rejected" }]
[check.authenticate]
path = "/me"
success = { require = [{ pointer = "/Who/Account/Id" }] }
[identity]
account_id = ["/Who/Account/Id"]
account_name = ["/Who/Account/Name"]
[[streams]]
id = "users"
title = "Users"
noun = ["user", "users"]
request = { path = "/users" }
rows = "/List/User"
"#;
    let manifest = acme(&format!("{BEARER}{check}"));
    let good = "<?xml version=\"1.0\"?><a:Who xmlns:a=\"urn:a\"><a:Account kind=\"x\"><Id> 12 </Id><Name>A &amp; B<!-- c --> Ltd</Name></a:Account></a:Who>";
    let xml = |status: u16, body: String| (StatusCode::from_u16(status).unwrap(), [("content-type", "text/xml; charset=utf-8")], body).into_response();
    for (users, detail) in [
        ("<User><Id>1</Id></User><User><Id>2</Id></User>", "Read 2 users. Nothing of it is stored"),
        ("<User><Id>1</Id></User>", "Read 1 user. Nothing of it is stored"),
        ("", "Answered. There are no users yet"),
    ] {
        let (base, _) = provider(move |seen| match seen.line.as_str() {
            "GET /users" => xml(200, format!("<List>{users}</List>")),
            _ => xml(200, good.to_owned()),
        })
        .await;
        let outcome = check_acme(&manifest, &base, &[("key", "0123-4567")]).await;
        assert_eq!((outcome.steps[5].state, outcome.steps[5].detail.as_str()), (StepState::Passed, detail));
        let identity = outcome.result.unwrap().identity;
        assert_eq!((identity.account_id.as_str(), identity.account_name.as_str()), ("12", "A & B Ltd"));
    }
    let (base, _) = provider(move |_| xml(400, "<Error><Code>BadKey</Code><Message>No such key</Message></Error>".to_owned())).await;
    let outcome = check_acme(&manifest, &base, &[("key", "0123-4567")]).await;
    assert_eq!(failed(&outcome, CheckCode::AuthRejected).provider_said, "No such key");
    let depth = format!("{}{}", "<a>".repeat(5_000), "</a>".repeat(5_000));
    for body in [
        format!("<!DOCTYPE Who [<!ENTITY e \"x\">]>{good}"),
        format!("<Who>{depth}</Who>"),
        "<Who>".to_owned(),
        "{\"Who\":{\"Account\":{\"Id\":1}}}".to_owned(),
    ] {
        let (base, _) = provider(move |_| xml(200, body.clone())).await;
        failed(&check_acme(&manifest, &base, &[("key", "0123-4567")]).await, CheckCode::UnexpectedContent);
    }
}

#[tokio::test]
async fn a_private_authority_is_trusted_where_the_connection_names_it() {
    let authority = authority();
    let site = site_with(&authority, "127.0.0.1", (2020, 2100), |_| reply(200, "content-type: application/json\r\n", b"{\"id\":7,\"name\":\"Ada\"}")).await;
    let base = site.url("").to_string();
    let manifest = acme(&format!("root_certificate = \"ca\"\n{BEARER}{CHECK}{}", field("ca", "kind = \"multiline\"")));
    let pem = authority.pem();
    let outcome = check_acme(&manifest, base.trim_end_matches('/'), &[("key", "0123-4567"), ("ca", &pem)]).await;
    assert_eq!(outcome.result.unwrap().identity.account_name, "Ada");
    assert!(outcome.steps[1].detail.starts_with("TLS 1.3"), "{:?}", outcome.steps[1]);
    let seen = site.seen().len();
    for ca in ["", "not a certificate"] {
        let outcome = check_acme(&manifest, base.trim_end_matches('/'), &[("key", "0123-4567"), ("ca", ca)]).await;
        assert_eq!(failed(&outcome, CheckCode::TlsInvalid).step, StepKind::Secure);
    }
    assert_eq!(site.seen().len(), seen);
}
