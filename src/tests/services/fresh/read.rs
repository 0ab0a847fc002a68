//! The last instant of a token.

use latchkey::domain::{Actor, ActorKind, ApiKeyId, ApplicationId, Role, Scopes};
use latchkey::services::handout;
use latchkey::store::Database;

use super::stage::Stage;
use crate::support::database::on_both_engines;

on_both_engines! {
    async fn a_token_that_ends_now_is_not_handed_out_even_to_who_asks_for_no_time(database: Database) {
        let stage = Stage::set(database).await;
        let program = Actor {
            kind: ActorKind::Application {
                application: ApplicationId::parse("app_0000000000000000000000000a").unwrap(),
                key: ApiKeyId::parse("key_0000000000000000000000000a").unwrap(),
                maker: stage.dana.member().unwrap().clone(),
                name: "Loan export".to_owned(),
                role: Role::SuperAdmin,
                teams: Vec::new(),
                scopes: Scopes::parse("credentials:token").unwrap(),
            },
            ..stage.dana.clone()
        };
        for (name, ends_in_ms, renewed) in [("now", 0, true), ("next", 1, false)] {
            let row = stage.connected(name, ends_in_ms).await;
            let handed = handout::read(&stage.world.app, &program, row.id.as_str(), 0, &|_| false).await.unwrap().handout.unwrap();
            let token = handed.access_token.unwrap();
            assert_eq!((token.expose() != "access.0", stage.token_requests()), (renewed, usize::from(renewed)), "{name}");
        }
    }
}
