//! One-time links from outside: the asker's pages, the visitor's pages, links that do not work, and the API.

use serde_json::json;

use crate::support::client::{Answer, Client};
use crate::support::database::execute;
use crate::support::server::{TestServer, on_both_servers};

const GOOD: &str = "correct-horse";
const WRONG: &str = "canary-of-a-wrong-password";
const USER: &str = "api_user";
const SITE: &str = "test_integration";

/// A draft in which all but the password is filled in.
async fn filled(client: &Client) -> String {
    filled_with(client, USER, SITE).await
}

async fn filled_with(client: &Client, user: &str, site: &str) -> String {
    let begun = client.form("/actions/connect/start", &[("connector", "ventures"), ("ask", "yes")]).await;
    let draft = begun.location().strip_prefix("/connect/").unwrap().strip_suffix("/ask").unwrap().to_owned();
    let form = [("draft", draft.as_str()), ("name", "Hush"), ("username", user), ("site", site), ("password", WRONG)];
    let kept = client.form("/actions/connect/put-aside", &form).await;
    assert_eq!((kept.status, kept.location()), (303, format!("/connect/{draft}/ask").as_str()), "{}", kept.body);
    draft
}

/// The path of the link on a page that was just answered.
fn link_on(page: &Answer) -> String {
    let rest = page.body.split("/ask/").find(|rest| rest.split('"').next().is_some_and(|token| token.len() == 43)).expect("a link on the page");
    format!("/ask/{}", rest.split('"').next().unwrap())
}

async fn make(client: &Client, draft: &str) -> String {
    let page = client.form("/actions/connect/ask", &[("draft", draft), ("note", "For <b>payouts</b>"), ("valid_hours", "24")]).await;
    assert_eq!(page.status, 200, "{}", page.body);
    link_on(&page)
}

fn attempt(page: &Answer) -> String {
    page.body.split("name=\"form-attempt\"").nth(1).unwrap().split("value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
}

/// Opens the link, sends the form, and waits for the result as a browser does.
async fn hand_over(visitor: &Client, link: &str, password: &str) -> Answer {
    let form = visitor.get(link).await;
    assert_eq!(form.status, 200, "{}", form.body);
    let sent = visitor.form(link, &[("form-attempt", &attempt(&form)), ("password", password)]).await;
    assert_eq!(sent.status, 303, "{}", sent.body);
    for _ in 0..5_000 {
        let page = visitor.get(sent.location()).await;
        if !page.body.contains("aria-busy") {
            return page;
        }
        assert!(page.body.contains("http-equiv=\"refresh\""), "the page looks again by itself");
    }
    panic!("the check did not end");
}

on_both_servers! {
    async fn a_person_without_an_account_hands_a_password_over(server: &TestServer) {
        let admin = server.set_up().await;
        let draft = filled(&admin).await;
        let page = admin.get(&format!("/connect/{draft}/ask")).await;
        assert!(page.body.contains("Make the link") && !page.body.contains(WRONG), "{}", page.body);
        let link = make(&admin, &draft).await;
        let followed = admin.get(&format!("/connect/{draft}/ask")).await.body;
        assert!(followed.contains("Nobody has opened it yet") && !followed.contains(&link), "told once: {followed}");

        let visitor = server.client();
        let form = visitor.get(&link).await;
        assert!(form.body.contains("Dana Whitfield asks for a Ventures password") && form.body.contains("For AmPac. You need no account."), "{}", form.body);
        assert!(form.body.contains("For &lt;b&gt;payouts&lt;/b&gt;") && form.body.contains("Already filled in by Dana Whitfield: Username, Site name."), "{}", form.body);
        assert_eq!((form.header("referrer-policy"), form.header("cache-control")), ("no-referrer", "no-store"));
        let followed = admin.get(&format!("/connect/{draft}/ask")).await.body;
        assert!(followed.contains("It was opened") && followed.contains("Opened at"), "{followed}");
        assert!(admin.get("/connections").await.body.contains("Asked of others"));

        let failed = hand_over(&visitor, &link, WRONG).await;
        assert!(failed.body.contains("It does not work yet") && failed.body.contains("auth_rejected") && failed.body.contains(&link), "{}", failed.body);
        assert_eq!(failed.header("referrer-policy"), "no-referrer");
        // The asker leaves; the link goes on working.
        assert_eq!(admin.form("/actions/sign-out", &[]).await.status, 303);
        let done = hand_over(&visitor, &link, GOOD).await;
        assert!(done.body.contains("Thank you, it works") && done.body.contains("You can close this page."), "{}", done.body);
        assert_eq!(visitor.session(), None, "no session was begun");
        let seen = visitor.transcript();
        for hidden in [WRONG, GOOD, "Hush"] {
            assert!(!seen.contains(hidden), "{hidden} was shown to the visitor");
        }
        for page in [&failed, &done] {
            assert!(!page.body.contains(USER) && !page.body.contains(SITE), "{}", page.body);
        }
        admin.sign_in(crate::support::server::ADMIN, crate::support::server::PASSWORD).await;
        let home = admin.get("/connections").await.body;
        assert!(home.contains("Hush") && home.contains("It was used, and the test passed") && home.contains("Open the connection"), "{home}");
    }

    async fn no_value_that_anybody_typed_is_shown_to_the_visitor(server: &TestServer) {
        let admin = server.set_up().await;
        let (user, site) = ("canary-of-a-username", "canary-of-a-site");
        let link = make(&admin, &filled_with(&admin, user, site).await).await;
        let (first, second) = (server.client(), server.client());
        let failed = hand_over(&first, &link, WRONG).await;
        assert!(failed.body.contains("It does not work yet"), "{}", failed.body);
        for visitor in [&first, &second] {
            visitor.get(&link).await;
            let seen = visitor.transcript();
            assert!(seen.contains("Already filled in by") && !seen.contains("canary"), "{seen}");
        }
    }

    async fn links_that_do_not_work_cannot_be_told_apart(server: &TestServer) {
        let admin = server.set_up().await;
        let visitor = server.client();
        let draft = filled(&admin).await;
        let replaced = make(&admin, &draft).await;
        let withdrawn = make(&admin, &draft).await;
        assert_eq!(admin.form("/actions/connect/withdraw", &[("draft", &draft)]).await.status, 303);
        let used = make(&admin, &draft).await;
        hand_over(&visitor, &used, GOOD).await;
        let late = make(&admin, &filled(&admin).await).await;
        execute(&server.server.app.database, "UPDATE entry_links SET expires_ms = 1 WHERE ended_ms IS NULL").await;
        let unknown = format!("/ask/{}", "A".repeat(43));
        let malformed = "/ask/%FF%FE".to_owned();
        let (mut opened, mut sent, mut results) = (Vec::new(), Vec::new(), Vec::new());
        for link in [&unknown, &malformed, &replaced, &withdrawn, &used, &late] {
            for client in [&visitor, &server.client()] {
                opened.push(client.get(link).await.comparable("nothing to hide"));
                sent.push(client.form(link, &[("form-attempt", "x"), ("password", GOOD)]).await.comparable("nothing to hide"));
                results.push(client.get(&format!("{link}/chk_00000000000000000000000000")).await.comparable("nothing to hide"));
            }
        }
        for answers in [&opened, &sent, &results] {
            assert!(answers[0].starts_with("404\n") && answers[0].contains("This link does not work"), "{}", answers[0]);
            for answer in answers {
                assert_eq!(answer, &opened[0]);
            }
        }
        let as_admin = admin.get(&unknown).await;
        assert_eq!(as_admin.comparable("nothing to hide"), opened[0], "for members too");
    }

    async fn what_needs_a_change_is_said_beside_the_field(server: &TestServer) {
        let admin = server.set_up().await;
        let draft = filled(&admin).await;
        let link = make(&admin, &draft).await;
        let visitor = server.client();
        let form = visitor.get(&link).await;
        let sent = visitor.form(&link, &[("form-attempt", &attempt(&form)), ("password", "")]).await;
        assert_eq!((sent.status, sent.location()), (303, link.as_str()));
        let again = visitor.get(&link).await.body;
        assert!(again.contains("Enter the password.") && again.contains("aria-invalid=\"true\""), "{again}");
        let refused = admin.form("/actions/connect/ask", &[("draft", &draft), ("note", "Hello"), ("valid_hours", "999")]).await;
        assert_eq!(refused.status, 303);
        let page = admin.get(refused.location()).await.body;
        assert!(page.contains("Choose a time from 1 hour to 7 days.") && page.contains("Hello"), "{page}");
        assert_eq!(visitor.get(&link).await.status, 200, "the link that works was left alone");
    }

    async fn the_api_asks_follows_and_withdraws(server: &TestServer) {
        let admin = server.set_up().await;
        let (stranger, _) = server.second_organization().await;
        let base = "/api/v1/connections/requests";
        let made = admin.json(base, json!({"connector": "ventures", "name": "Loans", "note": "Thanks", "valid_hours": 72})).await;
        assert_eq!(made.status, 201, "{}", made.body);
        let data = made.json()["data"].clone();
        assert_eq!(data.as_object().unwrap().len(), 3, "{data}");
        let (id, link) = (data["id"].as_str().unwrap(), data["link"].as_str().unwrap());
        let token = link.rsplit('/').next().unwrap();
        let path = format!("/ask/{token}");
        let visitor = server.client();
        assert_eq!(visitor.get(&path).await.status, 200);
        let view = admin.get(&format!("{base}/{id}")).await;
        assert_eq!((view.status, &view.json()["data"]["state"]), (200, &json!("opened")));
        assert!(!view.body.contains(token));
        assert_eq!(stranger.get(&format!("{base}/{id}")).await.status, 404);
        assert_eq!(stranger.call(reqwest::Method::DELETE, &format!("{base}/{id}"), &[], &json!({})).await.status, 404);
        let ended = admin.call(reqwest::Method::DELETE, &format!("{base}/{id}"), &[], &json!({})).await;
        assert_eq!((ended.status, &ended.json()["data"]["state"]), (200, &json!("withdrawn")));
        assert_eq!(visitor.get(&path).await.status, 404);
        let again = admin.call(reqwest::Method::DELETE, &format!("{base}/{id}"), &[], &json!({})).await;
        assert_eq!((again.status, again.code().as_str()), (409, "conflict"));
        for body in [json!({"connector": "ventures"}), json!({"connector": "ventures", "valid_hours": 0}), json!({"connector": "ventures", "valid_hours": 1, "password": "x"})] {
            assert_eq!(admin.json(base, body).await.status, 422);
        }
    }
}
