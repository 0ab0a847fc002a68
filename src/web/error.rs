//! From a failed use case to an answer: the one place that maps codes to statuses.

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};

use super::envelope::{Details, FieldRefusal, Refused};
use crate::services::{ErrorCode, FieldError, ServiceError, TokenTrouble};

/// The status that goes with a code.
pub const fn status_of(code: ErrorCode) -> StatusCode {
    match code {
        ErrorCode::NotFound | ErrorCode::SetupLinkInvalid | ErrorCode::LinkInvalid => StatusCode::NOT_FOUND,
        ErrorCode::Forbidden | ErrorCode::FreshSignInRequired | ErrorCode::RegistrationClosed | ErrorCode::CrossSite => StatusCode::FORBIDDEN,
        ErrorCode::SignInRequired | ErrorCode::LoginFailed | ErrorCode::SecondFactorRequired | ErrorCode::TokenInvalid => StatusCode::UNAUTHORIZED,
        ErrorCode::SlowDown => StatusCode::TOO_MANY_REQUESTS,
        ErrorCode::InvalidField | ErrorCode::UnknownField | ErrorCode::CheckFailed => StatusCode::UNPROCESSABLE_ENTITY,
        ErrorCode::InvalidJson => StatusCode::BAD_REQUEST,
        ErrorCode::WrongContentType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        ErrorCode::WrongMethod => StatusCode::METHOD_NOT_ALLOWED,
        ErrorCode::NameTaken | ErrorCode::Conflict | ErrorCode::OtherAccount | ErrorCode::TurnedOff | ErrorCode::Disconnected | ErrorCode::ReauthRequired => {
            StatusCode::CONFLICT
        }
        ErrorCode::BodyTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        ErrorCode::StorageUnavailable | ErrorCode::AuditUnavailable | ErrorCode::TokenUnavailable => StatusCode::SERVICE_UNAVAILABLE,
        ErrorCode::SecretUnreadable | ErrorCode::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// A failed use case on its way out as JSON.
#[derive(Debug)]
pub struct ApiError {
    error: ServiceError,
    status: StatusCode,
    retry_after: u32,
}

impl ApiError {
    /// A refusal that the web layer itself makes.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        ServiceError::of(code).saying(message).into()
    }

    /// One wrong field.
    pub fn field(field: &str, message: &str) -> Self {
        let mut refusal = Self::new(ErrorCode::InvalidField, "One field needs a change. Nothing was saved.");
        refusal.error.fields.push(FieldError { field: field.to_owned(), message: message.to_owned() });
        refusal
    }

    /// The same refusal with another status.
    #[must_use]
    pub const fn with_status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }

    /// The one answer for unknown, foreign and malformed ids and paths.
    pub fn not_found() -> Self {
        Self::new(ErrorCode::NotFound, "")
    }

    /// Tells the client when to try again, counted from `now`.
    #[must_use]
    pub fn at(mut self, now: crate::domain::Timestamp) -> Self {
        let wait = self.error.retry_at.map_or(0, |at| at.since(now).max(1_000));
        self.retry_after = u32::try_from(u64::try_from(wait).unwrap_or_default().div_ceil(1_000)).unwrap_or(u32::MAX);
        self
    }
}

impl From<ServiceError> for ApiError {
    fn from(error: ServiceError) -> Self {
        let status = status_of(error.code);
        Self { error, status, retry_after: 0 }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let Self { error, status, retry_after } = self;
        // That a provider has trouble is said by its issue, once.
        if status.is_server_error() && error.code != ErrorCode::TokenUnavailable {
            tracing::error!(code = error.code.as_str(), cause = error.cause.as_deref().map(tracing::field::display), "a request could not be answered");
        }
        // One text for every path and id, whoever made the refusal.
        let message = if error.code == ErrorCode::NotFound { "There is nothing here.".to_owned() } else { error.message };
        let fields = error.fields.into_iter().map(|FieldError { field, message }| FieldRefusal { field, message }).collect();
        let (before, after) = error.accounts.map(|accounts| *accounts).unzip();
        let TokenTrouble { expires_at, reason } = error.token.map(|trouble| *trouble).unwrap_or_default();
        let details = Details { fields, diagnosis: error.diagnosis, before, after, retry_at: error.retry_at, expires_at, reason };
        let body = Refused::of(error.code.as_str(), message, details);
        let mut response = (status, Json(body)).into_response();
        if error.code == ErrorCode::TokenInvalid {
            // RFC 6750 §3: the same for every reason.
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer error=\"invalid_token\""));
        }
        let passes = [ErrorCode::SlowDown, ErrorCode::StorageUnavailable, ErrorCode::AuditUnavailable, ErrorCode::TokenUnavailable].contains(&error.code);
        let retry_after = if passes { retry_after.max(1) } else { retry_after };
        if retry_after > 0 {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(retry_after));
        }
        response
    }
}
