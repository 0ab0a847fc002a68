//! Errors in two messages: a code and words for the person outside, the cause for the log.

use std::error::Error;

use crate::domain::Timestamp;

/// Stable codes of the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorCode {
    /// Unknown, foreign or malformed id: always the same answer.
    NotFound,
    /// The role is too low, inside the own organization.
    Forbidden,
    /// Nobody is signed in, or the session has ended.
    SignInRequired,
    /// Wrong address or password; one answer for every reason.
    LoginFailed,
    /// Too many tries or too much at once.
    SlowDown,
    /// One or more fields are wrong; see the field list.
    InvalidField,
    /// The body is not JSON.
    InvalidJson,
    /// A field that may not be set here.
    UnknownField,
    /// The name is taken.
    NameTaken,
    /// Changed by somebody else meanwhile, or not possible in this state.
    Conflict,
    /// The live check failed; the details carry the diagnosis.
    CheckFailed,
    /// The setup link is unknown, used, or setup is done.
    SetupLinkInvalid,
    /// The request came from another site.
    CrossSite,
    /// The body is larger than the limit.
    BodyTooLarge,
    /// A stored secret cannot be opened.
    SecretUnreadable,
    /// The database does not answer; nothing was saved.
    StorageUnavailable,
    /// Anything else; the cause is in the log.
    Internal,
}

/// One wrong field: its key and what to do, never its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    /// The form key.
    pub field: String,
    /// What is wrong and how to mend it.
    pub message: String,
}

/// A failed use case.
#[derive(Debug)]
pub struct ServiceError {
    /// The stable code.
    pub code: ErrorCode,
    /// Words for the person outside: the thing and the next action.
    pub message: String,
    /// Wrong fields.
    pub fields: Vec<FieldError>,
    /// When trying again makes sense.
    pub retry_at: Option<Timestamp>,
    /// A failed check's diagnosis.
    pub diagnosis: Option<Box<crate::dto::DiagnosisView>>,
    /// The cause, for the log alone.
    pub cause: Option<Box<dyn Error + Send + Sync>>,
}

impl std::fmt::Display for ServiceError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl Error for ServiceError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.cause.as_deref().map(|cause| cause as &(dyn Error + 'static))
    }
}
