//! `Leptos.toml` and the environment, read once into typed sections.

mod connectors;
mod database;
mod egress;
mod environment;
mod leptos;
mod log;
mod mail;
mod problem;
mod renewals;
mod sandbox;
mod server;
mod sign_in;
mod sign_on;
mod value;
mod vault;

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use figment::Figment;
use figment::providers::{Format, Toml};
use serde::Deserialize;

pub use connectors::ConnectorsConfig;
pub use database::DatabaseConfig;
pub use egress::EgressConfig;
pub use leptos::LeptosConfig;
pub use log::{LogConfig, LogFormat};
pub use mail::{MailConfig, MailWay, SmtpConfig, SmtpEncryption};
pub use problem::{ConfigError, Problem};
pub use renewals::RenewalsConfig;
pub use sandbox::SandboxConfig;
pub use server::ServerConfig;
pub use sign_in::SignInConfig;
pub use sign_on::{SignOnConfig, SignOnProvider, issuer};
pub use vault::{KeyChoice, VaultConfig};

/// The file that is read when no other is named.
pub const FILE: &str = "Leptos.toml";

/// The whole configuration, checked.
#[derive(Debug)]
pub struct Config {
    /// The file it was read from; none when there was none.
    pub file: Option<PathBuf>,
    /// Where the site's files are.
    pub leptos: LeptosConfig,
    /// How the server is reached.
    pub server: ServerConfig,
    /// Where everything is stored.
    pub database: DatabaseConfig,
    /// Where the root key comes from.
    pub vault: VaultConfig,
    /// Where connections may go.
    pub egress: EgressConfig,
    /// Connectors reached at another address than their provider's.
    pub connectors: ConnectorsConfig,
    /// Whether providers are played.
    pub sandbox: SandboxConfig,
    /// What is logged and how.
    pub log: LogConfig,
    /// How letters leave.
    pub mail: MailConfig,
    /// How tokens are renewed.
    pub renewals: RenewalsConfig,
    /// Who may register, and how much work signing in may be.
    pub sign_in: SignInConfig,
    /// Providers of single sign-on for everybody.
    pub sign_on: SignOnConfig,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Raw {
    package: leptos::Raw,
    server: server::Raw,
    database: database::Raw,
    vault: vault::Raw,
    egress: egress::Raw,
    connectors: connectors::Raw,
    sandbox: sandbox::Raw,
    log: log::Raw,
    mail: mail::Raw,
    renewals: renewals::Raw,
    sign_in: sign_in::Raw,
    sign_on: sign_on::Raw,
}

impl Config {
    /// Reads the file (when there is one) and the environment of this process; `LATCHKEY_CONFIG` names another file.
    ///
    /// # Errors
    /// [`ConfigError`] with every problem found.
    pub fn load() -> Result<Self, ConfigError> {
        let variables: Vec<(OsString, OsString)> = std::env::vars_os().collect();
        let named = variables.iter().find(|(name, _)| name == environment::FILE_VARIABLE).map(|(_, value)| PathBuf::from(value));
        if let Some(path) = named.as_ref().filter(|path| !path.is_file()) {
            return Err(ConfigError::one(Problem::new(
                environment::FILE_VARIABLE,
                "environment",
                &format!("there is no file {}", path.display()),
                "name an existing file, or unset the variable to use Leptos.toml",
            )));
        }
        Self::read(named.as_deref().unwrap_or(Path::new(FILE)), variables)
    }

    /// Reads this file (when it exists) and these variables.
    ///
    /// # Errors
    /// [`ConfigError`] with every problem found.
    pub fn read(file: &Path, variables: impl IntoIterator<Item = (OsString, OsString)>) -> Result<Self, ConfigError> {
        let mut figment = Figment::new();
        let file = file.is_file().then(|| file.to_owned());
        if let Some(path) = &file {
            figment = figment.merge(Toml::file_exact(path));
        }
        figment = environment::merge(figment, variables)?;
        let raw: Raw = figment.extract().map_err(ConfigError::from_figment)?;
        let mut review = problem::Review::new(&figment);
        let leptos = leptos::check(raw.package, &mut review);
        let server = server::check(raw.server, &leptos, &mut review);
        let database = database::check(raw.database, &mut review);
        let config = Self {
            file,
            mail: mail::check(raw.mail, &server, &database, &mut review),
            database,
            vault: vault::check(raw.vault, &mut review),
            egress: egress::check(raw.egress, &mut review),
            connectors: connectors::check(raw.connectors, &mut review),
            sandbox: sandbox::check(raw.sandbox, &server, &mut review),
            log: log::check(raw.log, &mut review),
            renewals: renewals::check(raw.renewals, &mut review),
            sign_in: sign_in::check(raw.sign_in, &mut review),
            sign_on: sign_on::check(raw.sign_on, &mut review),
            leptos,
            server,
        };
        review.finish(config)
    }
}
