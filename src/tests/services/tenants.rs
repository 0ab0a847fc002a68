//! Foreign, unknown and malformed ids get one and the same answer.

use latchkey::domain::{ConnectionStatus, Role};
use latchkey::services::{Entries, ErrorCode, ServiceError, connections, credentials, drafts};
use latchkey::store::Database;

use crate::services::world::World;
use crate::support::database::on_both_engines;

fn answer<T>(result: Result<T, ServiceError>) -> (ErrorCode, String) {
    let error = result.err().expect("refused");
    (error.code, error.message)
}

on_both_engines! {
    async fn a_foreign_connection_is_not_found(database: Database) {
        let world = World::new(database).await;
        let own = world.set_up().await.organization;
        let dana = world.member(&own, Role::OrgAdmin, &[]).await;
        let stranger = world.member(&world.organization("Other").await, Role::SuperAdmin, &[]).await;
        let row = world.connection(&dana, "Payments", ConnectionStatus::Active, None).await;
        let expected = (ErrorCode::NotFound, ErrorCode::NotFound.text().to_owned());
        for id in [row.id.as_str(), "con_00000000000000000000000000", "con_", "", "../../etc", &format!("{}x", row.id), "drf_00000000000000000000000000"] {
            assert_eq!(answer(connections::view(&world.app, &stranger, id).await), expected, "{id}");
            assert_eq!(answer(connections::test(&world.app, &stranger, id).await), expected, "{id}");
            assert_eq!(answer(connections::disconnect(&world.app, &stranger, id, true).await), expected, "{id}");
            assert_eq!(answer(credentials::view(&world.app, &stranger, id).await), expected, "{id}");
            assert_eq!(answer(credentials::versions(&world.app, &stranger, id).await), expected, "{id}");
            assert_eq!(answer(credentials::submit(&world.app, &stranger, id, Entries::new()).await), expected, "{id}");
            assert_eq!(answer(credentials::accept(&world.app, &stranger, id, 1).await), expected, "{id}");
            assert_eq!(answer(credentials::forget(&world.app, &stranger, id).await), expected, "{id}");
            assert_eq!(answer(credentials::restore(&world.app, &stranger, id, None, None).await), expected, "{id}");
            assert_eq!(answer(credentials::replace(&world.app, &stranger, id, Some(1), &Entries::new(), false).await), expected, "{id}");
        }
        assert!(connections::view(&world.app, &dana, row.id.as_str()).await.is_ok());
        assert_eq!(connections::list(&world.app, &stranger, &Default::default()).await.unwrap().total, 0);
    }

    async fn a_draft_is_its_members_alone(database: Database) {
        let world = World::new(database).await;
        let organization = world.set_up().await.organization;
        let dana = world.member(&organization, Role::OrgAdmin, &[]).await;
        let colleague = world.member(&organization, Role::OrgAdmin, &[]).await;
        let id = drafts::start(&world.app, &dana, "stripe").await.unwrap();
        let expected = (ErrorCode::NotFound, ErrorCode::NotFound.text().to_owned());
        assert_eq!(answer(drafts::view(&world.app, &colleague, id.as_str()).await), expected);
        assert_eq!(answer(drafts::check(&world.app, &colleague, id.as_str()).await), expected);
        assert_eq!(answer(drafts::submit(&world.app, &colleague, id.as_str(), "", Entries::new()).await), expected);
        assert_eq!(answer(drafts::keep_duplicate(&world.app, &colleague, id.as_str()).await), expected);
        assert_eq!(answer(drafts::discard(&world.app, &colleague, id.as_str()).await), expected);
        assert!(drafts::view(&world.app, &dana, id.as_str()).await.is_ok());
    }
}
