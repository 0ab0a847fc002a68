//! A local emulator of providers, for trying Latchkey and for its tests: real HTTP, the providers' own shapes, and their failures on demand.
//!
//! Connectors reach it only because the operator's configuration maps their base URL to it.

mod accounts;
mod mishap;
mod stripe;
mod ventures;

use std::io;

use axum::Router;
use tokio::net::TcpListener;

pub use accounts::{Account, accounts};

/// Every emulated provider, each below its own path.
pub fn router() -> Router {
    Router::new().nest("/ventures/api/v4", ventures::router()).nest("/stripe", stripe::router())
}

/// Serves the emulated providers until `shutdown` is done.
///
/// # Errors
/// What the listener answers.
pub async fn serve(listener: TcpListener, shutdown: impl Future<Output = ()> + Send + 'static) -> io::Result<()> {
    axum::serve(listener, router()).with_graceful_shutdown(shutdown).await
}
