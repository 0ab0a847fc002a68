//! What cannot be recorded is not done; and what is done is recorded.

use latchkey::store::Database;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::client::{Answer, Client};
use crate::support::database::execute;
use crate::support::server::{ADMIN, PASSWORD, TestServer, on_both_servers};

const STRIPE: &str = "sk_test_sandboxAccountThatWorks";

/// Counters, sessions with their messages, keys of repetitions, and the log's own tables: they may change without an entry.
const UNWATCHED: &[&str] = &["audit_chains", "audit_checkpoints", "audit_log", "audit_verifications", "changes", "idempotency_keys", "rate_limits", "sessions"];

async fn texts(database: &Database, sqlite: &'static str, postgres: &'static str) -> Vec<String> {
    let found: Vec<(String,)> = match database {
        Database::Sqlite { readers, .. } => sqlx::query_as(sqlite).fetch_all(readers).await.unwrap(),
        Database::Postgres(pool) => sqlx::query_as(postgres).fetch_all(pool).await.unwrap(),
    };
    found.into_iter().map(|(text,)| text).collect()
}

/// A statement that was put together here; it lives as long as the tests.
fn lasting(sql: String) -> &'static str {
    Box::leak(sql.into_boxed_str())
}

/// From now on every committed change of a watched table leaves its name.
async fn watch(database: &Database) {
    let tables = texts(
        database,
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!' AND name NOT LIKE '!_sqlx%' ESCAPE '!'",
        "SELECT relname::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relkind = 'r' AND relname NOT LIKE '!_sqlx%' ESCAPE '!'",
    )
    .await;
    assert!(tables.len() > 15, "{tables:?}");
    execute(database, "CREATE TABLE changes (name TEXT NOT NULL)").await;
    if let Database::Postgres(_) = database {
        let body = "CREATE FUNCTION note_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO changes VALUES (TG_TABLE_NAME); RETURN NULL; END $$";
        execute(database, body).await;
    }
    for table in tables.iter().filter(|table| !UNWATCHED.contains(&table.as_str())) {
        for what in ["INSERT", "UPDATE", "DELETE"] {
            let sql = match database {
                Database::Sqlite { .. } => {
                    format!("CREATE TRIGGER watch_{table}_{what} AFTER {what} ON {table} BEGIN INSERT INTO changes VALUES ('{table}'); END")
                }
                Database::Postgres(_) => format!("CREATE TRIGGER watch_{what} AFTER {what} ON {table} FOR EACH ROW EXECUTE FUNCTION note_change()"),
            };
            execute(database, lasting(sql)).await;
        }
    }
}

/// The tables that were changed since the last call.
async fn changed(database: &Database) -> Vec<String> {
    let sql = "SELECT DISTINCT name FROM changes ORDER BY name";
    let found = texts(database, sql, sql).await;
    execute(database, "DELETE FROM changes").await;
    found
}

async fn entries(database: &Database) -> usize {
    let sql = "SELECT node || seq FROM audit_log";
    texts(database, sql, sql).await.len()
}

pub async fn break_the_log(database: &Database) {
    match database {
        Database::Sqlite { .. } => execute(database, "CREATE TRIGGER no_audit BEFORE INSERT ON audit_log BEGIN SELECT RAISE(ABORT, 'unwritable'); END").await,
        Database::Postgres(_) => {
            execute(database, "CREATE FUNCTION no_audit() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'unwritable'; END $$").await;
            execute(database, "CREATE TRIGGER no_audit BEFORE INSERT ON audit_log FOR EACH ROW EXECUTE FUNCTION no_audit()").await;
        }
    }
}

pub async fn mend_the_log(database: &Database) {
    match database {
        Database::Sqlite { .. } => execute(database, "DROP TRIGGER no_audit").await,
        Database::Postgres(_) => execute(database, "DROP TRIGGER no_audit ON audit_log").await,
    }
}

/// A call that must be recorded.
struct Call {
    method: &'static str,
    path: String,
    body: Value,
    form: Vec<(&'static str, String)>,
}

impl Call {
    fn api(method: &'static str, path: impl Into<String>, body: Value) -> Self {
        Self { method, path: path.into(), body, form: Vec::new() }
    }

    fn form(path: &str, form: &[(&'static str, &str)]) -> Self {
        let form = form.iter().map(|(key, value)| (*key, (*value).to_owned())).collect();
        Self { method: "FORM", path: path.to_owned(), body: Value::Null, form }
    }

    async fn send(&self, client: &Client) -> Answer {
        let form: Vec<(&str, &str)> = self.form.iter().map(|(key, value)| (*key, value.as_str())).collect();
        match self.method {
            "FORM" => client.form(&self.path, &form).await,
            "GET" => client.get(&self.path).await,
            method => client.call(Method::from_bytes(method.as_bytes()).unwrap(), &self.path, &[], &self.body).await,
        }
    }
}

/// The admin, a stranger, and calls of the admin that all work, one after the other.
async fn world(server: &TestServer) -> (Client, Vec<Call>) {
    let admin = server.set_up().await;
    let made =
        admin.json("/api/v1/connectors/ventures/configure", json!({"username": "api_user", "password": "correct-horse", "site": "test_integration"})).await;
    assert!(made.status < 300, "{}", made.body);
    let listed = admin.get("/api/v1/connections").await.json();
    let id = listed["data"]["items"][0]["id"].as_str().unwrap().to_owned();
    let at = format!("/api/v1/connections/{id}");
    let own = admin.json("/api/v1/connectors/own", json!({"manifest": "name = \"Ours\""})).await.json()["data"]["id"].as_str().unwrap().to_owned();
    let link = admin.json("/api/v1/connections/requests", json!({"connector": "stripe", "valid_hours": 24})).await.json();
    let link = link["data"]["id"].as_str().or_else(|| link["data"]["link"]["id"].as_str()).unwrap().to_owned();
    let begun = admin.form("/actions/connect/start", &[("connector", "stripe")]).await;
    let draft = begun.location().split('/').nth(2).unwrap().to_owned();
    let calls = vec![
        Call::api("POST", format!("{at}/test"), json!({})),
        Call::api("GET", format!("{at}/preview"), Value::Null),
        Call::api("PATCH", &at, json!({"name": "Loans", "tags": ["eu"]})),
        Call::api("POST", format!("{at}/disable"), json!({})),
        Call::api("POST", format!("{at}/enable"), json!({})),
        Call::api("PUT", format!("{at}/credentials"), json!({"fields": {"password": "correct-horse"}})),
        Call::api("POST", "/api/v1/connections/test", json!({"connector": "stripe", "fields": {"api_key": STRIPE}})),
        Call::api("POST", "/api/v1/connections", json!({"connector": "stripe", "name": "Shop", "fields": {"api_key": STRIPE}})),
        Call::api("POST", "/api/v1/connectors/own", json!({"manifest": "name = \"Second\""})),
        Call::api("PUT", format!("/api/v1/connectors/own/{own}"), json!({"manifest": "name = \"Third\""})),
        Call::api("DELETE", format!("/api/v1/connectors/own/{own}"), json!({})),
        Call::api("POST", "/api/v1/connections/requests", json!({"connector": "stripe", "valid_hours": 24})),
        Call::api("DELETE", format!("/api/v1/connections/requests/{link}"), json!({})),
        Call::api("GET", "/api/v1/audit/export", Value::Null),
        Call::api("GET", "/audit/export?format=csv", Value::Null),
        Call::api("PUT", "/api/v1/audit/retention", json!({"days": 90})),
        Call::form("/actions/organisation/audit", &[("keep", "always")]),
        Call::form("/actions/theme", &[("theme", "dark"), ("back", "/connections")]),
        Call::form("/actions/marketplace/request", &[("service", "Notion"), ("why", "")]),
        Call::form("/actions/connect/discard", &[("draft", &draft)]),
        Call::form("/actions/connect/start", &[("connector", "stripe")]),
        Call::form("/recovery-sheet", &[]),
        Call::api("POST", format!("{at}/disconnect"), json!({})),
        Call::api("DELETE", &at, json!({})),
        Call::api("POST", "/api/v1/auth/login", json!({"email": ADMIN, "password": PASSWORD})),
        Call::api("POST", "/api/v1/auth/logout", json!({})),
    ];
    (admin, calls)
}

on_both_servers! {
    async fn what_cannot_be_recorded_is_not_done(server: &TestServer) {
        let (admin, calls) = world(server).await;
        let database = &server.server.app.database;
        watch(database).await;
        break_the_log(database).await;
        let before = entries(database).await;
        // What is on is not turned on: there is nothing to record.
        for call in calls.iter().filter(|call| !call.path.ends_with("/enable")) {
            let answer = call.send(&admin).await;
            assert!(answer.status >= 300, "{} {}: {} {}", call.method, call.path, answer.status, answer.body);
            if call.path.starts_with("/api/") && call.method != "DELETE" {
                assert_eq!((answer.status, answer.code().as_str()), (503, "audit_unavailable"), "{} {}: {}", call.method, call.path, answer.body);
            }
            assert!(answer.status < 400 || answer.status == 503 || call.method == "DELETE", "{} {}: {}", call.method, call.path, answer.status);
            assert_eq!(changed(database).await, Vec::<String>::new(), "{} {}", call.method, call.path);
        }
        let wrong = server.client().json("/api/v1/auth/login", json!({"email": ADMIN, "password": "wrong password"})).await;
        assert_eq!((wrong.status, wrong.code().as_str()), (503, "audit_unavailable"), "also a sign-in that fails");
        assert_eq!(entries(database).await, before);

        // The control: the same calls without the fault.
        mend_the_log(database).await;
        for call in &calls {
            let before = entries(database).await;
            let answer = call.send(&admin).await;
            assert!(answer.status < 400, "{} {}: {} {}", call.method, call.path, answer.status, answer.body);
            let added = entries(database).await - before;
            assert!(added > 0, "{} {} was not recorded; changed: {:?}", call.method, call.path, changed(database).await);
        }
    }

    async fn entries_say_who_from_where_and_how(server: &TestServer) {
        let (admin, calls) = world(server).await;
        for call in &calls {
            call.send(&admin).await;
        }
        let sql = "SELECT action FROM audit_log WHERE actor_kind = '' OR actor_name = '' OR outcome NOT IN ('done', 'refused') \
                   OR (actor_kind <> 'job' AND (address = '' OR request_id = '')) OR (actor_kind = 'member' AND actor_id = '')";
        assert_eq!(texts(&server.server.app.database, sql, sql).await, Vec::<String>::new());
        let all = "SELECT DISTINCT action FROM audit_log";
        assert!(texts(&server.server.app.database, all, all).await.len() > 20);
    }
}
