//! The root keys this process holds.

use sha2::{Digest, Sha256};

use crate::domain::Random;
use crate::vault::data::{self, DataKey};
use crate::vault::header::{self, Header};
use crate::vault::wrap::WrappingKey;
use crate::vault::{Binding, OpenError, RootKey, Sealed, Secret};

/// The id of a root key version (a UUID), stored in every sealed value.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct KeyId([u8; 16]);

impl KeyId {
    /// A new id: a random UUID (RFC 9562, version 4).
    pub fn generate(random: &dyn Random) -> Self {
        let mut bytes = [0_u8; 16];
        random.fill(&mut bytes);
        bytes[6] = (bytes[6] & 0x0F) | 0x40;
        bytes[8] = (bytes[8] & 0x3F) | 0x80;
        Self(bytes)
    }

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
    active: HeldKey,
    opening: Vec<HeldKey>,
}

struct HeldKey {
    id: KeyId,
    wrapping: WrappingKey,
    check_value: [u8; 32],
}

impl HeldKey {
    fn new(id: KeyId, root: &RootKey) -> Self {
        Self { id, wrapping: WrappingKey::derive(root, id), check_value: root.check_value() }
    }
}

impl Keyring {
    /// A keyring whose `active` key seals and opens.
    pub fn new(active_id: KeyId, active: RootKey) -> Self {
        Self { active: HeldKey::new(active_id, &active), opening: Vec::new() }
    }

    /// Adds a key that only opens.
    pub fn add_opening_key(&mut self, id: KeyId, key: RootKey) {
        self.opening.push(HeldKey::new(id, &key));
    }

    /// The key that seals.
    pub const fn active_id(&self) -> KeyId {
        self.active.id
    }

    /// HKDF(root, "lk1/kcv"): what the database remembers to recognise the key.
    pub fn check_value(&self, id: KeyId) -> Option<[u8; 32]> {
        self.held(id).map(|held| held.check_value)
    }

    /// The active key's fingerprint: four groups of four hex digits, derived from the check value; safe to show.
    pub fn fingerprint(&self) -> String {
        let digest = hex::encode(Sha256::digest(self.active.check_value));
        [&digest[0..4], &digest[4..8], &digest[8..12], &digest[12..16]].join("-")
    }

    /// Seals `plaintext` for exactly this `binding`, under a data key made for this one write.
    pub fn seal(&self, binding: &Binding<'_>, plaintext: &[u8], random: &dyn Random) -> Sealed {
        let header = Header { padded: true, key_id: self.active.id };
        let context = header.data_context(binding);
        let mut data_key = DataKey::default();
        random.fill(data_key.as_mut_slice());
        let wrapped = self.active.wrapping.wrap(&data_key, &header.wrap_context(&context), random);
        let mut sealed = header.encode(&wrapped, data::sealed_length(plaintext.len()));
        data::encrypt_padded(&data_key, &context, plaintext, random, &mut sealed);
        Sealed::from_bytes(sealed)
    }

    /// Opens a sealed value.
    ///
    /// # Errors
    /// [`OpenError`] when it is not of this binding, was changed in any bit, is truncated, or needs an absent key.
    pub fn open(&self, binding: &Binding<'_>, sealed: &[u8]) -> Result<Secret<Vec<u8>>, OpenError> {
        let parts = header::decode(sealed)?;
        let held = self.held(parts.header.key_id).ok_or(OpenError::KeyAbsent)?;
        let context = parts.header.data_context(binding);
        let data_key = held.wrapping.unwrap(parts.wrapped, &parts.header.wrap_context(&context))?;
        data::decrypt(&data_key, &context, parts.data, parts.header.padded)
    }

    /// Puts the data key of a sealed value under the active key; the data itself is neither read nor changed.
    ///
    /// # Errors
    /// [`OpenError`] when header or wrapped key are not of this binding, were changed, are truncated, or need an absent key.
    pub fn rewrap(&self, binding: &Binding<'_>, sealed: &[u8], random: &dyn Random) -> Result<Sealed, OpenError> {
        let parts = header::decode(sealed)?;
        let held = self.held(parts.header.key_id).ok_or(OpenError::KeyAbsent)?;
        let context = parts.header.data_context(binding);
        let data_key = held.wrapping.unwrap(parts.wrapped, &parts.header.wrap_context(&context))?;
        let header = Header { key_id: self.active.id, ..parts.header };
        let wrapped = self.active.wrapping.wrap(&data_key, &header.wrap_context(&context), random);
        let mut rewrapped = header.encode(&wrapped, parts.data.len());
        rewrapped.extend_from_slice(parts.data);
        Ok(Sealed::from_bytes(rewrapped))
    }

    fn held(&self, id: KeyId) -> Option<&HeldKey> {
        if self.active.id == id { Some(&self.active) } else { self.opening.iter().find(|held| held.id == id) }
    }
}
