//! When what a person allowed at a provider ends.

use super::{DAY_MS, Ending, SeenBy};
use crate::catalogue::Manifest;
use crate::domain::{ConnectionStatus, GrantKind, Timestamp};
use crate::dto::ExpiryKind;
use crate::store::grants::EndingGrant;

/// What ends of a connection's tokens; none when nothing does, and for access tokens of less than a day that are renewed.
pub(super) fn ending(grant: &EndingGrant, manifest: Option<&Manifest>, now: Timestamp) -> Option<Ending> {
    let provider = manifest.map_or(grant.connector.as_str(), |manifest| &manifest.name);
    let path = format!("/connections/{}", grant.connection);
    let row = |kind, title: String, ends_at, renews| Ending {
        subject: grant.credential.to_string(),
        kind,
        title,
        about: grant.name.clone(),
        ends_at,
        since: grant.allowed_at,
        renews,
        ended_early_by: None,
        told: grant.owner.iter().chain([&grant.created_by]).cloned().collect(),
        seen_by: SeenBy::Connection(grant.connection.clone(), grant.owner.clone()),
        entered: None,
        step: if kind == ExpiryKind::SignIn { "Sign in again" } else { "Open" }.to_owned(),
        path: path.clone(),
    };
    let sign_in = |at| row(ExpiryKind::SignIn, format!("Sign-in to {provider}"), at, false);
    let token = |at, renews| row(ExpiryKind::AccessToken, format!("Access token of {provider}"), at, renews);
    if grant.status == ConnectionStatus::ReauthRequired {
        let ended_at = grant.failed_at.unwrap_or(grant.changed_at).min(now);
        return Some(Ending { ended_early_by: Some(provider.to_owned()), ..sign_in(ended_at) });
    }
    let by_itself = grant.kind != GrantKind::Code || (grant.is_renewed && matches!(grant.status, ConnectionStatus::Active | ConnectionStatus::Error));
    let end = (grant.kind == GrantKind::Code).then(|| end_of_sign_in(grant, manifest, by_itself)).flatten();
    match (end, grant.expires_at) {
        (Some(end), _) => Some(sign_in(end)),
        (None, Some(end)) if !by_itself => Some(token(end, false)),
        (None, Some(end)) => (end.since(grant.obtained_at) >= DAY_MS).then(|| token(end, true)),
        (None, None) => None,
    }
}

/// When somebody has to allow it again. A refresh token that only ends when nobody uses it does not end while Latchkey uses it.
fn end_of_sign_in(grant: &EndingGrant, manifest: Option<&Manifest>, is_used: bool) -> Option<Timestamp> {
    let rule = manifest.and_then(|manifest| manifest.oauth.as_ref()).map(|oauth| &oauth.refresh);
    let lifetime = rule.and_then(|rule| rule.lifetime_s).map(|seconds| grant.allowed_at.plus_millis(seconds.saturating_mul(1_000)));
    let rolls = is_used && rule.is_some_and(|rule| rule.idle_s.is_some());
    let said = grant.refresh_ends_at.filter(|_| !rolls);
    [lifetime, said].into_iter().flatten().min()
}
