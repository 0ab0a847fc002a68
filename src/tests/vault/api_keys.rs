//! Keys of programs: shape, checksum, and what does not pass for one.

use std::collections::BTreeSet;

use latchkey::domain::{ApiKeyId, ManualClock, SequenceRandom, Timestamp};
use latchkey::vault::{ApiKey, PresentedKey, SystemRandom, TokenHash};
use regex::Regex;

fn id() -> ApiKeyId {
    ApiKeyId::generate(&ManualClock::at(Timestamp::from_millis(1_795_168_800_000)), &SystemRandom)
}

#[test]
fn a_key_names_itself_and_hides_its_secret() {
    let id = id();
    let key = ApiKey::generate(&id, &SystemRandom);
    let text = key.expose().expose();
    assert!(Regex::new("^lk_live_[0-9a-hjkmnp-tv-z]{26}_[0-9A-Za-z]{49}$").unwrap().is_match(text), "{text}");
    let presented = PresentedKey::parse(text).unwrap();
    assert_eq!(presented.id, id);
    assert!(presented.hash.matches(key.hash().as_str()));
    assert_eq!(presented.hash, TokenHash::of(&text[text.len() - 49..text.len() - 6]), "what is stored is the hash of the secret alone");
    assert!(!format!("{key:?}").contains(&text[40..60]), "{key:?}");
}

#[test]
fn keys_differ_and_use_every_digit() {
    let random = SequenceRandom::default();
    let id = id();
    let texts: BTreeSet<String> = (0..200).map(|_| ApiKey::generate(&id, &random).expose().expose().clone()).collect();
    assert_eq!(texts.len(), 200);
    let digits: BTreeSet<char> = texts.iter().flat_map(|text| text[35..78].chars()).collect();
    assert_eq!(digits.len(), 62);
}

#[test]
fn the_checksum_is_the_crc_32_that_scanners_compute() {
    let text = format!("lk_live_{}_{}", "0".repeat(26), "A".repeat(43));
    // What zlib's crc32 gives for this text, in 6 digits of 62.
    assert!(PresentedKey::parse(&format!("{text}0RRKAh")).is_some());
    assert!(PresentedKey::parse(&format!("{text}@@@@@@")).is_none());
}

#[test]
fn every_single_change_is_noticed() {
    let key = ApiKey::generate(&id(), &SystemRandom);
    let text = key.expose().expose().clone();
    for position in 0..text.len() {
        for digit in ['0', 'z', 'Q', '_', ' ', '\u{e9}'] {
            let mut changed: Vec<char> = text.chars().collect();
            if changed[position] == digit {
                continue;
            }
            changed[position] = digit;
            let changed: String = changed.into_iter().collect();
            assert!(PresentedKey::parse(&changed).is_none(), "{position} {digit}");
        }
        let cut: String = text.chars().take(position).collect();
        assert!(PresentedKey::parse(&cut).is_none(), "cut at {position}");
    }
    for changed in [format!("{text} "), format!(" {text}"), format!("{text}0"), text.to_uppercase(), text.replace("lk_live_", "lk_test_"), String::new()] {
        assert!(PresentedKey::parse(&changed).is_none(), "{changed}");
    }
}
