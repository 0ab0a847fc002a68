//! Who read it, when, from where, how often.

use latchkey::store::credential_uses::{UseRow, count, day_of};
use serde_json::json;

use super::planted::{Tokens, with_tokens};
use super::{a_key, read};
use crate::support::server::{ADMIN, TestServer, on_both_servers};
use crate::web::bearer::key;

on_both_servers! {
    async fn the_page_and_the_api_say_who_reads_it(server: &TestServer) {
        let admin = server.set_up().await;
        let dana = server.member_row(&server.organization().await, ADMIN).await;
        let id = with_tokens(server, &dana, "Ads", &Tokens::default()).await;
        let empty = admin.get(&format!("/connections/{id}")).await.body;
        assert!(empty.contains("No program has read the credential in the last 30 days."));
        let (often, home, own) = key(&admin, "Report", &["credentials:token"], None).await;
        let once = a_key(&admin, "Backup", &["credentials:read"]).await;
        for _ in 0..3 {
            assert_eq!(read(server, &often, id.as_str()).await.status, 200);
        }
        assert_eq!(read(server, &once, id.as_str()).await.status, 200);
        // Others of a week and a month ago.
        let app = &server.server.app;
        let of = |days: i64, reads| UseRow {
            organization: dana.organization.to_string(),
            connection: id.to_string(),
            application: home.rsplit('/').next().unwrap().to_owned(),
            key: own.rsplit('/').next().unwrap().to_owned(),
            day: day_of(app.now()) - days,
            node: "another".to_owned(),
            reads,
            last: app.now().plus_millis(-days * 86_400_000).millis(),
            address: "203.0.113.9".to_owned(),
            user_agent: String::new(),
        };
        let mut transaction = app.database.begin().await.unwrap();
        count(transaction.conn(), &[of(6, 10), of(7, 100), of(29, 1_000), of(30, 10_000)]).await.unwrap();
        transaction.commit().await.unwrap();

        let items = admin.get(&format!("/api/v1/connections/{id}/use")).await.json()["data"]["items"].clone();
        let line = |number: usize| (items[number]["application_name"].clone(), items[number]["reads_7_days"].clone(), items[number]["reads_30_days"].clone());
        assert_eq!(items.as_array().unwrap().len(), 2, "{items}");
        let (first, second) = if items[0]["application_name"] == json!("Backup") { (0, 1) } else { (1, 0) };
        assert_eq!(line(first), (json!("Backup"), json!(1), json!(1)));
        assert_eq!(line(second), (json!("Report"), json!(13), json!(1113)), "{items}");
        assert_eq!(items[second]["key_name"], json!("Production"));
        assert_ne!(items[second]["address"], json!("203.0.113.9"), "the last place, not an older one");

        let page = admin.get(&format!("/connections/{id}")).await.body;
        assert!(page.contains("Report") && page.contains("13 times in 7 days, 1113 times in 30."), "{page}");
        assert!(page.contains("Once in 7 days, once in 30."), "{page}");
        let viewer = server.member(&dana.organization, "vic", latchkey::domain::Role::Viewer).await.0;
        assert_eq!(viewer.get(&format!("/api/v1/connections/{id}/use")).await.status, 403);
        assert!(!viewer.get(&format!("/connections/{id}")).await.body.contains("Backup"));
    }

    async fn counts_end_with_the_connection_and_with_time(server: &TestServer) {
        let admin = server.set_up().await;
        let dana = server.member_row(&server.organization().await, ADMIN).await;
        let whole = a_key(&admin, "Whole", &["credentials:read"]).await;
        let (first, second) = (with_tokens(server, &dana, "One", &Tokens::default()).await, with_tokens(server, &dana, "Two", &Tokens::default()).await);
        for id in [&first, &second] {
            assert_eq!(read(server, &whole, id.as_str()).await.status, 200);
        }
        let at = format!("/api/v1/connections/{first}");
        assert_eq!(admin.json(&format!("{at}/disconnect"), json!({})).await.status, 200);
        assert_eq!(admin.call(reqwest::Method::DELETE, &at, &[], &json!({})).await.status, 200);
        let app = &server.server.app;
        let kept = async |id| {
            let mut reader = app.database.read().await.unwrap();
            latchkey::store::credential_uses::of_connection(reader.conn(), &dana.organization, id, 0).await.unwrap().len()
        };
        assert_eq!((kept(&first).await, kept(&second).await), (0, 1));
        latchkey::jobs::remove_ended(&app.database, app.now().plus_millis(50 * 86_400_000)).await.unwrap();
        assert_eq!(kept(&second).await, 0);
    }
}
