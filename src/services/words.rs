//! The sentences of pages (docs/DESIGN-LANGUAGE.md §7); those about a failed check come from `connect`.

mod activity;
mod agent;
mod deeds;
mod issue;
mod renewal;
mod status;
mod time;

pub use activity::{reason, tested};
pub use agent::{agent, device};
pub use deeds::{Sentence, Topic, actions, activity, deed, is_a_try};
pub use issue::{issue_effect, issue_end, issue_end_for_viewers, issue_for_apps, issue_pill, issue_title, issue_title_for_viewers, span};
pub use renewal::renewal;
pub use status::{effect, headline, needs_headline, pill, sentence, status_title, summary};
pub use time::{ago, date, duration, instant};

/// `1 connection`, `12 connections`.
pub fn count(number: usize, one: &str, many: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{} {many}", grouped(number)) }
}

/// Numbers below ten as a word inside a sentence.
pub fn spelled(number: usize) -> String {
    const WORDS: [&str; 10] = ["none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];
    WORDS.get(number).map_or_else(|| grouped(number), |word| (*word).to_owned())
}

/// `12,604`.
pub fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
