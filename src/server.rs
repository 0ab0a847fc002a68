//! The composition root: what is configured becomes a running server.

pub mod commands;
mod error;
pub mod keys;
mod parts;
pub mod telemetry;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use leptos::config::LeptosOptions;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

pub use error::StartError;

use crate::config::Config;
use crate::domain::{Clock, Random};
use crate::services::{self, App};
use crate::web::WebSettings;
use crate::{jobs, ui, web};

/// How long a shutdown waits for requests.
const PATIENCE: Duration = Duration::from_secs(15);
/// How long it then waits for work under way: a check takes ten seconds at most, a renewal, whose answer may hold the only valid token, twenty.
const PATIENCE_FOR_WORK: Duration = Duration::from_secs(25);

/// A running server.
pub struct Server {
    /// Where it listens.
    pub address: SocketAddr,
    /// The address people use, without a slash at its end.
    pub public_url: String,
    /// The use cases' world.
    pub app: App,
    /// What to tell the person who started it, line by line.
    pub notes: Vec<String>,
    stop: CancellationToken,
    serving: JoinHandle<std::io::Result<()>>,
    tidying: JoinHandle<()>,
    posting: JoinHandle<()>,
    renewing: JoinHandle<()>,
    clearing: JoinHandle<()>,
    reminding: JoinHandle<()>,
    auditing: JoinHandle<()>,
    /// Comes when everything else has ended, so that the last checkpoint covers it.
    auditing_stop: CancellationToken,
    sandbox: Option<JoinHandle<()>>,
}

impl Server {
    /// Opens everything and listens.
    ///
    /// # Errors
    /// [`StartError`] in words; a key that is refused leaves the database as it was.
    pub async fn start(config: Config, clock: Arc<dyn Clock>, random: Arc<dyn Random>) -> Result<Self, StartError> {
        let prepared = keys::prepare(&config)?;
        let listen = config.server.listen;
        let listener = TcpListener::bind(listen).await.map_err(|cause| StartError::Listen(listen, cause))?;
        let address = listener.local_addr().map_err(|cause| StartError::Listen(listen, cause))?;
        let public_url = config.server.public_url.clone().unwrap_or_else(|| format!("http://{address}"));
        // Before a key file is made: an address that is taken stops the start while there is nothing to back up.
        let played = parts::played(&config).await?;
        let post = parts::post(&config)?;
        let stop = CancellationToken::new();
        let (app, mut notes) = parts::app(&config, played.as_ref(), prepared, &public_url, address, clock, random).await?;
        if let Some(link) = services::setup::ensure_link(&app).await? {
            notes.push(format!("Open this link to set up Latchkey; it works once:\n  {public_url}/setup/{}", link.expose()));
        }
        let sandbox = played.map(|played| parts::play(played, stop.clone()));
        let tidying = tokio::spawn(jobs::tidy(app.clone(), stop.clone()));
        let posting = tokio::spawn(jobs::letters(app.clone(), post, stop.clone()));
        let renewing = tokio::spawn(jobs::renewals(app.clone(), config.renewals, stop.clone()));
        let clearing = tokio::spawn(jobs::leftovers(app.clone(), stop.clone()));
        let reminding = tokio::spawn(jobs::reminders(app.clone(), stop.clone()));
        let auditing_stop = CancellationToken::new();
        let auditing = tokio::spawn(jobs::tend_audit(app.clone(), auditing_stop.clone()));
        let router = router(&config, app.clone(), &public_url, address);
        let service = router.into_make_service_with_connect_info::<SocketAddr>();
        let serving = axum::serve(listener, service).with_graceful_shutdown(stop.clone().cancelled_owned());
        let serving = tokio::spawn(serving.into_future());
        tracing::info!(%address, public_url, database = app.settings.database_engine, "listening");
        Ok(Self { address, public_url, app, notes, stop, serving, tidying, posting, renewing, clearing, reminding, auditing, auditing_stop, sandbox })
    }

    /// Stops accepting, finishes requests and checks under way, and closes the database.
    pub async fn stop(self) {
        self.stop.cancel();
        if tokio::time::timeout(PATIENCE, self.serving).await.is_err() {
            tracing::warn!("some requests did not end in time");
        }
        drop(self.renewing.await);
        self.app.tasks.close();
        if tokio::time::timeout(PATIENCE_FOR_WORK, self.app.tasks.wait()).await.is_err() {
            tracing::warn!("some checks or renewals did not end in time; they count as stopped");
        }
        // They end by the same token; a panic in them was logged where it happened.
        drop(self.tidying.await);
        drop(self.posting.await);
        drop(self.clearing.await);
        drop(self.reminding.await);
        self.auditing_stop.cancel();
        drop(self.auditing.await);
        if let Some(sandbox) = self.sandbox {
            sandbox.abort();
        }
        self.app.database.close().await;
        tracing::info!("stopped");
    }
}

/// Everything this server answers.
pub fn router(config: &Config, app: App, public_url: &str, address: SocketAddr) -> Router {
    let options = LeptosOptions::builder()
        .output_name(config.leptos.output_name.clone())
        .site_root(config.leptos.site_root.clone())
        .site_pkg_dir(config.leptos.site_pkg_dir.clone())
        .site_addr(address)
        .reload_port(config.leptos.reload_port)
        .build();
    let settings = WebSettings { public_origin: public_url.to_owned(), trusted_proxy: config.server.trusted_proxy.clone() };
    web::router(app.clone(), settings, ui::routes(app, options))
}

/// Resolves when the operator asks the program to end: SIGTERM or Ctrl-C.
pub async fn asked_to_stop() {
    let interrupt = tokio::signal::ctrl_c();
    match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        Ok(mut terminate) => {
            tokio::select! {
                _ = interrupt => {}
                _ = terminate.recv() => {}
            }
        }
        Err(_) => drop(interrupt.await),
    }
}
