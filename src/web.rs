//! What stands between a socket and a use case: layers, sessions, the JSON API, health, assets.

pub mod api;
mod assets;
mod calendar;
mod envelope;
mod error;
mod etag;
mod extract;
mod health;
mod middleware;
mod plain;
mod reached;
mod recovery;
pub mod session;
mod session_store;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use http::HeaderName;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::limit::RequestBodyLimitLayer;

pub use error::{ApiError, status_of};
pub use etag::IfMatch;
pub use extract::{Guest, InKey, InPath, Member};
pub use session_store::DatabaseSessions;

use crate::services::App;

/// The largest request body, in bytes.
pub const BODY_LIMIT: usize = 1024 * 1024;

/// How the layers are to behave.
#[derive(Clone, Debug)]
pub struct WebSettings {
    /// Scheme, host and port that people use.
    pub public_origin: String,
    /// The header in which a proxy of the operator passes on the visitor's address.
    pub trusted_proxy: Option<HeaderName>,
}

impl WebSettings {
    /// Whether people come over https.
    pub fn secure(&self) -> bool {
        self.public_origin.starts_with("https://")
    }

    /// Whether browsers send `Sec-Fetch-Site` here: over https, and to this very machine (<https://www.w3.org/TR/fetch-metadata/>, "potentially trustworthy").
    /// Elsewhere `Origin` alone tells a form of ours from another site's, and without a referrer it is null.
    pub fn says_fetch_site(&self) -> bool {
        let host = self.public_origin.strip_prefix("http://").map(|rest| rest.rsplit_once(':').map_or(rest, |(host, _)| host));
        self.secure() || host.is_some_and(|host| matches!(host, "localhost" | "127.0.0.1" | "[::1]"))
    }
}

/// What the layers share.
#[derive(Clone)]
pub struct Web {
    app: App,
    settings: Arc<WebSettings>,
}

/// Everything the server answers: `pages` (with the not-found page as their fallback), the JSON API, health and assets, behind all layers.
pub fn router(app: App, settings: WebSettings, pages: Router) -> Router {
    let web = Web { app: app.clone(), settings: Arc::new(settings) };
    let signed_in = pages
        .merge(recovery::routes(app.clone()))
        .merge(calendar::routes(app.clone()))
        .nest("/api", api::routes(app.clone()))
        .layer(from_fn_with_state(web.clone(), middleware::guard))
        .layer(from_fn_with_state(web.clone(), middleware::actor))
        .layer(session::layer(&app, web.settings.secure()));
    signed_in
        .merge(health::routes(app))
        .merge(assets::routes())
        .layer(from_fn(middleware::location))
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(RequestBodyLimitLayer::new(BODY_LIMIT))
        .layer(from_fn(middleware::limits))
        .layer(from_fn_with_state(web.clone(), middleware::same_origin))
        .layer(CatchPanicLayer::custom(middleware::caught))
        .layer(from_fn(middleware::trouble))
        .layer(from_fn_with_state(web.clone(), middleware::headers))
        .layer(from_fn_with_state(web, middleware::observe))
}
