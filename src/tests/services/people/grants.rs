//! Members who are limited to named connections: every other one is as if it were not there.

use latchkey::domain::{Actor, ConnectionStatus, OrganizationId, Role};
use latchkey::dto::{ConnectionFilter, MarketplaceFilter};
use latchkey::services::connections::{self, Edit};
use latchkey::services::members::{self, Change};
use latchkey::services::{ErrorCode, ServiceError, credentials, marketplace, preview, shell};
use latchkey::store::Database;
use latchkey::store::connections::ConnectionRow;

use super::{again, code, field};
use crate::services::world::World;
use crate::support::database::on_both_engines;

fn only(ids: &[&str]) -> Change {
    Change { connections: Some(ids.iter().map(|id| (*id).to_owned()).collect()), ..Change::default() }
}

fn id(actor: &Actor) -> String {
    actor.member().unwrap().to_string()
}

struct Limited {
    organization: OrganizationId,
    admin: Actor,
    known: ConnectionRow,
    hidden: ConnectionRow,
}

impl Limited {
    async fn of(world: &World) -> Self {
        let organization = world.set_up().await.organization;
        let admin = world.member(&organization, Role::OrgAdmin, &[]).await;
        let known = world.connection(&admin, "Known", ConnectionStatus::Active, None).await;
        let hidden = world.connection(&admin, "Hidden", ConnectionStatus::ReauthRequired, None).await;
        world.connection(&admin, "Gone", ConnectionStatus::Revoked, None).await;
        Self { organization, admin, known, hidden }
    }

    async fn member(&self, world: &World, role: Role) -> Actor {
        let member = world.member(&self.organization, role, &[]).await;
        members::change(&world.app, &self.admin, &id(&member), &only(&[self.known.id.as_str()])).await.unwrap();
        again(world, &member).await.unwrap()
    }
}

fn told<T>(result: Result<T, ServiceError>) -> (ErrorCode, String) {
    let error = result.err().expect("refused");
    (error.code, error.message)
}

on_both_engines! {
    async fn lists_and_counts_hold_only_what_is_named(database: Database) {
        let world = World::new(database).await;
        let limited = Limited::of(&world).await;
        let app = &world.app;
        for role in [Role::Developer, Role::Viewer] {
            let actor = limited.member(&world, role).await;
            let frame = shell::view(app, &actor).await.unwrap();
            assert_eq!((frame.connections, frame.issues), (1, 0), "{role:?}");
            for (q, status, sort) in [("", "", ""), ("", "needs", ""), ("hidden", "", "-name"), ("", "disconnected", "checked"), ("acme", "", "-checked")] {
                let filter = ConnectionFilter { q: q.to_owned(), status: status.to_owned(), sort: sort.to_owned(), ..ConnectionFilter::default() };
                let list = connections::list(app, &actor, &filter).await.unwrap();
                assert!(list.rows.iter().all(|row| row.name == "Known"), "{role:?} {q} {status}");
                assert_eq!((list.total, list.disconnected, list.needs.len()), (1, 0, 0), "{role:?} {q} {status}");
                assert_eq!(list.matching, list.rows.len(), "{role:?} {q} {status}");
                let counts: usize = list.counts.iter().filter(|count| !count.value.is_empty()).map(|count| count.count).sum();
                assert_eq!(counts, 1, "{role:?}: {:?}", list.counts);
            }
            if role == Role::Developer {
                let stripe = marketplace::list(app, &actor, &MarketplaceFilter::default()).await.unwrap();
                assert_eq!(stripe.connectors.iter().find(|connector| connector.id == "stripe").unwrap().connected, 1);
                let view = marketplace::connector(app, &actor, "stripe").await.unwrap();
                assert_eq!(view.connections.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["Known"]);
            }
        }
        let whole = shell::view(app, &limited.admin).await.unwrap();
        assert_eq!((whole.connections, whole.issues), (2, 1), "nobody else sees less");
    }

    async fn a_hidden_connection_is_answered_like_an_unknown_one(database: Database) {
        let world = World::new(database).await;
        let limited = Limited::of(&world).await;
        let actor = limited.member(&world, Role::Developer).await;
        let app = &world.app;
        for id in [limited.hidden.id.as_str(), "con_00000000000000000000000000", "con_"] {
            let expected = (ErrorCode::NotFound, ErrorCode::NotFound.text().to_owned());
            assert_eq!(told(connections::view(app, &actor, id).await), expected);
            assert_eq!(told(connections::logs(app, &actor, id, "", 10).await), expected);
            assert_eq!(told(connections::diagnostics(app, &actor, id).await), expected);
            assert_eq!(told(credentials::versions(app, &actor, id).await), expected);
            assert_eq!(told(preview::view(app, &actor, id, "").await), expected);
        }
        assert!(connections::view(app, &actor, limited.known.id.as_str()).await.is_ok());
        assert!(connections::logs(app, &actor, limited.known.id.as_str(), "", 10).await.is_ok());
        // A key that is limited, too, and may do more.
        let key = Actor { only: actor.only.clone(), ..limited.admin.clone() };
        for id in [limited.hidden.id.as_str(), "con_00000000000000000000000000"] {
            let expected = (ErrorCode::NotFound, ErrorCode::NotFound.text().to_owned());
            assert_eq!(told(connections::test(app, &key, id).await), expected);
            assert_eq!(told(connections::edit(app, &key, id, &Edit::default(), None).await), expected);
            assert_eq!(told(connections::disable(app, &key, id).await), expected);
            assert_eq!(told(connections::enable(app, &key, id).await), expected);
            assert_eq!(told(connections::disconnect(app, &key, id, false).await), expected);
            assert_eq!(told(connections::delete(app, &key, id).await), expected);
            assert_eq!(told(credentials::view(app, &key, id).await), expected);
        }
    }

    async fn a_limit_without_connections_leaves_nothing(database: Database) {
        let world = World::new(database).await;
        let limited = Limited::of(&world).await;
        let actor = limited.member(&world, Role::Viewer).await;
        members::change(&world.app, &limited.admin, &id(&actor), &only(&[])).await.unwrap();
        let actor = again(&world, &actor).await.unwrap();
        assert_eq!(connections::list(&world.app, &actor, &ConnectionFilter::default()).await.unwrap().total, 0);
        assert_eq!(code(connections::view(&world.app, &actor, limited.known.id.as_str()).await), ErrorCode::NotFound);
    }

    async fn deleting_what_is_named_widens_nothing(database: Database) {
        let world = World::new(database).await;
        let limited = Limited::of(&world).await;
        let actor = limited.member(&world, Role::Viewer).await;
        connections::disconnect(&world.app, &limited.admin, limited.known.id.as_str(), false).await.unwrap();
        connections::delete(&world.app, &limited.admin, limited.known.id.as_str()).await.unwrap();
        let actor = again(&world, &actor).await.unwrap();
        assert!(actor.only.as_ref().is_some_and(|only| only.is_empty()));
        assert_eq!(connections::list(&world.app, &actor, &ConnectionFilter::default()).await.unwrap().total, 0);
    }

    async fn a_limit_is_given_lifted_and_ends_with_the_role(database: Database) {
        let world = World::new(database).await;
        let limited = Limited::of(&world).await;
        let app = &world.app;
        let actor = limited.member(&world, Role::Viewer).await;
        let view = members::view(app, &limited.admin, &id(&actor)).await.unwrap();
        assert_eq!(view.connections.unwrap()[0].name, "Known");
        members::change(app, &limited.admin, &id(&actor), &Change { limited: Some(false), ..Change::default() }).await.unwrap();
        assert!(again(&world, &actor).await.unwrap().only.is_none());
        members::change(app, &limited.admin, &id(&actor), &only(&[limited.known.id.as_str()])).await.unwrap();
        members::change(app, &limited.admin, &id(&actor), &Change { role: Some(Role::TeamLead), ..Change::default() }).await.unwrap();
        assert!(again(&world, &actor).await.unwrap().only.is_none());
        members::change(app, &limited.admin, &id(&actor), &Change { role: Some(Role::Viewer), ..Change::default() }).await.unwrap();
        assert!(again(&world, &actor).await.unwrap().only.is_none(), "the limit does not come back");
        assert_eq!(field(members::change(app, &limited.admin, &id(&limited.admin), &only(&[])).await), "limited");
    }

    async fn only_connections_of_the_own_organization_can_be_named(database: Database) {
        let world = World::new(database).await;
        let limited = Limited::of(&world).await;
        let stranger = world.member(&world.organization("Other").await, Role::OrgAdmin, &[]).await;
        let foreign = world.connection(&stranger, "Theirs", ConnectionStatus::Active, None).await;
        let personal = world.personal(&limited.admin, "Mine", ConnectionStatus::Active).await;
        let lena = world.member(&limited.organization, Role::Viewer, &[]).await;
        let mut messages = Vec::new();
        for other in [foreign.id.as_str(), personal.id.as_str(), "con_00000000000000000000000000", "x"] {
            let error = members::change(&world.app, &limited.admin, &id(&lena), &only(&[limited.known.id.as_str(), other])).await.unwrap_err();
            assert_eq!((error.code, error.fields[0].field.as_str()), (ErrorCode::InvalidField, "connections"));
            messages.push(error.fields[0].message.clone());
        }
        messages.dedup();
        assert_eq!(messages.len(), 1, "all alike");
        assert!(again(&world, &lena).await.unwrap().only.is_none());
    }
}
