//! The home page.

use crate::catalogue::Manifest;
use crate::domain::{Action, Actor, ConnectionId, ConnectionStatus, Timestamp};
use crate::dto::{ConnectionFilter, ConnectionListView, NeedsYou, StatusCount};
use crate::services::connections::row::{BAR_MS, BARS, only_looks, row_view};
use crate::services::{App, ServiceError, access, checking, marketplace, words};
use crate::store::checks::{self, CheckMark};
use crate::store::connections::{self, ConnectionRow, ListFilter, Order};

const PAGE: i64 = 50;
/// Most cards above the list.
const MOST_NEEDS: i64 = 20;
const NEEDS: [ConnectionStatus; 2] = [ConnectionStatus::Error, ConnectionStatus::ReauthRequired];
const WORKING: [ConnectionStatus; 1] = [ConnectionStatus::Active];
const OFF: [ConnectionStatus; 1] = [ConnectionStatus::Disabled];

/// The home page's list.
///
/// # Errors
/// `Forbidden`.
pub async fn list(app: &App, actor: &Actor, filter: &ConnectionFilter) -> Result<ConnectionListView, ServiceError> {
    access::require(actor, Action::SeeConnections)?;
    let now = app.now();
    let wanted = store_filter(filter);
    let mut reader = app.database.read().await?;
    let by_status = connections::count_by_status(reader.conn(), &actor.organization).await?;
    let counted = Counted::of(&by_status);
    let rows = connections::list(reader.conn(), &actor.organization, &wanted).await?;
    let unfiltered = wanted.text.is_empty() && wanted.statuses.is_empty();
    let matching =
        if unfiltered { counted.total } else { usize::try_from(connections::count(reader.conn(), &actor.organization, &wanted).await?).unwrap_or_default() };
    let needing = if counted.needs == 0 { Vec::new() } else { connections::list(reader.conn(), &actor.organization, &needs_filter()).await? };
    let mut ids: Vec<ConnectionId> = rows.iter().chain(&needing).map(|row| row.id.clone()).collect();
    ids.sort_unstable();
    ids.dedup();
    let since = now.plus_millis(-(BAR_MS * i64::try_from(BARS).unwrap_or_default()));
    let marks = if ids.is_empty() { Vec::new() } else { checks::marks_since(reader.conn(), &actor.organization, &ids, since).await? };
    drop(reader);
    let named = marketplace::of_rows(app, &actor.organization, rows.iter().chain(&needing)).await?;
    let manifest_of = |row: &ConnectionRow| named.get(&row.connector).map(AsRef::as_ref);
    let looks = only_looks(actor);
    let last_round = rows.iter().filter_map(|row| row.last_checked_at).max().map(|at| words::ago(now, at));
    Ok(ConnectionListView {
        now,
        headline: words::headline(counted.total, counted.needs, counted.off, looks),
        needs_headline: words::needs_headline(counted.needs, looks),
        summary: words::summary(counted.total, counted.needs, counted.off, last_round, looks),
        needs: needing.iter().map(|row| needs_you(app, actor, row, manifest_of(row), &marks, now)).collect(),
        counts: counted.links(),
        rows: rows.iter().map(|row| row_view(actor, row, manifest_of(row), &marks, now)).collect(),
        matching,
        total: counted.total,
        may_connect: actor.may(Action::Connect, None),
    })
}

/// How many of each kind.
struct Counted {
    total: usize,
    needs: usize,
    working: usize,
    off: usize,
}

impl Counted {
    fn of(by_status: &[(ConnectionStatus, i64)]) -> Self {
        let sum = |wanted: &[ConnectionStatus]| -> usize {
            let total: i64 = by_status.iter().filter(|(status, _)| wanted.contains(status)).map(|(_, count)| *count).sum();
            usize::try_from(total).unwrap_or_default()
        };
        let all: Vec<ConnectionStatus> = ConnectionStatus::ALL.into_iter().filter(|status| *status != ConnectionStatus::Revoked).collect();
        Self { total: sum(&all), needs: sum(&NEEDS), working: sum(&WORKING), off: sum(&OFF) }
    }

    fn links(&self) -> Vec<StatusCount> {
        let link = |value: &str, title: &str, count| StatusCount { value: value.to_owned(), title: title.to_owned(), count };
        vec![link("", "All", self.total), link("needs", "Need someone", self.needs), link("working", "Working", self.working), link("off", "Off", self.off)]
    }
}

fn store_filter(filter: &ConnectionFilter) -> ListFilter {
    let statuses = match filter.status.as_str() {
        "needs" => NEEDS.to_vec(),
        "working" => WORKING.to_vec(),
        "off" => OFF.to_vec(),
        _ => Vec::new(),
    };
    let order = match filter.sort.as_str() {
        "-name" => Order::NameDescending,
        "checked" => Order::Checked,
        "-checked" => Order::CheckedDescending,
        _ => Order::Name,
    };
    let text: String = filter.q.trim().to_lowercase().chars().take(200).collect();
    ListFilter { text, statuses, order, limit: PAGE, offset: PAGE * i64::from(filter.page.max(1) - 1) }
}

fn needs_filter() -> ListFilter {
    ListFilter { text: String::new(), statuses: NEEDS.to_vec(), order: Order::Name, limit: MOST_NEEDS, offset: 0 }
}

fn needs_you(app: &App, actor: &Actor, row: &ConnectionRow, manifest: Option<&Manifest>, marks: &[CheckMark], now: Timestamp) -> NeedsYou {
    let may_fix = actor.may(Action::TestConnection, row.team.as_ref());
    let sentence = if only_looks(actor) { words::effect(row.status, None) } else { failing(app, row, manifest, now) };
    let fix = may_fix.then(|| ("See what to do".to_owned(), format!("/connections/{}", row.id)));
    NeedsYou { row: row_view(actor, row, manifest, marks, now), sentence, fix }
}

fn failing(app: &App, row: &ConnectionRow, manifest: Option<&Manifest>, now: Timestamp) -> String {
    let when = row.last_checked_at.map(|at| format!(" Last tried {}.", words::ago(now, at))).unwrap_or_default();
    let headline = manifest.and_then(|manifest| checking::headline(app, manifest, row)).unwrap_or_else(|| words::reason(row.failure_code.as_deref()));
    format!("{}.{when}", headline.trim_end_matches('.'))
}
