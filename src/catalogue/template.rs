//! Text with places that are filled from fields: `/accounts/{account}`.

use serde::{Deserialize, Deserializer};

/// One piece of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// Text that stays as it is.
    Text(String),
    /// A place that is filled from the field of this id.
    Field(String),
}

/// How a value is written into the place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// As it is.
    Plain,
    /// Percent-encoded, so that it stays one segment of a path or one value of a query (RFC 3986 §2.3: all but unreserved characters).
    Url,
}

/// A text with places that are filled from fields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    text: String,
    parts: Option<Vec<Part>>,
}

impl Template {
    /// Reads a template; one with a lone brace is kept and reported by validation.
    pub fn new(text: &str) -> Self {
        Self { text: text.to_owned(), parts: parse(text) }
    }

    /// Reads a text in which braces may mean something else, such as one of GraphQL: only a field id directly between two braces is a place.
    pub fn loose(text: &str) -> Self {
        let mut parts = Vec::new();
        let (mut from, mut rest) = (0, 0);
        while let Some(open) = text[rest..].find('{').map(|at| rest + at) {
            rest = open + 1;
            if let Some((id, _)) = text[rest..].split_once('}').filter(|(id, _)| is_id(id)) {
                if from < open {
                    parts.push(Part::Text(text[from..open].to_owned()));
                }
                parts.push(Part::Field(id.to_owned()));
                rest += id.len() + 1;
                from = rest;
            }
        }
        if from < text.len() {
            parts.push(Part::Text(text[from..].to_owned()));
        }
        Self { text: text.to_owned(), parts: Some(parts) }
    }

    /// The text as written in the manifest.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Text and places in order; empty when the braces do not match.
    pub fn parts(&self) -> &[Part] {
        self.parts.as_deref().unwrap_or_default()
    }

    /// Whether every brace has its partner and holds a field id.
    pub const fn is_well_formed(&self) -> bool {
        self.parts.is_some()
    }

    /// The ids of the fields it is filled from, in order.
    pub fn fields(&self) -> impl Iterator<Item = &str> {
        self.parts().iter().filter_map(|part| match part {
            Part::Field(id) => Some(id.as_str()),
            Part::Text(_) => None,
        })
    }

    /// Whether every place has a value that is not empty.
    pub fn is_filled_by<'a>(&self, value_of: &dyn Fn(&str) -> Option<&'a str>) -> bool {
        self.fields().all(|id| value_of(id).is_some_and(|value| !value.is_empty()))
    }

    /// The text with every place filled; a place without a value stays empty.
    pub fn fill<'a>(&self, encoding: Encoding, value_of: &dyn Fn(&str) -> Option<&'a str>) -> String {
        self.fill_each(&|_| encoding, value_of)
    }

    /// The same where the field decides how its value is written.
    pub fn fill_each<'a>(&self, encoding_of: &dyn Fn(&str) -> Encoding, value_of: &dyn Fn(&str) -> Option<&'a str>) -> String {
        // Room for everything at once, so that growing leaves no copies of a secret behind.
        let longest = |id: &str| if encoding_of(id) == Encoding::Url { 3 } else { 1 };
        let room: usize = self.fields().map(|id| longest(id) * value_of(id).map_or(0, str::len)).sum();
        let mut filled = String::with_capacity(self.text.len() + room);
        for part in self.parts() {
            match part {
                Part::Text(text) => filled.push_str(text),
                Part::Field(id) => write_value(&mut filled, value_of(id).unwrap_or_default(), encoding_of(id)),
            }
        }
        filled
    }
}

impl<'de> Deserialize<'de> for Template {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|text| Self::new(&text))
    }
}

fn write_value(filled: &mut String, value: &str, encoding: Encoding) {
    match encoding {
        Encoding::Plain => filled.push_str(value),
        Encoding::Url => {
            const HEX: &[u8; 16] = b"0123456789ABCDEF";
            for byte in value.bytes() {
                if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
                    filled.push(char::from(byte));
                } else {
                    filled.push('%');
                    filled.push(char::from(HEX[usize::from(byte >> 4)]));
                    filled.push(char::from(HEX[usize::from(byte & 15)]));
                }
            }
        }
    }
}

fn is_id(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

fn parse(text: &str) -> Option<Vec<Part>> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some(open) = rest.find(['{', '}']) {
        if rest[open..].starts_with('}') {
            return None;
        }
        if open > 0 {
            parts.push(Part::Text(rest[..open].to_owned()));
        }
        let (id, after) = rest[open + 1..].split_once('}')?;
        if !is_id(id) {
            return None;
        }
        parts.push(Part::Field(id.to_owned()));
        rest = after;
    }
    if !rest.is_empty() {
        parts.push(Part::Text(rest.to_owned()));
    }
    Some(parts)
}
