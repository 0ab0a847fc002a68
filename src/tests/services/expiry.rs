//! The expiry calendar: what stands in it, for whom, and who may change it.

use std::sync::Arc;

use latchkey::domain::{Actor, Clock as _, ConnectionStatus, Role, TeamId, Timestamp};
use latchkey::dto::{ExpiryKind, ExpiryLine};
use latchkey::services::expiry::{self, Edit, NewDate};
use latchkey::services::{ErrorCode, ServiceError, applications, connections};
use latchkey::store::{Database, audit, credentials};

use super::ending::{DAY, grant, oauth_app, world};
use crate::services::world::World;
use crate::support::database::{execute, on_both_engines};

fn code<T: std::fmt::Debug>(result: Result<T, ServiceError>) -> ErrorCode {
    result.unwrap_err().code
}

fn in_days(world: &World, days: i64) -> Timestamp {
    world.clock.now().plus_millis(days * DAY)
}

fn date(world: &World, title: &str, days: i64) -> NewDate {
    NewDate { title: title.to_owned(), ends_at: in_days(world, days), ..NewDate::default() }
}

async fn lines(world: &World, actor: &Actor) -> Vec<ExpiryLine> {
    expiry::list(&world.app, actor).await.unwrap().lines
}

async fn titles(world: &World, actor: &Actor) -> Vec<String> {
    lines(world, actor).await.into_iter().map(|line| line.title).collect()
}

on_both_engines! {
    async fn each_role_sees_what_it_may_and_no_other_organization_sees_any(database: Database) {
        let world = world(database).await;
        let dana = world.actor(&world.set_up().await).await;
        let [lead, developer, viewer] = [Role::TeamLead, Role::Developer, Role::Viewer];
        let lead = world.member(&dana.organization, lead, &[]).await;
        let developer = world.member(&dana.organization, developer, &[]).await;
        let viewer = world.member(&dana.organization, viewer, &[]).await;
        let elsewhere = world.organization("Elsewhere").await;
        let stranger = world.member(&elsewhere, Role::OrgAdmin, &[]).await;

        expiry::add(&world.app, &dana, &date(&world, "Certificate", 5)).await.unwrap();
        let shop = world.connection(&dana, "Shop", ConnectionStatus::Active, None).await;
        let new = NewDate { connection: shop.id.to_string(), title: String::new(), ..date(&world, "", 10) };
        expiry::add(&world.app, &dana, &new).await.unwrap();
        oauth_app(&world, &dana, "AmPac", Some(in_days(&world, 20))).await;
        let program = applications::create(&world.app, &developer, "Report", "Reads.").await.unwrap();
        let wish = applications::KeyWish {
            name: "Nightly".to_owned(),
            scopes: vec!["connections:read".to_owned()],
            connections: None,
            expires_at: Some(in_days(&world, 30)),
        };
        applications::make_key(&world.app, &developer, program.as_str(), &wish).await.unwrap();
        let own = world.personal(&lead, "Mine", ConnectionStatus::Active).await;
        let new = NewDate { connection: own.id.to_string(), ..date(&world, "", 40) };
        expiry::add(&world.app, &lead, &NewDate { title: String::new(), ..new }).await.unwrap();

        let everybody = ["Certificate", "API key of Stripe"];
        assert_eq!(titles(&world, &dana).await, [&everybody[..], &["Client secret of AmPac", "API key Nightly"]].concat());
        assert_eq!(titles(&world, &lead).await, [&everybody[..], &["API key of Stripe"]].concat(), "and the personal one");
        assert_eq!(titles(&world, &developer).await, [&everybody[..], &["API key Nightly"]].concat());
        assert_eq!(titles(&world, &viewer).await, everybody);
        assert_eq!(titles(&world, &stranger).await, Vec::<String>::new());
        let seen = lines(&world, &viewer).await;
        assert!(seen.iter().all(|line| !line.may_edit && line.path.is_empty()), "a viewer has no next step: {seen:?}");
        assert_eq!(seen[1].about, "Shop");
        assert_eq!(code(expiry::add(&world.app, &viewer, &date(&world, "x", 1)).await), ErrorCode::Forbidden);

        let mut limited = viewer.clone();
        limited.only = Some(Arc::new([shop.id.clone()].into()));
        assert_eq!(titles(&world, &limited).await, ["API key of Stripe"]);
        limited.only = Some(Arc::default());
        assert_eq!(titles(&world, &limited).await, Vec::<String>::new());
    }

    async fn dates_are_changed_by_whom_they_belong_to(database: Database) {
        let world = world(database).await;
        let dana = world.actor(&world.set_up().await).await;
        let developer = world.member(&dana.organization, Role::Developer, &[]).await;
        let other = world.member(&dana.organization, Role::Developer, &[]).await;
        let app = &world.app;
        let mine = expiry::add(app, &developer, &date(&world, "Domain", 60)).await.unwrap();
        let id = mine.id.clone().unwrap();
        assert!(mine.may_edit);
        let later = Edit { ends_at: Some(in_days(&world, 90)), note: Some("At the registrar.".to_owned()), ..Edit::default() };
        assert_eq!(code(expiry::edit(app, &other, &id, &later).await), ErrorCode::Forbidden);
        assert_eq!(code(expiry::remove(app, &other, &id).await), ErrorCode::Forbidden);
        let changed = expiry::edit(app, &developer, &id, &later).await.unwrap();
        assert_eq!((changed.ends_at, changed.note.as_str()), (in_days(&world, 90), "At the registrar."));
        let given = Edit { owner: Some(other.member().unwrap().to_string()), ..Edit::default() };
        assert_eq!(expiry::edit(app, &dana, &id, &given).await.unwrap().owner.unwrap().id, other.member().unwrap().as_str());
        expiry::edit(app, &other, &id, &Edit { title: Some("Domain name".to_owned()), ..Edit::default() }).await.unwrap();
        for (new, field) in [
            (NewDate { title: String::new(), ..date(&world, "", 1) }, "title"),
            (date(&world, "Over", 0), "ends_at"),
            (NewDate { ends_at: Timestamp::from_millis(i64::MAX), ..date(&world, "Far", 1) }, "ends_at"),
            (NewDate { owner: "mem_00000000000000000000000000".to_owned(), ..date(&world, "Whose", 1) }, "owner"),
            (NewDate { note: "x".repeat(501), ..date(&world, "Long", 1) }, "note"),
        ] {
            let refused = expiry::add(app, &dana, &new).await.unwrap_err();
            assert_eq!((refused.code, refused.fields[0].field.as_str()), (ErrorCode::InvalidField, field), "{new:?}");
        }
        assert_eq!(expiry::remove(app, &other, &id).await.unwrap(), "Domain name");
        assert_eq!(code(expiry::remove(app, &other, &id).await), ErrorCode::NotFound);
        let mut reader = app.database.read().await.unwrap();
        for action in ["expiry.added", "expiry.edited", "expiry.removed"] {
            assert!(audit::last(reader.conn(), &dana.organization, &id, action).await.unwrap().is_some(), "{action}");
        }
    }

    async fn the_end_of_a_credential_counts_for_the_version_in_use(database: Database) {
        let world = world(database).await;
        let dana = world.actor(&world.set_up().await).await;
        let app = &world.app;
        let lead = world.member(&dana.organization, Role::TeamLead, &[TeamId::parse("tea_00000000000000000000000001").unwrap()]).await;
        let shop = world.connection(&dana, "Shop", ConnectionStatus::Active, None).await;
        let new = NewDate { connection: shop.id.to_string(), title: String::new(), ..date(&world, "", 10) };
        assert_eq!(code(expiry::add(app, &lead, &new).await), ErrorCode::Forbidden, "it is no connection of the team");
        let added = expiry::add(app, &dana, &new).await.unwrap();
        assert_eq!((added.kind, added.title.as_str(), added.about.as_str()), (ExpiryKind::Credential, "API key of Stripe", "Shop"));
        assert_eq!(code(expiry::add(app, &dana, &new).await), ErrorCode::Conflict);
        assert_eq!(expiry::form(app, &dana, shop.id.as_str()).await.unwrap().date, Some(added.clone()));
        let named = NewDate { title: "Named".to_owned(), ..new.clone() };
        assert_eq!(code(expiry::add(app, &dana, &named).await), ErrorCode::Conflict);
        let view = connections::view(app, &dana, shop.id.as_str()).await.unwrap();
        assert_eq!(view.row.expiry, "30 Nov 2026");

        let in_use = credentials::active(app.database.read().await.unwrap().conn(), &dana.organization, &shop.id).await.unwrap().unwrap();
        let mut transaction = app.database.begin().await.unwrap();
        credentials::deactivate(transaction.conn(), &dana.organization, &in_use.id).await.unwrap();
        let next = latchkey::domain::CredentialId::generate(world.clock.as_ref(), &latchkey::vault::SystemRandom);
        credentials::insert(transaction.conn(), &credentials::CredentialRow { id: next, version: 2, ..in_use }).await.unwrap();
        transaction.commit().await.unwrap();
        assert_eq!(titles(&world, &dana).await, Vec::<String>::new(), "the new key is another one");
        assert_eq!(connections::view(app, &dana, shop.id.as_str()).await.unwrap().row.expiry, "Does not expire");
        assert_eq!(code(expiry::remove(app, &dana, &added.id.unwrap()).await), ErrorCode::NotFound);
        assert_eq!(expiry::form(app, &dana, shop.id.as_str()).await.unwrap().date, None);
        expiry::add(app, &dana, &new).await.unwrap();
        assert_eq!(titles(&world, &dana).await, ["API key of Stripe"]);
        assert!(named.connection == shop.id.as_str());
    }

    async fn tokens_end_renew_themselves_or_were_ended(database: Database) {
        let world = world(database).await;
        let dana = world.actor(&world.set_up().await).await;
        let connection = async |name: &str, status| {
            let row = world.connection(&dana, name, status, None).await;
            execute(&world.app.database, "UPDATE connections SET connector = 'airtable' WHERE connector = 'stripe'").await;
            row
        };
        let now = world.clock.now();
        let hour = Some(now.plus_millis(3_600_000));
        let (used, idle) = (connection("Used", ConnectionStatus::Active).await, connection("Off", ConnectionStatus::Disabled).await);
        for row in [&used, &idle] {
            grant(&world, row, |grant| (grant.expires_at, grant.refresh_ends_at, grant.due_at) = (hour, Some(in_days(&world, 60)), hour)).await;
        }
        let ended = connection("Ended", ConnectionStatus::ReauthRequired).await;
        grant(&world, &ended, |grant| grant.failed_at = Some(now.plus_millis(-DAY))).await;
        let long = connection("Long", ConnectionStatus::Active).await;
        grant(&world, &long, |grant| {
            grant.kind = latchkey::domain::GrantKind::ClientCredentials;
            (grant.expires_at, grant.due_at) = (Some(in_days(&world, 30)), hour);
        })
        .await;
        let short = connection("Short", ConnectionStatus::Active).await;
        grant(&world, &short, |grant| {
            grant.kind = latchkey::domain::GrantKind::ClientCredentials;
            (grant.expires_at, grant.due_at) = (hour, hour);
        })
        .await;
        let seen: Vec<_> = lines(&world, &dana).await.into_iter().map(|line| (line.about, line.kind, line.ends_at.since(now) / DAY, line.renews, line.ended_early_by)).collect();
        let airtable = Some("Airtable".to_owned());
        assert_eq!(
            seen,
            [
                ("Ended".to_owned(), ExpiryKind::SignIn, -1, false, airtable),
                ("Long".to_owned(), ExpiryKind::AccessToken, 30, true, None),
                ("Off".to_owned(), ExpiryKind::SignIn, 60, false, None),
                ("Used".to_owned(), ExpiryKind::SignIn, 365, false, None),
            ],
            "what is used does not end for want of use, and a token of an hour is no date"
        );
    }
}
