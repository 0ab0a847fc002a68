//! Creating with an `Idempotency-Key`: once, whatever is sent how often by whom.

use latchkey::domain::Role;
use latchkey::jobs::remove_ended;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::client::{Answer, Client};
use crate::support::server::{ADMIN, PASSWORD, TestServer, on_both_servers};

const STRIPE: &str = "sk_test_sandboxAccountThatWorks";

async fn create(client: &Client, server: &TestServer, key: &str, body: &Value) -> Answer {
    let headers = [("origin", server.url.as_str()), ("content-type", "application/json"), ("idempotency-key", key)];
    client.send(Method::POST, "/api/v1/connections", &headers, Some(body.to_string().into_bytes())).await
}

fn shop() -> Value {
    json!({"connector": "stripe", "name": "Shop", "fields": {"api_key": STRIPE}})
}

async fn count(client: &Client) -> usize {
    client.get("/api/v1/connections").await.json()["data"]["items"].as_array().unwrap().len()
}

on_both_servers! {
    async fn the_same_request_creates_once_and_is_answered_alike(server: &TestServer) {
        let admin = server.set_up().await;
        let first = create(&admin, server, "one", &shop()).await;
        assert_eq!((first.status, first.header("idempotency-replayed")), (201, ""), "{}", first.body);
        let again = create(&admin, server, "one", &shop()).await;
        assert_eq!((again.status, again.header("idempotency-replayed")), (201, "true"), "{}", again.body);
        assert_eq!(again.body, first.body);
        assert_eq!(again.header("content-type"), first.header("content-type"));
        assert!(!again.body.contains(STRIPE));
        let other_key = create(&admin, server, "two", &shop()).await;
        assert_eq!((other_key.status, other_key.code().as_str()), (409, "name_taken"), "a new key is a new request: {}", other_key.body);
        assert_eq!(count(&admin).await, 1);
    }

    async fn another_body_under_the_same_key_is_refused(server: &TestServer) {
        let admin = server.set_up().await;
        assert_eq!(create(&admin, server, "one", &shop()).await.status, 201);
        for body in [json!({"connector": "stripe", "name": "Shop 2", "fields": {"api_key": STRIPE}}), json!({"connector": "stripe", "name": "Shop", "fields": {"api_key": "sk_test_other"}})] {
            let answer = create(&admin, server, "one", &body).await;
            assert_eq!((answer.status, answer.code().as_str(), answer.header("idempotency-replayed")), (409, "conflict", ""), "{}", answer.body);
        }
        assert_eq!(count(&admin).await, 1);
    }

    async fn of_many_at_once_one_creates(server: &TestServer) {
        let admin = server.set_up().await;
        let body = shop();
        let answers = futures_util::future::join_all((0..8).map(|_| create(&admin, server, "one", &body))).await;
        let made = answers.iter().filter(|answer| answer.status == 201 && answer.header("idempotency-replayed").is_empty()).count();
        assert_eq!(made, 1, "{answers:?}");
        assert!(answers.iter().all(|answer| answer.status == 201 || (answer.status == 409 && answer.code() == "conflict")), "{answers:?}");
        assert_eq!(count(&admin).await, 1);
    }

    async fn a_refused_request_may_be_mended_under_its_key(server: &TestServer) {
        let admin = server.set_up().await;
        let wrong = json!({"connector": "stripe", "name": "Shop", "fields": {"api_key": "sk_test_nothing"}});
        assert_eq!(create(&admin, server, "one", &wrong).await.status, 422);
        assert_eq!(create(&admin, server, "one", &shop()).await.status, 201);
    }

    async fn a_key_is_its_senders_own(server: &TestServer) {
        let admin = server.set_up().await;
        assert_eq!(create(&admin, server, "one", &shop()).await.status, 201);
        let (stranger, _) = server.second_organization().await;
        let theirs = create(&stranger, server, "one", &shop()).await;
        assert_eq!((theirs.status, theirs.header("idempotency-replayed")), (201, ""), "{}", theirs.body);
        let (colleague, _) = server.member(&server.organization().await, "lee", Role::OrgAdmin).await;
        assert_eq!(create(&colleague, server, "one", &shop()).await.status, 409, "the name is taken");
        let (viewer, _) = server.member(&server.organization().await, "vera", Role::Viewer).await;
        assert_eq!(create(&viewer, server, "one", &shop()).await.status, 403);
    }

    async fn keys_that_are_none_are_refused(server: &TestServer) {
        let admin = server.set_up().await;
        for key in ["", "\u{e9}", "a\tb", &"k".repeat(256)] {
            let answer = create(&admin, server, key, &shop()).await;
            assert_eq!(answer.status, 400, "{key:?}: {}", answer.body);
            assert_eq!(answer.json()["error"]["details"]["fields"][0]["field"], "Idempotency-Key");
        }
        assert_eq!(create(&admin, server, &"k".repeat(255), &shop()).await.status, 201);
    }

    async fn after_a_day_it_is_forgotten(server: &TestServer) {
        let admin = server.set_up().await;
        assert_eq!(create(&admin, server, "one", &shop()).await.status, 201);
        let app = &server.server.app;
        let before = remove_ended(&app.database, app.now().plus_millis(23 * 60 * 60 * 1_000)).await.unwrap();
        // Sessions end earlier.
        admin.sign_in(ADMIN, PASSWORD).await;
        assert_eq!(create(&admin, server, "one", &shop()).await.header("idempotency-replayed"), "true", "{before} ended");
        remove_ended(&app.database, app.now().plus_millis(25 * 60 * 60 * 1_000)).await.unwrap();
        admin.sign_in(ADMIN, PASSWORD).await;
        let anew = create(&admin, server, "one", &shop()).await;
        assert_eq!((anew.status, anew.code().as_str()), (409, "name_taken"), "it is a new request: {}", anew.body);
    }
}
