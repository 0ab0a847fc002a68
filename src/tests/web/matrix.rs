//! The whole table: every route by every role, on what is of the organization, of the asker's team, of another organization, and on nothing.
//!
//! What a route needs stands in [`NEEDS`]; what each role may do is [`TABLE`], written down a second time on purpose: a cell that changes in
//! `domain::reach` alone breaks this test, and so does a cell that changes here alone. What keys get is in `scopes.rs`, by the same needs.

pub mod actors;
pub mod needs;
mod table;

use std::collections::{BTreeMap, BTreeSet};

use latchkey::domain::{Action, Reach, Role};

use self::actors::{Actors, Thing};
use self::needs::{NEEDS, Need};
use self::table::TABLE;
use super::routes::{Access, ROUTES};
use super::stranger::{call, filled, is_kept_out};
use crate::support::server::{TestServer, on_both_servers};

type Table = [(Action, [Reach; 5])];

/// What ends the asker's own session or leads it into another organization, and may be done by everybody: it is not tried here.
const ONES_OWN_END: [(&str, &str); 6] = [
    ("POST", "/actions/sign-out"),
    ("POST", "/api/v1/auth/logout"),
    ("POST", "/actions/organizations/create"),
    ("POST", "/api/v1/organizations"),
    ("POST", "/actions/organizations/leave"),
    ("POST", "/api/v1/organization/leave"),
];

/// Seen as part of a page that everybody may open and refused nowhere, or for programs alone: `reads.rs` tries that.
const SHOWN_ONLY: [Action; 2] = [Action::TendOnboarding, Action::UseCredentials];

/// How far a role may do an action, as a table says.
fn promised(table: &Table, role: Role, action: Action) -> Reach {
    let column = Role::ALL.iter().position(|known| *known == role).unwrap();
    table.iter().find(|(known, _)| *known == action).unwrap().1[column]
}

/// Whether a route must let this role in, when it is asked about `thing`.
fn lets_in(table: &Table, need: Need, role: Role, thing: Thing) -> bool {
    match need {
        Need::Anybody | Need::Member | Need::Person => true,
        // What a maker's role gives to a key is tried in `reads.rs`.
        Need::Program(_) => false,
        Need::Any(action) | Need::Human(action) => promised(table, role, action) != Reach::Nothing,
        Need::Whole(action) => promised(table, role, action) == Reach::Organization,
        Need::On(action) => match promised(table, role, action) {
            Reach::Organization => true,
            Reach::OwnTeams => thing == Thing::OfOwnTeam,
            Reach::Own | Reach::Nothing => false,
        },
    }
}

fn need_of(method: &str, path: &str) -> Need {
    NEEDS.iter().find(|(known, at, _)| *known == method && *at == path).unwrap().2
}

#[test]
fn every_route_says_what_it_needs() {
    let routes: BTreeSet<(&str, &str)> = ROUTES.iter().map(|(method, path, _)| (*method, *path)).collect();
    let needs: BTreeSet<(&str, &str)> = NEEDS.iter().map(|(method, path, _)| (*method, *path)).collect();
    assert_eq!(routes.difference(&needs).collect::<Vec<_>>(), Vec::<&(&str, &str)>::new(), "routes that do not say what they need");
    assert_eq!(needs.difference(&routes).collect::<Vec<_>>(), Vec::<&(&str, &str)>::new(), "needs of no route");
    for (method, path, access) in ROUTES {
        assert_eq!(*access == Access::Open, need_of(method, path) == Need::Anybody, "{method} {path}");
    }
}

#[test]
fn the_table_of_the_program_is_the_one_that_was_promised() {
    assert_eq!(TABLE.len(), Action::ALL.len());
    for (action, row) in TABLE {
        for (role, reach) in Role::ALL.into_iter().zip(row) {
            assert_eq!(latchkey::domain::reach(role, *action), *reach, "{role:?} {action:?}");
        }
    }
}

/// What was seen: route, role, thing; whether it let the role in.
type Seen = BTreeMap<(usize, Role, Thing), bool>;

/// What the answers contradict.
fn contradictions(table: &Table, seen: &Seen) -> Vec<String> {
    let wrong = seen.iter().filter(|((route, role, thing), let_in)| lets_in(table, NEEDS[*route].2, *role, *thing) != **let_in);
    wrong.map(|((route, role, thing), let_in)| format!("{role:?} {thing:?} {:?}: {}", NEEDS[*route], if *let_in { "let in" } else { "refused" })).collect()
}

on_both_servers! {
    async fn roles_get_what_the_table_says(server: &TestServer) {
        let actors = Actors::gather(server).await;
        let mut seen = Seen::new();
        let tried = NEEDS.iter().enumerate().filter(|(_, (method, path, need))| *need != Need::Anybody && !ONES_OWN_END.contains(&(*method, *path)));
        for (number, (method, path, _)) in tried {
            for role in Role::ALL {
                for thing in Thing::ALL {
                    let (client, _) = actors.of(role);
                    let id = actors.thing(server, thing).await;
                    let answer = call(client, method, &filled(path, id.as_str()), id.as_str()).await;
                    assert!(answer.status < 500 && answer.code_or_empty() != "sign_in_required", "{role:?} {thing:?} {method} {path}: {} {}", answer.status, answer.body);
                    let out = answer.status == 303 && answer.location().starts_with("/sign-in");
                    assert!(!out, "{role:?} {thing:?} {method} {path} signed out");
                    seen.insert((number, role, thing), answer.status != 403);
                }
            }
        }
        assert_eq!(contradictions(TABLE, &seen), Vec::<String>::new());
        // The control: with another value in any cell, the answers above contradict the table.
        for (row, (action, cells)) in TABLE.iter().enumerate().filter(|(_, (action, _))| !SHOWN_ONLY.contains(action)) {
            for (column, cell) in cells.iter().enumerate() {
                let mut flipped = TABLE.to_vec();
                flipped[row].1[column] = if *cell == Reach::Nothing { Reach::Organization } else { Reach::Nothing };
                assert!(!contradictions(&flipped, &seen).is_empty(), "nobody would notice {action:?} of {:?}", Role::ALL[column]);
            }
        }
    }

    async fn those_who_are_in_no_more_and_those_who_are_not_in_yet_are_strangers(server: &TestServer) {
        server.set_up().await;
        let organization = server.organization().await;
        let (removed, gone) = server.member(&organization, "gone", Role::OrgAdmin).await;
        server.set_status(&gone, "removed").await;
        let (invited, awaited) = server.member(&organization, "awaited", Role::OrgAdmin).await;
        server.set_status(&awaited, "pending").await;
        for route in ROUTES {
            is_kept_out(&removed, route).await;
            is_kept_out(&invited, route).await;
        }
    }
}
