//! What one request leaves for the next page: a message, what was typed (never a secret) and what was wrong with it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use tower_sessions::Session;

use super::components::clock_words;
use crate::services::ServiceError;

const KEY: &str = "flash";
/// Characters that are kept of a typed value; more than any field takes.
const KEPT: usize = 1_000;

/// The family of a message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FlashKind {
    /// Done.
    Ok,
    /// For information.
    #[default]
    Info,
    /// Done in part, or soon to act on.
    Warn,
    /// Not done.
    Bad,
}

impl FlashKind {
    /// The class behind `lk-flash-`.
    pub const fn class(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Info => "info",
            Self::Warn => "warn",
            Self::Bad => "bad",
        }
    }

    /// The symbol of the sprite.
    pub const fn icon(self) -> &'static str {
        match self {
            Self::Ok => "i-circle-check",
            Self::Info => "i-info",
            Self::Warn => "i-triangle-alert",
            Self::Bad => "i-circle-x",
        }
    }
}

/// What one request leaves for the next page; shown once.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Flash {
    /// The family.
    pub kind: FlashKind,
    /// What happened, in a few words.
    pub strong: String,
    /// What that means and what did not happen.
    pub text: String,
    /// What was typed, by form key; never a secret.
    pub values: BTreeMap<String, String>,
    /// What is wrong, by form key.
    pub errors: BTreeMap<String, String>,
}

impl Flash {
    /// Something was done.
    pub fn ok(strong: impl Into<String>, text: impl Into<String>) -> Self {
        Self { kind: FlashKind::Ok, strong: strong.into(), text: text.into(), ..Self::default() }
    }

    /// Something was not done.
    pub fn bad(strong: impl Into<String>, text: impl Into<String>) -> Self {
        Self { kind: FlashKind::Bad, strong: strong.into(), text: text.into(), ..Self::default() }
    }

    /// A failed use case, with its wrong fields.
    pub fn refusal(error: &ServiceError) -> Self {
        let errors = error.fields.iter().map(|field| (field.field.clone(), field.message.clone())).collect();
        match &error.diagnosis {
            Some(diagnosis) => Self { errors, ..Self::bad(ended(&diagnosis.headline), diagnosis.sentence.clone()) },
            None => {
                let again = error.retry_at.map(|at| format!("You can try again after {} (UTC).", clock_words(at, at))).unwrap_or_default();
                Self { errors, ..Self::bad(error.message.clone(), again) }
            }
        }
    }

    /// Keeps a typed value for the form; never call it with a secret.
    #[must_use]
    pub fn typed(mut self, key: &str, value: &str) -> Self {
        self.values.insert(key.to_owned(), value.chars().take(KEPT).collect());
        self
    }

    /// The typed value of a form key, empty when there is none.
    pub fn value(&self, key: &str) -> String {
        self.values.get(key).cloned().unwrap_or_default()
    }

    /// What is wrong with a form key, empty when nothing.
    pub fn error(&self, key: &str) -> String {
        self.errors.get(key).cloned().unwrap_or_default()
    }

    /// Leaves it for the next page; an empty one leaves nothing. A session store that fails loses a message, never the answer.
    pub async fn leave(self, session: &Session) {
        if self == Self::default() {
            return;
        }
        if let Err(error) = session.insert(KEY, self).await {
            tracing::warn!(%error, "a message for the next page was lost");
        }
    }

    /// Takes it, once; empty when nothing was left. It looks first, because removing always writes the session.
    pub async fn take(session: &Session) -> Self {
        match session.get::<Self>(KEY).await {
            Ok(None) => Self::default(),
            Ok(Some(_)) | Err(_) => session.remove(KEY).await.ok().flatten().unwrap_or_default(),
        }
    }
}

fn ended(headline: &str) -> String {
    if headline.ends_with(['.', '?', '!']) { headline.to_owned() } else { format!("{headline}.") }
}
