//! What the format allows besides the ordinary: choices, paths, streams, limits, and how the form looks as a schema.

use std::collections::BTreeMap;

use latchkey::catalogue::{Encoding, Manifest, Registry, Template, read, validate_entries};
use latchkey::vault::Secret;
use serde_json::json;

use crate::connect::bench::{acme, acme_text};

#[track_caller]
fn refused(rest: &str, key: &str, words: &str) {
    let errors = read("acme.toml", &acme_text(rest)).expect_err("refused");
    assert!(errors.iter().any(|error| error.key == key && error.message.contains(words)), "{key} / {words} in {errors:?}");
}

const BEARER: &str = "[auth]\nscheme = \"bearer\"\ntoken = \"{key}\"\n";

const CHOICE: &str = r#"
[auth]
scheme = "choice"
field = "way"
[auth.options.token]
scheme = "bearer"
token = "{key}"
[auth.options.open]
scheme = "none"
[[fields]]
id = "way"
title = "Way"
kind = "select"
default = "token"
options = [{ value = "token", title = "Token" }, { value = "open", title = "None" }]
"#;

#[test]
fn a_choice_has_one_scheme_for_each_value() {
    assert_eq!(acme(CHOICE).ways_to_sign_in(), ["none", "token"]);
    refused(&CHOICE.replace("value = \"open\"", "value = \"other\""), "auth.options", "`other`");
    refused(&CHOICE.replace("value = \"open\"", "value = \"other\""), "auth.options.open", "no value");
    refused(&CHOICE.replace("default = \"token\"", ""), "auth.field", "default");
    refused(&CHOICE.replace("scheme = \"none\"", "scheme = \"choice\"\nfield = \"way\"\noptions = {}"), "auth.options.open.scheme", "choice within");
    refused(&CHOICE.replace("token = \"{key}\"", "token = \"fixed\""), "fields.key", "never sends it");
}

#[test]
fn schemes_are_told_apart_in_stable_words() {
    let registry = Registry::embedded().unwrap();
    let kind = |id: &str| registry.get(id).unwrap().ways_to_sign_in();
    assert_eq!((kind("stripe"), kind("ventures"), kind("postgresql")), (vec!["token"], vec!["login"], vec!["database"]));
    let capabilities = |id: &str| registry.get(id).unwrap().capabilities();
    assert_eq!(capabilities("stripe"), ["check", "identity", "preview"]);
    assert_eq!(capabilities("ventures"), ["check", "identity", "preview", "login"]);
    assert_eq!(capabilities("postgresql"), ["check", "identity"]);
    let revoke = format!("{BEARER}[revoke]\nnote = \"Gone.\"\nrequest = {{ method = \"DELETE\", path = \"/key\" }}");
    assert_eq!(acme(&revoke).capabilities(), ["revoke"]);
}

#[test]
fn names_of_keys_come_only_from_values_that_can_be_such_names() {
    let field = "[[fields]]\nid = \"header\"\ntitle = \"Header\"\nkind = \"text\"\n";
    let auth = "[auth]\nscheme = \"api_key\"\nkeys = [{ place = \"header\", name = \"{header}\", value = \"{key}\" }]\n";
    refused(&format!("{auth}{field}"), "auth.keys[0].name", "pattern");
    assert!(read("acme.toml", &acme_text(&format!("{auth}{field}pattern = \"[A-Za-z-]{{1,40}}\"\n"))).is_ok());
    for name in ["Host", "Content-Length", "two words", ""] {
        refused(&auth.replace("{header}", name), "auth.keys[0].name", "may be set");
    }
    refused(&format!("headers = {{ Host = \"x\" }}\n{BEARER}"), "target.headers.Host", "may be set");
}

fn path_manifest() -> Manifest {
    acme(&format!("{BEARER}[check.authenticate]\npath = \"{{place}}\"\n[[fields]]\nid = \"place\"\ntitle = \"Place\"\nkind = \"path\"\n"))
}

#[test]
fn a_path_stays_below_its_host() {
    let manifest = path_manifest();
    let found = |path: &str| {
        let typed = [("key", "k"), ("place", path)].map(|(field, value)| (field.to_owned(), Secret::new(value.to_owned())));
        validate_entries(&manifest, &BTreeMap::from(typed)).is_ok()
    };
    for good in ["/", "/v1/me", "/v1/me?fields=id,name&a=b%20c", "/a.b/~c", "/caf\u{e9}"] {
        assert!(found(good), "{good}");
    }
    for bad in [
        "v1/me",
        "//evil.example",
        "/a//b",
        "/a/../b",
        "/..",
        "/%2e%2e/b",
        "/%2E./b",
        "/./a",
        "/a\\b",
        "/a#b",
        "/a b",
        "/a\u{7}",
        "/a\tb",
        "https://evil.example",
        "/a%2fb",
        "/a?next=https://evil.example",
    ] {
        assert!(!found(bad), "{bad}");
    }
}

#[test]
fn a_path_stands_only_at_the_end_of_a_path() {
    let field = "[[fields]]\nid = \"place\"\ntitle = \"Place\"\nkind = \"path\"\n";
    let check = |request: &str| format!("{BEARER}[check]\nauthenticate = {request}\n{field}");
    assert!(read("acme.toml", &acme_text(&check("{ path = \"/api{place}\" }"))).is_ok());
    refused(&check("{ path = \"{place}/me\" }"), "check.authenticate.path", "at its end");
    refused(&check("{ path = \"/me\", query = { a = \"{place}\" } }"), "check.authenticate.query.a", "kind `path`");
    let elsewhere = acme_text(&format!("{BEARER}{field}")).replace("https://api.acme.example", "https://api.acme.example{place}");
    assert!(read("acme.toml", &elsewhere).expect_err("refused").iter().any(|error| error.key == "target.base_url"));
}

#[test]
fn only_the_end_of_a_credential_changes_something() {
    refused(&format!("{BEARER}[check]\nauthenticate = {{ method = \"DELETE\", path = \"/me\" }}\n"), "check.authenticate.method", "DELETE");
    let stream = "[[streams]]\nid = \"a\"\ntitle = \"A\"\nnoun = [\"a\", \"as\"]\nrequest = { method = \"DELETE\", path = \"/a\" }\n";
    refused(&format!("{BEARER}{stream}{stream}"), "streams[0].request.method", "DELETE");
    refused(&format!("{BEARER}{stream}{stream}"), "streams[1].id", "twice");
}

#[test]
fn a_manifest_of_a_browser_exhausts_nothing() {
    let field = |number: usize| format!("[[fields]]\nid = \"f{number}\"\ntitle = \"F\"\nkind = \"text\"\n");
    let fields = |count: usize| format!("{BEARER}{}", (0..count).map(field).collect::<String>());
    assert!(read("acme.toml", &acme_text(&fields(39))).is_ok());
    refused(&fields(40), "fields", "keep to 40");
    let stream = |number: usize| format!("[[streams]]\nid = \"s{number}\"\ntitle = \"S\"\nnoun = [\"s\", \"s\"]\nrequest = {{ path = \"/\" }}\n");
    refused(&format!("{BEARER}{}", (0..21).map(stream).collect::<String>()), "streams", "keep to 20");
    refused(&format!("{BEARER}# {}", "x".repeat(64 * 1024)), "", "64 KiB");
    let pattern = |pattern: &str| format!("{BEARER}{}pattern = \"{pattern}\"\n", field(1));
    refused(&pattern("(?:\\\\w{1000}){1000}"), "fields.f1.pattern", "too large");
    assert!(read("acme.toml", &acme_text(&pattern("[A-Za-z0-9_-]{20,4000}"))).is_ok());
    let deep = format!("{BEARER}[check]\nauthenticate = {{ path = \"/\", json = {}1{} }}", "[".repeat(5_000), "]".repeat(5_000));
    assert!(read("acme.toml", &acme_text(&deep)).is_err());
}

#[test]
fn a_form_is_told_as_json_schema() {
    let registry = Registry::embedded().unwrap();
    let stripe = registry.get("stripe").unwrap().json_schema();
    assert_eq!(stripe["$schema"], "https://json-schema.org/draft/2020-12/schema");
    let key = &stripe["properties"]["api_key"];
    assert_eq!((&key["type"], &key["writeOnly"], &key["pattern"]), (&json!("string"), &json!(true), &json!("^(?:(sk|rk)_(test|live)_[A-Za-z0-9]{16,247})$")));
    assert_eq!((&stripe["required"], &stripe["properties"]["account"]["writeOnly"]), (&json!(["api_key"]), &json!(null)));
    let database = registry.get("postgresql").unwrap().json_schema();
    assert_eq!(database["required"], json!(["host", "database", "user", "password"]));
    assert_eq!(database["properties"]["sslmode"]["enum"], json!(["verify-full", "require", "disable"]));
    let condition = json!({ "if": { "properties": { "sslmode": { "enum": ["verify-full"] } } }, "then": { "properties": { "root_certificate": true } } });
    assert_eq!(database["allOf"], json!([condition]));
    assert_eq!(database["properties"]["root_certificate"]["pattern"], json!(null));
    assert_eq!((&database["properties"]["port"]["default"], &database["properties"]["port"]["examples"]), (&json!("5432"), &json!(["5432"])));
}

#[test]
fn braces_of_another_language_stay_in_a_json_text() {
    let value_of = |id: &str| (id == "team").then_some("blue");
    for (text, filled) in [
        ("query { me { id } }", "query { me { id } }"),
        ("{team}", "blue"),
        ("{ t(of: \"{team}\") { id } } }", "{ t(of: \"blue\") { id } } }"),
        ("a {team", "a {team"),
        ("{{team}}", "{blue}"),
        ("é{}{team}", "é{}blue"),
    ] {
        assert_eq!(Template::loose(text).fill(Encoding::Plain, &value_of), filled, "{text}");
    }
}
