//! Who sees what ends.

use std::collections::BTreeSet;

use super::{Ending, SeenBy};
use crate::domain::{Action, Actor, ConnectionId, MemberId, Reach, reach};
use crate::store::members::MemberPerson;

/// Whose eyes look, as far as it matters here: an actor's, or those of a member who is to be told.
pub(super) struct Eyes<'a> {
    member: Option<&'a MemberId>,
    only: Option<&'a BTreeSet<ConnectionId>>,
    apps: Reach,
    programs: Reach,
}

impl<'a> From<&'a Actor> for Eyes<'a> {
    fn from(actor: &'a Actor) -> Self {
        Self {
            member: actor.member(),
            only: actor.only.as_deref(),
            apps: actor.reach(Action::ManageOAuthApps),
            programs: actor.reach(Action::ManageApplications),
        }
    }
}

impl<'a> From<&'a MemberPerson> for Eyes<'a> {
    fn from(person: &'a MemberPerson) -> Self {
        let far = |action| reach(person.role(), action);
        Self { member: Some(&person.member.id), only: person.only.as_deref(), apps: far(Action::ManageOAuthApps), programs: far(Action::ManageApplications) }
    }
}

impl Eyes<'_> {
    /// Whether they see it.
    pub(super) fn see(&self, ending: &Ending) -> bool {
        let is_me = |member: &MemberId| self.member == Some(member);
        match &ending.seen_by {
            SeenBy::Everybody(members) => self.only.is_none() || members.iter().any(is_me),
            SeenBy::Connection(id, owner) => self.only.is_none_or(|only| only.contains(id)) && owner.as_ref().is_none_or(is_me),
            SeenBy::OAuthApps => self.apps == Reach::Organization,
            SeenBy::Application(owner) => match self.programs {
                Reach::Organization => true,
                Reach::Own | Reach::OwnTeams => is_me(owner),
                Reach::Nothing => false,
            },
        }
    }
}
