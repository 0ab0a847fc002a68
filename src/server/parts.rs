//! The parts of the use cases' world, made from the configuration.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::StartError;
use super::keys::{self, Prepared};
use crate::catalogue::Registry;
use crate::config::{Config, MailWay, SmtpEncryption};
use crate::connect::Connector;
use crate::domain::{Clock, Random};
use crate::dto::SandboxAccount;
use crate::egress::{Egress, EgressPolicy, MailServer, MailTls, Post};
use crate::sandbox::{self, Sandbox};
use crate::services::sign_on::Offered;
use crate::services::{self, App, AppParts, Settings};
use crate::store::{Database, postgres_address};
use crate::vault::PasswordHasher;

/// The use cases' world, and what to tell the person who started it.
pub(super) async fn app(
    config: &Config,
    played: Option<&Played>,
    prepared: Prepared,
    public_url: &str,
    address: SocketAddr,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
) -> Result<(App, Vec<String>), StartError> {
    let mut notes = Vec::new();
    let registry = registry(config)?;
    let egress = way_out(config, address)?;
    let base_urls = base_urls(config, played.map(|played| (&played.sandbox, played.address)));
    let oauth_urls = oauth_urls(config, played.map(|played| (&played.sandbox, played.address)));
    let database = Database::open(&config.database.url).await?;
    let opened = keys::open(&database, config, prepared, clock.as_ref(), random.as_ref()).await?;
    if opened.created {
        let path = opened.path.as_ref().map(|path| path.display().to_string()).unwrap_or_default();
        notes.push(format!("A new key was written to {path}. Back this file up: without it nothing stored can be read."));
    }
    let settings = Settings {
        public_url: public_url.to_owned(),
        trusted_proxy: config.server.trusted_proxy.as_ref().map(ToString::to_string),
        node: config.server.node.clone(),
        database_engine: database.engine().to_owned(),
        key_source: opened.source,
        key_path: opened.path.map(|path| path.display().to_string()),
        key_fingerprint: opened.keyring.fingerprint(),
        registration_closed: config.sign_in.registration_closed,
        letters_stay_here: matches!(config.mail.way, MailWay::Folder(_)),
        sandbox: accounts(played),
        version: env!("CARGO_PKG_VERSION").to_owned(),
    };
    let audit_key = services::audit::load_key(&database, &opened.keyring, random.as_ref(), clock.as_ref()).await?;
    let app = App::new(AppParts {
        database,
        keyring: Arc::new(opened.keyring),
        catalogue: Arc::new(registry),
        own: Arc::default(),
        connect: Arc::new(Connector::new(egress, base_urls, clock.clone()).with_oauth_overrides(oauth_urls)),
        passwords: PasswordHasher::new(config.sign_in.hashes_at_once),
        clock,
        random,
        audit_key: Arc::new(audit_key),
        tasks: TaskTracker::new(),
        flights: Arc::default(),
        letters: Arc::default(),
        leftovers: Arc::default(),
        keys: Arc::default(),
        handouts: Arc::default(),
        reads: Arc::default(),
        sign_on: Arc::new(Offered::of(config)),
        settings: Arc::new(settings),
    });
    Ok((app, notes))
}

/// The connectors, among them every one that the configuration names.
///
/// # Errors
/// The configuration names a connector that there is not.
pub(super) fn registry(config: &Config) -> Result<Registry, StartError> {
    let registry = connectors()?;
    match config.connectors.base_urls.keys().chain(config.connectors.oauth_urls.keys()).find(|id| registry.get(id).is_none()) {
        Some(unknown) => Err(StartError::Setup(format!("connectors.{unknown}: there is no such connector. Remove the setting, or correct its name."))),
        None => Ok(registry),
    }
}

/// The connectors that come with Latchkey.
pub(super) fn connectors() -> Result<Registry, StartError> {
    Registry::embedded().map_err(|errors| StartError::Setup(format!("The connectors cannot be read: {errors:?}")))
}

const FIX: &str = "Name a PEM file in egress.extra_root_certificates (LATCHKEY_EGRESS__EXTRA_ROOT_CERTIFICATES).";

/// The operator's further root certificates; empty when there are none.
fn extra_roots(config: &Config) -> Result<String, StartError> {
    let Some(path) = &config.egress.extra_root_certificates else { return Ok(String::new()) };
    std::fs::read_to_string(path).map_err(|cause| StartError::Setup(format!("{} cannot be read: {cause}. {FIX}", path.display())))
}

/// The guarded way out.
fn way_out(config: &Config, address: SocketAddr) -> Result<Egress, StartError> {
    Egress::new(policy(config, address), &extra_roots(config)?).map_err(|error| match &config.egress.extra_root_certificates {
        Some(path) => StartError::Setup(format!("{}: {error} {FIX}", path.display())),
        None => StartError::Setup(error.to_string()),
    })
}

/// Where letters go.
pub(super) fn post(config: &Config) -> Result<Post, StartError> {
    let from = &config.mail.from;
    let post = match &config.mail.way {
        MailWay::Folder(folder) => Post::folder(folder.clone(), from),
        MailWay::Server(server) => {
            let tls = match server.encryption {
                SmtpEncryption::Implicit => MailTls::Implicit,
                SmtpEncryption::StartTls => MailTls::StartTls,
                SmtpEncryption::None => MailTls::None,
            };
            let login = server.login.as_ref().map(|(user, password)| (user.clone(), password.duplicate()));
            Post::server(MailServer { host: server.host.clone(), port: server.port, tls, login }, from, &extra_roots(config)?)
        }
    };
    post.map_err(|error| StartError::Setup(format!("mail: {error}. Look at mail.from and mail.smtp.")))
}

/// Where connections may go: what the operator allowed, never this server itself or its database.
fn policy(config: &Config, address: SocketAddr) -> EgressPolicy {
    EgressPolicy {
        allow: config.egress.allow.clone(),
        allow_hosts: config.egress.allow_hosts.clone(),
        own_listeners: vec![address],
        own_services: postgres_address(&config.database.url).into_iter().collect(),
        nameservers: config.egress.nameservers.clone(),
    }
}

/// The providers that are played, and where.
pub(super) struct Played {
    listener: TcpListener,
    address: SocketAddr,
    sandbox: Sandbox,
}

/// The played providers, when configured.
pub(super) async fn played(config: &Config) -> Result<Option<Played>, StartError> {
    let Some(listen) = config.sandbox.listen else { return Ok(None) };
    let refused = |cause| StartError::Listen(listen, cause);
    let listener = TcpListener::bind(listen).await.map_err(refused)?;
    let address = listener.local_addr().map_err(refused)?;
    Ok(Some(Played { listener, address, sandbox: sandbox(&registry(config)?)? }))
}

/// Everything that can be played.
pub(super) fn sandbox(registry: &Registry) -> Result<Sandbox, StartError> {
    Sandbox::embedded(registry).map_err(|errors| StartError::Setup(format!("The providers cannot be played: {errors:?}")))
}

/// Plays the providers until `stop`.
pub(super) fn play(played: Played, stop: CancellationToken) -> JoinHandle<()> {
    tracing::info!(listen = %played.address, "playing providers");
    tokio::spawn(async move {
        if let Err(cause) = played.sandbox.serve(played.listener, stop.cancelled_owned()).await {
            tracing::error!(%cause, "the played providers ended");
        }
    })
}

/// Where connectors are reached instead of at their provider's: what the operator mapped, and the played providers at `address` when they are to be used.
pub(super) fn base_urls(config: &Config, played: Option<(&Sandbox, SocketAddr)>) -> BTreeMap<String, String> {
    let mut urls = BTreeMap::new();
    if let Some((sandbox, address)) = played.filter(|_| config.sandbox.plays_all) {
        urls.extend(sandbox.ids().map(|id| (id.to_owned(), sandbox::address(address, id))));
    }
    urls.extend(config.connectors.base_urls.clone());
    urls
}

/// The same for OAuth addresses: a played provider has them below `/oauth` of its own address.
fn oauth_urls(config: &Config, played: Option<(&Sandbox, SocketAddr)>) -> BTreeMap<String, String> {
    let mut urls = BTreeMap::new();
    if let Some((sandbox, address)) = played.filter(|_| config.sandbox.plays_all) {
        urls.extend(sandbox.ids().map(|id| (id.to_owned(), format!("{}/oauth", sandbox::address(address, id)))));
    }
    urls.extend(config.connectors.oauth_urls.clone());
    urls
}

/// The applications that exist at played providers, for who registers one.
fn apps(sandbox: &Sandbox) -> impl Iterator<Item = SandboxAccount> {
    let shown = |id: &str, client: &sandbox::Client| {
        let own = [("Client ID".to_owned(), client.client_id.clone()), ("Client secret".to_owned(), client.client_secret.clone())];
        let values = own.into_iter().chain(client.fields.clone()).filter(|(_, value)| !value.is_empty()).collect();
        SandboxAccount { connector: id.to_owned(), title: "The app to register".to_owned(), values }
    };
    sandbox.ids().flat_map(move |id| sandbox.clients(id).iter().map(move |client| shown(id, client)))
}

/// What the banner prints of the played providers.
fn accounts(played: Option<&Played>) -> Vec<SandboxAccount> {
    let shown =
        |account: &sandbox::Account| SandboxAccount { connector: account.connector.clone(), title: account.title.clone(), values: account.shown.clone() };
    let mut all: Vec<SandboxAccount> = played.into_iter().flat_map(|played| played.sandbox.accounts().map(shown).chain(apps(&played.sandbox))).collect();
    all.sort_by(|one, other| one.connector.cmp(&other.connector));
    all
}
