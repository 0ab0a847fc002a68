//! The data half of a sealed value: AES-256-GCM under a key used once, with padding that hides lengths.

use aes_gcm::aead::AeadInOut;
use aes_gcm::{Aes256Gcm, KeyInit};
use zeroize::{Zeroize, Zeroizing};

use crate::domain::Random;
use crate::vault::header::{NONCE_LENGTH, TAG_LENGTH};
use crate::vault::{OpenError, Secret};

/// A data key: made for one write, wiped when dropped.
pub(super) type DataKey = Zeroizing<[u8; 32]>;

const BUCKET: usize = 64;
const PAD_MARK: u8 = 0x80;

/// How many bytes [`encrypt_padded`] appends for a plaintext of this length.
pub(super) const fn sealed_length(plaintext: usize) -> usize {
    NONCE_LENGTH + padded_length(plaintext) + TAG_LENGTH
}

const fn padded_length(plaintext: usize) -> usize {
    (plaintext / BUCKET + 1) * BUCKET
}

/// Appends nonce, ciphertext and tag to `sealed`, which has the room: the plaintext is copied nowhere else and encrypted in place.
pub(super) fn encrypt_padded(key: &DataKey, context: &[u8], plaintext: &[u8], random: &dyn Random, sealed: &mut Vec<u8>) {
    let mut nonce = [0_u8; NONCE_LENGTH];
    random.fill(&mut nonce);
    sealed.extend_from_slice(&nonce);
    let start = sealed.len();
    sealed.extend_from_slice(plaintext);
    sealed.push(PAD_MARK);
    sealed.resize(start + padded_length(plaintext.len()), 0);
    let cipher = Aes256Gcm::new((&**key).into());
    let Ok(tag) = cipher.encrypt_inout_detached(&nonce.into(), context, (&mut sealed[start..]).into()) else {
        unreachable!("AES-GCM takes up to 64 GiB, more than a request can carry");
    };
    sealed.extend_from_slice(&tag);
}

/// Opens nonce, ciphertext and tag; nothing is decrypted before the tag has been verified.
///
/// # Errors
/// [`OpenError::Refused`] when any bit of it or of the context differs.
pub(super) fn decrypt(key: &DataKey, context: &[u8], data: &[u8], padded: bool) -> Result<Secret<Vec<u8>>, OpenError> {
    let (nonce, rest) = data.split_first_chunk::<NONCE_LENGTH>().ok_or(OpenError::Refused)?;
    let (ciphertext, tag) = rest.split_last_chunk::<TAG_LENGTH>().ok_or(OpenError::Refused)?;
    let mut plaintext = Zeroizing::new(ciphertext.to_vec());
    let cipher = Aes256Gcm::new((&**key).into());
    cipher.decrypt_inout_detached(nonce.into(), context, plaintext.as_mut_slice().into(), tag.into()).map_err(|_| OpenError::Refused)?;
    if padded {
        let end = plaintext.iter().rposition(|byte| *byte != 0).filter(|end| plaintext[*end] == PAD_MARK).ok_or(OpenError::Refused)?;
        plaintext[end..].zeroize();
        plaintext.truncate(end);
    }
    Ok(Secret::new(std::mem::take(&mut *plaintext)))
}
