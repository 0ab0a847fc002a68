//! The bytes of a sealed value around its ciphertext, and what both encryptions are bound to (docs/SECURITY.md, format 1).

use sha2::{Digest, Sha256};

use crate::vault::{Binding, KeyId, OpenError};

const MAGIC: [u8; 2] = *b"LK";
const VERSION: u8 = 1;
const DATA_AES_256_GCM: u8 = 1;
/// 0x02 AWS KMS, 0x03 Vault transit, 0x04 GCP KMS and 0x05 Azure are reserved.
const WRAP_XAES_256_GCM: u8 = 1;
const FLAG_PADDED: u8 = 1;
const FIXED_LENGTH: usize = 24;

/// Length of an AES-GCM nonce in bytes.
pub(super) const NONCE_LENGTH: usize = 12;
/// Length of an AES-GCM tag in bytes.
pub(super) const TAG_LENGTH: usize = 16;
/// Length of a wrapped data key in bytes: nonce 24, key 32, tag 16.
pub(super) const WRAPPED_LENGTH: usize = 72;

/// The header of a sealed value; algorithms are those of format 1, the only ones known.
#[derive(Clone, Copy)]
pub(super) struct Header {
    /// Whether the plaintext was padded to 64-byte buckets.
    pub padded: bool,
    /// Which root key version wrapped the data key.
    pub key_id: KeyId,
}

/// A sealed value taken apart, still unverified.
pub(super) struct Parts<'a> {
    /// Its header.
    pub header: Header,
    /// The data key under the root key.
    pub wrapped: &'a [u8; WRAPPED_LENGTH],
    /// Data nonce, ciphertext and tag: what a change of the root key never touches.
    pub data: &'a [u8],
}

impl Header {
    const fn flags(self) -> u8 {
        if self.padded { FLAG_PADDED } else { 0 }
    }

    /// A buffer that holds the header and the wrapped key, with room for `more` bytes.
    pub(super) fn encode(self, wrapped: &[u8; WRAPPED_LENGTH], more: usize) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(FIXED_LENGTH + WRAPPED_LENGTH + more);
        bytes.extend_from_slice(&MAGIC);
        bytes.extend_from_slice(&[VERSION, DATA_AES_256_GCM, WRAP_XAES_256_GCM, self.flags()]);
        bytes.extend_from_slice(self.key_id.bytes());
        bytes.extend_from_slice(&[0, 72]);
        bytes.extend_from_slice(wrapped);
        bytes
    }

    /// What the data ciphertext is bound to; it names no root key, so a change of it leaves the ciphertext valid.
    pub(super) fn data_context(self, binding: &Binding<'_>) -> Vec<u8> {
        let mut context = Vec::with_capacity(160);
        push_prefixed(&mut context, b"lk1/data");
        context.extend_from_slice(&[VERSION, DATA_AES_256_GCM, self.flags()]);
        for part in [binding.organization, binding.kind, binding.record, binding.field] {
            push_prefixed(&mut context, part.as_bytes());
        }
        context.extend_from_slice(&binding.version.to_be_bytes());
        context
    }

    /// What the wrapped data key is bound to: the root key version and, through its hash, the data context.
    pub(super) fn wrap_context(self, data_context: &[u8]) -> Vec<u8> {
        let mut context = Vec::with_capacity(80);
        push_prefixed(&mut context, b"lk1/dek");
        context.extend_from_slice(&[VERSION, WRAP_XAES_256_GCM]);
        push_prefixed(&mut context, self.key_id.bytes());
        context.extend_from_slice(&Sha256::digest(data_context));
        context
    }
}

/// Takes a sealed value apart.
///
/// # Errors
/// [`OpenError::Format`] for another magic, version, algorithm or flag; [`OpenError::Refused`] when it is too short to be whole.
pub(super) fn decode(sealed: &[u8]) -> Result<Parts<'_>, OpenError> {
    let (magic, rest) = sealed.split_first_chunk::<2>().ok_or(OpenError::Format)?;
    if *magic != MAGIC {
        return Err(OpenError::Format);
    }
    let (algorithms, rest) = rest.split_first_chunk::<4>().ok_or(OpenError::Refused)?;
    let [VERSION, DATA_AES_256_GCM, WRAP_XAES_256_GCM, flags] = *algorithms else {
        return Err(OpenError::Format);
    };
    if flags & !FLAG_PADDED != 0 {
        return Err(OpenError::Format);
    }
    let (key_id, rest) = rest.split_first_chunk::<16>().ok_or(OpenError::Refused)?;
    let (wrapped_length, rest) = rest.split_first_chunk::<2>().ok_or(OpenError::Refused)?;
    if usize::from(u16::from_be_bytes(*wrapped_length)) != WRAPPED_LENGTH {
        return Err(OpenError::Format);
    }
    let (wrapped, data) = rest.split_first_chunk::<WRAPPED_LENGTH>().ok_or(OpenError::Refused)?;
    if data.len() < NONCE_LENGTH + TAG_LENGTH {
        return Err(OpenError::Refused);
    }
    Ok(Parts { header: Header { padded: flags == FLAG_PADDED, key_id: KeyId::from_bytes(*key_id) }, wrapped, data })
}

fn push_prefixed(context: &mut Vec<u8>, part: &[u8]) {
    let length = u32::try_from(part.len()).unwrap_or(u32::MAX);
    context.extend_from_slice(&length.to_be_bytes());
    context.extend_from_slice(part);
}
