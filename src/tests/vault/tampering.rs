//! Sealed values that were moved, exchanged, edited or cut: none may open, none may panic.

use latchkey::vault::{Binding, KeyId, Keyring, OpenError, SystemRandom};

use super::{BINDING, FIRST_ID, SECOND_ID, first_keyring, rotated_keyring};

/// Bytes of header and wrapped data key; the rest is nonce, ciphertext and tag.
const HEAD: usize = 96;

struct Blob {
    place: [String; 4],
    version: u64,
    sealed: Vec<u8>,
}

impl Blob {
    fn binding(&self) -> Binding<'_> {
        let [organization, kind, record, field] = &self.place;
        Binding { organization, kind, record, field, version: self.version }
    }
}

/// 2 organizations x 2 kinds x 5 records x 2 fields x 5 versions, every other one under the older key; all hold the same text.
fn two_hundred_blobs() -> Vec<Blob> {
    let (older, newer) = (first_keyring(), rotated_keyring());
    let mut blobs = Vec::new();
    for index in 0..200_usize {
        let place = [
            format!("org_{}", index % 2),
            ["credential", "draft"][index / 2 % 2].to_owned(),
            format!("con_{}", index / 4 % 5),
            ["payload", "secrets"][index / 20 % 2].to_owned(),
        ];
        let version = u64::try_from(index / 40 + 1).unwrap();
        let mut blob = Blob { place, version, sealed: Vec::new() };
        let keyring: &Keyring = if index / 4 % 2 == 0 { &older } else { &newer };
        blob.sealed = keyring.seal(&blob.binding(), b"the same text everywhere", &SystemRandom).bytes().to_vec();
        blobs.push(blob);
    }
    blobs
}

#[test]
fn no_blob_of_200_opens_in_the_place_of_another() {
    let keyring = rotated_keyring();
    let blobs = two_hundred_blobs();
    let mut tried = 0;
    for (position, blob) in blobs.iter().enumerate() {
        assert_eq!(keyring.open(&blob.binding(), &blob.sealed).unwrap().expose(), b"the same text everywhere");
        for (_, other) in blobs.iter().enumerate().filter(|(place, _)| *place != position) {
            assert_eq!(keyring.open(&other.binding(), &blob.sealed).unwrap_err(), OpenError::Refused);
            tried += 1;
        }
    }
    assert_eq!(tried, 39_800);
}

#[test]
fn no_head_of_200_opens_the_data_of_another() {
    let keyring = rotated_keyring();
    let blobs = two_hundred_blobs();
    for (position, head) in blobs.iter().enumerate() {
        for (_, data) in blobs.iter().enumerate().filter(|(place, _)| *place != position) {
            let grafted = [&head.sealed[..HEAD], &data.sealed[HEAD..]].concat();
            assert_eq!(keyring.open(&head.binding(), &grafted).unwrap_err(), OpenError::Refused);
            assert_eq!(keyring.open(&data.binding(), &grafted).unwrap_err(), OpenError::Refused);
        }
    }
}

#[test]
fn no_blob_of_200_opens_under_the_id_of_another_key() {
    let keyring = rotated_keyring();
    for mut blob in two_hundred_blobs() {
        let other = if blob.sealed[6..22] == *FIRST_ID.bytes() { SECOND_ID } else { FIRST_ID };
        blob.sealed[6..22].copy_from_slice(other.bytes());
        assert_eq!(keyring.open(&blob.binding(), &blob.sealed).unwrap_err(), OpenError::Refused);
        assert_eq!(keyring.rewrap(&blob.binding(), &blob.sealed, &SystemRandom).unwrap_err(), OpenError::Refused);
        blob.sealed[6..22].copy_from_slice(KeyId::from_bytes([0; 16]).bytes());
        assert_eq!(keyring.open(&blob.binding(), &blob.sealed).unwrap_err(), OpenError::KeyAbsent);
    }
}

#[test]
fn characters_cannot_wander_between_the_parts_of_a_binding() {
    let keyring = first_keyring();
    let sealed = keyring.seal(&Binding { organization: "ab", kind: "cd", record: "ef", field: "gh", version: 1 }, b"secret", &SystemRandom);
    for (organization, kind, record, field) in
        [("a", "bcd", "ef", "gh"), ("abc", "d", "ef", "gh"), ("ab", "cdef", "", "gh"), ("ab", "cd", "efgh", ""), ("", "abcd", "ef", "gh")]
    {
        let other = Binding { organization, kind, record, field, version: 1 };
        assert_eq!(keyring.open(&other, sealed.bytes()).unwrap_err(), OpenError::Refused);
    }
}

#[test]
fn no_single_bit_of_a_blob_can_be_flipped() {
    let keyring = rotated_keyring();
    for length in [0, 1, 63, 64, 100, 500] {
        let sealed = keyring.seal(&BINDING, &vec![b'x'; length], &SystemRandom).bytes().to_vec();
        for bit in 0..sealed.len() * 8 {
            let mut flipped = sealed.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            let refused = keyring.open(&BINDING, &flipped).unwrap_err();
            let expected = match bit / 8 {
                0..=4 | 22..=23 => OpenError::Format,
                5 if bit % 8 != 0 => OpenError::Format,
                6..=21 => OpenError::KeyAbsent,
                _ => OpenError::Refused,
            };
            assert_eq!(refused, expected, "bit {bit} of {length} bytes");
        }
    }
}

#[test]
fn no_truncation_and_no_extension_opens() {
    let keyring = first_keyring();
    for length in [0, 64, 500] {
        let sealed = keyring.seal(&BINDING, &vec![b'x'; length], &SystemRandom).bytes().to_vec();
        for end in 0..sealed.len() {
            assert!(keyring.open(&BINDING, &sealed[..end]).is_err(), "cut after {end}");
            assert!(keyring.open(&BINDING, &sealed[sealed.len() - end..]).is_err(), "only the last {end}");
            assert!(keyring.rewrap(&BINDING, &sealed[..end.min(HEAD + 27)], &SystemRandom).is_err(), "rewrapped, cut after {end}");
        }
        for more in [&[0][..], &[0x80], &[0; 16], &[0; 64], &sealed] {
            assert_eq!(keyring.open(&BINDING, &[&sealed, more].concat()).unwrap_err(), OpenError::Refused);
        }
    }
}

#[test]
fn other_versions_algorithms_flags_and_lengths_are_not_guessed_at() {
    let keyring = first_keyring();
    let sealed = keyring.seal(&BINDING, b"secret", &SystemRandom).bytes().to_vec();
    for (offset, known) in [(0, b'L'), (1, b'K'), (2, 1), (3, 1), (4, 1)] {
        for value in (0..=255).filter(|value| *value != known) {
            let mut changed = sealed.clone();
            changed[offset] = value;
            assert_eq!(keyring.open(&BINDING, &changed).unwrap_err(), OpenError::Format, "byte {offset} = {value}");
            assert_eq!(keyring.rewrap(&BINDING, &changed, &SystemRandom).unwrap_err(), OpenError::Format);
        }
    }
    for flags in 2..=255 {
        let mut changed = sealed.clone();
        changed[5] = flags;
        assert_eq!(keyring.open(&BINDING, &changed).unwrap_err(), OpenError::Format, "flags {flags}");
    }
    for length in (0..=u16::MAX).filter(|length| *length != 72) {
        let mut changed = sealed.clone();
        changed[22..24].copy_from_slice(&length.to_be_bytes());
        assert_eq!(keyring.open(&BINDING, &changed).unwrap_err(), OpenError::Format, "wrapped length {length}");
    }
}

#[test]
fn bytes_that_were_never_sealed_do_not_open() {
    let keyring = first_keyring();
    for garbage in [&b""[..], b"L", b"LK", b"plaintext", &[0; 124], &[0xFF; 1_000], b"LK\x01\x01\x01\x01"] {
        assert!(keyring.open(&BINDING, garbage).is_err());
        assert!(keyring.rewrap(&BINDING, garbage, &SystemRandom).is_err());
    }
}
