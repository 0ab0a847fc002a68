//! Password hashing: Argon2id under a concurrency cap.

use crate::vault::Secret;

/// Hashes and verifies passwords, a few at a time (SECURITY: m=19456 KiB, t=2, p=1; default 2 at once, 64 waiting, 3 s at most).
#[derive(Clone)]
pub struct PasswordHasher {}

/// Why no answer was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasswordHashingError {
    /// Too many hashes are waiting; try again in a few seconds.
    #[error("too many sign-ins at once")]
    Busy,
    /// Hashing itself failed, or the stored text is no hash.
    #[error("hashing failed")]
    Failed,
}

impl PasswordHasher {
    /// A hasher that runs at most `at_once` hashes together.
    pub fn new(at_once: usize) -> Self {
        todo!()
    }

    /// Hashes a password (NFKC first) into a PHC string.
    ///
    /// # Errors
    /// [`PasswordHashingError`].
    pub async fn hash(&self, password: &Secret<String>, salt: [u8; 16]) -> Result<String, PasswordHashingError> {
        todo!()
    }

    /// Whether the password matches. Without a stored hash an equally slow dummy is verified and the answer is no.
    ///
    /// # Errors
    /// [`PasswordHashingError`].
    pub async fn verify(&self, password: &Secret<String>, stored: Option<&str>) -> Result<bool, PasswordHashingError> {
        todo!()
    }
}
