//! What an entry may say: an allow-list of typed facts, never a dump.

use serde_json::{Value, json};

use crate::domain::{
    Actor, ActorKind, ConnectionId, DraftId, EntryLinkId, InvitationId, MemberId, OAuthAppId, OrganizationId, PasskeyId, RequestId, Role, SessionId, TeamId,
    Timestamp, UserId, Visitor,
};

/// Who an entry is about.
#[derive(Clone, Copy, Debug)]
pub enum Who<'a> {
    /// A member or a job.
    Actor(&'a Actor),
    /// A person who has not signed in; nothing they typed is kept.
    Visitor(&'a Visitor),
    /// Latchkey itself, about something that belongs to no organization.
    Latchkey,
}

impl<'a> From<&'a Actor> for Who<'a> {
    fn from(actor: &'a Actor) -> Self {
        Self::Actor(actor)
    }
}

impl<'a> From<&'a Visitor> for Who<'a> {
    fn from(visitor: &'a Visitor) -> Self {
        Self::Visitor(visitor)
    }
}

impl Who<'_> {
    pub(super) fn organization(&self) -> Option<OrganizationId> {
        match self {
            Self::Actor(actor) => Some(actor.organization.clone()),
            Self::Visitor(_) | Self::Latchkey => None,
        }
    }

    pub(super) const fn kind(&self) -> &'static str {
        match self {
            Self::Actor(Actor { kind: ActorKind::Member { .. }, .. }) => "member",
            Self::Actor(Actor { kind: ActorKind::Application { .. }, .. }) => "application",
            Self::Actor(Actor { kind: ActorKind::Link { .. }, .. }) => "link",
            Self::Actor(Actor { kind: ActorKind::Job(_), .. }) | Self::Latchkey => "job",
            Self::Visitor(_) => "visitor",
        }
    }

    pub(super) fn id(&self) -> String {
        match self {
            Self::Actor(Actor { kind: ActorKind::Application { application, .. }, .. }) => application.to_string(),
            Self::Actor(Actor { kind: ActorKind::Link { link, .. }, .. }) => link.to_string(),
            Self::Actor(actor) => actor.member().map(ToString::to_string).unwrap_or_default(),
            Self::Visitor(_) | Self::Latchkey => String::new(),
        }
    }

    /// The member whose link or key it was.
    pub(super) fn on_behalf_of(&self) -> Option<String> {
        match self {
            Self::Actor(actor @ Actor { kind: ActorKind::Application { .. } | ActorKind::Link { .. }, .. }) => actor.member().map(ToString::to_string),
            Self::Actor(_) | Self::Visitor(_) | Self::Latchkey => None,
        }
    }

    pub(super) fn name(&self) -> &str {
        match self {
            Self::Actor(actor) => actor.name(),
            Self::Visitor(_) => "Visitor",
            Self::Latchkey => "Latchkey",
        }
    }

    pub(super) fn address(&self) -> String {
        match self {
            Self::Actor(actor) => actor.address.map(|address| address.to_string()).unwrap_or_default(),
            Self::Visitor(visitor) => visitor.address.to_string(),
            Self::Latchkey => String::new(),
        }
    }

    pub(super) fn user_agent(&self) -> &str {
        match self {
            Self::Actor(actor) => &actor.user_agent,
            Self::Visitor(visitor) => &visitor.user_agent,
            Self::Latchkey => "",
        }
    }

    pub(super) fn request_id(&self) -> &str {
        match self {
            Self::Actor(actor) => &actor.request_id,
            Self::Visitor(visitor) => &visitor.request_id,
            Self::Latchkey => "",
        }
    }
}

/// What an entry is about.
#[derive(Clone, Debug, Default)]
pub struct Target {
    /// Such as `connection`; empty for none.
    pub kind: &'static str,
    /// The id.
    pub id: String,
    /// The name at that time.
    pub name: String,
}

impl Target {
    /// A connection.
    pub fn connection(id: &ConnectionId, name: &str) -> Self {
        Self { kind: "connection", id: id.to_string(), name: name.to_owned() }
    }

    /// A draft.
    pub fn draft(id: &DraftId, name: &str) -> Self {
        Self { kind: "draft", id: id.to_string(), name: name.to_owned() }
    }

    /// A one-time link, named after its connector.
    pub fn entry_link(id: &EntryLinkId, name: &str) -> Self {
        Self { kind: "entry_link", id: id.to_string(), name: name.to_owned() }
    }

    /// A connector of the catalogue.
    pub fn connector(id: &str, name: &str) -> Self {
        Self { kind: "connector", id: id.to_owned(), name: name.to_owned() }
    }

    /// A connector that somebody asks for.
    pub fn request(id: &RequestId, service: &str) -> Self {
        Self { kind: "connector_request", id: id.to_string(), name: service.to_owned() }
    }

    /// A passkey.
    pub fn passkey(id: &PasskeyId, name: &str) -> Self {
        Self { kind: "passkey", id: id.to_string(), name: name.to_owned() }
    }

    /// A session, named after its device.
    pub fn session(id: &SessionId, device: String) -> Self {
        Self { kind: "session", id: id.to_string(), name: device }
    }

    /// A person's account.
    pub fn account(id: &UserId, name: &str) -> Self {
        Self { kind: "account", id: id.to_string(), name: name.to_owned() }
    }

    /// A membership, named after its person.
    pub fn member(id: &MemberId, name: &str) -> Self {
        Self { kind: "member", id: id.to_string(), name: name.to_owned() }
    }

    /// An invitation, named after the address that it goes to.
    pub fn invitation(id: &InvitationId, email: &str) -> Self {
        Self { kind: "invitation", id: id.to_string(), name: email.to_owned() }
    }

    /// A team.
    pub fn team(id: &TeamId, name: &str) -> Self {
        Self { kind: "team", id: id.to_string(), name: name.to_owned() }
    }

    /// A provider of single sign-on.
    pub fn sign_on(id: &str, label: &str) -> Self {
        Self { kind: "sign_on", id: id.to_owned(), name: label.to_owned() }
    }

    /// An app that the organization registered with a provider.
    pub fn oauth_app(id: &OAuthAppId, label: &str) -> Self {
        Self { kind: "oauth_app", id: id.to_string(), name: label.to_owned() }
    }

    /// Something that ends, by whatever names it.
    pub fn ending(id: &str, title: &str) -> Self {
        Self { kind: "expiry", id: id.to_owned(), name: title.to_owned() }
    }

    /// The audit log itself.
    pub fn log() -> Self {
        Self { kind: "audit_log", ..Self::default() }
    }

    /// The organization.
    pub fn organization(id: &OrganizationId, name: &str) -> Self {
        Self { kind: "organization", id: id.to_string(), name: name.to_owned() }
    }
}

/// One fact that an entry may hold; there are no others.
#[derive(Clone, Debug)]
pub enum Fact {
    /// A connector's id.
    Connector(String),
    /// The provider's id of an account.
    Account(String),
    /// Where a credential goes.
    Host(String),
    /// Why something failed or was refused: a stable code.
    Code(String),
    /// How long it took, in milliseconds.
    TookMs(u32),
    /// A stream's id.
    Stream(String),
    /// How many versions were erased.
    Erased(u64),
    /// Whether the provider ended a credential; none when it was not asked.
    Revoked(Option<bool>),
    /// Whether the version before is kept.
    Kept(bool),
    /// What was edited, such as `name`.
    Changed(Vec<&'static str>),
    /// The name before it was changed.
    NameBefore(String),
    /// The number of a credential's version.
    Version(i64),
    /// Keyed MAC of an address that was tried, to recognise a repetition without keeping the address.
    EmailMac(String),
    /// A theme's name.
    Theme(String),
    /// How somebody proved who they are, such as `password+app`.
    Method(&'static str),
    /// How many sessions ended.
    Ended(u64),
    /// Whether a rule is on.
    On(bool),
    /// The id of a member.
    Member(String),
    /// The key that a program came with.
    Key(String),
    /// What a program was given of a credential: `whole`, `token`, or `nothing_new` when it held the same already.
    Handed(&'static str),
    /// What a key may be used for.
    Scopes(String),
    /// When something ends by itself; none when it does not.
    EndsAt(Option<Timestamp>),
    /// The ids of the only connections; none when all are meant.
    Connections(Option<Vec<String>>),
    /// A role that somebody has from now on.
    Role(Role),
    /// The role before it was changed.
    RoleBefore(Role),
    /// How many connections a member is limited to; none when not limited.
    LimitedTo(Option<usize>),
    /// Members who were put into a team.
    PutIn(Vec<MemberId>),
    /// Members who were taken out of a team.
    TakenOut(Vec<MemberId>),
    /// Whose a thing is from now on.
    Owner(MemberId),
    /// How many things changed hands.
    Given(usize),
    /// Whether a provider took a secret before it was put in use.
    Proven(bool),
    /// A provider of single sign-on: its id, or its name in the configuration.
    Provider(String),
    /// An e-mail domain.
    Domain(String),
    /// The issuer of an account.
    Issuer(String),
    /// How many entries or findings.
    Count(u64),
    /// How many days; 0 for always.
    Days(i64),
    /// The format of an export.
    Format(&'static str),
    /// What an export was narrowed to, as a query string without free text.
    Narrowed(String),
}

impl Fact {
    pub(super) fn entry(&self) -> (String, Value) {
        let (key, value) = match self {
            Self::Connector(text) => ("connector", json!(text)),
            Self::Account(text) => ("account", json!(text)),
            Self::Host(text) => ("host", json!(text)),
            Self::Code(text) => ("code", json!(text)),
            Self::TookMs(millis) => ("took_ms", json!(millis)),
            Self::Version(number) => ("version", json!(number)),
            Self::Stream(text) => ("stream", json!(text)),
            Self::Erased(count) => ("erased", json!(count)),
            Self::Revoked(done) => ("revoked", json!(done)),
            Self::Kept(kept) => ("kept", json!(kept)),
            Self::Changed(parts) => ("changed", json!(parts)),
            Self::NameBefore(text) => ("name_before", json!(text)),
            Self::EmailMac(text) => ("email_mac", json!(text)),
            Self::Theme(text) => ("theme", json!(text)),
            Self::Method(text) => ("method", json!(text)),
            Self::Ended(count) => ("ended", json!(count)),
            Self::On(on) => ("on", json!(on)),
            Self::Member(id) => ("member", json!(id)),
            Self::Key(id) => ("key", json!(id)),
            Self::Handed(what) => ("handed", json!(what)),
            Self::Scopes(names) => ("scopes", json!(names)),
            Self::EndsAt(at) => ("ends_at", json!(at)),
            Self::Connections(ids) => ("connections", json!(ids)),
            Self::Role(role) => ("role", json!(role)),
            Self::RoleBefore(role) => ("role_before", json!(role)),
            Self::LimitedTo(count) => ("limited_to", json!(count)),
            Self::PutIn(members) => ("put_in", json!(members)),
            Self::TakenOut(members) => ("taken_out", json!(members)),
            Self::Owner(member) => ("owner", json!(member)),
            Self::Given(count) => ("given", json!(count)),
            Self::Proven(proven) => ("proven", json!(proven)),
            Self::Provider(text) => ("provider", json!(text)),
            Self::Domain(text) => ("domain", json!(text)),
            Self::Issuer(text) => ("issuer", json!(text)),
            Self::Count(count) => ("count", json!(count)),
            Self::Days(days) => ("days", json!(days)),
            Self::Format(name) => ("format", json!(name)),
            Self::Narrowed(text) => ("narrowed", json!(text)),
        };
        (key.to_owned(), value)
    }
}

/// Something that happened.
#[derive(Clone, Debug)]
pub struct AuditEvent {
    /// Such as `connection.created`.
    pub action: &'static str,
    /// What it happened to.
    pub target: Target,
    /// Whether it was done; otherwise it was refused.
    pub done: bool,
    /// What else is known.
    pub facts: Vec<Fact>,
}

impl AuditEvent {
    /// Something that was done.
    pub const fn done(action: &'static str, target: Target, facts: Vec<Fact>) -> Self {
        Self { action, target, done: true, facts }
    }

    /// Something that was refused or failed.
    pub const fn refused(action: &'static str, target: Target, facts: Vec<Fact>) -> Self {
        Self { action, target, done: false, facts }
    }
}
