//! What can go wrong with a provider.

use thiserror::Error;

use crate::egress::EgressError;

/// Why a provider proved nobody; the words are for the log and for admins, never for whoever signs in.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum OidcProblem {
    /// It could not be reached.
    #[error("{0}")]
    Unreachable(EgressError),
    /// It answers, but not as a provider does; says what is missing.
    #[error("the provider's answer cannot be used: {0}")]
    Answer(&'static str),
    /// It names another issuer than the configured one.
    #[error("the provider names another issuer than the configured one")]
    Issuer,
    /// It did not take the code.
    #[error("the provider did not take the code: {0}")]
    Code(&'static str),
    /// What it signed does not hold; says which claim.
    #[error("what the provider signed does not hold: {0}")]
    Token(&'static str),
}

impl OidcProblem {
    /// The stable code for the audit log.
    pub fn code(&self) -> String {
        match self {
            Self::Unreachable(error) => format!("unreachable_{}", error.code().as_str()),
            Self::Answer(what) => format!("answer_{what}"),
            Self::Issuer => "issuer".to_owned(),
            Self::Code(what) => format!("code_{what}"),
            Self::Token(what) => format!("token_{what}"),
        }
    }
}

impl From<EgressError> for OidcProblem {
    fn from(error: EgressError) -> Self {
        Self::Unreachable(error)
    }
}
