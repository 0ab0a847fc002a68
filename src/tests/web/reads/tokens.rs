//! How long a token works, and what is told when it does not.

use latchkey::domain::ConnectionStatus;
use latchkey::store::Database;
use reqwest::Method;
use serde_json::{Value, json};

use super::planted::{ACCESS, Tokens, with_tokens};
use super::{a_key, entered, read_with, refused, text};
use crate::support::server::{ADMIN, TestServer, on_both_servers};
use crate::web::bearer::with;

/// Changes something of every grant that no store function changes alone.
async fn change(database: &Database, sql: &'static str) {
    crate::support::database::execute(database, sql).await;
}

on_both_servers! {
    async fn a_token_that_works_long_enough_is_handed_out_however_its_renewal_fares(server: &TestServer) {
        let admin = server.set_up().await;
        let dana = server.member_row(&server.organization().await, ADMIN).await;
        let token = a_key(&admin, "Token", &["credentials:token"]).await;
        let cases = [
            (ConnectionStatus::Active, ""),
            (ConnectionStatus::Active, "server_error"),
            (ConnectionStatus::Error, "unreachable"),
            (ConnectionStatus::Error, "busy"),
            (ConnectionStatus::ReauthRequired, "invalid_grant"),
        ];
        for (number, (status, failure)) in cases.into_iter().enumerate() {
            let id = with_tokens(server, &dana, &format!("Ads {number}"), &Tokens { status, failure, ..Tokens::default() }).await;
            for query in ["", "min_valid=0", "min_valid=300", "min_valid=500"] {
                let answer = read_with(server, &token, id.as_str(), query).await;
                assert_eq!(answer.status, 200, "{status:?} {failure} {query}: {}", answer.body);
                let data = &answer.json()["data"];
                assert_eq!(data["credential"]["access_token"], json!(ACCESS));
                let (end, again) = (data["expires_at"].as_i64().unwrap(), data["refresh_at"].as_i64().unwrap());
                let wanted = query.strip_prefix("min_valid=").map_or(300, |seconds| seconds.parse().unwrap());
                assert_eq!(end - again, wanted * 1_000, "come again when it works no longer than asked");
            }
        }
    }

    async fn a_token_that_does_not_is_never_handed_out(server: &TestServer) {
        let admin = server.set_up().await;
        let dana = server.member_row(&server.organization().await, ADMIN).await;
        let token = a_key(&admin, "Token", &["credentials:token"]).await;
        let ended = with_tokens(server, &dana, "Ended", &Tokens { status: ConnectionStatus::ReauthRequired, failure: "invalid_grant", ..Tokens::default() }).await;
        let answer = read_with(server, &token, ended.as_str(), "min_valid=601").await;
        refused(&answer, 409, "reauth_required");
        let details = answer.json()["error"]["details"].clone();
        assert_eq!(details["reason"], json!("invalid_grant"), "{details}");
        assert!(details["expires_at"].as_i64().is_some());
        for bad in ["min_valid=-1", "min_valid=3601", "min_valid=x", "min_valid=", "min_valid=1&min_valid=2", "valid=1"] {
            refused(&read_with(server, &token, ended.as_str(), bad).await, 422, "invalid_field");
        }
    }

    async fn a_program_that_holds_the_state_is_told_so_and_recorded(server: &TestServer) {
        let admin = server.set_up().await;
        let dana = server.member_row(&server.organization().await, ADMIN).await;
        let (whole, token) = (a_key(&admin, "Whole", &["credentials:read"]).await, a_key(&admin, "Token", &["credentials:token"]).await);
        let id = with_tokens(server, &dana, "Ads", &Tokens::default()).await;
        let at = format!("/api/v1/connections/{id}/credentials");
        let read = async |key: &str, tag: &str| {
            let authorization = format!("Bearer {key}");
            server.client().send(Method::GET, &at, &[("authorization", &authorization), ("if-none-match", tag)], None).await
        };
        let first = read(&token, "\"0-0\"").await;
        let tag = first.header("etag").to_owned();
        assert_eq!(first.status, 200);
        assert!(tag.starts_with("\"1-17-"), "version and generation: {tag}");
        let held = read(&token, &tag).await;
        assert_eq!((held.status, held.body.as_str(), held.header("etag"), held.header("cache-control")), (304, "", tag.as_str(), "no-store"));
        assert_eq!(read(&whole, &tag).await.status, 200, "more is another state");
        let entries = admin.get(&format!("/api/v1/audit?q={id}&what=credentials")).await.json();
        let handed: Vec<Value> = entries["data"]["items"].as_array().unwrap().iter().map(|entry| entry["facts"]["handed"].clone()).collect();
        assert_eq!(handed, [json!("whole"), json!("nothing_new"), json!("token")], "{entries}");
        change(&server.server.app.database, "UPDATE grants SET generation = 18").await;
        let later = read(&token, &tag).await;
        assert_eq!(later.status, 200);
        assert!(later.header("etag").starts_with("\"1-18-"));
    }

    async fn what_has_no_token_is_not_renewed(server: &TestServer) {
        let admin = server.set_up().await;
        let dana = server.member_row(&server.organization().await, ADMIN).await;
        let typed = entered(&admin, "Shop").await;
        refused(&admin.json(&format!("/api/v1/connections/{typed}/refresh"), json!({})).await, 409, "conflict");
        let off = text(&server.connection_of(&dana, "Off", None, ConnectionStatus::Disabled).await);
        refused(&admin.json(&format!("/api/v1/connections/{off}/refresh"), json!({})).await, 409, "conflict");
        let token = a_key(&admin, "Token", &["credentials:token"]).await;
        let answer = with(server, &token, Method::POST, &format!("/api/v1/connections/{typed}/refresh"), Some(json!({}))).await;
        refused(&answer, 403, "forbidden");
    }

    async fn a_token_that_never_ends_is_read_again_after_an_hour(server: &TestServer) {
        let admin = server.set_up().await;
        let dana = server.member_row(&server.organization().await, ADMIN).await;
        let token = a_key(&admin, "Token", &["credentials:token"]).await;
        let id = with_tokens(server, &dana, "Ads", &Tokens { ends_in_s: None, ..Tokens::default() }).await;
        let data = read_with(server, &token, id.as_str(), "min_valid=3600").await.json()["data"].clone();
        assert_eq!(data["expires_at"], Value::Null);
        let wait = data["refresh_at"].as_i64().unwrap() - server.server.app.now().millis();
        assert!((0..=3_600_000).contains(&wait), "{wait}");
    }
}
