//! Takes secrets out of what a provider said.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use crate::catalogue::{Encoding, Template};

const LONGEST: usize = 200;
/// So many characters of a secret in a row are too many.
const FRAGMENT: usize = 12;
/// A secret shorter than this cannot be cut out without riddling the text.
const SHORTEST: usize = 4;

/// What a provider's text may not hold: each secret as it is, percent-encoded, JSON-escaped and in base64.
#[derive(Default)]
pub(super) struct Scrubber {
    forms: Vec<Zeroizing<String>>,
    secrets: Vec<Zeroizing<String>>,
}

impl Scrubber {
    pub(super) fn add(&mut self, secret: &str) {
        if secret.is_empty() {
            return;
        }
        self.secrets.push(Zeroizing::new(secret.to_owned()));
        self.forms.push(Zeroizing::new(secret.to_owned()));
        self.forms.push(Zeroizing::new(Template::new("{secret}").fill(Encoding::Url, &|_| Some(secret))));
        self.forms.push(Zeroizing::new(STANDARD.encode(secret)));
        if let Ok(quoted) = serde_json::to_string(secret).map(Zeroizing::new) {
            self.forms.push(Zeroizing::new(quoted.trim_matches('"').to_owned()));
        }
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
        if self.secrets.iter().any(|secret| holds_fragment(&clean, secret)) {
            return String::new();
        }
        let line: String = clean.chars().map(|character| if character.is_control() { ' ' } else { character }).collect();
        let line = line.split_whitespace().collect::<Vec<_>>().join(" ");
        if line.chars().count() > LONGEST { line.chars().take(LONGEST - 1).chain(['…']).collect() } else { line }
    }
}

fn holds_fragment(text: &str, secret: &str) -> bool {
    let characters: Vec<char> = secret.chars().collect();
    characters.windows(FRAGMENT).any(|window| text.contains(Zeroizing::new(window.iter().collect::<String>()).as_str()))
}
