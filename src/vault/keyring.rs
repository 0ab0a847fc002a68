//! The root keys this process holds.

use crate::domain::Random;
use crate::vault::{Binding, OpenError, RootKey, Sealed, Secret};

/// The id of a root key version (a UUID), stored in every sealed value.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct KeyId([u8; 16]);

impl KeyId {
    /// The id with these bytes.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The raw id.
    pub const fn bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// The id as 32 hex digits.
    pub fn to_hex(self) -> String {
        hex::encode(self.0)
    }

    /// Reads 32 hex digits.
    pub fn from_hex(text: &str) -> Option<Self> {
        hex::decode(text).ok()?.try_into().ok().map(Self)
    }
}

/// The root keys this process holds: one seals, all open.
pub struct Keyring {
    // filled in by the vault's author
}

impl Keyring {
    /// A keyring whose `active` key seals and opens.
    pub fn new(active_id: KeyId, active: RootKey) -> Self {
        todo!()
    }

    /// Adds a key that only opens.
    pub fn add_opening_key(&mut self, id: KeyId, key: RootKey) {
        todo!()
    }

    /// The key that seals.
    pub fn active_id(&self) -> KeyId {
        todo!()
    }

    /// HKDF(root, "lk1/kcv"): what the database remembers to recognise the key.
    pub fn check_value(&self, id: KeyId) -> Option<[u8; 32]> {
        todo!()
    }

    /// The active key's fingerprint: four groups of four hex digits, derived from the check value; safe to show.
    pub fn fingerprint(&self) -> String {
        todo!()
    }

    /// Seals `plaintext` for exactly this `binding`, under a data key made for this one write.
    pub fn seal(&self, binding: &Binding<'_>, plaintext: &[u8], random: &dyn Random) -> Sealed {
        todo!()
    }

    /// Opens a sealed value.
    ///
    /// # Errors
    /// [`OpenError`] when it is not of this binding, was changed in any bit, is truncated, or needs an absent key.
    pub fn open(&self, binding: &Binding<'_>, sealed: &[u8]) -> Result<Secret<Vec<u8>>, OpenError> {
        todo!()
    }
}
