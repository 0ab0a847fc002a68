//! Query strings with known keys only.

use axum::extract::FromRequestParts;
use http::request::Parts;
use serde::de::DeserializeOwned;

use crate::web::ApiError;

/// The longest text in a query string, in characters.
const LONGEST: usize = 200;

/// A query string of the shape `T`.
#[derive(Debug)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let query = axum::extract::Query::<T>::try_from_uri(&parts.uri);
        query.map(|query| Self(query.0)).map_err(|_| ApiError::field("query", "Use the documented keys, each once, with the documented values."))
    }
}

/// A text of at most 200 characters.
pub(super) fn short(key: &str, text: String) -> Result<String, ApiError> {
    if text.chars().count() > LONGEST { Err(ApiError::field(key, "Use at most 200 characters.")) } else { Ok(text) }
}
