//! What a program puts on its own requests to a provider.

use crate::catalogue::Manifest;
use crate::vault::Secret;

use super::connector::Connector;
use super::outcome::Credential;
use super::request::Caller;

impl Connector {
    /// The headers that requests with this credential carry, by name; `session` is the token of a login. None for databases, and where a request is more
    /// than its headers: a key in the query, or a signature.
    pub fn headers(&self, manifest: &Manifest, credential: &Credential<'_>, session: Option<&Secret<String>>) -> Option<Vec<(String, Secret<String>)>> {
        let place = self.destination(manifest, credential.config).ok()?;
        let (base, auth) = (place.base.as_ref()?, manifest.way(credential.config)?);
        Caller { manifest, credential, auth, base, roots: None }.headers(session, self.clock().now())
    }
}
