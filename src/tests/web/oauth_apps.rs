//! OAuth apps over HTTP: the API and the pages, that what is secret never comes back, and that no header changes the address to register.

use latchkey::domain::Role;
use reqwest::Method;
use serde_json::{Value, json};

use super::sign_on::SPOOFS;
use crate::canaries::{MARKER, hits};
use crate::support::client::{Answer, Client};
use crate::support::server::{TestServer, on_both_servers};

/// A connector of the organization's own whose apps people register; its token address is one that Latchkey does not speak to.
const MANIFEST: &str = include_str!("../services/oauth_apps/acme.toml");
const APPS: &str = "/api/v1/connectors/acme/apps";

fn secret(number: usize) -> String {
    format!("{MARKER}{number:04} with <signs> & more")
}

/// Publishes it.
pub async fn publish(admin: &Client) {
    let text = MANIFEST.replace("https://{zone}.acme.example/token", "https://127.0.0.1:9/{zone}/token");
    let id = admin.json("/api/v1/connectors/own", json!({ "manifest": text })).await.json()["data"]["id"].as_str().unwrap().to_owned();
    let published = admin.json(&format!("/api/v1/connectors/own/{id}/publish"), json!({})).await;
    assert_eq!(published.status, 200, "{}", published.body);
}

fn typed_app(label: &str) -> Value {
    json!({ "label": label, "client_id": "acme-client-1", "client_secret": secret(1), "fields": { "developer_token": secret(2), "customer": "4471902256" } })
}

/// Adds an app; its id.
pub async fn add(admin: &Client, label: &str) -> String {
    let made = admin.json(APPS, typed_app(label)).await;
    assert_eq!((made.status, hits(made.body.as_bytes())), (201, 0), "{}", made.body);
    made.json()["data"]["id"].as_str().unwrap().to_owned()
}

async fn patch(admin: &Client, place: &str, seen: &str, body: &Value) -> Answer {
    let headers: Vec<(&str, &str)> = (!seen.is_empty()).then_some(("if-match", seen)).into_iter().collect();
    admin.call(Method::PATCH, place, &headers, body).await
}

on_both_servers! {
    async fn an_app_is_added_viewed_changed_swapped_and_deleted(server: &TestServer) {
        let admin = server.set_up().await;
        publish(&admin).await;
        assert_eq!(admin.get(APPS).await.json()["data"]["items"], json!([]));
        let made = admin.json(APPS, typed_app("Production")).await;
        let data = made.json()["data"].clone();
        assert_eq!((made.status, made.header("etag")), (201, "\"1\""), "{}", made.body);
        assert_eq!(data["proof"], json!({ "proven": false, "code": "unreachable_egress_blocked" }));
        assert_eq!((&data["secret_hint"], &data["used_by"], &data["fields"]), (&json!("ore"), &json!([]), &json!({ "customer": "4471902256", "zone": "eu" })));
        assert_eq!(data["redirect_uri"], json!(format!("{}/oauth/callback/acme", server.url)));
        let place = format!("{APPS}/{}", data["id"].as_str().unwrap());
        let viewed = admin.get(&place).await;
        assert_eq!((viewed.status, viewed.header("etag")), (200, "\"1\""));
        assert_eq!(admin.send(Method::GET, &place, &[("if-none-match", "\"1\"")], None).await.status, 304);
        let changed = patch(&admin, &place, "\"1\"", &json!({ "label": "Live", "secret_ends_at": 4_102_444_800_000_i64 })).await;
        assert_eq!((changed.status, changed.header("etag"), &changed.json()["data"]["label"]), (200, "\"2\"", &json!("Live")), "{}", changed.body);
        let late = patch(&admin, &place, "\"1\"", &json!({ "label": "Late" })).await;
        assert_eq!((late.status, late.code().as_str()), (409, "conflict"));
        let kept = patch(&admin, &place, "", &json!({ "fields": { "customer": "777" } })).await.json();
        assert_eq!((&kept["data"]["secret_ends_at"], &kept["data"]["fields"]["customer"]), (&json!(4_102_444_800_000_i64), &json!("777")));
        let cleared = patch(&admin, &place, "", &json!({ "secret_ends_at": null })).await.json();
        assert_eq!(cleared["data"]["secret_ends_at"], json!(null));
        let swap = format!("{place}/secret");
        let refused = admin.json(&swap, json!({ "client_secret": secret(3) })).await;
        assert_eq!((refused.status, refused.code().as_str(), hits(refused.body.as_bytes())), (409, "conflict", 0), "{}", refused.body);
        let swapped = admin.json(&swap, json!({ "client_secret": secret(3), "accept_unproven": true })).await;
        assert_eq!((swapped.status, swapped.header("etag"), hits(swapped.body.as_bytes())), (200, "\"5\"", 0), "{}", swapped.body);
        for unknown in [json!({ "label": "x", "org_id": "x" }), json!({ "client_secret": "x" }), json!({ "id": "x" })] {
            let refused = patch(&admin, &place, "", &unknown).await;
            assert_eq!((refused.status, refused.code().as_str()), (422, "unknown_field"), "{unknown}");
        }
        let twice = admin.json(APPS, json!({ "label": "x", "client_id": "x", "client_secret": "x", "fields": { "client_secret": "x" } })).await;
        assert_eq!((twice.status, twice.code().as_str()), (422, "invalid_field"));
        let listed = admin.get(APPS).await;
        assert_eq!((listed.json()["data"]["items"].as_array().unwrap().len(), hits(listed.body.as_bytes())), (1, 0));
        let gone = admin.call(Method::DELETE, &place, &[], &json!({})).await;
        assert_eq!(gone.status, 200, "{}", gone.body);
        assert_eq!(admin.get(&place).await.status, 404);
        assert_eq!(hits(admin.get("/api/v1/audit/export?format=jsonl").await.body.as_bytes()), 0);
    }

    async fn what_belongs_to_another_organization_is_as_if_it_were_not_there(server: &TestServer) {
        let admin = server.set_up().await;
        let (stranger, _) = server.second_organization().await;
        publish(&admin).await;
        publish(&stranger).await;
        let foreign = add(&stranger, "Theirs").await;
        let own = add(&admin, "Ours").await;
        let ids = [foreign.as_str(), "oap_00000000000000000000000000", "oap_0000000000000000000000000u"];
        let calls: [(Method, &str, Value); 4] = [
            (Method::GET, "", json!({})),
            (Method::PATCH, "", json!({ "label": "Mine" })),
            (Method::DELETE, "", json!({})),
            (Method::POST, "/secret", json!({ "client_secret": "x", "accept_unproven": true })),
        ];
        for (method, behind, body) in &calls {
            let mut seen = Vec::new();
            for id in ids {
                let answer = admin.call(method.clone(), &format!("{APPS}/{id}{behind}"), &[], body).await;
                assert_eq!((answer.status, answer.code().as_str()), (404, "not_found"), "{method} {id}{behind}: {}", answer.body);
                seen.push(answer.comparable(id));
            }
            assert!(seen.windows(2).all(|pair| pair[0] == pair[1]), "{method} {behind}");
            let elsewhere = admin.call(method.clone(), &format!("/api/v1/connectors/stripe/apps/{own}{behind}"), &[], body).await;
            assert_eq!(elsewhere.status, 404, "another connector's: {method} {behind}");
        }
        for behind in ["", "/secret", "/delete"] {
            let pages: Vec<(u16, String)> = {
                let mut pages = Vec::new();
                for id in ids {
                    let answer = admin.get(&format!("/oauth-apps/{id}{behind}")).await;
                    pages.push((answer.status, answer.comparable(id)));
                }
                pages
            };
            assert!(pages.iter().all(|page| page.0 == 404 && page.1 == pages[0].1), "{behind}");
        }
        for action in ["edit", "secret", "delete"] {
            for id in ids {
                let answer = admin.form(&format!("/actions/oauth-apps/{action}"), &[("id", id), ("label", "Mine"), ("client_secret", "x"), ("confirm", "Theirs"), ("anyway", "yes")]).await;
                assert_eq!(answer.status, 404, "{action} {id}");
            }
        }
        assert_eq!(stranger.get(&format!("{APPS}/{foreign}")).await.json()["data"]["label"], json!("Theirs"));
        assert_eq!(admin.get(APPS).await.json()["data"]["items"].as_array().unwrap().len(), 1);
    }

    async fn row_07_the_address_to_register_is_the_configured_one_whatever_a_request_says(server: &TestServer) {
        let admin = server.set_up().await;
        publish(&admin).await;
        let id = add(&admin, "Production").await;
        let expected = format!("{}/oauth/callback/acme", server.url);
        let pattern = format!("{}/oauth/callback/{{connector}}", server.url);
        for (name, value) in SPOOFS {
            let view = admin.send(Method::GET, &format!("{APPS}/{id}"), &[(name, value)], None).await;
            assert_eq!(view.json()["data"]["redirect_uri"], json!(expected), "{name}: {value}");
            let doctor = admin.send(Method::GET, "/api/v1/oauth-apps/doctor", &[(name, value)], None).await.json();
            assert_eq!((&doctor["data"]["redirect_uri"], &doctor["data"]["public_url"]), (&json!(pattern), &json!(server.url)), "{name}: {value}");
            for page in [format!("/oauth-apps/{id}"), "/oauth-apps/new?connector=acme".to_owned()] {
                let answer = admin.send(Method::GET, &page, &[(name, value)], None).await;
                assert!(answer.status == 200 && answer.body.contains(&expected) && !answer.body.contains("evil.example"), "{page} {name}: {value}");
            }
            for page in ["/oauth-apps", "/oauth-apps/doctor"] {
                let answer = admin.send(Method::GET, page, &[(name, value)], None).await;
                assert!(answer.status == 200 && answer.body.contains(&pattern) && !answer.body.contains("evil.example/oauth"), "{page} {name}: {value}");
            }
        }
        let states = |answer: &Answer| -> Vec<String> {
            let findings = answer.json()["data"]["findings"].clone();
            findings.as_array().unwrap().iter().map(|finding| finding["state"].as_str().unwrap().to_owned()).collect()
        };
        assert_eq!(states(&admin.get("/api/v1/oauth-apps/doctor").await), ["passed"; 4]);
        let elsewhere = admin.send(Method::GET, "/api/v1/oauth-apps/doctor", &[("host", "evil.example")], None).await;
        assert_eq!(states(&elsewhere), ["failed", "passed", "passed", "passed"], "it says so, and changes nothing");
    }

    async fn the_pages_work_without_script_and_keep_what_was_typed_but_no_secret(server: &TestServer) {
        let admin = server.set_up().await;
        publish(&admin).await;
        assert!(admin.get("/oauth-apps").await.body.contains("None yet"));
        assert!(admin.get("/connections").await.body.contains("href=\"/oauth-apps\""), "the menu leads there");
        let choose = admin.get("/oauth-apps/new").await.body;
        assert!(choose.contains("href=\"/oauth-apps/new?connector=acme\""), "{choose}");
        let form = admin.get("/oauth-apps/new?connector=acme").await.body;
        for words in ["Developer token", "Enter http", "name=\"client_secret\"", "name=\"secret_ends_on\""] {
            assert!(form.contains(words), "{words}: {form}");
        }
        let (first, third) = (secret(1), secret(3));
        let typed = [("connector", "acme"), ("label", "Live <b>"), ("client_id", "client-1"), ("client_secret", first.as_str()), ("customer", "no number"), ("zone", "us")];
        let refused = admin.form("/actions/oauth-apps/create", &typed).await;
        assert_eq!(refused.location(), "/oauth-apps/new?connector=acme");
        let again = admin.get(refused.location()).await.body;
        for words in ["Live &lt;b&gt;", "client-1", "no number", "customer-error", "developer_token-error"] {
            assert!(again.contains(words), "{words}: {again}");
        }
        assert_eq!(hits(again.as_bytes()), 0);
        let typed = [
            ("connector", "acme"), ("label", "Live"), ("client_id", "client-1"), ("client_secret", first.as_str()), ("developer_token", "token-1"), ("customer", ""),
            ("zone", "eu"), ("secret_ends_on", "2999-12-31"),
        ];
        let added = admin.form("/actions/oauth-apps/create", &typed).await;
        let home = added.location().to_owned();
        assert!(added.status == 303 && home.starts_with("/oauth-apps/oap_"), "{home}: {}", added.body);
        let id = home.rsplit('/').next().unwrap().to_owned();
        let page = admin.get(&home).await.body;
        for words in ["It is added.", "did not say whether it takes the secret (unreachable_egress_blocked)", "31 Dec 2999", "No connection uses it yet.", "ends in …ore"] {
            assert!(page.contains(words), "{words}: {page}");
        }
        let edit = [("id", id.as_str()), ("label", "Live"), ("client_id", "client-1"), ("customer", "x"), ("zone", "us")];
        assert_eq!(admin.form("/actions/oauth-apps/edit", &edit).await.location(), home);
        let wrong = admin.get(&home).await.body;
        assert!(wrong.contains("This decides where the secret is sent") && wrong.contains("customer-error"), "{wrong}");
        let edit = [("id", id.as_str()), ("label", "Production"), ("client_id", "client-1"), ("customer", "777"), ("zone", "eu"), ("secret_ends_on", "")];
        assert_eq!(admin.form("/actions/oauth-apps/edit", &edit).await.location(), home);
        let page = admin.get(&home).await.body;
        assert!(page.contains("Saved.") && page.contains("777") && page.contains("Not known"), "{page}");
        let swap = format!("{home}/secret");
        assert_eq!(admin.get(&swap).await.status, 200);
        let unproven = admin.form("/actions/oauth-apps/secret", &[("id", id.as_str()), ("client_secret", third.as_str())]).await;
        assert_eq!(unproven.location(), swap);
        let again = admin.get(&swap).await.body;
        assert!(again.contains("The one before stays in use.") && hits(again.as_bytes()) == 0, "{again}");
        let swapped = admin.form("/actions/oauth-apps/secret", &[("id", id.as_str()), ("client_secret", third.as_str()), ("anyway", "yes")]).await;
        assert_eq!(swapped.location(), home);
        assert!(admin.get(&home).await.body.contains("The new secret is in use."));
        for page in ["/oauth-apps", "/oauth-apps?show=attention", "/oauth-apps/doctor"] {
            let answer = admin.get(page).await;
            assert_eq!((answer.status, hits(answer.body.as_bytes())), (200, 0), "{page}");
        }
        let ask = admin.form("/actions/oauth-apps/delete", &[("id", id.as_str()), ("confirm", "production")]).await;
        assert_eq!(ask.location(), format!("{home}/delete"));
        assert!(admin.get(ask.location()).await.body.contains("Type Production to confirm."));
        let gone = admin.form("/actions/oauth-apps/delete", &[("id", id.as_str()), ("confirm", "Production")]).await;
        assert_eq!(gone.location(), "/oauth-apps");
        assert!(admin.get("/oauth-apps").await.body.contains("Production is deleted."));
        let (lead, _) = server.member(&server.organization().await, "lead", Role::TeamLead).await;
        assert!(lead.get("/oauth-apps").await.status == 403 && !lead.get("/connections").await.body.contains("/oauth-apps"));
    }
}
