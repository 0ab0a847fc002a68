//! Against two real, independently running providers of OpenID Connect: an honest one signs people in, a hostile one never does.

use reqwest::Method;
use serde_json::json;
use url::Url;

use super::{PROVIDERS, add, begin, led_to, link, query};
use crate::support::client::Client;
use crate::support::peers::{CLIENT, Peers, SECRET, at_provider};
use crate::support::server::{TestServer, on_both_servers};

/// The path of an address of this server.
fn path_of(address: &str) -> String {
    let url: Url = address.parse().unwrap();
    format!("{}?{}", url.path(), url.query().unwrap_or_default())
}

/// To the provider and back; where it ends.
async fn trip(browser: &Client, peers: &Peers, issuer: &str, url: &Url, choice: &str) -> String {
    peers.register(&query(url)["redirect_uri"]).await;
    let back = at_provider(issuer, url.as_str(), choice).await;
    browser.get(&path_of(&back)).await.location().to_owned()
}

on_both_servers! {
    async fn an_honest_provider_signs_in_who_is_connected_and_nobody_else(server: &TestServer) {
        let peers = Peers::start();
        let admin = server.set_up().await;
        let provider = add(&admin, &peers.honest, CLIENT, SECRET).await;
        let url = link(&admin, &provider).await;
        assert_eq!(trip(&admin, &peers, &peers.honest, &url, "alice").await, "/account/methods");
        for (choice, expected) in [("alice", "/marketplace"), ("bob", "/sign-in/trouble/unknown_account"), ("deny", "/sign-in/trouble/denied")] {
            let visitor = server.client();
            let url = begin(&visitor, &provider, "/marketplace").await;
            assert_eq!(trip(&visitor, &peers, &peers.honest, &url, choice).await, expected, "{choice}");
            let status = visitor.get("/api/v1/auth/me").await.status;
            assert_eq!(status, if choice == "alice" { 200 } else { 401 }, "{choice}");
        }
        let confirmed = led_to(&admin.form("/actions/sign-on/confirm", &[("provider", &provider), ("next", "/connections")]).await);
        assert_eq!(trip(&admin, &peers, &peers.honest, &confirmed, "alice").await, "/connections");
        let confirmed = led_to(&admin.form("/actions/sign-on/confirm", &[("provider", &provider)]).await);
        assert_eq!(trip(&admin, &peers, &peers.honest, &confirmed, "bob").await, "/sign-in/trouble/not_you");
        assert_eq!(admin.form("/actions/sign-on/disconnect", &[("provider", &provider)]).await.location(), "/account/methods");
        let visitor = server.client();
        let url = begin(&visitor, &provider, "").await;
        assert_eq!(trip(&visitor, &peers, &peers.honest, &url, "alice").await, "/sign-in/trouble/unknown_account");
    }

    async fn a_hostile_provider_signs_nobody_in(server: &TestServer) {
        let peers = Peers::start();
        let admin = server.set_up().await;
        let provider = add(&admin, &peers.hostile, CLIENT, SECRET).await;
        let url = link(&admin, &provider).await;
        assert_eq!(trip(&admin, &peers, &peers.hostile, &url, "alice").await, "/account/methods", "while it behaves, it is a provider");
        let patched = admin.call(Method::PATCH, &format!("{PROVIDERS}/{provider}"), &[], &json!({"join_role": "viewer", "domains": ["work.example"]})).await;
        assert_eq!(patched.status, 200, "{}", patched.body);
        for (mode, choice, end) in [
            ("parameter_iss", "alice", "provider_mismatch"),
            ("no_iss", "alice", "provider_mismatch"),
            ("replayed_state", "alice", "state_invalid"),
            ("token_iss", "alice", "token_refused"),
            ("wrong_nonce", "alice", "token_refused"),
            ("no_nonce", "alice", "token_refused"),
            ("foreign_client", "alice", "token_refused"),
            ("other_subject", "alice", "unknown_account"),
            ("expired", "alice", "token_refused"),
            ("foreign_key", "alice", "token_refused"),
            ("alg_none", "alice", "token_refused"),
            ("public_key_as_secret", "alice", "token_refused"),
            ("huge", "alice", "provider_unreachable"),
            ("redirect", "alice", "provider_unreachable"),
            ("unverified", "bob", "email_unverified"),
        ] {
            peers.misbehave(mode).await;
            let visitor = server.client();
            let url = begin(&visitor, &provider, "").await;
            assert_eq!(trip(&visitor, &peers, &peers.hostile, &url, choice).await, format!("/sign-in/trouble/{end}"), "{mode}");
            assert_eq!(visitor.get("/api/v1/auth/me").await.status, 401, "{mode}");
        }
        peers.misbehave("none").await;
        let visitor = server.client();
        let url = begin(&visitor, &provider, "").await;
        assert_eq!(trip(&visitor, &peers, &peers.hostile, &url, "alice").await, "/connections", "nothing of it stayed");
    }
}
