//! E-mail addresses as account names.

use std::fmt;

/// An address in its canonical form: trimmed and lower-cased, so that one person has one account.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Email(String);

/// The text is not an e-mail address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidEmail;

impl fmt::Display for InvalidEmail {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("not an e-mail address, such as name@example.com")
    }
}

impl std::error::Error for InvalidEmail {}

impl Email {
    /// Reads an address: one `@` with text on both sides, a dot or a bare host after it, no spaces or control characters, at most 254 bytes (RFC 5321 §4.5.3.1.3).
    ///
    /// # Errors
    /// [`InvalidEmail`] for any other text.
    pub fn parse(text: &str) -> Result<Self, InvalidEmail> {
        let canonical = text.trim().to_lowercase();
        let plausible = canonical.len() <= 254
            && !canonical.chars().any(|character| character.is_whitespace() || character.is_control() || "<>(),;:\\\"[]".contains(character))
            && canonical
                .split_once('@')
                .is_some_and(|(local, host)| !local.is_empty() && !host.is_empty() && !host.contains('@') && !host.starts_with('.') && !host.ends_with('.'));
        if plausible { Ok(Self(canonical)) } else { Err(InvalidEmail) }
    }

    /// The canonical text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
