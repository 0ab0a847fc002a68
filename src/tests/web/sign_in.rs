//! Setup once; sign-in that tells nothing.

use latchkey::domain::Role;
use serde_json::json;

use crate::support::server::{ADMIN, PASSWORD, TestServer, on_both_servers};

on_both_servers! {
    async fn the_setup_link_works_once(server: &TestServer) {
        let path = format!("/setup/{}", server.setup_token);
        assert_eq!(server.client().get(&path).await.status, 200);
        assert_eq!(server.client().get("/setup/another").await.status, 404);
        server.set_up().await;
        assert_eq!(server.client().get(&path).await.status, 404);
        assert_eq!(server.set_up_again_is_refused().await, 404);
    }

    async fn every_wrong_sign_in_gets_the_same_answer(server: &TestServer) {
        server.set_up().await;
        let (_, removed) = server.member(&server.organization().await, "gone", Role::Viewer).await;
        server.remove(&removed).await;
        let long = "x".repeat(1_000);
        let cases = [(ADMIN, "not the password"), ("nobody@example.com", "not the password"), ("gone@example.com", PASSWORD), ("no address", "x"), (ADMIN, ""), (ADMIN, &long), ("", "")];
        let mut seen = Vec::new();
        for (email, password) in cases {
            let answer = server.client().json("/api/v1/auth/login", json!({"email": email, "password": password})).await;
            assert_eq!((answer.status, answer.code().as_str()), (401, "login_failed"), "{email}: {}", answer.body);
            assert_eq!(answer.header("set-cookie"), "", "a failure leaves no session");
            seen.push(answer.comparable(""));
        }
        assert!(seen.iter().all(|answer| *answer == seen[0]), "{seen:#?}");
    }

    async fn the_form_never_gives_the_password_back(server: &TestServer) {
        server.set_up().await;
        let client = server.client();
        let answer = client.form("/actions/sign-in", &[("email", ADMIN), ("password", "canary-of-a-password"), ("next", "/connections")]).await;
        assert_eq!(answer.status, 303);
        assert!(answer.location().starts_with("/sign-in") && !answer.location().contains("canary"), "{}", answer.location());
        let page = client.get(answer.location()).await;
        assert!(page.body.contains(ADMIN) && !page.body.contains("canary-of-a-password"));
        assert!(!client.get("/sign-in").await.body.contains("password is wrong"), "the message is shown once");
    }

    async fn too_many_tries_are_slowed_down(server: &TestServer) {
        server.set_up().await;
        let mut last = None;
        for _ in 0..40 {
            let answer = server.client().json("/api/v1/auth/login", json!({"email": ADMIN, "password": "not the password"})).await;
            if answer.status == 429 {
                last = Some(answer);
                break;
            }
        }
        let answer = last.expect("forty wrong tries in a row are too many");
        assert_eq!(answer.code(), "slow_down");
        assert!(answer.header("retry-after").parse::<u64>().unwrap() >= 1);
    }
}
