//! Sessions that can be seen and ended, the second step, fresh sign-ins, known browsers, and the organization's rule, over HTTP.

use latchkey::domain::Role;
use latchkey::store::Database;
use latchkey::vault::TokenHash;
use reqwest::Method;
use serde_json::json;
use totp_rs::{Algorithm, Builder, Totp};

use super::routes::ROUTES;
use super::stranger::is_kept_out;
use crate::support::authenticator::Authenticator;
use crate::support::client::Client;
use crate::support::database::execute;
use crate::support::server::{ADMIN, PASSWORD, TestServer, on_both_servers};

const SECURITY: &str = "/account/security";

/// Lets every proof of who somebody is grow stale.
async fn grow_stale(server: &TestServer) {
    let sql = match &server.server.app.database {
        Database::Sqlite { .. } => "UPDATE sessions SET data = json_set(data, '$.who.proven_at', 0) WHERE id IS NOT NULL",
        Database::Postgres(_) => "UPDATE sessions SET data = jsonb_set(data::jsonb, '{who,proven_at}', '0')::text WHERE id IS NOT NULL",
    };
    execute(&server.server.app.database, sql).await;
}

/// Turns an authenticator app on; the app, and the page with the recovery codes.
async fn turn_on(client: &Client) -> (Totp, String) {
    let begun = client.form("/actions/second-factor/begin", &[]).await;
    assert_eq!(begun.location(), "/account/security/app", "{}", begun.body);
    let page = client.get("/account/security/app").await;
    assert!(page.header("cache-control").contains("no-store") && page.body.contains("<svg"), "{}", page.body);
    let key = page.body.split("id=\"key\"").nth(1).unwrap().split(['>', '<']).nth(1).unwrap().replace(' ', "");
    let key = totp_rs::Secret::try_from_base32(key).unwrap();
    let app = Builder::new().with_algorithm(Algorithm::SHA1).with_digits(6).with_step_duration(30).with_secret(key).with_account_name("a").build().unwrap();
    let shown = client.form("/actions/second-factor/on", &[("code", &code(&app, 0))]).await;
    assert_eq!(shown.status, 200, "{}", shown.location());
    (app, shown.body)
}

/// The code of `ahead` steps from now; the server takes one step more or less, and each once.
fn code(app: &Totp, ahead: u64) -> String {
    let now = latchkey::domain::Clock::now(&latchkey::domain::SystemClock).millis() / 1_000;
    app.generate(u64::try_from(now).unwrap() + 30 * ahead).to_string()
}

/// The recovery codes on their page.
fn codes_on(page: &str) -> Vec<String> {
    page.split("<li class=\"lk-code\">").skip(1).map(|part| part.split('<').next().unwrap().to_owned()).collect()
}

async fn half_in(client: &Client) {
    let answer = client.form("/actions/sign-in", &[("email", ADMIN), ("password", PASSWORD), ("next", "/marketplace")]).await;
    assert_eq!(answer.location(), "/sign-in/second-step", "{}", answer.body);
}

async fn signed_in(client: &Client) -> bool {
    client.get("/api/v1/auth/me").await.status == 200
}

on_both_servers! {
    async fn sessions_are_listed_and_ended_at_once(server: &TestServer) {
        let admin = server.set_up().await;
        let other = server.client();
        other.sign_in(ADMIN, PASSWORD).await;
        other.call(Method::GET, "/api/v1/auth/me", &[("user-agent", "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:133.0) Gecko/20100101 Firefox/133.0")], &json!({})).await;
        let listed = admin.get("/api/v1/auth/sessions").await.json();
        let items = listed["data"]["items"].as_array().unwrap().clone();
        assert_eq!(items.len(), 2, "{listed}");
        assert_eq!((&items[0]["current"], &items[1]["current"]), (&json!(true), &json!(false)));
        assert!(items.iter().all(|item| item["id"].as_str().unwrap().starts_with("ses_") && item["address"] == "127.0.0.1"), "{listed}");
        let page = admin.get(SECURITY).await.body;
        assert!(page.contains("This one") && page.contains("End all other sessions"), "{page}");
        let id = items[1]["id"].as_str().unwrap();
        let (foreign, _) = server.second_organization().await;
        for wrong in [id, "ses_00000000000000000000000000", "x"] {
            let answer = foreign.call(Method::DELETE, &format!("/api/v1/auth/sessions/{wrong}"), &[], &json!({})).await;
            assert_eq!((answer.status, answer.code().as_str()), (404, "not_found"), "{wrong}");
        }
        assert!(signed_in(&other).await);
        let ended = admin.form("/actions/sessions/end", &[("id", id)]).await;
        assert_eq!((ended.status, ended.location()), (303, SECURITY));
        assert!(!signed_in(&other).await, "at the next request");
        assert_eq!(other.get("/connections").await.location(), "/sign-in?next=%2Fconnections");
        let others = [server.client(), server.client()];
        for other in &others {
            other.sign_in(ADMIN, PASSWORD).await;
        }
        let answer = admin.json("/api/v1/auth/sessions/end-others", json!({})).await;
        assert_eq!(answer.json()["data"]["ended"], 2, "{}", answer.body);
        for other in &others {
            assert!(!signed_in(other).await);
        }
        assert!(signed_in(&admin).await && signed_in(&foreign).await);
    }

    async fn half_a_sign_in_is_a_stranger_on_every_route(server: &TestServer) {
        let admin = server.set_up().await;
        turn_on(&admin).await;
        let half = server.client();
        half_in(&half).await;
        for route in ROUTES {
            is_kept_out(&half, route).await;
        }
        assert_eq!(half.get("/sign-in/second-step").await.status, 200, "it was half a sign-in to the end");
    }

    async fn the_second_step_opens_with_a_new_id_and_goes_where_the_person_wanted(server: &TestServer) {
        let admin = server.set_up().await;
        let (app, page) = turn_on(&admin).await;
        let codes = codes_on(&page);
        assert_eq!(codes.len(), 10);
        assert!(!admin.get(SECURITY).await.body.contains(&codes[0]), "shown once");
        let client = server.client();
        half_in(&client).await;
        let half = client.session().unwrap();
        assert!(client.get("/sign-in/second-step").await.body.contains("One more step"));
        let wrong = client.form("/actions/second-step", &[("code", "000000")]).await;
        assert_eq!(wrong.location(), "/sign-in/second-step");
        assert!(client.get("/sign-in/second-step").await.body.contains("This code does not fit"));
        let right = client.form("/actions/second-step", &[("code", &code(&app, 1))]).await;
        assert_eq!(right.location(), "/marketplace", "{}", right.body);
        assert_ne!(client.session().unwrap(), half);
        assert!(signed_in(&client).await);
        let thief = server.client();
        thief.set_session(&half);
        assert!(!signed_in(&thief).await && thief.form("/actions/second-step", &[("code", &codes[0])]).await.location().starts_with("/sign-in?"));

        let body = |code: &str| json!({"email": ADMIN, "password": PASSWORD, "code": code});
        let api = server.client();
        let missing = api.json("/api/v1/auth/login", json!({"email": ADMIN, "password": PASSWORD})).await;
        assert_eq!((missing.status, missing.code().as_str(), missing.header("set-cookie")), (401, "second_factor_required", ""));
        let wrong = api.json("/api/v1/auth/login", body("000000")).await;
        assert_eq!((wrong.status, wrong.code().as_str(), wrong.header("set-cookie")), (401, "second_factor_required", ""));
        assert_eq!(api.json("/api/v1/auth/login", body(&codes[4])).await.status, 200);
        assert_eq!(server.client().json("/api/v1/auth/login", body(&codes[4])).await.status, 401, "a used code");
        assert!(admin.get(SECURITY).await.body.contains("9 of 10 are left"));
    }

    async fn sensitive_pages_ask_once_more_and_the_session_gets_a_new_id(server: &TestServer) {
        let admin = server.set_up().await;
        grow_stale(server).await;
        let refused = admin.form("/actions/second-factor/begin", &[]).await;
        assert_eq!(refused.location(), "/confirm?next=%2Faccount%2Fsecurity");
        let page = admin.get(refused.location()).await.body;
        assert!(page.contains("Confirm that it is you") && page.contains("Password"), "{page}");
        assert_eq!(admin.get("/account/security/app").await.location(), "/confirm?next=%2Faccount%2Fsecurity%2Fapp");
        let before = admin.session().unwrap();
        let wrong = admin.form("/actions/confirm", &[("password", "not the password"), ("next", SECURITY)]).await;
        assert_eq!(wrong.location(), "/confirm?next=%2Faccount%2Fsecurity");
        assert_eq!(admin.form("/actions/second-factor/begin", &[]).await.location(), "/confirm?next=%2Faccount%2Fsecurity");
        for next in ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"] {
            grow_stale(server).await;
            let right = admin.form("/actions/confirm", &[("password", PASSWORD), ("next", next)]).await;
            assert_eq!((right.status, right.location()), (303, "/connections"), "{next}");
        }
        let right = admin.form("/actions/confirm", &[("password", PASSWORD), ("next", SECURITY)]).await;
        assert_eq!(right.location(), SECURITY);
        let after = admin.session().unwrap();
        assert_ne!(before, after);
        assert_eq!(admin.form("/actions/second-factor/begin", &[]).await.location(), "/account/security/app");
        admin.set_session(&before);
        assert!(!signed_in(&admin).await, "the old id opens nothing");
        admin.set_session(&after);
        let answer = admin.json("/api/v1/auth/confirm", json!({"password": PASSWORD})).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        assert_ne!(admin.session().unwrap(), after);
        let listed = admin.get("/api/v1/auth/sessions").await.json();
        assert_eq!(listed["data"]["items"].as_array().unwrap().len(), 1, "it is still one session: {listed}");
        let wrong = admin.json("/api/v1/auth/confirm", json!({"password": "x"})).await;
        assert_eq!((wrong.status, wrong.code().as_str()), (401, "login_failed"));
        for body in [json!({}), json!({"password": PASSWORD, "code": "1"})] {
            assert_eq!(admin.json("/api/v1/auth/confirm", body).await.status, 422);
        }
    }

    async fn a_known_browser_is_not_locked_out_by_strangers(server: &TestServer) {
        let admin = server.set_up().await;
        let header = admin.cookie_header();
        assert!(header.contains("latchkey-device="), "{header}");
        let token = header.split("latchkey-device=").nth(1).unwrap().split(';').next().unwrap().to_owned();
        let answer = server.client().json("/api/v1/auth/login", json!({"email": ADMIN, "password": PASSWORD})).await;
        let cookies: Vec<&str> = answer.headers.get_all("set-cookie").iter().map(|value| value.to_str().unwrap()).collect();
        let device = cookies.iter().find(|cookie| cookie.starts_with("latchkey-device=")).unwrap();
        assert!(device.contains("HttpOnly") && device.contains("SameSite=Lax") && device.contains("Path=/") && device.contains("Max-Age=15552000"), "{device}");
        assert!(cookies[0].starts_with("latchkey="), "the session's comes first: {cookies:?}");
        for _ in 0..12 {
            server.client().json("/api/v1/auth/login", json!({"email": ADMIN, "password": "not the password"})).await;
        }
        let right = json!({"email": ADMIN, "password": PASSWORD});
        assert_eq!(server.client().json("/api/v1/auth/login", right.clone()).await.status, 429, "a stranger's browser");
        let planted = server.client();
        let cookie = format!("latchkey-device={}", TokenHash::of(&token).as_str());
        let answer = planted.send(Method::POST, "/api/v1/auth/login", &[("origin", &server.url), ("content-type", "application/json"), ("cookie", &cookie)], Some(right.to_string().into_bytes())).await;
        assert_eq!(answer.status, 429, "what is stored is no token");
        assert_eq!(admin.json("/api/v1/auth/login", right.clone()).await.status, 200, "the browser that signed in before");
        let old = format!("latchkey-device={token}");
        for _ in 0..12 {
            server.client().json("/api/v1/auth/login", json!({"email": ADMIN, "password": "not the password"})).await;
        }
        let answer = planted.send(Method::POST, "/api/v1/auth/login", &[("origin", &server.url), ("content-type", "application/json"), ("cookie", &old)], Some(right.to_string().into_bytes())).await;
        assert_eq!(answer.status, 429, "every sign-in brings a new token");
    }

    async fn an_organization_that_asks_for_a_second_factor_waits_for_it(server: &TestServer) {
        let admin = server.set_up().await;
        let (member, _) = server.member(&server.organization().await, "max", Role::Developer).await;
        assert_eq!(admin.form("/actions/second-factor/rule", &[("wanted", "yes")]).await.status, 303);
        assert!(admin.get("/organisation/security").await.body.contains("Set up a second step for yourself first"));
        turn_on(&admin).await;
        admin.form("/actions/second-factor/rule", &[("wanted", "yes")]).await;
        assert!(admin.get("/organisation/security").await.body.contains("Everybody needs a second step now."));
        assert_eq!(admin.get("/connections").await.status, 200, "who has one goes on");
        for path in ["/connections", "/marketplace", "/docs/api", "/nothing"] {
            assert_eq!(member.get(path).await.location(), SECURITY, "{path}");
        }
        assert_eq!(member.form("/actions/connections/test", &[("id", "x")]).await.location(), SECURITY);
        let answer = member.get("/api/v1/connections").await;
        assert_eq!((answer.status, answer.code().as_str()), (403, "second_factor_required"));
        assert!(member.get(SECURITY).await.body.contains("Your organisation asks for a second step."));
        assert_eq!(member.get("/api/v1/auth/me").await.status, 200);
        turn_on(&member).await;
        assert_eq!(member.get("/connections").await.status, 200);
        assert_eq!(member.get("/organisation/security").await.status, 403);
    }

    async fn a_passkey_signs_in_through_the_pages(server: &TestServer) {
        let numbered = server.set_up().await;
        assert!(!numbered.get("/sign-in").await.body.contains("Sign in with a passkey"));
        assert!(numbered.get(SECURITY).await.body.contains("Passkeys need this server to have a name"));
        let begun = numbered.form("/actions/passkeys/begin", &[("purpose", "add")]).await;
        assert_eq!(begun.status, 409, "{}", begun.body);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_passkey_is_added_used_and_removed_through_the_actions() {
    let origin = "http://localhost:4800";
    let server = TestServer::start_with(crate::support::database::Engine::Sqlite, &[("LATCHKEY_SERVER__PUBLIC_URL", origin)]).await;
    let admin = server.set_up().await;
    let mut phone = Authenticator::new(origin);
    let begin = async |client: &Client, purpose: &str| client.form("/actions/passkeys/begin", &[("purpose", purpose)]).await.json();
    let begun = begin(&admin, "add").await;
    let answer = phone.create(&begun["options"]);
    let added = admin.form("/actions/passkeys/add", &[("ceremony", begun["ceremony"].as_str().unwrap()), ("answer", &answer), ("name", "Phone")]).await;
    assert_eq!((added.status, codes_on(&added.body).len()), (200, 10), "{}", added.location());

    let client = server.client();
    assert!(client.get("/sign-in").await.body.contains("Sign in with a passkey"));
    let begun = begin(&client, "sign_in").await;
    let form = [("ceremony", begun["ceremony"].as_str().unwrap().to_owned()), ("answer", phone.get(&begun["options"])), ("next", "/marketplace".to_owned())];
    let form: Vec<(&str, &str)> = form.iter().map(|(key, value)| (*key, value.as_str())).collect();
    let entered = client.form("/actions/passkeys/sign-in", &form).await;
    assert_eq!(entered.location(), "/marketplace");
    assert!(signed_in(&client).await);
    let replayed = server.client();
    assert!(replayed.form("/actions/passkeys/sign-in", &form).await.location().starts_with("/sign-in?") && !signed_in(&replayed).await);

    let client = server.client();
    assert_eq!(client.form("/actions/passkeys/begin", &[("purpose", "second_step")]).await.status, 404, "without a first step");
    half_in(&client).await;
    let begun = begin(&client, "second_step").await;
    let answer = phone.get(&begun["options"]);
    let entered = client.form("/actions/passkeys/second-step", &[("ceremony", begun["ceremony"].as_str().unwrap()), ("answer", &answer)]).await;
    assert_eq!(entered.location(), "/marketplace");

    grow_stale(&server).await;
    assert_eq!(client.form("/actions/passkeys/begin", &[("purpose", "add")]).await.status, 403);
    let begun = begin(&client, "confirm").await;
    let answer = phone.get(&begun["options"]);
    let confirmed =
        client.form("/actions/passkeys/confirm", &[("ceremony", begun["ceremony"].as_str().unwrap()), ("answer", &answer), ("next", SECURITY)]).await;
    assert_eq!(confirmed.location(), SECURITY);
    let page = client.get(SECURITY).await.body;
    let id = page.split("name=\"id\" value=\"pas_").nth(1).unwrap().split('"').next().unwrap();
    let id = format!("pas_{id}");
    client.form("/actions/passkeys/rename", &[("id", &id), ("name", "My phone")]).await;
    assert!(client.get(SECURITY).await.body.contains("My phone"));
    client.form("/actions/passkeys/remove", &[("id", &id)]).await;
    assert!(client.get(SECURITY).await.body.contains("My phone is removed."));
    server.stop().await;
}
