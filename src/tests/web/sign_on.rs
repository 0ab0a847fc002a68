//! Single sign-on over HTTP: what a browser sees on the way there and back.

mod peers;

use std::collections::BTreeMap;
use std::sync::Arc;

use latchkey::domain::SystemClock;
use reqwest::Method;
use serde_json::{Value, json};
use url::Url;

use crate::support::client::{Answer, Client};
use crate::support::database::Engine;
use crate::support::idp::{CLIENT, Idp, SECRET};
use crate::support::server::{TestServer, on_both_servers};

const PROVIDERS: &str = "/api/v1/organization/sign-on";

/// What somebody could write into a request to make an address of ours another one.
pub const SPOOFS: [(&str, &str); 20] = [
    ("host", "evil.example"),
    ("x-forwarded-host", "evil.example"),
    ("x-forwarded-host", "evil.example, latchkey.example"),
    ("x-forwarded-proto", "https"),
    ("x-forwarded-scheme", "https"),
    ("x-forwarded-port", "8443"),
    ("x-forwarded-prefix", "/evil"),
    ("x-forwarded-server", "evil.example"),
    ("x-forwarded-path", "/evil"),
    ("x-forwarded-uri", "/evil"),
    ("x-forwarded-for", "203.0.113.9"),
    ("x-host", "evil.example"),
    ("x-http-host-override", "evil.example"),
    ("x-original-host", "evil.example"),
    ("x-original-url", "https://evil.example/"),
    ("x-rewrite-url", "https://evil.example/"),
    ("forwarded", "host=evil.example;proto=https"),
    ("via", "1.1 evil.example"),
    ("referer", "https://evil.example/"),
    ("x-real-ip", "203.0.113.9"),
];

/// Adds a provider; its id.
async fn add(admin: &Client, issuer: &str, client: &str, secret: &str) -> String {
    let body = json!({"kind": "oidc", "label": "Work account", "issuer": issuer, "client_id": client, "client_secret": secret});
    let made = admin.json(PROVIDERS, body).await;
    assert_eq!(made.status, 201, "{}", made.body);
    assert!(!made.body.contains(secret), "{}", made.body);
    made.json()["data"]["id"].as_str().unwrap().to_owned()
}

/// Where the answer of a form leads the browser.
fn led_to(answer: &Answer) -> Url {
    assert_eq!(answer.status, 200, "{}", answer.body);
    let refresh = answer.header("refresh").strip_prefix("0; url=").unwrap_or_else(|| panic!("leads nowhere: {}", answer.body));
    let url: Url = refresh.parse().unwrap();
    assert!(answer.body.contains(&format!("href=\"{}\"", refresh.replace('&', "&amp;"))), "the same address stands in a link, for browsers that do not go on");
    url
}

async fn begin(client: &Client, provider: &str, next: &str) -> Url {
    led_to(&client.form("/actions/sign-on/begin", &[("provider", provider), ("next", next)]).await)
}

async fn link(client: &Client, provider: &str) -> Url {
    led_to(&client.form("/actions/sign-on/link", &[("provider", provider)]).await)
}

fn query(url: &Url) -> BTreeMap<String, String> {
    url.query_pairs().into_owned().collect()
}

/// The path that the provider leads back to with a code.
fn way_back(idp: &Idp, url: &Url) -> String {
    idp.expects(url);
    let query = query(url);
    let mut back: Url = query["redirect_uri"].parse().unwrap();
    back.query_pairs_mut().append_pair("code", "code-1").append_pair("state", &query["state"]).append_pair("iss", idp.url());
    format!("{}?{}", back.path(), back.query().unwrap())
}

/// A server with a provider that the admin has connected.
async fn connected(server: &TestServer) -> (Client, Idp, String) {
    let admin = server.set_up().await;
    let idp = Idp::start(Arc::new(SystemClock)).await;
    let provider = add(&admin, idp.url(), CLIENT, SECRET).await;
    let url = link(&admin, &provider).await;
    let answer = admin.get(&way_back(&idp, &url)).await;
    assert_eq!((answer.status, answer.location()), (303, "/account/methods"), "{}", answer.body);
    let page = admin.get("/account/methods").await;
    assert!(page.body.contains("Work account is connected.") && page.body.contains("alice@work.example"), "{}", page.body);
    (admin, idp, provider)
}

on_both_servers! {
    async fn a_person_signs_in_and_goes_where_they_wanted(server: &TestServer) {
        let (_, idp, provider) = connected(server).await;
        let visitor = server.client();
        let url = begin(&visitor, &provider, "/marketplace?q=a").await;
        let before = visitor.session();
        let answer = visitor.get(&way_back(&idp, &url)).await;
        assert_eq!((answer.status, answer.location()), (303, "/marketplace?q=a"));
        assert_ne!(visitor.session(), before, "the session has a new id");
        assert_eq!(visitor.get("/api/v1/auth/me").await.json()["data"]["name"], "Dana Whitfield");
    }

    async fn row_03_another_browser_does_not_get_in_with_the_address(server: &TestServer) {
        let (_, idp, provider) = connected(server).await;
        let before = idp.exchanges();
        let url = begin(&server.client(), &provider, "").await;
        let other = server.client();
        begin(&other, &provider, "").await;
        for browser in [server.client(), other] {
            let answer = browser.get(&way_back(&idp, &url)).await;
            assert_eq!((answer.status, answer.location()), (303, "/sign-in/trouble/state_invalid"));
            assert_eq!(browser.get("/api/v1/auth/me").await.status, 401);
        }
        assert_eq!(idp.exchanges(), before);
    }

    async fn row_07_the_way_back_is_the_configured_one_whatever_a_request_says(server: &TestServer) {
        let (_, _, provider) = connected(server).await;
        let expected = format!("{}/sign-in/callback/{provider}", server.url);
        for (name, value) in SPOOFS {
            let client = server.client();
            let headers = [("origin", server.url.as_str()), ("content-type", "application/x-www-form-urlencoded"), (name, value)];
            let answer = client.send(Method::POST, "/actions/sign-on/begin", &headers, Some(format!("provider={provider}").into_bytes())).await;
            assert_eq!(query(&led_to(&answer))["redirect_uri"], expected, "{name}: {value}");
        }
    }

    async fn row_08_afterwards_it_goes_on_within_this_site_alone(server: &TestServer) {
        let (_, idp, provider) = connected(server).await;
        let payloads = [
            "https://evil.example", "//evil.example", "/\\evil.example", "\\\\evil.example", "/\t/evil.example", " /evil", "javascript:alert(1)", "data:text/html,x",
            "http:evil.example", "https:/evil.example", "///evil.example", "/%0d%0aset-cookie:a=b\r\n", "evil.example", "@evil.example", "?next=//evil.example", "#//evil.example",
            "/ä", "\u{2028}//evil.example", "https://latchkey.example@evil.example", "",
        ];
        for payload in payloads {
            let visitor = server.client();
            let url = begin(&visitor, &provider, payload).await;
            let answer = visitor.get(&way_back(&idp, &url)).await;
            assert_eq!((answer.status, answer.location()), (303, "/connections"), "{payload:?}");
        }
        let visitor = server.client();
        let url = begin(&visitor, &provider, "").await;
        let answer = visitor.get(&format!("{}&next=//evil.example&redirect=https://evil.example", way_back(&idp, &url))).await;
        assert_eq!(answer.location(), "/connections", "nothing that comes back says where to go");
    }

    async fn row_09_the_way_back_is_left_at_once_and_tells_nobody_its_code(server: &TestServer) {
        let (_, idp, provider) = connected(server).await;
        let callback = format!("/sign-in/callback/{provider}");
        let good = begin(&server.client(), &provider, "").await;
        let visitor = server.client();
        let own = begin(&visitor, &provider, "").await;
        let of_another = way_back(&idp, &good);
        let own = way_back(&idp, &own);
        let cases = [
            own.clone(),
            own,
            of_another,
            callback.clone(),
            format!("{callback}?code=a&code=b&state=c"),
            format!("{callback}?error=access_denied&error_description=%3Cscript%3E&state=unknown"),
            format!("{callback}?code={}", "a".repeat(5_000)),
            "/sign-in/callback/nobody?code=code-1&state=b".to_owned(),
        ];
        for case in cases {
            let answer = visitor.get(&case).await;
            assert_eq!(answer.status, 303, "{case}: {}", answer.body);
            assert_eq!((answer.header("referrer-policy"), answer.header("cache-control")), ("no-referrer", "no-store"), "{case}");
            let shown = format!("{} {}", answer.location(), answer.body);
            assert!(!shown.contains("code=") && !shown.contains("state=") && !shown.contains("script"), "{shown}");
        }
        let transcript = visitor.transcript();
        assert!(!transcript.contains("code-1") && !transcript.contains(SECRET));
    }

    async fn row_10_the_page_of_an_end_has_words_of_ours_alone(server: &TestServer) {
        let (_, idp, provider) = connected(server).await;
        let visitor = server.client();
        let url = begin(&visitor, &provider, "").await;
        let state = &query(&url)["state"];
        let path = format!("/sign-in/callback/{provider}?error=access_denied&error_description=%3Cb%3Etheir%20words%3C%2Fb%3E&error_uri=https://evil.example&state={state}&iss={}", idp.url());
        let answer = visitor.get(&path).await;
        assert_eq!(answer.location(), "/sign-in/trouble/denied");
        let page = visitor.get(answer.location()).await;
        assert_eq!(page.status, 400);
        assert!(page.body.contains("You did not allow access at the provider."), "{}", page.body);
        assert!(!page.body.contains("their words") && !page.body.contains("evil.example"));
        assert_eq!(visitor.get("/sign-in/trouble/anything-else").await.status, 404);
        let late = visitor.get(&way_back(&idp, &url)).await;
        assert_eq!(late.location(), "/sign-in/trouble/state_invalid", "the state is used");
    }

    async fn an_admin_manages_providers_by_page_and_by_api(server: &TestServer) {
        let (admin, idp, provider) = connected(server).await;
        let page = admin.get(&format!("/organisation/sign-on/{provider}")).await;
        assert!(page.status == 200 && page.body.contains(&format!("{}/sign-in/callback/{provider}", server.url)), "{}", page.body);
        let form = [("kind", "oidc"), ("issuer", "https://127.0.0.1:8"), ("label", "Never"), ("client_id", "a"), ("client_secret", "typed-secret"), ("domains", ""), ("join_role", "none")];
        let refused = admin.form("/actions/organisation/sign-on/add", &form).await;
        assert_eq!(refused.location(), "/organisation/sign-on/new");
        let page = admin.get("/organisation/sign-on/new").await.body;
        assert!(page.contains("does not accept connections") && page.contains("value=\"Never\"") && !page.contains("typed-secret"), "{page}");
        let form = [("kind", "oidc"), ("issuer", idp.url()), ("label", "Second"), ("client_id", "a"), ("client_secret", "typed-secret"), ("domains", "work.example"), ("join_role", "viewer")];
        let added = admin.form("/actions/organisation/sign-on/add", &form).await;
        let second = added.location().rsplit('/').next().unwrap().to_owned();
        let page = admin.get(added.location()).await.body;
        assert!(page.contains("_latchkey-challenge.work.example") && page.contains("latchkey-verification="), "{page}");
        let changed = admin.form("/actions/organisation/sign-on/change", &[("id", &second), ("label", "Renamed"), ("domains", ""), ("join_role", "none")]).await;
        assert_eq!(changed.location(), format!("/organisation/sign-on/{second}"));
        admin.form("/actions/organisation/sign-on/switch", &[("id", &second), ("enabled", "no")]).await;
        let view = admin.get(&format!("{PROVIDERS}/{second}")).await.json()["data"].clone();
        assert_eq!((&view["label"], &view["enabled"], &view["domains"], &view["join_role"]), (&json!("Renamed"), &json!(false), &json!([]), &Value::Null));
        let patched = admin.call(Method::PATCH, &format!("{PROVIDERS}/{second}"), &[], &json!({"enabled": true, "join_role": "developer"})).await.json();
        assert_eq!((&patched["data"]["enabled"], &patched["data"]["join_role"]), (&json!(true), &json!("developer")));
        let unknown = admin.call(Method::PATCH, &format!("{PROVIDERS}/{second}"), &[], &json!({"issuer": "https://evil.example"})).await;
        assert_eq!((unknown.status, unknown.code().as_str()), (422, "unknown_field"), "another issuer is another provider");
        let door = server.client().get(&format!("/sign-in/at/{}", server.organization().await)).await;
        assert!(door.status == 200 && door.body.contains("Continue with Work account") && door.body.contains("Continue with Renamed"), "{}", door.body);
        assert_eq!(admin.form("/actions/organisation/sign-on/remove", &[("id", &second)]).await.location(), "/organisation/sign-on");
        assert_eq!(admin.call(Method::DELETE, &format!("{PROVIDERS}/{provider}"), &[], &json!({})).await.status, 200);
        assert_eq!(admin.get(PROVIDERS).await.json()["data"]["items"], json!([]));
        assert!(admin.get("/organisation/sign-on").await.body.contains("None yet"));
        assert_eq!(server.client().get(&format!("/sign-in/at/{}", server.organization().await)).await.status, 404);
        assert!(!admin.transcript().contains("typed-secret"));
    }

    async fn a_connected_account_is_disconnected_on_the_account_page(server: &TestServer) {
        let (admin, idp, provider) = connected(server).await;
        assert_eq!(admin.form("/actions/sign-on/disconnect", &[("provider", &provider)]).await.location(), "/account/methods");
        assert!(admin.get("/account/methods").await.body.contains("Work account is disconnected."));
        let visitor = server.client();
        let url = begin(&visitor, &provider, "").await;
        assert_eq!(visitor.get(&way_back(&idp, &url)).await.location(), "/sign-in/trouble/unknown_account");
        let nobody = server.client().form("/actions/sign-on/link", &[("provider", &provider)]).await;
        assert!(nobody.location().starts_with("/sign-in?next="), "{}", nobody.location());
    }

    async fn an_address_of_no_proven_domain_finds_nothing_whoever_it_is(server: &TestServer) {
        connected(server).await;
        let mut seen = Vec::new();
        for email in ["dana@example.com", "nobody@example.com", "nobody@never.example", "no address"] {
            let visitor = server.client();
            let answer = visitor.form("/actions/sign-on/find", &[("email", email), ("next", "/marketplace")]).await;
            assert_eq!((answer.status, answer.location()), (303, "/sign-in/with?next=%2Fmarketplace"));
            seen.push(visitor.get("/sign-in/with").await.comparable(email));
        }
        assert!(seen.windows(2).all(|pair| pair[0] == pair[1]), "{seen:#?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_provider_of_the_configuration_stands_on_everybodys_sign_in_page() {
    let idp = Idp::start(Arc::new(SystemClock)).await;
    let settings = [
        ("LATCHKEY_SIGN_ON__COMPANY__ISSUER", idp.url()),
        ("LATCHKEY_SIGN_ON__COMPANY__CLIENT_ID", CLIENT),
        ("LATCHKEY_SIGN_ON__COMPANY__CLIENT_SECRET", SECRET),
        ("LATCHKEY_SIGN_ON__COMPANY__LABEL", "Company account"),
    ];
    let server = TestServer::start_with(Engine::Sqlite, &settings).await;
    let admin = server.set_up().await;
    let page = server.client().get("/sign-in?next=/marketplace").await;
    assert!(page.body.contains("Continue with Company account") && page.body.contains("value=\"company\""), "{}", page.body);
    let url = link(&admin, "company").await;
    assert_eq!(admin.get(&way_back(&idp, &url)).await.location(), "/account/methods");
    let visitor = server.client();
    let url = begin(&visitor, "company", "/marketplace").await;
    assert_eq!(visitor.get(&way_back(&idp, &url)).await.location(), "/marketplace");
    server.stop().await;
}
