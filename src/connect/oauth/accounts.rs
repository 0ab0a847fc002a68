//! Which accounts one grant opens.

use std::collections::BTreeMap;

use serde_json::Value;

use super::endpoint::endpoint;
use super::{EXCHANGE, Party, TokenProblem};
use crate::connect::answer::text_of;
use crate::connect::request::Caller;
use crate::connect::{Connector, Credential};
use crate::egress::BoundOrigins;
use crate::vault::Secret;

/// One of several accounts that a grant opens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OAuthAccount {
    /// The provider's id.
    pub id: String,
    /// Its name; the id where it has none.
    pub name: String,
}

/// The most accounts that are offered.
const MOST: usize = 200;

impl Connector {
    /// The accounts that a token opens, which may take ten seconds; `secrets` are what requests carry, as [`Credential::secrets`].
    ///
    /// # Errors
    /// Why they cannot be listed.
    pub async fn oauth_accounts(&self, party: &Party<'_>, secrets: &BTreeMap<String, Secret<String>>) -> Result<Vec<OAuthAccount>, TokenProblem> {
        const WRONG: TokenProblem = TokenProblem::Entries("accounts");
        let accounts = party.oauth.accounts.as_ref().ok_or(WRONG)?;
        let auth = party.manifest.way(party.config).ok_or(WRONG)?;
        let credential = Credential { config: party.config, secrets, bound: BoundOrigins::default() };
        let base = match &accounts.url {
            Some(url) => endpoint(party, url, self.oauth_base(party.manifest))?,
            None => {
                let place = self.destination(party.manifest, party.config).map_err(|_| TokenProblem::Entries("address"))?;
                place.base.ok_or(TokenProblem::Entries("address"))?
            }
        };
        let caller = Caller { manifest: party.manifest, credential: &credential, auth, base: &base, roots: None };
        let now = self.clock().now();
        let call = match &accounts.url {
            Some(_) => caller.signed_at(base.clone(), &accounts.request, None, now),
            None => caller.signed(&accounts.request, None, now),
        };
        let answer = self.send_to_provider(call.ok_or(WRONG)?, EXCHANGE).await?;
        match answer.status {
            200..=299 => {}
            429 | 500.. => return Err(TokenProblem::Busy { status: answer.status, retry_after_s: answer.retry_after_s }),
            status => return Err(TokenProblem::Refused { code: format!("status_{status}"), said: String::new(), ended: false }),
        }
        let document: Value = answer.json().ok_or(TokenProblem::Answer("accounts"))?;
        // Some providers leave the list out where it is empty.
        let rows = match document.pointer(&accounts.rows) {
            Some(rows) => rows.as_array().ok_or(TokenProblem::Answer("accounts"))?.as_slice(),
            None => &[],
        };
        let text = |row: &Value, pointer: &str| row.pointer(pointer).and_then(text_of).filter(|text| !text.is_empty() && text.len() <= 200);
        let found = rows.iter().filter_map(|row| {
            let id = text(row, &accounts.id)?;
            let id = id.strip_prefix(accounts.id_prefix.as_str()).map_or(id.clone(), str::to_owned);
            let name = Some(accounts.name.as_str()).filter(|pointer| !pointer.is_empty()).and_then(|pointer| text(row, pointer));
            Some(OAuthAccount { name: name.unwrap_or_else(|| id.clone()), id })
        });
        Ok(found.take(MOST).collect())
    }
}
