//! The next twelve months as a strip.

use leptos::prelude::*;
use time::{Date, Month, OffsetDateTime};

use super::{days_left, is_over};
use crate::domain::Timestamp;
use crate::dto::ExpiryLine;
use crate::services::words::count;
use crate::ui::components::markup::Markup;

/// The width of a month, and how many there are.
const MONTH: i64 = 88;
const MONTHS: i64 = 12;
/// How many marks stand upon one another at most.
const HIGHEST: usize = 3;

/// A mark for each end in the twelve months from the beginning of this one; what ended before stands at their beginning.
pub fn year(lines: &[ExpiryLine], now: Timestamp) -> impl IntoView + use<> {
    let today = date(now);
    let mut out = Markup::default();
    out.raw(r#"<svg class="block h-auto w-full min-w-[66rem]" viewBox="0 0 1056 74" role="img" aria-label=""#).text(&sentence(lines, now)).raw(r#"">"#);
    let mut month = (today.year(), today.month());
    for number in 0..MONTHS {
        let x = number * MONTH;
        out.raw(r#"<line class="lk-grid-stroke" x1=""#).text(&format!("{x}.5")).raw(r#"" x2=""#).text(&format!("{x}.5")).raw(r#"" y1="0" y2="52"></line>"#);
        out.raw(r#"<text class="lk-svg-text" x=""#).text(&(x + 8).to_string()).raw(r#"" y="68">"#).text(&month_words(month)).raw("</text>");
        month = if month.1 == Month::December { (month.0 + 1, Month::January) } else { (month.0, month.1.next()) };
    }
    let mut places: Vec<i64> = Vec::new();
    for line in lines {
        let Some(x) = place(line.ends_at, today) else { continue };
        let below = places.iter().filter(|other| (**other - x).abs() < 11).count();
        if below >= HIGHEST {
            continue;
        }
        places.push(x);
        mark(&mut out, line, x, 45 - 13 * i64::try_from(below).unwrap_or_default(), now);
    }
    if let Some(x) = place(now, today) {
        out.raw(r#"<rect class="lk-today" x=""#).text(&x.to_string()).raw(r#"" y="6" width="1.5" height="46"></rect>"#);
        out.raw(r#"<text class="lk-svg-text lk-svg-strong" x=""#).text(&(x + 6).to_string()).raw(r#"" y="14">Today</text>"#);
    }
    out.raw("</svg>");
    view! { <section class="lk-card mt-7 overflow-x-auto p-5 pb-4" aria-label="The next twelve months" tabindex="0">{out.into_view()}</section> }
}

/// A square; one that stands on its corner for what has ended or soon ends.
fn mark(out: &mut Markup, line: &ExpiryLine, x: i64, y: i64, now: Timestamp) {
    let (class, tilted) = match line {
        _ if is_over(line, now) => ("lk-b-fail", true),
        _ if !line.renews && days_left(line.ends_at, now) <= super::SOON => ("lk-b-slow", true),
        _ => ("lk-b-ok", false),
    };
    out.raw(r#"<line class=""#).raw(class).raw(r#"" stroke-width="10" x1=""#).text(&(x - 5).to_string()).raw(r#"" x2=""#).text(&(x + 5).to_string());
    out.raw(r#"" y1=""#).text(&y.to_string()).raw(r#"" y2=""#).text(&y.to_string());
    if tilted {
        out.raw(r#"" transform="rotate(45 "#).text(&x.to_string()).raw(" ").text(&y.to_string()).raw(")");
    }
    out.raw(r#""></line>"#);
}

fn date(at: Timestamp) -> Date {
    OffsetDateTime::from_unix_timestamp(at.millis().div_euclid(1_000)).unwrap_or(OffsetDateTime::UNIX_EPOCH).date()
}

/// Where a moment stands; none behind the twelve months.
fn place(at: Timestamp, today: Date) -> Option<i64> {
    let day = date(at);
    let months = i64::from(day.year() - today.year()) * 12 + i64::from(u8::from(day.month())) - i64::from(u8::from(today.month()));
    if months < 0 {
        return Some(6);
    }
    let length = i64::from(day.month().length(day.year()));
    (months < MONTHS).then(|| months * MONTH + (i64::from(day.day()) * 2 - 1) * MONTH / (2 * length))
}

/// `Dec`, and `Jan 2027` at the beginning of a year.
fn month_words((year, month): (i32, Month)) -> String {
    let name: String = month.to_string().chars().take(3).collect();
    if month == Month::January { format!("{name} {year}") } else { name }
}

fn sentence(lines: &[ExpiryLine], now: Timestamp) -> String {
    let over = lines.iter().filter(|line| is_over(line, now)).count();
    let soon = lines.iter().filter(|line| !is_over(line, now) && !line.renews && days_left(line.ends_at, now) <= super::SOON).count();
    let year = lines.iter().filter(|line| !is_over(line, now) && days_left(line.ends_at, now) <= super::SHOWN).count();
    format!(
        "The next twelve months: {} ended, {} within two weeks, {} within a year.",
        count(over, "thing has", "things have"),
        count(soon, "ends", "end"),
        count(year, "ends or renews itself", "end or renew themselves")
    )
}
