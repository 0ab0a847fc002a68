//! One row of the list.

use crate::catalogue::{Auth, Manifest};
use crate::domain::{Action, Actor, ConnectionStatus, Timestamp};
use crate::dto::{Bar, ConnectionRow as RowView};
use crate::services::teams::TeamNames;
use crate::services::words;
use crate::store::connections::ConnectionRow;
use crate::store::recent;

/// Bars per row.
pub const BARS: usize = 48;
/// Time per bar, in milliseconds.
const BAR_MS: i64 = 30 * 60 * 1_000;

/// Of tokens that are renewed before they end; [`crate::services::expiry::note_ends`] puts another text where they cannot be.
pub const RENEWS: &str = "Renews itself";
/// Of what has no end, as far as anybody says.
pub const LASTS: &str = "Does not expire";
/// Of what is erased, or not for the viewer.
pub const NOTHING: &str = "\u{2013}";

/// Whether the actor sees effects instead of causes.
pub fn only_looks(actor: &Actor) -> bool {
    !actor.may(Action::SeeConnectionDetails, None)
}

/// A row with its status in words and its bars.
pub fn row_view(actor: &Actor, row: &ConnectionRow, manifest: Option<&Manifest>, teams: &TeamNames, now: Timestamp) -> RowView {
    RowView {
        id: row.id.to_string(),
        name: row.name.clone(),
        connector: row.connector.clone(),
        connector_name: manifest.map_or_else(|| row.connector.clone(), |manifest| manifest.name.clone()),
        glyph: manifest.and_then(|manifest| manifest.glyph.clone()),
        account: account(row),
        tags: row.tags.clone(),
        team: row.team.as_ref().map(|team| teams.of(team)),
        owner: row.owner.as_ref().map(|_| "you".to_owned()),
        pill: words::pill(row.status, only_looks(actor)),
        bars: bars(&row.recent, now),
        last_checked_at: row.last_checked_at,
        next_check_at: row.next_check_at,
        expiry: expiry(manifest, row).to_owned(),
    }
}

/// The account and host in one line.
pub fn account(row: &ConnectionRow) -> String {
    let parts: Vec<&str> = [row.account_name.as_str(), row.host.as_str()].into_iter().filter(|part| !part.is_empty()).collect();
    parts.join(" \u{b7} ")
}

fn expiry(manifest: Option<&Manifest>, row: &ConnectionRow) -> &'static str {
    let config = serde_json::from_str(&row.config).unwrap_or_default();
    let by_oauth = manifest.is_some_and(|manifest| manifest.oauth_of(&config).is_some());
    match manifest.and_then(|manifest| manifest.way(&config)) {
        _ if by_oauth && row.status == ConnectionStatus::Revoked => NOTHING,
        _ if by_oauth => RENEWS,
        Some(Auth::LoginSession { .. }) => "A new session each time",
        _ => LASTS,
    }
}

/// The last 24 hours in 48 bars, oldest first; one failure colours its bar.
fn bars(recent: &str, now: Timestamp) -> Vec<Bar> {
    let mut bars = vec![Bar::None; BARS];
    let start = now.plus_millis(-(BAR_MS * i64::try_from(BARS).unwrap_or_default()));
    for (at, seen) in recent::read(recent).filter(|(at, _)| *at >= start) {
        let index = usize::try_from(at.since(start) / BAR_MS).unwrap_or_default().min(BARS - 1);
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
