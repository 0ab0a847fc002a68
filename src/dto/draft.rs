//! A connection being set up.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::domain::Timestamp;
use crate::dto::{AppChoiceView, CheckView, ConnectorView, DraftWait, ReceiptView, TeamName};

/// A draft as its wizard shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DraftView {
    /// `drf_…`.
    pub id: String,
    /// The connector.
    pub connector: ConnectorView,
    /// The name of the connection to be.
    pub name: String,
    /// Whether it is to be the member's alone.
    pub personal: bool,
    /// Id of the team that it is to belong to.
    pub team: Option<String>,
    /// The teams to choose from.
    pub teams: Vec<TeamName>,
    /// Whether it has to belong to a team.
    pub needs_team: bool,
    /// What was typed, secrets left out.
    pub values: BTreeMap<String, String>,
    /// What is wrong with which field.
    pub errors: BTreeMap<String, String>,
    /// The last check of this draft.
    pub check: Option<CheckView>,
    /// Until when the entries are kept.
    pub kept_until: Timestamp,
    /// The connection it became: `con_…`.
    pub connection: Option<String>,
    /// Id and name of a connection that already opens the same account.
    pub duplicate: Option<(String, String)>,
    /// Where the credential will be sent, such as `api.stripe.com`; empty until it is known.
    pub destination: String,
    /// Which app it goes by, where a person has to allow access.
    pub oauth: Option<AppChoiceView>,
    /// What it waits for.
    pub waits: DraftWait,
    /// What was asked for and what was granted, once it is connected.
    pub receipt: Option<ReceiptView>,
}

/// The one-page connect of a connector that an organization has once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuickView {
    /// The connector.
    pub connector: ConnectorView,
    /// The connection, when there is one: `con_…`.
    pub connection: Option<String>,
    /// Account name as the provider knows it.
    pub account: String,
    /// What was typed or is stored, secrets left out.
    pub values: BTreeMap<String, String>,
    /// What is wrong with which field.
    pub errors: BTreeMap<String, String>,
    /// The last check.
    pub check: Option<CheckView>,
    /// Where the credential goes.
    pub destination: String,
    /// Who connected it and when.
    pub connected: Option<(String, Timestamp)>,
    /// When it is checked next.
    pub next_check_at: Option<Timestamp>,
    /// The draft that waits for a person's consent at the provider, right after it was filled in: `drf_…`.
    pub consent: Option<String>,
    /// The time this was put together.
    pub now: Timestamp,
    /// Whether the viewer may disconnect.
    pub may_disconnect: bool,
}
