//! What is wrong with connections.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::Timestamp;

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
