//! Plain and keyed hashes.

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

use crate::vault::Secret;

/// HMAC-SHA-256 of `data`, such as a link of the audit chain; any key length works, 32 bytes are right.
pub fn mac(key: &Secret<Vec<u8>>, data: &[u8]) -> [u8; 32] {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key.expose()) else {
        unreachable!("HMAC takes keys of every length");
    };
    mac.update(data);
    mac.finalize().into_bytes().into()
}

/// SHA-256 of `data` as 64 hex digits.
pub fn sha256_hex(data: &[u8]) -> String {
    hex::encode(Sha256::digest(data))
}
