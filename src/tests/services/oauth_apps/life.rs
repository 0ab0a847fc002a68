//! Adding, viewing, changing and deleting.

use latchkey::domain::{ConnectionStatus, GrantKind, OAuthAppId, Role, TeamId, Timestamp};
use latchkey::dto::OAuthAppChoice;
use latchkey::services::oauth_apps::{self, Edit, MOST, NewSecret};
use latchkey::services::{ErrorCode, audit};
use latchkey::store::connections::ConnectionRow;
use latchkey::store::grants::{self, GrantRow};
use latchkey::store::{Database, credentials, oauth_apps as rows};

use super::{Mode, Stage, code, developer_token, entries, fields, new, secret, stale};
use crate::canaries::hits;
use crate::services::world::World;
use crate::support::database::{execute, on_both_engines};

/// Tokens of a connection that came by this app.
async fn grant(world: &World, connection: &ConnectionRow, app: &OAuthAppId) {
    let mut transaction = world.app.database.begin().await.unwrap();
    let credential = credentials::active(transaction.conn(), &connection.organization, &connection.id).await.unwrap().unwrap();
    let now = Timestamp::from_millis(0);
    let row = GrantRow {
        credential: credential.id,
        organization: connection.organization.clone(),
        connection: connection.id.clone(),
        app: Some(app.clone()),
        kind: GrantKind::ALL[0],
        granted: String::new(),
        allowed_at: now,
        obtained_at: now,
        expires_at: None,
        refresh_ends_at: None,
        due_at: None,
        generation: 1,
        lease: 0,
        lease_owner: String::new(),
        lease_until: now,
        calling_since: None,
        failures: 0,
        failure_code: String::new(),
        failed_at: None,
    };
    grants::insert(transaction.conn(), &row).await.unwrap();
    transaction.commit().await.unwrap();
}

on_both_engines! {
    async fn an_app_that_a_grant_names_is_not_deleted_by_anybody(database: Database) {
        let stage = Stage::set(database).await;
        let app = &stage.app;
        let saved = oauth_apps::create(app, &stage.admin, "acme", new("Production", &secret(2))).await.unwrap();
        let connection = stage.world.connection(&stage.admin, "Shop", ConnectionStatus::Active, None).await;
        grant(&stage.world, &connection, &saved.id).await;
        let mut transaction = app.database.begin().await.unwrap();
        let refused = rows::delete(transaction.conn(), &stage.organization, &saved.id).await.unwrap_err();
        assert!(matches!(refused, latchkey::store::StoreError::Conflict), "{refused:?}");
    }
}

fn label(label: &str) -> Edit {
    Edit { label: Some(label.to_owned()), ..Edit::default() }
}

on_both_engines! {
    async fn what_is_secret_goes_in_and_never_comes_out(database: Database) {
        let stage = Stage::set(database).await;
        let app = &stage.app;
        let ends = stage.world.clock_seconds() * 1_000 + 5_000;
        let mut typed = new("Production", &secret(2));
        typed.secret_ends_at = Some(Timestamp::from_millis(ends));
        assert_eq!(hits(format!("{typed:?}").as_bytes()), 0);
        let saved = oauth_apps::create(app, &stage.admin, "acme", typed).await.unwrap();
        let view = oauth_apps::page(app, &stage.admin, saved.id.as_str()).await.unwrap();
        let line = &view.app.line;
        assert_eq!((line.client_id.as_str(), line.label.as_str(), line.connector_name.as_str()), ("acme-client-1", "Production", "Acme"));
        assert_eq!((line.secret_hint.as_str(), line.secret_ends_at.unwrap().millis()), ("ood", ends));
        assert_eq!(line.fields, [("customer".to_owned(), "4471902256".to_owned()), ("zone".to_owned(), "eu".to_owned())].into());
        assert_eq!(line.redirect_uri, "https://latchkey.example.com/oauth/callback/acme");
        let form = view.form.as_ref().unwrap();
        assert_eq!(form.steps[1], "Enter https://latchkey.example.com/oauth/callback/acme as its redirect address.");
        assert_eq!(form.fields.iter().map(|field| field.id.as_str()).collect::<Vec<_>>(), ["client_id", "client_secret", "developer_token", "customer", "zone"]);
        assert_eq!(form.usual_end.unwrap().since(view.now), 180 * 86_400_000);
        let list = oauth_apps::list(app, &stage.admin).await.unwrap();
        let row = oauth_apps::find_for_use(app, &stage.admin, "acme", saved.id.as_str()).await.unwrap();
        let opened = oauth_apps::credentials(app, &row).unwrap();
        assert_eq!(opened.fields["developer_token"].expose(), &developer_token());
        let seen = format!("{saved:?} {view:?} {list:?} {row:?} {opened:?} {} {:?}", serde_json::to_string(&(&view, &list)).unwrap(), stage.recorded().await);
        assert_eq!((hits(seen.as_bytes()), hits(&row.sealed)), (0, 0), "{seen}");
        let short = oauth_apps::create(app, &stage.admin, "acme", new("Short", "nineteen-chars-good")).await.unwrap();
        assert_eq!(oauth_apps::view(app, &stage.admin, short.id.as_str()).await.unwrap().line.secret_hint, "", "three characters of a short one are too many");
        assert_eq!(audit::verify(app).await.unwrap().findings, []);
    }

    async fn what_is_typed_is_checked(database: Database) {
        let stage = Stage::set(database).await;
        let long = "x".repeat(4_097);
        let cases: [(&str, &str, &[&str]); 13] = [
            ("client_id", "", &["client_id"]),
            ("client_id", &long, &["client_id"]),
            ("client_id", "a\nb", &["client_id"]),
            ("client_secret", "", &["client_secret"]),
            ("client_secret", &long, &["client_secret"]),
            ("client_secret", " good", &["client_secret"]),
            ("client_secret", "good\n", &["client_secret"]),
            ("client_secret", "go\0od", &["client_secret"]),
            ("developer_token", "", &["developer_token"]),
            ("customer", "447-190", &["customer"]),
            ("zone", "moon", &["zone"]),
            ("access_token", "x", &["access_token"]),
            ("label", "x", &["label"]),
        ];
        for (field, value, wrong) in cases {
            let mut typed = new("Production", &secret(2));
            typed.entries.extend(entries(&[(field, value)]));
            assert_eq!(fields(oauth_apps::create(&stage.app, &stage.admin, "acme", typed).await), wrong, "{field}: {value:?}");
        }
        let mut typed = new(" ", &secret(2));
        typed.secret_ends_at = Some(stage.app.now());
        typed.entries.clear();
        assert_eq!(fields(oauth_apps::create(&stage.app, &stage.admin, "acme", typed).await), ["label", "client_id", "client_secret", "developer_token", "secret_ends_at"]);
        assert_eq!(stage.log.lock().unwrap().len(), 0, "the provider is asked about whole entries alone");
        for connector in ["acme-tickets", "nothing", "", "stripe"] {
            assert_eq!(code(oauth_apps::create(&stage.app, &stage.admin, connector, new("x", &secret(2))).await), ErrorCode::NotFound, "{connector}");
            assert_eq!(code(oauth_apps::form(&stage.app, &stage.admin, connector).await), ErrorCode::NotFound);
        }
        let offered = oauth_apps::offers(&stage.app, &stage.admin).await.unwrap();
        assert_eq!(offered.iter().map(|offer| offer.id.as_str()).collect::<Vec<_>>(), ["acme", "acme-two"]);
    }

    async fn a_label_is_taken_once_for_each_connector(database: Database) {
        let stage = Stage::set(database).await;
        let id = stage.add("Production", 2).await.unwrap().id.to_string();
        let taken = stage.add("Production", 2).await.unwrap_err();
        assert_eq!((taken.code, taken.fields[0].field.as_str()), (ErrorCode::NameTaken, "label"));
        stage.add("Second", 2).await.unwrap();
        assert_eq!(code(oauth_apps::edit(&stage.app, &stage.admin, id.as_str(), label("Second"), None).await), ErrorCode::NameTaken);
        oauth_apps::create(&stage.app, &stage.admin, "acme-two", new("Production", &secret(2))).await.unwrap();
        let elsewhere = stage.world.organization("Elsewhere").await;
        let other = stage.world.member(&elsewhere, Role::OrgAdmin, &[]).await;
        oauth_apps::create(&stage.app, &other, "acme", new("Production", &secret(2))).await.unwrap();
        assert_eq!(oauth_apps::list(&stage.app, &stage.admin).await.unwrap().apps.len(), 3);
        assert_eq!(oauth_apps::list_of(&stage.app, &stage.admin, "acme").await.unwrap().len(), 2);
    }

    async fn what_belongs_to_others_is_not_there(database: Database) {
        let stage = Stage::set(database).await;
        let id = stage.add("Production", 2).await.unwrap().id.to_string();
        let elsewhere = stage.world.organization("Elsewhere").await;
        let stranger = stage.world.member(&elsewhere, Role::OrgAdmin, &[]).await;
        let app = &stage.app;
        let ids = [id.as_str(), "oap_00000000000000000000000000", "oap_0000000000000000000000000u", "", "x"];
        for (who, connector, ids) in [(&stranger, "acme", &ids[..]), (&stage.admin, "acme-two", &ids[..]), (&stage.admin, "acme", &ids[1..])] {
            for id in ids {
                let at = (connector, *id);
                let swap = || NewSecret { entries: entries(&[("client_secret", &secret(4))]), ..NewSecret::default() };
                assert_eq!(code(oauth_apps::view(app, who, at).await), ErrorCode::NotFound, "{at:?}");
                assert_eq!(code(oauth_apps::edit(app, who, at, label("Theirs"), None).await), ErrorCode::NotFound, "{at:?}");
                assert_eq!(code(oauth_apps::rotate(app, who, at, swap()).await), ErrorCode::NotFound, "{at:?}");
                assert_eq!(code(oauth_apps::delete(app, who, at).await), ErrorCode::NotFound, "{at:?}");
                assert_eq!(code(oauth_apps::find_for_use(app, who, connector, id).await), ErrorCode::NotFound, "{at:?}");
            }
        }
        assert_eq!(code(oauth_apps::page(app, &stranger, &id).await), ErrorCode::NotFound);
        assert_eq!(oauth_apps::list(app, &stranger).await.unwrap().apps, []);
        assert_eq!(oauth_apps::list_for(app, &stranger, "acme").await.unwrap(), []);
        assert_eq!(oauth_apps::view(app, &stage.admin, id.as_str()).await.unwrap().line.label, "Production");
    }

    async fn those_who_connect_choose_among_them_and_see_no_more(database: Database) {
        let stage = Stage::set(database).await;
        let id = stage.add("Production", 2).await.unwrap().id.to_string();
        let team = TeamId::parse("tea_00000000000000000000000001").unwrap();
        let lead = stage.world.member(&stage.organization, Role::TeamLead, &[team]).await;
        let choices = oauth_apps::list_for(&stage.app, &lead, "acme").await.unwrap();
        assert_eq!(choices, [OAuthAppChoice { id: id.clone(), label: "Production".to_owned() }]);
        assert_eq!(oauth_apps::find_for_use(&stage.app, &lead, "acme", &id).await.unwrap().label, "Production");
        assert_eq!(code(oauth_apps::list_for(&stage.app, &lead, "acme-tickets").await), ErrorCode::NotFound);
        for role in [Role::TeamLead, Role::Developer, Role::Viewer] {
            let who = stage.world.member(&stage.organization, role, &[]).await;
            assert_eq!(code(oauth_apps::view(&stage.app, &who, id.as_str()).await), ErrorCode::Forbidden, "{role:?}");
            assert_eq!(code(oauth_apps::find_for_use(&stage.app, &who, "acme", &id).await), ErrorCode::Forbidden, "{role:?}");
        }
    }

    async fn secrets_and_client_ids_need_a_fresh_sign_in(database: Database) {
        let stage = Stage::set(database).await;
        let id = stage.add("Production", 2).await.unwrap().id.to_string();
        let late = stale(&stage.admin);
        let app = &stage.app;
        assert_eq!(code(oauth_apps::create(app, &late, "acme", new("Late", &secret(2))).await), ErrorCode::FreshSignInRequired);
        assert_eq!(code(oauth_apps::rotate(app, &late, id.as_str(), NewSecret::default()).await), ErrorCode::FreshSignInRequired);
        let other = Edit { client_id: Some("acme-client-2".to_owned()), ..Edit::default() };
        assert_eq!(code(oauth_apps::edit(app, &late, id.as_str(), other.clone(), None).await), ErrorCode::FreshSignInRequired);
        oauth_apps::edit(app, &late, id.as_str(), label("Late"), None).await.unwrap();
        oauth_apps::edit(app, &stage.admin, id.as_str(), other, None).await.unwrap();
        let line = oauth_apps::view(app, &stage.admin, id.as_str()).await.unwrap().line;
        assert_eq!((line.label.as_str(), line.client_id.as_str(), line.version), ("Late", "acme-client-2", 3));
        assert_eq!(stage.in_use(&id).await, secret(2));
    }

    async fn what_is_open_is_changed_and_what_leads_the_secret_elsewhere_is_not(database: Database) {
        let stage = Stage::set(database).await;
        let app = &stage.app;
        let id = stage.add("Production", 2).await.unwrap().id.to_string();
        let field = |id: &str, value: &str| Edit { fields: [(id.to_owned(), value.to_owned())].into(), ..Edit::default() };
        oauth_apps::edit(app, &stage.admin, id.as_str(), field("customer", "777"), Some(1)).await.unwrap();
        assert_eq!(oauth_apps::view(app, &stage.admin, id.as_str()).await.unwrap().line.fields["customer"], "777");
        assert_eq!(code(oauth_apps::edit(app, &stage.admin, id.as_str(), field("customer", "778"), Some(1)).await), ErrorCode::Conflict, "somebody was faster");
        oauth_apps::edit(app, &stage.admin, id.as_str(), field("zone", "eu"), Some(2)).await.unwrap();
        for (edit, wrong) in [
            (field("zone", "us"), "zone"),
            (field("customer", "x"), "customer"),
            (field("developer_token", "x"), "developer_token"),
            (field("client_secret", "x"), "client_secret"),
            (field("nothing", "x"), "nothing"),
            (label(""), "label"),
            (Edit { client_id: Some(String::new()), ..Edit::default() }, "client_id"),
            (Edit { secret_ends_at: Some(Some(Timestamp::from_millis(0))), ..Edit::default() }, "secret_ends_at"),
        ] {
            assert_eq!(fields(oauth_apps::edit(app, &stage.admin, id.as_str(), edit.clone(), None).await), [wrong], "{edit:?}");
        }
        let ends = app.now().plus_millis(1_000);
        for wanted in [Some(ends), None] {
            oauth_apps::edit(app, &stage.admin, id.as_str(), Edit { secret_ends_at: Some(wanted), ..Edit::default() }, None).await.unwrap();
            assert_eq!(oauth_apps::view(app, &stage.admin, id.as_str()).await.unwrap().line.secret_ends_at, wanted);
        }
        let edited: Vec<String> = stage.recorded().await.into_iter().filter(|entry| entry.0 == "oauth_app.edited").map(|entry| entry.2["changed"].to_string()).collect();
        assert_eq!(edited, ["[\"fields\"]", "[\"secret_ends_at\"]", "[\"secret_ends_at\"]"], "what changed nothing is not recorded");
        assert_eq!(stage.in_use(&id).await, secret(2));
    }

    async fn an_app_in_use_is_kept_and_names_what_uses_it(database: Database) {
        let stage = Stage::set(database).await;
        let app = &stage.app;
        let saved = stage.add("Production", 2).await.unwrap();
        let id = saved.id.to_string();
        let other = stage.add("Unused", 2).await.unwrap();
        for name in ["Shop", "Branch"] {
            let connection = stage.world.connection(&stage.admin, name, ConnectionStatus::Active, None).await;
            grant(&stage.world, &connection, &saved.id).await;
        }
        let lena = stage.world.member(&stage.organization, Role::OrgAdmin, &[]).await;
        let own = stage.world.personal(&lena, "Lena's diary", ConnectionStatus::Active).await;
        grant(&stage.world, &own, &saved.id).await;
        let view = oauth_apps::view(app, &stage.admin, id.as_str()).await.unwrap();
        let names: Vec<&str> = view.used_by.iter().map(|named| named.name.as_str()).collect();
        assert_eq!((view.line.connections, &names[..2]), (3, &["Branch", "Shop"][..]));
        assert!(!names[2].contains("diary"), "somebody else's own goes by its owner: {names:?}");
        let counts: Vec<(String, usize)> = oauth_apps::list(app, &stage.admin).await.unwrap().apps.into_iter().map(|line| (line.label, line.connections)).collect();
        assert_eq!(counts, [("Production".to_owned(), 3), ("Unused".to_owned(), 0)]);
        let refused = oauth_apps::delete(app, &stage.admin, id.as_str()).await.unwrap_err();
        assert_eq!(refused.code, ErrorCode::Conflict);
        assert!(refused.message.starts_with("Production is still used by Branch, Shop, ") && !refused.message.contains("diary"), "{}", refused.message);
        let moved = Edit { client_id: Some("acme-client-2".to_owned()), ..Edit::default() };
        assert_eq!(code(oauth_apps::edit(app, &stage.admin, id.as_str(), moved, None).await), ErrorCode::Conflict, "what was granted belongs to the client id");
        oauth_apps::edit(app, &stage.admin, id.as_str(), label("Renamed"), None).await.unwrap();
        stage.swap(&id, 4, false).await.unwrap();
        execute(&app.database, "DELETE FROM grants").await;
        assert_eq!(oauth_apps::delete(app, &stage.admin, id.as_str()).await.unwrap(), "Renamed");
        assert_eq!(code(oauth_apps::view(app, &stage.admin, id.as_str()).await), ErrorCode::NotFound);
        assert_eq!(oauth_apps::delete(app, &stage.admin, ("acme", other.id.as_str())).await.unwrap(), "Unused");
        assert_eq!(audit::verify(app).await.unwrap().findings, []);
    }

    async fn an_app_outlives_its_connector(database: Database) {
        let stage = Stage::set(database).await;
        let id = stage.add("Production", 2).await.unwrap().id.to_string();
        let mut app = stage.app.clone();
        app.catalogue = std::sync::Arc::new(latchkey::catalogue::Registry::from_texts(&[]).unwrap());
        let page = oauth_apps::page(&app, &stage.admin, &id).await.unwrap();
        assert_eq!((page.form, page.app.line.connector_name.as_str()), (None, "acme"));
        assert_eq!(oauth_apps::list(&app, &stage.admin).await.unwrap().apps.len(), 1);
        assert_eq!(code(oauth_apps::edit(&app, &stage.admin, id.as_str(), label("x"), None).await), ErrorCode::Conflict);
        assert_eq!(oauth_apps::delete(&app, &stage.admin, id.as_str()).await.unwrap(), "Production");
    }

    async fn there_is_a_most(database: Database) {
        let stage = Stage::set(database).await;
        stage.is(Mode::Honest);
        let id = stage.add("Production", 2).await.unwrap().id.to_string();
        let row = oauth_apps::find_for_use(&stage.app, &stage.admin, "acme", &id).await.unwrap();
        let mut transaction = stage.app.database.begin().await.unwrap();
        for number in 1..MOST {
            let id = OAuthAppId::generate(stage.world.clock.as_ref(), stage.app.random.as_ref());
            rows::insert(transaction.conn(), &rows::OAuthAppRow { id, label: format!("App {number}"), ..row.clone() }).await.unwrap();
        }
        transaction.commit().await.unwrap();
        assert_eq!(code(stage.add("One more", 2).await), ErrorCode::Conflict);
        oauth_apps::delete(&stage.app, &stage.admin, id.as_str()).await.unwrap();
        stage.add("One more", 2).await.unwrap();
    }
}
