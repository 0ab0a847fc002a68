//! Rows of a provider as a table: columns with the kind of what stands in them, how much is empty, and what is worth knowing.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::connect::Preview;
use crate::dto::{PreviewColumn, PreviewTable};

/// Columns shown.
const MOST_COLUMNS: usize = 40;
/// Characters of one cell.
const CELL_LIMIT: usize = 120;
/// Parts of names whose values look like credentials of somebody else.
const GUARDED: [&str; 6] = ["password", "secret", "token", "api_key", "apikey", "private_key"];
const HIDDEN: &str = "hidden";

/// The table of what was read.
pub fn of(preview: &Preview) -> PreviewTable {
    let rows: Vec<Map<String, Value>> = preview.rows.iter().map(as_object).collect();
    let mut names: Vec<&String> = Vec::new();
    for name in rows.iter().flat_map(Map::keys) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let shown = &names[..names.len().min(MOST_COLUMNS)];
    PreviewTable {
        columns: shown.iter().map(|name| column(name, &rows)).collect(),
        rows: rows.iter().map(|row| shown.iter().map(|name| cell(name, row.get(*name))).collect()).collect(),
        found: preview.found,
        columns_left_out: names.len() - shown.len(),
        took_ms: preview.took_ms,
    }
}

/// A row that is no object has one column.
fn as_object(row: &Value) -> Map<String, Value> {
    match row {
        Value::Object(members) => members.clone(),
        other => Map::from_iter([("value".to_owned(), other.clone())]),
    }
}

fn column(name: &str, rows: &[Map<String, Value>]) -> PreviewColumn {
    let values: Vec<&Value> = rows.iter().filter_map(|row| row.get(name)).filter(|value| !is_empty(value)).collect();
    let kinds: BTreeSet<&str> = values.iter().map(|value| kind(value)).collect();
    let kind = match (kinds.first(), kinds.len()) {
        (None, _) => "nothing",
        (Some(only), 1) => only,
        _ if kinds.iter().all(|kind| matches!(*kind, "date" | "time" | "text")) => "text",
        _ => "mixed",
    };
    let empty = rows.len() - values.len();
    PreviewColumn {
        name: name.to_owned(),
        kind: kind.to_owned(),
        empty_percent: u8::try_from((empty * 100).checked_div(rows.len()).unwrap_or_default()).unwrap_or(100),
        note: note(name, kind, &values, rows.len()).to_owned(),
    }
}

fn note(name: &str, kind: &str, values: &[&Value], rows: usize) -> &'static str {
    let texts = || values.iter().filter_map(|value| value.as_str());
    if is_guarded(name) {
        "Looks like a credential, so it is not shown"
    } else if values.is_empty() {
        "Always empty here"
    } else if kind == "mixed" {
        "Different kinds of values"
    } else if kind == "text" && texts().all(|text| text.contains('@') && !text.contains(' ')) {
        "Holds e-mail addresses"
    } else if rows > 2 && values.len() == rows && values.iter().all(|value| *value == values[0]) {
        "The same in every row"
    } else if kind == "text" && texts().any(|text| text.trim() != text) {
        "Some begin or end with a space"
    } else {
        ""
    }
}

fn is_guarded(name: &str) -> bool {
    let name = name.to_lowercase().replace('-', "_");
    GUARDED.iter().any(|part| name.contains(part))
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "nothing",
        Value::Bool(_) => "yes or no",
        Value::Number(_) => "number",
        Value::Array(_) => "list",
        Value::Object(_) => "object",
        Value::String(text) if is_date(text) => "date",
        Value::String(text) if is_time(text) => "time",
        Value::String(text) if text.len() < 40 && text.parse::<f64>().is_ok_and(f64::is_finite) => "number",
        Value::String(_) => "text",
    }
}

/// `2026-11-20`.
fn is_date(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() == 10 && bytes[4] == b'-' && bytes[7] == b'-' && bytes.iter().enumerate().all(|(at, byte)| matches!(at, 4 | 7) || byte.is_ascii_digit())
}

/// `2026-11-20T10:00:00Z`, and what is written like it.
fn is_time(text: &str) -> bool {
    text.len() >= 16 && text.get(..10).is_some_and(is_date) && matches!(text.as_bytes()[10], b'T' | b' ') && text.as_bytes()[13] == b':'
}

fn cell(name: &str, value: Option<&Value>) -> String {
    let text = match value {
        None | Some(Value::Null) => return String::new(),
        Some(value) if is_guarded(name) && !is_empty(value) => return HIDDEN.to_owned(),
        Some(Value::String(text)) => text.clone(),
        Some(Value::Bool(flag)) => if *flag { "yes" } else { "no" }.to_owned(),
        Some(other) => hide_within(other).to_string(),
    };
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() > CELL_LIMIT { line.chars().take(CELL_LIMIT - 1).chain(['…']).collect() } else { line }
}

/// The same without values whose names look like credentials.
fn hide_within(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(hide_within).collect(),
        Value::Object(members) => {
            let member = |(name, value): (&String, &Value)| {
                let hidden = is_guarded(name) && !is_empty(value);
                (name.clone(), if hidden { HIDDEN.into() } else { hide_within(value) })
            };
            Value::Object(members.iter().map(member).collect())
        }
        other => other.clone(),
    }
}
