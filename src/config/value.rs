//! Values that a file writes as a number or list, and the environment as text.

use serde::Deserialize;

/// Text, or a number or truth value written as one.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Scalar {
    Bool(bool),
    Number(u64),
    Text(String),
}

impl Scalar {
    pub(super) fn into_text(self) -> String {
        match self {
            Self::Bool(flag) => flag.to_string(),
            Self::Number(number) => number.to_string(),
            Self::Text(text) => text,
        }
    }
}

/// A list, or text with commas.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum List {
    Items(Vec<String>),
    Text(String),
}

impl List {
    pub(super) fn into_items(self) -> Vec<String> {
        let items = match self {
            Self::Items(items) => items,
            Self::Text(text) => {
                text.trim().trim_start_matches('[').trim_end_matches(']').split(',').map(|item| item.trim().trim_matches('"').to_owned()).collect()
            }
        };
        items.into_iter().map(|item| item.trim().to_owned()).filter(|item| !item.is_empty()).collect()
    }
}
