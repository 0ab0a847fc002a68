//! Tokens and keys over HTTP: what they open, what they do not, and what stands beside them.

use latchkey::domain::Role;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::client::{Answer, Client};
use crate::support::server::{ADMIN, PASSWORD, TestServer, on_both_servers};

/// A key of these scopes, made through the API; the key and the addresses of its application and of itself.
pub async fn key(client: &Client, name: &str, scopes: &[&str], connections: Option<&[&str]>) -> (String, String, String) {
    let application = client.json("/api/v1/applications", json!({"name": name, "purpose": "Reads what was spent."})).await;
    assert_eq!(application.status, 201, "{}", application.body);
    let home = format!("/api/v1/applications/{}", application.json()["data"]["id"].as_str().unwrap());
    let mut body = json!({"name": "Production", "scopes": scopes});
    if let Some(connections) = connections {
        body["connections"] = json!(connections);
    }
    let made = client.json(&format!("{home}/keys"), body).await;
    assert_eq!(made.status, 201, "{}", made.body);
    let data = &made.json()["data"];
    let own = format!("{home}/keys/{}", data["id"].as_str().unwrap());
    (data["key"].as_str().unwrap().to_owned(), home, own)
}

/// A call with a token and nothing else: no cookie, no origin.
pub async fn with(server: &TestServer, token: &str, method: Method, path: &str, body: Option<Value>) -> Answer {
    let authorization = format!("Bearer {token}");
    let mut headers = vec![("authorization", authorization.as_str())];
    if body.is_some() {
        headers.push(("content-type", "application/json"));
    }
    server.client().send(method, path, &headers, body.map(|body| body.to_string().into_bytes())).await
}

async fn get(server: &TestServer, token: &str, path: &str) -> Answer {
    with(server, token, Method::GET, path, None).await
}

async fn tokens(server: &TestServer) -> Value {
    let body = json!({"email": ADMIN, "password": PASSWORD, "tokens": true});
    let answer = server.client().json("/api/v1/auth/login", body).await;
    assert_eq!((answer.status, answer.header("set-cookie")), (200, ""), "{}", answer.body);
    assert_eq!(answer.header("cache-control"), "no-store");
    answer.json()["data"].clone()
}

fn refused(answer: &Answer) {
    assert_eq!((answer.status, answer.code().as_str()), (401, "token_invalid"), "{}", answer.body);
    assert!(answer.header("www-authenticate").starts_with("Bearer"), "{:?}", answer.headers);
}

on_both_servers! {
    async fn a_person_signs_in_from_a_program(server: &TestServer) {
        server.set_up().await;
        let first = tokens(server).await;
        let (access, refresh) = (first["access_token"].as_str().unwrap(), first["refresh_token"].as_str().unwrap());
        assert_eq!((first["token_type"].as_str(), first["expires_in"].as_i64(), first["refresh_expires_in"].as_i64()), (Some("Bearer"), Some(600), Some(2_592_000)));
        let me = get(server, access, "/api/v1/auth/me").await.json();
        assert_eq!((me["data"]["kind"].as_str(), me["data"]["name"].as_str(), &me["data"]["application"]), (Some("member"), Some("Dana Whitfield"), &Value::Null));
        let made = with(server, access, Method::POST, "/api/v1/applications", Some(json!({"name": "x", "purpose": "x"}))).await;
        assert_eq!(made.status, 201, "no origin is needed: {}", made.body);
        let next = server.client().json("/api/v1/auth/refresh-token", json!({"refresh_token": refresh})).await.json()["data"].clone();
        let access = next["access_token"].as_str().unwrap();
        let out = with(server, access, Method::POST, "/api/v1/auth/logout", None).await;
        assert_eq!(out.status, 200, "{}", out.body);
        for token in [access, first["access_token"].as_str().unwrap()] {
            refused(&get(server, token, "/api/v1/auth/me").await);
        }
        refused(&server.client().json("/api/v1/auth/refresh-token", json!({"refresh_token": next["refresh_token"]})).await);
        let wrong = server.client().json("/api/v1/auth/login", json!({"email": ADMIN, "password": "wrong", "tokens": true})).await;
        assert_eq!((wrong.status, wrong.code().as_str()), (401, "login_failed"));
    }

    async fn one_used_twice_ends_all_of_its_sign_in(server: &TestServer) {
        server.set_up().await;
        let first = tokens(server).await;
        let renew = async |token: &Value| server.client().json("/api/v1/auth/refresh-token", json!({"refresh_token": token})).await;
        let second = renew(&first["refresh_token"]).await.json()["data"].clone();
        refused(&renew(&first["refresh_token"]).await);
        refused(&renew(&second["refresh_token"]).await);
        refused(&get(server, second["access_token"].as_str().unwrap(), "/api/v1/auth/me").await);
    }

    async fn a_key_says_who_it_is_and_cannot_sign_out(server: &TestServer) {
        let admin = server.set_up().await;
        let (key, home, own) = key(&admin, "Report", &["connections:read", "audit:read"], None).await;
        let me = get(server, &key, "/api/v1/auth/me").await.json()["data"].clone();
        assert_eq!((me["kind"].as_str(), me["name"].as_str()), (Some("application"), Some("Report")));
        assert_eq!(me["application"]["scopes"], json!(["connections:read", "audit:read"]));
        assert_eq!(with(server, &key, Method::POST, "/api/v1/auth/logout", None).await.status, 403);
        let view = admin.get(&home).await;
        assert!(!view.body.contains(&key[35..60]), "the key is told once: {}", view.body);
        assert!(view.json()["data"]["api_keys"][0]["last_used_at"].is_i64());
        let next = admin.json(&format!("{own}/rotate"), json!({"overlap_hours": 0})).await;
        assert_eq!(next.status, 201, "{}", next.body);
        refused(&get(server, &key, "/api/v1/auth/me").await);
        let next_key = next.json()["data"]["key"].as_str().unwrap().to_owned();
        assert_eq!(get(server, &next_key, "/api/v1/auth/me").await.status, 200);
        let ended = admin.call(Method::DELETE, &format!("{home}/keys/{}", next.json()["data"]["id"].as_str().unwrap()), &[], &json!({})).await;
        assert_eq!(ended.status, 200, "{}", ended.body);
        refused(&get(server, &next_key, "/api/v1/auth/me").await);
    }

    async fn pages_and_actions_take_no_notice_of_a_token(server: &TestServer) {
        let admin = server.set_up().await;
        let (key, _, _) = key(&admin, "Report", &["connections:read"], None).await;
        let access = tokens(server).await["access_token"].as_str().unwrap().to_owned();
        for token in [key.as_str(), access.as_str(), "x"] {
            for path in ["/connections", "/applications", "/docs/api", "/"] {
                let page = get(server, token, path).await;
                assert!(page.status == 303 && page.location().starts_with("/sign-in"), "{path}: {}", page.status);
            }
            for path in ["/actions/theme", "/actions/sign-out", "/actions/applications/create", "/recovery-sheet"] {
                assert_eq!(with(server, token, Method::POST, path, None).await.status, 403, "{path}: it came from nowhere");
                let authorization = format!("Bearer {token}");
                let headers = [("authorization", authorization.as_str()), ("origin", server.url.as_str()), ("content-type", "application/x-www-form-urlencoded")];
                let answer = server.client().send(Method::POST, path, &headers, Some(b"theme=dark&name=x&purpose=x".to_vec())).await;
                assert!(answer.status == 303 && answer.location().starts_with("/sign-in"), "{path}: {}", answer.status);
            }
        }
    }

    async fn a_call_has_one_credential(server: &TestServer) {
        let admin = server.set_up().await;
        let (key, _, _) = key(&admin, "Report", &["connections:read"], None).await;
        let good = format!("Bearer {key}");
        for method in [Method::GET, Method::POST] {
            let both = admin.send(method, "/api/v1/connections", &[("authorization", &good), ("origin", &server.url)], None).await;
            assert_eq!((both.status, both.code().as_str()), (400, "invalid_field"), "{}", both.body);
        }
        let across = admin.send(Method::POST, "/api/v1/auth/logout", &[("authorization", &good), ("origin", "https://evil.example")], None).await;
        assert_eq!((across.status, across.code().as_str()), (403, "cross_site"), "a token beside a session opens no door to other sites");
        assert_eq!(admin.get("/api/v1/auth/me").await.status, 200);
        let get = async |headers: &[(&str, &str)]| server.client().send(Method::GET, "/api/v1/auth/me", headers, None).await;
        refused(&get(&[("authorization", &good), ("authorization", &good)]).await);
        for wrong in ["Bearer", "Bearer ", "Bearer  x", "Bearer a b", "bearer x", "Bearer,x", &format!("Bearer {key} "), &format!("Bearer  {key}"), &format!("Bearer {key}, Bearer {key}")] {
            let answer = get(&[("authorization", wrong)]).await;
            // White space at the end is no part of a header's value (RFC 9110 §5.5).
            if wrong.trim_end() == good { assert_eq!(answer.status, 200) } else { refused(&answer) }
        }
        assert_eq!(get(&[("authorization", &good.to_lowercase().replace(&key.to_lowercase(), &key))]).await.status, 200, "the scheme in any case");
        let basic = get(&[("authorization", "Basic ZGFuYTp4")]).await;
        assert_eq!((basic.status, basic.code().as_str()), (401, "sign_in_required"), "other schemes are those of proxies");
        let raw = get(&[("authorization", &key)]).await;
        assert_eq!(raw.code(), "sign_in_required");
        let query = server.client().get(&format!("/api/v1/auth/me?access_token={key}")).await;
        assert_eq!(query.status, 401, "never in an address");
    }

    async fn every_refusal_has_the_same_words(server: &TestServer) {
        let admin = server.set_up().await;
        let (ended, home, own) = key(&admin, "Report", &["connections:read"], None).await;
        admin.call(Method::DELETE, &own, &[], &json!({})).await;
        let (off, other, _) = key(&admin, "Off", &["connections:read"], None).await;
        admin.call(Method::PATCH, &other, &[], &json!({"active": false})).await;
        let (gone, third, _) = key(&admin, "Gone", &["connections:read"], None).await;
        admin.call(Method::DELETE, &third, &[], &json!({})).await;
        let access = tokens(server).await["access_token"].as_str().unwrap().to_owned();
        assert_eq!(get(server, &access, &home).await.status, 200, "the control");
        let mut seen = Vec::new();
        for token in [ended.as_str(), &off, &gone, &ended[..ended.len() - 1], &access[..access.len() - 2], "x", "a.b.c"] {
            let answer = get(server, token, "/api/v1/connections").await;
            refused(&answer);
            seen.push(answer.comparable(token));
        }
        assert!(seen.iter().all(|answer| *answer == seen[0]), "{seen:#?}");
    }

    async fn a_key_is_of_one_organization(server: &TestServer) {
        let admin = server.set_up().await;
        let (stranger, member) = server.second_organization().await;
        let foreign = server.connection(&member, "Theirs").await;
        let (key, _, _) = key(&admin, "Report", &["connections:read", "connections:write"], None).await;
        let theirs = stranger.json("/api/v1/applications", json!({"name": "Theirs", "purpose": "x"})).await.json()["data"]["id"].as_str().unwrap().to_owned();
        for (method, path) in [
            (Method::GET, format!("/api/v1/connections/{foreign}")),
            (Method::POST, format!("/api/v1/connections/{foreign}/test")),
            (Method::POST, format!("/api/v1/connections/{foreign}/disable")),
        ] {
            assert_eq!(with(server, &key, method, &path, None).await.status, 404, "{path}");
        }
        assert_eq!(get(server, &key, &format!("/api/v1/applications/{theirs}")).await.status, 403);
        let list = get(server, &key, "/api/v1/connections").await.json();
        assert_eq!(list["data"]["items"], json!([]));
        let access = tokens(server).await["access_token"].as_str().unwrap().to_owned();
        assert_eq!(get(server, &access, &format!("/api/v1/applications/{theirs}")).await.status, 404);
    }

    async fn a_limited_key_finds_what_it_names(server: &TestServer) {
        let admin = server.set_up().await;
        let (_, member) = server.member(&server.organization().await, "olga", Role::OrgAdmin).await;
        let (shop, till) = (server.connection(&member, "Shop").await, server.connection(&member, "Till").await);
        let (key, _, _) = key(&admin, "Report", &["connections:read"], Some(&[shop.as_str()])).await;
        assert_eq!(get(server, &key, &format!("/api/v1/connections/{shop}")).await.status, 200);
        let (hidden, unknown) = (format!("/api/v1/connections/{till}"), "/api/v1/connections/con_00000000000000000000000000");
        let (hidden, unknown) = (get(server, &key, &hidden).await, get(server, &key, unknown).await);
        assert_eq!(hidden.status, 404);
        assert_eq!(hidden.comparable(till.as_str()), unknown.comparable("con_00000000000000000000000000"));
    }
}
