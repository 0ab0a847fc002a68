//! Programs and their keys as people manage them: whose they are, what a key may be given, how one takes the place of another.

use latchkey::domain::{Action, Actor, ActorKind, ConnectionStatus, Reach, Role, Scope, Timestamp, reach};
use latchkey::dto::ApiKeyState;
use latchkey::services::applications::{self, Edit, KeyWish, MOST_KEYS};
use latchkey::services::{ErrorCode, ServiceError, audit};
use latchkey::store::Database;

use crate::services::world::World;
use crate::support::database::{execute, on_both_engines};

fn wish(scopes: &[&str]) -> KeyWish {
    KeyWish { name: "Production".to_owned(), scopes: scopes.iter().map(ToString::to_string).collect(), ..KeyWish::default() }
}

fn fields(error: ServiceError) -> Vec<String> {
    assert_eq!(error.code, ErrorCode::InvalidField, "{error:?}");
    error.fields.into_iter().map(|field| field.field).collect()
}

async fn add(world: &World, actor: &Actor, name: &str) -> String {
    applications::create(&world.app, actor, name, "Reads what was spent.").await.unwrap().to_string()
}

fn stale(actor: &Actor) -> Actor {
    let mut actor = actor.clone();
    if let ActorKind::Member { proven_at, .. } = &mut actor.kind {
        *proven_at = Timestamp::from_millis(proven_at.millis() - 600_001);
    }
    actor
}

on_both_engines! {
    async fn developers_and_leads_manage_their_own_alone(database: Database) {
        let world = World::new(database).await;
        let organization = world.set_up().await.organization;
        let admin = world.member(&organization, Role::OrgAdmin, &[]).await;
        let viewer = world.member(&organization, Role::Viewer, &[]).await;
        for role in [Role::Developer, Role::TeamLead] {
            let owner = world.member(&organization, role, &[]).await;
            let other = world.member(&organization, Role::Developer, &[]).await;
            let id = add(&world, &owner, &format!("Of {role:?}")).await;
            let key = applications::make_key(&world.app, &owner, &id, &wish(&["connections:read"])).await.unwrap();
            for (stranger, code) in [(&other, ErrorCode::NotFound), (&viewer, ErrorCode::Forbidden)] {
                assert_eq!(applications::view(&world.app, stranger, &id).await.unwrap_err().code, code);
                assert_eq!(applications::edit(&world.app, stranger, &id, &Edit::default()).await.unwrap_err().code, code);
                assert_eq!(applications::delete(&world.app, stranger, &id).await.unwrap_err().code, code);
                assert_eq!(applications::make_key(&world.app, stranger, &id, &wish(&["connections:read"])).await.unwrap_err().code, code);
                assert_eq!(applications::rotate_key(&world.app, stranger, &id, key.id.as_str(), 1).await.unwrap_err().code, code);
                assert_eq!(applications::end_key(&world.app, stranger, &id, key.id.as_str()).await.unwrap_err().code, code);
            }
            assert_eq!(applications::list(&world.app, &other).await.unwrap().applications, []);
            assert_eq!(applications::list(&world.app, &owner).await.unwrap().applications.len(), 1);
            assert_eq!(applications::view(&world.app, &admin, &id).await.unwrap().api_keys.len(), 1);
            let given = Edit { owner: Some(other.member().unwrap().to_string()), ..Edit::default() };
            applications::edit(&world.app, &owner, &id, &given).await.unwrap();
            assert_eq!(applications::view(&world.app, &owner, &id).await.unwrap_err().code, ErrorCode::NotFound, "it was given away");
            assert_eq!(applications::view(&world.app, &other, &id).await.unwrap().line.owner.id, other.member().unwrap().to_string());
        }
        let mine = add(&world, &admin, "Of an admin").await;
        for wrong in [viewer.member().unwrap().as_str(), "mem_00000000000000000000000000", "x", ""] {
            let given = Edit { owner: Some(wrong.to_owned()), ..Edit::default() };
            assert_eq!(fields(applications::edit(&world.app, &admin, &mine, &given).await.unwrap_err()), ["owner"], "{wrong}");
        }
        assert_eq!(applications::list(&world.app, &admin).await.unwrap().applications.len(), 3);
        assert_eq!(audit::verify(&world.app).await.unwrap().findings, []);
    }

    async fn a_key_is_never_given_more_than_its_maker_may(database: Database) {
        let world = World::new(database).await;
        let organization = world.set_up().await.organization;
        for role in Role::ALL.into_iter().filter(|role| reach(*role, Action::ManageApplications) != Reach::Nothing) {
            let maker = world.member(&organization, role, &[]).await;
            let id = add(&world, &maker, role.title()).await;
            let offered = applications::key_form(&world.app, &maker, &id).await.unwrap().scopes;
            for scope in Scope::ALL {
                let made = applications::make_key(&world.app, &maker, &id, &wish(&[scope.as_str()])).await;
                assert_eq!(made.is_ok(), offered.contains(&scope), "{role:?} {scope:?}");
                assert_eq!(made.is_ok(), scope.within(role), "{role:?} {scope:?}");
                let beyond = Action::ALL.into_iter().all(|action| !scope.allows(action) || reach(role, action) == Reach::Nothing);
                assert!(!(made.is_ok() && beyond && Action::ALL.into_iter().any(|action| scope.allows(action))), "{role:?} {scope:?}");
                if let Err(error) = made {
                    assert_eq!(fields(error), ["scopes"]);
                }
            }
        }
        assert!(!Scope::MembersRead.within(Role::Developer) && !Scope::ConnectionsWrite.within(Role::Viewer) && !Scope::CredentialsRead.within(Role::Developer));
    }

    async fn what_a_key_is_made_of_is_checked(database: Database) {
        let world = World::new(database).await;
        let organization = world.set_up().await.organization;
        let admin = world.member(&organization, Role::OrgAdmin, &[]).await;
        let other = world.member(&organization, Role::OrgAdmin, &[]).await;
        let shared = world.connection(&admin, "Shared", ConnectionStatus::Active, None).await.id.to_string();
        let theirs = world.personal(&other, "Theirs", ConnectionStatus::Active).await.id.to_string();
        let id = add(&world, &admin, "Report").await;
        let make = async |wish: KeyWish| applications::make_key(&world.app, &admin, &id, &wish).await;
        let good = wish(&["connections:read", "audit:read"]);
        let named = |ids: &[&str]| KeyWish { connections: Some(ids.iter().map(ToString::to_string).collect()), ..good.clone() };
        assert_eq!(fields(make(KeyWish::default()).await.unwrap_err()), ["name", "scopes"]);
        assert_eq!(fields(make(wish(&["connections:read", "everything"])).await.unwrap_err()), ["scopes"]);
        assert_eq!(fields(make(KeyWish { expires_at: Some(world.app.now()), ..good.clone() }).await.unwrap_err()), ["expires_at"]);
        for ids in [&[theirs.as_str()][..], &[shared.as_str(), "con_00000000000000000000000000"], &["x"], &[]] {
            assert_eq!(fields(make(named(ids)).await.unwrap_err()), ["connections"], "{ids:?}");
        }
        assert_eq!(applications::make_key(&world.app, &stale(&admin), &id, &good).await.unwrap_err().code, ErrorCode::FreshSignInRequired);
        assert_eq!(applications::view(&world.app, &admin, &id).await.unwrap().api_keys, [], "nothing was made");
        let made = make(named(&[shared.as_str()])).await.unwrap();
        let view = applications::view(&world.app, &admin, &id).await.unwrap();
        assert_eq!(view.api_keys[0].id, made.id.to_string());
        assert_eq!(view.api_keys[0].connections.as_ref().unwrap()[0].name, "Shared");
        assert_eq!((view.line.keys, view.api_keys[0].state), (1, ApiKeyState::Working));
        for _ in 1..MOST_KEYS {
            make(good.clone()).await.unwrap();
        }
        assert_eq!(make(good.clone()).await.unwrap_err().code, ErrorCode::Conflict, "there is an end");
    }

    async fn a_key_takes_the_place_of_another(database: Database) {
        let world = World::new(database).await;
        let organization = world.set_up().await.organization;
        let maker = world.member(&organization, Role::Developer, &[]).await;
        let id = add(&world, &maker, "Report").await;
        let old = applications::make_key(&world.app, &maker, &id, &wish(&["connections:read"])).await.unwrap();
        let rotate = async |actor: &Actor, hours: u32| applications::rotate_key(&world.app, actor, &id, old.id.as_str(), hours).await;
        assert_eq!(rotate(&stale(&maker), 24).await.unwrap_err().code, ErrorCode::FreshSignInRequired);
        assert_eq!(fields(rotate(&maker, 721).await.unwrap_err()), ["overlap_hours"]);
        let new = rotate(&maker, 24).await.unwrap();
        assert_ne!(new.key.expose().expose(), old.key.expose().expose());
        let state = async |key: &str| {
            let view = applications::view(&world.app, &maker, &id).await.unwrap();
            view.api_keys.into_iter().find(|one| one.id == key).unwrap().state
        };
        assert_eq!((state(old.id.as_str()).await, state(new.id.as_str()).await), (ApiKeyState::Working, ApiKeyState::Working));
        world.clock.advance(12 * 3_600_000);
        let fresh = latchkey::services::sign_in::actor_of(
            &world.app, latchkey::services::access::person(&maker).unwrap(), &organization, world.app.now(), &crate::services::world::visitor(),
        ).await.unwrap().unwrap();
        rotate(&fresh, 720).await.unwrap();
        world.clock.advance(12 * 3_600_000);
        assert_eq!(state(old.id.as_str()).await, ApiKeyState::Expired, "it never works longer than was said once");
        assert_eq!(rotate(&fresh, 1).await.unwrap_err().code, ErrorCode::FreshSignInRequired);
        let renewed = latchkey::services::sign_in::actor_of(
            &world.app, latchkey::services::access::person(&maker).unwrap(), &organization, world.app.now(), &crate::services::world::visitor(),
        ).await.unwrap().unwrap();
        assert_eq!(rotate(&renewed, 1).await.unwrap_err().code, ErrorCode::Conflict, "it has ended");
        applications::end_key(&world.app, &maker, &id, new.id.as_str()).await.unwrap();
        assert_eq!(state(new.id.as_str()).await, ApiKeyState::Ended);
        assert_eq!(applications::end_key(&world.app, &maker, &id, new.id.as_str()).await.unwrap_err().code, ErrorCode::Conflict);
    }

    async fn names_are_checked_and_nothing_is_kept_of_a_deleted_one(database: Database) {
        let world = World::new(database).await;
        let organization = world.set_up().await.organization;
        let admin = world.member(&organization, Role::OrgAdmin, &[]).await;
        let id = add(&world, &admin, "Report").await;
        assert_eq!(fields(applications::create(&world.app, &admin, " ", "").await.unwrap_err()), ["name", "purpose"]);
        assert_eq!(fields(applications::create(&world.app, &admin, &"x".repeat(121), &"x".repeat(501)).await.unwrap_err()), ["name", "purpose"]);
        assert_eq!(applications::create(&world.app, &admin, "Report", "Again.").await.unwrap_err().code, ErrorCode::NameTaken);
        let second = add(&world, &admin, "Second").await;
        let taken = Edit { name: Some("Report".to_owned()), ..Edit::default() };
        assert_eq!(applications::edit(&world.app, &admin, &second, &taken).await.unwrap_err().code, ErrorCode::NameTaken);
        applications::make_key(&world.app, &admin, &id, &wish(&["connections:read"])).await.unwrap();
        assert_eq!(applications::delete(&world.app, &admin, &id).await.unwrap(), "Report");
        assert_eq!(applications::view(&world.app, &admin, &id).await.unwrap_err().code, ErrorCode::NotFound);
        assert_eq!(applications::delete(&world.app, &admin, &id).await.unwrap_err().code, ErrorCode::NotFound);
        add(&world, &admin, "Report").await;
        execute(&world.app.database, "UPDATE users SET disabled = TRUE WHERE super_admin = FALSE").await;
        let dana = world.member(&organization, Role::SuperAdmin, &[]).await;
        let list = applications::list(&world.app, &dana).await.unwrap();
        assert!(list.applications.iter().all(|line| line.owner.name.is_empty()), "the owner has left");
        assert_eq!(audit::verify(&world.app).await.unwrap().findings, []);
    }
}
