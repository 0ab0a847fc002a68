//! Ways back that the provider signs.

use std::collections::BTreeMap;

use subtle::ConstantTimeEq as _;
use url::form_urlencoded::Serializer;
use zeroize::Zeroizing;

use super::Party;
use crate::vault::{Secret, mac};

impl Party<'_> {
    /// Whether the provider signed this way back, where the manifest says that it signs: HMAC-SHA-256 in hex over all other parameters, sorted by name and
    /// form-encoded, keyed with the app's secret (<https://shopify.dev/docs/apps/build/authentication-authorization/access-tokens/authorization-code-grant>).
    /// Compared in constant time; where the manifest says nothing, there is nothing to prove.
    pub fn has_signed(&self, query: &BTreeMap<String, Secret<String>>) -> bool {
        let Some(name) = &self.oauth.callback_hmac else { return true };
        let (Some(secret), Some(sent)) = (&self.app.client_secret, query.get(name)) else { return false };
        let others = || query.iter().filter(|(other, _)| *other != name);
        // Room for everything at once, so that growing leaves no copies of the code behind.
        let room = others().map(|(name, value)| 3 * (name.len() + value.expose().len()) + 2).sum();
        let mut form = Serializer::new(String::with_capacity(room));
        form.extend_pairs(others().map(|(name, value)| (name, value.expose())));
        let message = Zeroizing::new(form.finish());
        let right = hex::encode(mac(&Secret::new(secret.expose().as_bytes().to_vec()), message.as_bytes()));
        right.as_bytes().ct_eq(sent.expose().to_ascii_lowercase().as_bytes()).into()
    }
}
