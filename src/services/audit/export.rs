//! The log as a file, part by part: never the whole of it in memory.

use std::collections::VecDeque;

use bytes::Bytes;
use futures_util::{Stream, stream};

use super::filter::Filter;
use super::list::part;
use super::shown::shown;
use super::{AuditEvent, Fact, Target, record_alone};
use crate::domain::{Actor, Timestamp};
use crate::dto::AuditEntryView;
use crate::services::{App, ServiceError};
use crate::store::audit::{Place, Sight};

/// Entries that are read at once.
const PART: usize = 1_000;
const COLUMNS: &str =
    "at,node,seq,actor_kind,actor_id,actor,action,outcome,target_kind,target_id,target,sentence,facts,address,user_agent,request_id,prev_mac,mac\r\n";

/// How an export is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// One JSON object per line.
    Jsonl,
    /// Comma-separated values (RFC 4180) with a head; what a spreadsheet would take for a formula is defused.
    Csv,
}

impl Format {
    /// Reads `jsonl` or `csv`; none for any other text.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "jsonl" => Some(Self::Jsonl),
            "csv" => Some(Self::Csv),
            _ => None,
        }
    }

    /// `jsonl` or `csv`, also the end of the file's name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Jsonl => "jsonl",
            Self::Csv => "csv",
        }
    }

    /// The media type.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Jsonl => "application/x-ndjson",
            Self::Csv => "text/csv; charset=utf-8",
        }
    }

    fn line(self, entry: &AuditEntryView) -> Result<String, ServiceError> {
        match self {
            Self::Jsonl => Ok(serde_json::to_string(entry)? + "\n"),
            Self::Csv => csv_line(entry),
        }
    }
}

/// The entries that the actor may see, newest first, as a stream. The export itself is recorded before its first byte.
///
/// # Errors
/// `Forbidden`; `AuditUnavailable` when it cannot be recorded.
pub async fn export(
    app: &App,
    actor: &Actor,
    wanted: Filter,
    format: Format,
) -> Result<impl Stream<Item = Result<Bytes, ServiceError>> + Send + use<>, ServiceError> {
    let sight = wanted.sight(actor)?;
    let facts = vec![Fact::Format(format.as_str()), Fact::Narrowed(wanted.told())];
    record_alone(app, actor.into(), AuditEvent::done("audit.exported", Target::log(), facts)).await?;
    let head = if format == Format::Csv { COLUMNS } else { "" };
    let state =
        State { app: app.clone(), sight, wanted, format, next: Some(beginning(app.now())), ready: VecDeque::from([Bytes::from_static(head.as_bytes())]) };
    Ok(stream::try_unfold(state, |mut state| async move {
        while state.ready.is_empty() && state.next.is_some() {
            state.read().await?;
        }
        Ok(state.ready.pop_front().map(|bytes| (bytes, state)))
    }))
}

/// Not what comes while it is written.
const fn beginning(now: Timestamp) -> Place {
    Place { at: now.plus_millis(1), seq: 0, node: String::new() }
}

struct State {
    app: App,
    sight: Sight,
    wanted: Filter,
    format: Format,
    next: Option<Place>,
    ready: VecDeque<Bytes>,
}

impl State {
    async fn read(&mut self) -> Result<(), ServiceError> {
        let Some(before) = self.next.take() else { return Ok(()) };
        let found = {
            let mut reader = self.app.database.read().await?;
            part(&self.app, reader.conn(), &self.sight, &self.wanted, &before, PART).await?
        };
        let mut text = String::new();
        for row in found.rows {
            text.push_str(&self.format.line(&shown(row))?);
        }
        if !text.is_empty() {
            self.ready.push_back(text.into());
        }
        self.next = found.until;
        Ok(())
    }
}

fn csv_line(entry: &AuditEntryView) -> Result<String, ServiceError> {
    let facts = serde_json::to_string(&entry.facts)?;
    let (at, seq) = (crate::services::words::instant(entry.at), entry.seq.to_string());
    let cells = [
        &at,
        &entry.node,
        &seq,
        &entry.actor.kind,
        &entry.actor.id,
        &entry.actor.name,
        &entry.action,
        &entry.outcome,
        &entry.target.kind,
        &entry.target.id,
        &entry.target.name,
        &entry.sentence,
        &facts,
        &entry.address,
        &entry.user_agent,
        &entry.request_id,
        &entry.prev_mac,
        &entry.mac,
    ];
    Ok(cells.map(|text| cell(text)).join(",") + "\r\n")
}

/// A quoted cell; a text that begins as a formula does gets an apostrophe before it (OWASP, "CSV Injection").
fn cell(text: &str) -> String {
    let guard = if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) { "'" } else { "" };
    format!("\"{guard}{}\"", text.replace('"', "\"\""))
}
