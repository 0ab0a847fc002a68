//! Teams: who manages them, and what their leads may do with connections.

use latchkey::domain::{Actor, ConnectionStatus, Role, TeamId};
use latchkey::services::connections::{self, Edit};
use latchkey::services::{Entries, ErrorCode, Wanted, drafts, entry_links, teams};
use latchkey::store::Database;
use latchkey::vault::Secret;

use super::{again, audited, code, field};
use crate::services::world::World;
use crate::support::database::on_both_engines;

const GOOD_KEY: &str = "sk_test_sandboxAccountThatWorks";

fn key() -> Entries {
    Entries::from([("api_key".to_owned(), Secret::new(GOOD_KEY.to_owned()))])
}

fn id(actor: &Actor) -> String {
    actor.member().unwrap().to_string()
}

fn moved(team: &str) -> Edit {
    Edit { team: Some(team.to_owned()), ..Edit::default() }
}

struct Two {
    admin: Actor,
    lead: Actor,
    own: TeamId,
    other: TeamId,
}

impl Two {
    /// An organization with two teams, one of which the lead is in.
    async fn of(world: &World) -> Self {
        let organization = world.set_up().await.organization;
        let admin = world.member(&organization, Role::OrgAdmin, &[]).await;
        let lead = world.member(&organization, Role::TeamLead, &[]).await;
        let own = teams::create(&world.app, &admin, "Lending").await.unwrap();
        let other = teams::create(&world.app, &admin, "Marketing").await.unwrap();
        teams::set_members(&world.app, &admin, own.as_str(), &[id(&lead)]).await.unwrap();
        let lead = again(world, &lead).await.unwrap();
        Self { admin, lead, own, other }
    }
}

on_both_engines! {
    async fn a_lead_leads_what_the_rows_say(database: Database) {
        let world = World::new(database).await;
        let two = Two::of(&world).await;
        assert_eq!(two.lead.teams(), std::slice::from_ref(&two.own));
        let listed = teams::list(&world.app, &two.lead).await.unwrap();
        assert_eq!((listed.teams.len(), listed.teams[0].name.as_str(), listed.may_make), (1, "Lending", false));
        assert_eq!(teams::list(&world.app, &two.admin).await.unwrap().teams.len(), 2);
        assert_eq!(code(teams::view(&world.app, &two.lead, two.other.as_str()).await), ErrorCode::Forbidden);
        assert_eq!(code(teams::set_members(&world.app, &two.lead, two.other.as_str(), &[id(&two.lead)]).await), ErrorCode::Forbidden);
        assert_eq!(code(teams::rename(&world.app, &two.lead, two.own.as_str(), "Mine").await), ErrorCode::Forbidden);
        assert_eq!(code(teams::delete(&world.app, &two.lead, two.own.as_str()).await), ErrorCode::Forbidden);
        assert_eq!(code(teams::create(&world.app, &two.lead, "More").await), ErrorCode::Forbidden);

        let lena = world.member(&two.admin.organization, Role::Developer, &[]).await;
        teams::set_members(&world.app, &two.lead, two.own.as_str(), &[id(&two.lead), id(&lena)]).await.unwrap();
        assert_eq!(audited(&world, &two.admin.organization).await[0], "team.members_changed");
        assert!(again(&world, &lena).await.unwrap().teams().is_empty(), "a team is no role");
        teams::set_members(&world.app, &two.admin, two.own.as_str(), &[]).await.unwrap();
        assert!(again(&world, &two.lead).await.unwrap().teams().is_empty());
    }

    async fn a_lead_connects_for_own_teams(database: Database) {
        let world = World::with_providers(database).await;
        let two = Two::of(&world).await;
        let app = &world.app;
        let wanted = |team| Wanted { name: "", personal: false, team };
        for team in [two.other.as_str(), "tea_00000000000000000000000000", "x"] {
            assert_eq!(field(connections::create(app, &two.lead, "stripe", wanted(team), key()).await), "team", "{team}");
        }
        let view = connections::create(app, &two.lead, "stripe", wanted(""), key()).await.unwrap();
        assert_eq!(view.row.team.as_ref().unwrap().name, "Lending", "the only team of the lead");
        assert!(view.may_edit && view.may_disconnect && view.may_test);
        assert_eq!(view.teams.iter().map(|team| team.name.as_str()).collect::<Vec<_>>(), ["Lending"]);
        assert!(connections::test(app, &two.lead, &view.row.id).await.is_ok());
        assert!(connections::disconnect(app, &two.lead, &view.row.id, false).await.is_ok());

        teams::set_members(app, &two.admin, two.other.as_str(), &[id(&two.lead)]).await.unwrap();
        let lead = again(&world, &two.lead).await.unwrap();
        assert_eq!(field(connections::create(app, &lead, "stripe", wanted(""), key()).await), "team", "of several one has to be chosen");
        let view = connections::create(app, &lead, "stripe", wanted(two.other.as_str()), key()).await.unwrap();
        assert_eq!(view.row.team.unwrap().name, "Marketing");
        let everybodys = world.connection(&two.admin, "Everybody's", ConnectionStatus::Active, None).await;
        assert_eq!(code(connections::disconnect(app, &lead, everybodys.id.as_str(), false).await), ErrorCode::Forbidden);
    }

    async fn the_wizard_asks_a_lead_for_the_team(database: Database) {
        let world = World::with_providers(database).await;
        let two = Two::of(&world).await;
        let app = &world.app;
        let draft = drafts::start(app, &two.lead, "stripe").await.unwrap();
        let view = drafts::view(app, &two.lead, draft.as_str()).await.unwrap();
        assert_eq!((view.needs_team, view.teams.len()), (true, 1));
        let wrong = Wanted { name: "", personal: false, team: two.other.as_str() };
        assert_eq!(field(drafts::submit(app, &two.lead, draft.as_str(), wrong, key()).await), "team");
        assert_eq!(drafts::view(app, &two.lead, draft.as_str()).await.unwrap().errors["team"], "Choose a team of the list.");
        drafts::submit(app, &two.lead, draft.as_str(), Wanted { team: two.own.as_str(), ..wrong }, key()).await.unwrap();
        world.settle().await;
        let saved = drafts::view(app, &two.lead, draft.as_str()).await.unwrap().connection.unwrap();
        assert_eq!(connections::view(app, &two.lead, &saved).await.unwrap().row.team.unwrap().id, two.own.as_str());
    }

    async fn a_lead_asks_somebody_else_for_the_own_team(database: Database) {
        let world = World::new(database).await;
        let two = Two::of(&world).await;
        let app = &world.app;
        let wish = entry_links::Wish { fields: None, note: String::new(), valid_hours: 24 };
        let other = Wanted { name: "", personal: false, team: two.other.as_str() };
        assert_eq!(field(entry_links::request(app, &two.lead, "stripe", other, &wish).await), "team");
        let made = entry_links::request(app, &two.lead, "stripe", "", &wish).await.unwrap();
        let token = made.address.expose().rsplit('/').next().unwrap().to_owned();
        assert!(entry_links::visit(app, &crate::services::world::visitor(), None, &token).await.is_ok());
        teams::set_members(app, &two.admin, two.own.as_str(), &[]).await.unwrap();
        assert_eq!(code(entry_links::visit(app, &crate::services::world::visitor(), None, &token).await), ErrorCode::NotFound, "who asks may not connect there any more");
    }

    async fn a_connection_moves_between_teams_of_who_manages_both(database: Database) {
        let world = World::new(database).await;
        let two = Two::of(&world).await;
        let app = &world.app;
        let row = world.connection(&two.admin, "Shop", ConnectionStatus::Active, None).await;
        let shop = row.id.as_str();
        assert_eq!(code(connections::edit(app, &two.lead, shop, &moved(two.own.as_str()), None).await), ErrorCode::Forbidden, "it is everybody's");
        let view = connections::edit(app, &two.admin, shop, &moved(two.own.as_str()), None).await.unwrap();
        assert_eq!((view.row.team.unwrap().name.as_str(), view.version), ("Lending", 2));
        assert_eq!(field(connections::edit(app, &two.lead, shop, &moved(two.other.as_str()), None).await), "team");
        assert_eq!(code(connections::edit(app, &two.lead, shop, &moved(""), None).await), ErrorCode::Forbidden);
        assert!(connections::edit(app, &two.lead, shop, &moved(two.own.as_str()), None).await.is_ok(), "where it is it may stay");
        teams::set_members(app, &two.admin, two.other.as_str(), &[id(&two.lead)]).await.unwrap();
        let lead = again(&world, &two.lead).await.unwrap();
        assert!(connections::edit(app, &lead, shop, &moved(two.other.as_str()), None).await.is_ok());
        let foreign = world.member(&world.organization("Other").await, Role::OrgAdmin, &[]).await;
        let theirs = teams::create(app, &foreign, "Lending").await.unwrap();
        for team in [theirs.as_str(), "tea_00000000000000000000000000", "x"] {
            assert_eq!(field(connections::edit(app, &two.admin, shop, &moved(team), None).await), "team");
        }
        let mine = world.personal(&two.admin, "Mine", ConnectionStatus::Active).await;
        assert_eq!(field(connections::edit(app, &two.admin, mine.id.as_str(), &moved(two.own.as_str()), None).await), "team");
    }

    async fn a_deleted_team_leaves_its_connections_to_everybody(database: Database) {
        let world = World::new(database).await;
        let two = Two::of(&world).await;
        let row = world.connection(&two.admin, "Shop", ConnectionStatus::Active, Some(two.own.clone())).await;
        assert_eq!(teams::delete(&world.app, &two.admin, two.own.as_str()).await.unwrap(), "Lending");
        assert_eq!(connections::view(&world.app, &two.admin, row.id.as_str()).await.unwrap().row.team, None);
        let lead = again(&world, &two.lead).await.unwrap();
        assert_eq!(code(connections::disconnect(&world.app, &lead, row.id.as_str(), false).await), ErrorCode::Forbidden);
        assert_eq!(code(teams::delete(&world.app, &two.admin, two.own.as_str()).await), ErrorCode::NotFound);
    }

    async fn names_are_used_once_and_foreign_teams_are_not_found(database: Database) {
        let world = World::new(database).await;
        let two = Two::of(&world).await;
        let app = &world.app;
        assert_eq!(code(teams::create(app, &two.admin, "Lending").await), ErrorCode::NameTaken);
        assert_eq!(code(teams::rename(app, &two.admin, two.other.as_str(), "Lending").await), ErrorCode::NameTaken);
        assert_eq!(field(teams::create(app, &two.admin, " ").await), "name");
        let stranger = world.member(&world.organization("Other").await, Role::OrgAdmin, &[]).await;
        let theirs = teams::create(app, &stranger, "Lending").await.unwrap();
        for team in [theirs.as_str(), "tea_00000000000000000000000000", "tea_", ""] {
            assert_eq!(code(teams::view(app, &two.admin, team).await), ErrorCode::NotFound, "{team}");
            assert_eq!(code(teams::rename(app, &two.admin, team, "x").await), ErrorCode::NotFound, "{team}");
            assert_eq!(code(teams::set_members(app, &two.admin, team, &[]).await), ErrorCode::NotFound, "{team}");
            assert_eq!(code(teams::delete(app, &two.admin, team).await), ErrorCode::NotFound, "{team}");
        }
        for member in [id(&stranger).as_str(), "mem_00000000000000000000000000", "x"] {
            assert_eq!(field(teams::set_members(app, &two.admin, two.own.as_str(), &[member.to_owned()]).await), "members");
        }
    }
}
