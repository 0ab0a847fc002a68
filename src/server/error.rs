//! Why the server does not start, in words.

use std::net::SocketAddr;

use crate::config::ConfigError;
use crate::services::ServiceError;
use crate::store::StoreError;
use crate::vault::KeyError;

/// Why the server does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The configuration cannot be used.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// No key could be had.
    #[error("{0} Nothing was changed.")]
    Key(#[from] KeyError),
    /// The key is not the database's.
    #[error("key_mismatch: the database was sealed with the key {known}, the given key is {given}. Give the key {known}. Nothing was changed.")]
    KeyMismatch {
        /// Fingerprint of the key that the database knows.
        known: String,
        /// Fingerprint of the key that was given.
        given: String,
    },
    /// The database holds sealed data but knows no key.
    #[error("key_missing: the database holds data, but no root key is noted in it, so no key can be recognised. Restore a backup. Nothing was changed.")]
    KeyUnknown,
    /// The database does not answer.
    #[error("{0}")]
    Store(String, #[source] StoreError),
    /// A use case failed while starting.
    #[error("{0}")]
    Service(String),
    /// The address cannot be listened on.
    #[error("cannot listen on {0}: {1}. Stop what listens there, or set server.listen (LATCHKEY_SERVER__LISTEN) to another address.")]
    Listen(SocketAddr, #[source] std::io::Error),
    /// The connectors or the way out cannot be set up.
    #[error("{0}")]
    Setup(String),
}

impl From<StoreError> for StartError {
    fn from(error: StoreError) -> Self {
        let words = match &error {
            StoreError::SchemaNewer { .. } => format!("{error}. Run the newer build, or restore a backup. Nothing was changed."),
            other => format!("the database cannot be used: {}. Check database.url (DATABASE_URL).", chain(other)),
        };
        Self::Store(words, error)
    }
}

impl From<ServiceError> for StartError {
    fn from(error: ServiceError) -> Self {
        Self::Service(match &error.cause {
            Some(cause) => format!("{} ({})", error.message, chain(cause.as_ref())),
            None => error.message,
        })
    }
}

/// An error with everything beneath it, in one line.
fn chain(error: &dyn std::error::Error) -> String {
    let mut words = error.to_string();
    let mut below = error.source();
    while let Some(cause) = below {
        words = format!("{words}: {cause}");
        below = cause.source();
    }
    words
}
