//! Why there is no token.

use thiserror::Error;

use crate::egress::EgressError;

/// Why there is no token. Nothing in it is secret.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum TokenProblem {
    /// No answer came; whether the provider got the request is not known.
    #[error("{0}")]
    Unreachable(EgressError),
    /// The provider has a fault, or asks to slow down.
    #[error("the provider answered {status}")]
    Busy {
        /// The status.
        status: u16,
        /// For how long it asks to wait, in seconds.
        retry_after_s: Option<u32>,
    },
    /// The provider refused (RFC 6749 §5.2).
    #[error("the provider refused: {code}")]
    Refused {
        /// The provider's code, such as `invalid_grant`: at most 64 letters, digits, `_`, `-` and `.`; `unknown` for others.
        code: String,
        /// The provider's words: secrets removed, at most 200 characters; empty for none.
        said: String,
        /// Whether it says that a person has to allow access anew.
        ended: bool,
    },
    /// The answer is none that can be used; says what is wrong with it.
    #[error("the provider's answer cannot be used: {0}")]
    Answer(&'static str),
    /// The entries make no request that may be sent; says which part.
    #[error("the entries make no request that may be sent: {0}")]
    Entries(&'static str),
}

impl TokenProblem {
    /// The stable code, for the log and the audit log.
    pub fn code(&self) -> String {
        match self {
            Self::Unreachable(error) => format!("unreachable_{}", error.code().as_str()),
            Self::Busy { status, .. } => format!("busy_{status}"),
            Self::Refused { code, .. } => code.clone(),
            Self::Answer(what) => format!("answer_{what}"),
            Self::Entries(what) => format!("entries_{what}"),
        }
    }

    /// Whether trying again later may help.
    pub const fn is_transient(&self) -> bool {
        matches!(self, Self::Unreachable(_) | Self::Busy { .. })
    }

    /// Whether the provider may have acted on a request whose answer never came: unless the request surely never left.
    pub const fn leaves_open(&self) -> bool {
        use EgressError::{Blocked, DnsFailed, InvalidHost, NotBound, NotEncrypted, PortRefused, TlsInvalid};
        match self {
            Self::Unreachable(error) => !matches!(
                error,
                Blocked { .. } | DnsFailed { .. } | InvalidHost | NotBound { .. } | NotEncrypted { .. } | PortRefused { .. } | TlsInvalid { .. }
            ),
            _ => false,
        }
    }

    /// Whether a person has to allow access anew.
    pub const fn ends_grant(&self) -> bool {
        matches!(self, Self::Refused { ended: true, .. })
    }
}

impl From<EgressError> for TokenProblem {
    fn from(error: EgressError) -> Self {
        Self::Unreachable(error)
    }
}
