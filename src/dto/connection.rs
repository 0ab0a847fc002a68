//! Connections as lists and pages show them.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::{ConnectionStatus, Timestamp};
use crate::dto::{CheckView, CredentialUse, IdentityView, IssueView, ReceiptView, TeamName, TokenView};

/// What the list is narrowed to; as in the query string.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ConnectionFilter {
    /// Words of the name, the account or the id.
    pub q: String,
    /// `""` all, `needs`, `working`, `off`, `disconnected`, and `personal` for those of other people.
    pub status: String,
    /// One tag, whole; empty for all.
    pub tag: String,
    /// `""` or `name`, `-name`, `checked`, `-checked`.
    pub sort: String,
    /// From 1; pages hold 50 rows.
    pub page: u32,
}

/// A status in words: the pill.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Pill {
    /// `ok`, `warn`, `bad`, `info` or `idle`: the family of colours.
    pub kind: String,
    /// Symbol of the sprite, such as `i-circle-check`.
    pub icon: String,
    /// The words.
    pub label: String,
    /// Whether it is filled, because a person must act or something just happened.
    pub loud: bool,
}

/// One bar of the last 24 hours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Bar {
    /// Every check passed.
    Ok,
    /// Passed, slowly.
    Slow,
    /// A check failed.
    Fail,
    /// Not checked.
    None,
}

/// One row of the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ConnectionRow {
    /// `con_…`.
    pub id: String,
    /// The name people gave it.
    pub name: String,
    /// The connector's id.
    pub connector: String,
    /// The provider's name.
    pub connector_name: String,
    /// Symbol of the sprite; none for a monogram.
    pub glyph: Option<String>,
    /// The account and host in one line.
    pub account: String,
    /// What people sort it by.
    pub tags: Vec<String>,
    /// The team that it belongs to; none for the whole organization.
    pub team: Option<TeamName>,
    /// Whose alone it is: `you`, or a name; none for everybody's.
    pub owner: Option<String>,
    /// The status in words.
    pub pill: Pill,
    /// 48 bars of 30 minutes, oldest first.
    pub bars: Vec<Bar>,
    /// When it was last checked.
    pub last_checked_at: Option<Timestamp>,
    /// When it is checked next.
    pub next_check_at: Option<Timestamp>,
    /// When the credential ends, in words, such as `Does not expire`.
    pub expiry: String,
}

/// A card above the list: a connection that needs a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NeedsYou {
    /// The connection.
    pub row: ConnectionRow,
    /// One sentence: what happened and what to do.
    pub sentence: String,
    /// Label and path of the one action; none for people who may not act.
    pub fix: Option<(String, String)>,
}

/// A filter link with its count.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusCount {
    /// The value in the query string.
    pub value: String,
    /// The words.
    pub title: String,
    /// How many connections.
    pub count: usize,
}

/// The home page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectionListView {
    /// The time this was put together.
    pub now: Timestamp,
    /// `12 connections` or, for viewers, `10 of 12 connections work`.
    pub headline: String,
    /// `2 need you`; empty when none.
    pub needs_headline: String,
    /// The sentence below.
    pub summary: String,
    /// What needs a person.
    pub needs: Vec<NeedsYou>,
    /// The filter links.
    pub counts: Vec<StatusCount>,
    /// The rows of this page.
    pub rows: Vec<ConnectionRow>,
    /// How many rows match in all.
    pub matching: usize,
    /// How many there are without a filter, disconnected ones left out.
    pub total: usize,
    /// How many have been disconnected.
    pub disconnected: usize,
    /// Whether the viewer may connect something.
    pub may_connect: bool,
}

/// One line of a connection's activity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ActivityView {
    /// When.
    pub at: Timestamp,
    /// `chk_…` of a check, `evt_…` of anything else.
    pub id: String,
    /// `check` or `event`.
    pub kind: String,
    /// Who.
    pub actor: String,
    /// Whether a machine did it.
    pub by_machine: bool,
    /// What, as the rest of a sentence, such as `tested the connection. Passed in 312 ms.`.
    pub what: String,
    /// Of a check `running`, `passed`, `failed` or `stopped`; of an event `done` or `refused`.
    pub outcome: String,
    /// How long it took, in milliseconds; none for what takes no time.
    pub took_ms: Option<u32>,
    /// Why a check failed.
    pub code: Option<String>,
}

/// Part of a connection's activity, newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ActivityPage {
    /// The entries.
    pub items: Vec<ActivityView>,
    /// Where the next part begins; none at the end.
    pub next_cursor: Option<String>,
}

/// One connection's page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ConnectionView {
    /// The time this was put together.
    pub now: Timestamp,
    /// The row of the list.
    pub row: ConnectionRow,
    /// The stored status.
    pub status: ConnectionStatus,
    /// One sentence: how it is.
    pub sentence: String,
    /// Label and path of the one action; none when nothing needs doing or the viewer may not act.
    pub fix: Option<(String, String)>,
    /// Counts the changes of name, description and tags; what an edit names as seen.
    pub version: i64,
    /// Counts every change, those by checks among them.
    pub revision: i64,
    /// What people say about it.
    pub description: String,
    /// What telling the provider of a disconnect does, in a sentence; none when there is no way to tell it.
    pub revocation: Option<String>,
    /// Since when its tokens are frozen, because another program renews them; none when they are not.
    pub frozen_at: Option<Timestamp>,
    /// Whether the viewer may end that.
    pub may_unfreeze: bool,
    /// Whose account it is.
    pub identity: Option<IdentityView>,
    /// The last check.
    pub last_check: Option<CheckView>,
    /// Settings as label and value, such as where the credential may go.
    pub settings: Vec<(String, String)>,
    /// Who connected it.
    pub connected_by: String,
    /// When it was connected.
    pub connected_at: Timestamp,
    /// The versions of the credential: number, when, whether in use. Newest first.
    pub versions: Vec<(u32, Timestamp, bool)>,
    /// How its token is; none when it has none, or the viewer sees no details.
    pub token: Option<TokenView>,
    /// What is wrong with it; none when nothing is known, or the viewer sees no details.
    pub issue: Option<IssueView>,
    /// The keys that read the credential in the last 30 days, the last first; the API tells them by a call of their own.
    #[serde(skip)]
    pub uses: Vec<CredentialUse>,
    /// How many checks of the last 30 days passed, and how many there were.
    pub passed: (u32, u32),
    /// The median time of a passed check in milliseconds, and the slowest.
    pub typical_ms: Option<(u32, u32)>,
    /// The last failure: when and why.
    pub last_failure: Option<(Timestamp, String)>,
    /// Whether a person allows access for it at the provider, so that it is reconnected there.
    pub consents: bool,
    /// What was asked for and what was granted; none where nobody was asked for permissions.
    pub receipt: Option<ReceiptView>,
    /// Newest first, at most 30.
    pub activity: Vec<ActivityView>,
    /// Where older activity begins; none when this is all.
    pub older_activity: Option<String>,
    /// Whether the viewer sees more than the status.
    pub may_see_details: bool,
    /// Whether the viewer may run a check.
    pub may_test: bool,
    /// Whether the actor may look at the rows it reads, and there are any.
    pub may_preview: bool,
    /// The teams that the viewer may move it to; empty when there is nothing to choose.
    pub teams: Vec<TeamName>,
    /// Whether the viewer may rename it and turn it on and off.
    pub may_edit: bool,
    /// Whether the viewer may disconnect.
    pub may_disconnect: bool,
    /// Whether the viewer may delete it for good.
    pub may_delete: bool,
}

/// What disconnecting did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DisconnectView {
    /// The connection's name.
    pub name: String,
    /// What was erased, and what the provider said or could not be told.
    pub sentence: String,
    /// Whether the credential is ended at the provider too; none when nobody asked the provider or it has no way to be asked.
    pub revoked: Option<bool>,
}
