//! Times in words, in UTC.

use time::OffsetDateTime;
use time::macros::format_description;

use crate::domain::Timestamp;

/// `26 Nov 2026`.
pub fn date(at: Timestamp) -> String {
    let Ok(moment) = OffsetDateTime::from_unix_timestamp(at.millis().div_euclid(1_000)) else { return String::new() };
    moment.format(format_description!("[day padding:none] [month repr:short] [year]")).unwrap_or_default()
}

/// `just now`, `5 min ago`, `3 h ago`, `2 days ago`, then the date.
pub fn ago(now: Timestamp, at: Timestamp) -> String {
    let minutes = now.since(at) / 60_000;
    match minutes {
        i64::MIN..1 => "just now".to_owned(),
        1..60 => format!("{minutes} min ago"),
        60..1_440 => format!("{} h ago", minutes / 60),
        1_440..2_880 => "yesterday".to_owned(),
        2_880..10_080 => format!("{} days ago", minutes / 1_440),
        _ => date(at),
    }
}

/// `312 ms`, `1.9 s`.
pub fn duration(millis: u32) -> String {
    if millis < 1_000 { format!("{millis} ms") } else { format!("{}.{} s", millis / 1_000, millis % 1_000 / 100) }
}

/// `2026-11-26T09:32:04.120Z` (RFC 3339); empty beyond the calendar.
pub fn instant(at: Timestamp) -> String {
    let Ok(moment) = OffsetDateTime::from_unix_timestamp_nanos(i128::from(at.millis()) * 1_000_000) else { return String::new() };
    moment.format(format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z")).unwrap_or_default()
}
