//! The vault: what opens, and above all what must not.

mod api_keys;
mod format;
mod jwt;
mod key_sources;
mod passwords;
mod rotation;
mod rsa;
mod sealing;
mod secrecy;
mod standards;
mod tampering;
mod tokens;

use latchkey::vault::{Binding, KeyId, Keyring, RootKey};

const FIRST_ID: KeyId = KeyId::from_bytes([0xA1; 16]);
const SECOND_ID: KeyId = KeyId::from_bytes([0xB2; 16]);
const FIRST_ROOT: [u8; 32] = *b"first root key, used in no place";
const SECOND_ROOT: [u8; 32] = *b"second root key, used in no pla.";

const BINDING: Binding<'static> = Binding { organization: "org_1", kind: "credential", record: "con_1", field: "payload", version: 1 };

fn first_keyring() -> Keyring {
    Keyring::new(FIRST_ID, RootKey::new(FIRST_ROOT))
}

/// The second key seals, the first still opens.
fn rotated_keyring() -> Keyring {
    let mut keyring = Keyring::new(SECOND_ID, RootKey::new(SECOND_ROOT));
    keyring.add_opening_key(FIRST_ID, RootKey::new(FIRST_ROOT));
    keyring
}
