//! Accounts from outside: pages and API, the same answer for everybody, links that work once and are in nobody's log.

use latchkey::domain::Role;
use reqwest::Method;
use serde_json::json;

use crate::support::client::{Answer, Client};
use crate::support::database::Engine;
use crate::support::server::{ADMIN, PASSWORD, TestServer, on_both_servers};

const NEW: &str = "another quiet sentence";
const BO: &str = "bo@example.com";

async fn register(client: &Client, email: &str) -> Answer {
    client.json("/api/v1/auth/register", json!({"organization": "Bakery", "name": "Bo Baker", "email": email, "password": NEW})).await
}

async fn me(client: &Client) -> serde_json::Value {
    let answer = client.get("/api/v1/auth/me").await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.json()["data"].clone()
}

on_both_servers! {
    async fn by_the_pages_register_confirm_sign_in_forget_reset_change(server: &TestServer) {
        server.set_up().await;
        let client = server.client();
        assert!(client.get("/sign-in").await.body.contains("href=\"/register\""));
        let form = [("organization", "Bakery"), ("name", "Bo Baker"), ("email", BO), ("password", NEW)];
        let answer = client.form("/actions/register", &form).await;
        assert_eq!((answer.status, answer.location()), (303, "/sent"));
        let page = client.get("/sent").await;
        assert!(page.body.contains("A letter is on its way.") && page.body.contains(BO), "{}", page.body);

        let token = server.token(BO, 1, "verify").await;
        for _ in 0..3 {
            let page = client.get(&format!("/verify/{token}")).await;
            assert!(page.status == 200 && page.body.contains("Bo Baker registered with bo@example.com, for the organisation Bakery."), "{}", page.body);
            assert_eq!(page.header("referrer-policy"), "no-referrer");
        }
        let answer = client.form("/actions/verify", &[("link", &token)]).await;
        assert_eq!((answer.status, answer.location()), (303, "/sign-in"));
        assert!(client.get("/sign-in").await.body.contains("Your address is confirmed."));
        assert_eq!(client.get(&format!("/verify/{token}")).await.status, 404, "once");
        client.sign_in(BO, NEW).await;
        let account = client.get("/account").await;
        assert!(account.status == 200 && account.body.contains(BO) && account.body.contains("Org admin in Bakery"), "{}", account.body);

        let guest = server.client();
        let answer = guest.form("/actions/forgot", &[("email", BO)]).await;
        assert_eq!((answer.status, answer.location()), (303, "/forgot"));
        assert!(guest.get("/forgot").await.body.contains("If this address has an account, a letter is on its way."));
        let token = server.token(BO, 2, "reset").await;
        let page = guest.get(&format!("/reset/{token}")).await;
        assert_eq!((page.status, page.header("referrer-policy")), (200, "no-referrer"));
        let answer = guest.form("/actions/reset", &[("link", &token), ("password", "password123")]).await;
        assert_eq!(answer.location(), format!("/reset/{token}"));
        assert!(guest.get(answer.location()).await.body.contains("This is one of the passwords that are tried first."));
        let answer = guest.form("/actions/reset", &[("link", &token), ("password", PASSWORD)]).await;
        assert_eq!((answer.status, answer.location()), (303, "/sign-in"));
        assert_eq!(guest.get(&format!("/reset/{token}")).await.status, 404);
        assert_eq!(client.get("/account").await.status, 303, "every session has ended");

        client.sign_in(BO, PASSWORD).await;
        let twin = server.client();
        twin.sign_in(BO, PASSWORD).await;
        let before = client.session().unwrap();
        let answer = client.form("/actions/account/password", &[("current_password", "wrong"), ("new_password", NEW)]).await;
        assert_eq!(answer.location(), "/account");
        assert!(client.get("/account").await.body.contains("This is not your password."));
        assert_eq!(twin.get("/api/v1/auth/me").await.status, 200);
        client.form("/actions/account/password", &[("current_password", PASSWORD), ("new_password", NEW)]).await;
        assert!(client.get("/account").await.body.contains("Your password is changed."), "this browser stays signed in");
        assert_ne!(client.session().unwrap(), before, "with a new session");
        assert_eq!(twin.get("/api/v1/auth/me").await.status, 401, "the others do not");
        twin.set_session(&before);
        assert_eq!(twin.get("/api/v1/auth/me").await.status, 401);
        server.client().sign_in(BO, NEW).await;
    }

    async fn by_the_api_the_same(server: &TestServer) {
        server.set_up().await;
        let client = server.client();
        assert_eq!(register(&client, BO).await.status, 200);
        let token = server.token(BO, 1, "verify").await;
        assert_eq!(client.json("/api/v1/auth/verify-email/resend", json!({"email": BO})).await.status, 200);
        let newer = server.token(BO, 2, "verify").await;
        let refused = client.json("/api/v1/auth/verify-email", json!({"token": token})).await;
        assert_eq!((refused.status, refused.code().as_str()), (404, "link_invalid"));
        assert_eq!(client.json("/api/v1/auth/verify-email", json!({"token": newer})).await.status, 200);
        client.sign_in(BO, NEW).await;
        let mine = me(&client).await;
        assert_eq!((&mine["name"], &mine["email"], &mine["role"], &mine["pending_email"]), (&json!("Bo Baker"), &json!(BO), &json!("org_admin"), &json!(null)));

        let changes = json!({"name": "Bo", "theme": "dark", "email": "bo@elsewhere.example"});
        let edited = client.call(Method::PATCH, "/api/v1/auth/me", &[], &changes).await;
        assert_eq!(edited.status, 200, "{}", edited.body);
        let mine = me(&client).await;
        assert_eq!((&mine["name"], &mine["theme"], &mine["email"], &mine["pending_email"]), (&json!("Bo"), &json!("dark"), &json!(BO), &json!("bo@elsewhere.example")));
        let token = server.token("bo@elsewhere.example", 1, "verify").await;
        assert_eq!(server.client().json("/api/v1/auth/verify-email", json!({"token": token})).await.status, 200);
        assert_eq!(me(&client).await["email"], "bo@elsewhere.example");
        for (field, value) in [("role", json!("super_admin")), ("org_id", json!("org_1")), ("super_admin", json!(true))] {
            let refused = client.call(Method::PATCH, "/api/v1/auth/me", &[], &json!({ field: value })).await;
            assert_eq!((refused.status, refused.code().as_str()), (422, "unknown_field"), "{field}");
        }

        let changed = client.json("/api/v1/auth/change-password", json!({"current_password": NEW, "new_password": PASSWORD})).await;
        assert_eq!(changed.status, 200, "{}", changed.body);
        assert_eq!(client.get("/api/v1/auth/me").await.status, 200);
        assert_eq!(client.json("/api/v1/auth/forgot-password", json!({"email": "bo@elsewhere.example"})).await.status, 200);
        let token = server.token("bo@elsewhere.example", 3, "reset").await;
        assert_eq!(client.json("/api/v1/auth/reset-password", json!({"token": token, "password": NEW})).await.status, 200);
        assert_eq!(client.get("/api/v1/auth/me").await.status, 401);
    }

    async fn nobody_learns_who_has_an_account(server: &TestServer) {
        server.set_up().await;
        server.member(&server.organization().await, "vera", Role::Viewer).await;
        let emails = [ADMIN, "vera@example.com", "nobody@example.com", "somebody@else.example"];
        let mut answers = vec![Vec::new(), Vec::new(), Vec::new(), Vec::new()];
        for email in emails {
            let client = server.client();
            answers[0].push(client.json("/api/v1/auth/forgot-password", json!({"email": email})).await.comparable(email));
            answers[1].push(register(&client, email).await.comparable(email));
            answers[2].push(client.json("/api/v1/auth/verify-email/resend", json!({"email": email})).await.comparable(email));
            let login = client.json("/api/v1/auth/login", json!({"email": email, "password": NEW})).await;
            assert_eq!(login.status, 401, "{email}: a registration alone lets nobody in");
            answers[3].push(login.comparable(email));
        }
        for seen in answers {
            assert!(seen.iter().all(|answer| *answer == seen[0]), "{seen:#?}");
        }
        let mut pages = Vec::new();
        for email in emails {
            let client = server.client();
            let sent = client.form("/actions/forgot", &[("email", email)]).await;
            pages.push(format!("{}{}", sent.comparable(email), client.get(sent.location()).await.comparable(email)));
        }
        assert!(pages.iter().all(|page| *page == pages[0]), "{pages:#?}");
    }

    async fn every_dead_link_gets_one_answer(server: &TestServer) {
        server.set_up().await;
        let client = server.client();
        register(&client, BO).await;
        let confirm = server.token(BO, 1, "verify").await;
        client.json("/api/v1/auth/forgot-password", json!({"email": ADMIN})).await;
        let reset = server.token(ADMIN, 1, "reset").await;
        let used = {
            client.json("/api/v1/auth/reset-password", json!({"token": reset, "password": NEW})).await;
            reset.clone()
        };
        let (mut verified, mut chosen, mut pages) = (Vec::new(), Vec::new(), Vec::new());
        for token in [used.as_str(), "unknown", "", "a b", "%", &"x".repeat(5_000)] {
            verified.push(client.json("/api/v1/auth/verify-email", json!({"token": token})).await.comparable(""));
            chosen.push(client.json("/api/v1/auth/reset-password", json!({"token": token, "password": PASSWORD})).await.comparable(""));
        }
        chosen.push(client.json("/api/v1/auth/reset-password", json!({"token": confirm, "password": PASSWORD})).await.comparable(""));
        for token in [used.as_str(), "unknown", "%ff", "a%20b"] {
            pages.push(client.get(&format!("/verify/{token}")).await.comparable(token));
            pages.push(client.get(&format!("/reset/{token}")).await.comparable(token));
        }
        for seen in [verified, chosen, pages] {
            assert!(seen[0].starts_with("404"), "{}", seen[0]);
            assert!(seen.iter().all(|answer| *answer == seen[0]), "{seen:#?}");
        }
        assert_eq!(client.json("/api/v1/auth/verify-email", json!({"token": confirm})).await.status, 200, "wrong tries use nothing up");
    }

    async fn who_asks_too_often_is_told_when_to_come_back(server: &TestServer) {
        server.set_up().await;
        let client = server.client();
        let calls = [
            ("/api/v1/auth/forgot-password", json!({"email": "one@example.com"})),
            ("/api/v1/auth/verify-email/resend", json!({"email": "two@example.com"})),
            ("/api/v1/auth/verify-email", json!({"token": "x"})),
        ];
        for (path, body) in calls {
            let mut last = None;
            for _ in 0..60 {
                let answer = client.json(path, body.clone()).await;
                if answer.status == 429 {
                    last = Some(answer);
                    break;
                }
            }
            let answer = last.unwrap_or_else(|| panic!("sixty calls of {path} in a row are too many"));
            assert_eq!(answer.code(), "slow_down");
            assert!(answer.header("retry-after").parse::<u64>().unwrap() >= 1);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_operator_can_close_registration() {
    let server = TestServer::start_with(Engine::Sqlite, &[("LATCHKEY_SIGN_IN__REGISTRATION", "closed")]).await;
    server.set_up().await;
    let client = server.client();
    let answer = register(&client, BO).await;
    assert_eq!((answer.status, answer.code().as_str()), (403, "registration_closed"));
    assert_eq!(client.get("/register").await.status, 403);
    assert!(!client.get("/sign-in").await.body.contains("/register"));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_registers_before_the_setup() {
    let server = TestServer::start(Engine::Sqlite).await;
    let answer = register(&server.client(), BO).await;
    assert_eq!((answer.status, answer.code().as_str()), (403, "registration_closed"));
    server.set_up().await;
    server.stop().await;
}
