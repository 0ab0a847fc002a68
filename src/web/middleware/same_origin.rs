//! Refuses what another site makes a browser send (OWASP: Fetch Metadata, then the standard headers).

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::{HeaderMap, Method, header};

use super::bearer;
use crate::services::ErrorCode;
use crate::web::Web;
use crate::web::plain::refusal;

/// Methods other than GET, HEAD and OPTIONS must come from this site's own pages, unless a token says who calls: no page can make a browser send one.
pub(in crate::web) async fn same_origin(State(web): State<Web>, request: Request, next: Next) -> Response {
    let safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if safe || bearer::stands_alone(&web, &request) || is_own(request.headers(), &web.settings.public_origin) {
        return next.run(request).await;
    }
    tracing::warn!("refused a request from another site");
    refusal(
        request.uri().path(),
        ErrorCode::CrossSite,
        None,
        "This came from another site",
        "Latchkey takes changes only from its own pages. Nothing was changed.",
    )
}

/// `Sec-Fetch-Site` decides where it is sent; it cannot be set by a page. Otherwise `Origin` must be the public one or the host that was asked.
fn is_own(headers: &HeaderMap, public_origin: &str) -> bool {
    let text = |name| headers.get(name).and_then(|value: &http::HeaderValue| value.to_str().ok());
    if let Some(site) = headers.get("sec-fetch-site") {
        return site == "same-origin";
    }
    let Some(origin) = text(header::ORIGIN) else { return false };
    let host = origin.split_once("://").map(|(_, host)| host);
    origin == public_origin || (host.is_some() && host == text(header::HOST))
}
