//! Moving a value to another root key.

use latchkey::vault::{Binding, Keyring, OpenError, RootKey, SystemRandom};

use super::{BINDING, FIRST_ID, SECOND_ID, SECOND_ROOT, first_keyring, rotated_keyring};

const HEAD: usize = 96;

fn second_keyring() -> Keyring {
    Keyring::new(SECOND_ID, RootKey::new(SECOND_ROOT))
}

#[test]
fn rewrapping_leaves_the_data_bytes_alone_and_drops_the_need_for_the_old_key() {
    for length in [0, 1, 63, 64, 1_000] {
        let plaintext = vec![b'x'; length];
        let before = first_keyring().seal(&BINDING, &plaintext, &SystemRandom);
        let after = rotated_keyring().rewrap(&BINDING, before.bytes(), &SystemRandom).unwrap();
        assert_eq!(after.bytes()[HEAD..], before.bytes()[HEAD..]);
        assert_eq!(after.bytes()[..6], before.bytes()[..6]);
        assert_eq!(after.bytes()[6..22], *SECOND_ID.bytes());
        assert_ne!(after.bytes()[24..HEAD], before.bytes()[24..HEAD]);
        assert_eq!(*second_keyring().open(&BINDING, after.bytes()).unwrap().expose(), plaintext);
        assert_eq!(first_keyring().open(&BINDING, after.bytes()).unwrap_err(), OpenError::KeyAbsent);
    }
}

#[test]
fn values_of_both_keys_open_while_the_change_is_under_way() {
    let keyring = rotated_keyring();
    let old = first_keyring().seal(&BINDING, b"old", &SystemRandom);
    let new = keyring.seal(&BINDING, b"new", &SystemRandom);
    assert_eq!(keyring.open(&BINDING, old.bytes()).unwrap().expose(), b"old");
    assert_eq!(keyring.open(&BINDING, new.bytes()).unwrap().expose(), b"new");
    assert_eq!(new.bytes()[6..22], *SECOND_ID.bytes());
    assert_eq!(keyring.active_id(), SECOND_ID);
}

#[test]
fn rewrapping_under_the_same_key_draws_a_new_nonce() {
    let keyring = first_keyring();
    let before = keyring.seal(&BINDING, b"secret", &SystemRandom);
    let after = keyring.rewrap(&BINDING, before.bytes(), &SystemRandom).unwrap();
    assert_ne!(after.bytes()[24..48], before.bytes()[24..48]);
    assert_eq!(keyring.open(&BINDING, after.bytes()).unwrap().expose(), b"secret");
}

#[test]
fn a_value_cannot_be_rewrapped_into_another_place() {
    let sealed = first_keyring().seal(&BINDING, b"secret", &SystemRandom);
    for other in [
        Binding { organization: "org_2", ..BINDING },
        Binding { kind: "draft", ..BINDING },
        Binding { record: "con_2", ..BINDING },
        Binding { field: "secrets", ..BINDING },
        Binding { version: 2, ..BINDING },
    ] {
        assert_eq!(rotated_keyring().rewrap(&other, sealed.bytes(), &SystemRandom).unwrap_err(), OpenError::Refused);
    }
}

#[test]
fn a_key_that_was_removed_early_is_named_as_absent() {
    let sealed = first_keyring().seal(&BINDING, b"secret", &SystemRandom);
    assert_eq!(sealed.bytes()[6..22], *FIRST_ID.bytes());
    assert_eq!(second_keyring().rewrap(&BINDING, sealed.bytes(), &SystemRandom).unwrap_err(), OpenError::KeyAbsent);
    assert_eq!(second_keyring().open(&BINDING, sealed.bytes()).unwrap_err(), OpenError::KeyAbsent);
}

#[test]
fn rewrapping_does_not_hide_a_change_of_the_data() {
    let mut sealed = first_keyring().seal(&BINDING, b"secret", &SystemRandom).bytes().to_vec();
    sealed[HEAD + 12] ^= 1;
    let after = rotated_keyring().rewrap(&BINDING, &sealed, &SystemRandom).unwrap();
    assert_eq!(second_keyring().open(&BINDING, after.bytes()).unwrap_err(), OpenError::Refused);
}

#[test]
fn no_bit_of_the_head_can_be_flipped_before_a_rewrap() {
    let sealed = first_keyring().seal(&BINDING, b"secret", &SystemRandom).bytes().to_vec();
    for bit in 0..HEAD * 8 {
        let mut flipped = sealed.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        assert!(rotated_keyring().rewrap(&BINDING, &flipped, &SystemRandom).is_err(), "bit {bit}");
    }
}
