//! What a check sent: a layer around a played provider that notes every request and what came of it.

use std::fmt;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::Request;
use axum::http::HeaderMap;
use axum::middleware::{Next, from_fn};
use latchkey::sandbox::Remark;

/// One request, and what came of it.
#[derive(Clone, Debug)]
pub struct Recorded {
    pub method: String,
    pub path: String,
    /// Without the question mark; empty for none.
    pub query: String,
    pub headers: HeaderMap,
    pub body: Bytes,
    pub status: u16,
    /// What the sandbox has to say about it.
    pub remark: Option<Remark>,
}

impl fmt::Display for Recorded {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { method, path, query, headers, body, status, .. } = self;
        let mark = if query.is_empty() { "" } else { "?" };
        write!(formatter, "{method} {path}{mark}{query} {headers:?} {}-> {status}", String::from_utf8_lossy(body))?;
        self.remark.as_ref().map_or(Ok(()), |remark| write!(formatter, " ({})", remark.words))
    }
}

/// Every request, oldest first.
#[derive(Clone, Debug, Default)]
pub struct Recorder(Arc<Mutex<Vec<Recorded>>>);

impl Recorder {
    /// The same router, with every request noted here.
    pub fn around(&self, router: Router) -> Router {
        let log = self.0.clone();
        router.layer(from_fn(move |request: Request, next: Next| {
            let log = log.clone();
            async move {
                let (parts, body) = request.into_parts();
                let body = to_bytes(body, 1 << 20).await.unwrap();
                let mut recorded = Recorded {
                    method: parts.method.to_string(),
                    path: parts.uri.path().to_owned(),
                    query: parts.uri.query().unwrap_or_default().to_owned(),
                    headers: parts.headers.clone(),
                    body: body.clone(),
                    status: 0,
                    remark: None,
                };
                let number = {
                    let mut log = log.lock().unwrap();
                    log.push(recorded.clone());
                    log.len() - 1
                };
                let response = next.run(Request::from_parts(parts, Body::from(body))).await;
                recorded.status = response.status().as_u16();
                recorded.remark = response.extensions().get::<Remark>().cloned();
                if let Some(place) = log.lock().unwrap().get_mut(number) {
                    *place = recorded;
                }
                response
            }
        }))
    }

    /// What was noted since the last time.
    pub fn take(&self) -> Vec<Recorded> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}
