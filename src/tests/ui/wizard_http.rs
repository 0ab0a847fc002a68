//! The wizard and the one-page connect over HTTP, against the emulated providers: every step from the form to the connection.

use latchkey::domain::Role;

use crate::support::client::{Answer, Client};
use crate::support::server::{TestServer, on_both_servers};

const GOOD: &str = "correct-horse";
const WRONG: &str = "wrong-password";

/// Begins a draft; its address without the step.
async fn begin(client: &Client) -> String {
    let answer = client.form("/actions/connect/start", &[("connector", "ventures")]).await;
    assert_eq!(answer.status, 303, "{}", answer.body);
    answer.location().strip_suffix("/sign-in").unwrap().to_owned()
}

fn id(draft: &str) -> &str {
    draft.strip_prefix("/connect/").unwrap()
}

async fn send(client: &Client, draft: &str, site: &str, password: &str) -> Answer {
    let form = [("draft", id(draft)), ("name", ""), ("username", "api_user"), ("site", site), ("password", password)];
    client.form("/actions/connect/details", &form).await
}

/// Asks as the page does until the check has ended; where the page goes then.
async fn ended(client: &Client, draft: &str) -> String {
    for _ in 0..5_000 {
        let card = client.form("/actions/connect/progress", &[("draft", id(draft))]).await;
        assert_eq!(card.status, 200, "{}", card.body);
        assert!(!card.body.contains("<html") && !card.body.contains(GOOD) && !card.body.contains(WRONG), "{}", card.body);
        if let Some(rest) = card.body.split("data-next=\"").nth(1) {
            return rest.split('"').next().unwrap().to_owned();
        }
    }
    panic!("the check did not end");
}

async fn tested(client: &Client, draft: &str, password: &str) -> String {
    assert_eq!(send(client, draft, "test_integration", password).await.location(), format!("{draft}/test"));
    ended(client, draft).await
}

on_both_servers! {
    async fn a_refused_password_saves_nothing_and_the_right_one_connects(server: &TestServer) {
        let client = server.set_up().await;
        let draft = begin(&client).await;
        for step in ["test", "done"] {
            assert_eq!(client.get(&format!("{draft}/{step}")).await.location(), format!("{draft}/details"), "{step}");
        }
        assert_eq!(tested(&client, &draft, WRONG).await, format!("{draft}/test"));
        let failed = client.get(&format!("{draft}/test")).await.body;
        assert!(failed.contains("Ventures refused this username or password") && failed.contains("Change the password"), "{failed}");
        assert_eq!(client.get(&format!("{draft}/done")).await.location(), format!("{draft}/test"));
        let details = client.get(&format!("{draft}/details")).await.body;
        assert!(details.contains("value=\"api_user\"") && details.contains("Not accepted by Ventures.") && !details.contains(WRONG), "{details}");
        assert!(!client.get("/connections").await.body.contains("/connections/con_"), "nothing was saved");

        assert_eq!(tested(&client, &draft, GOOD).await, format!("{draft}/done"));
        let done = client.get(&format!("{draft}/done")).await.body;
        assert!(done.contains("is connected") && done.contains("/connections/con_") && !done.contains(GOOD), "{done}");
        for step in ["sign-in", "details", "test"] {
            assert_eq!(client.get(&format!("{draft}/{step}")).await.location(), format!("{draft}/done"), "{step}");
        }
    }

    async fn entries_that_do_not_fit_come_back_with_their_fields(server: &TestServer) {
        let client = server.set_up().await;
        let draft = begin(&client).await;
        assert_eq!(send(&client, &draft, "no site!", GOOD).await.location(), format!("{draft}/details"));
        let page = client.get(&format!("{draft}/details")).await.body;
        assert!(page.contains("id=\"site-error\"") && page.contains("href=\"#site\"") && page.contains("value=\"no site!\""), "{page}");
        assert!(!page.contains(GOOD), "{page}");
        assert_eq!(client.form("/actions/connect/progress", &[("draft", id(&draft))]).await.status, 404, "nothing was tested");
        assert_eq!(client.form("/actions/connect/discard", &[("draft", id(&draft))]).await.location(), "/marketplace");
        assert_eq!(client.get(&format!("{draft}/details")).await.status, 404);
    }

    async fn an_account_that_is_connected_is_kept_only_on_request(server: &TestServer) {
        let client = server.set_up().await;
        let first = begin(&client).await;
        tested(&client, &first, GOOD).await;
        let second = begin(&client).await;
        tested(&client, &second, GOOD).await;
        let asked = client.get(&format!("{second}/test")).await.body;
        assert!(asked.contains("This account is connected already") && asked.contains("action=\"/actions/connect/keep\""), "{asked}");
        assert_eq!(client.get(&format!("{second}/done")).await.location(), format!("{second}/test"));
        assert_eq!(client.form("/actions/connect/keep", &[("draft", id(&second))]).await.location(), format!("{second}/done"));
        assert_eq!(client.get(&format!("{second}/done")).await.status, 200);
    }

    async fn one_page_connects_tests_and_disconnects(server: &TestServer) {
        const PAGE: &str = "/connect/ventures/quick";
        let client = server.set_up().await;
        assert!(client.get(PAGE).await.body.contains("Disconnected"));
        let form = |password| [("connector", "ventures"), ("username", "api_user"), ("site", "test_integration"), ("password", password)];
        assert_eq!(client.form("/actions/quick/connect", &form(WRONG)).await.location(), PAGE);
        let refused = client.get(PAGE).await.body;
        assert!(refused.contains("refused this username or password") && refused.contains("value=\"api_user\"") && !refused.contains(WRONG), "{refused}");
        assert_eq!(client.form("/actions/quick/connect", &form(GOOD)).await.location(), PAGE);
        assert!(client.get(PAGE).await.body.contains("Ventures is connected"));
        assert_eq!(client.form("/actions/quick/test", &[("connector", "ventures")]).await.location(), PAGE);
        assert!(client.get(PAGE).await.body.contains("Test passed."));
        assert_eq!(client.form("/actions/quick/disconnect", &[("connector", "ventures")]).await.location(), PAGE);
        let page = client.get(PAGE).await.body;
        assert!(page.contains("is disconnected.") && page.contains("action=\"/actions/quick/connect\""), "{page}");
        assert_eq!(client.get("/connect/stripe/quick").await.status, 404);
    }

    async fn a_draft_is_its_owners_alone_and_roles_decide(server: &TestServer) {
        let client = server.set_up().await;
        let draft = begin(&client).await;
        let organization = server.organization().await;
        let (colleague, _) = server.member(&organization, "colleague", Role::OrgAdmin).await;
        let (stranger, _) = server.second_organization().await;
        for other in [&colleague, &stranger] {
            assert_eq!(other.get(&format!("{draft}/details")).await.status, 404);
            assert_eq!(send(other, &draft, "test_integration", GOOD).await.status, 404);
            for action in ["progress", "keep", "discard"] {
                assert_eq!(other.form(&format!("/actions/connect/{action}"), &[("draft", id(&draft))]).await.status, 404, "{action}");
            }
        }
        let (developer, _) = server.member(&organization, "developer", Role::Developer).await;
        assert!(!developer.get("/marketplace/ventures").await.body.contains("/actions/connect/start"));
        assert_eq!(developer.form("/actions/connect/start", &[("connector", "ventures")]).await.status, 403);
        assert_eq!(developer.get("/connect/ventures/quick").await.status, 403);
        assert_eq!(client.get("/marketplace/nothing").await.status, 404);
        assert_eq!(client.form("/actions/connect/start", &[("connector", "nothing")]).await.status, 404);
    }

    async fn bodies_without_sense_are_never_our_failure(server: &TestServer) {
        let client = server.set_up().await;
        for action in ["connect/start", "connect/details", "connect/keep", "connect/discard", "connect/progress", "quick/connect", "quick/test", "quick/disconnect"] {
            let path = format!("/actions/{action}");
            for answer in [client.form(&path, &[("nonsense", "x")]).await, client.text(&path, "{").await, client.form(&path, &[]).await] {
                assert!((400..500).contains(&answer.status), "{path}: {}", answer.status);
            }
        }
    }
}
