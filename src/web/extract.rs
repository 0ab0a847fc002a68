//! Who asks: every handler takes one of these.

use std::convert::Infallible;

use axum::extract::{FromRequestParts, Path};
use http::request::Parts;

use super::ApiError;
use crate::domain::{Actor, Visitor};
use crate::services::ErrorCode;

/// A signed-in member; without one the answer is 401.
#[derive(Clone, Debug)]
pub struct Member(pub Actor);

/// Anybody.
#[derive(Clone, Debug)]
pub struct Guest(pub Visitor);

/// The text in the hole of a path. What is no text becomes a character that no id has, so that it is answered as an unknown id is.
#[derive(Clone, Debug)]
pub struct InPath(pub String);

/// The texts in the two holes of a path, such as an application and its key. What is no text becomes empty, which no id is.
#[derive(Clone, Debug)]
pub struct InKey(pub String, pub String);

/// The refusal of those who have not signed in.
pub(super) fn sign_in_required() -> ApiError {
    ApiError::new(ErrorCode::SignInRequired, "Sign in first. Nothing was changed.")
}

impl<S: Send + Sync> FromRequestParts<S> for Member {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        parts.extensions.get::<Actor>().cloned().map(Self).ok_or_else(sign_in_required)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Guest {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        parts.extensions.get::<Visitor>().cloned().map(Self).ok_or_else(|| ApiError::new(ErrorCode::Internal, "Latchkey cannot answer right now."))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for InPath {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        let found = Path::<String>::from_request_parts(parts, state).await;
        Ok(Self(found.map_or_else(|_| char::REPLACEMENT_CHARACTER.to_string(), |Path(text)| text)))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for InKey {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        let found = Path::<(String, String)>::from_request_parts(parts, state).await;
        Ok(found.map_or_else(|_| Self(String::new(), String::new()), |Path((application, key))| Self(application, key)))
    }
}
