//! A whole call: who may receive what, hop by hop.

use reqwest::header::LOCATION;
use reqwest::{Response, StatusCode};
use tokio::time::{Instant, timeout};
use url::Url;

use super::call::{HttpAnswer, HttpCall, Limits, Method};
use super::error::EgressError;
use super::origin::{BoundOrigins, Origin};
use super::resolve::{CheckedTarget, Egress};
use super::target_url::is_web_port;
use super::transfer::{Hop, exchange, read};

impl Egress {
    /// Makes a call. One that carries a secret goes to an origin in `bound` or nowhere: it is refused before any byte is sent.
    /// Plain `http` needs both the origin in `bound` and the operator's leave for the address.
    pub async fn send(&self, call: HttpCall, bound: &BoundOrigins, limits: &Limits) -> Result<HttpAnswer, EgressError> {
        let started = Instant::now();
        let origin = admitted(&call.url)?;
        let host = origin.host().to_owned();
        let whole = timeout(limits.deadline, Box::pin(self.follow(&call, origin, bound, limits))).await;
        let mut answer = whole.unwrap_or(Err(EgressError::Timeout { host }))?;
        answer.took_ms = u32::try_from(started.elapsed().as_millis()).unwrap_or(u32::MAX);
        Ok(answer)
    }

    async fn follow(&self, call: &HttpCall, mut origin: Origin, bound: &BoundOrigins, limits: &Limits) -> Result<HttpAnswer, EgressError> {
        let mut hop = Hop { url: call.url.clone(), method: call.method.clone(), with_body: true };
        if (call.carries_secret() || origin.scheme() == "http") && !bound.contains(&origin) {
            return Err(EgressError::NotBound { origin: origin.to_string() });
        }
        let first = origin.clone();
        let mut left = limits.max_redirects;
        loop {
            let target = self.admit(&origin).await?;
            let tls = self.inner.tls.of_call(call.roots.as_deref().filter(|_| origin == first), target.host())?;
            let response = exchange(&tls, &target, &hop, call).await?;
            let Some(next) = redirect(&hop, &response)? else {
                return read(response, &target, limits.max_body_bytes).await;
            };
            let next_origin = admitted(&next.url)?;
            let elsewhere = next_origin != origin;
            let unsafe_step = next_origin.scheme() == "http" && (origin.scheme() != "http" || !bound.contains(&next_origin));
            if left == 0 || unsafe_step || (elsewhere && (call.carries_secret() || next.with_body && call.body.is_some())) {
                return Err(EgressError::Redirect { to_host: next_origin.host().to_owned() });
            }
            left -= 1;
            (hop, origin) = (next, next_origin);
        }
    }

    /// Judges the addresses of one hop.
    async fn admit(&self, origin: &Origin) -> Result<CheckedTarget, EgressError> {
        let target = self.resolve(origin.host(), origin.port()).await?;
        if origin.scheme() == "http" && !target.named_by_operator() {
            return Err(EgressError::NotEncrypted { host: target.host().to_owned() });
        }
        Ok(target)
    }
}

/// Judges a URL by itself: the scheme, nothing before the host, a web port.
fn admitted(url: &Url) -> Result<Origin, EgressError> {
    let origin = Origin::of(url).map_err(|_| EgressError::InvalidHost)?;
    if !matches!(origin.scheme(), "https" | "http") || !url.username().is_empty() || url.password().is_some() {
        return Err(EgressError::InvalidHost);
    }
    if is_web_port(origin.port()) { Ok(origin) } else { Err(EgressError::PortRefused { port: origin.port() }) }
}

/// Where an answer points, as browsers understand it (Fetch standard, "HTTP-redirect fetch"); nothing when it is not a redirect.
fn redirect(hop: &Hop, response: &Response) -> Result<Option<Hop>, EgressError> {
    let status = response.status();
    let keeps_method = matches!(status, StatusCode::TEMPORARY_REDIRECT | StatusCode::PERMANENT_REDIRECT);
    let drops_method = matches!(status, StatusCode::MOVED_PERMANENTLY | StatusCode::FOUND | StatusCode::SEE_OTHER);
    let Some(location) = response.headers().get(LOCATION).filter(|_| keeps_method || drops_method) else {
        return Ok(None);
    };
    let nowhere = || EgressError::Redirect { to_host: "a place that is no web address".to_owned() };
    let mut url = location.to_str().ok().and_then(|text| hop.url.join(text).ok()).ok_or_else(nowhere)?;
    if !matches!(url.scheme(), "https" | "http") || !url.username().is_empty() || url.password().is_some() {
        return Err(nowhere());
    }
    url.set_fragment(None);
    let get = drops_method && (status == StatusCode::SEE_OTHER || hop.method == Method::POST) && hop.method != Method::HEAD;
    let method = if get { Method::GET } else { hop.method.clone() };
    Ok(Some(Hop { url, method, with_body: hop.with_body && !get }))
}
