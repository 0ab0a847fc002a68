//! The expiry calendar and imports from outside: pages, calls, the address for calendar programs, and the command.

use std::ffi::OsString;
use std::sync::Arc;

use latchkey::domain::{Role, SystemClock};
use latchkey::server::commands::{self, ImportOrder};
use latchkey::vault::SystemRandom;
use reqwest::Method;
use serde_json::json;

use crate::support::client::Client;
use crate::support::server::{ADMIN, TestServer, on_both_servers};

const FAR: i64 = 4_102_444_800_000;

/// What stands in the field of this id.
fn value<'a>(page: &'a str, id: &str) -> &'a str {
    let (_, field) = page.split_once(&format!("id=\"{id}\"")).unwrap_or_else(|| panic!("no field {id} in {page}"));
    field.split_once("value=\"").unwrap().1.split_once('"').unwrap().0
}

async fn address(client: &Client) -> String {
    let page = client.form("/actions/expiry/feed", &[]).await;
    assert_eq!(page.status, 200, "{}", page.body);
    value(&page.body, "address").to_owned()
}

async fn import(server: &TestServer, order: ImportOrder, variables: &[(&str, &str)]) -> (String, bool) {
    let variables: Vec<(OsString, OsString)> = variables.iter().map(|(name, value)| (OsString::from(*name), OsString::from(*value))).collect();
    let verdict = commands::import(&server.config(), &order, variables, Arc::new(SystemClock), Arc::new(SystemRandom)).await.unwrap();
    (verdict.words, verdict.whole)
}

on_both_servers! {
    async fn a_date_is_added_changed_and_removed_by_forms(server: &TestServer) {
        let admin = server.set_up().await;
        let empty = admin.get("/expiry").await;
        assert!(empty.body.contains("Nothing that ends") && empty.body.contains("Nothing ends within a week."), "{}", empty.body);
        let refused = admin.form("/actions/expiry/add", &[("title", "Certificate"), ("ends_at", ""), ("owner", ""), ("note", "")]).await;
        assert_eq!((refused.status, refused.location()), (303, "/expiry/new"));
        let form = admin.get("/expiry/new").await;
        assert!(form.body.contains("Choose a day.") && form.body.contains("value=\"Certificate\""), "{}", form.body);
        let added = admin.form("/actions/expiry/add", &[("title", "Certificate <b>"), ("ends_at", "2099-12-04"), ("owner", ""), ("note", "Ask.")]).await;
        assert_eq!((added.status, added.location()), (303, "/expiry"));
        let page = admin.get("/expiry?until=all").await.body;
        assert!(page.contains("Certificate &lt;b&gt; is in the calendar.") && page.contains("2099-12-04") && page.contains("owner Dana Whitfield"), "{page}");
        assert!(admin.get("/expiry").await.body.contains("Show 1 more until 4 Dec 2099"));
        let listed = admin.get("/api/v1/expiry").await.json();
        let id = listed["data"]["items"][0]["id"].as_str().unwrap().to_owned();
        let form = admin.get(&format!("/expiry/{id}")).await.body;
        assert_eq!(value(&form, "ends_at"), "2099-12-04");
        let changed = admin.form("/actions/expiry/edit", &[("id", &id), ("title", "Certificate"), ("ends_at", "2099-12-05"), ("note", "")]).await;
        assert_eq!((changed.status, changed.location()), (303, "/expiry"));
        let line = admin.get("/api/v1/expiry").await.json()["data"]["items"][0].clone();
        assert_eq!((line["title"].as_str(), line["note"].as_str()), (Some("Certificate"), Some("")));
        let removed = admin.form("/actions/expiry/remove", &[("id", &id)]).await;
        assert_eq!(removed.location(), "/expiry");
        assert!(admin.get("/expiry").await.body.contains("The date of Certificate is removed."));
        assert_eq!(admin.get(&format!("/expiry/{id}")).await.status, 404);
    }

    async fn the_api_adds_changes_and_removes_dates(server: &TestServer) {
        let admin = server.set_up().await;
        let organization = server.organization().await;
        let dana = server.member_row(&organization, ADMIN).await;
        let made = admin.json("/api/v1/expiry", json!({"title": "Certificate", "ends_at": FAR})).await;
        assert_eq!(made.status, 201, "{}", made.body);
        let place = format!("/api/v1/expiry/{}", made.json()["data"]["id"].as_str().unwrap());
        let patched = admin.call(Method::PATCH, &place, &[], &json!({"note": "Ask."})).await;
        assert_eq!((patched.status, patched.json()["data"]["note"].as_str()), (200, Some("Ask.")));
        for (body, status, code) in [
            (json!({"title": "x", "ends_at": 1}), 422, "invalid_field"),
            (json!({"title": "x", "ends_at": FAR, "colour": "blue"}), 422, "unknown_field"),
            (json!({"title": "x"}), 422, "invalid_field"),
            (json!({"connection": "con_00000000000000000000000000", "ends_at": FAR}), 404, "not_found"),
        ] {
            let answer = admin.json("/api/v1/expiry", body.clone()).await;
            assert_eq!((answer.status, answer.code().as_str()), (status, code), "{body}");
        }
        let without = server.connection(&dana, "Shop").await;
        let answer = admin.json("/api/v1/expiry", json!({"connection": without.as_str(), "ends_at": FAR})).await;
        assert_eq!((answer.status, answer.code().as_str()), (409, "conflict"), "it has no credential");
        assert_eq!(admin.call(Method::DELETE, &place, &[], &json!({})).await.status, 200);
        assert_eq!(admin.call(Method::DELETE, &place, &[], &json!({})).await.status, 404);
    }

    async fn a_calendar_program_reads_without_a_session_until_the_address_is_withdrawn(server: &TestServer) {
        let admin = server.set_up().await;
        admin.json("/api/v1/expiry", json!({"title": "Certificate", "ends_at": FAR})).await;
        let address = address(&admin).await;
        let path = address.strip_prefix(&server.server.public_url).unwrap().to_owned();
        let program = server.client();
        let read = program.get(&path).await;
        assert_eq!((read.status, read.header("content-type")), (200, "text/calendar; charset=utf-8"));
        assert!(read.body.contains("SUMMARY:Certificate ends\r\n"), "{}", read.body);
        let token = path.rsplit('/').next().unwrap().trim_end_matches(".ics").to_owned();
        assert!(token.len() >= 43 && !admin.get("/expiry/subscribe").await.body.contains(&token), "it is told once");
        for wrong in [format!("/expiry/feed/{token}"), "/expiry/feed/unknown.ics".to_owned(), format!("/expiry/feed/{}A.ics", &token[1..]), "/expiry/feed/%ff.ics".to_owned()] {
            assert_eq!(program.get(&wrong).await.status, 404, "{wrong}");
        }
        let withdrawn = admin.form("/actions/expiry/feed/withdraw", &[]).await;
        assert_eq!(withdrawn.location(), "/expiry/subscribe");
        assert_eq!(program.get(&path).await.status, 404);
        let (viewer, member) = server.member(&server.organization().await, "vera", Role::Viewer).await;
        let theirs = self::address(&viewer).await;
        let theirs = theirs.strip_prefix(&server.server.public_url).unwrap();
        assert_eq!(program.get(theirs).await.status, 200);
        server.remove(&member).await;
        assert_eq!(program.get(theirs).await.status, 404, "the membership has ended");
    }

    async fn a_pasted_file_is_shown_as_it_would_be_and_comes_back_into_no_page(server: &TestServer) {
        let admin = server.set_up().await;
        let good = "sk_test_sandboxAccountThatWorks";
        let text = format!("STRIPE_API_KEY={good}\nVENTURES_PASSWORD=hunter2-hunter2\n");
        let dry = admin.form("/actions/import", &[("text", &text), ("do", "plan")]).await;
        assert!(dry.status == 200 && dry.body.contains("1 of 2 connections can be tried.") && dry.body.contains("Needs a change first."), "{}", dry.body);
        assert_eq!(admin.get("/api/v1/connections").await.json()["data"]["items"], json!([]));
        let done = admin.form("/actions/import", &[("text", &text), ("do", "apply")]).await;
        assert!(done.body.contains("1 of 2 connections are connected.") && done.body.contains("Connected as "), "{}", done.body);
        let wrong = admin.form("/actions/import", &[("text", "hunter2-hunter2"), ("do", "plan")]).await;
        assert_eq!((wrong.status, wrong.location()), (303, "/import"));
        let page = admin.get("/import").await;
        assert!(page.body.contains("line 1: this is no NAME=value."), "{}", page.body);
        for answer in [dry, done, page] {
            assert!(!answer.body.contains(good) && !answer.body.contains("hunter2"), "{}", answer.body);
        }
    }

    async fn the_command_says_what_it_would_do_then_does_it(server: &TestServer) {
        let admin = server.set_up().await;
        let good = "sk_test_sandboxAccountThatWorks";
        let variables = [("STRIPE_API_KEY", good), ("VENTURES_USERNAME", "api_user"), ("VENTURES_PASSWORD", "hunter2-hunter2")];
        let order = ImportOrder { from: Some("env".to_owned()), ..ImportOrder::default() };
        let (dry, whole) = import(server, order.clone(), &variables).await;
        assert!(!whole && dry.contains("This was a dry run") && dry.contains("VENTURES_SITE_NAME or VENTURES_SITE"), "{dry}");
        let listed = async || admin.get("/api/v1/connections").await.json()["data"]["items"].as_array().unwrap().len();
        assert_eq!(listed().await, 0);
        let (done, whole) = import(server, ImportOrder { apply: true, ..order.clone() }, &variables).await;
        assert!(!whole && done.contains("1 of 2 connected, in the name of Dana Whitfield"), "{done}");
        assert_eq!(listed().await, 1);
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), format!("STRIPE_API_KEY='{good}'\n")).unwrap();
        let from = ImportOrder { from: Some(file.path().to_str().unwrap().to_owned()), apply: true, member: Some(ADMIN.to_owned()), ..ImportOrder::default() };
        let (again, whole) = import(server, from, &[]).await;
        assert!(!whole && again.contains("already connected"), "{again}");
        let (none, whole) = import(server, order, &[("HOME", "/root")]).await;
        assert!(!whole && none.contains("Nothing of a known connector was found."), "{none}");
        for said in [dry, done, again] {
            assert!(!said.contains(good) && !said.contains("hunter2"), "{said}");
        }
        let id = admin.get("/api/v1/connections").await.json()["data"]["items"][0]["id"].as_str().unwrap().to_owned();
        let thaw = ImportOrder { unfreeze: Some(id), ..ImportOrder::default() };
        let refused = commands::import(&server.config(), &thaw, Vec::new(), Arc::new(SystemClock), Arc::new(SystemRandom)).await.unwrap_err();
        assert!(refused.to_string().contains("not frozen"), "{refused}");
        let order = ImportOrder { from: Some("/there/is/no/such/file".to_owned()), ..ImportOrder::default() };
        assert!(commands::import(&server.config(), &order, Vec::new(), Arc::new(SystemClock), Arc::new(SystemRandom)).await.is_err());
    }
}
