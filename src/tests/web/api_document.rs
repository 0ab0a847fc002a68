//! The API's document: every route is in it, it holds together, and it is what the program prints and serves.

use std::collections::BTreeSet;

use latchkey::web::api::document;
use serde_json::Value;

use super::routes::ROUTES;
use crate::support::server::{TestServer, on_both_servers};

fn as_json(secure: bool) -> Value {
    serde_json::to_value(document(secure)).unwrap()
}

fn operations(document: &Value) -> Vec<(String, String, &Value)> {
    let paths = document["paths"].as_object().unwrap();
    let each = |(path, item): (&String, &'_ Value)| -> Vec<(String, String)> {
        item.as_object().unwrap().keys().map(|method| (method.to_uppercase(), path.clone())).collect()
    };
    paths
        .iter()
        .flat_map(each)
        .map(|(method, path)| {
            let operation = &document["paths"][&path][method.to_lowercase()];
            (method, path, operation)
        })
        .collect()
}

#[test]
fn every_route_of_the_api_is_in_the_document_and_no_other() {
    let routes: BTreeSet<(String, String)> =
        ROUTES.iter().filter(|(_, path, _)| path.starts_with("/api/")).map(|(method, path, _)| ((*method).to_owned(), (*path).to_owned())).collect();
    let document = as_json(true);
    let described: BTreeSet<(String, String)> = operations(&document).into_iter().map(|(method, path, _)| (method, path)).collect();
    assert_eq!(routes.difference(&described).collect::<Vec<_>>(), Vec::<&(String, String)>::new(), "missing from the document");
    assert_eq!(described.difference(&routes).collect::<Vec<_>>(), Vec::<&(String, String)>::new(), "no such route");
}

#[test]
fn every_operation_has_an_id_a_subject_words_and_refusals() {
    let document = as_json(true);
    let subjects: Vec<&str> = document["tags"].as_array().unwrap().iter().map(|tag| tag["name"].as_str().unwrap()).collect();
    let mut ids = BTreeSet::new();
    for (method, path, operation) in operations(&document) {
        let id = operation["operationId"].as_str().unwrap().to_owned();
        assert!(ids.insert(id.clone()), "{id} stands twice");
        assert!(operation["summary"].as_str().is_some_and(|summary| !summary.is_empty()), "{id} has no words");
        assert!(subjects.contains(&operation["tags"][0].as_str().unwrap()), "{id} has no subject");
        for hole in path.split('/').filter_map(|part| part.strip_prefix('{')) {
            let name = hole.trim_end_matches('}');
            let parameters = operation["parameters"].as_array().unwrap();
            let hole = parameters.iter().find(|parameter| parameter["name"] == name && parameter["in"] == "path");
            assert!(hole.is_some_and(|hole| hole["required"] == true && hole["schema"]["pattern"].is_string()), "{method} {path}: {name} is not described");
        }
        let open = operation["security"].is_array();
        assert_eq!(open, ["/api/v1/auth/login", "/api/v1/auth/accept-invitation"].contains(&path.as_str()), "{id}");
        let answers = operation["responses"].as_object().unwrap();
        for status in ["401", "500", "503"].into_iter().filter(|status| !open || *status != "401") {
            assert_eq!(answers[status]["content"]["application/json"]["schema"]["$ref"], "#/components/schemas/Refused", "{id} {status}");
        }
        if operation["requestBody"].is_object() {
            for status in ["400", "413", "415", "422"] {
                assert!(answers.contains_key(status), "{id} {status}");
            }
        }
    }
}

fn references<'a>(value: &'a Value, found: &mut BTreeSet<&'a str>) {
    match value {
        Value::Object(fields) => fields.iter().for_each(|(key, value)| match value.as_str() {
            Some(target) if key == "$ref" => drop(found.insert(target)),
            _ => references(value, found),
        }),
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        _ => {}
    }
}

#[test]
fn every_reference_leads_somewhere() {
    let document = as_json(true);
    let mut found = BTreeSet::new();
    references(&document, &mut found);
    assert!(found.len() > 10);
    for target in found {
        let pointer = target.strip_prefix('#').unwrap();
        assert!(document.pointer(pointer).is_some(), "{target} is not there");
    }
}

#[test]
fn bodies_take_no_other_fields_and_secrets_are_only_written() {
    let document = as_json(true);
    for (_, path, operation) in operations(&document).into_iter().filter(|(.., operation)| operation["requestBody"].is_object()) {
        let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
        // One that may be left out is one of `null` and the object.
        let schema = schema["oneOf"].get(1).unwrap_or(schema);
        let schema = schema["$ref"].as_str().map_or(schema, |target| document.pointer(&target[1..]).unwrap());
        assert_eq!(schema["type"], "object", "{path}");
        assert!(schema["additionalProperties"] == false || schema["properties"].is_null(), "{path} takes fields that it does not describe");
    }
    assert_eq!(document["components"]["schemas"]["SignIn"]["properties"]["password"]["writeOnly"], true);
}

#[test]
fn the_cookie_is_named_as_it_is_sent() {
    for (secure, name) in [(true, "__Host-latchkey"), (false, "latchkey")] {
        let document = as_json(secure);
        assert_eq!(document["openapi"], "3.1.0");
        assert_eq!(document["components"]["securitySchemes"]["session"]["name"], name);
    }
}

on_both_servers! {
    async fn members_read_it_as_json_and_as_a_page(server: &TestServer) {
        let admin = server.set_up().await;
        let served = admin.get("/api/v1/openapi.json").await;
        assert_eq!((served.status, served.header("content-type")), (200, "application/json"));
        assert_eq!(served.json(), as_json(false));
        let page = admin.get("/docs/api").await;
        assert_eq!(page.status, 200);
        for (_, path, operation) in operations(&served.json()) {
            assert!(page.body.contains(&format!("id=\"{}\"", operation["operationId"].as_str().unwrap())), "{path}");
        }
        for target in page.body.split("href=\"#").skip(1).map(|rest| rest.split('"').next().unwrap()) {
            assert!(page.body.contains(&format!("id=\"{target}\"")), "#{target} leads nowhere");
        }
        assert!(!page.body.contains("<script src=\"http"), "no script of others");
    }

    async fn a_connector_says_what_it_can_do_and_what_it_asks_for(server: &TestServer) {
        let admin = server.set_up().await;
        let data = admin.get("/api/v1/connectors/ventures").await.json()["data"].clone();
        assert_eq!(data["summary"]["id"], "ventures");
        let capabilities: Vec<&str> = data["capabilities"].as_array().unwrap().iter().map(|word| word.as_str().unwrap()).collect();
        assert!(capabilities.contains(&"check") && capabilities.contains(&"login"), "{capabilities:?}");
        let schema = &data["fields_schema"];
        assert_eq!((&schema["type"], &schema["additionalProperties"]), (&"object".into(), &false.into()));
        assert_eq!(schema["properties"]["password"]["writeOnly"], true);
    }

    async fn other_methods_are_refused_with_those_that_are_taken(server: &TestServer) {
        let admin = server.set_up().await;
        for (method, path, allow) in [("DELETE", "/api/v1/connections", "GET,HEAD,POST"), ("PUT", "/api/v1/auth/login", "POST"), ("TRACE", "/api/v1/connectors", "GET,HEAD")] {
            let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
            let answer = admin.send(method, path, &[("origin", &server.url)], None).await;
            assert_eq!((answer.status, answer.code().as_str(), answer.header("allow")), (405, "wrong_method", allow), "{path}");
        }
    }

    async fn a_version_that_is_held_is_not_sent_again(server: &TestServer) {
        let admin = server.set_up().await;
        let (_, member) = server.member(&server.organization().await, "lee", latchkey::domain::Role::OrgAdmin).await;
        let path = format!("/api/v1/connections/{}", server.connection(&member, "Shop").await);
        let first = admin.get(&path).await;
        assert_eq!((first.status, first.header("etag")), (200, "\"1-1\""));
        for (held, status) in [("\"1-1\"", 304), ("W/\"1-1\"", 304), ("\"7\", \"1-1\"", 304), ("*", 304), ("\"1-2\"", 200), ("\"1\"", 200), ("1-1", 200), ("", 200)] {
            let answer = admin.send(reqwest::Method::GET, &path, &[("if-none-match", held)], None).await;
            assert_eq!((answer.status, answer.header("etag")), (status, "\"1-1\""), "{held}");
            assert_eq!(answer.body.is_empty(), status == 304, "{held}");
        }
        let off = admin.json(&format!("{path}/disable"), serde_json::json!({})).await;
        assert_eq!((off.status, off.header("etag")), (200, "\"1-2\""), "an answer to a change has the state after it");
        let after = admin.send(reqwest::Method::GET, &path, &[("if-none-match", "\"1-1\"")], None).await;
        assert_eq!((after.status, after.header("etag")), (200, "\"1-2\""), "what machines and switches change counts for readers");
        let edited = admin.call(reqwest::Method::PATCH, &path, &[("if-match", "\"1-1\"")], &serde_json::json!({"name": "Till"})).await;
        assert_eq!((edited.status, edited.header("etag")), (200, "\"2-3\""), "but not for writers: {}", edited.body);
    }
}
