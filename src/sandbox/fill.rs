//! Texts with places that are filled from the entries of an account.

use std::collections::BTreeMap;

/// The entries of one account: every field of the form has one, empty where nothing is typed and nothing is meant.
#[derive(Clone, Debug, Default)]
pub(super) struct Entries {
    values: BTreeMap<String, String>,
    /// Fields that hold a path, which stays as it is inside a path.
    paths: Vec<String>,
}

impl Entries {
    pub(super) const fn new(values: BTreeMap<String, String>, paths: Vec<String>) -> Self {
        Self { values, paths }
    }

    /// The same, and these.
    pub(super) fn with<'a>(&self, values: impl IntoIterator<Item = (&'a str, String)>) -> Self {
        let mut more = self.clone();
        more.values.extend(values.into_iter().map(|(id, value)| (id.to_owned(), value)));
        more
    }

    pub(super) fn get(&self, id: &str) -> Option<&str> {
        self.values.get(id).map(String::as_str)
    }

    /// The text with its places filled; braces around anything but an entry stay.
    pub(super) fn fill(&self, text: &str) -> String {
        self.write(text, |_, value| value.to_owned())
    }

    /// The same for a path: a value is percent-encoded, so that it stays one segment.
    pub(super) fn fill_path(&self, text: &str) -> String {
        let written = |id: &str, value: &str| if self.paths.iter().any(|path| path == id) { value.to_owned() } else { encode(value) };
        self.write(text, written)
    }

    /// The filled text; none when a place stays empty, for then the header or parameter is left out.
    pub(super) fn fill_whole(&self, text: &str) -> Option<String> {
        let names_empty = places(text).into_iter().any(|id| self.get(id) == Some(""));
        (!names_empty).then(|| self.fill(text))
    }

    /// Whether the text has a place that is filled from an entry.
    pub(super) fn varies(&self, text: &str) -> bool {
        places(text).into_iter().any(|id| self.get(id).is_some())
    }

    fn write(&self, text: &str, written: impl Fn(&str, &str) -> String) -> String {
        let mut filled = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(open) = rest.find('{') {
            filled.push_str(&rest[..open]);
            rest = &rest[open..];
            let place = rest[1..].split_once('}').and_then(|(id, after)| Some((id, self.get(id)?, after)));
            if let Some((id, value, after)) = place {
                filled.push_str(&written(id, value));
                rest = after;
            } else {
                filled.push('{');
                rest = &rest[1..];
            }
        }
        filled + rest
    }
}

/// Every name in braces.
pub(super) fn places(text: &str) -> Vec<&str> {
    let is_name = |id: &&str| !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
    text.split('{').skip(1).filter_map(|rest| rest.split_once('}').map(|(id, _)| id)).filter(is_name).collect()
}

/// RFC 3986 §2.3: all but unreserved characters.
fn encode(value: &str) -> String {
    value
        .bytes()
        .map(|byte| if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

/// The segments of a path without their percent-encoding.
pub(super) fn segments(path: &str) -> Vec<Vec<u8>> {
    path.split('/').map(decode).collect()
}

fn decode(segment: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(segment.len());
    let mut rest = segment.as_bytes();
    while let [first, after @ ..] = rest {
        let hex = after.get(..2).filter(|_| *first == b'%').and_then(|pair| std::str::from_utf8(pair).ok()).and_then(|pair| u8::from_str_radix(pair, 16).ok());
        bytes.push(hex.unwrap_or(*first));
        rest = if hex.is_some() { &after[2..] } else { after };
    }
    bytes
}
