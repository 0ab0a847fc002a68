//! Patterns that a value must match as a whole.

use regex::Regex;
use serde::{Deserialize, Deserializer};

/// A regular expression for a whole value.
#[derive(Clone, Debug)]
pub struct Pattern {
    text: String,
    regex: Option<Regex>,
}

impl Pattern {
    /// Reads a pattern; one that does not compile is kept, matches nothing, and is reported by validation.
    pub fn new(text: &str) -> Self {
        Self { text: text.to_owned(), regex: Regex::new(&format!("^(?:{text})$")).ok() }
    }

    /// The text as written in the manifest.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether it compiles.
    pub const fn is_well_formed(&self) -> bool {
        self.regex.is_some()
    }

    /// Whether it describes all of `value`.
    pub fn matches(&self, value: &str) -> bool {
        self.regex.as_ref().is_some_and(|regex| regex.is_match(value))
    }
}

impl<'de> Deserialize<'de> for Pattern {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|text| Self::new(&text))
    }
}
