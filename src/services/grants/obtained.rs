//! Tokens that have just come: what is open of them, from the provider's answer to the row.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::catalogue::OAuth;
use crate::connect::oauth::Tokens;
use crate::domain::{GrantKind, OAuthAppId, Timestamp, due_at};
use crate::services::payload::StoredGrant;
use crate::services::{App, ServiceError};
use crate::store::Transaction;
use crate::store::credentials::CredentialRow;
use crate::store::grants::{self, GrantRow};

/// What is open of tokens that have just come; it waits in the draft until their connection is saved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Obtained {
    /// How they are renewed: a [`GrantKind`].
    kind: String,
    /// The organization's app; none where the connection brings its own id and secret.
    pub app: Option<OAuthAppId>,
    /// What was granted, as the provider said it; what was asked for where it did not say (RFC 6749 §5.1).
    pub granted: String,
    /// When they came.
    at: Timestamp,
    /// When the access token ends; none when it does not, as far as anybody says.
    expires_at: Option<Timestamp>,
    /// When the refresh token ends unless it is used; none when nobody says.
    refresh_ends_at: Option<Timestamp>,
    /// Whether they can be renewed.
    renewable: bool,
}

impl Obtained {
    /// What is open of `tokens`, which came at `now` because a person allowed it under these entries.
    pub fn of(tokens: &Tokens, oauth: &OAuth, config: &BTreeMap<String, String>, app: Option<OAuthAppId>, now: Timestamp) -> Self {
        let kind = GrantKind::Code;
        let after = |seconds: i64| now.plus_millis(seconds.saturating_mul(1_000));
        let has_refresh = tokens.refresh_token.is_some();
        let ends = [tokens.refresh_expires_at, oauth.refresh.idle_s.map(after), oauth.refresh.lifetime_s.map(after)];
        Self {
            kind: kind.as_str().to_owned(),
            app,
            granted: tokens.granted.clone().unwrap_or_else(|| oauth.wanted_scopes(config)),
            at: now,
            expires_at: tokens.expires_at,
            refresh_ends_at: ends.into_iter().flatten().min().filter(|_| has_refresh),
            renewable: has_refresh,
        }
    }

    /// When renewing is due: before the token ends, and before a refresh token ends that nobody uses; none when it cannot be renewed.
    fn due_at(&self, fraction: f64) -> Option<Timestamp> {
        let due = |end: Timestamp| due_at(self.at, end, fraction);
        let idle = self.refresh_ends_at.map(|end| end.plus_millis(-(end.since(self.at).max(0) / 5)));
        [self.expires_at.map(due), idle].into_iter().flatten().min().filter(|_| self.renewable)
    }
}

/// What is sealed of `tokens`.
pub fn stored(tokens: Tokens) -> StoredGrant {
    StoredGrant { access_token: tokens.access_token, refresh_token: tokens.refresh_token, previous_refresh_token: None }
}

/// Writes what is open of a new version's tokens.
pub async fn keep(app: &App, transaction: &mut Transaction, credential: &CredentialRow, obtained: &Obtained) -> Result<(), ServiceError> {
    let row = GrantRow {
        credential: credential.id.clone(),
        organization: credential.organization.clone(),
        connection: credential.connection.clone(),
        app: obtained.app.clone(),
        kind: GrantKind::parse(&obtained.kind).unwrap_or(GrantKind::Code),
        granted: obtained.granted.clone(),
        allowed_at: obtained.at,
        obtained_at: obtained.at,
        expires_at: obtained.expires_at,
        refresh_ends_at: obtained.refresh_ends_at,
        due_at: obtained.due_at(fraction(app)),
        generation: 1,
        lease: 0,
        lease_owner: String::new(),
        lease_until: Timestamp::from_millis(0),
        calling_since: None,
        failures: 0,
        failure_code: String::new(),
        failed_at: None,
    };
    Ok(grants::insert(transaction.conn(), &row).await?)
}

/// A random fraction from 0 to 1.
fn fraction(app: &App) -> f64 {
    let mut bytes = [0_u8; 4];
    app.random.fill(&mut bytes);
    f64::from(u32::from_le_bytes(bytes)) / f64::from(u32::MAX)
}
