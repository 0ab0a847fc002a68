//! Takes secrets out of what a provider said.

use std::hash::{DefaultHasher, Hash, Hasher};

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use serde_json::Value;
use zeroize::Zeroizing;

use crate::catalogue::{Encoding, Template};

const LONGEST: usize = 200;
/// So many characters of a secret in a row are too many.
const FRAGMENT: usize = 12;
/// A secret shorter than this cannot be cut out without riddling the text.
const SHORTEST: usize = 4;
/// A secret of fewer bytes leaves too little in the midst of a longer base64 text.
const SHORTEST_WITHIN: usize = 8;

/// What a provider's text may not hold: each secret as it is, percent-encoded, JSON-escaped, in hex and in base64, also in the midst of a longer text.
#[derive(Default)]
pub(super) struct Scrubber {
    forms: Vec<Zeroizing<String>>,
    /// Hashes of every run of so many characters in a secret, sorted.
    fragments: Zeroizing<Vec<u64>>,
}

impl Scrubber {
    pub(super) fn add(&mut self, secret: &str) {
        if secret.is_empty() {
            return;
        }
        self.fragments.extend(fragments(secret));
        self.fragments.sort_unstable();
        self.forms.extend(forms(secret).into_iter().map(Zeroizing::new));
        self.forms.sort_by_key(|form| std::cmp::Reverse(form.len()));
    }

    /// One line without secrets, at most 200 characters; empty when a part of a secret is left in it.
    pub(super) fn clean(&self, text: &str) -> String {
        let mut clean = text.to_owned();
        for form in &self.forms {
            if clean.contains(form.as_str()) {
                if form.chars().count() < SHORTEST {
                    return String::new();
                }
                clean = clean.replace(form.as_str(), "[removed]");
            }
        }
        if fragments(&clean).iter().any(|fragment| self.fragments.binary_search(fragment).is_ok()) {
            return String::new();
        }
        let line: String = clean.chars().map(|character| if character.is_control() { ' ' } else { character }).collect();
        let line = line.split_whitespace().collect::<Vec<_>>().join(" ");
        if line.chars().count() > LONGEST { line.chars().take(LONGEST - 1).chain(['…']).collect() } else { line }
    }
}

impl Scrubber {
    /// The same for every text in a document, names of members and numbers among them.
    pub(super) fn clean_value(&self, value: Value) -> Value {
        match value {
            Value::String(text) => Value::String(self.clean(&text)),
            Value::Number(number) => {
                let text = number.to_string();
                let clean = self.clean(&text);
                if clean == text { Value::Number(number) } else { Value::String(clean) }
            }
            Value::Array(items) => Value::Array(items.into_iter().map(|item| self.clean_value(item)).collect()),
            Value::Object(members) => Value::Object(members.into_iter().map(|(name, member)| (self.clean(&name), self.clean_value(member))).collect()),
            Value::Null | Value::Bool(_) => value,
        }
    }
}

fn forms(secret: &str) -> Vec<String> {
    let mut forms = vec![secret.to_owned(), Template::new("{secret}").fill(Encoding::Url, &|_| Some(secret)), STANDARD.encode(secret)];
    if let Ok(quoted) = serde_json::to_string(secret).map(Zeroizing::new) {
        forms.push(quoted.trim_matches('"').to_owned());
    }
    if secret.len() >= SHORTEST {
        forms.extend([hex::encode(secret), hex::encode_upper(secret), URL_SAFE.encode(secret), STANDARD_NO_PAD.encode(secret), URL_SAFE_NO_PAD.encode(secret)]);
    }
    if secret.len() >= SHORTEST_WITHIN {
        forms.extend([STANDARD_NO_PAD, URL_SAFE_NO_PAD].iter().flat_map(|engine| (0..3).map(|offset| core(engine, offset, secret))));
    }
    forms
}

/// The characters of a base64 text that the secret alone decides when it stands `offset` bytes, counted in threes, behind the beginning.
fn core(engine: &impl Engine, offset: usize, secret: &str) -> String {
    let bytes = Zeroizing::new([&b"\0\0\0"[..offset], secret.as_bytes()].concat());
    let encoded = Zeroizing::new(engine.encode(&*bytes));
    let (from, to) = ((offset * 8).div_ceil(6), bytes.len() * 8 / 6);
    encoded.get(from..to).unwrap_or_default().to_owned()
}

fn fragments(text: &str) -> Vec<u64> {
    let characters: Zeroizing<Vec<char>> = Zeroizing::new(text.chars().collect());
    let hash = |window: &[char]| {
        let mut hasher = DefaultHasher::new();
        window.hash(&mut hasher);
        hasher.finish()
    };
    characters.windows(FRAGMENT).map(hash).collect()
}
