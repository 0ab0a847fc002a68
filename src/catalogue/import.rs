//! Which variables of another program hold what a connector asks for.

use std::collections::BTreeSet;

use super::validate::Findings;
use super::{Field, Grant, Manifest};

/// What tokens are called in `import`, beside the ids of fields.
pub const ACCESS_TOKEN: &str = "access_token";
/// The same of the token that renews it.
pub const REFRESH_TOKEN: &str = "refresh_token";
/// The most names of one field, and the longest name in characters.
const MOST: usize = 8;
const LONGEST: usize = 64;

impl Manifest {
    /// Whether tokens that a person allowed can be brought along.
    pub fn takes_tokens(&self) -> bool {
        self.oauth.as_ref().is_some_and(|oauth| oauth.grant == Grant::Code)
    }

    /// What a variable with the value of a field is called, or with one of the tokens: the names that the manifest gives, and `STRIPE_API_KEY` for the field
    /// `api_key` of `stripe`.
    pub fn variables(&self, field: &str) -> Vec<String> {
        let plain = |text: &str| text.to_ascii_uppercase().replace('-', "_");
        let given = self.import.get(field).into_iter().flatten().cloned();
        given.chain([format!("{}_{}", plain(&self.id), plain(field))]).collect()
    }

    /// The fields that a variable can hold, in order.
    pub fn importable(&self) -> impl Iterator<Item = &Field> {
        self.fields.iter().filter(|field| field.filled_by.is_none() || self.takes_tokens())
    }
}

/// What is wrong in `import`.
pub(super) fn import(findings: &mut Findings<'_>) {
    let manifest = findings.manifest;
    let mut seen = BTreeSet::new();
    for (field, names) in &manifest.import {
        let key = format!("import.{field}");
        let is_token = manifest.takes_tokens() && matches!(field.as_str(), ACCESS_TOKEN | REFRESH_TOKEN);
        if !is_token {
            findings.declared(&key, field);
        }
        if names.is_empty() || names.len() > MOST {
            findings.add(&key, format!("needs one to {MOST} names of variables"));
        }
        for name in names {
            let is_plain = name.len() <= LONGEST
                && name.starts_with(|first: char| first.is_ascii_uppercase())
                && name.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_');
            if !is_plain {
                findings.add(&key, format!("names `{name}`: write at most {LONGEST} upper-case letters, digits and `_`, a letter first"));
            }
            if !seen.insert(name.as_str()) {
                findings.add(&key, format!("names `{name}`, which stands here twice: keep one"));
            }
        }
    }
}
