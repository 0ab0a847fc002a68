//! A stored status in words.

use crate::domain::{ConnectionStatus, Timestamp};
use crate::dto::Pill;

use super::{ago, count, spelled};

/// The pill of a status; people who only look see the effect instead of the cause.
pub fn pill(status: ConnectionStatus, only_looks: bool) -> Pill {
    let (kind, icon, label, loud) = match (status, only_looks) {
        (ConnectionStatus::Error | ConnectionStatus::ReauthRequired, true) => ("bad", "i-circle-x", "Stopped", true),
        (ConnectionStatus::Active, _) => ("ok", "i-circle-check", "Connected", false),
        (ConnectionStatus::Pending, _) => ("idle", "i-circle-dashed", "Not finished", true),
        (ConnectionStatus::Error, false) => ("bad", "i-circle-x", "Not working", true),
        (ConnectionStatus::ReauthRequired, false) => ("bad", "i-log-in", "Sign in again", true),
        (ConnectionStatus::Disabled, _) => ("idle", "i-circle-pause", "Turned off", true),
        (ConnectionStatus::Revoked, _) => ("idle", "i-unplug", "Disconnected", true),
    };
    Pill { kind: kind.to_owned(), icon: icon.to_owned(), label: label.to_owned(), loud }
}

/// A status as a word inside a list of facts.
pub fn status_title(status: ConnectionStatus) -> String {
    pill(status, false).label
}

/// What a person who only looks may notice.
pub fn effect(status: ConnectionStatus, last_good: Option<Timestamp>) -> String {
    let until = last_good.map(|at| format!(" on {}", super::date(at))).unwrap_or_default();
    match status {
        ConnectionStatus::Active => "Works.".to_owned(),
        ConnectionStatus::Pending => "Not finished yet.".to_owned(),
        ConnectionStatus::Error | ConnectionStatus::ReauthRequired => {
            format!("Stopped{until}. Figures that come from it stay as they were until somebody who runs it mends it. Nothing is lost.")
        }
        ConnectionStatus::Disabled => "Switched off on purpose.".to_owned(),
        ConnectionStatus::Revoked => "Disconnected.".to_owned(),
    }
}

/// How a connection is; `diagnosis` says why it fails.
pub fn sentence(status: ConnectionStatus, now: Timestamp, last_checked: Option<Timestamp>, diagnosis: &str) -> String {
    match (status, last_checked) {
        (ConnectionStatus::Active, Some(at)) => format!("Connected. Checked {}.", ago(now, at)),
        (ConnectionStatus::Active, None) => "Connected. Not checked yet.".to_owned(),
        (ConnectionStatus::Pending, _) => "Not finished.".to_owned(),
        (ConnectionStatus::Error | ConnectionStatus::ReauthRequired, _) if !diagnosis.is_empty() => diagnosis.to_owned(),
        (ConnectionStatus::Error, _) => "The last check failed. Test it again to see why.".to_owned(),
        (ConnectionStatus::ReauthRequired, _) => "The provider refused what is stored. Somebody has to enter it again.".to_owned(),
        (ConnectionStatus::Disabled, _) => "Turned off. Apps get a clear \u{201c}turned off\u{201d} answer.".to_owned(),
        (ConnectionStatus::Revoked, _) => "Disconnected. Its credential is erased.".to_owned(),
    }
}

/// The answer that the home page begins with.
pub fn headline(total: usize, stopped: usize, off: usize, only_looks: bool) -> String {
    if total == 0 {
        "Nothing connected yet".to_owned()
    } else if only_looks && stopped + off > 0 {
        format!("{} of {} work", total.saturating_sub(stopped + off), count(total, "connection", "connections"))
    } else {
        count(total, "connection", "connections")
    }
}

/// How many need a person; empty when none, and for people who only look.
pub fn needs_headline(needs: usize, only_looks: bool) -> String {
    match needs {
        0 => String::new(),
        _ if only_looks => String::new(),
        1 => "1 needs you".to_owned(),
        _ => format!("{needs} need you"),
    }
}

/// The sentence below the headline.
pub fn summary(total: usize, needs: usize, off: usize, last_round: Option<String>, only_looks: bool) -> String {
    if total == 0 {
        return if only_looks { "As soon as somebody connects an account, it is listed here." } else { "Connect your first account; it takes two minutes." }
            .to_owned();
    }
    if only_looks {
        let part = |number: usize, verb: &str| {
            if number == 0 { String::new() } else { format!("{} {} {verb}", capital(&spelled(number)), if number == 1 { "has" } else { "have" }) }
        };
        let stopped = part(needs, "stopped");
        let switched =
            if off == 0 { String::new() } else { format!("{} {} switched off on purpose", capital(&spelled(off)), if off == 1 { "is" } else { "are" }) };
        let parts: Vec<String> = [stopped, switched].into_iter().filter(|part| !part.is_empty()).collect();
        return if parts.is_empty() { "All of them work.".to_owned() } else { format!("{}.", parts.join(". ")) };
    }
    let working = total.saturating_sub(needs).saturating_sub(off);
    let rest = match (needs, working) {
        (0, _) => "Nothing to do.".to_owned(),
        (_, 0) => "Each one below says what to do.".to_owned(),
        (_, 1) => "The other one works.".to_owned(),
        (_, many) => format!("The other {} work.", spelled(many)),
    };
    last_round.map_or_else(|| rest.clone(), |round| format!("{rest} Last check: {round}."))
}

fn capital(word: &str) -> String {
    let mut characters = word.chars();
    characters.next().map(|first| first.to_uppercase().chain(characters).collect()).unwrap_or_default()
}
