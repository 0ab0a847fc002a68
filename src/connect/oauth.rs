//! Getting, renewing and ending tokens (RFC 6749, RFC 7009), as a manifest says.

mod accounts;
mod answer;
mod assertion;
mod authorize;
mod callback;
mod client;
mod endpoint;
mod problem;
mod revoke;
mod token;

pub use accounts::OAuthAccount;
pub use answer::Tokens;
pub use authorize::Consent;
pub use client::ClientProof;
pub use problem::TokenProblem;
pub use token::Code;

use std::collections::BTreeMap;
use std::time::Duration;

use crate::catalogue::{ClientAuth, Manifest, OAuth};
use crate::vault::Secret;

/// How long the exchange of a code may take.
const EXCHANGE: Duration = Duration::from_secs(10);
/// How long a renewal may take: long enough for a slow provider's answer to be heard, because it may hold the only valid refresh token; shorter than the lease of
/// sixty seconds.
const RENEWAL: Duration = Duration::from_secs(20);
/// The largest answer, in bytes.
const LARGEST: usize = 64 * 1024;

/// Who Latchkey is at a provider.
#[derive(Debug, Default)]
pub struct AppCredentials {
    /// The app's id.
    pub client_id: String,
    /// The app's secret; none for a public client.
    pub client_secret: Option<Secret<String>>,
    /// Further fields of the app by their ids.
    pub fields: BTreeMap<String, Secret<String>>,
}

/// A connector, one connection's open fields, and who Latchkey is there.
#[derive(Clone, Copy, Debug)]
pub struct Party<'a> {
    /// The connector.
    pub manifest: &'a Manifest,
    /// Its section on tokens.
    pub oauth: &'a OAuth,
    /// The open fields of the connection.
    pub config: &'a BTreeMap<String, String>,
    /// The app.
    pub app: &'a AppCredentials,
}

impl<'a> Party<'a> {
    /// How Latchkey proves which app it is.
    pub(super) fn client_auth(&self) -> ClientAuth {
        let chosen = self.oauth.client_auth_field.as_ref().and_then(|field| self.open(field)).and_then(ClientAuth::parse);
        chosen.unwrap_or(self.oauth.client_auth)
    }

    /// The value of an open field: of the connection, of the app, or the app's id.
    pub(super) fn open(&self, id: &str) -> Option<&'a str> {
        let of_app = |id: &str| {
            let field = self.oauth.app_fields.iter().find(|field| field.id == id)?;
            self.app.fields.get(id).filter(|_| !field.kind.is_secret()).map(|value| value.expose().as_str())
        };
        match id {
            "client_id" if !self.app.client_id.is_empty() => Some(&self.app.client_id),
            _ => self.manifest.entry(self.config, id).or_else(|| of_app(id)),
        }
    }
}
