//! A local emulator of providers, for trying Latchkey and for its tests: real HTTP, the providers' own shapes, and their failures on demand.
//!
//! Connectors reach it only because the operator's configuration maps their base URL to it. What it plays stands in the sandbox files beside the manifests.

mod accounts;
mod asked;
mod credential;
mod file;
mod fill;
mod mishap;
mod oauth;
mod provider;
mod review;
mod sigv4;
mod strict;

use std::collections::BTreeMap;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use tokio::net::TcpListener;

pub use accounts::Account;
pub use file::{Identity, Kind};
pub use oauth::Client;
pub use provider::Remark;

use crate::catalogue::{Manifest, ManifestError, Registry, sandbox_files};
use crate::domain::Clock;
use asked::Asked;
use provider::Provider;

/// The emulated providers.
#[derive(Clone, Debug, Default)]
pub struct Sandbox {
    providers: Arc<BTreeMap<String, Provider>>,
}

impl Sandbox {
    /// Every provider that has a sandbox file.
    ///
    /// # Errors
    /// Everything that is wrong in any of the files.
    pub fn embedded(registry: &Registry) -> Result<Self, Vec<ManifestError>> {
        let (mut providers, mut errors) = (BTreeMap::new(), Vec::new());
        for (id, text) in sandbox_files() {
            let Some(manifest) = registry.get(&id) else {
                let message = "has no manifest beside it".to_owned();
                errors.push(ManifestError { file: file_name(&id), line: None, key: String::new(), message });
                continue;
            };
            match review::read(&file_name(&id), &text, manifest) {
                Ok(file) => drop(providers.insert(id, Provider::new(manifest, file))),
                Err(found) => errors.extend(found),
            }
        }
        if errors.is_empty() { Ok(Self { providers: Arc::new(providers) }) } else { Err(errors) }
    }

    /// The one provider that `text` describes.
    ///
    /// # Errors
    /// Everything that is wrong in the text.
    pub fn of(manifest: &Manifest, text: &str) -> Result<Self, Vec<ManifestError>> {
        let file = review::read(&file_name(&manifest.id), text, manifest)?;
        Ok(Self { providers: Arc::new(BTreeMap::from([(manifest.id.clone(), Provider::new(manifest, file))])) })
    }

    /// The ids of the connectors whose providers are emulated.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.providers.keys().map(String::as_str)
    }

    /// Every account, by connector, in the order of its file.
    pub fn accounts(&self) -> impl Iterator<Item = &Account> {
        self.providers.values().flat_map(|provider| &provider.shown)
    }

    /// The same with another clock, by which tokens end.
    #[must_use]
    pub fn with_clock(self, clock: &Arc<dyn Clock>) -> Self {
        self.providers.values().for_each(|provider| provider.ledger.books().set_clock(clock.clone()));
        self
    }

    /// The applications that exist at the emulated provider of connector `id`.
    pub fn clients(&self, id: &str) -> &[Client] {
        self.providers.get(id).and_then(|provider| provider.file.oauth.as_ref()).map_or(&[], |oauth| &oauth.clients)
    }

    /// Every emulated provider, each below its connector's id.
    pub fn router(&self) -> Router {
        Router::new().fallback(answer).with_state(self.clone())
    }

    /// Serves the emulated providers until `shutdown` is done.
    ///
    /// # Errors
    /// What the listener answers.
    pub async fn serve(&self, listener: TcpListener, shutdown: impl Future<Output = ()> + Send + 'static) -> io::Result<()> {
        axum::serve(listener, self.router()).with_graceful_shutdown(shutdown).await
    }
}

/// Where the provider of connector `id` is found when the sandbox listens on `listen`.
pub fn address(listen: SocketAddr, id: &str) -> String {
    let host = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    format!("http://{}/{id}", SocketAddr::new(host, listen.port()))
}

fn file_name(id: &str) -> String {
    format!("{id}.sandbox.toml")
}

async fn answer(State(sandbox): State<Sandbox>, request: Request) -> Response {
    let id = request.uri().path().trim_start_matches('/').split('/').next().unwrap_or_default().to_owned();
    let Some(provider) = sandbox.providers.get(&id) else {
        return (StatusCode::NOT_FOUND, "No provider is emulated here.").into_response();
    };
    match Asked::read(&id, request).await {
        Some(mut asked) => provider.answer(&mut asked).await,
        None => StatusCode::PAYLOAD_TOO_LARGE.into_response(),
    }
}
