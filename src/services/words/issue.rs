//! What is or was wrong with a connection, in words.

use super::{count, reason};
use crate::domain::{CheckCode, ConnectionStatus, IssueEnd};
use crate::dto::Pill;

/// What is wrong in a few words, from the stable code of a failed renewal or check.
pub fn issue_title(code: &str, provider: &str) -> String {
    match code {
        "invalid_grant" | "reauth_required" => format!("{provider} ended our access"),
        "unknown_outcome" => format!("A renewal at {provider} was cut off"),
        "no_refresh_token" => format!("The access to {provider} ended"),
        "invalid_client" | "unauthorized_client" => format!("{provider} refused our app"),
        "secret_unreadable" => "What is stored could not be opened".to_owned(),
        "auth_rejected" => format!("{provider} refused what is stored"),
        "renewal_takes_long" => format!("{provider} took too long to renew the token"),
        _ if code.starts_with("busy_") => format!("{provider} could not renew the token"),
        _ if code.starts_with("unreachable_") => format!("{provider} could not be reached"),
        _ if CheckCode::parse(code).is_some() => reason(Some(code)).trim_end_matches('.').to_owned(),
        _ => format!("{provider} refused to renew the token"),
    }
}

/// The same for people who only look.
pub fn issue_title_for_viewers(status: ConnectionStatus, provider: &str) -> String {
    match status {
        _ if status.needs_somebody() => format!("{provider} has stopped"),
        ConnectionStatus::Disabled => format!("{provider} is switched off"),
        _ => format!("{provider} still works"),
    }
}

/// The pill of an open issue: how its connection is, or that Latchkey keeps trying while it works.
pub fn issue_pill(status: ConnectionStatus, only_looks: bool) -> Pill {
    match status {
        ConnectionStatus::Active => Pill { kind: "idle".to_owned(), icon: "i-rotate-cw".to_owned(), label: "Retrying".to_owned(), loud: true },
        _ => super::pill(status, only_looks),
    }
}

/// What an open issue means for people who only look.
pub fn issue_effect(status: ConnectionStatus) -> String {
    match status {
        ConnectionStatus::Active => "Latchkey has trouble to keep it going, and keeps trying. You notice nothing so far.".to_owned(),
        _ => super::effect(status, None),
    }
}

/// What an open issue means for the apps that use the connection: `renews` says whether it lives by a token, `works` whether that one still does.
pub const fn issue_for_apps(status: ConnectionStatus, renews: bool, works: bool) -> &'static str {
    match (status, renews, works) {
        (ConnectionStatus::Disabled | ConnectionStatus::Revoked, ..) => "Apps get nothing, because it is turned off.",
        (_, true, true) => "Apps go on with the token they have.",
        (ConnectionStatus::ReauthRequired, true, false) => "Apps that ask get no token. They are told that somebody has to sign in again.",
        (_, true, false) => "Apps that ask get no token until a renewal works again.",
        (_, false, _) => "Apps still get what is stored, and meet the same trouble.",
    }
}

/// How an issue ended, as a sentence: who or what mended it, and how long it took. An empty name is Latchkey's own work.
pub fn issue_end(how: Option<IssueEnd>, by: &str, took_ms: i64) -> String {
    let took = span(took_ms);
    match (how, by) {
        (Some(IssueEnd::Renewed), _) => format!("Latchkey could renew the token again after {took}."),
        (Some(IssueEnd::Checked), "") => format!("Over by itself after {took}: a check passed."),
        (Some(IssueEnd::Checked), by) => format!("{by} tested it after {took}, and it passed."),
        (Some(IssueEnd::SignedIn), by) => format!("{} signed in again after {took}.", somebody(by)),
        (Some(IssueEnd::Changed), by) => format!("{} changed the credential after {took}.", somebody(by)),
        (Some(IssueEnd::Disconnected), by) => format!("{} disconnected it after {took}.", somebody(by)),
        (None, _) => format!("Over after {took}."),
    }
}

/// The same for people who only look.
pub fn issue_end_for_viewers(how: Option<IssueEnd>, took_ms: i64) -> String {
    match how {
        Some(IssueEnd::Disconnected) => "It had stopped, and is disconnected now.".to_owned(),
        _ => format!("Mended after {}.", span(took_ms)),
    }
}

const fn somebody(by: &str) -> &str {
    if by.is_empty() { "Somebody" } else { by }
}

/// `less than a minute`, `30 minutes`, `1 hour 22 minutes`, `17 hours`, `3 days`.
pub fn span(millis: i64) -> String {
    let minutes = usize::try_from(millis / 60_000).unwrap_or_default();
    let (hours, days) = (minutes / 60, minutes / 1_440);
    match minutes {
        0 => "less than a minute".to_owned(),
        1..60 => count(minutes, "minute", "minutes"),
        60..360 if !minutes.is_multiple_of(60) => format!("{} {}", count(hours, "hour", "hours"), count(minutes % 60, "minute", "minutes")),
        60..2_880 => count(hours, "hour", "hours"),
        _ => count(days, "day", "days"),
    }
}
