//! What every use case works with.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use tokio::sync::Notify;
use tokio_util::task::TaskTracker;

use crate::catalogue::Registry;
use crate::connect::Connector;
use crate::domain::{Clock, Random, Timestamp};
use crate::dto::SandboxAccount;
use crate::services::applications::KeyLookups;
use crate::services::audit::Waiting;
use crate::services::grants::Flights;
use crate::services::handout::HandoutLookups;
use crate::services::own::OwnManifests;
use crate::services::sign_on::Offered;
use crate::store::Database;
use crate::vault::{Keyring, PasswordHasher, Secret};

/// Typed values of a form, each guarded; only fields that the manifest calls no secret are stored in the open.
pub type Entries = BTreeMap<String, Secret<String>>;

/// What every use case works with. Requests clone it many times over, so a clone counts one reference alone.
#[derive(Clone)]
pub struct App(Arc<AppParts>);

impl App {
    /// One of these parts.
    #[must_use]
    pub fn new(parts: AppParts) -> Self {
        Self(Arc::new(parts))
    }
}

impl Deref for App {
    type Target = AppParts;

    fn deref(&self) -> &AppParts {
        &self.0
    }
}

/// Changes this clone alone.
impl DerefMut for App {
    fn deref_mut(&mut self) -> &mut AppParts {
        Arc::make_mut(&mut self.0)
    }
}

/// The parts of an [`App`].
#[derive(Clone)]
pub struct AppParts {
    /// The database.
    pub database: Database,
    /// The root keys.
    pub keyring: Arc<Keyring>,
    /// The connectors that there are.
    pub catalogue: Arc<Registry>,
    /// Connectors of organizations' own that have been read.
    pub own: Arc<OwnManifests>,
    /// What speaks to providers.
    pub connect: Arc<Connector>,
    /// Hashes and verifies passwords.
    pub passwords: PasswordHasher,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Chance.
    pub random: Arc<dyn Random>,
    /// The key of the audit chains, from [`crate::services::audit::load_key`].
    pub audit_key: Arc<Secret<Vec<u8>>>,
    /// Work that runs on its own, such as checks; a shutdown waits for it.
    pub tasks: TaskTracker,
    /// Renewals of tokens under way on this node.
    pub flights: Arc<Flights>,
    /// Wakes who sends letters.
    pub letters: Arc<Notify>,
    /// Wakes who has providers end tokens that nobody uses.
    pub leftovers: Arc<Notify>,
    /// Lookups of presented keys under way on this node.
    pub keys: Arc<KeyLookups>,
    /// Lookups of credentials that programs read, under way on this node.
    pub handouts: Arc<HandoutLookups>,
    /// Reads of credentials that wait to be recorded.
    pub reads: Arc<Waiting>,
    /// Providers of single sign-on for everybody, and domains that the operator vouches for.
    pub sign_on: Arc<Offered>,
    /// Facts about this installation.
    pub settings: Arc<Settings>,
}

/// Facts about this installation that pages show and use cases need.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// The address people use, without a slash at the end.
    pub public_url: String,
    /// The header in which a proxy of the operator passes on the visitor's address; none when no proxy is trusted.
    pub trusted_proxy: Option<String>,
    /// The name of this node's audit chain.
    pub node: String,
    /// `SQLite` or `PostgreSQL`.
    pub database_engine: String,
    /// Where the root key comes from, in words.
    pub key_source: String,
    /// The file of the root key; none when it comes from elsewhere.
    pub key_path: Option<String>,
    /// The root key's fingerprint in groups of four hex digits.
    pub key_fingerprint: String,
    /// Whether new accounts need an invitation.
    pub registration_closed: bool,
    /// Whether letters stay in a folder of this server instead of being sent.
    pub letters_stay_here: bool,
    /// Accounts of the sandbox providers; empty unless the operator runs them.
    pub sandbox: Vec<SandboxAccount>,
    /// The version of this build.
    pub version: String,
}

impl App {
    /// The current instant.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }
}

impl fmt::Debug for App {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("App").field("settings", &self.settings).finish_non_exhaustive()
    }
}
