//! Role × use case: services refuse exactly what the table of `domain::reach` refuses.

use std::pin::Pin;

use latchkey::domain::{Action, Actor, ConnectionStatus, Reach, Role, TeamId, reach};
use latchkey::dto::{ConnectionFilter, MarketplaceFilter};
use latchkey::services::connections::Edit;
use latchkey::services::entry_links::Wish;
use latchkey::services::{
    App, Entries, ErrorCode, ServiceError, audit, connections, credentials, drafts, entry_links, help, marketplace, onboarding, own, preview, quick, requests,
    shell,
};
use latchkey::store::Database;

use crate::services::world::World;
use crate::support::database::on_both_engines;

type Answer<'a> = Pin<Box<dyn Future<Output = Result<(), ServiceError>> + Send + 'a>>;
type Call = for<'a> fn(&'a App, &'a Actor) -> Answer<'a>;

const ID: &str = "con_00000000000000000000000000";
const LINK: &str = "lnk_00000000000000000000000000";
const OWN: &str = "own_00000000000000000000000000";
const DRAFT: &str = "drf_00000000000000000000000000";

macro_rules! calls {
    ($($action:ident $whole:literal: |$app:ident, $actor:ident| $call:expr;)*) => {
        /// What each use case needs, whether it concerns the whole organization, and a call of it.
        const CALLS: &[(Action, bool, &str, Call)] = &[$((Action::$action, $whole, stringify!($call), |$app, $actor| Box::pin(async move { $call.await.map(drop) })),)*];
    };
}

calls! {
    SeeConnections false: |app, actor| shell::view(app, actor);
    SeeConnections false: |app, actor| help::view(app, actor);
    SeeConnections false: |app, actor| onboarding::view(app, actor);
    SeeConnections false: |app, actor| connections::list(app, actor, &ConnectionFilter::default());
    SeeConnections false: |app, actor| connections::view(app, actor, ID);
    SeeServer true: |app, actor| onboarding::recovery_sheet(app, actor);
    SeeAudit false: |app, actor| audit::list(app, actor, &audit::Filter::default(), "", 10);
    SeeAudit false: |app, actor| audit::view(app, actor, "node-1", "1");
    SeeAudit false: |app, actor| audit::export(app, actor, audit::Filter::default(), audit::Format::Csv);
    SeeServer true: |app, actor| audit::verification(app, actor);
    SeeServer true: |app, actor| audit::start_verification(app, actor);
    ManageOrganization true: |app, actor| audit::retention(app, actor);
    ManageOrganization true: |app, actor| audit::set_retention(app, actor, 365);
    SeeMarketplace false: |app, actor| marketplace::list(app, actor, &MarketplaceFilter::default());
    SeeMarketplace false: |app, actor| marketplace::connector(app, actor, "stripe");
    SeeMarketplace false: |app, actor| requests::view(app, actor);
    SeeMarketplace false: |app, actor| requests::ask(app, actor, "Notion", "");
    Connect true: |app, actor| requests::remove(app, actor, "req_00000000000000000000000000");
    TestConnection false: |app, actor| connections::test(app, actor, ID);
    Preview false: |app, actor| preview::view(app, actor, ID, "");
    Disconnect false: |app, actor| connections::disconnect(app, actor, ID, true);
    Disconnect false: |app, actor| connections::delete(app, actor, ID);
    ManageConnection false: |app, actor| connections::edit(app, actor, ID, &Edit::default(), None);
    ManageConnection false: |app, actor| connections::enable(app, actor, ID);
    ManageConnection false: |app, actor| connections::disable(app, actor, ID);
    SeeConnectionDetails false: |app, actor| connections::logs(app, actor, ID, "", 10);
    SeeConnectionDetails false: |app, actor| connections::diagnostics(app, actor, ID);
    Disconnect false: |app, actor| quick::disconnect(app, actor, "ventures");
    SeeConnectionDetails false: |app, actor| credentials::versions(app, actor, ID);
    Connect false: |app, actor| credentials::view(app, actor, ID);
    Connect false: |app, actor| credentials::submit(app, actor, ID, Entries::new());
    Connect false: |app, actor| credentials::accept(app, actor, ID, 1);
    Connect false: |app, actor| credentials::forget(app, actor, ID);
    Connect false: |app, actor| credentials::restore(app, actor, ID, None, None);
    Connect false: |app, actor| async { credentials::replace(app, actor, ID, None, &Entries::new(), false).await };
    ManageConnectors true: |app, actor| own::list(app, actor);
    ManageConnectors true: |app, actor| own::view(app, actor, OWN);
    ManageConnectors true: |app, actor| own::check(app, actor, None, "");
    ManageConnectors true: |app, actor| own::create(app, actor, "");
    ManageConnectors true: |app, actor| own::save(app, actor, OWN, "");
    ManageConnectors true: |app, actor| own::publish(app, actor, OWN);
    ManageConnectors true: |app, actor| own::test(app, actor, OWN, Entries::new());
    ManageConnectors true: |app, actor| own::delete(app, actor, OWN);
    Connect true: |app, actor| connections::test_unsaved(app, actor, "stripe", Entries::new());
    Connect true: |app, actor| connections::create(app, actor, "stripe", "", Entries::new());
    Connect true: |app, actor| drafts::start(app, actor, "stripe");
    Connect true: |app, actor| drafts::submit(app, actor, DRAFT, "", Entries::new());
    Connect true: |app, actor| drafts::keep_duplicate(app, actor, DRAFT);
    Connect true: |app, actor| quick::connect(app, actor, "ventures", Entries::new());
    Connect false: |app, actor| drafts::view(app, actor, DRAFT);
    Connect false: |app, actor| drafts::check(app, actor, DRAFT);
    Connect false: |app, actor| drafts::discard(app, actor, DRAFT);
    Connect true: |app, actor| drafts::put_aside(app, actor, DRAFT, "", Entries::new());
    Connect true: |app, actor| entry_links::make(app, actor, DRAFT, &Wish::default());
    Connect true: |app, actor| entry_links::request(app, actor, "stripe", "", &Wish::default());
    Connect true: |app, actor| entry_links::withdraw(app, actor, LINK);
    Connect true: |app, actor| entry_links::withdraw_of_draft(app, actor, DRAFT);
    Connect false: |app, actor| entry_links::page(app, actor, DRAFT);
    Connect false: |app, actor| entry_links::view(app, actor, LINK);
    Connect false: |app, actor| quick::view(app, actor, "ventures");
}

on_both_engines! {
    async fn every_use_case_refuses_what_the_table_refuses(database: Database) {
        let world = World::new(database).await;
        let organization = world.set_up().await.organization;
        for role in Role::ALL {
            let actor = world.member(&organization, role, &[]).await;
            for (action, whole, name, call) in CALLS {
                let refused = matches!(call(&world.app, &actor).await, Err(ServiceError { code: ErrorCode::Forbidden, .. }));
                let expected = match reach(role, *action) {
                    Reach::Nothing => true,
                    Reach::OwnTeams | Reach::Own => *whole,
                    Reach::Organization => false,
                };
                assert_eq!(refused, expected, "{role:?}: {name}");
            }
        }
    }

    async fn a_team_lead_acts_on_own_teams_alone(database: Database) {
        let world = World::new(database).await;
        let organization = world.set_up().await.organization;
        let own = TeamId::parse("tea_00000000000000000000000001").unwrap();
        let foreign = TeamId::parse("tea_00000000000000000000000002").unwrap();
        let lead = world.member(&organization, Role::TeamLead, std::slice::from_ref(&own)).await;
        for (position, team) in [None, Some(foreign), Some(own)].into_iter().enumerate() {
            let row = world.connection(&lead, &format!("Payments {position}"), ConnectionStatus::Disabled, team.clone()).await;
            let may = position == 2;
            let test = connections::test(&world.app, &lead, row.id.as_str()).await.unwrap_err();
            assert_eq!(test.code, if may { ErrorCode::Conflict } else { ErrorCode::Forbidden }, "{team:?}");
            let view = connections::view(&world.app, &lead, row.id.as_str()).await.unwrap();
            assert_eq!((view.may_disconnect, view.may_see_details), (may, true));
            assert_eq!(connections::disconnect(&world.app, &lead, row.id.as_str(), true).await.is_ok(), may, "{team:?}");
        }
    }
}
