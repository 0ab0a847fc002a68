//! Round trips, freshness, padding, keys.

use std::collections::HashSet;

use latchkey::domain::SequenceRandom;
use latchkey::vault::{KeyId, Keyring, OpenError, RootKey, SystemRandom};

use super::{BINDING, FIRST_ID, FIRST_ROOT, SECOND_ID, SECOND_ROOT, first_keyring, rotated_keyring};

#[test]
fn every_length_comes_back_as_it_went_in() {
    let keyring = first_keyring();
    for length in (0..260).chain([4_095, 65_536, 1_000_000]) {
        for filler in [0x00, 0x80, b'x'] {
            let plaintext = vec![filler; length];
            assert_eq!(*keyring.open(&BINDING, keyring.seal(&BINDING, &plaintext, &SystemRandom).bytes()).unwrap().expose(), plaintext);
        }
    }
}

#[test]
fn no_nonce_key_or_ciphertext_repeats_in_10_000_seals() {
    let keyring = first_keyring();
    let (mut wrap_nonces, mut wrapped_keys, mut data_nonces, mut ciphertexts) = (HashSet::new(), HashSet::new(), HashSet::new(), HashSet::new());
    for _ in 0..10_000 {
        let sealed = keyring.seal(&BINDING, b"always the same", &SystemRandom);
        let bytes = sealed.bytes();
        assert!(wrap_nonces.insert(bytes[24..48].to_vec()));
        assert!(wrapped_keys.insert(bytes[48..80].to_vec()));
        assert!(data_nonces.insert(bytes[96..108].to_vec()));
        assert!(ciphertexts.insert(bytes[108..].to_vec()));
    }
}

#[test]
fn lengths_within_a_bucket_look_alike() {
    let keyring = first_keyring();
    let sealed_length = |length: usize| keyring.seal(&BINDING, &vec![b'x'; length], &SystemRandom).bytes().len();
    for bucket in 0..4 {
        let lengths: HashSet<usize> = (bucket * 64..bucket * 64 + 64).map(sealed_length).collect();
        assert_eq!(lengths, HashSet::from([124 + (bucket + 1) * 64]));
    }
}

#[test]
fn the_plaintext_does_not_show() {
    let plaintext = b"a secret long enough to be recognised";
    let sealed = first_keyring().seal(&BINDING, plaintext, &SystemRandom);
    assert!(!sealed.bytes().windows(4).any(|window| plaintext.windows(4).any(|part| part == window)));
}

#[test]
fn a_value_of_an_absent_key_names_the_cause() {
    let sealed = rotated_keyring().seal(&BINDING, b"secret", &SystemRandom);
    assert_eq!(first_keyring().open(&BINDING, sealed.bytes()).unwrap_err(), OpenError::KeyAbsent);
}

#[test]
fn another_key_under_the_same_id_opens_nothing() {
    let sealed = first_keyring().seal(&BINDING, b"secret", &SystemRandom);
    let other = Keyring::new(FIRST_ID, RootKey::new(SECOND_ROOT));
    assert_eq!(other.open(&BINDING, sealed.bytes()).unwrap_err(), OpenError::Refused);
}

#[test]
fn the_same_key_under_another_id_opens_nothing() {
    let mut sealed = first_keyring().seal(&BINDING, b"secret", &SystemRandom).bytes().to_vec();
    sealed[6..22].copy_from_slice(SECOND_ID.bytes());
    let mut keyring = first_keyring();
    keyring.add_opening_key(SECOND_ID, RootKey::new(FIRST_ROOT));
    assert_eq!(keyring.open(&BINDING, &sealed).unwrap_err(), OpenError::Refused);
}

#[test]
fn check_values_tell_keys_apart_and_ids_do_not_matter() {
    let keyring = rotated_keyring();
    assert_eq!(keyring.check_value(FIRST_ID), first_keyring().check_value(FIRST_ID));
    assert_eq!(keyring.check_value(FIRST_ID), Some(RootKey::new(FIRST_ROOT).check_value()));
    assert_ne!(keyring.check_value(FIRST_ID), keyring.check_value(SECOND_ID));
    assert_eq!(keyring.check_value(KeyId::from_bytes([0; 16])), None);
}

#[test]
fn a_root_key_recognises_only_its_own_check_value() {
    let remembered = hex::encode(RootKey::new(FIRST_ROOT).check_value());
    assert!(RootKey::new(FIRST_ROOT).is_recognised_by(&remembered));
    assert!(!RootKey::new(SECOND_ROOT).is_recognised_by(&remembered));
    assert!(!RootKey::new(FIRST_ROOT).is_recognised_by(""));
    assert!(!RootKey::new(FIRST_ROOT).is_recognised_by(&remembered[..63]));
}

#[test]
fn the_check_value_is_neither_the_key_nor_the_fingerprint() {
    let keyring = first_keyring();
    let check_value = keyring.check_value(FIRST_ID).unwrap();
    assert_ne!(check_value, FIRST_ROOT);
    assert!(!hex::encode(check_value).starts_with(&keyring.fingerprint().replace('-', "")));
}

#[test]
fn the_fingerprint_is_four_groups_of_four_hex_digits_of_the_active_key() {
    let fingerprint = first_keyring().fingerprint();
    let groups: Vec<&str> = fingerprint.split('-').collect();
    assert_eq!(groups.len(), 4);
    assert!(groups.iter().all(|group| group.len() == 4 && group.bytes().all(|digit| digit.is_ascii_hexdigit())));
    assert_eq!(fingerprint, first_keyring().fingerprint());
    assert_ne!(fingerprint, rotated_keyring().fingerprint());
}

#[test]
fn key_ids_are_version_4_uuids_and_survive_hex() {
    let random = SequenceRandom::default();
    let ids: HashSet<KeyId> = (0..1_000).map(|_| KeyId::generate(&random)).collect();
    assert_eq!(ids.len(), 1_000);
    for id in ids {
        assert_eq!(id.bytes()[6] >> 4, 4);
        assert_eq!(id.bytes()[8] >> 6, 0b10);
        assert_eq!(KeyId::from_hex(&id.to_hex()), Some(id));
    }
    assert_eq!(KeyId::from_hex("a1a1"), None);
}
