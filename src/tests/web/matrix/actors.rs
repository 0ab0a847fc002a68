//! Who asks, and about what.

use std::collections::BTreeMap;

use latchkey::domain::{ConnectionId, ConnectionStatus, Role, TeamId};
use latchkey::store::members::MemberRow;
use latchkey::store::teams::{self, TeamRow};

use crate::support::client::Client;
use crate::support::server::TestServer;

/// What a route is asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Thing {
    /// A connection of the whole organization.
    OfOrganization,
    /// A connection of the asker's own team.
    OfOwnTeam,
}

impl Thing {
    /// Both.
    pub const ALL: [Self; 2] = [Self::OfOrganization, Self::OfOwnTeam];
}

/// One person of each role in one organization, all in one team.
pub struct Actors {
    people: BTreeMap<Role, (Client, MemberRow)>,
    team: TeamId,
}

impl Actors {
    /// Sets the server up, and adds everybody.
    pub async fn gather(server: &TestServer) -> Self {
        let admin = server.set_up().await;
        let organization = server.organization().await;
        let first = server.member_row(&organization, crate::support::server::ADMIN).await;
        let mut people = BTreeMap::from([(Role::SuperAdmin, (admin, first))]);
        for role in Role::ALL.into_iter().filter(|role| *role != Role::SuperAdmin) {
            people.insert(role, server.member(&organization, role.as_str(), role).await);
        }
        let app = &server.server.app;
        let team = TeamRow {
            id: TeamId::generate(app.clock.as_ref(), app.random.as_ref()),
            organization: organization.clone(),
            name: "Ours".to_owned(),
            created_at: app.now(),
        };
        let mut transaction = app.database.begin().await.unwrap();
        teams::insert(transaction.conn(), &team).await.unwrap();
        for (_, member) in people.values() {
            teams::put_in(transaction.conn(), &organization, &team.id, &member.id).await.unwrap();
        }
        transaction.commit().await.unwrap();
        Self { people, team: team.id }
    }

    /// The browser and the membership of somebody with this role.
    pub fn of(&self, role: Role) -> (&Client, &MemberRow) {
        let (client, member) = &self.people[&role];
        (client, member)
    }

    /// A fresh connection, turned off: what asks the provider then says so.
    pub async fn thing(&self, server: &TestServer, thing: Thing) -> ConnectionId {
        let (_, member) = self.of(Role::SuperAdmin);
        let team = (thing == Thing::OfOwnTeam).then(|| self.team.clone());
        let name = ConnectionId::generate(server.server.app.clock.as_ref(), server.server.app.random.as_ref());
        server.connection_of(member, name.as_str(), team, ConnectionStatus::Disabled).await
    }
}
