//! Editing, turning off, and deleting over the pages.

use crate::support::server::{TestServer, on_both_servers};

const NAME: &str = "Stripe live";

async fn made(server: &TestServer) -> (crate::support::client::Client, String) {
    let admin = server.set_up().await;
    let organization = server.organization().await;
    let (_, member) = server.member(&organization, "tom", latchkey::domain::Role::OrgAdmin).await;
    let id = server.connection(&member, NAME).await;
    (admin, id.to_string())
}

fn version(page: &str) -> String {
    page.split("name=\"version\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or_else(|| panic!("{page}")).to_owned()
}

on_both_servers! {
    async fn of_two_who_edit_nobody_loses_what_was_typed(server: &TestServer) {
        let (admin, id) = made(server).await;
        let page = format!("/connections/{id}");
        let seen = version(&admin.get(&page).await.body);
        let form = |name, description, tags, seen| [("id", id.clone()), ("version", seen), ("name", name), ("description", description), ("tags", tags)];
        let post = async |fields: [(&str, String); 5]| {
            let fields: Vec<(&str, &str)> = fields.iter().map(|(key, value)| (*key, value.as_str())).collect();
            admin.form("/actions/connections/edit", &fields).await
        };
        let first = post(form("Till".to_owned(), "Dana's <b>words</b>".to_owned(), "EU, finance".to_owned(), seen.clone())).await;
        assert_eq!((first.status, first.location()), (303, page.as_str()));
        let shown = admin.get(&page).await.body;
        assert!(shown.contains("Saved.") && shown.contains("href=\"/connections?tag=eu\"") && shown.contains("&lt;b&gt;words"), "{shown}");

        let long = "ü".repeat(499);
        post(form("Kasse".to_owned(), long.clone(), "eu".to_owned(), seen)).await;
        let refused = admin.get(&page).await.body;
        assert!(refused.contains("changed this meanwhile") && refused.contains("role=\"alert\""), "{refused}");
        assert!(refused.contains("value=\"Kasse\"") && refused.contains(&long), "what was typed is there");
        assert!(refused.contains("Saved meanwhile: Till") && refused.contains("Saved meanwhile: eu, finance"), "what was saved is there: {refused}");
        post(form("Kasse".to_owned(), long.clone(), "eu".to_owned(), version(&refused))).await;
        let saved = admin.get(&page).await.body;
        assert!(saved.contains("Saved.") && saved.contains("<h1 class=\"lk-h1\">Kasse<") && !saved.contains("Saved meanwhile"), "{saved}");
    }

    async fn a_refused_edit_says_where_and_keeps_the_rest(server: &TestServer) {
        let (admin, id) = made(server).await;
        let page = format!("/connections/{id}");
        admin.form("/actions/connections/edit", &[("id", &id), ("version", "1"), ("name", ""), ("description", "Kept words"), ("tags", "a\\b")]).await;
        let refused = admin.get(&page).await.body;
        assert!(refused.contains("id=\"name-error\"") && refused.contains("id=\"tags-error\"") && refused.contains("Kept words"), "{refused}");
        assert!(!admin.get(&page).await.body.contains("Kept words"), "nothing was saved");
    }

    async fn it_is_turned_off_and_on_with_a_button(server: &TestServer) {
        let (admin, id) = made(server).await;
        let page = format!("/connections/{id}");
        assert_eq!(admin.form("/actions/connections/disable", &[("id", &id)]).await.location(), page);
        let off = admin.get(&page).await.body;
        assert!(off.contains(&format!("{NAME} is turned off.")) && off.contains("/actions/connections/enable") && !off.contains("/actions/connections/test"));
        admin.form("/actions/connections/test", &[("id", &id)]).await;
        assert!(admin.get(&page).await.body.contains("It is turned off, so nothing is sent."));
        admin.form("/actions/connections/enable", &[("id", &id)]).await;
        assert!(admin.get(&page).await.body.contains(&format!("{NAME} is turned on.")));
    }

    async fn what_has_ended_is_found_and_deleted(server: &TestServer) {
        let (admin, id) = made(server).await;
        let page = format!("/connections/{id}");
        admin.form("/actions/connections/delete", &[("id", &id)]).await;
        assert!(admin.get(&page).await.body.contains("Disconnect it first. Nothing was deleted."));
        admin.form("/actions/connections/disconnect", &[("id", &id), ("confirm", NAME)]).await;
        assert!(admin.get("/connections").await.body.contains("href=\"/connections?status=disconnected\""));
        assert!(admin.get("/connections?status=disconnected").await.body.contains(&page));
        assert!(admin.get(&page).await.body.contains("Delete for good"));
        assert_eq!(admin.form("/actions/connections/delete", &[("id", &id)]).await.location(), "/connections");
        assert!(admin.get("/connections").await.body.contains(&format!("{NAME} is deleted.")));
        assert_eq!(admin.get(&page).await.status, 404);
    }

    async fn older_activity_is_a_link_away(server: &TestServer) {
        let (admin, id) = made(server).await;
        for _ in 0..16 {
            admin.form("/actions/connections/disable", &[("id", &id)]).await;
            admin.form("/actions/connections/enable", &[("id", &id)]).await;
        }
        let page = admin.get(&format!("/connections/{id}")).await.body;
        let older = page.split("href=\"").filter_map(|rest| rest.split('"').next()).find(|href| href.contains("?before=")).unwrap().split('#').next().unwrap();
        let rest = admin.get(older).await.body;
        assert!(rest.contains("turned it off.") && !rest.contains("Show older"), "{rest}");
        assert_eq!(admin.get(&format!("/connections/{id}?before=nonsense")).await.status, 200);
    }
}
