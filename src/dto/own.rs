//! Connectors that an organization adds itself.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{CheckView, ConnectorView};
use crate::domain::Timestamp;

/// Something to mend in a manifest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Finding {
    /// The line, counted from 1; none when nothing stands there yet.
    pub line: Option<usize>,
    /// The key, such as `fields.api_key.pattern`; empty when the text is no TOML of the known shape.
    pub key: String,
    /// What is wrong and how to mend it; with the key before it, a sentence.
    pub message: String,
}

/// A line of the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OwnConnectorLine {
    /// `own_…`.
    pub id: String,
    /// The id in the marketplace; none before it is published.
    pub connector: Option<String>,
    /// The name.
    pub name: String,
    /// `draft`, `published`, or `changed` when a newer text is not published yet.
    pub state: String,
    /// Who changed it last.
    pub updated_by: String,
    /// When.
    pub updated_at: Timestamp,
}

/// All connectors of an organization's own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OwnListView {
    /// By name.
    pub connectors: Vec<OwnConnectorLine>,
    /// The most that there may be.
    pub most: usize,
    /// The present.
    pub now: Timestamp,
}

/// The last try of a connector that is being written.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct TriedView {
    /// What was typed, secrets left out.
    pub values: BTreeMap<String, String>,
    /// What is wrong with which field.
    pub errors: BTreeMap<String, String>,
    /// How the test went.
    pub check: Option<CheckView>,
}

/// A connector that is being written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OwnConnectorView {
    /// Id, name and state.
    #[serde(flatten)]
    pub line: OwnConnectorLine,
    /// The manifest as it was last saved.
    pub manifest: String,
    /// What is to mend before it can be tried or published.
    pub findings: Vec<Finding>,
    /// The connector that it makes; none while there is something to mend.
    pub preview: Option<ConnectorView>,
    /// The last try.
    pub tried: TriedView,
    /// Names and ids of the connections that use it.
    pub connections: Vec<(String, String)>,
    /// The present.
    pub now: Timestamp,
}
