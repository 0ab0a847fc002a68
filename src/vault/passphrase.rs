//! A root key from a passphrase: Argon2id, about a second for each guess.

use argon2::{Algorithm, Argon2, Params, Version};
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

use crate::vault::{KeyError, PassphraseParameters, RootKey, Secret};

const FEWEST_CHARACTERS: usize = 14;
const LONGEST_BYTES: usize = 4096;
const NFKC_GROWTH: usize = 11;
const LEAST_MEMORY_KIB: u32 = 65_536;
/// 4 GiB: parameters come from the database, whose writer must not be able to exhaust the machine.
const MOST_MEMORY_KIB: u32 = 4_194_304;
const MOST_PASSES: u32 = 64;

/// Stretches a passphrase; line ends around it do not count, and it is read in NFKC.
///
/// # Errors
/// [`KeyError::Missing`], [`KeyError::WeakPassphrase`], or [`KeyError::Malformed`] for parameters out of range.
pub(super) fn stretch(passphrase: &Secret<String>, parameters: &PassphraseParameters) -> Result<RootKey, KeyError> {
    let text = judge(passphrase.expose().trim_matches(['\r', '\n']))?;
    let (argon2, salt) = judge_parameters(parameters)?;
    let mut bytes = Zeroizing::new([0_u8; 32]);
    argon2.hash_password_into(text.as_bytes(), &salt, bytes.as_mut_slice()).map_err(|error| {
        KeyError::Unreadable(format!(
            "The passphrase could not be stretched ({error}). Give the process {} KiB of memory. Nothing was changed.",
            parameters.memory_kib
        ))
    })?;
    Ok(RootKey::new(*bytes))
}

fn judge(passphrase: &str) -> Result<Zeroizing<String>, KeyError> {
    if passphrase.is_empty() {
        return Err(KeyError::Missing("The passphrase is empty. Give one of at least 14 characters. Nothing was changed.".to_owned()));
    }
    if passphrase.len() > LONGEST_BYTES {
        return Err(KeyError::Malformed(format!(
            "The passphrase has {} bytes, at most {LONGEST_BYTES} are read. Give a shorter one. Nothing was changed.",
            passphrase.len()
        )));
    }
    let mut text = Zeroizing::new(String::with_capacity(passphrase.len() * NFKC_GROWTH));
    text.extend(passphrase.nfkc());
    let characters = text.chars().count();
    if characters < FEWEST_CHARACTERS {
        return Err(KeyError::WeakPassphrase(format!(
            "The passphrase has {characters} characters, must have at least {FEWEST_CHARACTERS}. Use a longer one, such as five random words. Nothing was changed."
        )));
    }
    let mut seen = text.chars();
    let first = seen.next();
    if seen.all(|character| Some(character) == first) {
        return Err(KeyError::WeakPassphrase("The passphrase is one character repeated. Use five random words. Nothing was changed.".to_owned()));
    }
    Ok(text)
}

fn judge_parameters(parameters: &PassphraseParameters) -> Result<(Argon2<'static>, [u8; 16]), KeyError> {
    let mut salt = [0_u8; 16];
    hex::decode_to_slice(&parameters.salt, &mut salt).map_err(|_| out_of_range("salt", "16 bytes in hex"))?;
    if !(LEAST_MEMORY_KIB..=MOST_MEMORY_KIB).contains(&parameters.memory_kib) {
        return Err(out_of_range("memory", "65,536 to 4,194,304 KiB"));
    }
    if !(1..=MOST_PASSES).contains(&parameters.passes) {
        return Err(out_of_range("passes", "1 to 64"));
    }
    let chosen = Params::new(parameters.memory_kib, parameters.passes, 1, Some(32)).map_err(|_| out_of_range("parameters", "what Argon2id takes"))?;
    Ok((Argon2::new(Algorithm::Argon2id, Version::V0x13, chosen), salt))
}

fn out_of_range(name: &str, expected: &str) -> KeyError {
    KeyError::Malformed(format!("The stored {name} of the passphrase key must be {expected}. Restore the database from a backup. Nothing was changed."))
}
