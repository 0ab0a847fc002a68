//! Where things stand in a token answer (RFC 6749 §5).

use serde::{Deserialize, Deserializer};

/// Where things stand in a token answer, as JSON pointers (RFC 6901); a form answer is read as an object.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TokenPlaces {
    /// The access token.
    pub access_token: String,
    /// The refresh token.
    pub refresh_token: String,
    /// How long the access token works, in seconds.
    pub expires_in: String,
    /// When it ends, as RFC 3339 text or seconds since 1970, where the provider says that instead; empty for none.
    pub expires_at: String,
    /// How long the refresh token works, in seconds.
    pub refresh_expires_in: String,
    /// What was granted.
    pub scope: String,
    /// The code of a refusal, also in answers with status 200: one place or several, of which the first with a text counts.
    #[serde(deserialize_with = "one_or_several")]
    pub error: Vec<String>,
}

impl Default for TokenPlaces {
    fn default() -> Self {
        let at = |name: &str| format!("/{name}");
        Self {
            access_token: at("access_token"),
            refresh_token: at("refresh_token"),
            expires_in: at("expires_in"),
            expires_at: String::new(),
            refresh_expires_in: at("refresh_token_expires_in"),
            scope: at("scope"),
            error: vec![at("error")],
        }
    }
}

fn one_or_several<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Written {
        One(String),
        Several(Vec<String>),
    }
    Written::deserialize(deserializer).map(|written| match written {
        Written::One(pointer) => vec![pointer],
        Written::Several(pointers) => pointers,
    })
}
