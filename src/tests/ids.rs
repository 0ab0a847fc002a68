//! Ids as text.

use latchkey::domain::{ConnectionId, SequenceRandom, SystemClock};

#[test]
fn an_id_has_the_digits_of_crockford_and_no_others() {
    let id = ConnectionId::generate(&SystemClock, &SequenceRandom::default()).to_string();
    assert_eq!(ConnectionId::parse(&id).unwrap().as_str(), id);
    for character in (0..=u8::MAX).map(char::from) {
        let text: String = id.chars().take(id.len() - 1).chain([character]).collect();
        assert_eq!(ConnectionId::parse(&text).is_ok(), "0123456789abcdefghjkmnpqrstvwxyz".contains(character), "{text}");
    }
}

#[test]
fn an_id_of_another_kind_or_length_is_none() {
    let id = ConnectionId::generate(&SystemClock, &SequenceRandom::default()).to_string();
    for text in [id.replacen(ConnectionId::PREFIX, "org_", 1), id[1..].to_owned(), format!("{id}0"), id[..id.len() - 1].to_owned(), String::new()] {
        assert!(ConnectionId::parse(&text).is_err(), "{text}");
    }
}
