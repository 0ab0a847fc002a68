//! The key half of a sealed value: a data key wrapped by XAES-256-GCM under a key derived from the root key (C2SP XAES-256-GCM).

use hkdf::Hkdf;
use sha2::Sha256;
use xaes_256_gcm::Xaes256Gcm;
use xaes_256_gcm::aead::{AeadInOut, KeyInit};
use zeroize::Zeroizing;

use crate::domain::Random;
use crate::vault::data::DataKey;
use crate::vault::header::WRAPPED_LENGTH;
use crate::vault::{KeyId, OpenError, RootKey};

const WRAP_NONCE_LENGTH: usize = 24;

/// What a root key version needs to wrap; the root key itself is not kept. Boxed, so that moving it leaves no copy behind.
pub(super) struct WrappingKey(Box<Zeroizing<[u8; 32]>>);

impl WrappingKey {
    /// HKDF-Expand(root, "lk1/wrap/" and the 32 hex digits of the id).
    pub(super) fn derive(root: &RootKey, id: KeyId) -> Self {
        let mut key = Box::new(Zeroizing::new([0_u8; 32]));
        expand(root, format!("lk1/wrap/{}", id.to_hex()).as_bytes(), &mut key);
        Self(key)
    }

    /// Wraps a data key: nonce, ciphertext, tag.
    pub(super) fn wrap(&self, data_key: &DataKey, context: &[u8], random: &dyn Random) -> [u8; WRAPPED_LENGTH] {
        let mut wrapped = [0_u8; WRAPPED_LENGTH];
        let (nonce, rest) = wrapped.split_at_mut(WRAP_NONCE_LENGTH);
        let (key, tag) = rest.split_at_mut(data_key.len());
        random.fill(nonce);
        key.copy_from_slice(data_key.as_slice());
        let mut number = [0_u8; WRAP_NONCE_LENGTH];
        number.copy_from_slice(nonce);
        let Ok(made) = self.cipher().encrypt_inout_detached(&number.into(), context, key.into()) else {
            unreachable!("a data key has 32 bytes");
        };
        tag.copy_from_slice(&made);
        wrapped
    }

    /// Unwraps a data key.
    ///
    /// # Errors
    /// [`OpenError::Refused`] when any bit of it or of the context differs.
    pub(super) fn unwrap(&self, wrapped: &[u8; WRAPPED_LENGTH], context: &[u8]) -> Result<DataKey, OpenError> {
        let (nonce, rest) = wrapped.split_first_chunk::<WRAP_NONCE_LENGTH>().ok_or(OpenError::Refused)?;
        let (key, tag) = rest.split_first_chunk::<32>().ok_or(OpenError::Refused)?;
        let tag = tag.first_chunk::<16>().ok_or(OpenError::Refused)?;
        let mut data_key = DataKey::new(*key);
        self.cipher().decrypt_inout_detached(nonce.into(), context, data_key.as_mut_slice().into(), tag.into()).map_err(|_| OpenError::Refused)?;
        Ok(data_key)
    }

    fn cipher(&self) -> Xaes256Gcm {
        Xaes256Gcm::new((&**self.0).into())
    }
}

/// HKDF-SHA256-Expand with a root key, which is uniformly random, as the pseudorandom key (RFC 5869 section 3.3).
pub(super) fn expand(root: &RootKey, purpose: &[u8], into: &mut [u8; 32]) {
    let done = Hkdf::<Sha256>::from_prk(root.expose()).is_ok_and(|derivation| derivation.expand(purpose, into).is_ok());
    if !done {
        unreachable!("32 bytes from 32 bytes is within the limits of HKDF-SHA256");
    }
}
