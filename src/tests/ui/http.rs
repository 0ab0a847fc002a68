//! Pages and actions over HTTP: statuses, one-time messages, what is kept of a refused form, and what a role may not do.

use latchkey::domain::Role;

use crate::support::client::Client;
use crate::support::server::{ADMIN, PASSWORD, TestServer, on_both_servers};

/// The connection's name in these tests.
const NAME: &str = "Stripe live";

async fn with_connection(server: &TestServer) -> (Client, Client, String) {
    let admin = server.set_up().await;
    let organization = server.organization().await;
    let (viewer, member) = server.member(&organization, "viewer", Role::Viewer).await;
    let id = server.connection(&member, NAME).await;
    (admin, viewer, id.to_string())
}

on_both_servers! {
    async fn a_page_asks_strangers_to_sign_in_and_comes_back(server: &TestServer) {
        let client = server.set_up().await;
        client.form("/actions/sign-out", &[]).await;
        let answer = client.get("/connections?status=off").await;
        assert_eq!((answer.status, answer.location()), (303, "/sign-in?next=%2Fconnections%3Fstatus%3Doff"));
        for (next, to) in [("/connections?status=off", "/connections?status=off"), ("//evil.example", "/connections"), ("https://evil.example", "/connections"), ("", "/connections")] {
            let answer = client.form("/actions/sign-in", &[("email", ADMIN), ("password", PASSWORD), ("next", next)]).await;
            assert_eq!((answer.status, answer.location()), (303, to), "{next}");
        }
        assert_eq!(client.get("/sign-in?next=/marketplace").await.location(), "/marketplace", "signed in already");
    }

    async fn the_policy_names_the_nonce_of_the_page(server: &TestServer) {
        let page = server.set_up().await.get("/connections").await;
        let nonce = page.header("content-security-policy").split("'nonce-").nth(1).unwrap().split('\'').next().unwrap().to_owned();
        assert!(nonce.len() >= 16 && page.body.contains(&format!("<script type=\"module\" nonce=\"{nonce}\"")), "{}", page.body);
        assert!(page.header("content-type").starts_with("text/html"));
    }

    async fn a_refused_setup_keeps_what_was_typed_but_the_password(server: &TestServer) {
        let client = server.client();
        let page = format!("/setup/{}", server.setup_token);
        let form = |password| [("link", server.setup_token.as_str()), ("organization", "Acme \"&<b>"), ("name", "Dana"), ("email", ADMIN), ("password", password)];
        assert_eq!(client.form("/actions/setup", &form("password123")).await.location(), page);
        let refused = client.get(&page).await.body;
        assert!(refused.contains("Acme &quot;&amp;&lt;b&gt;") && refused.contains("role=\"alert\"") && refused.contains("href=\"#password\""), "{refused}");
        assert!(!refused.contains("password123"), "{refused}");
        assert!(!client.get(&page).await.body.contains("role=\"alert\""), "the message is shown once");
        assert_eq!(client.form("/actions/setup", &form(PASSWORD)).await.location(), "/connections");
        assert_eq!(client.get(&page).await.status, 404, "the link works once");
    }

    async fn a_refused_sign_in_says_so_once_and_keeps_the_address(server: &TestServer) {
        server.set_up().await;
        let client = server.client();
        let answer = client.form("/actions/sign-in", &[("email", ADMIN), ("password", "wrong-canary"), ("next", "/marketplace")]).await;
        assert_eq!((answer.status, answer.location()), (303, "/sign-in?next=%2Fmarketplace"));
        let page = client.get(answer.location()).await.body;
        assert!(page.contains("E-mail or password is wrong.") && page.contains(ADMIN) && page.contains("value=\"/marketplace\""), "{page}");
        assert!(!page.contains("wrong-canary"));
        assert!(!client.get("/sign-in").await.body.contains("E-mail or password is wrong."));
    }

    async fn a_chosen_theme_is_kept_and_signing_out_ends_the_session(server: &TestServer) {
        let client = server.set_up().await;
        let answer = client.form("/actions/theme", &[("theme", "dark"), ("back", "/marketplace?q=a")]).await;
        assert_eq!((answer.status, answer.location()), (303, "/marketplace?q=a"));
        assert!(client.get("/connections").await.body.contains("data-theme=\"latchkey-dark\""));
        assert_eq!(client.form("/actions/theme", &[("theme", "pink"), ("back", "//evil")]).await.location(), "/connections");
        let session = client.session().unwrap();
        assert_eq!(client.form("/actions/sign-out", &[]).await.location(), "/sign-in");
        client.set_session(&session);
        assert_eq!(client.get("/connections").await.status, 303);
    }

    async fn what_is_not_there_is_404_and_what_is_not_allowed_403(server: &TestServer) {
        let (admin, viewer, id) = with_connection(server).await;
        for path in ["/nothing", "/connections/con_nothing", "/connections/%FF", "/connections/con_nothing/disconnect"] {
            assert_eq!(admin.get(path).await.status, 404, "{path}");
        }
        for path in ["/marketplace".to_owned(), format!("/connections/{id}/disconnect")] {
            let page = viewer.get(&path).await;
            assert_eq!(page.status, 403, "{path}");
            assert!(page.body.contains("You cannot open this page") && page.body.contains("Dana Whitfield"), "{}", page.body);
        }
        for (action, form) in [("test", vec![("id", id.as_str())]), ("disconnect", vec![("id", &id), ("confirm", NAME)])] {
            assert_eq!(viewer.form(&format!("/actions/connections/{action}"), &form).await.status, 403, "{action}");
        }
        assert_eq!(viewer.get(&format!("/connections/{id}")).await.status, 200);
    }

    async fn a_connection_ends_only_when_its_name_is_typed(server: &TestServer) {
        let (admin, _, id) = with_connection(server).await;
        let page = format!("/connections/{id}/disconnect");
        let answer = admin.form("/actions/connections/disconnect", &[("id", &id), ("confirm", "Stripe")]).await;
        assert_eq!((answer.status, answer.location()), (303, page.as_str()));
        assert!(admin.get(&page).await.body.contains("Nothing was changed."));
        let answer = admin.form("/actions/connections/disconnect", &[("id", &id), ("confirm", NAME)]).await;
        assert_eq!((answer.status, answer.location()), (303, "/connections"));
        assert!(admin.get("/connections").await.body.contains(&format!("{NAME} is disconnected.")));
    }

    async fn a_body_that_cannot_be_read_is_never_our_failure(server: &TestServer) {
        let admin = server.set_up().await;
        for path in ["setup", "sign-in", "theme", "connections/test", "connections/disconnect"] {
            let path = format!("/actions/{path}");
            for answer in [admin.form(&path, &[("nonsense", "x")]).await, admin.text(&path, "{").await] {
                assert!((400..500).contains(&answer.status), "{path}: {}", answer.status);
                assert!(answer.location().is_empty() && !answer.body.contains("nonsense"), "{path}");
            }
            assert_eq!(admin.get(&path).await.status, 405, "{path}");
        }
    }
}
