//! Keeps redirects on this site and failures out of addresses.

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use http::{HeaderValue, header};

use crate::domain::LocalPath;

/// Makes `Location` a path of this site without `__err` and `__path`; anything else becomes the home page.
pub(in crate::web) async fn location(request: Request, next: Next) -> Response {
    let host = request.headers().get(header::HOST).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    let mut response = next.run(request).await;
    if let Some(target) = response.headers().get(header::LOCATION) {
        let local = target.to_str().ok().and_then(|target| local(target, &host)).unwrap_or_else(|| "/".to_owned());
        let value = HeaderValue::from_str(&local).unwrap_or(HeaderValue::from_static("/"));
        response.headers_mut().insert(header::LOCATION, value);
    }
    response
}

fn local(target: &str, host: &str) -> Option<String> {
    let own = ["http://", "https://"].iter().find_map(|scheme| target.strip_prefix(scheme)?.strip_prefix(host)).filter(|_| !host.is_empty());
    let path = match own {
        Some("") => "/",
        Some(path) => path,
        None => target,
    };
    LocalPath::parse(path).ok()?;
    let (path, fragment) = path.split_once('#').map_or((path, None), |(path, fragment)| (path, Some(fragment)));
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let kept: Vec<&str> = query.split('&').filter(|pair| !pair.is_empty() && !pair.starts_with("__err=") && !pair.starts_with("__path=")).collect();
    let query = if kept.is_empty() { String::new() } else { format!("?{}", kept.join("&")) };
    Some(format!("{path}{query}{}", fragment.map_or_else(String::new, |fragment| format!("#{fragment}"))))
}
