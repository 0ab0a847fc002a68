//! What is one member's alone: others do not find it, and who runs the organization sees that it is there and may end it.

use std::pin::Pin;

use latchkey::domain::{Actor, ConnectionStatus, Role};
use latchkey::dto::ConnectionFilter;
use latchkey::services::connections::{self, Edit};
use latchkey::services::{App, Entries, ErrorCode, ServiceError, Wanted, drafts, issues, marketplace, quick, shell};
use latchkey::store::Database;
use latchkey::vault::Secret;

use crate::services::world::World;
use crate::support::database::on_both_engines;

const GOOD_KEY: &str = "sk_test_sandboxAccountThatWorks";

type Answer<'a> = Pin<Box<dyn Future<Output = Result<(), ServiceError>> + Send + 'a>>;
type Call = for<'a> fn(&'a App, &'a Actor, &'a str) -> Answer<'a>;

macro_rules! calls {
    ($(|$app:ident, $actor:ident, $id:ident| $call:expr;)*) => {
        /// Everything that can be done to one connection but to see it and to end it.
        const USES: &[(&str, Call)] = &[$((stringify!($call), |$app, $actor, $id| Box::pin(async move { $call.await.map(drop) })),)*];
    };
}

calls! {
    |app, actor, id| connections::test(app, actor, id);
    |app, actor, id| connections::edit(app, actor, id, &Edit::default(), None);
    |app, actor, id| connections::enable(app, actor, id);
    |app, actor, id| connections::disable(app, actor, id);
    |app, actor, id| connections::logs(app, actor, id, "", 10);
    |app, actor, id| connections::diagnostics(app, actor, id);
}

fn key() -> Entries {
    Entries::from([("api_key".to_owned(), Secret::new(GOOD_KEY.to_owned()))])
}

fn filter(status: &str) -> ConnectionFilter {
    ConnectionFilter { status: status.to_owned(), ..ConnectionFilter::default() }
}

async fn names(world: &World, actor: &Actor, status: &str) -> Vec<String> {
    connections::list(&world.app, actor, &filter(status)).await.unwrap().rows.into_iter().map(|row| row.name).collect()
}

on_both_engines! {
    async fn others_do_not_find_it_whatever_they_try(database: Database) {
        let world = World::new(database).await;
        let organization = world.set_up().await.organization;
        let owner = world.member(&organization, Role::OrgAdmin, &[]).await;
        let row = world.personal(&owner, "Mine", ConnectionStatus::ReauthRequired).await;
        let id = row.id.as_str();
        for role in Role::ALL {
            let other = world.member(&organization, role, &[]).await;
            for (name, call) in USES {
                let error = call(&world.app, &other, id).await.unwrap_err();
                assert!(matches!(error.code, ErrorCode::NotFound | ErrorCode::Forbidden), "{role:?} {name}: {error:?}");
                let unknown = call(&world.app, &other, "con_00000000000000000000000000").await.unwrap_err();
                assert_eq!((error.code, error.message), (unknown.code, unknown.message), "{role:?} {name}: personal and unknown differ");
            }
            assert_eq!(names(&world, &other, "").await, Vec::<String>::new(), "{role:?}");
            assert_eq!(names(&world, &other, "needs").await, Vec::<String>::new(), "{role:?}");
            let frame = shell::view(&world.app, &other).await.unwrap();
            assert_eq!((frame.connections, frame.issues), (0, 0), "{role:?}");
            let page = issues::overview(&world.app, &other, false, "").await.unwrap();
            assert_eq!((page.open, page.needs, page.cards.len()), (0, 0, 0), "{role:?}");
            if let Ok(connector) = marketplace::connector(&world.app, &other, "stripe").await {
                assert_eq!((connector.connections.len(), connector.summary.connected), (0, 0), "{role:?}");
            }
            if !matches!(role, Role::SuperAdmin | Role::OrgAdmin) {
                assert_eq!(connections::view(&world.app, &other, id).await.unwrap_err().code, ErrorCode::NotFound, "{role:?}");
                assert!(matches!(connections::disconnect(&world.app, &other, id, true).await.unwrap_err().code, ErrorCode::NotFound | ErrorCode::Forbidden));
                assert!(matches!(connections::delete(&world.app, &other, id).await.unwrap_err().code, ErrorCode::NotFound | ErrorCode::Forbidden));
                assert_eq!(connections::list(&world.app, &other, &filter("personal")).await.unwrap_err().code, ErrorCode::Forbidden);
            }
        }
        assert_eq!(names(&world, &owner, "").await, ["Mine"]);
        assert_eq!(shell::view(&world.app, &owner).await.unwrap().issues, 1);
        assert_eq!(connections::view(&world.app, &owner, id).await.unwrap().row.owner.as_deref(), Some("you"));
    }

    async fn who_runs_the_organization_sees_whose_it_is_and_ends_it(database: Database) {
        let world = World::new(database).await;
        let organization = world.set_up().await.organization;
        let owner = world.member(&organization, Role::TeamLead, &[]).await;
        let admin = world.member(&organization, Role::OrgAdmin, &[]).await;
        let row = world.personal(&owner, "Mine", ConnectionStatus::Active).await;
        let list = connections::list(&world.app, &admin, &filter("personal")).await.unwrap();
        assert_eq!((list.total, list.matching, list.counts.last().unwrap().count), (0, 1, 1));
        let seen = &list.rows[0];
        assert_eq!((seen.name.as_str(), seen.owner.as_deref(), seen.account.as_str()), ("Stripe of Team lead", Some("Team lead"), ""));
        let guess = ConnectionFilter { q: "nothing like it".to_owned(), ..filter("personal") };
        assert_eq!(connections::list(&world.app, &admin, &guess).await.unwrap().matching, 1, "its words are not searched");
        let view = connections::view(&world.app, &admin, row.id.as_str()).await.unwrap();
        assert_eq!((view.status, view.may_disconnect, view.may_edit, view.may_test), (ConnectionStatus::Active, true, false, false));
        let told = serde_json::to_string(&(&view, &list)).unwrap();
        for word in ["Mine", "Acme", "acct_", "api.stripe.com"] {
            assert!(!told.contains(word), "{word} is in {told}");
        }
        let done = connections::disconnect(&world.app, &admin, row.id.as_str(), true).await.unwrap();
        assert_eq!(done.name, "Stripe of Team lead");
        assert_eq!(names(&world, &owner, "disconnected").await, ["Mine"]);
        assert_eq!(connections::delete(&world.app, &admin, row.id.as_str()).await.unwrap(), "Stripe of Team lead");
    }

    async fn the_owner_uses_it_as_far_as_the_role_goes(database: Database) {
        let world = World::new(database).await;
        let organization = world.set_up().await.organization;
        for (role, may) in [(Role::OrgAdmin, true), (Role::TeamLead, true), (Role::Developer, false), (Role::Viewer, false)] {
            let owner = world.member(&organization, role, &[]).await;
            let row = world.personal(&owner, "Mine", ConnectionStatus::Active).await;
            let view = connections::view(&world.app, &owner, row.id.as_str()).await.unwrap();
            assert_eq!((view.may_edit, view.may_test, view.may_disconnect), (may, may, may), "{role:?}");
            assert_eq!(connections::disable(&world.app, &owner, row.id.as_str()).await.is_ok(), may, "{role:?}");
        }
    }

    async fn names_and_accounts_of_others_are_not_given_away(database: Database) {
        let world = World::with_providers(database).await;
        let organization = world.set_up().await.organization;
        let one = world.member(&organization, Role::OrgAdmin, &[]).await;
        let other = world.member(&organization, Role::OrgAdmin, &[]).await;
        let mine = Wanted { name: "Shop", personal: true, team: "" };
        let first = connections::create(&world.app, &one, "stripe", mine, key()).await.unwrap();
        assert_eq!(first.row.owner.as_deref(), Some("you"));
        assert_eq!(connections::create(&world.app, &one, "stripe", mine, key()).await.unwrap_err().code, ErrorCode::NameTaken);
        let again = Wanted { name: "Shop too", personal: true, team: "" };
        assert_eq!(connections::create(&world.app, &one, "stripe", again, key()).await.unwrap_err().code, ErrorCode::Conflict);
        let theirs = connections::create(&world.app, &other, "stripe", mine, key()).await.unwrap();
        assert_eq!(theirs.row.name, "Shop", "another's own name and account are no obstacle");
        let shared = connections::create(&world.app, &other, "stripe", "Everybody's", key()).await.unwrap_err();
        assert_eq!(shared.code, ErrorCode::Conflict, "the own one is known");
    }

    async fn the_wizard_makes_one_and_the_one_page_connect_sees_none(database: Database) {
        let world = World::with_providers(database).await;
        let who = world.set_up().await;
        let dana = world.actor(&who).await;
        let draft = drafts::start(&world.app, &dana, "ventures").await.unwrap();
        let typed = [("username", "api_user"), ("password", "correct-horse"), ("site", "test_integration")];
        let typed: Entries = typed.into_iter().map(|(id, value)| (id.to_owned(), Secret::new(value.to_owned()))).collect();
        drafts::submit(&world.app, &dana, draft.as_str(), Wanted { name: "", personal: true, team: "" }, typed).await.unwrap();
        world.settle().await;
        let view = drafts::view(&world.app, &dana, draft.as_str()).await.unwrap();
        assert!(view.personal, "the choice is kept");
        let made = connections::view(&world.app, &dana, &view.connection.unwrap()).await.unwrap();
        assert_eq!(made.row.owner.as_deref(), Some("you"));
        assert_eq!(quick::view(&world.app, &dana, "ventures").await.unwrap().connection, None, "that page is the organization's");
        let other = world.member(&dana.organization, Role::OrgAdmin, &[]).await;
        assert_eq!(names(&world, &other, "").await, Vec::<String>::new());
    }
}
