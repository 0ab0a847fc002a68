//! A check: one live proof of a connection, made of steps.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The steps of a check, in the order they run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum StepKind {
    /// The host name has an address.
    Resolve,
    /// The line is encrypted and the certificate trusted.
    Secure,
    /// The service answers.
    Reach,
    /// The provider accepts the credential.
    Authenticate,
    /// The credential may do what is needed.
    Authorize,
    /// Something can be read.
    Sample,
}

impl StepKind {
    /// Every step, in order.
    pub const ALL: [Self; 6] = [Self::Resolve, Self::Secure, Self::Reach, Self::Authenticate, Self::Authorize, Self::Sample];

    /// The title a page shows.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Resolve => "Find the server",
            Self::Secure => "Secure the line",
            Self::Reach => "Reach the service",
            Self::Authenticate => "Sign in",
            Self::Authorize => "Check permissions",
            Self::Sample => "Read a sample",
        }
    }
}

/// How a step stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum StepState {
    /// Its turn has not come.
    Waiting,
    /// Under way.
    Running,
    /// Passed.
    Passed,
    /// Not needed here; the detail says why.
    Skipped,
    /// Failed; the check ends.
    Failed,
    /// An earlier step failed.
    NotRun,
}

/// One step with its time and a plain detail that holds no secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StepReport {
    /// Which step.
    pub kind: StepKind,
    /// How it stands.
    pub state: StepState,
    /// Milliseconds from the start of the check to the start of this step.
    pub started_ms: u32,
    /// How long it took, in milliseconds.
    pub took_ms: u32,
    /// What was found, in plain words; empty while waiting.
    pub detail: String,
}

impl StepReport {
    /// A step whose turn has not come.
    pub const fn waiting(kind: StepKind) -> Self {
        Self { kind, state: StepState::Waiting, started_ms: 0, took_ms: 0, detail: String::new() }
    }
}

/// How a whole check stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CheckState {
    /// Under way.
    Running,
    /// All steps passed.
    Passed,
    /// A step failed.
    Failed,
    /// It did not end: the server stopped meanwhile.
    Stopped,
}

impl CheckState {
    /// The machine name, as stored and sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::Stopped => "stopped",
        }
    }

    /// Reads a machine name; an unknown one counts as stopped.
    pub fn parse(text: &str) -> Self {
        [Self::Running, Self::Passed, Self::Failed].into_iter().find(|state| state.as_str() == text).unwrap_or(Self::Stopped)
    }
}

macro_rules! check_codes {
    ($($(#[$doc:meta])* $name:ident = $text:literal;)*) => {
        /// Why a check failed: stable codes of the API and of the audit log.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum CheckCode { $($(#[$doc])* $name,)* }

        impl CheckCode {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The stable text of the code.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }

            /// Reads a stable text.
            pub fn parse(text: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|code| code.as_str() == text)
            }
        }
    };
}

check_codes! {
    /// The host name has no address.
    DnsFailed = "dns_failed";
    /// The address is one that Latchkey does not speak to.
    EgressBlocked = "egress_blocked";
    /// Nobody listens there.
    ConnectRefused = "connect_refused";
    /// No answer in time.
    Timeout = "timeout";
    /// The certificate is not trusted, or the server offers no encryption.
    TlsInvalid = "tls_invalid";
    /// The provider refused the credential.
    AuthRejected = "auth_rejected";
    /// The credential is good but lacks a right.
    Forbidden = "forbidden";
    /// The address exists but not what was asked for: wrong site, account or database.
    NotFoundAtTarget = "not_found_at_target";
    /// The provider asks to slow down.
    RateLimited = "rate_limited";
    /// The provider failed.
    TargetError = "target_error";
    /// The answer is larger than the limit.
    ResponseTooLarge = "response_too_large";
    /// The answer is not what the provider documents, for example a web page.
    UnexpectedContent = "unexpected_content";
    /// The provider sent the request elsewhere.
    RedirectRefused = "redirect_refused";
    /// The server stopped before the check ended.
    Interrupted = "interrupted";
}

impl CheckCode {
    /// Whether the provider turned the credential itself down, so that a person must enter a new one.
    pub const fn refuses_credential(self) -> bool {
        matches!(self, Self::AuthRejected)
    }
}
