//! How the line to a database is encrypted.

use crate::domain::{StepKind, StepState};
use crate::egress::{TlsFacts, TlsTrust};

use super::steps::Steps;
use super::words;

/// How a line is encrypted.
pub(super) enum Encryption {
    /// Not at all.
    None,
    /// To whoever `TlsTrust` trusts.
    Tls(TlsTrust),
}

impl Encryption {
    /// Reads `sslmode` and the root certificate; an unknown mode is the safest.
    pub(super) fn of(mode: &str, root_certificate: &str) -> Self {
        match mode {
            "disable" => Self::None,
            "require" => Self::Tls(TlsTrust::Unverified),
            _ if root_certificate.trim().is_empty() => Self::Tls(TlsTrust::System),
            _ => Self::Tls(TlsTrust::SystemAnd(root_certificate.to_owned())),
        }
    }

    /// Says how the line was secured.
    pub(super) async fn end_step(&self, facts: Option<&TlsFacts>, steps: &mut Steps<'_>) {
        let (state, detail) = match (self, facts) {
            (Self::Tls(TlsTrust::System | TlsTrust::SystemAnd(_)), Some(facts)) => (StepState::Passed, words::secured(facts)),
            (_, Some(facts)) => (StepState::Passed, format!("{}, certificate not checked, as you chose", facts.version)),
            (_, None) => (StepState::Skipped, words::PLAIN.to_owned()),
        };
        steps.end(StepKind::Secure, state, detail).await;
    }
}
