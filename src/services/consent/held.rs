//! What a draft holds between the consent and the check.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::catalogue::OAuth;
use crate::connect::oauth::Tokens;
use crate::domain::{GrantKind, OAuthAppId, Timestamp};
use crate::dto::DraftWait;
use crate::services::grants::Opened;
use crate::services::{ServiceError, views};
use crate::store::drafts::DraftRow;

/// What is open of a draft's tokens.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Held {
    /// The app by which they came.
    app: Option<OAuthAppId>,
    /// What was granted, as the provider said it; what was asked for where it did not say (RFC 6749 §5.1).
    granted: String,
    /// When they came.
    obtained_at: Timestamp,
    /// When the access token ends; none when it does not, as far as anybody says.
    expires_at: Option<Timestamp>,
    /// When the refresh token ends unless it is used; none when nobody says.
    refresh_ends_at: Option<Timestamp>,
    /// Whether a refresh token came.
    #[serde(default = "yes")]
    renews: bool,
    /// Ids and names of the accounts to pick one from; empty when there is nothing to pick.
    pub accounts: Vec<(String, String)>,
}

const fn yes() -> bool {
    true
}

impl Held {
    /// What is open of `tokens`, which came at `now` because a person allowed it under these entries.
    pub fn of(tokens: &Tokens, oauth: &OAuth, config: &BTreeMap<String, String>, app: Option<OAuthAppId>, now: Timestamp) -> Self {
        let after = |seconds: i64| now.plus_millis(seconds.saturating_mul(1_000));
        let ends = [tokens.refresh_expires_at, oauth.refresh.idle_s.map(after), oauth.refresh.lifetime_s.map(after)];
        Self {
            app,
            granted: tokens.granted.clone().unwrap_or_else(|| oauth.wanted_scopes(config)),
            obtained_at: now,
            expires_at: tokens.expires_at,
            refresh_ends_at: ends.into_iter().flatten().min().filter(|_| tokens.refresh_token.is_some()),
            renews: tokens.refresh_token.is_some(),
            accounts: Vec::new(),
        }
    }

    /// As it is noted once the connection is saved.
    pub fn opened(&self) -> Opened {
        Opened {
            kind: GrantKind::Code,
            app: self.app.clone(),
            granted: self.granted.clone(),
            obtained_at: self.obtained_at,
            expires_at: self.expires_at,
            refresh_ends_at: self.refresh_ends_at,
            renews: self.renews,
        }
    }
}

/// What a draft holds; none before a person allowed access.
pub fn held(draft: &DraftRow) -> Result<Option<Held>, ServiceError> {
    draft.tokens.as_deref().map(|tokens| views::column("drafts", "tokens", draft.id.as_str(), tokens)).transpose()
}

/// What is open of the tokens that a person's consent brought into a draft; none where there was none.
pub fn opened(draft: &DraftRow) -> Result<Option<Opened>, ServiceError> {
    Ok(held(draft)?.map(|held| held.opened()))
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
