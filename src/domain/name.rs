//! Names that people give to things.

use std::fmt;

/// A name that a page can show: trimmed, 1 to 120 characters, no control characters.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct DisplayName(String);

/// The text cannot be a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidName;

impl fmt::Display for InvalidName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("1 to 120 characters on one line")
    }
}

impl std::error::Error for InvalidName {}

impl DisplayName {
    /// The longest name, in characters.
    pub const MAX_CHARACTERS: usize = 120;

    /// Reads a name.
    ///
    /// # Errors
    /// [`InvalidName`] when empty, too long, or with a control character.
    pub fn parse(text: &str) -> Result<Self, InvalidName> {
        let trimmed = text.trim();
        let fits = (1..=Self::MAX_CHARACTERS).contains(&trimmed.chars().count());
        if fits && !trimmed.chars().any(char::is_control) { Ok(Self(trimmed.to_owned())) } else { Err(InvalidName) }
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
