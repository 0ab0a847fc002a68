//! The audit log, as pages and the API show it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::Timestamp;

/// What the list is narrowed to; as in the query string. Empty texts are no wish.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AuditFilter {
    /// Part of a name, an address or an id.
    pub q: String,
    /// `people`, `apps`, `latchkey`, or the id of one member or program.
    pub who: String,
    /// A topic, such as `sign-in`.
    pub what: String,
    /// `today`, `7d` or `30d`.
    pub when: String,
    /// `server` for what belongs to no organization.
    pub of: String,
}

/// Who did something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AuditActor {
    /// `member`, `application`, `link`, `visitor`, `job` or `operator`.
    pub kind: String,
    /// The id of the membership, program or link; empty for others.
    pub id: String,
    /// The name at that time.
    pub name: String,
}

/// What it was done to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AuditTarget {
    /// Such as `connection`; empty for nothing.
    pub kind: String,
    /// Its id.
    pub id: String,
    /// Its name at that time.
    pub name: String,
}

/// One entry of the audit log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AuditEntryView {
    /// The chain it is in.
    pub node: String,
    /// Its place in the chain.
    pub seq: i64,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub actor: AuditActor,
    /// Such as `connection.created`.
    pub action: String,
    /// `done` or `refused`.
    pub outcome: String,
    /// To what.
    pub target: AuditTarget,
    /// What happened, for people.
    pub sentence: String,
    /// What else is known.
    #[schema(value_type = Object)]
    pub facts: BTreeMap<String, serde_json::Value>,
    /// Where the request came from; empty for Latchkey's own work.
    pub address: String,
    /// What the browser or program called itself.
    pub user_agent: String,
    /// Shared with the server's log.
    pub request_id: String,
    /// The MAC of the entry before in the chain, in hex.
    pub prev_mac: String,
    /// The MAC of this entry, in hex.
    pub mac: String,
    /// The parts of the sentence that pages draw.
    #[serde(skip)]
    pub parts: AuditParts,
}

/// A sentence in parts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditParts {
    /// The subject.
    pub subject: String,
    /// Between the subject and the thing.
    pub before: String,
    /// The thing's name; may be empty.
    pub thing: String,
    /// After the thing.
    pub after: String,
    /// Further sentences; may be empty.
    pub more: String,
    /// The word of the pill of what was not done; empty for what was.
    pub pill: String,
    /// The browser or program in two words.
    pub agent: String,
    /// Whether a program or Latchkey did it.
    pub by_machine: bool,
}

/// Part of the audit log, newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditListView {
    /// The time this was put together.
    pub now: Timestamp,
    /// The entries.
    pub items: Vec<AuditEntryView>,
    /// Where the next part begins; none at the end.
    pub next_cursor: Option<String>,
    /// How far back was looked when there is more behind it.
    pub looked_until: Option<Timestamp>,
    /// Id and name of the people to choose from; empty for those who see their own alone.
    pub people: Vec<(String, String)>,
    /// Topics: value and words.
    pub topics: Vec<(String, String)>,
    /// What the viewer sees: `all`, `teams` or `own`.
    pub sight: String,
    /// Whether the viewer may see what belongs to no organization.
    pub may_see_server: bool,
    /// Whether the viewer may set how long entries are kept.
    pub may_set: bool,
    /// How the chains are; none for those who do not see everything, and before the first verification.
    pub integrity: Option<IntegrityView>,
}

/// How one entry stands in its chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AuditChainView {
    /// Whether its own MAC is right.
    pub own: bool,
    /// Whether it follows the entry before it; none for the first of a chain.
    pub before: Option<bool>,
    /// Whether the entry behind it follows it; none for the last of a chain.
    pub behind: Option<bool>,
    /// The first checkpoint at its place or behind it: place and time.
    pub checkpoint: Option<(i64, Timestamp)>,
}

/// One entry with its place in the chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AuditEntryPage {
    /// The time this was put together.
    pub now: Timestamp,
    /// The entry.
    pub entry: AuditEntryView,
    /// How it stands in its chain.
    pub chain: AuditChainView,
}

/// How the chains are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IntegrityView {
    /// The time this was put together.
    pub now: Timestamp,
    /// When the verification ended; none while the first one runs.
    pub verified_at: Option<Timestamp>,
    /// Whether one runs.
    pub running: bool,
    /// How many entries were read.
    pub entries: usize,
    /// How many chains.
    pub chains: usize,
    /// How many checkpoints were compared.
    pub checkpoints: usize,
    /// How much is wrong.
    pub findings: usize,
    /// The first of what is wrong; empty for those who may not see the server.
    pub first: Vec<AuditFinding>,
    /// Whether the viewer may verify.
    pub may_verify: bool,
}

/// Something wrong with a chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditFinding {
    /// The chain.
    pub node: String,
    /// The place.
    pub seq: i64,
    /// What is wrong, in words.
    pub what: String,
}

/// How long an organization keeps its entries.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AuditRetention {
    /// How many days; 0 for always.
    pub days: i64,
    /// Nothing older than this has any content.
    pub erased_before: Option<Timestamp>,
}
