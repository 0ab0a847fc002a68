//! Patterns that a value must match as a whole.

use std::sync::OnceLock;

use regex::{Regex, RegexBuilder};
use serde::{Deserialize, Deserializer};

/// The largest compiled pattern, in bytes.
const SIZE_LIMIT: usize = 1024 * 1024;

/// A regular expression for a whole value; compiled when it is first needed. A clone compiles anew, so that manifests which are kept stay small.
#[derive(Debug)]
pub struct Pattern {
    text: String,
    regex: OnceLock<Option<Regex>>,
}

impl Clone for Pattern {
    fn clone(&self) -> Self {
        Self::new(&self.text)
    }
}

impl Pattern {
    /// Reads a pattern; one that does not compile is kept, matches nothing, and is reported by validation.
    pub fn new(text: &str) -> Self {
        Self { text: text.to_owned(), regex: OnceLock::new() }
    }

    /// The text as written in the manifest.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether it compiles, and to no more than 1 MiB. What is compiled is not kept: every connector is validated, and few are used.
    pub fn is_well_formed(&self) -> bool {
        self.regex.get().map_or_else(|| self.compile().is_some(), Option::is_some)
    }

    /// Whether it describes all of `value`.
    pub fn matches(&self, value: &str) -> bool {
        self.regex().is_some_and(|regex| regex.is_match(value))
    }

    fn compile(&self) -> Option<Regex> {
        RegexBuilder::new(&format!("^(?:{})$", self.text)).size_limit(SIZE_LIMIT).dfa_size_limit(SIZE_LIMIT).nest_limit(50).build().ok()
    }

    fn regex(&self) -> Option<&Regex> {
        self.regex.get_or_init(|| self.compile()).as_ref()
    }
}

impl<'de> Deserialize<'de> for Pattern {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|text| Self::new(&text))
    }
}
