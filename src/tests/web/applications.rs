//! The pages of programs and keys: the key is in one answer and nowhere else, and what was typed comes back.

use latchkey::domain::Role;

use crate::support::server::{TestServer, on_both_servers};

on_both_servers! {
    async fn a_key_is_shown_once(server: &TestServer) {
        let admin = server.set_up().await;
        let added = admin.form("/actions/applications/create", &[("name", "Spend report"), ("purpose", "Reads what was spent.")]).await;
        let home = added.location().to_owned();
        assert!(added.status == 303 && home.starts_with("/applications/app_"), "{home}");
        let id = home.rsplit('/').next().unwrap().to_owned();
        let form = admin.get(&format!("{home}/keys/new")).await.body;
        assert!(form.contains("connections:read") && form.contains("It may"), "{form}");
        let made = admin
            .form(
                "/actions/applications/keys/make",
                &[("id", &id), ("name", "Production"), ("scopes", "connections:read"), ("scopes", "audit:read"), ("which", "all"), ("expires_at", "2999-12-31")],
            )
            .await;
        assert_eq!((made.status, made.header("cache-control")), (200, "no-store"), "{}", made.body);
        let key = made.body.split("value=\"lk_live_").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
        assert_eq!(key.len(), 76, "{key}");
        assert_eq!(made.header("set-cookie"), "", "nothing of it is in the session");
        let page = admin.get(&home).await.body;
        assert!(page.contains("Production") && page.contains("1 working key"), "{page}");
        let one = page.split(&format!("href=\"{home}/keys/key_")).nth(1).and_then(|rest| rest.split('"').next()).unwrap();
        let one = format!("{home}/keys/key_{one}");
        let detail = admin.get(&one).await.body;
        assert!(detail.contains("31 Dec 2999") && detail.contains("Replace the key"), "{detail}");
        for body in [&page, &detail, &admin.get("/applications").await.body] {
            assert!(!body.contains(&key[27..60]), "the key itself is nowhere");
        }
        let key_id = one.rsplit('/').next().unwrap();
        let replaced = admin.form("/actions/applications/keys/rotate", &[("id", &id), ("key", key_id), ("overlap", "1")]).await;
        assert!(replaced.status == 200 && replaced.body.contains("value=\"lk_live_"), "{}", replaced.body);
        let ended = admin.form("/actions/applications/keys/end", &[("id", &id), ("key", key_id)]).await;
        assert_eq!(ended.location(), home);
        assert!(admin.get(&home).await.body.contains("Production has ended."));
        assert_eq!(admin.get(&format!("{home}/keys/key_00000000000000000000000000")).await.status, 404);
    }

    async fn what_was_typed_comes_back(server: &TestServer) {
        let admin = server.set_up().await;
        let refused = admin.form("/actions/applications/create", &[("name", ""), ("purpose", "Reads <everything>.")]).await;
        assert_eq!(refused.location(), "/applications/new");
        let page = admin.get("/applications/new").await.body;
        assert!(page.contains("Reads &lt;everything&gt;.") && page.contains("Give it a name"), "{page}");
        let home = admin.form("/actions/applications/create", &[("name", "Report"), ("purpose", "x")]).await.location().to_owned();
        let id = home.rsplit('/').next().unwrap().to_owned();
        let make = [("id", id.as_str()), ("name", "Production"), ("scopes", "connections:write"), ("which", "named"), ("expires_at", "2001-02-03")];
        let refused = admin.form("/actions/applications/keys/make", &make).await;
        assert_eq!(refused.location(), format!("{home}/keys/new"));
        let page = admin.get(refused.location()).await.body;
        for words in ["Choose a time to come.", "Choose at least one connection", "value=\"Production\""] {
            assert!(page.contains(words), "{words}: {page}");
        }
        let ticked = page.split("value=\"connections:write\"").nth(1).unwrap();
        assert!(ticked[..40].contains("checked"), "{}", &ticked[..80]);
        for ends in ["tomorrow", "2026-13-01", "9999999-01-01"] {
            let refused = admin.form("/actions/applications/keys/make", &[("id", &id), ("name", "x"), ("scopes", "connections:read"), ("which", "all"), ("expires_at", ends)]).await;
            assert_eq!(refused.status, 303, "{ends}");
            assert!(admin.get(refused.location()).await.body.contains("Choose a day."), "{ends}");
        }
    }

    async fn an_application_is_changed_turned_off_given_away_and_deleted(server: &TestServer) {
        let admin = server.set_up().await;
        let (lena, member) = server.member(&server.organization().await, "lena", Role::Developer).await;
        let home = admin.form("/actions/applications/create", &[("name", "Report"), ("purpose", "x")]).await.location().to_owned();
        let id = home.rsplit('/').next().unwrap().to_owned();
        assert_eq!(lena.get(&home).await.status, 404);
        assert!(lena.get("/applications").await.body.contains("These are yours."));
        for (action, words) in [("disable", "It is turned off."), ("enable", "It is turned on.")] {
            let answer = admin.form(&format!("/actions/applications/{action}"), &[("id", &id)]).await;
            assert!(admin.get(answer.location()).await.body.contains(words), "{words}");
        }
        let given = admin.form("/actions/applications/edit", &[("id", &id), ("name", "Ledger"), ("purpose", "Keeps books."), ("owner", member.id.as_str())]).await;
        assert_eq!(given.location(), home);
        let page = lena.get(&home).await;
        assert!(page.status == 200 && page.body.contains("Keeps books."), "it is hers now");
        assert!(!lena.get(&format!("{home}/keys/new")).await.body.contains("members:read"), "what a developer may not is not offered");
        let wrong = lena.form("/actions/applications/delete", &[("id", &id), ("confirm", "ledger")]).await;
        assert_eq!(wrong.location(), home);
        assert!(lena.get(&home).await.body.contains("Type Ledger to confirm."));
        let gone = lena.form("/actions/applications/delete", &[("id", &id), ("confirm", "Ledger")]).await;
        assert_eq!(gone.location(), "/applications");
        assert!(lena.get("/applications").await.body.contains("Ledger is deleted."));
        assert_eq!(admin.get(&home).await.status, 404);
    }
}
