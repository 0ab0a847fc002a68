//! Bounds on size and time.

use std::time::Duration;

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use futures_util::StreamExt as _;
use http::{StatusCode, header};

use crate::services::ErrorCode;
use crate::web::plain::{is_api, refusal};
use crate::web::{ApiError, BODY_LIMIT};

/// A check takes at most ten seconds; twice that and some is more than any request needs.
const LONGEST: Duration = Duration::from_secs(30);
/// How much of a body that is too large is read and dropped: a browser that is still sending does not see the answer.
const DRAINED: usize = 8 * BODY_LIMIT;

/// Refuses a body that says it is too large, an address with a zero byte, and a request that does not end.
pub(in crate::web) async fn limits(request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let announced = request.headers().get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()).and_then(|value| value.parse::<usize>().ok());
    if announced.is_some_and(|length| length > BODY_LIMIT) {
        drain(request).await;
        return refusal(&path, ErrorCode::BodyTooLarge, None, "Too much at once", "The request is larger than 1 MiB. Nothing was saved.");
    }
    if request.uri().to_string().contains("%00") {
        return if is_api(&path) && !path.contains("%00") {
            ApiError::field("query", "Leave out the zero character.").into_response()
        } else {
            refusal(&path, ErrorCode::NotFound, None, "Not found", "There is nothing here.")
        };
    }
    match tokio::time::timeout(LONGEST, next.run(request)).await {
        Ok(response) => response,
        Err(_) => {
            tracing::warn!("a request was given up after 30 seconds");
            let status = Some(StatusCode::SERVICE_UNAVAILABLE);
            refusal(
                &path,
                ErrorCode::Internal,
                status,
                "That took too long",
                "Latchkey gave up after 30 seconds. Look before you try again: it may have been done.",
            )
        }
    }
}

/// Reads on for at most five seconds, keeping nothing.
async fn drain(request: Request) {
    let mut parts = request.into_body().into_data_stream();
    let mut seen = 0;
    let reading = async {
        while let Some(Ok(part)) = parts.next().await {
            seen += part.len();
            if seen > DRAINED {
                return;
            }
        }
    };
    // Too slow is as good as read to its end.
    drop(tokio::time::timeout(Duration::from_secs(5), reading).await);
}
