//! Who does a thing.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::sync::Arc;

use super::{Action, ApiKeyId, ApplicationId, ConnectionId, EntryLinkId, MemberId, OrganizationId, Reach, Role, Scopes, TeamId, Timestamp, UserId, reach};

/// A person who has not signed in.
#[derive(Clone, Debug)]
pub struct Visitor {
    /// Where the request came from.
    pub address: IpAddr,
    /// What the browser or program calls itself, at most 256 characters; empty when it says nothing.
    pub user_agent: String,
    /// SHA-256 of the token by which a browser is known that signed in before, hex; proves nothing by itself.
    pub device: Option<String>,
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
    /// The only connections that there are for this actor; none when it is not limited.
    pub only: Option<Arc<BTreeSet<ConnectionId>>>,
    /// Where the request came from; none for jobs.
    pub address: Option<IpAddr>,
    /// What the browser or program calls itself; empty for jobs.
    pub user_agent: String,
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
        /// The person's own teams.
        teams: Vec<TeamId>,
        /// When the person last proved who they are, by password, second factor, passkey or single sign-on.
        proven_at: Timestamp,
        /// Whether only the organization's own provider vouched for the person: that counts in this organization, and for nothing of the account itself.
        confined: bool,
    },
    /// A program with a key; it may do what both its key's scopes and its maker's role allow.
    Application {
        /// The program.
        application: ApplicationId,
        /// The key it came with.
        key: ApiKeyId,
        /// Who made the key.
        maker: MemberId,
        /// The name a page shows.
        name: String,
        /// What the maker may do now.
        role: Role,
        /// The maker's own teams.
        teams: Vec<TeamId>,
        /// What the key may be used for.
        scopes: Scopes,
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
    /// Latchkey itself in an organization, at this work.
    pub const fn job(organization: OrganizationId, name: &'static str) -> Self {
        Self { organization, kind: ActorKind::Job(name), only: None, address: None, user_agent: String::new(), request_id: String::new() }
    }

    /// How far this actor may do `action`.
    pub fn reach(&self, action: Action) -> Reach {
        match &self.kind {
            ActorKind::Member { role, .. } => reach(*role, action),
            ActorKind::Application { role, scopes, .. } if scopes.allow(action) => reach(*role, action),
            ActorKind::Application { .. } => Reach::Nothing,
            ActorKind::Link { .. } => match action {
                Action::Connect => Reach::Organization,
                _ => Reach::Nothing,
            },
            ActorKind::Job(_) => Reach::Organization,
        }
    }

    /// Whether this actor may do `action` to something of `team`; `None` is a thing of the whole organization.
    pub fn may(&self, action: Action, team: Option<&TeamId>) -> bool {
        match self.reach(action) {
            Reach::Organization => true,
            Reach::OwnTeams => team.is_some_and(|team| self.teams().contains(team)),
            Reach::Own | Reach::Nothing => false,
        }
    }

    /// Whether this actor may do `action` to something of `team`, or to something personal of `owner`: that is for the owner, whose role must know the action.
    pub fn may_with(&self, action: Action, team: Option<&TeamId>, owner: Option<&MemberId>) -> bool {
        match owner {
            None => self.may(action, team),
            Some(owner) => self.member().is_none_or(|member| member == owner) && !matches!(self.reach(action), Reach::Nothing),
        }
    }

    /// Whether this actor may do `action` to something that `owner` made, such as an application.
    pub fn may_own(&self, action: Action, owner: &MemberId) -> bool {
        match self.reach(action) {
            Reach::Organization => true,
            Reach::Own | Reach::OwnTeams => self.member() == Some(owner),
            Reach::Nothing => false,
        }
    }

    /// Whether there is this connection for the actor, as far as it is limited to named ones.
    pub fn knows(&self, connection: &ConnectionId) -> bool {
        self.only.as_ref().is_none_or(|only| only.contains(connection))
    }

    /// The teams of the member, of a program those of its maker.
    pub fn teams(&self) -> &[TeamId] {
        match &self.kind {
            ActorKind::Member { teams, .. } | ActorKind::Application { teams, .. } => teams,
            ActorKind::Link { .. } | ActorKind::Job(_) => &[],
        }
    }

    /// The membership behind this actor, for a link and a program that of its maker; none for jobs.
    pub const fn member(&self) -> Option<&MemberId> {
        match &self.kind {
            ActorKind::Member { member, .. } | ActorKind::Application { maker: member, .. } | ActorKind::Link { asker: member, .. } => Some(member),
            ActorKind::Job(_) => None,
        }
    }

    /// The one-time link that this actor came by.
    pub const fn link(&self) -> Option<&EntryLinkId> {
        match &self.kind {
            ActorKind::Link { link, .. } => Some(link),
            ActorKind::Member { .. } | ActorKind::Application { .. } | ActorKind::Job(_) => None,
        }
    }

    /// The name that pages and audit rows show.
    pub fn name(&self) -> &str {
        match &self.kind {
            ActorKind::Member { name, .. } | ActorKind::Application { name, .. } | ActorKind::Link { name, .. } => name,
            ActorKind::Job(_) => "Latchkey",
        }
    }
}
