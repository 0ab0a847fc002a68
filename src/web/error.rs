//! From a failed use case to an answer: the one place that maps codes to statuses.

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use serde_json::json;

use crate::services::{ErrorCode, FieldError, ServiceError};

/// The status that goes with a code.
pub const fn status_of(code: ErrorCode) -> StatusCode {
    match code {
        ErrorCode::NotFound | ErrorCode::SetupLinkInvalid => StatusCode::NOT_FOUND,
        ErrorCode::Forbidden | ErrorCode::CrossSite => StatusCode::FORBIDDEN,
        ErrorCode::SignInRequired | ErrorCode::LoginFailed => StatusCode::UNAUTHORIZED,
        ErrorCode::SlowDown => StatusCode::TOO_MANY_REQUESTS,
        ErrorCode::InvalidField | ErrorCode::UnknownField | ErrorCode::CheckFailed => StatusCode::UNPROCESSABLE_ENTITY,
        ErrorCode::InvalidJson => StatusCode::BAD_REQUEST,
        ErrorCode::NameTaken | ErrorCode::Conflict | ErrorCode::OtherAccount => StatusCode::CONFLICT,
        ErrorCode::BodyTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        ErrorCode::StorageUnavailable => StatusCode::SERVICE_UNAVAILABLE,
        ErrorCode::SecretUnreadable | ErrorCode::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// The stable text of a code.
pub const fn code_of(code: ErrorCode) -> &'static str {
    match code {
        ErrorCode::NotFound => "not_found",
        ErrorCode::Forbidden => "forbidden",
        ErrorCode::SignInRequired => "sign_in_required",
        ErrorCode::LoginFailed => "login_failed",
        ErrorCode::SlowDown => "slow_down",
        ErrorCode::InvalidField => "invalid_field",
        ErrorCode::InvalidJson => "invalid_json",
        ErrorCode::UnknownField => "unknown_field",
        ErrorCode::NameTaken => "name_taken",
        ErrorCode::Conflict => "conflict",
        ErrorCode::OtherAccount => "other_account",
        ErrorCode::CheckFailed => "check_failed",
        ErrorCode::SetupLinkInvalid => "setup_link_invalid",
        ErrorCode::CrossSite => "cross_site",
        ErrorCode::BodyTooLarge => "body_too_large",
        ErrorCode::SecretUnreadable => "secret_unreadable",
        ErrorCode::StorageUnavailable => "storage_unavailable",
        ErrorCode::Internal => "internal",
    }
}

/// A failed use case on its way out as JSON.
#[derive(Debug)]
pub struct ApiError {
    error: ServiceError,
    status: StatusCode,
    retry_after: u64,
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
        self.retry_after = u64::try_from(wait).unwrap_or_default().div_ceil(1_000);
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
        if status.is_server_error() {
            tracing::error!(code = code_of(error.code), cause = error.cause.as_deref().map(tracing::field::display), "a request could not be answered");
        }
        // One text for every path and id, whoever made the refusal.
        let message = if error.code == ErrorCode::NotFound { "There is nothing here.".to_owned() } else { error.message };
        let mut details = serde_json::Map::new();
        if !error.fields.is_empty() {
            let fields: Vec<_> = error.fields.iter().map(|field| json!({"field": field.field, "message": field.message})).collect();
            details.insert("fields".to_owned(), fields.into());
        }
        if let Some(diagnosis) = error.diagnosis {
            details.insert("diagnosis".to_owned(), json!(diagnosis));
        }
        if let Some(accounts) = error.accounts {
            details.insert("before".to_owned(), json!(accounts.0));
            details.insert("after".to_owned(), json!(accounts.1));
        }
        if let Some(at) = error.retry_at {
            details.insert("retry_at".to_owned(), json!(at));
        }
        let body = json!({"success": false, "error": {"code": code_of(error.code), "message": message, "details": details}});
        let mut response = (status, Json(body)).into_response();
        let retry_after = if error.code == ErrorCode::SlowDown || error.code == ErrorCode::StorageUnavailable { retry_after.max(1) } else { retry_after };
        if retry_after > 0 {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(retry_after));
        }
        response
    }
}
