//! Who does a thing.

use std::net::IpAddr;

use super::{Action, EntryLinkId, MemberId, OrganizationId, Reach, Role, TeamId, UserId, reach};

/// A person who has not signed in.
#[derive(Clone, Debug)]
pub struct Visitor {
    /// Where the request came from.
    pub address: IpAddr,
    /// The id that the log and the audit row share.
    pub request_id: String,
}

/// Who does a thing, in which organization, from where.
#[derive(Clone, Debug)]
pub struct Actor {
    /// The tenant that everything this actor touches belongs to.
    pub organization: OrganizationId,
    /// Person or machine.
    pub kind: ActorKind,
    /// Where the request came from; none for jobs.
    pub address: Option<IpAddr>,
    /// The id that the log and the audit row share.
    pub request_id: String,
}

/// Person or machine.
#[derive(Clone, Debug)]
pub enum ActorKind {
    /// A signed-in member.
    Member {
        /// The person.
        user: UserId,
        /// The person's membership in the organization.
        member: MemberId,
        /// The name a page shows.
        name: String,
        /// What the person may do.
        role: Role,
        /// The teams the person leads.
        teams: Vec<TeamId>,
    },
    /// A person without an account, by a member's one-time link.
    Link {
        /// The link.
        link: EntryLinkId,
        /// Who made it, and whose draft it fills in.
        asker: MemberId,
        /// The name a page shows, such as `Visitor by link of Dana Whitfield`.
        name: String,
    },
    /// Work that happens by itself, named.
    Job(&'static str),
}

impl Actor {
    /// How far this actor may do `action`.
    pub const fn reach(&self, action: Action) -> Reach {
        match &self.kind {
            ActorKind::Member { role, .. } => reach(*role, action),
            ActorKind::Link { .. } => match action {
                Action::Connect => Reach::Organization,
                _ => Reach::Nothing,
            },
            ActorKind::Job(_) => Reach::Organization,
        }
    }

    /// Whether this actor may do `action` to something of `team`; `None` is a thing of the whole organization.
    pub fn may(&self, action: Action, team: Option<&TeamId>) -> bool {
        match (self.reach(action), &self.kind) {
            (Reach::Organization, _) => true,
            (Reach::OwnTeams, ActorKind::Member { teams, .. }) => team.is_some_and(|team| teams.contains(team)),
            (Reach::OwnTeams | Reach::Nothing, _) => false,
        }
    }

    /// Whether this actor may do `action` to something of `team`, or to something personal of `owner`: that is for the owner, whose role must know the action.
    pub fn may_with(&self, action: Action, team: Option<&TeamId>, owner: Option<&MemberId>) -> bool {
        match owner {
            None => self.may(action, team),
            Some(owner) => self.member().is_none_or(|member| member == owner) && !matches!(self.reach(action), Reach::Nothing),
        }
    }

    /// The membership behind this actor, for a link that of its maker; none for jobs.
    pub const fn member(&self) -> Option<&MemberId> {
        match &self.kind {
            ActorKind::Member { member, .. } | ActorKind::Link { asker: member, .. } => Some(member),
            ActorKind::Job(_) => None,
        }
    }

    /// The one-time link that this actor came by.
    pub const fn link(&self) -> Option<&EntryLinkId> {
        match &self.kind {
            ActorKind::Link { link, .. } => Some(link),
            ActorKind::Member { .. } | ActorKind::Job(_) => None,
        }
    }

    /// The name that pages and audit rows show.
    pub fn name(&self) -> &str {
        match &self.kind {
            ActorKind::Member { name, .. } | ActorKind::Link { name, .. } => name,
            ActorKind::Job(_) => "Latchkey",
        }
    }
}
