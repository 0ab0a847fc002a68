//! A look at what a connection reads.

use latchkey::domain::{ConnectionStatus, Role};
use latchkey::services::{ErrorCode, connections, preview};
use latchkey::store::Database;

use crate::services::flow::entries;
use crate::services::world::World;
use crate::support::database::on_both_engines;

on_both_engines! {
    async fn the_first_rows_are_shown_as_a_table_and_recorded(database: Database) {
        let world = World::with_providers(database).await;
        let organization = world.set_up().await.organization;
        let dana = world.member(&organization, Role::OrgAdmin, &[]).await;
        let stripe = connections::create(&world.app, &dana, "stripe", "", entries(&[("api_key", "sk_test_sandboxAccountThatWorks")])).await.unwrap();
        let developer = world.member(&organization, Role::Developer, &[]).await;
        let view = preview::view(&world.app, &developer, &stripe.row.id, "").await.unwrap();
        assert_eq!(view.stream, "customers");
        let table = view.table.unwrap();
        assert_eq!(table.rows.len(), table.found);
        let names: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
        assert!(names.contains(&"id") && names.contains(&"name"), "{names:?}");
        assert!(table.columns.iter().all(|column| column.empty_percent <= 100));
        let seen = connections::view(&world.app, &dana, &stripe.row.id).await.unwrap();
        assert_eq!(seen.activity[0].what, "looked at the first rows. Nothing of them is stored.");
        assert!(seen.may_preview);
        assert_eq!(preview::view(&world.app, &dana, &stripe.row.id, "nothing").await.unwrap_err().code, ErrorCode::NotFound);
    }

    async fn what_is_off_is_not_read(database: Database) {
        let world = World::new(database).await;
        let organization = world.set_up().await.organization;
        let dana = world.member(&organization, Role::OrgAdmin, &[]).await;
        for status in [ConnectionStatus::Disabled, ConnectionStatus::Revoked] {
            let row = world.connection(&dana, status.as_str(), status, None).await;
            assert_eq!(preview::view(&world.app, &dana, row.id.as_str(), "").await.unwrap_err().code, ErrorCode::Conflict);
        }
    }
}
