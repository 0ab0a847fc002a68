//! What somebody wants to see of the log, and what they may.

use crate::domain::{Action, Actor, ApplicationId, ConnectionId, DraftId, EntryLinkId, MemberId, OwnConnectorId, Reach, TeamId, Timestamp, UserId};
use crate::dto::AuditFilter;
use crate::services::words::Topic;
use crate::services::{ServiceError, access};
use crate::store::audit::{Index, Place, Search, Sight};

const DAY_MS: i64 = 24 * 3_600_000;
/// The longest free text, in characters.
const LONGEST: usize = 200;
/// How many entries of its indexes a search looks at, all together, before it says how far it came.
const STRETCH: i64 = 5_000;
/// The kinds of actor behind each word.
const KINDS: [(&str, &[&str]); 3] = [("people", &["member", "link", "visitor"]), ("apps", &["application"]), ("latchkey", &["job", "operator"])];

/// A filter that was read.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    q: String,
    kinds: &'static [&'static str],
    actor: String,
    topic: Option<Topic>,
    days: Option<i64>,
    of_server: bool,
}

impl Filter {
    /// Reads a query string.
    ///
    /// # Errors
    /// `InvalidField` for each value that is none.
    pub fn read(wanted: &AuditFilter) -> Result<Self, ServiceError> {
        let q = wanted.q.trim();
        if q.chars().count() > LONGEST {
            return Err(ServiceError::invalid_field("q", "Use at most 200 characters."));
        }
        let kinds = KINDS.iter().find(|(word, _)| *word == wanted.who).map_or(&[][..], |(_, kinds)| *kinds);
        let is_somebody = MemberId::parse(&wanted.who).is_ok() || ApplicationId::parse(&wanted.who).is_ok();
        if kinds.is_empty() && !is_somebody && !wanted.who.is_empty() {
            return Err(ServiceError::invalid_field("who", "Use people, apps, latchkey, or the id of a member or an app."));
        }
        let topic = Topic::parse(&wanted.what);
        if topic.is_none() && !wanted.what.is_empty() {
            return Err(ServiceError::invalid_field("what", "Use one of the documented topics."));
        }
        let days = match wanted.when.as_str() {
            "" => None,
            "today" => Some(1),
            "7d" => Some(7),
            "30d" => Some(30),
            _ => return Err(ServiceError::invalid_field("when", "Use today, 7d or 30d.")),
        };
        if !matches!(wanted.of.as_str(), "" | "server") {
            return Err(ServiceError::invalid_field("of", "Use server, or leave it out."));
        }
        let actor = if is_somebody { wanted.who.clone() } else { String::new() };
        Ok(Self { q: q.to_owned(), kinds, actor, topic, days, of_server: wanted.of == "server" })
    }

    /// Reads a query string; what cannot be read counts as not given.
    pub fn read_leniently(wanted: &AuditFilter) -> Self {
        let only = |key: &str| {
            let mut one = AuditFilter::default();
            match key {
                "q" => one.q = wanted.q.chars().take(LONGEST).collect(),
                "who" => one.who.clone_from(&wanted.who),
                "what" => one.what.clone_from(&wanted.what),
                "when" => one.when.clone_from(&wanted.when),
                _ => one.of.clone_from(&wanted.of),
            }
            Self::read(&one).unwrap_or_default()
        };
        let (who, topic, days) = (only("who"), only("what").topic, only("when").days);
        Self { q: only("q").q, kinds: who.kinds, actor: who.actor, topic, days, of_server: only("of").of_server }
    }

    /// What an export of it tells of itself; the free text stays out.
    pub(super) fn told(&self) -> String {
        let who = if self.actor.is_empty() { self.kinds.first().copied().unwrap_or_default() } else { &self.actor };
        let what = self.topic.map_or("", Topic::as_str);
        format!("who={who}&what={what}&days={}&text={}&server={}", self.days.unwrap_or_default(), !self.q.is_empty(), self.of_server)
    }

    /// Not older than this; `today` is the day in UTC.
    pub(super) fn since(&self, now: Timestamp) -> Timestamp {
        match self.days {
            None => Timestamp::from_millis(0),
            Some(1) => Timestamp::from_millis(now.millis().div_euclid(DAY_MS) * DAY_MS),
            Some(days) => now.plus_millis(-days * DAY_MS),
        }
    }

    /// The indexes to ask, one after the other: each entry that fits is in exactly one of them.
    pub(super) fn indexes(&self) -> Vec<Index<'_>> {
        if is_of_a_thing(&self.q) {
            vec![Index::Target(&self.q)]
        } else if is_of_an_actor(&self.q) {
            vec![Index::Actor(&self.q)]
        } else if !self.actor.is_empty() {
            vec![Index::Actor(&self.actor)]
        } else if !self.kinds.is_empty() {
            self.kinds.iter().copied().map(Index::Kind).collect()
        } else {
            self.topic.map_or_else(|| vec![Index::All], |topic| topic.actions().map(Index::Action).collect())
        }
    }

    /// The wishes that are left when `index` leads, one of so many `indexes`.
    pub(super) fn wishes(&self, index: Index<'_>, indexes: usize, sight: &Sight, now: Timestamp, limit: usize) -> Search<'_> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let indexes = i64::try_from(indexes).unwrap_or(1).max(1);
        let by_id = is_of_a_thing(&self.q) || is_of_an_actor(&self.q);
        let topic = self.topic.filter(|_| !matches!(index, Index::Action(_)));
        let kinds = if matches!(index, Index::Kind(_)) { &[] } else { self.kinds };
        let actor = if index == Index::Actor(&self.actor) { "" } else { &self.actor };
        let pattern = if self.q.is_empty() || by_id { String::new() } else { pattern(&self.q) };
        let wishes = topic.is_some() || !kinds.is_empty() || !actor.is_empty() || !pattern.is_empty();
        let limited = !sight.own.is_empty() || !sight.only.is_empty();
        Search {
            since: self.since(now),
            actions: topic.map(|topic| list(topic.actions())).unwrap_or_default(),
            kinds: list(kinds.iter().copied()),
            actor,
            pattern,
            scan: if wishes || limited { (STRETCH / indexes).max(limit) } else { limit },
            limit,
        }
    }

    /// What the actor may see of it.
    ///
    /// # Errors
    /// `Forbidden` for those who see nothing, and for the server's own entries also for those who do not run it.
    pub(super) fn sight(&self, actor: &Actor) -> Result<Sight, ServiceError> {
        access::require(actor, Action::SeeAudit)?;
        if self.of_server {
            access::require_for(actor, Action::SeeServer, None)?;
            return Ok(Sight { only: only(actor), ..Sight::default() });
        }
        sight(actor)
    }
}

/// What the actor may see of the own organization.
///
/// # Errors
/// `Forbidden` for those who see nothing.
pub(super) fn sight(actor: &Actor) -> Result<Sight, ServiceError> {
    access::require(actor, Action::SeeAudit)?;
    let reach = actor.reach(Action::SeeAudit);
    let own = if reach == Reach::Organization { String::new() } else { access::member(actor)?.to_string() };
    let teams = if reach == Reach::OwnTeams { list(actor.teams().iter().map(TeamId::as_str)) } else { String::new() };
    Ok(Sight { organization: Some(actor.organization.clone()), own, teams, only: only(actor) })
}

/// The connections that the actor is limited to; empty for no such limit.
fn only(actor: &Actor) -> String {
    match &actor.only {
        None => String::new(),
        Some(only) if only.is_empty() => ",".to_owned(),
        Some(only) => list(only.iter().map(ConnectionId::as_str)),
    }
}

/// `,a,b,`; empty for none.
fn list<'a>(words: impl Iterator<Item = &'a str>) -> String {
    let mut text = String::new();
    for word in words {
        text.push(',');
        text.push_str(word);
    }
    if !text.is_empty() {
        text.push(',');
    }
    text
}

fn pattern(q: &str) -> String {
    let escaped = q.to_ascii_lowercase().replace('!', "!!").replace('%', "!%").replace('_', "!_");
    format!("%{escaped}%")
}

fn is_of_a_thing(q: &str) -> bool {
    ConnectionId::parse(q).is_ok() || DraftId::parse(q).is_ok() || EntryLinkId::parse(q).is_ok() || OwnConnectorId::parse(q).is_ok() || UserId::parse(q).is_ok()
}

fn is_of_an_actor(q: &str) -> bool {
    MemberId::parse(q).is_ok() || ApplicationId::parse(q).is_ok()
}

/// Reads a cursor.
///
/// # Errors
/// `InvalidField` for a text that no page gave.
pub(super) fn place(cursor: &str) -> Result<Place, ServiceError> {
    if cursor.is_empty() {
        return Ok(Place::start());
    }
    let mut parts = cursor.splitn(3, '.');
    let mut number = || parts.next().and_then(|text| text.parse::<i64>().ok());
    let found = number().zip(number());
    match (found, parts.next()) {
        (Some((at, seq)), Some(node)) if !node.is_empty() && node.len() <= 63 && !node.contains('\0') => {
            Ok(Place { at: Timestamp::from_millis(at), seq, node: node.to_owned() })
        }
        _ => Err(ServiceError::invalid_field("cursor", "Use the next_cursor of the page before.")),
    }
}

/// The text of a place.
pub(super) fn cursor(place: &Place) -> String {
    format!("{}.{}.{}", place.at.millis(), place.seq, place.node)
}
