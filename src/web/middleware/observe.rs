//! Gives every request its id and the visitor's address, and logs how it ended.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::extract::{ConnectInfo, MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::{HeaderName, HeaderValue, header};
use tracing::Instrument as _;

use super::device;
use crate::domain::Visitor;
use crate::web::Web;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// In characters.
const LONGEST_USER_AGENT: usize = 256;

/// An id from outside is dropped. The log names the route, not the path, because a path may hold a setup link.
pub(in crate::web) async fn observe(State(web): State<Web>, mut request: Request, next: Next) -> Response {
    let mut chance = [0_u8; 10];
    web.app.random.fill(&mut chance);
    let id = format!("req_{}", hex::encode(chance));
    request.headers_mut().remove(REQUEST_ID);
    let address = address_of(&request, web.settings.trusted_proxy.as_ref());
    let route = request.extensions().get::<MatchedPath>().map_or("(no route)", MatchedPath::as_str).to_owned();
    let span = tracing::info_span!("request", id, method = %request.method(), route);
    let user_agent = user_agent_of(&request);
    let device = device::token_of(request.headers(), web.settings.secure());
    request.extensions_mut().insert(Visitor { address, user_agent, device, request_id: id.clone() });
    let started = tokio::time::Instant::now();
    async move {
        let mut response = next.run(request).await;
        let took_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        let status = response.status().as_u16();
        if matches!(route.as_str(), "/healthz" | "/readyz") {
            tracing::debug!(status, took_ms, "answered");
        } else {
            tracing::info!(status, took_ms, "answered");
        }
        if let Ok(value) = HeaderValue::from_str(&id) {
            response.headers_mut().insert(REQUEST_ID, value);
        }
        response
    }
    .instrument(span)
    .await
}

/// What the browser or program calls itself: printable ASCII, and no more of it than an audit entry needs.
fn user_agent_of(request: &Request) -> String {
    let said = request.headers().get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    said.chars().take(LONGEST_USER_AGENT).collect()
}

/// The peer of the socket, or the last entry of the operator's proxy header: only that one was written by the proxy itself.
fn address_of(request: &Request, trusted_proxy: Option<&HeaderName>) -> IpAddr {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |info| info.0.ip());
    let passed_on = trusted_proxy.and_then(|name| request.headers().get_all(name).iter().next_back()).and_then(|value| value.to_str().ok());
    passed_on.and_then(|list| list.rsplit(',').next()).and_then(|last| last.trim().parse().ok()).unwrap_or(peer)
}
