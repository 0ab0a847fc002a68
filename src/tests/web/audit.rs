//! The audit log from outside: pages, calls, files.

use latchkey::domain::Role;
use reqwest::Method;
use serde_json::json;

use crate::support::server::{TestServer, on_both_servers};

on_both_servers! {
    async fn the_page_says_what_happened_and_leads_on(server: &TestServer) {
        let admin = server.set_up().await;
        for number in 0..60 {
            let theme = if number % 2 == 0 { "dark" } else { "light" };
            assert_eq!(admin.form("/actions/theme", &[("theme", theme), ("back", "/connections")]).await.status, 303);
        }
        let page = admin.get("/audit").await;
        assert_eq!(page.status, 200);
        assert!(page.body.contains("Dana Whitfield") && page.body.contains("changed the theme."), "{}", page.body);
        assert!(page.body.contains("Today, "), "the heading of the day");
        assert_eq!(page.body.matches("class=\"lk-audit").count(), 50);
        let older = page.body.split("href=\"").filter_map(|rest| rest.split('"').next()).find(|href| href.contains("before=")).unwrap().replace("&amp;", "&");
        let next = admin.get(&older).await;
        assert_eq!(next.status, 200);
        assert!(next.body.contains("set Latchkey up and founded"), "{}", next.body);
        assert_eq!(next.body.matches("class=\"lk-audit").count(), 11);
        let narrowed = admin.get("/audit?what=settings&who=people&when=7d&q=ampac").await;
        assert_eq!(narrowed.body.matches("class=\"lk-audit").count(), 1, "{}", narrowed.body);
        assert!(narrowed.body.contains("value=\"ampac\""), "what was asked for stays in the form");
        assert_eq!(admin.get("/audit?of=server").await.status, 200);
        for strange in ["/audit?what=nothing&who=x&when=y&of=z", "/audit?before=nonsense", "/audit?before=1.2", "/audit?before=1.2.", "/audit?before=99999999999999999999.1.a"] {
            assert_eq!(admin.get(strange).await.status, 200, "{strange}");
        }
        let entry = admin.get("/audit/test/1").await;
        assert_eq!(entry.status, 200);
        assert!(entry.body.contains("setup.done") && entry.body.contains("It is as it was written.") && entry.body.contains("The next entry follows it."), "{}", entry.body);
    }

    async fn calls_page_through_it_and_refuse_what_is_none(server: &TestServer) {
        let admin = server.set_up().await;
        for theme in ["dark", "light", "dark", "light", "dark"] {
            admin.form("/actions/theme", &[("theme", theme), ("back", "/connections")]).await;
        }
        let first = admin.get("/api/v1/audit?limit=4").await.json();
        assert_eq!(first["data"]["items"].as_array().unwrap().len(), 4);
        assert_eq!(first["data"]["items"][0]["sentence"], "Dana Whitfield changed the theme.");
        assert_eq!(first["data"]["items"][0]["facts"]["theme"], "dark");
        let cursor = first["data"]["next_cursor"].as_str().unwrap();
        let second = admin.get(&format!("/api/v1/audit?limit=4&cursor={cursor}")).await.json();
        assert_eq!((second["data"]["items"].as_array().unwrap().len(), &second["data"]["next_cursor"]), (2, &json!(null)));
        for wrong in ["limit=0", "limit=201", "limit=x", "cursor=nonsense", "who=nobody", "what=x", "when=x", "of=x", "page=1"] {
            let answer = admin.get(&format!("/api/v1/audit?{wrong}")).await;
            assert_eq!((answer.status, answer.code().as_str()), (422, "invalid_field"), "{wrong}: {}", answer.body);
        }
        assert_eq!(admin.get("/api/v1/audit/export?format=xml").await.status, 422);
        let entry = admin.get("/api/v1/audit/test/1").await.json();
        assert_eq!((&entry["data"]["entry"]["action"], &entry["data"]["chain"]["own"]), (&json!("setup.done"), &json!(true)));
        let kept = admin.get("/api/v1/audit/retention").await.json();
        assert_eq!(kept["data"]["days"], 0);
        let put = async |body| admin.call(Method::PUT, "/api/v1/audit/retention", &[], &body).await;
        assert_eq!(put(json!({"days": 90})).await.json()["data"]["days"], 90);
        assert_eq!(put(json!({"days": 29})).await.status, 422);
        assert_eq!(put(json!({"days": 90, "organization": "x"})).await.status, 422);
    }

    async fn an_entry_of_others_is_as_if_it_were_not_there(server: &TestServer) {
        server.set_up().await;
        let (stranger, _) = server.second_organization().await;
        for at in ["/api/v1/audit", "/audit"] {
            let mut seen = Vec::new();
            for id in ["test/1", "test/999999", "nowhere/1", "test/x", "test/-1", "te%20st/%C3%A4"] {
                let answer = stranger.get(&format!("{at}/{id}")).await;
                assert_eq!(answer.status, 404, "{at}/{id}");
                seen.push(answer.comparable(&format!("{at}/{id}")));
            }
            assert!(seen.iter().all(|other| *other == seen[0]), "{at}: one answer for all");
        }
        let own = stranger.get("/api/v1/audit").await.json();
        assert_eq!(own["data"]["items"].as_array().unwrap().len(), 1, "the own sign-in alone: {own}");
        assert_eq!(stranger.get("/api/v1/audit?of=server").await.status, 403);
        assert_eq!(stranger.get("/audit?of=server").await.status, 403);
        assert_eq!(stranger.get("/audit/verify").await.status, 403);
    }

    async fn files_are_attachments_and_hold_the_entries(server: &TestServer) {
        let admin = server.set_up().await;
        for (path, kind, name) in [
            ("/audit/export?format=csv", "text/csv; charset=utf-8", "latchkey-audit.csv"),
            ("/audit/export", "application/x-ndjson", "latchkey-audit.jsonl"),
            ("/api/v1/audit/export?format=csv", "text/csv; charset=utf-8", "latchkey-audit.csv"),
            ("/api/v1/audit/export", "application/x-ndjson", "latchkey-audit.jsonl"),
        ] {
            let file = admin.get(path).await;
            assert_eq!((file.status, file.header("content-type"), file.header("cache-control")), (200, kind, "no-store"));
            assert_eq!(file.header("content-disposition"), format!("attachment; filename=\"{name}\""));
            assert!(file.body.contains("setup.done") && file.body.contains("audit.exported"), "{}", file.body);
        }
    }

    async fn each_role_is_shown_its_own_part(server: &TestServer) {
        server.set_up().await;
        let organization = server.organization().await;
        for (name, role, status) in [("lea", Role::TeamLead, 200), ("dev", Role::Developer, 200), ("vera", Role::Viewer, 403), ("orga", Role::OrgAdmin, 200)] {
            let (client, _) = server.member(&organization, name, role).await;
            assert_eq!(client.get("/audit").await.status, status, "{name}");
            assert_eq!(client.get("/api/v1/audit").await.status, status, "{name}");
            assert_eq!(client.get("/audit/export").await.status, status, "{name}");
            let items = client.get("/api/v1/audit").await.json();
            let own = items["data"]["items"].as_array().map(|items| items.iter().all(|item| item["actor"]["name"] == name));
            assert_eq!(own, if status == 200 { Some(role != Role::OrgAdmin) } else { None }, "{items}");
            assert_eq!(client.get("/connections").await.body.contains("href=\"/audit\""), status == 200, "the way there is shown to those who may go it");
            let settings = if role == Role::OrgAdmin { 200 } else { 403 };
            assert_eq!(client.get("/organisation/audit").await.status, settings, "{name}");
            assert_eq!(client.get("/audit/verify").await.status, 403, "{name}");
        }
    }

    async fn how_long_it_is_kept_is_a_form(server: &TestServer) {
        let admin = server.set_up().await;
        let save = async |form: &[(&str, &str)]| {
            let answer = admin.form("/actions/organisation/audit", form).await;
            assert_eq!((answer.status, answer.location()), (303, "/organisation/audit"));
            admin.get("/organisation/audit").await.body
        };
        let page = save(&[("keep", "days"), ("days", "7")]).await;
        assert!(page.contains("Keep entries for 30 days or more") && page.contains("value=\"7\""), "{page}");
        for empty in ["", "0", "x"] {
            assert!(save(&[("keep", "days"), ("days", empty)]).await.contains("Keep entries for 30 days or more"), "{empty:?} is not for ever");
        }
        assert!(save(&[("keep", "days"), ("days", "365")]).await.contains("Saved."));
        assert_eq!(admin.get("/api/v1/audit/retention").await.json()["data"]["days"], 365);
        assert!(save(&[("keep", "always"), ("days", "7")]).await.contains("Saved."));
        assert_eq!(admin.get("/api/v1/audit/retention").await.json()["data"]["days"], 0);
        assert_eq!(admin.form("/actions/audit/verify", &[]).await.location(), "/audit/verify");
        assert_eq!(admin.get("/audit/verify").await.status, 200);
    }
}
