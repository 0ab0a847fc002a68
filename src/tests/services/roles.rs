//! Role × use case: services refuse exactly what the table of `domain::reach` refuses.

use std::pin::Pin;

use latchkey::domain::{Action, Actor, ConnectionStatus, Reach, Role, TeamId, reach};
use latchkey::dto::{ConnectionFilter, MarketplaceFilter};
use latchkey::services::connections::Edit;
use latchkey::services::consent::StartWish;
use latchkey::services::entry_links::Wish;
use latchkey::services::invitations::NewInvitation;
use latchkey::services::members::Change;
use latchkey::services::{
    App, Entries, ErrorCode, ServiceError, applications, audit, connections, consent, credentials, drafts, entry_links, expiry, grants, handout, help, import,
    invitations, issues, marketplace, members, oauth_apps, onboarding, organizations, own, preview, quick, requests, role_table, second_factor, shell, sign_on,
    teams,
};
use latchkey::store::Database;

use crate::services::world::{World, visitor};
use crate::support::database::on_both_engines;

type Answer<'a> = Pin<Box<dyn Future<Output = Result<(), ServiceError>> + Send + 'a>>;
type Call = for<'a> fn(&'a App, &'a Actor) -> Answer<'a>;

const ID: &str = "con_00000000000000000000000000";
const LINK: &str = "lnk_00000000000000000000000000";
const OWN: &str = "own_00000000000000000000000000";
const APPLICATION: &str = "app_00000000000000000000000000";
const KEY: &str = "key_00000000000000000000000000";
const OAUTH_APP: &str = "oap_00000000000000000000000000";
const SIGN_ON: &str = "sso_00000000000000000000000000";
const DATE: &str = "exp_00000000000000000000000000";
const DRAFT: &str = "drf_00000000000000000000000000";

macro_rules! calls {
    ($($action:ident $whole:literal: |$app:ident, $actor:ident| $call:expr;)*) => {
        /// What each use case needs, whether it concerns the whole organization, and a call of it.
        const CALLS: &[(Action, bool, &str, Call)] = &[$((Action::$action, $whole, stringify!($call), |$app, $actor| Box::pin(async move { $call.await.map(drop) })),)*];
    };
}

const MEMBER: &str = "mem_00000000000000000000000000";
const INVITATION: &str = "inv_00000000000000000000000000";
const TEAM: &str = "tea_00000000000000000000000000";

fn nobody() -> NewInvitation {
    NewInvitation { email: String::new(), role: Role::Viewer, team: String::new(), connections: None }
}

calls! {
    SeeConnections false: |app, actor| organizations::mine(app, actor);
    SeeConnections false: |app, actor| organizations::view(app, actor);
    SeeConnections false: |app, actor| organizations::switch(app, actor, &visitor(), "org_00000000000000000000000000");
    SeeConnections false: |app, actor| organizations::create(app, actor, &visitor(), "");
    SeeOrganizations true: |app, actor| organizations::all(app, actor, "", 10);
    ManageOrganization true: |app, actor| organizations::view_to_delete(app, actor);
    ManageOrganization true: |app, actor| organizations::rename(app, actor, "");
    ManageOrganization true: |app, actor| organizations::delete(app, actor, "");
    SeeMembers true: |app, actor| members::list(app, actor, false, "", 10);
    SeeMembers true: |app, actor| members::view(app, actor, MEMBER);
    SeeMembers true: |app, actor| members::grantable(app, actor);
    SeeMembers true: |_app, actor| async { role_table::view(actor) };
    SeeMembers true: |app, actor| invitations::list(app, actor, "", 10);
    ManageMembers true: |app, actor| members::change(app, actor, MEMBER, &Change::default());
    ManageMembers true: |app, actor| members::view_end(app, actor, MEMBER);
    ManageMembers true: |app, actor| members::remove(app, actor, MEMBER, "");
    ManageMembers true: |app, actor| members::transfer(app, actor, MEMBER, "");
    ManageMembers true: |app, actor| invitations::invite(app, actor, &nobody());
    ManageMembers true: |app, actor| invitations::resend(app, actor, INVITATION);
    ManageMembers true: |app, actor| invitations::withdraw(app, actor, INVITATION);
    ManageTeams false: |app, actor| teams::list(app, actor);
    ManageTeams false: |app, actor| teams::view(app, actor, TEAM);
    ManageTeams false: |app, actor| teams::set_members(app, actor, TEAM, &[]);
    ManageTeams true: |app, actor| teams::create(app, actor, "");
    ManageTeams true: |app, actor| teams::rename(app, actor, TEAM, "");
    ManageTeams true: |app, actor| teams::delete(app, actor, TEAM);
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
    TestConnection false: |app, actor| grants::refresh_now(app, actor, ID);
    SeeConnections false: |app, actor| issues::list(app, actor, true, "", 10);
    SeeConnections false: |app, actor| issues::overview(app, actor, false, "");
    Preview false: |app, actor| preview::view(app, actor, ID, "");
    Disconnect false: |app, actor| connections::disconnect(app, actor, ID, true);
    Disconnect false: |app, actor| connections::delete(app, actor, ID);
    ManageConnection false: |app, actor| connections::edit(app, actor, ID, &Edit::default(), None);
    ManageConnection false: |app, actor| connections::enable(app, actor, ID);
    ManageConnection false: |app, actor| connections::disable(app, actor, ID);
    SeeConnectionDetails false: |app, actor| connections::logs(app, actor, ID, "", 10);
    SeeConnectionDetails false: |app, actor| connections::diagnostics(app, actor, ID);
    SeeConnectionDetails false: |app, actor| handout::uses(app, actor, ID);
    Disconnect false: |app, actor| quick::disconnect(app, actor, "ventures");
    SeeConnectionDetails false: |app, actor| credentials::versions(app, actor, ID);
    Connect false: |app, actor| credentials::view(app, actor, ID);
    Connect false: |app, actor| credentials::submit(app, actor, ID, Entries::new());
    Connect false: |app, actor| credentials::accept(app, actor, ID, 1);
    Connect false: |app, actor| credentials::forget(app, actor, ID);
    Connect false: |app, actor| credentials::restore(app, actor, ID, None, None);
    Connect false: |app, actor| async { credentials::replace(app, actor, ID, None, &Entries::new(), false).await };
    ManageApplications false: |app, actor| applications::list(app, actor);
    ManageApplications false: |app, actor| applications::view(app, actor, APPLICATION);
    ManageApplications false: |app, actor| applications::key_form(app, actor, APPLICATION);
    ManageApplications false: |app, actor| applications::create(app, actor, "", "");
    ManageApplications false: |app, actor| applications::edit(app, actor, APPLICATION, &applications::Edit::default());
    ManageApplications false: |app, actor| applications::delete(app, actor, APPLICATION);
    ManageApplications false: |app, actor| applications::make_key(app, actor, APPLICATION, &applications::KeyWish::default());
    ManageApplications false: |app, actor| applications::rotate_key(app, actor, APPLICATION, KEY, 1);
    ManageApplications false: |app, actor| applications::end_key(app, actor, APPLICATION, KEY);
    ManageOAuthApps true: |app, actor| oauth_apps::list(app, actor);
    ManageOAuthApps true: |app, actor| oauth_apps::list_of(app, actor, "stripe");
    ManageOAuthApps true: |app, actor| oauth_apps::offers(app, actor);
    ManageOAuthApps true: |app, actor| oauth_apps::form(app, actor, "stripe");
    ManageOAuthApps true: |app, actor| oauth_apps::view(app, actor, OAUTH_APP);
    ManageOAuthApps true: |app, actor| oauth_apps::page(app, actor, OAUTH_APP);
    ManageOAuthApps true: |app, actor| async { oauth_apps::create(app, actor, "stripe", oauth_apps::NewApp::default()).await };
    ManageOAuthApps true: |app, actor| async { oauth_apps::edit(app, actor, OAUTH_APP, oauth_apps::Edit::default(), None).await };
    ManageOAuthApps true: |app, actor| async { oauth_apps::rotate(app, actor, OAUTH_APP, oauth_apps::NewSecret::default()).await };
    ManageOAuthApps true: |app, actor| oauth_apps::delete(app, actor, OAUTH_APP);
    ManageOAuthApps true: |app, actor| async { oauth_apps::doctor(app, actor, &oauth_apps::Reached::default()) };
    Connect true: |app, actor| oauth_apps::list_for(app, actor, "stripe");
    Connect true: |app, actor| oauth_apps::find_for_use(app, actor, "stripe", OAUTH_APP);
    SeeConnections false: |app, actor| expiry::list(app, actor);
    SeeConnections false: |app, actor| expiry::feed_made_at(app, actor);
    SeeConnections false: |app, actor| expiry::make_feed(app, actor);
    SeeConnections false: |app, actor| expiry::withdraw_feed(app, actor);
    ManageDates false: |app, actor| expiry::form(app, actor, "");
    ManageDates false: |app, actor| expiry::form_of(app, actor, DATE);
    ManageDates false: |app, actor| async { expiry::add(app, actor, &expiry::NewDate::default()).await };
    ManageDates false: |app, actor| expiry::edit(app, actor, DATE, &expiry::Edit::default());
    ManageDates false: |app, actor| expiry::remove(app, actor, DATE);
    Connect true: |app, actor| import::plan(app, actor, import::Source::default(), &[]);
    Connect true: |app, actor| import::apply(app, actor, import::Source::default(), &[]);
    Connect false: |app, actor| import::unfreeze(app, actor, ID);
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
    Connect false: |app, actor| consent::page(app, actor, DRAFT);
    Connect false: |app, actor| consent::begin(app, actor, DRAFT, None);
    Connect false: |app, actor| consent::accounts(app, actor, DRAFT);
    Connect false: |app, actor| consent::pick(app, actor, DRAFT, "");
    Connect false: |app, actor| consent::reconnect_view(app, actor, ID);
    Connect false: |app, actor| consent::reconnect(app, actor, ID, "");
    Connect true: |app, actor| async { consent::start(app, actor, "stripe", StartWish::default(), None).await };
    ManageOrganization true: |app, actor| second_factor::rule(app, actor);
    ManageOrganization true: |app, actor| second_factor::set_rule(app, actor, false);
    ManageOrganization true: |app, actor| sign_on::list(app, actor);
    ManageOrganization true: |app, actor| sign_on::view(app, actor, SIGN_ON);
    ManageOrganization true: |app, actor| async { sign_on::add(app, actor, &super::sign_on::typed("")).await };
    ManageOrganization true: |app, actor| async { sign_on::change(app, actor, SIGN_ON, &sign_on::Change::default()).await };
    ManageOrganization true: |app, actor| sign_on::prove(app, actor, SIGN_ON, "example.com");
    ManageOrganization true: |app, actor| sign_on::remove(app, actor, SIGN_ON);
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

    async fn the_document_and_the_page_say_what_the_table_says(database: Database) {
        let world = World::new(database).await;
        let organization = world.set_up().await.organization;
        let table = role_table::view(&world.member(&organization, Role::OrgAdmin, &[]).await).unwrap();
        let rows: Vec<String> = table.rows.iter().map(|(words, cells)| format!("| {words} | {} |", cells.join(" | "))).collect();
        let document = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/ROLES.md")).unwrap();
        let written: Vec<&str> = document.lines().skip_while(|line| !line.starts_with("|---")).skip(1).take_while(|line| line.starts_with('|')).collect();
        assert_eq!(written, rows, "docs/ROLES.md");
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
