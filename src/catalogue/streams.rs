//! What can be looked at after connecting, and how a credential is ended.

use serde::Deserialize;

use super::Request;

/// A list that can be looked at after connecting. The check reads the first one as its sample; nothing of it is stored.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stream {
    /// The id, such as `projects`.
    pub id: String,
    /// The title, such as `Projects`.
    pub title: String,
    /// What one row and several rows are called.
    pub noun: (String, String),
    /// The request; it changes nothing and asks for at most 20 rows.
    pub request: Request,
    /// Where the rows stand (RFC 6901); empty when the body itself is the list.
    #[serde(default)]
    pub rows: String,
    /// What a refusal is in a check.
    #[serde(default)]
    pub refusal: Refusal,
}

/// What a refused sample is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// The check fails.
    #[default]
    Fail,
    /// A remark; the check passes.
    Note,
}

/// How the provider is made to forget a credential.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Revoke {
    /// The request; it carries the credential.
    pub request: Request,
    /// What it does, in one sentence.
    pub note: String,
}
