//! Which accounts one grant opens.

use serde_json::Value;

use super::endpoint::endpoint;
use super::{EXCHANGE, Party, TokenProblem};
use crate::catalogue::Encoding;
use crate::connect::Connector;
use crate::connect::answer::text_of;
use crate::egress::HttpCall;
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
    /// The accounts that a token opens, which may take ten seconds; `headers` are those of `auth`, secrets filled in.
    ///
    /// # Errors
    /// Why they cannot be listed.
    pub async fn oauth_accounts(&self, party: &Party<'_>, headers: Vec<(String, Secret<String>)>) -> Result<Vec<OAuthAccount>, TokenProblem> {
        let accounts = party.oauth.accounts.as_ref().ok_or(TokenProblem::Entries("accounts"))?;
        let base = match &accounts.url {
            Some(url) => endpoint(party, url, self.oauth_base(party.manifest))?,
            None => {
                let place = self.destination(party.manifest, party.config).map_err(|_| TokenProblem::Entries("address"))?;
                let path = accounts.request.path.fill(Encoding::Url, &|id| party.open(id));
                let base = place.base.ok_or(TokenProblem::Entries("address"))?;
                format!("{}{path}", base.as_str().trim_end_matches('/')).parse().map_err(|_| TokenProblem::Entries("address"))?
            }
        };
        let mut call = HttpCall::get(base);
        call.secret_headers = headers;
        let answer = self.send_to_provider(call, EXCHANGE).await?;
        match answer.status {
            200..=299 => {}
            429 | 500.. => return Err(TokenProblem::Busy { status: answer.status, retry_after_s: answer.retry_after_s }),
            status => return Err(TokenProblem::Refused { code: format!("status_{status}"), said: String::new(), ended: false }),
        }
        let document: Value = answer.json().ok_or(TokenProblem::Answer("accounts"))?;
        let rows = document.pointer(&accounts.rows).and_then(Value::as_array).ok_or(TokenProblem::Answer("accounts"))?;
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
