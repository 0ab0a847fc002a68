//! A played provider's consent page and token address (RFC 6749, RFC 7636, RFC 7009), in the dialect that its file writes down.

mod authorize;
mod client;
mod control;
mod jwt;
mod ledger;
mod page;
mod review;
mod revoke;
mod section;
mod token;

pub(super) use ledger::Ledger;
pub(super) use review::review;
pub use section::Client;
pub(super) use section::OAuth;

use axum::response::Response;

use super::asked::Asked;
use super::fill::segments;
use super::provider::Provider;

/// Below this part of a played provider's address are its OAuth addresses.
const BELOW: &str = "/oauth";
/// Below this part of that are the tests' own.
const OWN: &str = "/-/";

impl Provider {
    /// The answer of an OAuth address; none when the request is for none.
    pub(super) async fn answer_oauth(&self, asked: &Asked) -> Option<Response> {
        let oauth = self.file.oauth.as_ref()?;
        let path = asked.path.strip_prefix(BELOW)?;
        if let Some(own) = path.strip_prefix(OWN) {
            return Some(self.control(own, asked));
        }
        if oauth.authorize.as_ref().is_some_and(|authorize| fits(authorize, path)) {
            return Some(self.authorize(oauth, asked));
        }
        if fits(&oauth.token, path) {
            return Some(self.hand_out_token(oauth, asked).await);
        }
        oauth.revoke.as_ref().filter(|revoke| fits(revoke, path)).map(|_| self.forget(oauth, asked))
    }

    /// The request as one to the API, where it was asked for below the OAuth addresses: lists of accounts may stand at another host than the API.
    pub(super) fn as_api(&self, asked: &mut Asked) {
        let Some(path) = asked.path.strip_prefix(BELOW).filter(|_| self.file.oauth.is_some()) else { return };
        let is_route =
            |account: &super::provider::Played| self.file.routes.iter().any(|route| segments(&account.entries.fill_path(&route.path)) == segments(path));
        if self.accounts.iter().any(is_route) {
            asked.path = path.to_owned();
        }
    }
}

/// Whether a path is one that the file writes; a place in braces stands for any one segment.
fn fits(written: &str, path: &str) -> bool {
    let (written, path): (Vec<&str>, Vec<&str>) = (written.split('/').collect(), path.split('/').collect());
    let fits = |(written, segment): (&&str, &&str)| written == segment || written.starts_with('{') && written.ends_with('}') && !segment.is_empty();
    written.len() == path.len() && written.iter().zip(&path).all(fits)
}
