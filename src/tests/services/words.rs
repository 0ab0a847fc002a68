//! What pages say.

use latchkey::domain::{CheckCode, ConnectionStatus, IssueEnd, Role, Timestamp};
use latchkey::services::words::{
    ago, count, date, duration, effect, grouped, headline, issue_end, issue_pill, issue_title, needs_headline, pill, reason, sentence, span, spelled, summary,
};
use latchkey::services::{ErrorCode, ServiceError};

const NOW: Timestamp = Timestamp::from_millis(1_795_168_800_000);
const MINUTE: i64 = 60_000;

#[test]
fn times_are_relative_within_a_week() {
    let cases =
        [(0, "just now"), (59_999, "just now"), (MINUTE, "1 min ago"), (59 * MINUTE, "59 min ago"), (60 * MINUTE, "1 h ago"), (1_439 * MINUTE, "23 h ago")];
    for (age, words) in cases {
        assert_eq!(ago(NOW, NOW.plus_millis(-age)), words);
    }
    assert_eq!(ago(NOW, NOW.plus_millis(-1_440 * MINUTE)), "yesterday");
    assert_eq!(ago(NOW, NOW.plus_millis(-3 * 1_440 * MINUTE)), "3 days ago");
    assert_eq!(ago(NOW, NOW.plus_millis(-7 * 1_440 * MINUTE)), date(NOW.plus_millis(-7 * 1_440 * MINUTE)));
    assert_eq!(ago(NOW, NOW.plus_millis(5_000)), "just now", "a clock that runs ahead");
}

#[test]
fn dates_and_durations_and_numbers() {
    assert_eq!(date(Timestamp::from_millis(0)), "1 Jan 1970");
    assert_eq!(date(Timestamp::from_millis(1_795_651_200_000)), "26 Nov 2026");
    assert_eq!(date(Timestamp::from_millis(i64::MAX)), "", "beyond the calendar");
    assert_eq!([duration(0), duration(999), duration(1_000), duration(1_987)], ["0 ms", "999 ms", "1.0 s", "1.9 s"]);
    assert_eq!([grouped(0), grouped(999), grouped(1_000), grouped(12_604), grouped(1_234_567)], ["0", "999", "1,000", "12,604", "1,234,567"]);
    assert_eq!([spelled(1), spelled(9), spelled(10)], ["one", "nine", "10"]);
    assert_eq!([count(0, "connection", "connections"), count(1, "connection", "connections")], ["0 connections", "1 connection"]);
}

#[test]
fn spans_are_as_exact_as_they_matter() {
    let cases = [
        (-1, "less than a minute"),
        (59_999, "less than a minute"),
        (MINUTE, "1 minute"),
        (60 * MINUTE, "1 hour"),
        (82 * MINUTE, "1 hour 22 minutes"),
        (17 * 60 * MINUTE + MINUTE, "17 hours"),
        (47 * 60 * MINUTE, "47 hours"),
        (3 * 1_440 * MINUTE, "3 days"),
    ];
    for (millis, words) in cases {
        assert_eq!(span(millis), words);
    }
}

#[test]
fn an_issue_is_told_in_words_and_never_as_a_code() {
    let codes =
        ["invalid_grant", "unknown_outcome", "no_refresh_token", "invalid_client", "secret_unreadable", "busy_503", "unreachable_reset", "renewal_takes_long"];
    for code in codes.into_iter().chain(CheckCode::ALL.iter().map(|code| code.as_str())).chain(["something_new"]) {
        let title = issue_title(code, "Acme");
        assert!(!title.contains('_') && !title.ends_with('.') && !title.is_empty(), "{code}: {title}");
    }
    assert_eq!(issue_title("invalid_grant", "Acme"), "Acme ended our access");
    for end in IssueEnd::ALL {
        assert_eq!(IssueEnd::parse(end.as_str()), Some(end));
        let (named, nobody) = (issue_end(Some(end), "Dana", MINUTE), issue_end(Some(end), "", MINUTE));
        assert!(named.contains("after 1 minute") && nobody.contains("after 1 minute"), "{named} {nobody}");
        assert_eq!(named.starts_with("Dana "), end != IssueEnd::Renewed, "{named}");
    }
    assert_eq!(issue_end(None, "", MINUTE), "Over after 1 minute.");
    assert_eq!(issue_pill(ConnectionStatus::Active, true).label, "Retrying");
}

#[test]
fn the_home_page_says_it_first() {
    assert_eq!(headline(12, 2, 0, false), "12 connections");
    assert_eq!(headline(1, 0, 0, false), "1 connection");
    assert_eq!(headline(12, 1, 1, true), "10 of 12 connections work");
    assert_eq!(headline(0, 0, 0, false), "Nothing connected yet");
    assert_eq!([needs_headline(0, false), needs_headline(1, false), needs_headline(2, false), needs_headline(2, true)], ["", "1 needs you", "2 need you", ""]);
    assert_eq!(summary(12, 2, 0, Some("2 min ago".to_owned()), false), "The other 10 work. Last check: 2 min ago.");
    assert_eq!(summary(2, 1, 0, None, false), "The other one works.");
    assert_eq!(summary(12, 1, 1, None, true), "One has stopped. One is switched off on purpose.");
    assert_eq!(summary(12, 0, 0, None, true), "All of them work.");
}

#[test]
fn quiet_when_fine_and_loud_when_not() {
    for status in ConnectionStatus::ALL {
        for only_looks in [false, true] {
            let pill = pill(status, only_looks);
            assert_eq!(pill.loud, status != ConnectionStatus::Active, "{status:?}");
            assert!(!pill.label.contains('_') && pill.icon.starts_with("i-"), "the machine name never reaches a page: {pill:?}");
            assert!(["ok", "warn", "bad", "info", "idle"].contains(&pill.kind.as_str()));
        }
    }
}

#[test]
fn people_who_only_look_see_the_effect() {
    for status in [ConnectionStatus::Error, ConnectionStatus::ReauthRequired] {
        let effect = effect(status, Some(NOW));
        assert!(effect.starts_with("Stopped"), "{effect}");
        assert!(!effect.contains("refused") && !effect.contains("password"), "{effect}");
    }
}

#[test]
fn sentences_use_none_of_the_words_that_we_do_not_use() {
    let mut all: Vec<String> = ErrorCode::ALL.into_iter().map(|code| code.text().to_owned()).collect();
    all.extend(CheckCode::ALL.iter().map(|code| reason(Some(code.as_str()))));
    all.extend(ConnectionStatus::ALL.into_iter().map(|status| sentence(status, NOW, Some(NOW), "")));
    all.extend(ConnectionStatus::ALL.into_iter().map(|status| effect(status, None)));
    for text in all {
        let lower = text.to_lowercase();
        for word in ["error", "invalid", "oops", "please", "successfully"] {
            assert!(!lower.contains(word), "{text}");
        }
        assert!(text.ends_with('.'), "{text}");
    }
}

#[test]
fn codes_are_stable_and_different() {
    let mut codes: Vec<&str> = ErrorCode::ALL.into_iter().map(ErrorCode::as_str).collect();
    codes.sort_unstable();
    codes.dedup();
    assert_eq!(codes.len(), ErrorCode::ALL.len());
}

#[test]
fn a_refusal_names_the_role_that_may() {
    use latchkey::domain::Action;
    assert!(ServiceError::forbidden(Action::Connect).message.contains(Role::OrgAdmin.title()));
    assert!(ServiceError::forbidden(Action::SeeServer).message.contains(Role::SuperAdmin.title()));
    assert!(ServiceError::forbidden(Action::SeeMarketplace).message.contains(Role::Developer.title()));
}
