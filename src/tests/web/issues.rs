//! The page of issues over HTTP: who sees what, from open to solved.

use latchkey::domain::{ConnectionStatus, IssueId, Role};
use latchkey::store::issues;
use serde_json::Value;

use crate::support::server::{ADMIN, TestServer, on_both_servers};

const NAME: &str = "Stripe live";

/// A connection that the provider refuses, with its open issue: their ids.
async fn refused(server: &TestServer) -> (String, String) {
    let organization = server.organization().await;
    let dana = server.member_row(&organization, ADMIN).await;
    let connection = server.connection_of(&dana, NAME, None, ConnectionStatus::ReauthRequired).await;
    let app = &server.server.app;
    let id = IssueId::generate(app.clock.as_ref(), app.random.as_ref());
    let mut transaction = app.database.begin().await.unwrap();
    assert!(issues::open(transaction.conn(), &id, &organization, &connection, "auth_rejected", app.now()).await.unwrap());
    transaction.commit().await.unwrap();
    (connection.to_string(), id.to_string())
}

on_both_servers! {
    async fn an_issue_is_open_then_solved_by_whom(server: &TestServer) {
        let admin = server.set_up().await;
        let empty = admin.get("/issues").await.body;
        assert!(empty.contains("No open issues") && empty.contains("Nothing is open") && !empty.contains("lk-count-bad"), "{empty}");
        let (connection, issue) = refused(server).await;
        let open = admin.get("/issues").await.body.replace("<!>", "");
        for words in ["1 issue</span> needs you", "Stripe refused what is stored", NAME, "Sign in again", "Change the", issue.as_str(), "lk-count-bad"] {
            assert!(open.contains(words), "{words}: {open}");
        }
        assert!(open.contains(&format!("href=\"/connections/{connection}/credentials\"")), "{open}");
        let page = admin.get(&format!("/connections/{connection}")).await.body;
        assert!(page.contains(&format!("href=\"/issues#{issue}\"")), "{page}");
        assert!(admin.get("/issues?show=solved").await.body.contains("Nothing has been solved so far."));

        let ended = admin.form("/actions/connections/disconnect", &[("id", &connection), ("confirm", NAME)]).await;
        assert_eq!(ended.status, 303, "{}", ended.body);
        let solved = admin.get("/issues").await.body;
        for words in ["No open issues", "Solved in the last seven days", "Dana Whitfield disconnected it after less than a minute."] {
            assert!(solved.contains(words), "{words}: {solved}");
        }
        assert!(!solved.contains("lk-count-bad"));
        for address in ["/issues?show=solved", "/issues?show=solved&before=nonsense", "/issues?show=solved&before=9.x&colour=blue"] {
            let answer = admin.get(address).await;
            assert_eq!(answer.status, 200, "{address}");
            assert_eq!(answer.body.contains(NAME), !address.contains("9.x"), "{address}: {}", answer.body);
        }
        let listed = admin.get("/api/v1/issues?state=resolved").await.json()["data"]["items"][0].clone();
        assert_eq!((listed["resolved_how"].as_str(), listed["resolved_by"].as_str()), (Some("disconnected"), Some("Dana Whitfield")), "{listed}");
    }

    async fn each_role_sees_what_it_may(server: &TestServer) {
        let admin = server.set_up().await;
        let organization = server.organization().await;
        let (connection, issue) = refused(server).await;
        let (viewer, _) = server.member(&organization, "vera", Role::Viewer).await;
        let (developer, _) = server.member(&organization, "devi", Role::Developer).await;
        let (stranger, _) = server.second_organization().await;

        let seen = viewer.get("/issues").await.body;
        assert!(seen.contains("1 open issue") && seen.contains("Stripe has stopped") && seen.contains("Nothing is lost."), "{seen}");
        assert!(!seen.contains("/credentials") && !seen.contains("refused") && !seen.contains("acct_") && !seen.contains("Who is told"), "{seen}");
        let seen = developer.get("/issues").await.body;
        assert!(seen.contains("Stripe refused what is stored") && !seen.contains("/credentials"), "{seen}");
        let seen = stranger.get("/issues").await.body;
        assert!(seen.contains("No open issues") && !seen.contains(NAME) && !seen.contains(&connection) && !seen.contains(&issue), "{seen}");
        assert!(!stranger.get(&format!("/issues?before=9999999999999.{issue}")).await.body.contains(NAME));

        admin.form("/actions/connections/disconnect", &[("id", &connection), ("confirm", NAME)]).await;
        let seen = viewer.get("/issues").await.body;
        assert!(seen.contains("It had stopped, and is disconnected now.") && !seen.contains("Dana Whitfield"), "{seen}");
        let listed = viewer.get("/api/v1/issues?state=resolved").await.json()["data"]["items"][0].clone();
        assert_eq!((listed["resolved_how"].as_str(), &listed["resolved_by"]), (Some("disconnected"), &Value::Null), "{listed}");
        assert!(!stranger.get("/issues?show=solved").await.body.contains(NAME));
        assert_eq!(server.client().get("/issues").await.status, 303);
    }
}
