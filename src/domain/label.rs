//! What people write about a thing to find it again.

use std::fmt;

/// A few sentences: trimmed, at most 500 characters, line ends but no other control characters. May be empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Description(String);

/// The text cannot be a description.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidDescription;

impl fmt::Display for InvalidDescription {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("at most 500 characters")
    }
}

impl std::error::Error for InvalidDescription {}

impl Description {
    /// The longest description, in characters.
    pub const MAX_CHARACTERS: usize = 500;

    /// Reads a description; line ends of every kind become one.
    ///
    /// # Errors
    /// [`InvalidDescription`] when too long, or with a control character.
    pub fn parse(text: &str) -> Result<Self, InvalidDescription> {
        let text = text.replace("\r\n", "\n").replace('\r', "\n");
        let text = text.trim();
        let fits = text.chars().count() <= Self::MAX_CHARACTERS && !text.chars().any(|character| character.is_control() && character != '\n');
        if fits { Ok(Self(text.to_owned())) } else { Err(InvalidDescription) }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Words to sort by: at most 10, each once, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tags(Vec<String>);

/// The texts cannot be tags.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InvalidTags {
    /// More than 10.
    TooMany,
    /// One is longer than 30 characters, or holds a comma, a quote, a backslash or a control character.
    Unfit,
}

impl fmt::Display for InvalidTags {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::TooMany => "at most 10 tags",
            Self::Unfit => "tags of 1 to 30 characters without commas, quotes and backslashes",
        })
    }
}

impl std::error::Error for InvalidTags {}

impl Tags {
    /// The most tags of one thing.
    pub const MOST: usize = 10;
    /// The longest tag, in characters.
    pub const MAX_CHARACTERS: usize = 30;

    /// Reads tags: trimmed, in lower case; empty ones are left out.
    ///
    /// # Errors
    /// [`InvalidTags`].
    pub fn parse<'a>(texts: impl IntoIterator<Item = &'a str>) -> Result<Self, InvalidTags> {
        let mut tags = Vec::new();
        for text in texts {
            let tag = Self::folded(text);
            if tag.chars().count() > Self::MAX_CHARACTERS || tag.chars().any(|character| character.is_control() || matches!(character, ',' | '"' | '\\')) {
                return Err(InvalidTags::Unfit);
            }
            if !tag.is_empty() {
                tags.push(tag);
            }
        }
        tags.sort_unstable();
        tags.dedup();
        if tags.len() > Self::MOST { Err(InvalidTags::TooMany) } else { Ok(Self(tags)) }
    }

    /// A tag as it is kept: trimmed, in lower case.
    pub fn folded(text: &str) -> String {
        text.trim().to_lowercase()
    }

    /// The tags, in order.
    pub fn into_vec(self) -> Vec<String> {
        self.0
    }
}
