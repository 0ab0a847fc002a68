//! What a draft holds between the consent and the check.

use serde::{Deserialize, Serialize};

use crate::dto::DraftWait;
use crate::services::grants::Obtained;
use crate::services::{ServiceError, views};
use crate::store::drafts::DraftRow;

/// What is open of a draft's tokens.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Held {
    /// When they came and end, and what was granted.
    pub obtained: Obtained,
    /// Ids and names of the accounts to pick one from; empty when there is nothing to pick.
    pub accounts: Vec<(String, String)>,
}

/// What a draft holds; none before a person allowed access.
pub fn held(draft: &DraftRow) -> Result<Option<Held>, ServiceError> {
    draft.tokens.as_deref().map(|tokens| views::column("drafts", "tokens", draft.id.as_str(), tokens)).transpose()
}

/// What is open of the tokens that a draft holds; none where it holds none.
pub fn obtained(draft: &DraftRow) -> Result<Option<Obtained>, ServiceError> {
    Ok(held(draft)?.map(|held| held.obtained))
}

/// What a draft waits for.
pub fn waits(draft: &DraftRow) -> Result<DraftWait, ServiceError> {
    let done = draft.connection_id.is_some() || draft.check_id.is_some() || draft.duplicate_of.is_some();
    if done || draft.app.is_none() || draft.sealed.is_none() {
        return Ok(DraftWait::Nothing);
    }
    Ok(match held(draft)? {
        None => DraftWait::Consent,
        Some(held) if held.accounts.is_empty() => DraftWait::Nothing,
        Some(_) => DraftWait::Account,
    })
}
