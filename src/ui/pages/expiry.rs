//! Everything that ends, and when.

pub mod form;
mod rows;
pub mod subscribe;
mod year;

use std::collections::BTreeMap;

use axum::extract::Query;
use axum::response::Response;
use leptos::prelude::*;

use self::rows::rows;
use self::year::year;
use crate::domain::Timestamp;
use crate::dto::{ExpiryLine, ExpiryView};
use crate::services::expiry;
use crate::services::words::spelled;
use crate::ui::components::{FlashMessage, Icon, date_words};
use crate::ui::page::{Page, Place};
use crate::ui::visit::Member;

/// A day, in milliseconds.
const DAY_MS: i64 = 24 * 3_600_000;
/// What ends within so many days wants somebody to act.
const SOON: i64 = 14;
/// What ends within so many days comes next.
const NEXT: i64 = 90;
/// What ends later than in so many days is shown when it is asked for.
const SHOWN: i64 = 365;

/// `GET /expiry`.
pub async fn get(member: Member, Query(query): Query<BTreeMap<String, String>>) -> Response {
    let view = expiry::list(&member.app, &member.actor).await;
    let all = query.get("until").is_some_and(|until| until == "all");
    member.page(view, move |view| page(&view, all)).await
}

/// How many days lie between two moments by the calendar in UTC; below zero when the end lies before.
pub(super) const fn days_left(ends_at: Timestamp, now: Timestamp) -> i64 {
    ends_at.millis().div_euclid(DAY_MS) - now.millis().div_euclid(DAY_MS)
}

/// Whether something is over.
pub(super) fn is_over(line: &ExpiryLine, now: Timestamp) -> bool {
    !line.renews && line.ends_at <= now
}

/// Draws it; `all` also shows what ends in more than a year.
pub fn page(view: &ExpiryView, all: bool) -> Page {
    let now = view.now;
    let left = |line: &ExpiryLine| days_left(line.ends_at, now);
    let is_soon = |line: &&ExpiryLine| !line.renews && (is_over(line, now) || left(line) <= SOON);
    let is_next = |line: &&ExpiryLine| !is_soon(line) && left(line) <= NEXT;
    let soon: Vec<&ExpiryLine> = view.lines.iter().filter(is_soon).collect();
    let next: Vec<&ExpiryLine> = view.lines.iter().filter(is_next).collect();
    let later: Vec<&ExpiryLine> = view.lines.iter().filter(|line| !is_soon(line) && !is_next(line)).collect();
    let shown = later.iter().filter(|line| all || left(line) <= SHOWN).count();
    let (hidden, last) = (later.len() - shown, later.last().map(|line| date_words(line.ends_at)).unwrap_or_default());
    let more = (hidden > 0)
        .then(|| view! { <p class="mt-3 text-sm text-muted"><a class="link" href="/expiry?until=all">{format!("Show {hidden} more until {last}")}</a></p> });
    let add = view.may_add.then(|| view! { <a class="btn btn-quiet" href="/expiry/new"><Icon name="i-plus" />"Add a date"</a> });
    let content = if view.lines.is_empty() {
        nothing().into_any()
    } else {
        let act = (!soon.is_empty()).then(|| {
            view! {
                <section class="mt-8" aria-labelledby="e1">
                    <div class="mb-3 flex flex-wrap items-baseline justify-between gap-x-4">
                        <h2 class="lk-h2" id="e1">"Act now"</h2>
                        <p class="lk-cap">"Reminders go out 30, 14, 7 and 1 days before. Ticked: sent."</p>
                    </div>
                    {rows(&soon, now)}
                </section>
            }
        });
        let next = (!next.is_empty())
            .then(|| view! { <section class="mt-8" aria-labelledby="e2"><h2 class="lk-h2 mb-3" id="e2">"Within 90 days"</h2>{rows(&next, now)}</section> });
        let later = (!later.is_empty()).then(|| {
            view! { <section class="mt-8" aria-labelledby="e3"><h2 class="lk-h2 mb-3" id="e3">"Later"</h2>{(shown > 0).then(|| rows(&later[..shown], now))}{more}</section> }
        });
        view! { {year(&view.lines, now)} {act} {next} {later} }.into_any()
    };
    let body = view! {
        <div class="lk-head">
            <div>
                <h1 class="lk-h1">"Expiry calendar"</h1>
                <p class="lk-sub">{format!("Everything that dies on a date: keys, secrets, sign-ins. {}", answer(view))}</p>
            </div>
            <div class="lk-actions">
                <a class="btn btn-quiet" href="/expiry/subscribe"><Icon name="i-calendar-plus" />"Subscribe in your calendar"</a>
                {add}
            </div>
        </div>
        <FlashMessage class="mt-6" />
        {content}
    };
    Page::in_sidebar("Expiry calendar", Place::Expiry, body)
}

/// The answer that the page opens with.
fn answer(view: &ExpiryView) -> String {
    let over = view.lines.iter().filter(|line| is_over(line, view.now)).count();
    let week = view.lines.iter().filter(|line| !line.renews && !is_over(line, view.now) && days_left(line.ends_at, view.now) <= 7).count();
    let capital = |number: usize| {
        let words = spelled(number);
        let mut letters = words.chars();
        letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect::<String>()
    };
    match (over, week) {
        (0, 0) => "Nothing ends within a week.".to_owned(),
        (0, 1) => "One ends within a week.".to_owned(),
        (0, week) => format!("{} end within a week.", capital(week)),
        (1, 0) => "One has ended.".to_owned(),
        (over, 0) => format!("{} have ended.", capital(over)),
        (over, week) => format!(
            "{} {} ended, {} {} within a week.",
            capital(over),
            if over == 1 { "has" } else { "have" },
            spelled(week),
            if week == 1 { "ends" } else { "end" }
        ),
    }
}

fn nothing() -> impl IntoView {
    view! {
        <section class="lk-card mt-7" aria-labelledby="none">
            <div class="lk-card-b">
                <h2 class="lk-h2" id="none">"Nothing that ends"</h2>
                <p class="mt-2 text-sm text-muted">
                    "Sign-ins, client secrets and keys that end stand here by themselves. For everything else, such as a certificate or the key of a connection, add the date, and whoever looks after it is reminded 30, 14, 7 and 1 days before."
                </p>
            </div>
        </section>
    }
}
