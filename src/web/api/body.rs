//! JSON bodies, read so that a refusal says where and never what.

use axum::body::HttpBody as _;
use axum::extract::{FromRequest, Request};
use bytes::Bytes;
use http::header;
use serde::de::DeserializeOwned;
use serde_json::error::Category;

use crate::services::{ErrorCode, FieldError, ServiceError};
use crate::web::ApiError;

/// A JSON body of the shape `T`, whose unknown fields `T` refuses.
#[derive(Debug)]
pub struct Body<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        if !kind.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json")) {
            return Err(ApiError::new(ErrorCode::InvalidJson, "Send the body as application/json. Nothing was saved."));
        }
        let bytes = Bytes::from_request(request, state)
            .await
            .map_err(|_| ApiError::new(ErrorCode::BodyTooLarge, "The request is larger than 1 MiB. Nothing was saved."))?;
        if let Some(position) = zero_escape(&bytes) {
            return Err(ApiError::new(ErrorCode::InvalidJson, format!("The body holds a zero character at byte {position}. Nothing was saved.")));
        }
        serde_json::from_slice(&bytes).map(Self).map_err(|error| refusal(&error))
    }
}

/// The same, or nothing at all, which stands for the default.
#[derive(Debug)]
pub struct OptionalBody<T>(pub T);

impl<T: DeserializeOwned + Default, S: Send + Sync> FromRequest<S> for OptionalBody<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        if request.body().is_end_stream() {
            return Ok(Self(T::default()));
        }
        Body::from_request(request, state).await.map(|Body(body)| Self(body))
    }
}

/// Where `\u0000` stands; a backslash occurs only inside strings.
fn zero_escape(bytes: &[u8]) -> Option<usize> {
    let mut position = 0;
    while let Some(found) = bytes.get(position..)?.iter().position(|byte| *byte == b'\\') {
        position += found;
        if bytes[position..].starts_with(b"\\u0000") {
            return Some(position);
        }
        position += 2;
    }
    None
}

/// The library's own text may quote a value, so only its position and the name of a field are taken from it.
fn refusal(error: &serde_json::Error) -> ApiError {
    let place = format!("line {}, column {}", error.line(), error.column());
    if error.classify() != Category::Data {
        return ApiError::new(ErrorCode::InvalidJson, format!("The body is not JSON from {place} on. Nothing was saved."));
    }
    let text = error.to_string();
    let field = |lead: &str| text.strip_prefix(lead).and_then(|rest| rest.split('`').next()).map(|name| name.chars().take(60).collect::<String>());
    let (code, field, message) = if let Some(name) = field("unknown field `") {
        (ErrorCode::UnknownField, name, "This cannot be set here.")
    } else if let Some(name) = field("missing field `") {
        (ErrorCode::InvalidField, name, "This is needed.")
    } else if let Some(name) = field("duplicate field `") {
        (ErrorCode::InvalidField, name, "This stands twice.")
    } else {
        return ApiError::new(ErrorCode::InvalidField, format!("A value has the wrong type near {place}. Nothing was saved."));
    };
    let summary = if code == ErrorCode::UnknownField {
        format!("{field} cannot be set here. Nothing was saved.")
    } else {
        "One field needs a change. Nothing was saved.".to_owned()
    };
    ServiceError { fields: vec![FieldError { field, message: message.to_owned() }], ..ServiceError::of(code).saying(summary) }.into()
}
