//! Asking for a connector that is not there.

use latchkey::domain::Role;
use latchkey::services::{ErrorCode, requests};
use latchkey::store::Database;

use crate::services::world::World;
use crate::support::database::on_both_engines;

on_both_engines! {
    async fn a_request_is_seen_by_the_own_organization_and_removed_by_its_admin(database: Database) {
        let world = World::new(database).await;
        let admin = world.actor(&world.set_up().await).await;
        let developer = world.member(&admin.organization, Role::Developer, &[]).await;
        requests::ask(&world.app, &developer, "  Notion ", "Meeting notes").await.unwrap();
        let view = requests::view(&world.app, &developer).await.unwrap();
        assert!(!view.may_remove);
        let request = &view.requests[0];
        assert_eq!((request.service.as_str(), request.purpose.as_str()), ("Notion", "Meeting notes"));

        let other = world.member(&world.organization("Elsewhere").await, Role::OrgAdmin, &[]).await;
        assert!(requests::view(&world.app, &other).await.unwrap().requests.is_empty());
        let foreign = requests::remove(&world.app, &other, &request.id).await.unwrap_err();
        assert_eq!(foreign.code, ErrorCode::NotFound);
        requests::remove(&world.app, &admin, &request.id).await.unwrap();
        assert!(requests::view(&world.app, &admin).await.unwrap().requests.is_empty());
        assert_eq!(requests::remove(&world.app, &admin, &request.id).await.unwrap_err().code, ErrorCode::NotFound);
    }

    async fn a_request_needs_a_name_of_bounded_length(database: Database) {
        let world = World::new(database).await;
        let admin = world.actor(&world.set_up().await).await;
        for (service, purpose, field) in [("", "", "service"), ("a\nb", "", "service"), ("Notion", &*"x".repeat(1_001), "purpose")] {
            let refused = requests::ask(&world.app, &admin, service, purpose).await.unwrap_err();
            assert_eq!((refused.code, refused.fields[0].field.as_str()), (ErrorCode::InvalidField, field));
        }
        assert!(requests::view(&world.app, &admin).await.unwrap().requests.is_empty());
    }
}
