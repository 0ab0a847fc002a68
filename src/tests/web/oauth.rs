//! Connecting by consent over HTTP: what a browser sees on the way there and back, at the played providers.

use std::collections::BTreeMap;

use latchkey::domain::{OAuthAppId, Role};
use latchkey::services::oauth_apps::seal;
use latchkey::store::oauth_apps::{self, OAuthAppRow};
use latchkey::vault::Secret;
use reqwest::Method;
use serde_json::json;
use url::Url;

use crate::support::client::{Answer, Client};
use crate::support::database::Engine;
use crate::support::server::{ADMIN, PASSWORD, TestServer};

/// A server that plays providers, with its first admin and an app for each of the connectors that are tried.
struct Stage {
    server: TestServer,
    admin: Client,
}

impl Stage {
    async fn new(engine: Engine) -> Self {
        let settings = [("LATCHKEY_SANDBOX__LISTEN", "127.0.0.1:0"), ("LATCHKEY_SANDBOX__PLAYS_ALL", "true")];
        let server = TestServer::start_with(engine, &settings).await;
        let admin = server.set_up().await;
        for connector in ["xero", "google-ads"] {
            register(&server, connector).await;
        }
        Self { server, admin }
    }

    /// A draft of this connector that waits for consent.
    async fn draft(&self, connector: &str) -> String {
        let begun = self.admin.form("/actions/connect/start", &[("connector", connector)]).await;
        let draft = begun.location().split('/').nth(2).unwrap().to_owned();
        let answer = self.admin.form("/actions/connect/details", &[("draft", &draft), ("name", "")]).await;
        assert_eq!((answer.status, answer.location()), (303, format!("/connect/{draft}/consent").as_str()), "{}", answer.body);
        draft
    }

    async fn leave(&self, draft: &str) -> Url {
        led_to(&self.admin.form("/actions/connect/leave", &[("draft", draft)]).await)
    }

    /// Follows a test page until it leads on; the path that it leads to.
    async fn tested(&self, page: &str) -> String {
        for _ in 0..30_000 {
            let answer = self.admin.get(page).await;
            if answer.status == 303 {
                return answer.location().to_owned();
            }
            assert!(answer.status == 200 && !answer.body.contains("Stopped at"), "{}", answer.body);
            tokio::time::sleep(std::time::Duration::from_millis(1)).await;
        }
        panic!("the test does not end: {}", self.admin.get(page).await.body);
    }

    /// A whole connection; its path.
    async fn connected(&self, connector: &str) -> String {
        let draft = self.draft(connector).await;
        let url = self.leave(&draft).await;
        let answer = self.admin.get(&way_back(&url, 0, "allow").await).await;
        let answer = if answer.location().ends_with("/account") { pick(&self.admin, &draft).await } else { answer };
        assert_eq!((answer.status, answer.location()), (303, format!("/connect/{draft}/test").as_str()), "{}", answer.body);
        let done = self.admin.get(&self.tested(&format!("/connect/{draft}/test")).await).await;
        assert!(done.body.contains("Permission receipt"), "{}", done.body);
        let at = done.body.split("href=\"/connections/con_").nth(1).unwrap().split('"').next().unwrap();
        format!("/connections/con_{at}")
    }
}

/// Adds the app that the played provider knows, as an admin would.
async fn register(server: &TestServer, connector: &str) {
    let app = &server.server.app;
    let member = server.member_row(&server.organization().await, ADMIN).await;
    let played = app.settings.sandbox.iter().find(|account| account.connector == connector && account.title == "The app to register").unwrap();
    let value = |name: &str| played.values.iter().find(|(label, _)| label == name).map(|(_, value)| value.clone());
    let id = OAuthAppId::generate(app.clock.as_ref(), app.random.as_ref());
    let secret = Secret::new(value("Client secret").unwrap());
    let fields: BTreeMap<String, Secret<String>> =
        value("developer_token").into_iter().map(|token| ("developer_token".to_owned(), Secret::new(token))).collect();
    let sealed = seal(app, &member.organization, &id, 1, Some(&secret), &fields).unwrap();
    let row = OAuthAppRow {
        id,
        organization: member.organization.clone(),
        connector: connector.to_owned(),
        label: "Production".to_owned(),
        client_id: value("Client ID").unwrap(),
        config: "{}".to_owned(),
        key_id: sealed.key_id,
        sealed: sealed.bytes,
        secret_version: 1,
        secret_hint: String::new(),
        secret_ends_at: None,
        created_by: member.id,
        created_at: app.now(),
        updated_at: app.now(),
        row_version: 1,
    };
    let mut transaction = app.database.begin().await.unwrap();
    oauth_apps::insert(transaction.conn(), &row).await.unwrap();
    transaction.commit().await.unwrap();
}

/// Where the answer of a form leads the browser.
fn led_to(answer: &Answer) -> Url {
    assert_eq!(answer.status, 200, "{}", answer.body);
    let refresh = answer.header("refresh").strip_prefix("0; url=").unwrap_or_else(|| panic!("leads nowhere: {}", answer.body));
    assert!(answer.body.contains(&format!("href=\"{}\"", refresh.replace('&', "&amp;"))), "the same address stands in a link, for browsers that do not go on");
    refresh.parse().unwrap()
}

/// Answers the consent page as its account of this position: the path that it leads back to.
async fn way_back(url: &Url, position: usize, answer: &str) -> String {
    let http = Client::new("http://unused.example").http;
    let page = http.get(url.clone()).send().await.unwrap().text().await.unwrap();
    let account = page.split("name=\"account\" value=\"").nth(position + 1).unwrap_or_else(|| panic!("no account: {page}")).split('"').next().unwrap();
    let body = url::form_urlencoded::Serializer::new(String::new()).append_pair("account", account).append_pair("answer", answer).finish();
    let request = http.post(url.clone()).header("content-type", "application/x-www-form-urlencoded").body(body);
    let location = request.send().await.unwrap().headers()["location"].to_str().unwrap().to_owned();
    let back: Url = location.parse().unwrap();
    format!("{}?{}", back.path(), back.query().unwrap())
}

/// Picks the first account.
async fn pick(client: &Client, draft: &str) -> Answer {
    let page = client.get(&format!("/connect/{draft}/account")).await;
    let account = page.body.split("name=\"account\" value=\"").nth(1).unwrap_or_else(|| panic!("no account: {}", page.body)).split('"').next().unwrap();
    client.form("/actions/connect/account", &[("draft", draft), ("account", account)]).await
}

fn query(url: &Url) -> BTreeMap<String, String> {
    url.query_pairs().into_owned().collect()
}

/// Makes two tests of each body, one per engine.
macro_rules! on_both_stages {
    ($(async fn $name:ident($stage:ident: &Stage) $body:block)+) => {$(
        mod $name {
            use super::*;

            async fn body($stage: &Stage) $body

            #[tokio::test(flavor = "multi_thread")]
            async fn sqlite() {
                let stage = Stage::new(Engine::Sqlite).await;
                body(&stage).await;
                stage.server.stop().await;
            }

            #[tokio::test(flavor = "multi_thread")]
            async fn postgres() {
                let stage = Stage::new(Engine::Postgres).await;
                body(&stage).await;
                stage.server.stop().await;
            }
        }
    )+};
}

on_both_stages! {
    async fn xero_and_google_ads_are_connected_and_reconnected_by_plain_forms(stage: &Stage) {
        for connector in ["xero", "google-ads"] {
            let at = stage.connected(connector).await;
            let page = stage.admin.get(&at).await;
            assert!(page.status == 200 && page.body.contains("Permission receipt"), "{}", page.body);
            let id = at.rsplit('/').next().unwrap().to_owned();
            let shown = stage.admin.get(&format!("/api/v1{at}")).await.json();
            assert!(shown["data"]["receipt"]["permissions"].as_array().is_some_and(|all| !all.is_empty()), "{shown}");
            let form = stage.admin.get(&format!("{at}/credentials")).await;
            assert_eq!((form.status, form.location()), (303, format!("{at}/reconnect").as_str()), "there is nothing to type");
            let page = stage.admin.get(&format!("{at}/reconnect")).await;
            assert!(page.body.contains("Continue to "), "{}", page.body);
            let url = led_to(&stage.admin.form("/actions/connections/reconnect", &[("id", &id)]).await);
            let answer = stage.admin.get(&way_back(&url, 0, "allow").await).await;
            let answer = match answer.location().strip_suffix("/account") {
                Some(draft) => pick(&stage.admin, draft.strip_prefix("/connect/").unwrap()).await,
                None => answer,
            };
            assert_eq!(answer.location(), format!("{at}/credentials/test"), "{}", answer.body);
            assert_eq!(stage.tested(&format!("{at}/credentials/test")).await, at, "the same connection");
        }
        assert_eq!(stage.admin.get("/api/v1/connections").await.json()["data"]["items"].as_array().unwrap().len(), 2);
    }

    async fn row_07_no_header_changes_where_a_provider_leads_back_to(stage: &Stage) {
        let draft = stage.draft("xero").await;
        let names = ["host", "x-forwarded-host", "x-forwarded-proto", "x-forwarded-port", "x-forwarded-prefix", "forwarded", "x-original-url", "x-rewrite-url", "x-host", "referer"];
        let mut seen = Vec::new();
        for name in names {
            for value in ["evil.example", "https://evil.example/"] {
                let value = if name == "forwarded" { format!("host={value};proto=https") } else { value.to_owned() };
                let origin = stage.server.url.clone();
                let headers = [("origin", origin.as_str()), ("content-type", "application/x-www-form-urlencoded"), (name, value.as_str())];
                let answer = stage.admin.send(Method::POST, "/actions/connect/leave", &headers, Some(format!("draft={draft}").into_bytes())).await;
                match answer.status {
                    200 => seen.push(query(&led_to(&answer))["redirect_uri"].clone()),
                    status => assert!((400..500).contains(&status), "{name}: {status} {}", answer.body),
                }
            }
        }
        seen.sort();
        seen.dedup();
        assert_eq!(seen, [format!("{}/oauth/callback/xero", stage.server.server.public_url)]);
    }

    async fn row_08_the_way_back_leads_to_paths_of_ours_whatever_stands_in_it(stage: &Stage) {
        for next in ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"] {
            let draft = stage.draft("xero").await;
            let url = stage.leave(&draft).await;
            let extra: String = url::form_urlencoded::Serializer::new(String::new()).extend_pairs([("next", next), ("redirect", next), ("return_to", next)]).finish();
            let answer = stage.admin.get(&format!("{}&{extra}", way_back(&url, 0, "deny").await)).await;
            assert_eq!((answer.status, answer.location()), (303, format!("/oauth/trouble/oauth_denied?draft={draft}").as_str()));
            assert_eq!(stage.admin.get(answer.location()).await.status, 400);
            let about = format!("/oauth/trouble/oauth_denied?draft={}", url::form_urlencoded::byte_serialize(next.as_bytes()).collect::<String>());
            let page = stage.admin.get(&about).await;
            assert!(page.status == 400 && !page.body.contains("evil.example") && !page.body.contains("javascript:"), "{}", page.body);
        }
    }

    async fn row_09_the_way_back_is_told_to_nobody_and_left_at_once(stage: &Stage) {
        let draft = stage.draft("xero").await;
        let url = stage.leave(&draft).await;
        let good = way_back(&url, 0, "allow").await;
        let twice = format!("{good}&code=another");
        for (path, expected) in [
            ("/oauth/callback/xero".to_owned(), "/oauth/trouble/oauth_state_invalid"),
            ("/oauth/callback/nothing?state=x&code=y".to_owned(), "/oauth/trouble/oauth_state_invalid"),
            (twice, "/oauth/trouble/oauth_state_invalid"),
            (good.clone(), "/connect/"),
            (good, "/oauth/trouble/oauth_state_invalid"),
        ] {
            let answer = stage.admin.get(&path).await;
            assert_eq!(answer.status, 303, "{path}: {}", answer.body);
            assert!(answer.location().starts_with(expected), "{path}: {}", answer.location());
            assert!(!answer.location().contains("code=") && !answer.location().contains("state="), "{}", answer.location());
            assert_eq!((answer.header("referrer-policy"), answer.header("cache-control"), answer.body.as_str()), ("no-referrer", "no-store", ""));
            let page = stage.admin.get(answer.location()).await;
            let policy = page.header("content-security-policy").to_owned();
            assert!(page.status == 303 || policy.contains("default-src 'none'"), "{policy}");
        }
        let stranger = stage.server.client();
        let answer = stranger.get("/oauth/callback/xero?state=x&code=the-code-itself").await;
        assert_eq!((answer.status, answer.location()), (303, "/oauth/trouble/oauth_state_invalid"), "nobody's code travels to the sign-in page");
    }

    async fn what_the_provider_says_is_shown_as_text(stage: &Stage) {
        let draft = stage.draft("xero").await;
        let url = stage.leave(&draft).await;
        let state = query(&url)["state"].clone();
        let hostile = "<script>alert(1)</script>";
        let back = url::form_urlencoded::Serializer::new(String::new()).extend_pairs([("state", state.as_str()), ("error", "access_denied"), ("error_description", hostile)]).finish();
        let answer = stage.admin.get(&format!("/oauth/callback/xero?{back}")).await;
        let page = stage.admin.get(answer.location()).await;
        assert_eq!(page.status, 400);
        assert!(page.body.contains("access_denied") && page.body.contains("&lt;script&gt;") && !page.body.contains(hostile), "{}", page.body);
        assert!(page.body.contains(&format!("/connect/{draft}/consent")), "the way back to where the person was");
        assert_eq!(stage.admin.get(&format!("/connect/{draft}/consent")).await.status, 200, "the draft still waits");
        assert_eq!(stage.admin.get("/oauth/trouble/oauth_else").await.status, 404);
    }

    async fn another_session_and_another_organization_bring_nothing_in(stage: &Stage) {
        let draft = stage.draft("xero").await;
        let (stranger, _) = stage.server.second_organization().await;
        let (colleague, _) = stage.server.member(&stage.server.organization().await, "colleague", Role::OrgAdmin).await;
        let elsewhere = stage.server.client();
        elsewhere.sign_in(ADMIN, PASSWORD).await;
        for client in [&stranger, &colleague, &elsewhere] {
            let url = stage.leave(&draft).await;
            let back = way_back(&url, 0, "allow").await;
            assert_eq!(client.get(&back).await.location(), "/oauth/trouble/oauth_state_invalid");
            assert_eq!(stage.admin.get(&back).await.location(), "/oauth/trouble/oauth_state_invalid", "it is used");
        }
        for path in ["consent", "account"] {
            assert_eq!(stranger.get(&format!("/connect/{draft}/{path}")).await.status, 404);
        }
        assert_eq!(stage.admin.get("/api/v1/connections").await.json()["data"]["items"], json!([]));
    }

    async fn a_call_begins_what_a_person_allows(stage: &Stage) {
        let path = "/api/v1/connectors/xero/connections/start";
        let started = stage.admin.json(path, json!({"name": "Books"})).await;
        assert_eq!(started.status, 201, "{}", started.body);
        let told = started.json()["data"].clone();
        let url: Url = told["authorize_url"].as_str().unwrap().parse().unwrap();
        assert_eq!(query(&url)["state"], told["state"].as_str().unwrap());
        let elsewhere = stage.server.client();
        elsewhere.sign_in(ADMIN, PASSWORD).await;
        assert_eq!(elsewhere.get(&way_back(&url, 0, "allow").await).await.location(), "/oauth/trouble/oauth_state_invalid", "a session's own");
        let login = stage.server.client().json("/api/v1/auth/login", json!({"email": ADMIN, "password": PASSWORD, "tokens": true})).await;
        let token = login.json()["data"]["access_token"].as_str().map(str::to_owned).unwrap_or_else(|| panic!("{}", login.body));
        let bearer = format!("Bearer {token}");
        let program = stage.server.client();
        let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
        let started = program.send(Method::POST, path, &headers, Some(json!({"name": "Books"}).to_string().into_bytes())).await;
        assert_eq!(started.status, 201, "{}", started.body);
        let url: Url = started.json()["data"]["authorize_url"].as_str().unwrap().parse().unwrap();
        let draft = started.json()["data"]["draft"].as_str().unwrap().to_owned();
        let answer = elsewhere.get(&way_back(&url, 0, "allow").await).await;
        assert!(answer.location().starts_with(&format!("/connect/{draft}/")), "{}", answer.location());
        for (body, expected) in [(json!({"app": "oap_00000000000000000000000000"}), 404), (json!({"fields": {"else": "x"}}), 422), (json!({"else": 1}), 422), (json!({"connection": "x"}), 404)] {
            assert_eq!(stage.admin.json(path, body.clone()).await.status, expected, "{body}");
        }
        let refused = stage.admin.json("/api/v1/connectors/stripe/connections/start", json!({"fields": {"api_key": "sk_test_sandboxAccountThatWorks"}})).await;
        assert_eq!((refused.status, refused.code().as_str()), (409, "conflict"), "{}", refused.body);
    }

    async fn without_an_app_the_page_says_who_adds_one(stage: &Stage) {
        let begun = stage.admin.form("/actions/connect/start", &[("connector", "quickbooks")]).await;
        let draft = begun.location().split('/').nth(2).unwrap().to_owned();
        let page = stage.admin.get(&format!("/connect/{draft}/details")).await;
        assert!(page.body.contains("/oauth-apps/new?connector=quickbooks"), "{}", page.body);
        let answer = stage.admin.form("/actions/connect/details", &[("draft", &draft), ("name", "")]).await;
        assert_eq!(answer.location(), format!("/connect/{draft}/details"));
    }
}
