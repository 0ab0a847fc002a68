//! Where a redirect may go.

use std::fmt;

/// A path of this site: begins with one `/`, printable ASCII only, so that it can neither leave the site nor split a header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalPath(String);

/// The text is not a path of this site.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidLocalPath;

impl fmt::Display for InvalidLocalPath {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("not a path of this site")
    }
}

impl std::error::Error for InvalidLocalPath {}

impl LocalPath {
    /// Reads a path with an optional query and fragment.
    ///
    /// # Errors
    /// [`InvalidLocalPath`] for another site (`//`, `/\`, a scheme), for spaces, control and non-ASCII characters, and above 2,000 bytes.
    pub fn parse(text: &str) -> Result<Self, InvalidLocalPath> {
        let second = text.as_bytes().get(1).copied();
        let local =
            text.starts_with('/') && second != Some(b'/') && !text.contains('\\') && text.len() <= 2_000 && text.bytes().all(|byte| byte.is_ascii_graphic());
        if local { Ok(Self(text.to_owned())) } else { Err(InvalidLocalPath) }
    }

    /// The page that everybody may open after signing in.
    pub fn home() -> Self {
        Self("/connections".to_owned())
    }

    /// The path as it goes into a `Location` header.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
