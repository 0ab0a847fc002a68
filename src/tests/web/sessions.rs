//! Sessions: a new id at every sign-in, gone at sign-out, out at once when removed, only hashes stored.

use latchkey::domain::Role;
use latchkey::store::{Database, sessions};
use latchkey::vault::TokenHash;
use serde_json::json;

use crate::support::server::{ADMIN, PASSWORD, TestServer, on_both_servers};

on_both_servers! {
    async fn signing_in_changes_the_id_and_ends_the_old_one(server: &TestServer) {
        let admin = server.set_up().await;
        let before = admin.session().unwrap();
        admin.sign_in(ADMIN, PASSWORD).await;
        let after = admin.session().unwrap();
        assert_ne!(before, after);
        admin.set_session(&before);
        assert_eq!(admin.get("/api/v1/auth/me").await.status, 401, "the old id opens nothing");
        admin.set_session(&after);
        assert_eq!(admin.get("/api/v1/auth/me").await.status, 200);
    }

    async fn an_id_chosen_by_somebody_else_is_not_taken_over(server: &TestServer) {
        server.set_up().await;
        let client = server.client();
        client.set_session("AAAAAAAAAAAAAAAAAAAAAA");
        client.sign_in(ADMIN, PASSWORD).await;
        assert_ne!(client.session().unwrap(), "AAAAAAAAAAAAAAAAAAAAAA");
        let other = server.client();
        other.set_session("AAAAAAAAAAAAAAAAAAAAAA");
        assert_eq!(other.get("/api/v1/auth/me").await.status, 401);
    }

    async fn signing_out_ends_the_session_everywhere(server: &TestServer) {
        let admin = server.set_up().await;
        let twin = server.client();
        twin.set_session(&admin.session().unwrap());
        assert_eq!(twin.get("/api/v1/auth/me").await.status, 200);
        assert_eq!(admin.json("/api/v1/auth/logout", json!({})).await.status, 200);
        assert_eq!(twin.get("/api/v1/auth/me").await.status, 401);
        let page = server.set_up_again_is_refused().await;
        assert_eq!(page, 404);
    }

    async fn leaving_by_the_form_ends_the_session_too(server: &TestServer) {
        let admin = server.set_up().await;
        let id = admin.session().unwrap();
        let answer = admin.form("/actions/sign-out", &[]).await;
        assert_eq!((answer.status, answer.location()), (303, "/sign-in"));
        admin.set_session(&id);
        assert_eq!(admin.get("/api/v1/auth/me").await.status, 401);
    }

    async fn a_removed_member_is_out_at_once(server: &TestServer) {
        server.set_up().await;
        let (client, member) = server.member(&server.organization().await, "removed", Role::Developer).await;
        assert_eq!(client.get("/api/v1/auth/me").await.status, 200);
        server.remove(&member).await;
        assert_eq!(client.get("/api/v1/auth/me").await.status, 401);
        assert_eq!(client.get("/connections").await.status, 303);
    }

    async fn only_the_hash_of_an_id_is_stored_with_the_person_beside_it(server: &TestServer) {
        let admin = server.set_up().await;
        let id = admin.session().unwrap();
        let app = &server.server.app;
        let mut reader = app.database.read().await.unwrap();
        assert!(sessions::load(reader.conn(), &id, app.now()).await.unwrap().is_none(), "the id itself finds nothing");
        let row = sessions::load(reader.conn(), TokenHash::of(&id).as_str(), app.now()).await.unwrap().unwrap();
        assert!(row.user.is_some() && row.organization.is_some());
        assert!(!row.data.contains(&id));
        let hours = row.expires_at.since(app.now()) / 3_600_000;
        assert!((11..=12).contains(&hours), "{hours} hours");
    }

    async fn a_session_that_cannot_be_written_is_told_in_words(server: &TestServer) {
        server.set_up().await;
        match &server.server.app.database {
            Database::Sqlite { writer, .. } => {
                sqlx::query("CREATE TRIGGER full_disk BEFORE INSERT ON sessions BEGIN SELECT RAISE(ABORT, 'full'); END").execute(writer).await.unwrap();
            }
            Database::Postgres(pool) => {
                sqlx::query("ALTER TABLE sessions ADD CONSTRAINT full_disk CHECK (length(data) < 0) NOT VALID").execute(pool).await.unwrap();
            }
        }
        let page = server.client().form("/actions/sign-in", &[("email", ADMIN), ("password", "wrong"), ("next", "/")]).await;
        assert_eq!(page.status, 503, "{}", page.body);
        assert!(page.body.contains("Nothing was saved.") && page.header("content-type").starts_with("text/html"), "{}", page.body);
        let answer = server.client().json("/api/v1/auth/login", json!({"email": ADMIN, "password": PASSWORD})).await;
        assert_eq!((answer.status, answer.code().as_str()), (503, "storage_unavailable"), "{}", answer.body);
        assert!(answer.json()["error"]["message"].as_str().unwrap().contains("Nothing was saved."));
    }

    async fn staying_signed_in_lasts_fourteen_days(server: &TestServer) {
        server.set_up().await;
        let client = server.client();
        let answer = client.form("/actions/sign-in", &[("email", ADMIN), ("password", PASSWORD), ("next", "/connections"), ("keep", "yes")]).await;
        assert_eq!(answer.status, 303);
        assert!(answer.header("set-cookie").contains("Max-Age=1209600"), "{}", answer.header("set-cookie"));
        client.form("/actions/theme", &[("theme", "dark"), ("back", "/connections")]).await;
        let app = &server.server.app;
        let mut reader = app.database.read().await.unwrap();
        let row = sessions::load(reader.conn(), TokenHash::of(&client.session().unwrap()).as_str(), app.now()).await.unwrap().unwrap();
        assert!(row.expires_at.since(app.now()) > 13 * 24 * 3_600_000, "a later request does not shorten it");
    }
}
