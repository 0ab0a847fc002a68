//! iCalendar (RFC 5545).

use time::OffsetDateTime;
use time::macros::format_description;

use super::Ending;
use crate::domain::Timestamp;
use crate::services::words;

/// The longest line, in octets without its end (RFC 5545 §3.1).
const LONGEST: usize = 75;
/// How many days before an end calendar programs remind people.
const ALARMS: [i64; 2] = [7, 1];

/// A calendar of these ends; `home` is the address of this installation.
pub(super) fn write(endings: &[Ending], home: &str, now: Timestamp) -> String {
    let mut out = Lines::default();
    out.line("BEGIN:VCALENDAR");
    out.line("VERSION:2.0");
    out.line("PRODID:-//Latchkey//Expiry calendar//EN");
    out.line("CALSCALE:GREGORIAN");
    out.line("METHOD:PUBLISH");
    out.line("NAME:Latchkey expiry calendar");
    out.line("X-WR-CALNAME:Latchkey expiry calendar");
    out.line("REFRESH-INTERVAL;VALUE=DURATION:PT12H");
    let host = home.split_once("://").map_or(home, |(_, host)| host).replace(|character: char| !character.is_ascii_alphanumeric() && character != '.', "-");
    let stamp = moment(now);
    for ending in endings {
        event(&mut out, ending, home, &host, &stamp);
    }
    out.line("END:VCALENDAR");
    out.0
}

fn event(out: &mut Lines, ending: &Ending, home: &str, host: &str, stamp: &str) {
    let (Some(day), Some(next)) = (day(ending.ends_at), day(ending.ends_at.plus_millis(super::DAY_MS))) else { return };
    let ends = if ending.ended_early_by.is_some() { "has ended" } else { "ends" };
    let summary = format!("{} {ends}", ending.title);
    let parts = [ending.about.clone(), ending.note().to_owned(), format!("It {ends} on {}.", words::date(ending.ends_at))];
    let about: Vec<&str> = parts.iter().map(String::as_str).filter(|part| !part.is_empty()).collect();
    out.line("BEGIN:VEVENT");
    out.line(&format!("UID:{}@{host}", ending.subject));
    out.line(&format!("DTSTAMP:{stamp}"));
    out.line(&format!("DTSTART;VALUE=DATE:{day}"));
    out.line(&format!("DTEND;VALUE=DATE:{next}"));
    out.line(&format!("SUMMARY:{}", escaped(&summary)));
    out.line(&format!("DESCRIPTION:{}", escaped(&about.join("\n"))));
    out.line(&format!("URL:{home}{}", if ending.path.is_empty() { "/expiry" } else { &ending.path }));
    out.line("TRANSP:TRANSPARENT");
    for days in ALARMS.into_iter().filter(|_| ending.is_told_of()) {
        out.line("BEGIN:VALARM");
        out.line("ACTION:DISPLAY");
        out.line(&format!("DESCRIPTION:{}", escaped(&summary)));
        out.line(&format!("TRIGGER:-P{days}D"));
        out.line("END:VALARM");
    }
    out.line("END:VEVENT");
}

/// Lines that end with CRLF and are folded where they are too long.
#[derive(Default)]
struct Lines(String);

impl Lines {
    fn line(&mut self, text: &str) {
        let mut length = 0;
        for character in text.chars() {
            if length + character.len_utf8() > LONGEST {
                self.0.push_str("\r\n ");
                length = 1;
            }
            self.0.push(character);
            length += character.len_utf8();
        }
        self.0.push_str("\r\n");
    }
}

/// A text value (RFC 5545 §3.3.11); control characters are left out.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        match character {
            '\\' | ';' | ',' => {
                out.push('\\');
                out.push(character);
            }
            '\n' => out.push_str("\\n"),
            _ if character.is_control() => {}
            _ => out.push(character),
        }
    }
    out
}

/// `20261126`; none beyond the calendar.
fn day(at: Timestamp) -> Option<String> {
    utc(at)?.format(format_description!("[year][month][day]")).ok()
}

/// `20261126T093204Z`.
fn moment(at: Timestamp) -> String {
    utc(at).and_then(|at| at.format(format_description!("[year][month][day]T[hour][minute][second]Z")).ok()).unwrap_or_default()
}

/// The moment in UTC, as far as four digits of the year go.
fn utc(at: Timestamp) -> Option<OffsetDateTime> {
    OffsetDateTime::from_unix_timestamp(at.millis().div_euclid(1_000)).ok().filter(|at| (0..=9_999).contains(&at.year()))
}
