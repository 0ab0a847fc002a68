//! One row of the list.

use crate::catalogue::{Auth, Manifest};
use crate::domain::{Action, Actor, CheckState, Timestamp};
use crate::dto::{Bar, ConnectionRow as RowView};
use crate::services::words;
use crate::store::checks::CheckMark;
use crate::store::connections::ConnectionRow;

/// Bars per row.
pub const BARS: usize = 48;
/// Time per bar, in milliseconds.
pub const BAR_MS: i64 = 30 * 60 * 1_000;
/// A passed check that took longer counts as slow, in milliseconds.
const SLOW_MS: i64 = 3_000;

/// Whether the actor sees effects instead of causes.
pub fn only_looks(actor: &Actor) -> bool {
    !actor.may(Action::SeeConnectionDetails, None)
}

/// A row with its status in words and its bars.
pub fn row_view(actor: &Actor, row: &ConnectionRow, manifest: Option<&Manifest>, marks: &[CheckMark], now: Timestamp) -> RowView {
    RowView {
        id: row.id.to_string(),
        name: row.name.clone(),
        connector: row.connector.clone(),
        connector_name: manifest.map_or_else(|| row.connector.clone(), |manifest| manifest.name.clone()),
        glyph: manifest.and_then(|manifest| manifest.glyph.clone()),
        account: account(row),
        pill: words::pill(row.status, only_looks(actor)),
        bars: bars(row.id.as_str(), marks, now),
        last_checked_at: row.last_checked_at,
        next_check_at: row.next_check_at,
        expiry: expiry(manifest, row),
    }
}

fn account(row: &ConnectionRow) -> String {
    let parts: Vec<&str> = [row.account_name.as_str(), row.host.as_str()].into_iter().filter(|part| !part.is_empty()).collect();
    parts.join(" \u{b7} ")
}

fn expiry(manifest: Option<&Manifest>, row: &ConnectionRow) -> String {
    let config = serde_json::from_str(&row.config).unwrap_or_default();
    match manifest.and_then(|manifest| manifest.auth.chosen(&config)) {
        Some(Auth::LoginSession { .. }) => "A new session each time",
        _ => "Does not expire",
    }
    .to_owned()
}

/// The last 24 hours in 48 bars, oldest first; one failure colours its bar.
pub fn bars(connection: &str, marks: &[CheckMark], now: Timestamp) -> Vec<Bar> {
    let mut bars = vec![Bar::None; BARS];
    let start = now.plus_millis(-(BAR_MS * i64::try_from(BARS).unwrap_or_default()));
    for mark in marks.iter().filter(|mark| mark.connection == connection && mark.at >= start) {
        let index = usize::try_from(mark.at.since(start) / BAR_MS).unwrap_or_default().min(BARS - 1);
        let seen = match mark.state {
            CheckState::Failed => Bar::Fail,
            CheckState::Passed if mark.took_ms > SLOW_MS => Bar::Slow,
            CheckState::Passed => Bar::Ok,
            CheckState::Running | CheckState::Stopped => continue,
        };
        bars[index] = worse(bars[index], seen);
    }
    bars
}

const fn worse(before: Bar, seen: Bar) -> Bar {
    match (before, seen) {
        (Bar::Fail, _) | (_, Bar::Fail) => Bar::Fail,
        (Bar::Slow, _) | (_, Bar::Slow) => Bar::Slow,
        (Bar::Ok, _) | (_, Bar::Ok) => Bar::Ok,
        (Bar::None, Bar::None) => Bar::None,
    }
}
