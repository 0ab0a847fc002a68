//! Where root keys come from: a file, the environment, a passphrase.

use std::path::{Path, PathBuf};

use subtle::ConstantTimeEq;

use crate::domain::Random;
use crate::vault::{Secret, key_file, key_text, passphrase, wrap};

/// A 32-byte root key.
pub struct RootKey(Secret<[u8; 32]>);

impl RootKey {
    /// The key with these bytes.
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(Secret::new(bytes))
    }

    /// The bytes.
    pub const fn expose(&self) -> &[u8; 32] {
        self.0.expose()
    }

    /// HKDF(root, "lk1/kcv"): what the database remembers to recognise the key; tells nothing about it.
    pub fn check_value(&self) -> [u8; 32] {
        let mut value = [0_u8; 32];
        wrap::expand(self, b"lk1/kcv", &mut value);
        value
    }

    /// Whether a remembered check value (64 hex digits) is this key's.
    pub fn is_recognised_by(&self, check_value: &str) -> bool {
        hex::encode(self.check_value()).as_bytes().ct_eq(check_value.as_bytes()).into()
    }
}

/// Where the root key comes from.
#[derive(Debug)]
pub enum KeySource {
    /// A file with 32 bytes as base64 or hex, mode 0600 or tighter.
    File(PathBuf),
    /// The value of an environment variable, base64 or hex.
    Environment(Secret<String>),
    /// A passphrase (its text already read from its file or the environment), stretched by Argon2id.
    Passphrase(Secret<String>, PassphraseParameters),
}

/// Argon2id parameters of a passphrase key; stored beside the key check value, not secret.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct PassphraseParameters {
    /// 16 random bytes, hex.
    pub salt: String,
    /// Memory in KiB, at least 65,536.
    pub memory_kib: u32,
    /// Passes.
    pub passes: u32,
}

impl PassphraseParameters {
    /// Parameters for a new key: a fresh salt, 256 MiB, three passes, which take about a second.
    pub fn generate(random: &dyn Random) -> Self {
        let mut salt = [0_u8; 16];
        random.fill(&mut salt);
        Self { salt: hex::encode(salt), memory_kib: 262_144, passes: 3 }
    }
}

/// Why no key could be had. Each says what is wrong and what to do; nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The file or variable is absent.
    #[error("key_missing: {0}")]
    Missing(String),
    /// Not 32 bytes in base64 or hex.
    #[error("key_malformed: {0}")]
    Malformed(String),
    /// A key printed in documentation, all zero, or one repeated byte.
    #[error("key_is_sample: {0}")]
    Sample(String),
    /// The file can be read by others or belongs to another user.
    #[error("key_file_mode: {0}")]
    FileMode(String),
    /// The passphrase is too short.
    #[error("key_passphrase_weak: {0}")]
    WeakPassphrase(String),
    /// The file could not be read or written.
    #[error("key_unreadable: {0}")]
    Unreadable(String),
}

/// Loads the root key; the passphrase takes about a second.
///
/// # Errors
/// [`KeyError`] with the reason in words.
pub fn load(source: &KeySource) -> Result<RootKey, KeyError> {
    match source {
        KeySource::File(path) => key_text::decode(&key_file::read(path)?, "key file"),
        KeySource::Environment(value) if value.expose().trim().is_empty() => Err(KeyError::Missing(
            "The key variable is empty. Put 32 random bytes in base64 there, or unset it and use a key file. Nothing was changed.".to_owned(),
        )),
        KeySource::Environment(value) => key_text::decode(value.expose(), "key variable"),
        KeySource::Passphrase(passphrase, parameters) => passphrase::stretch(passphrase, parameters),
    }
}

/// Writes a fresh key (base64 and a newline) to a new file of mode 0600; never overwrites.
///
/// # Errors
/// [`KeyError::Unreadable`] when the file exists or cannot be written.
pub fn create_key_file(path: &Path, random: &dyn Random) -> Result<RootKey, KeyError> {
    key_file::create(path, random)
}
