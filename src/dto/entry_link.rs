//! One-time links, as the asker and as the visitor sees them.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::Timestamp;
use crate::dto::{CheckView, ConnectorSummary, ConnectorView, DraftView};

/// How a link stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EntryLinkState {
    /// Nobody opened it yet.
    Waiting,
    /// It was opened, and works.
    Opened,
    /// Its check passed.
    Used,
    /// The asker withdrew it, or made another one in its place.
    Withdrawn,
    /// Its time is over.
    Expired,
    /// Every try was used up.
    Spent,
}

impl EntryLinkState {
    /// Whether somebody can still use it.
    pub const fn works(self) -> bool {
        matches!(self, Self::Waiting | Self::Opened)
    }
}

/// A link as its asker sees it; never its token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EntryLinkView {
    /// `lnk_…`.
    pub id: String,
    /// The draft that it fills in: `drf_…`.
    pub draft: String,
    /// The connector's id.
    pub connector: String,
    /// The provider's name.
    pub connector_name: String,
    /// How it stands.
    pub state: EntryLinkState,
    /// Titles of the fields it asks for.
    pub asked: Vec<String>,
    /// Titles of the fields that the asker filled in.
    pub filled: Vec<String>,
    /// What the asker wrote.
    pub note: String,
    /// When it was made.
    pub made_at: Timestamp,
    /// When it stops working.
    pub expires_at: Timestamp,
    /// When it was first opened.
    pub opened_at: Option<Timestamp>,
    /// When its check passed.
    pub used_at: Option<Timestamp>,
    /// How many tests were begun through it.
    pub tries: u32,
    /// How many more can be begun.
    pub tries_left: u32,
    /// The connection that came of it: `con_…`.
    pub connection: Option<String>,
    /// The time this was put together.
    pub now: Timestamp,
}

/// A field that can be asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AskChoice {
    /// The form key.
    pub id: String,
    /// The label.
    pub title: String,
    /// Whether it is asked for unless the asker decides otherwise.
    pub asked: bool,
    /// Whether it is asked for in any case: it is secret, or needed and empty.
    pub always: bool,
}

/// The page on which a link is made and followed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AskView {
    /// The draft.
    pub draft: DraftView,
    /// Its newest link.
    pub link: Option<EntryLinkView>,
    /// What can be asked for.
    pub choices: Vec<AskChoice>,
}

/// A link as the person without an account sees it: no value that anybody typed, and nothing else of the organization.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VisitView {
    /// The connector, with the fields that are asked for and without the connections to it.
    pub connector: ConnectorView,
    /// Who asks.
    pub asker: String,
    /// The asker's organization.
    pub organization: String,
    /// What the asker wrote.
    pub note: String,
    /// Titles of the fields that the asker filled in.
    pub filled: Vec<String>,
    /// When the link stops working.
    pub expires_at: Timestamp,
    /// What tells this form from others, so that sending it twice begins one test.
    pub attempt: String,
    /// The address people use, to compare.
    pub public_url: String,
    /// The time this was put together.
    pub now: Timestamp,
}

/// How the visitor's test went, in words that hold no value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VisitResult {
    /// The connector.
    pub connector: ConnectorSummary,
    /// Who asks.
    pub asker: String,
    /// The asker's organization.
    pub organization: String,
    /// The test.
    pub check: CheckView,
    /// Whether the link takes another try.
    pub again: bool,
    /// When the link stops working.
    pub expires_at: Timestamp,
    /// The time this was put together.
    pub now: Timestamp,
}
