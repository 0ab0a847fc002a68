//! Which passwords are taken.

use latchkey::domain::Email;
use latchkey::services::passwords::objection;

fn refused(password: &str) -> bool {
    let email = Email::parse("dana@example.com").unwrap();
    objection(password, Some(&email), "AmPac Business Capital").is_some()
}

#[test]
fn eight_to_1024_bytes_are_taken() {
    assert!(refused("seven77"));
    assert!(!refused("eight888"));
    assert!(!refused(&"x".repeat(1_024)));
    assert!(refused(&"x".repeat(1_025)));
}

#[test]
fn length_is_counted_after_normalization() {
    // The ligature is three letters after NFKC (U+FB03), so these six characters are eight.
    assert!(!refused("\u{fb03}xyz\u{e9}"), "ffixyz\u{e9} is eight bytes");
    // Full-width digits become one byte each.
    assert!(refused("\u{ff11}\u{ff12}\u{ff13}\u{ff14}"));
}

#[test]
fn any_character_is_taken() {
    for password in ["correct horse battery", "\u{5bc6}\u{7801}\u{5f88}\u{957f}", "tab\tand\u{0}zero", " leading and trailing "] {
        assert!(!refused(password), "{password:?}");
    }
}

#[test]
fn the_ones_that_are_tried_first_are_refused() {
    for password in
        ["corvette", "Samantha", "iloveyou", "1qaz2wsx", "password", "PASSWORD", "Password123", "12345678", "qwertyuiop", "changeme", "\u{ff50}assword"]
    {
        assert!(refused(password), "{password}");
    }
}

#[test]
fn the_address_and_the_organization_are_refused() {
    assert!(refused("dana@example.com"));
    assert!(refused("DANA@example.com"));
    assert!(refused("AmPac Business Capital"));
    assert!(refused("ampac business capital"));
    assert!(!refused("ampac business capital 7"));
}

#[test]
fn every_objection_says_what_to_do_and_repeats_nothing() {
    for password in ["short", "changeme", "dana@example.com"] {
        let email = Email::parse("dana@example.com").unwrap();
        let words = objection(password, Some(&email), "AmPac").unwrap();
        assert!(words.ends_with('.') && !words.contains(password), "{words}");
    }
}
