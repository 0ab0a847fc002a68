//! Several organizations of one person, and the end of one.

use latchkey::domain::{Action, ActorKind, ConnectionStatus, OrganizationId, Role};
use latchkey::services::invitations;
use latchkey::services::{ErrorCode, access, connections, organizations, own, requests, teams};
use latchkey::store::Database;

use super::{again, audited, code, field, to};
use crate::services::world::{World, visitor};
use crate::support::database::on_both_engines;

/// Tables that hold rows of this organization.
async fn tables_with(database: &Database, organization: &OrganizationId) -> Vec<String> {
    let tables: Vec<(String,)> = match database {
        Database::Sqlite { readers, .. } => {
            let sql = "SELECT DISTINCT m.name FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' AND c.name = 'org_id' ORDER BY 1";
            sqlx::query_as(sql).fetch_all(readers).await.unwrap()
        }
        Database::Postgres(pool) => {
            let sql = "SELECT table_name::text FROM information_schema.columns WHERE table_schema = 'public' AND column_name = 'org_id' ORDER BY 1";
            sqlx::query_as(sql).fetch_all(pool).await.unwrap()
        }
    };
    assert!(tables.len() > 10, "{tables:?}");
    let mut found = Vec::new();
    for (table,) in tables {
        let sql = sqlx::AssertSqlSafe(format!("SELECT count(*) FROM {table} WHERE org_id = $1"));
        let (count,): (i64,) = match database {
            Database::Sqlite { readers, .. } => sqlx::query_as(sql).bind(organization.as_str()).fetch_one(readers).await.unwrap(),
            Database::Postgres(pool) => sqlx::query_as(sql).bind(organization.as_str()).fetch_one(pool).await.unwrap(),
        };
        if count > 0 {
            found.push(table);
        }
    }
    found
}

on_both_engines! {
    async fn a_person_goes_from_one_to_another_and_nowhere_else(database: Database) {
        let world = World::new(database).await;
        let first = world.set_up().await.organization;
        let dana = world.member(&first, Role::Viewer, &[]).await;
        let app = &world.app;
        let made = organizations::create(app, &dana, &visitor(), " Sandbox ").await.unwrap();
        assert_eq!(audited(&world, &made.organization).await, ["organization.made"]);
        let mine = organizations::mine(app, &dana).await.unwrap();
        let shown: Vec<_> = mine.iter().map(|line| (line.name.as_str(), line.role, line.current)).collect();
        assert_eq!(shown, [("AmPac Business Capital", Role::Viewer, true), ("Sandbox", Role::OrgAdmin, false)]);
        let there = organizations::switch(app, &dana, &visitor(), made.organization.as_str()).await.unwrap();
        let admin = world.actor(&there).await;
        assert!(admin.may(Action::ManageOrganization, None) && !dana.may(Action::ManageOrganization, None));
        assert_eq!(audited(&world, &made.organization).await[0], "organization.entered");

        let foreign = world.organization("Other").await;
        let root = world.member(&first, Role::SuperAdmin, &[]).await;
        for id in [foreign.as_str(), "org_00000000000000000000000000", "org_", "", "con_00000000000000000000000000"] {
            assert_eq!(code(organizations::switch(app, &dana, &visitor(), id).await), ErrorCode::NotFound, "{id}");
            assert_eq!(code(organizations::switch(app, &root, &visitor(), id).await), ErrorCode::NotFound, "who runs the server has no way in: {id}");
        }
        assert_eq!(code(organizations::switch(app, &root, &visitor(), made.organization.as_str()).await), ErrorCode::NotFound);
    }

    async fn who_runs_the_server_sees_sizes_alone(database: Database) {
        let world = World::new(database).await;
        let first = world.set_up().await.organization;
        let root = world.member(&first, Role::SuperAdmin, &[]).await;
        world.clock.advance(1);
        let other = world.organization("Other").await;
        let stranger = world.member(&other, Role::OrgAdmin, &[]).await;
        world.connection(&stranger, "Secret plans", ConnectionStatus::Active, None).await;
        world.connection(&stranger, "Gone", ConnectionStatus::Revoked, None).await;
        let (all, next) = organizations::all(&world.app, &root, "", 10).await.unwrap();
        let shown: Vec<_> = all.iter().map(|line| (line.name.as_str(), line.members, line.connections)).collect();
        assert_eq!((shown, next), (vec![("AmPac Business Capital", 2, 0), ("Other", 1, 1)], None));
        assert!(!format!("{all:?}").contains("Secret plans"));
        let (page, next) = organizations::all(&world.app, &root, "", 1).await.unwrap();
        let (rest, end) = organizations::all(&world.app, &root, &next.unwrap(), 1).await.unwrap();
        assert_eq!((page[0].name.as_str(), rest[0].name.as_str(), end), ("AmPac Business Capital", "Other", None));
    }

    async fn an_organization_is_erased_whole_but_for_its_audit_entries(database: Database) {
        let world = World::new(database).await;
        let first = world.set_up().await.organization;
        let untouched = tables_with(&world.app.database, &first).await;
        let organization = world.organization("Other").await;
        let admin = world.member(&organization, Role::OrgAdmin, &[]).await;
        let viewer = world.member(&organization, Role::Viewer, &[]).await;
        let app = &world.app;
        let team = teams::create(app, &admin, "Lending").await.unwrap();
        teams::set_members(app, &admin, team.as_str(), &[admin.member().unwrap().to_string()]).await.unwrap();
        invitations::invite(app, &admin, &to("lena@example.com", Role::Viewer)).await.unwrap();
        own::create(app, &admin, "name = \"Theirs\"").await.unwrap();
        requests::ask(app, &admin, "Notion", "For notes.").await.unwrap();
        latchkey::services::drafts::start(app, &admin, "stripe").await.unwrap();
        let wish = latchkey::services::entry_links::Wish { fields: None, note: String::new(), valid_hours: 24 };
        latchkey::services::entry_links::request(app, &admin, "stripe", "", &wish).await.unwrap();
        let row = world.connection(&admin, "Shop", ConnectionStatus::Active, Some(team)).await;
        let named = latchkey::services::members::Change { connections: Some(vec![row.id.to_string()]), ..Default::default() };
        latchkey::services::members::change(app, &admin, viewer.member().unwrap().as_str(), &named).await.unwrap();

        assert_eq!(code(organizations::delete(app, &viewer, "Other").await), ErrorCode::Forbidden);
        assert_eq!(field(organizations::delete(app, &admin, "other").await), "confirm");
        assert_eq!(code(organizations::delete(app, &admin, "Other").await), ErrorCode::Conflict, "something is connected");
        connections::disconnect(app, &admin, row.id.as_str(), false).await.unwrap();
        assert!(again(&world, &admin).await.is_some());
        assert_eq!(organizations::delete(app, &admin, " Other ").await.unwrap(), "Other");
        assert_eq!(tables_with(&app.database, &organization).await, ["audit_log"]);
        assert_eq!(audited(&world, &organization).await[0], "organization.deleted");
        assert!(again(&world, &admin).await.is_none());
        assert_eq!(tables_with(&app.database, &first).await, untouched, "nobody else lost anything");
    }

    async fn the_only_organization_of_a_server_stays(database: Database) {
        let world = World::new(database).await;
        let first = world.set_up().await.organization;
        let admin = world.member(&first, Role::OrgAdmin, &[]).await;
        assert_eq!(code(organizations::delete(&world.app, &admin, "AmPac Business Capital").await), ErrorCode::Conflict);
        let second = world.organization("Other").await;
        let other = world.member(&second, Role::OrgAdmin, &[]).await;
        let (one, two) =
            tokio::join!(organizations::delete(&world.app, &admin, "AmPac Business Capital"), organizations::delete(&world.app, &other, "Other"));
        assert_eq!([one.is_ok(), two.is_ok()].iter().filter(|done| **done).count(), 1);
    }

    async fn names_are_given_by_who_may(database: Database) {
        let world = World::new(database).await;
        let organization = world.set_up().await.organization;
        let admin = world.member(&organization, Role::OrgAdmin, &[]).await;
        assert_eq!(organizations::rename(&world.app, &admin, " AmPac ").await.unwrap().name, "AmPac");
        assert_eq!(audited(&world, &organization).await[0], "organization.renamed");
        assert_eq!(field(organizations::rename(&world.app, &admin, "").await), "name");
        let program = latchkey::domain::Actor {
            kind: ActorKind::Application {
                application: latchkey::domain::ApplicationId::generate(world.clock.as_ref(), &latchkey::vault::SystemRandom),
                key: latchkey::domain::ApiKeyId::generate(world.clock.as_ref(), &latchkey::vault::SystemRandom),
                maker: admin.member().unwrap().clone(),
                name: "Program".to_owned(),
                role: Role::OrgAdmin,
                teams: Vec::new(),
                scopes: latchkey::domain::Scope::ALL.into_iter().collect(),
            },
            ..admin.clone()
        };
        assert_eq!(code(organizations::mine(&world.app, &program).await), ErrorCode::Forbidden, "programs belong to one organization");
        assert_eq!(code(organizations::rename(&world.app, &program, "x").await), ErrorCode::Forbidden);
        assert_eq!(code(latchkey::services::members::leave(&world.app, &program).await), ErrorCode::Forbidden);
        assert!(access::person(&program).is_err());
    }
}
