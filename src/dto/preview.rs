//! A look at the first rows of a stream; nothing of it is stored.

use serde::{Deserialize, Serialize};

use super::DiagnosisView;

/// A look at one stream of a connection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreviewView {
    /// The connection's id.
    pub id: String,
    /// The connection's name.
    pub name: String,
    /// Ids and titles of the streams that there are.
    pub streams: Vec<(String, String)>,
    /// The stream looked at; empty when the connector has none.
    pub stream: String,
    /// The rows; none when they could not be read.
    pub table: Option<PreviewTable>,
    /// Why they could not be read.
    pub diagnosis: Option<DiagnosisView>,
}

/// Rows as a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreviewTable {
    /// The columns, in the order they first occur; at most 40.
    pub columns: Vec<PreviewColumn>,
    /// One text for each column; empty when nothing stands there.
    pub rows: Vec<Vec<String>>,
    /// How many rows the answer held.
    pub found: usize,
    /// How many columns were left out.
    pub columns_left_out: usize,
    /// How long the provider took, in milliseconds.
    pub took_ms: u32,
}

/// One column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreviewColumn {
    /// Its name at the provider.
    pub name: String,
    /// `text`, `number`, `yes or no`, `date`, `time`, `list`, `object`, `mixed` or `nothing`.
    pub kind: String,
    /// How many of the rows have nothing there, in percent.
    pub empty_percent: u8,
    /// What is worth knowing about it; empty for nothing.
    pub note: String,
}
