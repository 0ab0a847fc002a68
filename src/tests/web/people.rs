//! Members, invitations and organizations, from a browser and over the API.

use latchkey::domain::{InvitationId, Role};
use latchkey::store::invitations::{self, InvitationRow};
use latchkey::store::members::MemberRow;
use latchkey::vault::TokenHash;
use reqwest::Method;
use serde_json::json;

use crate::support::client::Client;
use crate::support::server::{ADMIN, PASSWORD, TestServer, on_both_servers};

/// An open invitation of this address, as if its letter had been sent.
async fn invitation(server: &TestServer, sender: &MemberRow, email: &str, token: &str) {
    let app = &server.server.app;
    let row = InvitationRow {
        id: InvitationId::generate(app.clock.as_ref(), app.random.as_ref()),
        organization: sender.organization.clone(),
        email: email.to_owned(),
        role: Role::Viewer,
        team: None,
        only: None,
        token_hash: TokenHash::of(token).as_str().to_owned(),
        invited_by: sender.id.clone(),
        created_at: app.now(),
        sent_at: app.now(),
        expires_at: app.now().plus_millis(60_000),
        ended_at: None,
    };
    let mut transaction = app.database.begin().await.unwrap();
    invitations::insert(transaction.conn(), &row).await.unwrap();
    transaction.commit().await.unwrap();
}

async fn role(client: &Client) -> String {
    client.get("/api/v1/auth/me").await.json()["data"]["role"].as_str().unwrap().to_owned()
}

on_both_servers! {
    async fn a_changed_role_and_a_removal_count_at_the_next_request(server: &TestServer) {
        let admin = server.set_up().await;
        let (lena, member) = server.member(&server.organization().await, "lena", Role::Viewer).await;
        let address = format!("/api/v1/members/{}", member.id);
        assert_eq!(lena.get("/marketplace").await.status, 403);
        let answer = admin.call(Method::PATCH, &address, &[], &json!({"role": "developer"})).await;
        assert_eq!((answer.status, answer.json()["data"]["role"].as_str()), (200, Some("developer")), "{}", answer.body);
        assert_eq!((role(&lena).await.as_str(), lena.get("/marketplace").await.status), ("developer", 200));

        let answer = admin.form("/actions/members/deactivate", &[("id", member.id.as_str())]).await;
        assert_eq!((answer.status, answer.location()), (303, format!("/members/{}", member.id).as_str()), "{}", answer.body);
        assert_eq!(lena.get("/api/v1/auth/me").await.status, 401);
        assert!(admin.get(&format!("/members/{}", member.id)).await.body.contains("is turned off."));
        admin.form("/actions/members/reactivate", &[("id", member.id.as_str())]).await;
        assert_eq!(lena.get("/api/v1/auth/me").await.status, 401, "the session of before is gone");
        lena.sign_in("lena@example.com", PASSWORD).await;

        assert_eq!(admin.call(Method::DELETE, &address, &[], &json!({})).await.status, 200);
        assert_eq!(lena.get("/api/v1/auth/me").await.status, 401);
        assert!(lena.get("/connections").await.location().starts_with("/sign-in"));
        let again = lena.json("/api/v1/auth/login", json!({"email": "lena@example.com", "password": PASSWORD})).await;
        let wrong = lena.json("/api/v1/auth/login", json!({"email": "nobody@example.com", "password": PASSWORD})).await;
        assert_eq!((again.status, again.comparable("")), (401, wrong.comparable("")), "as if there were no account");
    }

    async fn the_last_admin_is_told_why_nothing_was_changed(server: &TestServer) {
        let admin = server.set_up().await;
        let me = admin.get("/api/v1/auth/me").await.json()["data"]["member"].as_str().unwrap().to_owned();
        let answer = admin.call(Method::DELETE, &format!("/api/v1/members/{me}"), &[], &json!({})).await;
        assert_eq!((answer.status, answer.code().as_str()), (409, "conflict"));
        assert!(answer.body.contains("last admin"), "{}", answer.body);
        let answer = admin.form("/actions/members/remove", &[("id", &me)]).await;
        assert_eq!(answer.location(), format!("/members/{me}/remove"));
        assert!(admin.get(answer.location()).await.body.contains("Nothing was changed."));
        assert_eq!(admin.form("/actions/organizations/leave", &[]).await.location(), "/organisation/leave");
    }

    async fn a_new_person_joins_by_the_page(server: &TestServer) {
        let admin = server.set_up().await;
        let (_, sender) = server.member(&server.organization().await, "olga", Role::OrgAdmin).await;
        invitation(server, &sender, "lena@example.com", "the-letters-token").await;
        let lena = server.client();
        let page = lena.get("/invite/the-letters-token").await;
        assert_eq!(page.status, 200);
        assert!(page.body.contains("Join AmPac") && page.body.contains("Make the account and join"), "{}", page.body);
        let short = lena.form("/actions/invite/accept", &[("token", "the-letters-token"), ("name", "Lena"), ("password", "short")]).await;
        assert_eq!(short.location(), "/invite/the-letters-token");
        let page = lena.get("/invite/the-letters-token").await;
        assert!(page.body.contains("Use at least 8 characters.") && page.body.contains("value=\"Lena\"") && !page.body.contains("\"short\""), "{}", page.body);
        let form = [("token", "the-letters-token"), ("name", "Lena"), ("password", PASSWORD)];
        let joined = lena.form("/actions/invite/accept", &form).await;
        assert_eq!((joined.status, joined.location()), (303, "/connections"), "{}", joined.body);
        assert_eq!(role(&lena).await, "viewer");
        for client in [server.client(), admin] {
            assert_eq!(client.get("/invite/the-letters-token").await.status, 404);
            let again = client.form("/actions/invite/accept", &form).await;
            assert_eq!(again.status, 404, "{}", again.body);
        }
        let page = lena.get("/connections").await.body;
        for hidden in ["/marketplace\"", "/members\"", "/teams\"", "/server/organisations"] {
            assert!(!page.contains(hidden), "{hidden}");
        }
    }

    async fn an_account_joins_with_its_own_address_alone(server: &TestServer) {
        let admin = server.set_up().await;
        let (_, sender) = server.second_organization().await;
        invitation(server, &sender, ADMIN, "for-dana").await;
        invitation(server, &sender, "lena@example.com", "for-lena").await;
        let page = server.client().get("/invite/for-dana").await;
        assert!(page.body.contains("/sign-in?next=%2Finvite%2Ffor-dana"), "{}", page.body);
        assert!(admin.get("/invite/for-lena").await.body.contains("signed in with another address"));
        let refused = admin.json("/api/v1/auth/accept-invitation", json!({"token": "for-lena"})).await;
        assert_eq!((refused.status, refused.code().as_str()), (403, "forbidden"));
        let before = admin.session().unwrap();
        let joined = admin.form("/actions/invite/accept", &[("token", "for-dana")]).await;
        assert_eq!((joined.status, joined.location()), (303, "/connections"), "{}", joined.body);
        assert_ne!(admin.session().unwrap(), before, "another organization, another session id");
        assert_eq!(admin.get("/api/v1/organization").await.json()["data"]["name"], "Elsewhere");
        let mine = admin.get("/api/v1/organizations").await.json();
        assert_eq!(mine["data"]["items"].as_array().unwrap().len(), 2, "{mine}");

        let there = mine["data"]["items"].as_array().unwrap().iter().find(|line| line["current"] == false).unwrap()["id"].as_str().unwrap().to_owned();
        assert!(admin.get("/connections").await.body.contains(&there), "the switcher offers it");
        let back = admin.form("/actions/organizations/switch", &[("organization", &there)]).await;
        assert_eq!((back.status, back.location()), (303, "/connections"));
        assert_eq!(admin.get("/api/v1/organization").await.json()["data"]["name"], "AmPac");
    }

    async fn a_limited_member_finds_nothing_of_the_rest(server: &TestServer) {
        let admin = server.set_up().await;
        let organization = server.organization().await;
        let (lena, member) = server.member(&organization, "lena", Role::Developer).await;
        let (_, maker) = server.member(&organization, "olga", Role::OrgAdmin).await;
        let (known, hidden) = (server.connection(&maker, "Known one").await, server.connection(&maker, "Hidden one").await);
        let answer = admin.call(Method::PATCH, &format!("/api/v1/members/{}", member.id), &[], &json!({"connections": [known]})).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        let listed = lena.get("/api/v1/connections").await.json();
        assert_eq!(listed["data"]["items"].as_array().unwrap().len(), 1, "{listed}");
        for page in ["/connections", "/connections?q=hidden", "/marketplace", "/marketplace/stripe"] {
            let body = lena.get(page).await.body;
            assert!(!body.contains("Hidden one") && !body.contains(hidden.as_str()), "{page}");
        }
        for path in ["/connections/{id}", "/connections/{id}/preview", "/api/v1/connections/{id}", "/api/v1/connections/{id}/logs"] {
            let mut seen = Vec::new();
            for id in [hidden.as_str(), "con_00000000000000000000000000", "con_0000000000000000000000000u"] {
                let answer = lena.get(&path.replace("{id}", id)).await;
                assert_eq!(answer.status, 404, "{path} {id}");
                seen.push(answer.comparable(id));
            }
            assert!(seen[0] == seen[1] && seen[1] == seen[2], "{path}");
        }
        assert_eq!(lena.get(&format!("/connections/{known}")).await.status, 200);
    }

    async fn the_pages_of_people_are_whole(server: &TestServer) {
        let admin = server.set_up().await;
        let (_, member) = server.member(&server.organization().await, "lena", Role::Viewer).await;
        let made = admin.form("/actions/teams/create", &[("name", "Lending & <b>more</b>")]).await;
        let team = made.location().to_owned();
        assert!(team.starts_with("/teams/tea_"), "{team}");
        let sent = admin.form("/actions/members/invite", &[("email", "new@example.com"), ("role", "developer")]).await;
        assert_eq!(sent.location(), "/members?show=invited", "{}", sent.body);
        let one = format!("/members/{}", member.id);
        let end = format!("{one}/remove");
        let pages = [
            (team.as_str(), "Who is in it"),
            ("/teams", "Lending &amp; &lt;b&gt;more"),
            ("/members", "lena@example.com"),
            ("/members?show=invited", "new@example.com"),
            ("/members?show=removed", "Nobody here."),
            (one.as_str(), "Role and limits"),
            (end.as_str(), "It counts at once."),
            ("/roles", "own teams"),
            ("/organisation", "Another organisation"),
            ("/organisation/leave", "Leave AmPac?"),
            ("/organisation/delete", "Type the name to confirm"),
            ("/server/organisations", "AmPac"),
        ];
        for (path, words) in pages {
            let page = admin.get(path).await;
            assert_eq!(page.status, 200, "{path}");
            assert!(page.body.contains(words), "{path}: {}", page.body);
            assert!(!page.body.contains("<b>more</b>"), "{path}");
        }
        let wrong = admin.form("/actions/members/invite", &[("email", "lena@example.com"), ("role", "viewer")]).await;
        let page = admin.get(wrong.location()).await.body;
        assert!(page.contains("belongs to a member already") && page.contains("value=\"lena@example.com\""));
    }

    async fn a_deleted_organization_signs_everybody_out(server: &TestServer) {
        server.set_up().await;
        let (stranger, member) = server.second_organization().await;
        let (other, _) = server.member(&member.organization, "otto", Role::Viewer).await;
        let wrong = stranger.form("/actions/organizations/delete", &[("confirm", "elsewhere")]).await;
        assert_eq!(wrong.location(), "/organisation/delete");
        let done = stranger.form("/actions/organizations/delete", &[("confirm", "Elsewhere")]).await;
        assert_eq!(done.location(), "/sign-in", "{}", done.body);
        assert!(stranger.get("/sign-in").await.body.contains("Elsewhere is deleted."));
        assert_eq!(other.get("/api/v1/auth/me").await.status, 401);
    }
}
