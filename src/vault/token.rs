//! Random tokens: given out once, stored only as a hash.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::domain::Random;
use crate::vault::{Secret, sha256_hex};

/// 256 random bits as base64url, such as a setup link's.
#[derive(Debug)]
pub struct Token(Secret<String>);

/// SHA-256 of a token in hex: what is stored and looked up (ASVS 6.5.2: high entropy needs no slow hash).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenHash(String);

impl Token {
    /// A new token.
    pub fn generate(random: &dyn Random) -> Self {
        let mut bytes = Zeroizing::new([0_u8; 32]);
        random.fill(bytes.as_mut_slice());
        Self(Secret::new(URL_SAFE_NO_PAD.encode(bytes.as_slice())))
    }

    /// The text to give out.
    pub const fn expose(&self) -> &String {
        self.0.expose()
    }

    /// What to store.
    pub fn hash(&self) -> TokenHash {
        TokenHash::of(self.0.expose())
    }
}

impl TokenHash {
    /// The hash of a presented token.
    pub fn of(presented: &str) -> Self {
        Self(sha256_hex(presented.as_bytes()))
    }

    /// 64 hex digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it equals a stored hash, in constant time.
    pub fn matches(&self, stored: &str) -> bool {
        self.0.as_bytes().ct_eq(stored.as_bytes()).into()
    }
}
