//! What is wrong with connections.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::Timestamp;
use crate::dto::Pill;

/// What is or was wrong with a connection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct IssueView {
    /// `iss_…`.
    pub id: String,
    /// The connection's id.
    pub connection: String,
    /// Its name.
    pub name: String,
    /// Its connector's id.
    pub connector: String,
    /// What is wrong, as a stable code: `invalid_grant`, `unknown_outcome`, `busy_503`, …, or the code of a failed check.
    pub code: String,
    /// Since when.
    pub opened_at: Timestamp,
    /// Until when; none while it lasts.
    pub resolved_at: Option<Timestamp>,
    /// What ended it: `renewed`, `checked`, `signed_in`, `changed` or `disconnected`; none while it lasts, and when nobody wrote it down.
    pub resolved_how: Option<String>,
    /// The person or program that ended it; none when Latchkey did, and for viewers.
    pub resolved_by: Option<String>,
    /// When people were told by letter; none when they were not.
    pub told_at: Option<Timestamp>,
}

/// One page of issues.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct IssuePage {
    /// Newest first.
    pub items: Vec<IssueView>,
    /// Where the next page begins; none when this is the last.
    pub next_cursor: Option<String>,
}

/// What a person does next about an issue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IssueStep {
    /// The words of the button or link.
    pub words: String,
    /// Where it leads, or the action that it sends the connection's id to.
    pub path: String,
    /// Whether it is an action.
    pub sends: bool,
}

/// An issue that lasts, in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IssueCard {
    /// `iss_…`.
    pub id: String,
    /// The connection's id.
    pub connection: String,
    /// Its name.
    pub name: String,
    /// Its connector's id.
    pub connector: String,
    /// The provider's name.
    pub connector_name: String,
    /// Symbol of the sprite; none for a monogram.
    pub glyph: Option<String>,
    /// The account and host in one line; empty for people who only look.
    pub account: String,
    /// What is wrong, in a few words.
    pub title: String,
    /// The status in words.
    pub pill: Pill,
    /// Why, and what it means for what uses the connection.
    pub sentence: String,
    /// Since when.
    pub opened_at: Timestamp,
    /// For how long, such as `17 hours`.
    pub lasts: String,
    /// When the token ends that apps still get; none when they get none, or it does not end.
    pub token_until: Option<Timestamp>,
    /// The apps that read the credential in the last 30 days, by name; empty for people who only look.
    pub apps: Vec<String>,
    /// When people were told by letter; none when they were not.
    pub told_at: Option<Timestamp>,
    /// What to do next; none when the viewer may not act, or nobody has to.
    pub step: Option<IssueStep>,
}

/// An issue that has ended, in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndedIssue {
    /// The connection's id.
    pub connection: String,
    /// Its name.
    pub name: String,
    /// Its connector's id.
    pub connector: String,
    /// The provider's name.
    pub connector_name: String,
    /// Symbol of the sprite; none for a monogram.
    pub glyph: Option<String>,
    /// What was wrong, who or what mended it, and how long it took.
    pub sentence: String,
    /// When it ended.
    pub ended_at: Timestamp,
}

/// The page of issues.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IssuesView {
    /// The time this was put together.
    pub now: Timestamp,
    /// How many last.
    pub open: usize,
    /// Of these, how many need a person.
    pub needs: usize,
    /// How many have ended.
    pub solved: usize,
    /// Whether those that have ended were asked for.
    pub solved_alone: bool,
    /// Those that last, opened last first; none when those that have ended were asked for.
    pub cards: Vec<IssueCard>,
    /// Those that have ended, ended last first: of the last seven days, or all when they were asked for.
    pub ended: Vec<EndedIssue>,
    /// Where the next part begins of what was asked for; none when this is all.
    pub next_cursor: Option<String>,
    /// Whether the viewer sees effects instead of causes.
    pub only_looks: bool,
}
