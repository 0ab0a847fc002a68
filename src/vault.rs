//! Secrets: types that do not print, the keyring, sealing and opening, hashing, where keys come from.

mod key_source;
mod keyring;
mod password;
mod random;
mod sealed;
mod secret;
mod token;

pub use key_source::{KeyError, KeySource, PassphraseParameters, RootKey, create_key_file, load};
pub use keyring::{KeyId, Keyring};
pub use password::{PasswordHasher, PasswordHashingError};
pub use random::SystemRandom;
pub use sealed::{Binding, OpenError, Sealed};
pub use secret::Secret;
pub use token::{Token, TokenHash};
