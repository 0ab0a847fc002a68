//! Connectors of the organization's own, in the browser and over the API.

use latchkey::services::own::STARTER;
use reqwest::Method;
use serde_json::json;

use crate::support::server::{TestServer, on_both_servers};

/// Closes whatever it stands in, and would run.
const EVIL: &str = r#"x'><script>evil()</script><img src=x onerror="evil()">"#;

/// The starter with the hostile text in every place that takes words.
fn hostile() -> String {
    let text = EVIL.replace('"', "\\\"");
    let mut manifest = String::new();
    let words = ["name", "summary", "sign_in", "credential_noun", "reads", "changes", "never", "stored", "needs", "title", "help", "text"];
    for line in STARTER.lines() {
        let key = line.split(" = ").next().unwrap();
        let indented = line.starts_with("  \"");
        if words.contains(&key) {
            manifest.push_str(&format!("{key} = \"{text}\"\n"));
        } else if indented {
            manifest.push_str(&format!("  \"{text}\",\n"));
        } else if key == "regions" {
            manifest.push_str(&format!("regions = [\"{text}\"]\n"));
        } else if key == "docs_url" {
            manifest.push_str(&format!("docs_url = \"https://{text}\"\nglyph = \"{text}\"\n"));
        } else if key == "noun" {
            manifest.push_str(&format!("noun = [\"{text}\", \"{text}\"]\n"));
        } else if key == "kind" && line.contains("secret") {
            manifest.push_str(&format!(
                "kind = \"secret\"\nexample = \"{text}\"\nfind_url = \"https://{text}\"\nfind_label = \"{text}\"\n\
                 [[fields]]\nid = \"where\"\ntitle = \"{text}\"\nhelp = \"{text}\"\nkind = \"select\"\noptions = [{{ value = \"{text}\", title = \"{text}\" }}]\n\
                 [[fields]]\nid = \"note\"\ntitle = \"{text}\"\nkind = \"multiline\"\ndefault = \"</textarea>{text}\"\n\
                 [[fields]]\nid = \"line\"\ntitle = \"{text}\"\nkind = \"text\"\ndefault = \"{text}\"\nexample = \"{text}\"\n"
            ));
        } else if line == "required = true" {
        } else {
            manifest.push_str(line);
            manifest.push('\n');
        }
    }
    format!(
        "{manifest}[words.egress_blocked]\nheadline = \"{text}\"\nsentence = \"{text}\"\ncause = \"{text}\"\n[words.dns_failed]\nheadline = \"{text}\"\nsentence = \"{text}\"\ncause = \"{text}\"\n"
    )
}

#[track_caller]
fn harmless(page: &str, what: &str) {
    for part in ["<script>evil", "<img src=x", "'><script", "</textarea>x"] {
        assert!(!page.contains(part), "{what} holds {part}");
    }
    assert!(page.contains("evil()"), "{what} shows the text");
}

on_both_servers! {
    async fn a_connector_is_begun_mended_tried_published_exported_and_deleted(server: &TestServer) {
        let admin = server.set_up().await;
        assert!(admin.get("/marketplace").await.body.contains("Build a connector"));
        assert!(admin.get("/marketplace/own").await.body.contains("None yet"));
        assert!(admin.get("/marketplace/own/new").await.body.contains("acme-tickets"));
        let broken = STARTER.replace("tier = \"preview\"", "tier = \"best\"");
        let saved = admin.form("/actions/own/save", &[("id", ""), ("manifest", &broken), ("then", "publish")]).await;
        let at = saved.location().to_owned();
        assert!(saved.status == 303 && at.starts_with("/marketplace/own/own_"), "{at}");
        let page = admin.get(&at).await;
        let line = broken.lines().position(|line| line.starts_with("tier")).unwrap() + 1;
        assert!(page.body.contains("It is not published.") && page.body.contains(&format!("Line {line}")) && page.body.contains("tier"), "{}", page.body);
        assert!(page.body.contains("&quot;best&quot;") || page.body.contains("\"best\""), "the typed text is kept");
        let id = at.rsplit('/').next().unwrap();
        let saved = admin.form("/actions/own/save", &[("id", id), ("manifest", STARTER), ("then", "check")]).await;
        assert_eq!(saved.location(), at);
        let page = admin.get(&at).await.body;
        assert!(page.contains("The form of Acme Tickets") && page.contains("name=\"token\"") && !page.contains("to mend"), "{page}");
        let tried = admin.form("/actions/own/test", &[("id", id), ("token", "canary-token")]).await;
        assert_eq!((tried.status, tried.location()), (303, at.as_str()));
        let page = admin.get(&at).await.body;
        assert!(page.contains("lk-check") && !page.contains("canary-token"), "{page}");
        assert_eq!(admin.get("/marketplace/acme-tickets").await.status, 404);
        admin.form("/actions/own/save", &[("id", id), ("manifest", STARTER), ("then", "publish")]).await;
        assert!(admin.get(&at).await.body.contains("It is published."));
        let page = admin.get("/marketplace").await.body;
        assert!(page.contains("/marketplace/acme-tickets") && page.contains("Yours"), "{page}");
        assert_eq!(admin.get("/marketplace/acme-tickets").await.status, 200);
        let file = admin.get(&format!("{at}/export")).await;
        assert_eq!((file.status, file.body.as_str()), (200, STARTER));
        assert_eq!(file.header("content-disposition"), "attachment; filename=\"acme-tickets.toml\"");
        assert!(file.header("content-type").starts_with("text/plain"));
        let deleted = admin.form("/actions/own/delete", &[("id", id)]).await;
        assert_eq!(deleted.location(), "/marketplace/own");
        assert_eq!(admin.get(&at).await.status, 404);
    }

    async fn words_stay_words_on_every_page(server: &TestServer) {
        let admin = server.set_up().await;
        let text = hostile();
        let made = admin.json("/api/v1/connectors/own", json!({"manifest": text})).await;
        assert_eq!((made.status, made.json()["data"]["findings"].clone()), (201, json!([])), "{}", made.body);
        let id = made.json()["data"]["id"].as_str().unwrap().to_owned();
        assert_eq!(admin.json(&format!("/api/v1/connectors/own/{id}/publish"), json!({})).await.status, 200);
        let where_to = EVIL.to_owned();
        admin.form("/actions/own/test", &[("id", &id), ("token", "t"), ("where", &where_to), ("line", EVIL), ("note", &format!("</textarea>{EVIL}"))]).await;
        let begun = admin.form("/actions/connect/start", &[("connector", "acme-tickets")]).await;
        let draft = begun.location().trim_end_matches("/sign-in").to_owned();
        let own = format!("/marketplace/own/{id}");
        let (sign_in, details) = (format!("{draft}/sign-in"), format!("{draft}/details"));
        for path in ["/marketplace", "/marketplace/own", &own, "/marketplace/acme-tickets", &sign_in, &details] {
            let page = admin.get(path).await;
            assert_eq!(page.status, 200, "{path}: {}", page.body);
            harmless(&page.body, path);
        }
        admin.call(Method::PUT, &format!("/api/v1/connectors/own/{id}"), &[], &json!({"manifest": format!("{EVIL}\n</textarea>{EVIL}\nname = '''\n")})).await;
        harmless(&admin.get(&own).await.body, "the page of a broken draft");
    }

    async fn the_api_says_what_is_to_mend(server: &TestServer) {
        let admin = server.set_up().await;
        let checked = admin.json("/api/v1/connectors/own/check", json!({"manifest": STARTER.replace("https://tickets", "http://tickets")})).await.json();
        assert_eq!(checked["data"]["sound"], json!(false));
        let finding = &checked["data"]["findings"][0];
        assert_eq!(finding["key"], "target.base_url");
        assert!(finding["line"].as_u64().unwrap() > 1 && finding["message"].as_str().unwrap().contains("https://"), "{finding}");
        assert_eq!(admin.get("/api/v1/connectors/own").await.json()["data"]["items"], json!([]), "nothing was kept");
        let made = admin.json("/api/v1/connectors/own", json!({"manifest": "name = \"Half\""})).await;
        assert_eq!(made.status, 201);
        let id = made.json()["data"]["id"].as_str().unwrap().to_owned();
        let refused = admin.json(&format!("/api/v1/connectors/own/{id}/publish"), json!({})).await;
        assert_eq!((refused.status, refused.code().as_str()), (422, "invalid_field"));
        let put = admin.call(Method::PUT, &format!("/api/v1/connectors/own/{id}"), &[], &json!({"manifest": STARTER})).await;
        assert_eq!((put.status, put.json()["data"]["state"].clone()), (200, json!("draft")), "{}", put.body);
        let tried = admin.json(&format!("/api/v1/connectors/own/{id}/test"), json!({"fields": {}})).await;
        assert_eq!((tried.status, tried.json()["error"]["details"]["fields"][0]["field"].clone()), (422, json!("token")));
        let published = admin.json(&format!("/api/v1/connectors/own/{id}/publish"), json!({})).await.json();
        assert_eq!((published["data"]["state"].clone(), published["data"]["connector"].clone()), (json!("published"), json!("acme-tickets")));
        let listed = admin.get("/api/v1/connectors?q=acme").await.json();
        assert_eq!((listed["data"]["items"][0]["id"].clone(), listed["data"]["items"][0]["own"].clone()), (json!("acme-tickets"), json!(true)));
        let large = admin.json("/api/v1/connectors/own", json!({"manifest": "#".repeat(64 * 1024 + 1)})).await;
        assert_eq!((large.status, large.code().as_str()), (422, "invalid_field"));
        let zero = admin.form("/actions/own/save", &[("id", &id), ("manifest", "a\0b")]).await;
        assert_eq!(zero.status, 303);
        let (stranger, _) = server.second_organization().await;
        let foreign = stranger.get("/api/v1/connectors/acme-tickets").await;
        let unknown = stranger.get("/api/v1/connectors/acme-nothing").await;
        assert_eq!(foreign.comparable("acme-tickets"), unknown.comparable("acme-nothing"));
        assert_eq!(admin.call(Method::DELETE, &format!("/api/v1/connectors/own/{id}"), &[], &json!({})).await.status, 200);
        assert_eq!(admin.get(&format!("/api/v1/connectors/own/{id}")).await.status, 404);
    }
}
