//! Every route is tried by nobody, by another site, by a viewer and by another organization's member.

use latchkey::domain::{Role, Scope};
use latchkey::store::members::MemberRow;
use reqwest::Method;
use serde_json::json;

use super::bearer;
use super::matrix::actors::Actors;
use super::matrix::needs::{NEEDS, Need};
use super::oauth_apps;
use super::routes::{Access, ROUTES};
use crate::support::client::{Answer, Client};
use crate::support::server::{TestServer, on_both_servers};

const UNKNOWN: &str = "con_00000000000000000000000000";
const UNKNOWN_DRAFT: &str = "drf_00000000000000000000000000";

const UNKNOWN_OWN: &str = "own_00000000000000000000000000";
const UNKNOWN_APPLICATION: &str = "app_00000000000000000000000000";
const UNKNOWN_KEY: &str = "key_00000000000000000000000000";

const UNKNOWN_OAUTH_APP: &str = "oap_00000000000000000000000000";
const UNKNOWN_SIGN_ON: &str = "sso_00000000000000000000000000";

const UNKNOWN_DATE: &str = "exp_00000000000000000000000000";

const MALFORMED: &str = "con_0000000000000000000000000u";
const MALFORMED_DRAFT: &str = "drf_0000000000000000000000000u";
const MALFORMED_OAUTH_APP: &str = "oap_0000000000000000000000000u";
const MALFORMED_SIGN_ON: &str = "sso_0000000000000000000000000u";
const MALFORMED_OWN: &str = "own_0000000000000000000000000u";
const MALFORMED_DATE: &str = "exp_0000000000000000000000000u";
const MALFORMED_APPLICATION: &str = "app_0000000000000000000000000u";

/// The draft that a request is about: `id`, if it is one.
fn draft_of(id: &str) -> &str {
    if id.starts_with("drf_") { id } else { UNKNOWN_DRAFT }
}

/// The connector of one's own that a request is about: `id`, if it is one.
fn own_of(id: &str) -> &str {
    if id.starts_with("own_") { id } else { UNKNOWN_OWN }
}

/// The application that a request is about: `id`, if it is one.
fn application_of(id: &str) -> &str {
    if id.starts_with("app_") { id } else { UNKNOWN_APPLICATION }
}

/// The OAuth app that a request is about: `id`, if it is one.
fn oauth_app_of(id: &str) -> &str {
    if id.starts_with("oap_") { id } else { UNKNOWN_OAUTH_APP }
}

/// The date that a request is about: `id`, if it is one.
fn date_of(id: &str) -> &str {
    if id.starts_with("exp_") { id } else { UNKNOWN_DATE }
}

/// The provider of single sign-on that a request is about: `id`, if it is one.
fn sign_on_of(id: &str) -> &str {
    if id.starts_with("sso_") { id } else { UNKNOWN_SIGN_ON }
}

/// A path with its holes filled.
pub fn filled(path: &str, id: &str) -> String {
    path.replace("{id}", id)
        .replace("{draft}", draft_of(id))
        .replace("{connector}", "stripe")
        .replace("{link}", "unknown")
        .replace("{*path}", "unknown.js")
        .replace("{token}", "unknown")
        .replace("{check}", "unknown")
        .replace("{own}", own_of(id))
        .replace("{date}", date_of(id))
        .replace("{application}", application_of(id))
        .replace("{oauth_app}", oauth_app_of(id))
        .replace("{key}", UNKNOWN_KEY)
        .replace("{provider}", sign_on_of(id))
        .replace("{organization}", "org_00000000000000000000000000")
        .replace("{code}", "denied")
        .replace("{node}", "test")
        .replace("{seq}", "1")
}

pub async fn call(client: &Client, method: &str, path: &str, id: &str) -> Answer {
    match method {
        "GET" => client.get(path).await,
        "PATCH" | "PUT" | "DELETE" => client.call(Method::from_bytes(method.as_bytes()).unwrap(), path, &[], &body_of(method, path)).await,
        _ if path.starts_with("/api/") => client.json(path, body_of(method, path)).await,
        _ => client.form(path, &form_of(path, id)).await,
    }
}

pub fn body_of(method: &str, path: &str) -> serde_json::Value {
    match path {
        "/api/v1/auth/login" => json!({"email": "nobody@example.com", "password": "nothing at all"}),
        "/api/v1/auth/register" => json!({"organization": "x", "name": "x", "email": "nobody@example.com", "password": "nothing at all"}),
        "/api/v1/auth/forgot-password" | "/api/v1/auth/verify-email/resend" => json!({"email": "nobody@example.com"}),
        "/api/v1/auth/verify-email" => json!({"token": "unknown"}),
        "/api/v1/auth/reset-password" => json!({"token": "unknown", "password": "nothing at all"}),
        "/api/v1/auth/confirm" => json!({"password": "nothing"}),
        "/api/v1/auth/change-password" => json!({"current_password": "nothing", "new_password": "nothing at all"}),
        "/api/v1/connections" | "/api/v1/connections/test" => json!({"connector": "stripe", "fields": {"api_key": "sk_test_nothing"}}),
        "/api/v1/audit/retention" => json!({"days": 30}),
        "/api/v1/connections/requests" => json!({"connector": "stripe", "valid_hours": 24}),
        _ if path.ends_with("/credentials") => json!({"fields": {"api_key": "sk_test_nothing"}}),
        "/api/v1/connectors/own" | "/api/v1/connectors/own/check" => json!({"manifest": "id = 1"}),
        _ if path.starts_with("/api/v1/connectors/own/") && path.ends_with("/test") => json!({"fields": {}}),
        _ if path.starts_with("/api/v1/connectors/own/") => json!({"manifest": "id = 1"}),
        "/api/v1/auth/accept-invitation" => json!({"token": "unknown", "name": "x", "password": "nothing at all"}),
        "/api/v1/organizations" | "/api/v1/organization" if method != "DELETE" => json!({"name": "x"}),
        "/api/v1/organization" => json!({"confirm": "x"}),
        "/api/v1/invitations" => json!({"email": "nobody@example.com", "role": "viewer"}),
        "/api/v1/teams" => json!({"name": "x"}),
        _ if path.starts_with("/api/v1/members/") && path.ends_with("/transfer") => json!({"to": "x"}),
        _ if path.starts_with("/api/v1/teams/") && path.ends_with("/members") => json!({"members": []}),
        _ if path.starts_with("/api/v1/teams/") && method == "PATCH" => json!({"name": "x"}),
        "/api/v1/organization/sign-on" => json!({"kind": "github", "client_id": "a", "client_secret": "b"}),
        _ if path.starts_with("/api/v1/organization/sign-on/") && path.ends_with("/prove") => json!({"domain": "example.com"}),
        _ if path.ends_with("/apps") => json!({"label": "x", "client_id": "x", "client_secret": "x"}),
        "/api/v1/connectors/stripe/configure" => json!({"api_key": "sk_test_nothing"}),
        "/api/v1/auth/refresh-token" => json!({"refresh_token": "nothing at all"}),
        "/api/v1/expiry" => json!({"title": "x", "ends_at": 1}),
        "/api/v1/applications" => json!({"name": "x", "purpose": "x"}),
        _ if path.starts_with("/api/v1/applications/") && path.ends_with("/keys") => json!({"name": "x", "scopes": ["connections:read"]}),
        _ => json!({}),
    }
}

fn form_of<'a>(path: &str, id: &'a str) -> Vec<(&'static str, &'a str)> {
    let mut form = vec![
        ("id", id),
        ("draft", draft_of(id)),
        ("provider", sign_on_of(id)),
        ("connector", "stripe"),
        ("confirm", "x"),
        ("name", "x"),
        ("theme", "dark"),
        ("back", "/connections"),
        ("service", "x"),
        ("code", "000000"),
        ("purpose", "confirm"),
        ("next", "/connections"),
        ("link", "unknown"),
        ("email", "nobody@example.com"),
        ("password", "nothing at all"),
        ("current_password", "nothing"),
        ("new_password", "nothing at all"),
        ("key", UNKNOWN_KEY),
        ("scopes", "connections:read"),
        ("role", "viewer"),
        ("token", "unknown"),
        ("organization", id),
        ("new_name", "x"),
        ("to", id),
    ];
    if path.ends_with("edit") {
        form.extend([("version", "1"), ("description", "x"), ("tags", "x")]);
    }
    if path.ends_with("progress") {
        form.retain(|(key, _)| *key == "draft");
    }
    form
}

/// Tries a route as somebody who is not signed in.
pub async fn is_kept_out(client: &Client, (method, path, access): &(&str, &str, Access)) {
    let answer = call(client, method, &filled(path, UNKNOWN), UNKNOWN).await;
    match access {
        Access::Open => assert_ne!(answer.code_or_empty(), "sign_in_required", "{method} {path}"),
        Access::Api => assert_eq!((answer.status, answer.code().as_str()), (401, "sign_in_required"), "{method} {path}"),
        Access::Page | Access::Action => {
            assert_eq!(answer.status, 303, "{method} {path}: {}", answer.body);
            assert!(answer.location().starts_with("/sign-in"), "{method} {path} leads to {}", answer.location());
        }
    }
    assert!(answer.status < 500, "{method} {path}: {}", answer.body);
}

/// What another organization has of people.
struct People {
    organization: String,
    member: String,
    team: String,
    invitation: String,
}

impl People {
    async fn of(stranger: &Client, member: &MemberRow) -> Self {
        let id = |answer: Answer| answer.json()["data"]["id"].as_str().unwrap().to_owned();
        let teams = stranger.get("/api/v1/teams").await.json();
        let team = match teams["data"]["items"][0]["id"].as_str() {
            Some(team) => team.to_owned(),
            None => id(stranger.json("/api/v1/teams", json!({"name": "Theirs"})).await),
        };
        let open = stranger.get("/api/v1/invitations").await.json();
        let invitation = match open["data"]["items"][0]["id"].as_str() {
            Some(invitation) => invitation.to_owned(),
            None => id(stranger.json("/api/v1/invitations", json!({"email": "theirs@example.com", "role": "viewer"})).await),
        };
        Self { organization: member.organization.to_string(), member: member.id.to_string(), team, invitation }
    }

    /// The id that a path is about, if it is about people.
    fn of_path(&self, path: &str) -> Option<&str> {
        match path {
            "/actions/members/invite" | "/actions/organizations/create" | "/actions/organizations/rename" | "/actions/organizations/delete" => None,
            "/actions/organizations/leave" | "/actions/teams/create" => None,
            "/actions/members/resend" | "/actions/members/withdraw" => Some(&self.invitation),
            "/actions/organizations/switch" => Some(&self.organization),
            _ if path.contains("/invitations/{id}") => Some(&self.invitation),
            _ if path.contains("/teams/{id}") || path.starts_with("/actions/teams/") => Some(&self.team),
            _ if path.contains("/members/{id}") || path.starts_with("/actions/members/") => Some(&self.member),
            _ => None,
        }
    }

    fn fits(&self, path: &str) -> bool {
        self.of_path(path).is_some()
    }

    /// Theirs, one that is unknown, and one that is none.
    fn ids(&self, path: &str) -> [&str; 3] {
        let theirs = self.of_path(path).unwrap();
        let unknown = match &theirs[..4] {
            "org_" => ["org_00000000000000000000000000", "org_0000000000000000000000000u"],
            "tea_" => ["tea_00000000000000000000000000", "tea_0000000000000000000000000u"],
            "inv_" => ["inv_00000000000000000000000000", "inv_0000000000000000000000000u"],
            _ => ["mem_00000000000000000000000000", "mem_0000000000000000000000000u"],
        };
        [theirs, unknown[0], unknown[1]]
    }
}

on_both_servers! {
    async fn nobody_gets_past_the_front_door(server: &TestServer) {
        for route in ROUTES {
            is_kept_out(&server.client(), route).await;
        }
    }

    async fn another_site_changes_nothing(server: &TestServer) {
        let admin = server.set_up().await;
        let own = server.url.clone();
        let cases: [&[(&str, &str)]; 7] = [
            &[],
            &[("origin", "https://evil.example")],
            &[("origin", "null")],
            &[("origin", &own), ("sec-fetch-site", "cross-site")],
            &[("origin", &own), ("sec-fetch-site", "same-site")],
            &[("sec-fetch-site", "none")],
            &[("origin", "http://127.0.0.1")],
        ];
        for (method, path, _) in ROUTES.iter().filter(|(method, ..)| *method != "GET") {
            for case in cases {
                for kind in ["application/x-www-form-urlencoded", "text/plain", "application/json"] {
                    let headers: Vec<(&str, &str)> = case.iter().copied().chain([("content-type", kind)]).collect();
                    let answer = admin.send(Method::from_bytes(method.as_bytes()).unwrap(), &filled(path, UNKNOWN), &headers, Some(b"{}".to_vec())).await;
                    assert_eq!(answer.status, 403, "{method} {path} {headers:?}");
                    assert!(!path.starts_with("/api/") || answer.code() == "cross_site", "{method} {path}");
                }
            }
        }
        assert_eq!(admin.get("/api/v1/auth/me").await.status, 200, "nothing signed the admin out");
    }

    async fn what_belongs_to_others_is_as_if_it_were_not_there(server: &TestServer) {
        let actors = Actors::gather(server).await;
        let (admin, _) = actors.of(Role::SuperAdmin);
        let scopes: Vec<&str> = Scope::ALL.into_iter().map(Scope::as_str).collect();
        let (key, _, _) = bearer::key(admin, "Everything", &scopes, None).await;
        let (stranger, member) = server.second_organization().await;
        let foreign = server.connection(&member, "Theirs").await;
        assert_eq!(stranger.get(&format!("/api/v1/connections/{foreign}")).await.status, 200, "the owner sees it");
        let begun = stranger.form("/actions/connect/start", &[("connector", "stripe")]).await;
        let draft = begun.location().split('/').nth(2).unwrap();
        assert_eq!(stranger.get(&format!("/connect/{draft}/details")).await.status, 200, "the owner sees it: {}", begun.location());
        let made = stranger.json("/api/v1/connectors/own", json!({"manifest": "name = \"Theirs\""})).await;
        let own = made.json()["data"]["id"].as_str().unwrap().to_owned();
        assert_eq!(stranger.get(&format!("/marketplace/own/{own}")).await.status, 200, "the owner sees it");
        let made = stranger.json("/api/v1/applications", json!({"name": "Theirs", "purpose": "Theirs."})).await;
        let application = made.json()["data"]["id"].as_str().unwrap().to_owned();
        assert_eq!(stranger.get(&format!("/applications/{application}")).await.status, 200, "the owner sees it");
        let people = People::of(&stranger, &member).await;
        let made = stranger.json("/api/v1/expiry", json!({"title": "Theirs", "ends_at": 4_102_444_800_000_i64})).await;
        let date = made.json()["data"]["id"].as_str().unwrap().to_owned();
        assert_eq!(stranger.get(&format!("/expiry/{date}")).await.status, 200, "the owner sees it");
        let of_dates = |path: &str| path.contains("{date}") || matches!(path, "/actions/expiry/edit" | "/actions/expiry/remove");
        let of_applications = |path: &str| path.contains("{application}") || path.starts_with("/actions/applications/") && !path.ends_with("/create");
        let of_own = |path: &str| path.contains("{own}") || path.starts_with("/actions/own/");
        let of_connections = |path: &str| path.contains("{id}") || path.starts_with("/actions/connections/");
        let of_drafts = |path: &str| path.contains("{draft}") && !path.ends_with("/quick") || path.starts_with("/actions/connect/") && !path.ends_with("/start");
        let made = stranger.json("/api/v1/organization/sign-on", json!({"kind": "github", "client_id": "a", "client_secret": "b"})).await;
        let sign_on = made.json()["data"]["id"].as_str().unwrap().to_owned();
        assert_eq!(stranger.get(&format!("/organisation/sign-on/{sign_on}")).await.status, 200, "the owner sees it");
        oauth_apps::publish(&stranger).await;
        let oauth_app = oauth_apps::add(&stranger, "Theirs").await;
        assert_eq!(stranger.get(&format!("/oauth-apps/{oauth_app}")).await.status, 200, "the owner sees it");
        let of_oauth_apps = |path: &str| path.contains("{oauth_app}") || path.starts_with("/actions/oauth-apps/") && !path.ends_with("/create");
        let of_sign_on = |path: &str| {
            let of_an_organization = path.starts_with("/actions/organisation/sign-on/") && !path.ends_with("/add");
            path.contains("sign-on/{provider}") || of_an_organization || matches!(path, "/actions/sign-on/link" | "/actions/sign-on/confirm" | "/actions/sign-on/disconnect")
        };
        for (method, path, _) in ROUTES {
            let ids = match path {
                _ if of_applications(path) => [application.as_str(), UNKNOWN_APPLICATION, MALFORMED_APPLICATION],
                _ if of_oauth_apps(path) => [oauth_app.as_str(), UNKNOWN_OAUTH_APP, MALFORMED_OAUTH_APP],
                _ if of_dates(path) => [date.as_str(), UNKNOWN_DATE, MALFORMED_DATE],
                _ if people.fits(path) => people.ids(path),
                _ if of_sign_on(path) => [sign_on.as_str(), UNKNOWN_SIGN_ON, MALFORMED_SIGN_ON],
                _ if of_own(path) => [own.as_str(), UNKNOWN_OWN, MALFORMED_OWN],
                _ if of_drafts(path) => [draft, UNKNOWN_DRAFT, MALFORMED_DRAFT],
                _ if of_connections(path) => [foreign.as_str(), UNKNOWN, MALFORMED],
                _ => continue,
            };
            for who in Role::ALL.map(Some).into_iter().chain([None]).filter(|who| who.is_some() || path.starts_with("/api/")) {
                let mut seen = Vec::new();
                for id in ids {
                    let place = filled(path, id);
                    let answer = match who {
                        Some(role) => call(actors.of(role).0, method, &place, id).await,
                        None => {
                            let body = (*method != "GET").then(|| body_of(method, &place));
                            bearer::with(server, &key, Method::from_bytes(method.as_bytes()).unwrap(), &place, body).await
                        }
                    };
                    let for_programs = NEEDS.iter().any(|(at, known, need)| (at, known) == (method, path) && matches!(need, Need::Program(_)));
                    let fits = if matches!(who, Some(Role::SuperAdmin)) && !for_programs { answer.status == 404 } else { matches!(answer.status, 403 | 404) };
                    assert!(fits, "{who:?} {method} {path} with {id}: {} {}", answer.status, answer.body);
                    seen.push(answer.comparable(id));
                }
                assert_eq!(seen[0], seen[1], "{who:?} {method} {path}: foreign and unknown differ");
                assert_eq!(seen[1], seen[2], "{who:?} {method} {path}: unknown and malformed differ");
            }
        }
        assert_eq!(stranger.get(&format!("/connect/{draft}/details")).await.status, 200, "nobody else ended it");
        assert_eq!(People::of(&stranger, &member).await.invitation, people.invitation, "nobody else withdrew it");
        let listed = admin.get("/api/v1/connections").await.json();
        assert_eq!(listed["data"]["items"].as_array().unwrap().len(), 0, "{listed}");
    }

    async fn unknown_addresses_and_methods_below_api_answer_json(server: &TestServer) {
        let admin = server.set_up().await;
        for path in ["/api", "/api/", "/api/v2", "/api/v1", "/api/v1/nothing", "/api/v1/connections/a/b/c"] {
            let answer = admin.get(path).await;
            assert_eq!((answer.status, answer.code().as_str()), (404, "not_found"), "{path}");
        }
        let answer = admin.get("/api/v1/connections/test/../test").await;
        assert!(answer.status == 405 || answer.status == 404, "{}", answer.body);
        assert_eq!(admin.get("/api/v1/auth/login").await.status, 405);
        assert_eq!(admin.get("/api/v1/auth/login").await.json()["success"], json!(false));
    }
}
