//! Why a call did not happen or did not end well.

use std::fmt;

use thiserror::Error;

use super::address::AddressClass;
use crate::domain::CheckCode;

/// Why a certificate was not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TlsProblem {
    /// Its time is over.
    Expired,
    /// Its time has not begun.
    NotYetValid,
    /// It was made for another name.
    WrongName,
    /// Nobody on the list of trusted authorities signed it.
    Untrusted,
    /// Its issuer took it back.
    Revoked,
    /// The two sides share no version or cipher, or the server speaks no TLS.
    Handshake,
}

impl TlsProblem {
    /// The problem in plain words, to follow the name of the host.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Expired => "its certificate has expired",
            Self::NotYetValid => "its certificate is not valid yet",
            Self::WrongName => "its certificate was made for another name",
            Self::Untrusted => "its certificate is not signed by an authority that this machine trusts",
            Self::Revoked => "its certificate was revoked",
            Self::Handshake => "it did not agree on an encrypted line",
        }
    }
}

impl fmt::Display for TlsProblem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// Why a call did not happen or did not end well. The text names hosts and ports only: never a secret, a path or a query.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum EgressError {
    /// The text is no host name that could be looked up.
    #[error("That is not a host name. Enter a name such as db.example.com, without spaces, paths or ports.")]
    InvalidHost,
    /// The name has no address.
    #[error("{host} has no address. Check the spelling of the host name.")]
    DnsFailed {
        /// The name that was looked up.
        host: String,
    },
    /// The address is one that is not spoken to.
    #[error("{host} is a {class} address. Latchkey does not connect there unless the operator allows it in egress.allow.")]
    Blocked {
        /// The host that was asked for.
        host: String,
        /// The class of its address.
        class: AddressClass,
    },
    /// The port belongs to another kind of service, so no HTTP is spoken to it.
    #[error("Port {port} is not a web port, so Latchkey does not send a web request to it.")]
    PortRefused {
        /// The port.
        port: u16,
    },
    /// Nobody listens there, or the line was cut.
    #[error("{host} does not accept connections on port {port}.")]
    ConnectRefused {
        /// The host.
        host: String,
        /// The port.
        port: u16,
    },
    /// No answer before the deadline.
    #[error("{host} did not answer in time.")]
    Timeout {
        /// The host.
        host: String,
    },
    /// The certificate was not accepted.
    #[error("The line to {host} is not safe: {reason}.")]
    TlsInvalid {
        /// The host.
        host: String,
        /// What is wrong.
        reason: TlsProblem,
    },
    /// The address is plain `http` and the operator did not map it.
    #[error("{host} would be called without encryption. Use an address that starts with https.")]
    NotEncrypted {
        /// The host.
        host: String,
    },
    /// The answer is larger than the limit.
    #[error("The answer is larger than {limit} bytes.")]
    TooLarge {
        /// The limit in bytes.
        limit: usize,
    },
    /// The answer points elsewhere and was not followed.
    #[error("The answer points to {to_host}, which Latchkey does not follow.")]
    Redirect {
        /// The host it points to, or a word where it names none.
        to_host: String,
    },
    /// The call carries a secret to an origin the secret is not bound to; nothing was sent.
    #[error("The credential does not belong to {origin}. Nothing was sent.")]
    NotBound {
        /// The origin that was asked for.
        origin: String,
    },
    /// The other side does not speak the protocol, or cut the line within the answer.
    #[error("{host} did not answer as a web service does.")]
    Protocol {
        /// The host.
        host: String,
    },
}

impl EgressError {
    /// The stable code of a check that ends with this.
    pub const fn code(&self) -> CheckCode {
        match self {
            Self::InvalidHost | Self::DnsFailed { .. } => CheckCode::DnsFailed,
            Self::Blocked { .. } | Self::PortRefused { .. } | Self::NotBound { .. } => CheckCode::EgressBlocked,
            Self::ConnectRefused { .. } => CheckCode::ConnectRefused,
            Self::Timeout { .. } => CheckCode::Timeout,
            Self::TlsInvalid { .. } | Self::NotEncrypted { .. } => CheckCode::TlsInvalid,
            Self::TooLarge { .. } => CheckCode::ResponseTooLarge,
            Self::Redirect { .. } => CheckCode::RedirectRefused,
            Self::Protocol { .. } => CheckCode::UnexpectedContent,
        }
    }
}
