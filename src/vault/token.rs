//! Random tokens: given out once, stored only as a hash.

use crate::domain::Random;
use crate::vault::Secret;

/// 256 random bits as base64url, such as a setup link's.
#[derive(Debug)]
pub struct Token(Secret<String>);

/// SHA-256 of a token in hex: what is stored and looked up (ASVS 6.5.2: high entropy needs no slow hash).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenHash(String);

impl Token {
    /// A new token.
    pub fn generate(random: &dyn Random) -> Self {
        todo!()
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
        todo!()
    }

    /// 64 hex digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it equals a stored hash, in constant time.
    pub fn matches(&self, stored: &str) -> bool {
        todo!()
    }
}
