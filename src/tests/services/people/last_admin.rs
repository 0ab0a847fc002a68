//! Somebody always runs the organization.

use latchkey::domain::{Actor, Role};
use latchkey::services::members::{self, Change, Wish};
use latchkey::services::{ErrorCode, organizations};
use latchkey::store::Database;

use super::{again, code};
use crate::services::world::{World, visitor};
use crate::support::database::on_both_engines;

fn id(actor: &Actor) -> String {
    actor.member().unwrap().to_string()
}

fn to_role(role: Role) -> Change {
    Change { role: Some(role), ..Change::default() }
}

fn off() -> Change {
    Change { status: Some(Wish::Deactivated), ..Change::default() }
}

on_both_engines! {
    async fn the_last_admin_stays_whatever_is_tried(database: Database) {
        let world = World::new(database).await;
        world.set_up().await;
        let organization = world.organization("Other").await;
        let admin = world.member(&organization, Role::OrgAdmin, &[]).await;
        world.member(&organization, Role::TeamLead, &[]).await;
        let app = &world.app;
        assert_eq!(code(members::remove(app, &admin, &id(&admin), "").await), ErrorCode::Conflict);
        assert_eq!(code(members::leave(app, &admin).await), ErrorCode::Conflict);
        assert_eq!(code(members::change(app, &admin, &id(&admin), &off()).await), ErrorCode::Conflict);
        for role in [Role::TeamLead, Role::Developer, Role::Viewer] {
            assert_eq!(code(members::change(app, &admin, &id(&admin), &to_role(role)).await), ErrorCode::Conflict);
        }
        let other = world.member(&organization, Role::OrgAdmin, &[]).await;
        assert!(members::change(app, &admin, &id(&other), &off()).await.is_ok());
        assert_eq!(code(members::leave(app, &admin).await), ErrorCode::Conflict, "who is turned off runs nothing");
        assert!(members::change(app, &admin, &id(&other), &Change { status: Some(Wish::Active), ..Change::default() }).await.is_ok());
        assert!(members::leave(app, &admin).await.is_ok());
        assert!(again(&world, &admin).await.is_none());
        assert!(again(&world, &other).await.is_some());
    }

    async fn the_last_who_runs_the_server_stays_somewhere(database: Database) {
        let world = World::new(database).await;
        let first = world.set_up().await;
        let dana = world.actor(&first).await;
        world.member(&first.organization, Role::OrgAdmin, &[]).await;
        let app = &world.app;
        assert_eq!(code(members::leave(app, &dana).await), ErrorCode::Conflict);
        assert_eq!(code(members::change(app, &dana, &id(&dana), &off()).await), ErrorCode::Conflict);
        world.organization("Other").await;
        assert_eq!(code(organizations::delete(app, &dana, "AmPac Business Capital").await), ErrorCode::Conflict);
        let there = organizations::create(app, &dana, &visitor(), "Sandbox").await.unwrap();
        assert!(members::leave(app, &dana).await.is_ok(), "as long as there is another place to sign in");
        let there = world.actor(&there).await;
        assert_eq!(code(members::leave(app, &there).await), ErrorCode::Conflict);
    }

    async fn two_admins_who_remove_each_other_at_once_leave_one(database: Database) {
        let world = World::new(database).await;
        world.set_up().await;
        for round in 0..50 {
            let organization = world.organization("Other").await;
            let (first, second) = (world.member(&organization, Role::OrgAdmin, &[]).await, world.member(&organization, Role::OrgAdmin, &[]).await);
            let (one, other) = (id(&first), id(&second));
            let done = match round % 3 {
                0 => {
                    let (a, b) = tokio::join!(members::remove(&world.app, &first, &other, ""), members::remove(&world.app, &second, &one, ""));
                    [a.is_ok(), b.is_ok()]
                }
                1 => {
                    let demoted = to_role(Role::Viewer);
                    let (a, b) = tokio::join!(members::leave(&world.app, &first), members::change(&world.app, &first, &other, &demoted));
                    [a.is_ok(), b.is_ok()]
                }
                _ => {
                    let off = off();
                    let (a, b) = tokio::join!(members::change(&world.app, &first, &other, &off), members::change(&world.app, &second, &one, &off));
                    [a.is_ok(), b.is_ok()]
                }
            };
            assert_eq!(done.iter().filter(|done| **done).count(), 1, "round {round}: {done:?}");
            let left = [again(&world, &first).await, again(&world, &second).await].into_iter().flatten();
            assert_eq!(left.filter(|actor| actor.may(latchkey::domain::Action::ManageMembers, None)).count(), 1, "round {round}");
        }
    }
}
