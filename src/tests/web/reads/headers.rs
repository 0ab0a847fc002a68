//! The headers that a program gets are those that requests carry.

use latchkey::domain::{ConnectionId, OAuthAppId};
use latchkey::services::oauth_apps::seal;
use latchkey::store::members::MemberRow;
use latchkey::store::oauth_apps::{self, OAuthAppRow};
use latchkey::vault::Secret;
use serde_json::{Value, json};

use super::planted::{ACCESS, Tokens, become_one_of, with_tokens};
use super::{a_key, read};
use crate::support::database::execute;
use crate::support::server::{ADMIN, TestServer, on_both_servers};

const TENANT: &str = "5a1c0f3e-0b7d-4c1a-9d27-3f7f6a0e4b11";
const CLIENT_SECRET: &str = "appClientSecret7rTq";
const DEVELOPER_TOKEN: &str = "developerToken4wPz";

/// A connection with tokens of another connector, with these fields.
async fn of(server: &TestServer, member: &MemberRow, connector: &str, config: &Value) -> ConnectionId {
    let id = with_tokens(server, member, connector, &Tokens::default()).await;
    become_one_of(server, &id, connector, config).await;
    id
}

/// An app of the organization, which every grant belongs to from then on.
async fn with_app(server: &TestServer, member: &MemberRow) {
    let app = &server.server.app;
    let id = OAuthAppId::generate(app.clock.as_ref(), app.random.as_ref());
    let fields = [("developer_token".to_owned(), Secret::new(DEVELOPER_TOKEN.to_owned()))].into();
    let sealed = seal(app, &member.organization, &id, 1, Some(&Secret::new(CLIENT_SECRET.to_owned())), &fields).unwrap();
    let row = OAuthAppRow {
        id: id.clone(),
        organization: member.organization.clone(),
        connector: "google-ads".to_owned(),
        label: "Ours".to_owned(),
        client_id: "client".to_owned(),
        config: r#"{"login_customer_id":"1234567890"}"#.to_owned(),
        key_id: sealed.key_id,
        sealed: sealed.bytes,
        secret_version: 1,
        secret_hint: String::new(),
        secret_ends_at: None,
        created_by: member.id.clone(),
        created_at: app.now(),
        updated_at: app.now(),
        row_version: 1,
    };
    let mut transaction = app.database.begin().await.unwrap();
    oauth_apps::insert(transaction.conn(), &row).await.unwrap();
    transaction.commit().await.unwrap();
    execute(&app.database, Box::leak(format!("UPDATE grants SET app_id = '{id}'").into_boxed_str())).await;
}

on_both_servers! {
    async fn a_token_comes_with_the_headers_of_its_requests(server: &TestServer) {
        let admin = server.set_up().await;
        let dana = server.member_row(&server.organization().await, ADMIN).await;
        let token = a_key(&admin, "Token", &["credentials:token"]).await;
        let xero = of(server, &dana, "xero", &json!({"tenant_id": TENANT})).await;
        let data = read(server, &token, xero.as_str()).await.json()["data"].clone();
        assert_eq!(data["headers"], json!({"Accept": "application/json", "authorization": format!("Bearer {ACCESS}"), "xero-tenant-id": TENANT}), "{data}");
        assert_eq!(data["credential"], json!({"access_token": ACCESS, "config": {"tenant_id": TENANT}}));
    }

    async fn what_the_organizations_app_adds_is_for_keys_that_read_all(server: &TestServer) {
        let admin = server.set_up().await;
        let dana = server.member_row(&server.organization().await, ADMIN).await;
        let (whole, token) = (a_key(&admin, "Whole", &["credentials:read"]).await, a_key(&admin, "Token", &["credentials:token"]).await);
        let ads = of(server, &dana, "google-ads", &json!({})).await;
        with_app(server, &dana).await;
        let answer = read(server, &whole, ads.as_str()).await;
        let headers = answer.json()["data"]["headers"].clone();
        let expected = json!({"Accept": "application/json", "Authorization": format!("Bearer {ACCESS}"), "developer-token": DEVELOPER_TOKEN, "login-customer-id": "1234567890"});
        assert_eq!(headers, expected, "{}", answer.body);
        assert!(!answer.body.contains(CLIENT_SECRET), "the app's own secret is in no answer");
        let answer = read(server, &token, ads.as_str()).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        assert!(answer.json()["data"].get("headers").is_none() && !answer.body.contains(DEVELOPER_TOKEN), "{}", answer.body);
        // What an app's change alters has another state.
        let tag = read(server, &whole, ads.as_str()).await.header("etag").to_owned();
        assert_eq!(read(server, &whole, ads.as_str()).await.header("etag"), tag);
        execute(&server.server.app.database, "UPDATE oauth_apps SET row_version = 2").await;
        assert_ne!(read(server, &whole, ads.as_str()).await.header("etag"), tag);
    }

    async fn a_request_that_is_more_than_its_headers_has_none(server: &TestServer) {
        let admin = server.set_up().await;
        let dana = server.member_row(&server.organization().await, ADMIN).await;
        let whole = a_key(&admin, "Whole", &["credentials:read"]).await;
        for (connector, config) in [("postgresql", json!({"host": "db.example.com", "port": "5432"})), ("aws", json!({"region": "us-east-1"}))] {
            let id = of(server, &dana, connector, &config).await;
            let answer = read(server, &whole, id.as_str()).await;
            assert_eq!(answer.status, 200, "{}", answer.body);
            assert!(answer.json()["data"].get("headers").is_none(), "{connector}: {}", answer.body);
        }
    }
}
