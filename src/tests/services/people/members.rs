//! Roles, turning off, removing and what a former member leaves behind.

use latchkey::domain::{Action, Actor, ActorKind, ConnectionStatus, Role};
use latchkey::services::members::{self, Change, Wish};
use latchkey::services::{ErrorCode, SignedIn, access, connections, sign_in, tokens};
use latchkey::store::{Database, sessions};
use latchkey::vault::Secret;

use super::{again, audited, code, field, to};
use crate::services::world::{World, visitor};
use crate::support::database::on_both_engines;

fn id(actor: &Actor) -> String {
    actor.member().unwrap().to_string()
}

fn to_role(role: Role) -> Change {
    Change { role: Some(role), ..Change::default() }
}

fn switched(wish: Wish) -> Change {
    Change { status: Some(wish), ..Change::default() }
}

async fn session(world: &World, actor: &Actor, hash: &str) {
    let row = sessions::SessionRow {
        id: None,
        created_at: world.app.now(),
        seen_at: world.app.now(),
        address: String::new(),
        user_agent: String::new(),
        id_hash: hash.to_owned(),
        user: Some(access::person(actor).unwrap().clone()),
        organization: Some(actor.organization.clone()),
        data: "{}".to_owned(),
        expires_at: world.app.now().plus_millis(60_000),
    };
    let mut transaction = world.app.database.begin().await.unwrap();
    assert!(sessions::insert(transaction.conn(), &row).await.unwrap());
    transaction.commit().await.unwrap();
}

/// The tokens of a program that this member signed in.
async fn tokens_of(world: &World, actor: &Actor) -> tokens::Issued {
    let who = SignedIn {
        user: access::person(actor).unwrap().clone(),
        organization: actor.organization.clone(),
        member: actor.member().unwrap().clone(),
        confined: false,
    };
    tokens::begin(&world.app, &visitor(), &who).await.unwrap()
}

async fn lives(world: &World, hash: &str) -> bool {
    sessions::load(world.app.database.read().await.unwrap().conn(), hash, world.app.now()).await.unwrap().is_some()
}

on_both_engines! {
    async fn a_role_counts_from_the_next_request_on(database: Database) {
        let world = World::new(database).await;
        let organization = world.set_up().await.organization;
        let admin = world.member(&organization, Role::OrgAdmin, &[]).await;
        let lena = world.member(&organization, Role::Viewer, &[]).await;
        assert!(!lena.may(Action::SeeMarketplace, None));
        let view = members::change(&world.app, &admin, &id(&lena), &to_role(Role::Developer)).await.unwrap();
        assert_eq!(view.role, Role::Developer);
        assert!(again(&world, &lena).await.unwrap().may(Action::SeeMarketplace, None));
        assert_eq!(audited(&world, &organization).await[0], "member.role_changed");
        let entries = audited(&world, &organization).await.len();
        members::change(&world.app, &admin, &id(&lena), &to_role(Role::Developer)).await.unwrap();
        assert_eq!(audited(&world, &organization).await.len(), entries, "what changes nothing is not recorded");
    }

    async fn nobody_reaches_above_the_own_role(database: Database) {
        let world = World::new(database).await;
        let organization = world.set_up().await.organization;
        let root = world.member(&organization, Role::SuperAdmin, &[]).await;
        let admin = world.member(&organization, Role::OrgAdmin, &[]).await;
        let lena = world.member(&organization, Role::Viewer, &[]).await;
        let app = &world.app;
        for actor in [&root, &admin] {
            assert_eq!(field(members::change(app, actor, &id(&lena), &to_role(Role::SuperAdmin)).await), "role");
        }
        for change in [to_role(Role::Viewer), switched(Wish::Deactivated), Change { connections: Some(Vec::new()), ..Change::default() }] {
            assert_eq!(code(members::change(app, &admin, &id(&root), &change).await), ErrorCode::Forbidden, "{change:?}");
        }
        assert_eq!(code(members::remove(app, &admin, &id(&root), "").await), ErrorCode::Forbidden);
        assert_eq!(code(members::view_end(app, &admin, &id(&root)).await), ErrorCode::Forbidden);
        assert_eq!(code(members::change(app, &root, &id(&root), &to_role(Role::Viewer)).await), ErrorCode::Conflict, "who runs the server does so everywhere");
        assert!(again(&world, &root).await.unwrap().may(Action::SeeServer, None));
    }

    async fn changes_need_a_fresh_sign_in(database: Database) {
        let world = World::new(database).await;
        let organization = world.set_up().await.organization;
        let admin = world.member(&organization, Role::OrgAdmin, &[]).await;
        let lena = world.member(&organization, Role::Viewer, &[]).await;
        let mut stale = admin.clone();
        if let ActorKind::Member { proven_at, .. } = &mut stale.kind {
            *proven_at = world.app.now().plus_millis(-access::FRESH_MS - 1);
        }
        let app = &world.app;
        assert_eq!(code(members::change(app, &stale, &id(&lena), &to_role(Role::Developer)).await), ErrorCode::FreshSignInRequired);
        assert_eq!(code(members::remove(app, &stale, &id(&lena), "").await), ErrorCode::FreshSignInRequired);
        assert_eq!(code(members::transfer(app, &stale, &id(&lena), &id(&admin)).await), ErrorCode::FreshSignInRequired);
        assert_eq!(code(members::leave(app, &stale).await), ErrorCode::FreshSignInRequired);
        assert_eq!(code(latchkey::services::invitations::invite(app, &stale, &to("x@example.com", Role::Viewer)).await), ErrorCode::FreshSignInRequired);
        assert_eq!(code(latchkey::services::organizations::delete(app, &stale, "AmPac Business Capital").await), ErrorCode::FreshSignInRequired);
        assert!(members::list(app, &stale, false, "", 10).await.is_ok(), "looking needs none");
        assert_eq!(again(&world, &lena).await.unwrap().reach(Action::SeeMarketplace), latchkey::domain::Reach::Nothing);
    }

    async fn who_is_turned_off_or_removed_is_out_at_once(database: Database) {
        let world = World::new(database).await;
        let organization = world.set_up().await.organization;
        let admin = world.member(&organization, Role::OrgAdmin, &[]).await;
        let lena = world.member(&organization, Role::Developer, &[]).await;
        session(&world, &lena, "here").await;
        session(&world, &admin, "theirs").await;
        let app = &world.app;
        let tokens = tokens_of(&world, &lena).await;
        members::change(app, &admin, &id(&lena), &switched(Wish::Deactivated)).await.unwrap();
        assert!(again(&world, &lena).await.is_none());
        assert!(!lives(&world, "here").await && lives(&world, "theirs").await);
        members::change(app, &admin, &id(&lena), &switched(Wish::Active)).await.unwrap();
        assert!(again(&world, &lena).await.is_some());
        assert_eq!(code(tokens::refresh(app, &visitor(), &Secret::new(tokens.refresh.expose().clone())).await), ErrorCode::TokenInvalid, "what was issued before does not come back with the person");
        session(&world, &lena, "again").await;
        assert_eq!(members::remove(app, &admin, &id(&lena), "").await.unwrap(), "Developer");
        assert!(again(&world, &lena).await.is_none());
        assert!(!lives(&world, "again").await);
        assert_eq!(code(members::remove(app, &admin, &id(&lena), "").await), ErrorCode::Conflict);
        assert_eq!(code(members::change(app, &admin, &id(&lena), &switched(Wish::Active)).await), ErrorCode::Conflict, "only an invitation brings back");
        let gone = members::list(app, &admin, true, "", 10).await.unwrap();
        assert_eq!(gone.members.iter().map(|member| member.status.as_str()).collect::<Vec<_>>(), ["removed"]);
        assert_eq!(audited(&world, &organization).await[0], "member.removed");
    }

    async fn what_a_former_member_owns_can_be_given_away(database: Database) {
        let world = World::new(database).await;
        let organization = world.set_up().await.organization;
        let admin = world.member(&organization, Role::OrgAdmin, &[]).await;
        let lena = world.member(&organization, Role::OrgAdmin, &[]).await;
        let marcus = world.member(&organization, Role::OrgAdmin, &[]).await;
        let shop = world.personal(&lena, "Shop", ConnectionStatus::Active).await;
        world.personal(&marcus, "Shop", ConnectionStatus::Active).await;
        let app = &world.app;
        assert_eq!(code(members::transfer(app, &admin, &id(&lena), &id(&marcus)).await), ErrorCode::Conflict, "an active member's own are nobody's to give");
        assert_eq!(code(connections::test(app, &marcus, shop.id.as_str()).await), ErrorCode::NotFound);
        members::change(app, &admin, &id(&lena), &switched(Wish::Deactivated)).await.unwrap();
        for nobody in ["", "mem_00000000000000000000000000", &id(&lena)] {
            assert_eq!(field(members::transfer(app, &admin, &id(&lena), nobody).await), "to", "{nobody}");
        }
        assert_eq!(members::transfer(app, &admin, &id(&lena), &id(&marcus)).await.unwrap(), 1);
        let view = connections::view(app, &marcus, shop.id.as_str()).await.unwrap();
        assert_eq!((view.row.name.as_str(), view.row.owner.as_deref()), ("Shop 2", Some("you")));
        assert_eq!(members::transfer(app, &admin, &id(&lena), &id(&marcus)).await.unwrap(), 0);

        let till = world.personal(&marcus, "Till", ConnectionStatus::Active).await;
        assert_eq!(field(members::remove(app, &admin, &id(&marcus), &id(&lena)).await), "to", "who is turned off gets nothing");
        members::remove(app, &admin, &id(&marcus), &id(&admin)).await.unwrap();
        assert_eq!(connections::view(app, &admin, till.id.as_str()).await.unwrap().row.owner.as_deref(), Some("you"));
    }

    async fn other_organizations_and_unknown_ids_get_one_answer(database: Database) {
        let world = World::new(database).await;
        let organization = world.set_up().await.organization;
        let admin = world.member(&organization, Role::OrgAdmin, &[]).await;
        let elsewhere = world.organization("Other").await;
        let stranger = world.member(&elsewhere, Role::OrgAdmin, &[]).await;
        let app = &world.app;
        for id in [id(&stranger).as_str(), "mem_00000000000000000000000000", "mem_", "", "con_00000000000000000000000000"] {
            assert_eq!(code(members::view(app, &admin, id).await), ErrorCode::NotFound, "{id}");
            assert_eq!(code(members::view_end(app, &admin, id).await), ErrorCode::NotFound, "{id}");
            assert_eq!(code(members::change(app, &admin, id, &to_role(Role::Viewer)).await), ErrorCode::NotFound, "{id}");
            assert_eq!(code(members::remove(app, &admin, id, "").await), ErrorCode::NotFound, "{id}");
            assert_eq!(code(members::transfer(app, &admin, id, "").await), ErrorCode::NotFound, "{id}");
        }
        assert!(members::list(app, &admin, false, "", 10).await.unwrap().members.iter().all(|member| member.id != id(&stranger)));
        let user = access::person(&stranger).unwrap();
        assert!(sign_in::actor_of(app, user, &organization, app.now(), &visitor()).await.unwrap().is_none());
    }

    async fn members_come_page_by_page(database: Database) {
        let world = World::new(database).await;
        let organization = world.set_up().await.organization;
        let admin = world.member(&organization, Role::OrgAdmin, &[]).await;
        for _ in 0..4 {
            world.member(&organization, Role::Viewer, &[]).await;
        }
        let (mut seen, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = members::list(&world.app, &admin, false, &cursor, 2).await.unwrap();
            assert_eq!((page.counts, page.members.len() <= 2), ((6, 0), true));
            seen.extend(page.members.into_iter().map(|member| member.id));
            match page.next_cursor {
                Some(next) => cursor = next,
                None => break,
            }
        }
        let once: std::collections::BTreeSet<&String> = seen.iter().collect();
        assert_eq!((seen.len(), once.len()), (6, 6));
        assert_eq!(field(members::list(&world.app, &admin, false, "x", 2).await), "cursor");
    }
}
