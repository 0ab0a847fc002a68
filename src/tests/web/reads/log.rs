//! Reads are recorded before anything is opened, many at once, in one chain.

use latchkey::services::audit::verify_all;
use latchkey::store::Database;
use serde_json::{Value, json};

use super::planted::{ACCESS, Tokens, payload, seal, with_tokens};
use super::{a_key, read, refused};
use crate::support::database::execute;
use crate::support::server::{ADMIN, TestServer, on_both_servers};
use crate::web::audit_unwritable::{break_the_log, mend_the_log};

async fn number(database: &Database, sql: &'static str) -> i64 {
    let found: (i64,) = match database {
        Database::Sqlite { readers, .. } => sqlx::query_as(sql).fetch_one(readers).await.unwrap(),
        Database::Postgres(pool) => sqlx::query_as(sql).fetch_one(pool).await.unwrap(),
    };
    found.0
}

const READS: &str = "SELECT count(*) FROM audit_log WHERE action = 'credential.read' AND outcome = 'done'";
const COUNTED: &str = "SELECT CAST(coalesce(sum(reads), 0) AS BIGINT) FROM credential_uses";

on_both_servers! {
    async fn what_cannot_be_recorded_is_not_opened(server: &TestServer) {
        let admin = server.set_up().await;
        let dana = server.member_row(&server.organization().await, ADMIN).await;
        let whole = a_key(&admin, "Whole", &["credentials:read"]).await;
        let id = with_tokens(server, &dana, "Ads", &Tokens::default()).await;
        assert_eq!(read(server, &whole, id.as_str()).await.status, 200);
        let database = &server.server.app.database;
        // A credential that cannot be opened: were it opened first, that would be the answer.
        let broken = server.connection(&dana, "Broken").await;
        seal(server, &dana, &broken, 1, &json!("no payload")).await;
        break_the_log(database).await;
        for id in [&id, &broken] {
            let answer = read(server, &whole, id.as_str()).await;
            refused(&answer, 503, "audit_unavailable");
            assert!(!answer.header("retry-after").is_empty());
        }
        assert_eq!((number(database, READS).await, number(database, COUNTED).await), (1, 1));
        mend_the_log(database).await;
        assert_eq!(read(server, &whole, id.as_str()).await.status, 200, "the writer goes on");
        refused(&read(server, &whole, broken.as_str()).await, 500, "secret_unreadable");
        assert_eq!((number(database, READS).await, number(database, COUNTED).await), (3, 3), "the one that could not be opened was asked for all the same");
    }

    async fn many_at_once_are_one_whole_chain(server: &TestServer) {
        let admin = server.set_up().await;
        let dana = server.member_row(&server.organization().await, ADMIN).await;
        let keys = [a_key(&admin, "One", &["credentials:read"]).await, a_key(&admin, "Two", &["credentials:token"]).await];
        let mut ids = Vec::new();
        for number in 0..5 {
            ids.push(with_tokens(server, &dana, &format!("Ads {number}"), &Tokens::default()).await);
        }
        let client = server.client().http;
        let url = server.url.clone();
        let reads = (0..200).map(|number: usize| {
            let request = client.get(format!("{url}/api/v1/connections/{}/credentials", ids[number % ids.len()])).bearer_auth(&keys[number % 2]);
            tokio::spawn(async move {
                let answer = request.send().await.unwrap();
                (answer.status().as_u16(), answer.text().await.unwrap())
            })
        });
        for read in reads.collect::<Vec<_>>() {
            let (status, body) = read.await.unwrap();
            assert_eq!(status, 200, "{body}");
            assert!(body.contains(ACCESS));
        }
        let app = &server.server.app;
        assert_eq!((number(&app.database, READS).await, number(&app.database, COUNTED).await), (200, 200));
        assert_eq!(number(&app.database, "SELECT count(*) FROM credential_uses").await, 10, "one row for each connection and key");
        let report = verify_all(&app.database, &app.audit_key, &[]).await.unwrap();
        assert!(report.findings.is_empty(), "{report:?}");
    }

    async fn an_entry_says_which_key_read_what_from_where(server: &TestServer) {
        let admin = server.set_up().await;
        let dana = server.member_row(&server.organization().await, ADMIN).await;
        let (key, home, own) = crate::web::bearer::key(&admin, "Report", &["credentials:read"], None).await;
        let id = with_tokens(server, &dana, "Ads", &Tokens::default()).await;
        let answer = server.client().http.get(format!("{}/api/v1/connections/{id}/credentials", server.url)).bearer_auth(&key).header("user-agent", "report/2");
        assert_eq!(answer.send().await.unwrap().status(), 200);
        refused(&read(server, &a_key(&admin, "None", &["audit:read"]).await, id.as_str()).await, 403, "forbidden");
        let entries = admin.get(&format!("/api/v1/audit?q={id}&what=credentials")).await.json();
        let entry = &entries["data"]["items"][0];
        assert_eq!((&entry["action"], &entry["outcome"], &entry["actor"]["name"]), (&json!("credential.read"), &json!("done"), &json!("Report")), "{entries}");
        assert_eq!(entry["actor"]["id"], json!(home.rsplit('/').next().unwrap()));
        assert_eq!(entry["facts"]["key"], json!(own.rsplit('/').next().unwrap()));
        assert_eq!((&entry["facts"]["version"], &entry["user_agent"]), (&json!(1), &json!("report/2")), "{entry}");
        assert!(entry["address"].as_str().is_some_and(|address| !address.is_empty()));
        assert!(!entries.to_string().contains(ACCESS));
        // A connection's own page lists what people did, not every read.
        let logs = admin.get(&format!("/api/v1/connections/{id}/logs")).await;
        assert!(!logs.body.contains("read the credential"), "{}", logs.body);
    }

    async fn a_new_version_is_read_at_once(server: &TestServer) {
        let admin = server.set_up().await;
        let dana = server.member_row(&server.organization().await, ADMIN).await;
        let whole = a_key(&admin, "Whole", &["credentials:read"]).await;
        let id = with_tokens(server, &dana, "Ads", &Tokens::default()).await;
        assert_eq!(read(server, &whole, id.as_str()).await.json()["data"]["version"], json!(1));
        execute(&server.server.app.database, "UPDATE credentials SET active = FALSE").await;
        let mut other: Value = payload();
        other["grant"] = Value::Null;
        seal(server, &dana, &id, 2, &other).await;
        let data = read(server, &whole, id.as_str()).await.json()["data"].clone();
        assert_eq!((&data["version"], &data["kind"]), (&json!(2), &json!("entered")), "{data}");
    }
}
