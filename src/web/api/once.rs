//! Creating with an `Idempotency-Key`.

use axum::extract::{FromRef, FromRequest, Request};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Answer, body, created};
use crate::domain::{Action, Actor};
use crate::services::{self, App, ServiceError};
use crate::web::ApiError;
use crate::web::envelope::Done;

/// The header that names a request.
const KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// The header of an answer that is given again.
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
/// The longest key, in characters.
pub const LONGEST: usize = 255;

/// A JSON body of the shape `T`, of a request that may have an `Idempotency-Key`.
#[derive(Debug)]
pub struct OnceBody<T> {
    /// The body.
    pub body: T,
    /// The request as it is recognised.
    pub once: Once,
}

/// A request that is done once, if it has a key.
#[derive(Debug)]
pub struct Once(Option<Sent>);

#[derive(Debug)]
struct Sent {
    key: String,
    body_mac: services::once::BodyMac,
}

impl<T, S> FromRequest<S> for OnceBody<T>
where
    T: DeserializeOwned,
    S: Send + Sync,
    App: FromRef<S>,
{
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let key = key(request.headers())?;
        let bytes = body::read(request, state).await?;
        let app = App::from_ref(state);
        let sent = key.map(|key| Sent { key, body_mac: services::once::BodyMac::of(&app, &bytes) });
        Ok(Self { body: body::parse(&bytes)?, once: Once(sent) })
    }
}

/// The key of a request.
fn key(headers: &HeaderMap) -> Result<Option<String>, ApiError> {
    let mut keys = headers.get_all(KEY).iter();
    let Some(key) = keys.next() else { return Ok(None) };
    let text = key.to_str().ok().filter(|text| (1..=LONGEST).contains(&text.len()) && text.bytes().all(|byte| (b' '..=b'~').contains(&byte)));
    match text {
        Some(text) if keys.next().is_none() => Ok(Some(text.to_owned())),
        _ => Err(ApiError::field("Idempotency-Key", "Send one key of 1 to 255 printable ASCII characters.").with_status(StatusCode::BAD_REQUEST)),
    }
}

impl Once {
    /// Answers 201 with what `work` made; with a key, at most once. `route` is method and path, `action` what the work needs.
    pub async fn created<T: Serialize + Send + 'static>(
        self,
        app: &App,
        actor: &Actor,
        action: Action,
        route: &'static str,
        work: impl Future<Output = Result<T, ServiceError>> + Send + 'static,
    ) -> Answer {
        let Some(Sent { key, body_mac }) = self.0 else { return Ok(created(work.await?)) };
        let request = services::once::Request::new(app, route, &key, body_mac);
        let text = async move { Ok(serde_json::to_string(&Done::of(work.await?))?) };
        let answer = Box::pin(services::once::run(app, actor, action, request, text)).await?;
        Ok(said(answer))
    }
}

fn said(answer: services::once::Answer) -> Response {
    let kind = [(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))];
    let mut response = (StatusCode::CREATED, kind, answer.body).into_response();
    if answer.replayed {
        response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
    }
    response
}
