//! Changing a credential over the API and through the pages: back, reload, a second tab, a session that ends in the middle.

use serde_json::json;

use crate::support::client::{Answer, Client};
use crate::support::server::{TestServer, on_both_servers};

const KEY: &str = "sk_test_sandboxAccountThatWorks";
const OTHER: &str = "sk_test_sandboxPlatformKey";
const REFUSED: &str = "sk_test_sandboxRefusedKey";
const ACCOUNT: &str = "acct_1SandboxBranch00";

async fn connected(admin: &Client) -> String {
    let made = admin.json("/api/v1/connections", json!({"connector": "stripe", "name": "Shop", "fields": {"api_key": KEY}})).await;
    assert_eq!(made.status, 201, "{}", made.body);
    made.json()["data"]["row"]["id"].as_str().unwrap().to_owned()
}

async fn put(client: &Client, id: &str, if_match: &str, body: serde_json::Value) -> Answer {
    let headers = [("if-match", if_match)];
    let headers = if if_match.is_empty() { &[][..] } else { &headers[..] };
    client.call(reqwest::Method::PUT, &format!("/api/v1/connections/{id}/credentials"), headers, &body).await
}

/// Follows the test page to its end; the last page.
async fn follow(client: &Client, id: &str) -> Answer {
    for _ in 0..2_000 {
        let page = client.get(&format!("/connections/{id}/credentials/test")).await;
        if page.status != 200 || !page.body.contains("Testing the new") {
            return page;
        }
    }
    panic!("the test did not end");
}

async fn versions(client: &Client, id: &str) -> Vec<(i64, bool)> {
    let items = client.get(&format!("/api/v1/connections/{id}/credentials/versions")).await.json()["data"]["items"].clone();
    items.as_array().unwrap().iter().map(|item| (item["version"].as_i64().unwrap(), item["active"].as_bool().unwrap())).collect()
}

on_both_servers! {
    async fn a_credential_is_replaced_and_restored_over_the_api(server: &TestServer) {
        let admin = server.set_up().await;
        let id = connected(&admin).await;
        let at = format!("/api/v1/connections/{id}/credentials");
        let first = admin.get(&format!("{at}/versions")).await;
        let etag = first.header("etag").to_owned();
        assert!(etag.starts_with('"') && first.json()["data"]["items"][0]["created_by"] == "Dana Whitfield", "{}", first.body);
        let refused = put(&admin, &id, &etag, json!({"fields": {"api_key": REFUSED}})).await;
        assert_eq!((refused.status, refused.code().as_str()), (422, "check_failed"), "{}", refused.body);
        let other = put(&admin, &id, &etag, json!({"fields": {"api_key": OTHER, "account": ACCOUNT}})).await;
        assert_eq!((other.status, other.code().as_str()), (409, "other_account"), "{}", other.body);
        let details = other.json()["error"]["details"].clone();
        assert_eq!((&details["before"]["account_id"], &details["after"]["account_id"]), (&json!("acct_1SandboxLatchkey"), &json!(ACCOUNT)));
        assert_eq!(versions(&admin, &id).await, [(1, true)]);
        let agreed = put(&admin, &id, &etag, json!({"fields": {"api_key": OTHER, "account": ACCOUNT}, "accept_other_account": true})).await;
        assert_eq!((agreed.status, &agreed.json()["data"]["version"]), (200, &json!(2)), "{}", agreed.body);
        let stale = put(&admin, &id, &etag, json!({"fields": {"api_key": KEY}})).await;
        assert_eq!((stale.status, stale.code().as_str()), (409, "conflict"));
        assert!(stale.body.contains("Dana Whitfield changed this connection"), "{}", stale.body);
        let back = admin.call(reqwest::Method::POST, &format!("{at}/restore"), &[("if-match", agreed.header("etag"))], &json!({})).await;
        assert_eq!((back.status, &back.json()["data"]["version"], &back.json()["data"]["check"]["state"]), (200, &json!(1), &json!("passed")), "{}", back.body);
        assert_eq!(versions(&admin, &id).await, [(2, false), (1, true)]);
        assert_eq!(admin.json(&format!("{at}/restore"), json!({"version": 9})).await.status, 404);
        for body in [json!({}), json!({"fields": {"role": "x"}}), json!({"fields": {}, "status": "active"}), json!({"fields": {"api_key": 1}})] {
            assert_eq!(put(&admin, &id, "", body).await.status, 422);
        }
        for secret in [KEY, OTHER, REFUSED] {
            assert!(!admin.transcript().contains(secret));
        }
    }

    async fn the_pages_test_then_swap(server: &TestServer) {
        let admin = server.set_up().await;
        let id = connected(&admin).await;
        let form = admin.get(&format!("/connections/{id}/credentials")).await;
        assert_eq!(form.status, 200);
        assert!(form.body.contains("Leave it empty to keep the stored one.") && form.body.contains("Leave unchanged"), "{}", form.body);
        let sent = admin.form("/actions/connections/credentials", &[("id", &id), ("api_key", KEY), ("account", "")]).await;
        assert_eq!((sent.status, sent.location()), (303, format!("/connections/{id}/credentials/test").as_str()));
        let end = follow(&admin, &id).await;
        assert_eq!((end.status, end.location()), (303, format!("/connections/{id}").as_str()), "{}", end.body);
        let page = admin.get(end.location()).await;
        assert!(page.body.contains("The new API key is in use.") && page.body.contains("Go back to version 1"), "{}", page.body);
        assert_eq!(versions(&admin, &id).await, [(2, true), (1, false)]);
        // Back and reload: the pages of a change that is done lead on, and nothing happens twice.
        assert_eq!(admin.get(&format!("/connections/{id}/credentials/test")).await.status, 303);
        assert_eq!(admin.get(&format!("/connections/{id}/credentials")).await.status, 200);
        let back = admin.form("/actions/connections/credentials/restore", &[("id", &id), ("version", "1")]).await;
        assert_eq!(back.status, 303);
        assert!(admin.get(back.location()).await.body.contains("Version 1 is in use again."));
        assert!(!admin.transcript().contains(KEY));
    }

    async fn a_refused_change_keeps_the_entries_and_two_tabs_agree(server: &TestServer) {
        let admin = server.set_up().await;
        let id = connected(&admin).await;
        admin.form("/actions/connections/credentials", &[("id", &id), ("api_key", REFUSED), ("account", ACCOUNT)]).await;
        let end = follow(&admin, &id).await;
        assert!(end.body.contains("Nothing was changed: the API key that was in use still is."), "{}", end.body);
        for _ in 0..2 {
            let form = admin.get(&format!("/connections/{id}/credentials")).await;
            assert!(form.body.contains(ACCOUNT) && !form.body.contains(REFUSED), "{}", form.body);
        }
        let wrong = admin.form("/actions/connections/credentials", &[("id", &id), ("api_key", "no key at all"), ("account", "")]).await;
        assert_eq!(wrong.location(), format!("/connections/{id}/credentials"));
        assert!(admin.get(wrong.location()).await.body.contains("One entry needs a change"));
        assert_eq!(versions(&admin, &id).await, [(1, true)]);
    }

    async fn another_account_is_shown_before_and_after(server: &TestServer) {
        let admin = server.set_up().await;
        let id = connected(&admin).await;
        admin.form("/actions/connections/credentials", &[("id", &id), ("api_key", OTHER), ("account", ACCOUNT)]).await;
        let card = follow(&admin, &id).await;
        assert!(card.status == 200 && card.body.contains("That is another Stripe account") && card.body.contains("acct_1SandboxLatchkey"), "{}", card.body);
        assert_eq!(admin.get(&format!("/connections/{id}/credentials")).await.location(), format!("/connections/{id}/credentials/test"));
        assert_eq!(versions(&admin, &id).await, [(1, true)]);
        let stale = admin.form("/actions/connections/credentials/accept", &[("id", &id), ("version", "9")]).await;
        assert!(admin.get(stale.location()).await.body.contains("changed this connection"));
        let agreed = admin.form("/actions/connections/credentials/accept", &[("id", &id), ("version", "1")]).await;
        assert_eq!(admin.get(agreed.location()).await.location(), format!("/connections/{id}"));
        assert_eq!(versions(&admin, &id).await, [(2, true), (1, false)]);
        let again = admin.form("/actions/connections/credentials/accept", &[("id", &id), ("version", "1")]).await;
        assert_eq!(again.status, 303, "a double click");
        assert_eq!(versions(&admin, &id).await, [(2, true), (1, false)]);
    }

    async fn a_session_that_ends_in_the_middle_loses_nothing(server: &TestServer) {
        let admin = server.set_up().await;
        let id = connected(&admin).await;
        let (jonas, member) = server.member(&server.organization().await, "jonas", latchkey::domain::Role::OrgAdmin).await;
        jonas.form("/actions/connections/credentials", &[("id", &id), ("api_key", OTHER), ("account", ACCOUNT)]).await;
        assert!(follow(&jonas, &id).await.body.contains("That is another Stripe account"));
        jonas.form("/actions/sign-out", &[]).await;
        let agreed = jonas.form("/actions/connections/credentials/accept", &[("id", &id), ("version", "1")]).await;
        assert!(agreed.status == 303 && agreed.location().starts_with("/sign-in"), "{}", agreed.location());
        assert_eq!(versions(&admin, &id).await, [(1, true)]);
        let page = jonas.get(&format!("/connections/{id}/credentials/test")).await;
        assert!(page.location().starts_with("/sign-in?next="), "{}", page.location());
        jonas.sign_in("jonas@example.com", crate::support::server::PASSWORD).await;
        assert!(jonas.get(&format!("/connections/{id}/credentials/test")).await.body.contains("That is another Stripe account"), "it still waits");
        server.remove(&member).await;
        assert_eq!(jonas.form("/actions/connections/credentials/accept", &[("id", &id), ("version", "1")]).await.status, 303);
        assert_eq!(versions(&admin, &id).await, [(1, true)], "a former member changes nothing");
    }
}
