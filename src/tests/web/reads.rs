//! Handing credentials to programs: who gets what, what is recorded first, and what is never told.

mod failing;
mod headers;
mod log;
pub mod planted;
mod tokens;
mod used;

use latchkey::domain::{ConnectionId, ConnectionStatus, Role, TeamId};
use latchkey::store::teams::{self, TeamRow};
use reqwest::Method;
use serde_json::{Value, json};

use self::planted::{ACCESS, REFRESH, REFRESH_BEFORE, Tokens, with_tokens};
use super::bearer::{key, with};
use crate::support::client::{Answer, Client};
use crate::support::server::{ADMIN, TestServer, on_both_servers};

const STRIPE: &str = "sk_test_sandboxAccountThatWorks";

/// Reads a credential with a key.
async fn read(server: &TestServer, key: &str, id: &str) -> Answer {
    with(server, key, Method::GET, &format!("/api/v1/connections/{id}/credentials"), None).await
}

/// The same with further words in the query.
async fn read_with(server: &TestServer, key: &str, id: &str, query: &str) -> Answer {
    with(server, key, Method::GET, &format!("/api/v1/connections/{id}/credentials?{query}"), None).await
}

/// A connection that was entered and proven.
async fn entered(admin: &Client, name: &str) -> String {
    let made = admin.json("/api/v1/connections", json!({"connector": "stripe", "name": name, "fields": {"api_key": STRIPE}})).await;
    assert_eq!(made.status, 201, "{}", made.body);
    made.json()["data"]["row"]["id"].as_str().unwrap().to_owned()
}

/// A key of these scopes for everything.
async fn a_key(client: &Client, name: &str, scopes: &[&str]) -> String {
    key(client, name, scopes, None).await.0
}

fn refused(answer: &Answer, status: u16, code: &str) {
    assert_eq!((answer.status, answer.code().as_str()), (status, code), "{}", answer.body);
    assert!(!answer.body.contains(ACCESS), "{}", answer.body);
}

on_both_servers! {
    async fn a_key_gets_what_its_scopes_allow(server: &TestServer) {
        let admin = server.set_up().await;
        let dana = server.member_row(&server.organization().await, ADMIN).await;
        let (typed, tokens) = (entered(&admin, "Shop").await, with_tokens(server, &dana, "Ads", &Tokens::default()).await.to_string());
        let whole = a_key(&admin, "Whole", &["credentials:read"]).await;
        let token = a_key(&admin, "Token", &["credentials:token"]).await;
        let other = a_key(&admin, "Other", &["connections:read", "connections:write", "proxy", "audit:read", "members:read"]).await;

        let answer = read(server, &whole, &typed).await;
        assert_eq!((answer.status, answer.header("cache-control")), (200, "no-store"), "{}", answer.body);
        let data = &answer.json()["data"];
        assert_eq!((&data["connection"], &data["connector"], &data["version"], &data["kind"]), (&json!(typed), &json!("stripe"), &json!(1), &json!("entered")));
        assert_eq!(data["credential"]["fields"], json!({"api_key": STRIPE}));
        assert_eq!(data["headers"]["authorization"], json!(format!("Bearer {STRIPE}")), "{data}");
        assert_eq!(data["expires_at"], Value::Null);
        assert!(data["refresh_at"].as_i64() > data["obtained_at"].as_i64());

        let answer = read(server, &whole, &tokens).await;
        let data = &answer.json()["data"];
        assert_eq!(data["kind"], json!("token"), "{data}");
        assert_eq!(data["credential"], json!({"access_token": ACCESS, "fields": {"client_secret": "clientPlanted3mHd"}, "config": {}}));

        let answer = read(server, &token, &tokens).await;
        let data = &answer.json()["data"];
        assert_eq!(data["credential"], json!({"access_token": ACCESS, "config": {}}), "{data}");
        assert!(data.get("headers").is_none(), "they would hold what was typed: {data}");
        let answer = read(server, &token, &typed).await;
        refused(&answer, 403, "forbidden");
        assert!(answer.body.contains("credentials:read") && !answer.body.contains(STRIPE), "it names the next action: {}", answer.body);

        refused(&read(server, &other, &tokens).await, 403, "forbidden");
        let person = admin.get(&format!("/api/v1/connections/{tokens}/credentials")).await;
        refused(&person, 403, "forbidden");
        assert!(person.body.contains("credentials:token"), "it names the next action: {}", person.body);
    }

    async fn a_key_reaches_as_far_as_its_maker_and_its_list(server: &TestServer) {
        let admin = server.set_up().await;
        let organization = server.organization().await;
        let dana = server.member_row(&organization, ADMIN).await;
        let app = &server.server.app;
        let team = TeamRow { id: TeamId::generate(app.clock.as_ref(), app.random.as_ref()), organization: organization.clone(), name: "Ours".to_owned(), created_at: app.now() };
        let (lead, leader) = server.member(&organization, "lea", Role::TeamLead).await;
        let mut transaction = app.database.begin().await.unwrap();
        teams::insert(transaction.conn(), &team).await.unwrap();
        teams::put_in(transaction.conn(), &organization, &team.id, &leader.id).await.unwrap();
        transaction.commit().await.unwrap();
        let of_team = Tokens { team: Some(team.id), ..Tokens::default() };
        let (ours, others) = (with_tokens(server, &dana, "Ours", &of_team).await, with_tokens(server, &dana, "Others", &Tokens::default()).await);

        let of_lead = a_key(&lead, "Lead", &["credentials:token"]).await;
        assert_eq!(read(server, &of_lead, ours.as_str()).await.status, 200);
        refused(&read(server, &of_lead, others.as_str()).await, 403, "forbidden");

        let (dev, developer) = server.member(&organization, "dev", Role::Developer).await;
        let of_dev = a_key(&dev, "Dev", &["credentials:token"]).await;
        assert_eq!(read(server, &of_dev, others.as_str()).await.status, 200);
        let changed = admin.call(Method::PATCH, &format!("/api/v1/members/{}", developer.id), &[], &json!({"role": "viewer"})).await;
        assert_eq!(changed.status, 200, "{}", changed.body);
        refused(&read(server, &of_dev, others.as_str()).await, 403, "forbidden");

        let (named, _, own) = key(&admin, "Named", &["credentials:read"], Some(&[ours.as_str()])).await;
        assert_eq!(read(server, &named, ours.as_str()).await.status, 200);
        let hidden = read(server, &named, others.as_str()).await;
        let (stranger, member) = server.second_organization().await;
        let foreign = with_tokens(server, &member, "Theirs", &Tokens::default()).await;
        let mine = stranger.json("/api/v1/connections", json!({"connector": "stripe", "name": "Mine", "personal": true, "fields": {"api_key": STRIPE}})).await;
        let personal = mine.json()["data"]["row"]["id"].as_str().unwrap().to_owned();
        let unknown = "con_00000000000000000000000000";
        let whole = a_key(&admin, "Whole", &["credentials:read"]).await;
        for id in [foreign.as_str(), personal.as_str(), "con_0000000000000000000000000u", "no-such-id"] {
            let answer = read(server, &whole, id).await;
            assert_eq!((answer.status, answer.comparable(id)), (404, hidden.comparable(others.as_str())), "{id}");
            assert_eq!(answer.comparable(id), read(server, &whole, unknown).await.comparable(unknown));
        }
        assert_eq!(admin.call(Method::DELETE, &own, &[], &json!({})).await.status, 200);
        refused(&read(server, &named, ours.as_str()).await, 401, "token_invalid");
    }

    async fn what_is_personal_is_read_by_keys_of_its_owner_alone(server: &TestServer) {
        let admin = server.set_up().await;
        let organization = server.organization().await;
        let (other, _) = server.member(&organization, "otto", Role::OrgAdmin).await;
        let mine = admin.json("/api/v1/connections", json!({"connector": "stripe", "name": "Mine", "personal": true, "fields": {"api_key": STRIPE}})).await;
        let id = mine.json()["data"]["row"]["id"].as_str().unwrap().to_owned();
        assert_eq!(read(server, &a_key(&admin, "Own", &["credentials:read"]).await, &id).await.status, 200);
        refused(&read(server, &a_key(&other, "Other", &["credentials:read"]).await, &id).await, 404, "not_found");
    }

    async fn what_has_ended_is_not_handed_out(server: &TestServer) {
        let admin = server.set_up().await;
        let dana = server.member_row(&server.organization().await, ADMIN).await;
        let whole = a_key(&admin, "Whole", &["credentials:read"]).await;
        let id = entered(&admin, "Shop").await;
        let at = format!("/api/v1/connections/{id}");
        assert_eq!(admin.json(&format!("{at}/disable"), json!({})).await.status, 200);
        refused(&read(server, &whole, &id).await, 409, "turned_off");
        assert_eq!(admin.json(&format!("{at}/enable"), json!({})).await.status, 200);
        assert_eq!(read(server, &whole, &id).await.status, 200);
        let revoked = admin.json(&format!("{at}/revoke"), json!({})).await;
        assert_eq!(revoked.status, 200, "{}", revoked.body);
        assert!(revoked.json()["data"].get("revoked").is_some() && !revoked.json()["data"]["sentence"].as_str().unwrap().is_empty());
        refused(&read(server, &whole, &id).await, 409, "disconnected");
        refused(&admin.json(&format!("{at}/revoke"), json!({})).await, 409, "conflict");
        let empty = server.connection_of(&dana, "Empty", None, ConnectionStatus::ReauthRequired).await;
        refused(&read(server, &whole, empty.as_str()).await, 409, "reauth_required");
    }

    async fn a_refresh_token_is_in_no_answer(server: &TestServer) {
        let admin = server.set_up().await;
        let dana = server.member_row(&server.organization().await, ADMIN).await;
        let id = with_tokens(server, &dana, "Ads", &Tokens::default()).await;
        let scopes: Vec<&str> = latchkey::domain::Scope::ALL.into_iter().map(latchkey::domain::Scope::as_str).collect();
        let everything = a_key(&admin, "Everything", &scopes).await;
        let token = a_key(&admin, "Token", &["credentials:token"]).await;
        let mut seen = String::new();
        for key in [&everything, &token] {
            let answer = read(server, key, id.as_str()).await;
            assert_eq!(answer.status, 200, "{}", answer.body);
            seen.push_str(&answer.body);
            for path in ["", "/logs", "/diagnostics", "/credentials/versions", "/use"] {
                seen.push_str(&with(server, key, Method::GET, &format!("/api/v1/connections/{id}{path}"), None).await.body);
            }
            seen.push_str(&with(server, key, Method::GET, "/api/v1/audit", None).await.body);
            seen.push_str(&with(server, key, Method::POST, &format!("/api/v1/connections/{id}/refresh"), Some(json!({}))).await.body);
        }
        for page in ["/connections", &format!("/connections/{id}"), "/audit", "/api/v1/audit/export"] {
            seen.push_str(&admin.get(page).await.body);
        }
        assert_eq!(seen.matches(ACCESS).count(), 2, "the two reads, and nothing else, tell it");
        assert!(!seen.contains(REFRESH) && !seen.contains(REFRESH_BEFORE));
    }
}

/// The id of a connection as text.
fn text(id: &ConnectionId) -> String {
    id.to_string()
}
