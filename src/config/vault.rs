//! `[vault]`: where the root key comes from.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::problem::Review;
use crate::vault::Secret;

/// Where the root key comes from.
#[derive(Debug)]
pub struct VaultConfig {
    /// The one source that was named.
    pub key: KeyChoice,
}

/// The source of the root key that the operator chose.
#[derive(Debug)]
pub enum KeyChoice {
    /// None: a file beside the database, written at the first start.
    Beside,
    /// A file.
    File(PathBuf),
    /// The environment.
    Environment(Secret<String>),
    /// A passphrase, and where it came from in words.
    Passphrase(Secret<String>, String),
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Raw {
    key: Option<Secret<String>>,
    key_file: Option<PathBuf>,
    passphrase: Option<Secret<String>>,
    passphrase_file: Option<PathBuf>,
}

pub(super) fn check(raw: Raw, review: &mut Review<'_>) -> VaultConfig {
    let set = [
        ("vault.key", raw.key.is_some()),
        ("vault.key_file", raw.key_file.is_some()),
        ("vault.passphrase", raw.passphrase.is_some()),
        ("vault.passphrase_file", raw.passphrase_file.is_some()),
    ];
    let set: Vec<&str> = set.into_iter().filter_map(|(key, present)| present.then_some(key)).collect();
    if let [first, second, ..] = set.as_slice() {
        review.refuse(first, &format!("key_ambiguous: both {first} and {second} ({}) are set", review.origin(second)), "keep one of them");
    }
    for key in ["vault.key", "vault.passphrase"] {
        if review.is_from_file(key) {
            let variable = key.replace("vault.", "LATCHKEY_VAULT__").to_uppercase();
            review.refuse(key, "a secret stands in the configuration file", &format!("move it to {key}_file or to the variable {variable}"));
        }
    }
    let key = match raw {
        Raw { key: Some(key), .. } => KeyChoice::Environment(key),
        Raw { key_file: Some(path), .. } => KeyChoice::File(path),
        Raw { passphrase: Some(text), .. } => KeyChoice::Passphrase(text, "the environment".to_owned()),
        Raw { passphrase_file: Some(path), .. } => KeyChoice::Passphrase(read_passphrase(&path, review), path.display().to_string()),
        Raw { .. } => KeyChoice::Beside,
    };
    VaultConfig { key }
}

fn read_passphrase(path: &Path, review: &mut Review<'_>) -> Secret<String> {
    match std::fs::read_to_string(path).map(Secret::new) {
        Ok(text) => Secret::new(text.expose().trim_end_matches(['\r', '\n']).to_owned()),
        Err(cause) => {
            review.refuse("vault.passphrase_file", &format!("{} cannot be read: {cause}", path.display()), "name a text file that this user may read");
            Secret::default()
        }
    }
}
