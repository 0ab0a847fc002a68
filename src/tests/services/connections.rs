//! The list, the page and the end of connections.

use latchkey::domain::{ConnectionStatus, Role};
use latchkey::dto::ConnectionFilter;
use latchkey::services::{ErrorCode, audit, connections, onboarding, shell};
use latchkey::store::{Database, credentials};

use crate::services::world::World;
use crate::support::database::on_both_engines;

on_both_engines! {
    async fn the_list_says_it_first_and_to_viewers_the_effect(database: Database) {
        let world = World::new(database).await;
        let organization = world.set_up().await.organization;
        let dana = world.member(&organization, Role::OrgAdmin, &[]).await;
        let viewer = world.member(&organization, Role::Viewer, &[]).await;
        for (name, status) in [
            ("Payments", ConnectionStatus::Active),
            ("Ledger", ConnectionStatus::ReauthRequired),
            ("Old", ConnectionStatus::Disabled),
            ("Gone", ConnectionStatus::Revoked),
        ] {
            world.connection(&dana, name, status, None).await;
        }
        let list = connections::list(&world.app, &dana, &ConnectionFilter::default()).await.unwrap();
        assert_eq!((list.headline.as_str(), list.needs_headline.as_str(), list.total, list.matching), ("3 connections", "1 needs you", 3, 3));
        assert_eq!(list.rows.iter().map(|row| row.name.as_str()).collect::<Vec<_>>(), ["Ledger", "Old", "Payments"]);
        assert!(list.rows.iter().all(|row| row.bars.len() == 48));
        assert!(list.may_connect && list.needs[0].fix.is_some() && list.needs[0].sentence.starts_with("Stripe refused the API key. Last tried just now."));
        assert_eq!(list.counts.iter().map(|count| count.count).collect::<Vec<_>>(), [3, 1, 1, 1, 1]);
        assert_eq!(list.disconnected, 1);
        let ended = ConnectionFilter { status: "disconnected".to_owned(), ..ConnectionFilter::default() };
        assert_eq!(connections::list(&world.app, &dana, &ended).await.unwrap().rows[0].name, "Gone");
        let seen = connections::list(&world.app, &viewer, &ConnectionFilter::default()).await.unwrap();
        assert_eq!((seen.headline.as_str(), seen.needs_headline.as_str(), seen.may_connect), ("1 of 3 connections work", "", false));
        assert!(seen.needs[0].fix.is_none() && seen.needs[0].sentence.starts_with("Stopped") && !seen.needs[0].sentence.contains("refused"));
        let needs = ConnectionFilter { status: "needs".to_owned(), ..ConnectionFilter::default() };
        assert_eq!(connections::list(&world.app, &dana, &needs).await.unwrap().matching, 1);
        let searched = ConnectionFilter { q: "pay".to_owned(), sort: "-name".to_owned(), page: 1, ..ConnectionFilter::default() };
        assert_eq!(connections::list(&world.app, &dana, &searched).await.unwrap().rows[0].name, "Payments");
        let frame = shell::view(&world.app, &dana).await.unwrap();
        assert_eq!((frame.connections, frame.issues), (3, 1));
    }

    async fn disconnecting_destroys_every_version_and_cannot_be_repeated(database: Database) {
        let world = World::new(database).await;
        let organization = world.set_up().await.organization;
        let dana = world.member(&organization, Role::OrgAdmin, &[]).await;
        let row = world.connection(&dana, "Payments", ConnectionStatus::Active, None).await;
        let said = connections::disconnect(&world.app, &dana, row.id.as_str(), true).await.unwrap();
        assert!(said.sentence.contains("has no way to be told"), "{}", said.sentence);
        let left = credentials::versions(world.app.database.read().await.unwrap().conn(), &organization, &row.id).await.unwrap();
        assert_eq!(left, []);
        let view = connections::view(&world.app, &dana, row.id.as_str()).await.unwrap();
        assert_eq!((view.status, view.may_test, view.may_disconnect), (ConnectionStatus::Revoked, false, false));
        assert_eq!(view.activity[0].what, "disconnected it. The credential is erased.");
        assert_eq!(connections::disconnect(&world.app, &dana, row.id.as_str(), true).await.unwrap_err().code, ErrorCode::Conflict);
        assert_eq!(connections::test(&world.app, &dana, row.id.as_str()).await.unwrap_err().code, ErrorCode::Conflict);
        world.connection(&dana, "Payments", ConnectionStatus::Active, None).await;
    }

    async fn a_viewer_sees_the_status_alone(database: Database) {
        let world = World::new(database).await;
        let organization = world.set_up().await.organization;
        let dana = world.member(&organization, Role::OrgAdmin, &[]).await;
        let viewer = world.member(&organization, Role::Viewer, &[]).await;
        let row = world.connection(&dana, "Payments", ConnectionStatus::Error, None).await;
        let view = connections::view(&world.app, &viewer, row.id.as_str()).await.unwrap();
        assert!(view.settings.is_empty() && view.activity.is_empty() && view.identity.is_none() && view.versions.is_empty() && view.fix.is_none());
        assert!(!view.may_see_details && !view.may_test && !view.may_disconnect && view.sentence.starts_with("Stopped"));
    }

    async fn a_credential_that_does_not_open_is_said_and_recorded(database: Database) {
        let world = World::new(database).await;
        let organization = world.set_up().await.organization;
        let dana = world.member(&organization, Role::OrgAdmin, &[]).await;
        let row = world.connection(&dana, "Payments", ConnectionStatus::Active, None).await;
        assert_eq!(connections::test(&world.app, &dana, row.id.as_str()).await.unwrap_err().code, ErrorCode::SecretUnreadable);
        assert_eq!(audit::verify(&world.app).await.unwrap().findings, []);
    }

    async fn the_recovery_sheet_ticks_the_step_and_holds_no_key(database: Database) {
        let world = World::new(database).await;
        let who = world.set_up().await;
        let dana = world.actor(&who).await;
        assert!(onboarding::view(&world.app, &dana).await.unwrap().key_copied_at.is_none());
        let sheet = onboarding::recovery_sheet(&world.app, &dana).await.unwrap();
        assert!(sheet.contains(&world.app.settings.key_fingerprint) && sheet.contains("/var/lib/latchkey/root.key"));
        assert!(onboarding::view(&world.app, &dana).await.unwrap().key_copied_at.is_some());
    }
}
