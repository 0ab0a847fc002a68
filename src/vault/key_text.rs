//! Root keys as text: base64 (standard or URL-safe, padded or not) or hex.

use base64::Engine as _;
use base64::alphabet::{Alphabet, STANDARD, URL_SAFE};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::vault::{KeyError, RootKey};

/// Keys that anybody knows: the one in our documentation, counting bytes, counting digits.
const SAMPLES: [&[u8; 32]; 4] = [
    b"latchkey-sample-key-do-not-use!!",
    b"\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1a\x1b\x1c\x1d\x1e\x1f",
    b"0123456789abcdef0123456789abcdef",
    b"01234567890123456789012345678901",
];
const LONGEST_TEXT: usize = 1024;

/// Reads a key; `thing` names where the text comes from.
///
/// # Errors
/// [`KeyError::Malformed`] or [`KeyError::Sample`]; neither repeats the text.
pub(super) fn decode(text: &str, thing: &str) -> Result<RootKey, KeyError> {
    let text = text.trim_ascii();
    if text.len() > LONGEST_TEXT {
        return Err(malformed(thing, &format!("a text of {} characters", text.len())));
    }
    let mut bytes = Zeroizing::new([0_u8; LONGEST_TEXT]);
    let length = decode_into(text, &mut bytes).ok_or_else(|| malformed(thing, "a text that is neither base64 nor hex"))?;
    let key = bytes.first_chunk::<32>().filter(|_| length == 32).ok_or_else(|| malformed(thing, &length.to_string()))?;
    refuse_samples(key, thing)?;
    Ok(RootKey::new(*key))
}

fn decode_into(text: &str, bytes: &mut [u8; LONGEST_TEXT]) -> Option<usize> {
    if text.len().is_multiple_of(2) && text.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        let length = text.len() / 2;
        hex::decode_to_slice(text, &mut bytes[..length]).ok()?;
        return Some(length);
    }
    [STANDARD, URL_SAFE].iter().find_map(|alphabet| engine(alphabet).decode_slice(text, bytes).ok())
}

const fn engine(alphabet: &Alphabet) -> GeneralPurpose {
    GeneralPurpose::new(alphabet, GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent))
}

fn refuse_samples(key: &[u8; 32], thing: &str) -> Result<(), KeyError> {
    if bool::from(key.ct_eq(&[key[0]; 32])) {
        return Err(KeyError::Sample(format!(
            "The {thing} holds one byte repeated 32 times. Generate a random key with `latchkey keys generate`. Nothing was changed."
        )));
    }
    if SAMPLES.iter().any(|sample| bool::from(key.ct_eq(*sample))) {
        return Err(KeyError::Sample(format!(
            "The key in the {thing} is printed in the documentation. Generate your own with `latchkey keys generate`. Nothing was changed."
        )));
    }
    Ok(())
}

fn malformed(thing: &str, got: &str) -> KeyError {
    KeyError::Malformed(format!("The {thing} must hold 32 bytes in base64 or hex; expected 32 bytes, got {got}. Put the right key there. Nothing was changed."))
}
