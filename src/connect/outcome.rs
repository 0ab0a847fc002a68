//! What a check takes and what it finds.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::domain::{CheckCode, StepKind, StepReport, Timestamp};
use crate::dto::IdentityView;
use crate::egress::BoundOrigins;
use crate::vault::Secret;

/// What a check works with: the entries of a form or of a stored connection, and where the secrets may go.
#[derive(Debug)]
pub struct Credential<'a> {
    /// Values of the fields that are not secret.
    pub config: &'a BTreeMap<String, String>,
    /// Values of the secret fields.
    pub secrets: &'a BTreeMap<String, Secret<String>>,
    /// The origins the secrets were entered for; a check against any other sends nothing.
    pub bound: BoundOrigins,
}

/// A check that has ended.
#[derive(Debug)]
pub struct Outcome {
    /// The six steps in order.
    pub steps: Vec<StepReport>,
    /// How long the whole took, in milliseconds.
    pub took_ms: u32,
    /// What it proved, or why it failed.
    pub result: Result<Proof, Failure>,
}

/// What a passed check proves.
#[derive(Debug)]
pub struct Proof {
    /// Whose account it is.
    pub identity: IdentityView,
    /// The token that a login minted; none for connectors without one.
    pub session: Option<Secret<String>>,
}

/// The first rows of a stream.
#[derive(Debug)]
pub struct Preview {
    /// At most 20 rows as the provider sent them, texts cut to 200 characters and without any secret.
    pub rows: Vec<Value>,
    /// How many rows the answer held.
    pub found: usize,
    /// How long it took, in milliseconds.
    pub took_ms: u32,
    /// The token of a login that was needed; none when there was none, or the given session did.
    pub session: Option<Secret<String>>,
}

/// Why a check, a preview or a revocation failed; nothing in it is secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The stable code.
    pub code: CheckCode,
    /// The step that failed.
    pub step: StepKind,
    /// The status of the provider's answer, when there was one.
    pub status: Option<u16>,
    /// When trying again makes sense.
    pub retry_at: Option<Timestamp>,
    /// What the provider said: secrets removed, at most 200 characters; empty for none.
    pub provider_said: String,
    /// What Latchkey itself found, such as why a certificate is not trusted; empty for none.
    pub reason: String,
}

impl Failure {
    /// A failure of which only the code and our own words are known.
    pub(super) fn own(code: CheckCode, step: StepKind, reason: &str) -> Self {
        Self { code, step, status: None, retry_at: None, provider_said: String::new(), reason: reason.to_owned() }
    }

    /// Whether a line that is not safe is so for its certificate; otherwise no encrypted line came about at all.
    pub(super) fn is_of_certificate(&self) -> bool {
        self.reason.contains("certificate")
    }
}
