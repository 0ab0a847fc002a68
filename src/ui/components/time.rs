//! Instants in words, always inside `<time>`.

use leptos::prelude::*;
use time::macros::format_description;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use super::markup::Markup;
use crate::domain::Timestamp;

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

fn moment(at: Timestamp) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(at.millis()) * 1_000_000).unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

/// `26 Nov 2026` (UTC).
pub fn date_words(at: Timestamp) -> String {
    moment(at).format(format_description!("[day padding:none] [month repr:short] [year]")).unwrap_or_default()
}

/// `09:32` on the same day, `Thu 17:05` within a week, else `3 Nov`; with the year when it is another one (UTC).
pub fn clock_words(at: Timestamp, now: Timestamp) -> String {
    let (moment, today) = (moment(at), moment(now));
    let text = if moment.date() == today.date() {
        moment.format(format_description!("[hour]:[minute]"))
    } else if now.since(at).abs() < 6 * DAY {
        moment.format(format_description!("[weekday repr:short] [hour]:[minute]"))
    } else if moment.year() == today.year() {
        moment.format(format_description!("[day padding:none] [month repr:short]"))
    } else {
        moment.format(format_description!("[day padding:none] [month repr:short] [year]"))
    };
    text.unwrap_or_default()
}

/// `just now`, `2 min ago`, `3 h ago`, `in 28 min`, `yesterday 16:42`, `Thu 16:42`, `26 Nov 2026` (UTC).
pub fn ago(at: Timestamp, now: Timestamp) -> String {
    let passed = now.since(at);
    match passed {
        0..MINUTE => "just now".to_owned(),
        MINUTE..HOUR => format!("{} min ago", passed / MINUTE),
        HOUR..DAY if moment(at).date() == moment(now).date() => format!("{} h ago", passed / HOUR),
        _ if passed > 0 && moment(at).date().next_day() == Some(moment(now).date()) => {
            format!("yesterday {}", moment(at).format(format_description!("[hour]:[minute]")).unwrap_or_default())
        }
        _ if (-HOUR..0).contains(&passed) => format!("in {} min", (-passed).div_euclid(MINUTE) + i64::from((-passed) % MINUTE > 0)),
        _ if (-DAY..-HOUR).contains(&passed) => format!("in {} h", -passed / HOUR),
        _ if passed.abs() < 6 * DAY => clock_words(at, now),
        _ => date_words(at),
    }
}

/// `Today, Friday 20 November`, `Thursday 19 November`; with the year when it is another one (UTC).
pub fn day_words(at: Timestamp, now: Timestamp) -> String {
    let (moment, today) = (moment(at), moment(now));
    let text = if moment.year() == today.year() {
        moment.format(format_description!("[weekday] [day padding:none] [month repr:long]"))
    } else {
        moment.format(format_description!("[weekday] [day padding:none] [month repr:long] [year]"))
    };
    let text = text.unwrap_or_default();
    if moment.date() == today.date() { format!("Today, {text}") } else { text }
}

/// `09:32:04` (UTC).
pub fn second_words(at: Timestamp) -> String {
    moment(at).format(format_description!("[hour]:[minute]:[second]")).unwrap_or_default()
}

/// `26 Nov 2026, 09:32:04 UTC`.
pub fn moment_words(at: Timestamp) -> String {
    moment(at).format(format_description!("[day padding:none] [month repr:short] [year], [hour]:[minute]:[second] UTC")).unwrap_or_default()
}

/// The instant for a `datetime` attribute (RFC 3339).
pub fn utc_words(at: Timestamp) -> String {
    moment(at).format(&Rfc3339).unwrap_or_default()
}

/// An instant relative to the time the page was made; the full instant is its title.
#[component]
pub fn Ago(
    /// The instant.
    at: Timestamp,
    /// The time the page was made.
    now: Timestamp,
    /// Whether to say the time of day instead of how long ago.
    #[prop(optional)]
    clock: bool,
) -> impl IntoView {
    let mut out = Markup::default();
    time_element(&mut out, at, now, clock);
    out.into_view()
}

/// The instant as text; `clock` says the time of day instead of how long ago.
pub fn time_element(out: &mut Markup, at: Timestamp, now: Timestamp, clock: bool) {
    let full = moment(at).format(format_description!("[day padding:none] [month repr:short] [year], [hour]:[minute] UTC")).unwrap_or_default();
    out.raw(r#"<time datetime=""#).text(&utc_words(at)).raw(r#"" title=""#).text(&full).raw(r#"">"#);
    out.text(&if clock { clock_words(at, now) } else { ago(at, now) }).raw("</time>");
}
