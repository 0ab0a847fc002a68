//! Errors in two messages: a code and words for the person outside, the cause for the log.

use std::error::Error;

use crate::domain::{Action, Reach, Role, Timestamp, reach};
use crate::dto::{DiagnosisView, IdentityView};
use crate::store::StoreError;
use crate::vault::OpenError;

/// Stable codes of the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorCode {
    /// Unknown, foreign or malformed id: always the same answer.
    NotFound,
    /// The role is too low, inside the own organization.
    Forbidden,
    /// Nobody is signed in, or the session has ended.
    SignInRequired,
    /// The action needs a sign-in of the last minutes.
    FreshSignInRequired,
    /// The password was right; the second factor is missing or wrong.
    SecondFactorRequired,
    /// A token that is expired, forged, ended or of the wrong kind; one answer for every reason.
    TokenInvalid,
    /// A link from a letter that is unknown, used or expired.
    LinkInvalid,
    /// New accounts need an invitation here.
    RegistrationClosed,
    /// Wrong address or password; one answer for every reason.
    LoginFailed,
    /// Too many tries or too much at once.
    SlowDown,
    /// One or more fields are wrong; see the field list.
    InvalidField,
    /// The body is not JSON.
    InvalidJson,
    /// The body is of another type than JSON.
    WrongContentType,
    /// The address takes other methods.
    WrongMethod,
    /// A field that may not be set here.
    UnknownField,
    /// The name is taken.
    NameTaken,
    /// Changed by somebody else meanwhile, or not possible in this state.
    Conflict,
    /// The new credential opens another account than before; the details carry both.
    OtherAccount,
    /// The live check failed; the details carry the diagnosis.
    CheckFailed,
    /// The setup link is unknown, used, or setup is done.
    SetupLinkInvalid,
    /// The request came from another site.
    CrossSite,
    /// The body is larger than the limit.
    BodyTooLarge,
    /// The connection is turned off.
    TurnedOff,
    /// The connection has ended, and its credential is gone.
    Disconnected,
    /// The provider does not take the credential any more; a person has to connect again.
    ReauthRequired,
    /// There is no token that works long enough, and none could be got just now.
    TokenUnavailable,
    /// A stored secret cannot be opened.
    SecretUnreadable,
    /// The database does not answer; nothing was saved.
    StorageUnavailable,
    /// What was asked cannot be recorded, so it was not done.
    AuditUnavailable,
    /// Anything else; the cause is in the log.
    Internal,
}

impl ErrorCode {
    /// Every code.
    pub const ALL: [Self; 30] = [
        Self::NotFound,
        Self::Forbidden,
        Self::SignInRequired,
        Self::FreshSignInRequired,
        Self::SecondFactorRequired,
        Self::TokenInvalid,
        Self::LinkInvalid,
        Self::RegistrationClosed,
        Self::LoginFailed,
        Self::SlowDown,
        Self::InvalidField,
        Self::InvalidJson,
        Self::WrongContentType,
        Self::WrongMethod,
        Self::UnknownField,
        Self::NameTaken,
        Self::Conflict,
        Self::OtherAccount,
        Self::CheckFailed,
        Self::SetupLinkInvalid,
        Self::CrossSite,
        Self::BodyTooLarge,
        Self::TurnedOff,
        Self::Disconnected,
        Self::ReauthRequired,
        Self::TokenUnavailable,
        Self::SecretUnreadable,
        Self::StorageUnavailable,
        Self::AuditUnavailable,
        Self::Internal,
    ];

    /// The stable text of the code.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotFound => "not_found",
            Self::Forbidden => "forbidden",
            Self::SignInRequired => "sign_in_required",
            Self::FreshSignInRequired => "fresh_sign_in_required",
            Self::SecondFactorRequired => "second_factor_required",
            Self::TokenInvalid => "token_invalid",
            Self::LinkInvalid => "link_invalid",
            Self::RegistrationClosed => "registration_closed",
            Self::LoginFailed => "login_failed",
            Self::SlowDown => "slow_down",
            Self::InvalidField => "invalid_field",
            Self::InvalidJson => "invalid_json",
            Self::WrongContentType => "wrong_content_type",
            Self::WrongMethod => "wrong_method",
            Self::UnknownField => "unknown_field",
            Self::NameTaken => "name_taken",
            Self::Conflict => "conflict",
            Self::OtherAccount => "other_account",
            Self::CheckFailed => "check_failed",
            Self::SetupLinkInvalid => "setup_link_invalid",
            Self::CrossSite => "cross_site",
            Self::BodyTooLarge => "body_too_large",
            Self::TurnedOff => "turned_off",
            Self::Disconnected => "disconnected",
            Self::ReauthRequired => "reauth_required",
            Self::TokenUnavailable => "token_unavailable",
            Self::SecretUnreadable => "secret_unreadable",
            Self::StorageUnavailable => "storage_unavailable",
            Self::AuditUnavailable => "audit_unavailable",
            Self::Internal => "internal",
        }
    }

    /// Words that fit when nothing more is known.
    pub const fn text(self) -> &'static str {
        match self {
            Self::NotFound => "There is nothing here. It may have been removed, or the address has a typo.",
            Self::Forbidden => "Your role does not allow this. Ask an admin of your organisation.",
            Self::SignInRequired => "Sign in first.",
            Self::FreshSignInRequired => "Confirm that it is you, then try again. Nothing was changed.",
            Self::SecondFactorRequired => "Enter the code of your second step.",
            Self::TokenInvalid => "This token does not work, or no longer. Sign in again, or use another key.",
            Self::LinkInvalid => "This link has been used, replaced or has ended. Ask for a new one.",
            Self::RegistrationClosed => "New accounts need an invitation here. Ask an admin of your organisation.",
            Self::LoginFailed => "E-mail or password is wrong.",
            Self::SlowDown => "Too many tries. Wait a little, then try again.",
            Self::InvalidField => "Some fields need another look. Nothing was saved.",
            Self::InvalidJson => "The body is not JSON. Nothing was saved.",
            Self::WrongContentType => "Send the body as application/json. Nothing was saved.",
            Self::WrongMethod => "This address takes another method. Nothing was changed.",
            Self::UnknownField => "The body has a field that cannot be set here. Nothing was saved.",
            Self::NameTaken => "This name is taken. Choose another one. Nothing was saved.",
            Self::Conflict => "Somebody else changed this meanwhile. Load it again. Nothing was saved.",
            Self::OtherAccount => "This opens another account than before. Nothing was changed.",
            Self::CheckFailed => "The check failed. Nothing was saved.",
            Self::SetupLinkInvalid => "This setup link has been used or replaced. Look for the newest one in the server's log, or sign in.",
            Self::CrossSite => "This request came from another site. Nothing was changed.",
            Self::BodyTooLarge => "The request is too large. Nothing was saved.",
            Self::TurnedOff => "This connection is turned off. Turn it on first. Nothing was changed.",
            Self::Disconnected => "This connection was disconnected, and its credential is erased. Connect again.",
            Self::ReauthRequired => "The provider does not take this credential any more. Somebody has to connect again on the connection's page.",
            Self::TokenUnavailable => "The provider gave no new token just now. Latchkey goes on trying. Ask again in a moment.",
            Self::SecretUnreadable => "The stored credential cannot be read. Connect again, or restore the key that sealed it.",
            Self::StorageUnavailable => "The database does not answer. Nothing was saved.",
            Self::AuditUnavailable => "Refused because it cannot be recorded. Nothing was changed. Try again in a minute.",
            Self::Internal => "Something went wrong on our side. Nothing was saved. The log holds the cause under the request id.",
        }
    }
}

/// One wrong field: its key and what to do, never its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    /// The form key.
    pub field: String,
    /// What is wrong and how to mend it.
    pub message: String,
}

/// A stored token that does not do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TokenTrouble {
    /// When it ends; none when it does not.
    pub expires_at: Option<Timestamp>,
    /// Why the provider gave no other, as a stable code; none when nobody knows.
    pub reason: Option<String>,
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
    pub diagnosis: Option<Box<DiagnosisView>>,
    /// The account before and the account that a new credential opens.
    pub accounts: Option<Box<(IdentityView, IdentityView)>>,
    /// The token that does not do, where that is the trouble.
    pub token: Option<Box<TokenTrouble>>,
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

impl ServiceError {
    /// A failure with the words of its code.
    pub fn of(code: ErrorCode) -> Self {
        Self { code, message: code.text().to_owned(), fields: Vec::new(), retry_at: None, diagnosis: None, accounts: None, token: None, cause: None }
    }

    /// The same failure in other words.
    #[must_use]
    pub fn saying(mut self, message: impl Into<String>) -> Self {
        self.message = message.into();
        self
    }

    /// The same failure with its cause for the log.
    #[must_use]
    pub fn caused_by(mut self, cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.cause = Some(cause.into());
        self
    }

    /// Unknown, foreign or malformed id: always this one answer.
    pub fn not_found() -> Self {
        Self::of(ErrorCode::NotFound)
    }

    /// The role does not allow `action`; names the least role that may do it everywhere in the organization.
    pub fn forbidden(action: Action) -> Self {
        let needed = Role::ALL.into_iter().rev().find(|role| matches!(reach(*role, action), Reach::Organization)).unwrap_or(Role::SuperAdmin);
        Self::of(ErrorCode::Forbidden).saying(format!("Your role does not allow this. It is for: {}.", needed.title()))
    }

    /// One wrong field.
    pub fn invalid_field(field: &str, message: impl Into<String>) -> Self {
        Self::invalid_fields(vec![FieldError { field: field.to_owned(), message: message.into() }])
    }

    /// Several wrong fields.
    pub fn invalid_fields(fields: Vec<FieldError>) -> Self {
        Self { fields, ..Self::of(ErrorCode::InvalidField) }
    }

    /// Too many tries; when the next makes sense.
    pub fn slow_down(retry_at: Timestamp) -> Self {
        Self { retry_at: Some(retry_at), ..Self::of(ErrorCode::SlowDown) }
    }

    /// The name is taken; offers another.
    pub fn name_taken(suggestion: &str) -> Self {
        let message = format!("This name is taken. \u{201c}{suggestion}\u{201d} is free.");
        Self { fields: vec![FieldError { field: "name".to_owned(), message: message.clone() }], ..Self::of(ErrorCode::NameTaken) }
            .saying(format!("{message} Nothing was saved."))
    }

    /// Not possible in this state, with the reason and the next step.
    pub fn conflict(message: impl Into<String>) -> Self {
        Self::of(ErrorCode::Conflict).saying(message)
    }

    /// A new credential opens another account than the one before.
    pub fn other_account(before: IdentityView, after: IdentityView) -> Self {
        let message = format!("This opens {} instead of {}. Nothing was changed.", named(&after), named(&before));
        Self { accounts: Some(Box::new((before, after))), ..Self::of(ErrorCode::OtherAccount) }.saying(message)
    }

    /// The live check failed.
    pub fn check_failed(diagnosis: DiagnosisView) -> Self {
        let retry_at = diagnosis.retry_at;
        let message = format!("{}. {}", diagnosis.headline.trim_end_matches('.'), diagnosis.sentence);
        Self { diagnosis: Some(Box::new(diagnosis)), retry_at, ..Self::of(ErrorCode::CheckFailed) }.saying(message.trim().to_owned())
    }

    /// Anything unforeseen.
    pub fn internal(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::of(ErrorCode::Internal).caused_by(cause)
    }
}

/// An account inside a sentence.
fn named(account: &IdentityView) -> &str {
    [&account.account_name, &account.account_id].into_iter().find(|text| !text.is_empty()).map_or("an account without a name", String::as_str)
}

impl From<StoreError> for ServiceError {
    fn from(error: StoreError) -> Self {
        let code = match &error {
            StoreError::Duplicate(rule) if rule.contains("connections_name") => ErrorCode::NameTaken,
            StoreError::Duplicate(_) | StoreError::Conflict => ErrorCode::Conflict,
            StoreError::Unavailable(_) => ErrorCode::StorageUnavailable,
            StoreError::BadRow { .. } | StoreError::SchemaNewer { .. } | StoreError::Sql(_) | StoreError::Migration(_) => ErrorCode::Internal,
        };
        Self::of(code).caused_by(error)
    }
}

impl From<OpenError> for ServiceError {
    fn from(error: OpenError) -> Self {
        Self::of(ErrorCode::SecretUnreadable).caused_by(error)
    }
}

impl From<serde_json::Error> for ServiceError {
    fn from(error: serde_json::Error) -> Self {
        Self::internal(error)
    }
}
