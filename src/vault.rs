//! Secrets: types that do not print, the keyring, sealing and opening, hashing, where keys come from.

mod access_token;
mod api_key;
mod data;
mod digest;
mod header;
mod jwt;
mod key_file;
mod key_source;
mod key_text;
mod keyring;
mod passphrase;
mod password;
mod random;
mod rsa;
mod sealed;
mod secret;
mod token;
mod wrap;

pub use access_token::{ACCESS_TOKEN_SECONDS, Accepted, AccessClaims, SigningKey, TokenRefusal, named_key};
pub use api_key::{ApiKey, PresentedKey};
pub use digest::{mac, sha256_hex};
pub use jwt::{JwtAlgorithm, JwtHead, JwtKey, jwt_head, sign_jwt};
pub use key_source::{KeyError, KeySource, PassphraseParameters, RootKey, create_key_file, load};
pub use keyring::{KeyId, Keyring};
pub use password::{PasswordHasher, PasswordHashingError};
pub use random::SystemRandom;
pub use rsa::{sign_rs256, signs_rs256};
pub use sealed::{Binding, OpenError, Sealed};
pub use secret::Secret;
pub use token::{Token, TokenHash};
