//! The home page.

use crate::catalogue::Manifest;
use crate::domain::{Action, Actor, ConnectionStatus, Tags, Timestamp};
use crate::dto::{ConnectionFilter, ConnectionListView, NeedsYou, StatusCount as StatusLink};
use crate::services::connections::outline::outline_row;
use crate::services::connections::row::{only_looks, row_view};
use crate::services::teams::{self, TeamNames};
use crate::services::{App, ServiceError, access, checking, expiry, marketplace, words};
use crate::store::connections::{self, ConnectionRow, ListFilter, Order, StatusCount};

const PAGE: i64 = 50;
/// Most cards above the list.
const MOST_NEEDS: i64 = 20;
const NEEDS: [ConnectionStatus; 2] = [ConnectionStatus::Error, ConnectionStatus::ReauthRequired];
const WORKING: [ConnectionStatus; 1] = [ConnectionStatus::Active];
const OFF: [ConnectionStatus; 1] = [ConnectionStatus::Disabled];
const ENDED: [ConnectionStatus; 1] = [ConnectionStatus::Revoked];
/// The filter that shows what is somebody else's alone.
const OTHERS: &str = "personal";

/// The home page's list.
///
/// # Errors
/// `Forbidden`.
pub async fn list(app: &App, actor: &Actor, filter: &ConnectionFilter) -> Result<ConnectionListView, ServiceError> {
    access::require(actor, Action::SeeConnections)?;
    let now = app.now();
    let oversees = actor.may(Action::Disconnect, None);
    if filter.status == OTHERS && !oversees {
        return Err(ServiceError::forbidden(Action::Disconnect));
    }
    let wanted = store_filter(actor, filter);
    let mut reader = app.database.read().await?;
    let by_status = connections::count_by_status(reader.conn(), &actor.organization, access::sight(actor)).await?;
    let counted = Counted::of(&by_status);
    let rows = connections::list(reader.conn(), &actor.organization, &wanted).await?;
    let unfiltered = wanted.text.is_empty() && wanted.tag.is_empty() && wanted.statuses.is_empty() && !wanted.others;
    let matching =
        if unfiltered { counted.total } else { usize::try_from(connections::count(reader.conn(), &actor.organization, &wanted).await?).unwrap_or_default() };
    let needing = if counted.needs == 0 { Vec::new() } else { connections::list(reader.conn(), &actor.organization, &needs_filter(actor)).await? };
    let teams = teams::names(reader.conn(), &actor.organization, rows.iter().chain(&needing)).await?;
    drop(reader);
    let named = marketplace::of_rows(app, &actor.organization, rows.iter().chain(&needing)).await?;
    let manifest_of = |row: &ConnectionRow| named.get(&row.connector).map(AsRef::as_ref);
    let mut shown = Vec::with_capacity(rows.len());
    for row in &rows {
        let manifest = manifest_of(row);
        shown.push(if wanted.others { outline_row(app, actor, row, manifest, now).await? } else { row_view(actor, row, manifest, &teams, now) });
    }
    if !wanted.others {
        expiry::note_ends(app.database.read().await?.conn(), &actor.organization, &mut shown).await?;
    }
    let looks = only_looks(actor);
    let last_round = rows.iter().filter(|_| !wanted.others).filter_map(|row| row.last_checked_at).max().map(|at| words::ago(now, at));
    Ok(ConnectionListView {
        now,
        headline: words::headline(counted.total, counted.needs, counted.off, looks),
        needs_headline: words::needs_headline(counted.needs, looks),
        summary: words::summary(counted.total, counted.needs, counted.off, last_round, looks),
        needs: needing.iter().map(|row| needs_you(app, actor, row, manifest_of(row), &teams, now)).collect(),
        counts: counted.links(oversees),
        rows: shown,
        matching,
        total: counted.total,
        disconnected: counted.ended,
        may_connect: access::may_somewhere(actor, Action::Connect),
    })
}

/// How many of each kind.
struct Counted {
    total: usize,
    needs: usize,
    working: usize,
    off: usize,
    ended: usize,
    others: usize,
}

impl Counted {
    fn of(by_status: &[StatusCount]) -> Self {
        let sum = |wanted: &[ConnectionStatus], count: fn(&StatusCount) -> i64| -> usize {
            let total: i64 = by_status.iter().filter(|counted| wanted.contains(&counted.status)).map(count).sum();
            usize::try_from(total).unwrap_or_default()
        };
        let open: Vec<ConnectionStatus> = ConnectionStatus::ALL.into_iter().filter(|status| *status != ConnectionStatus::Revoked).collect();
        let seen = |wanted: &[ConnectionStatus]| sum(wanted, |counted| counted.seen);
        Self {
            total: seen(&open),
            needs: seen(&NEEDS),
            working: seen(&WORKING),
            off: seen(&OFF),
            ended: seen(&ENDED),
            others: sum(&open, |counted| counted.others),
        }
    }

    /// The filters; the last two only where there is something to find, and the last only for those who `oversee` what is other people's.
    fn links(&self, oversee: bool) -> Vec<StatusLink> {
        let link = |value: &str, title: &str, count| StatusLink { value: value.to_owned(), title: title.to_owned(), count };
        let mut links = vec![
            link("", "All", self.total),
            link("needs", "Need someone", self.needs),
            link("working", "Working", self.working),
            link("off", "Off", self.off),
        ];
        let rare = [link("disconnected", "Disconnected", self.ended), link(OTHERS, "Other people\u{2019}s", if oversee { self.others } else { 0 })];
        links.extend(rare.into_iter().filter(|link| link.count > 0));
        links
    }
}

fn store_filter(actor: &Actor, filter: &ConnectionFilter) -> ListFilter {
    let statuses = match filter.status.as_str() {
        "needs" => NEEDS.to_vec(),
        "working" => WORKING.to_vec(),
        "off" => OFF.to_vec(),
        "disconnected" => ENDED.to_vec(),
        _ => Vec::new(),
    };
    let order = match filter.sort.as_str() {
        "-name" => Order::NameDescending,
        "checked" => Order::Checked,
        "-checked" => Order::CheckedDescending,
        _ => Order::Name,
    };
    let text: String = filter.q.trim().to_lowercase().chars().take(200).collect();
    let others = filter.status == OTHERS;
    // The words of a connection that is somebody else's alone are not searched: they would be guessed.
    let (text, tag) = if others { (String::new(), String::new()) } else { (text, Tags::folded(&filter.tag)) };
    let order = if others { Order::Id } else { order };
    ListFilter { text, statuses, tag, others, order, limit: PAGE, offset: PAGE * i64::from(filter.page.max(1) - 1), ..needs_filter(actor) }
}

fn needs_filter(actor: &Actor) -> ListFilter {
    ListFilter {
        text: String::new(),
        statuses: NEEDS.to_vec(),
        tag: String::new(),
        member: actor.member().cloned(),
        only: actor.only.clone(),
        others: false,
        order: Order::Name,
        limit: MOST_NEEDS,
        offset: 0,
    }
}

fn needs_you(app: &App, actor: &Actor, row: &ConnectionRow, manifest: Option<&Manifest>, teams: &TeamNames, now: Timestamp) -> NeedsYou {
    let may_fix = access::may_on(actor, Action::TestConnection, row);
    let sentence = if only_looks(actor) { words::effect(row.status, None) } else { failing(app, row, manifest, now) };
    let fix = may_fix.then(|| ("See what to do".to_owned(), format!("/connections/{}", row.id)));
    NeedsYou { row: row_view(actor, row, manifest, teams, now), sentence, fix }
}

fn failing(app: &App, row: &ConnectionRow, manifest: Option<&Manifest>, now: Timestamp) -> String {
    let when = row.last_checked_at.map(|at| format!(" Last tried {}.", words::ago(now, at))).unwrap_or_default();
    let headline = manifest.and_then(|manifest| checking::headline(app, manifest, row)).unwrap_or_else(|| words::reason(row.failure_code.as_deref()));
    format!("{}.{when}", headline.trim_end_matches('.'))
}
