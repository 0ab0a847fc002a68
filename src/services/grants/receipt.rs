//! The permission receipt: what was asked for, what was granted, and what is not possible with it.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalogue::{Manifest, OAuth, OAuthScope};
use crate::domain::{ConnectionId, GrantKind, OrganizationId};
use crate::dto::{GrantedCount, PermissionView, ReceiptView};
use crate::services::{ServiceError, views};
use crate::store::grants::{self, GrantRow};
use crate::store::{Conn, credentials};

/// The receipt of a connection's tokens; none where nobody was asked for permissions.
pub async fn receipt(
    mut on: Conn<'_>,
    organization: &OrganizationId,
    connection: &ConnectionId,
    manifest: Option<&Manifest>,
) -> Result<Option<ReceiptView>, ServiceError> {
    let Some(oauth) = manifest.and_then(|manifest| manifest.oauth.as_ref()) else { return Ok(None) };
    let Some(credential) = credentials::active(on.again(), organization, connection).await? else { return Ok(None) };
    let config = views::column("credentials", "config", credential.id.as_str(), &credential.config)?;
    let asked = asked(oauth, &config);
    let grant = grants::find(on, organization, &credential.id).await?;
    Ok(grant.filter(|grant| grant.kind == GrantKind::Code && !asked.is_empty()).map(|grant| written(oauth, asked, &grant)))
}

fn split<'a>(oauth: &OAuth, text: &'a str) -> impl Iterator<Item = &'a str> {
    let separators = |character: char| character.is_whitespace() || character == ',' || oauth.scope_separator.contains(character);
    text.split(separators).filter(|scope| !scope.is_empty())
}

/// What is asked for under these entries; permissions that a person typed have no other name than the provider's, and each is missed.
pub fn asked(oauth: &OAuth, config: &BTreeMap<String, String>) -> Vec<OAuthScope> {
    if oauth.scopes_field.is_none() {
        return oauth.scopes.clone();
    }
    let typed = oauth.wanted_scopes(config);
    let scope = |id: &str| OAuthScope { id: id.to_owned(), title: id.to_owned(), without: "What it is for stays closed.".to_owned() };
    split(oauth, &typed).map(scope).collect()
}

/// Which of the permissions that are asked for under these entries stand in what was granted; none where none is asked for.
pub fn granted(oauth: &OAuth, config: &BTreeMap<String, String>, said: &str) -> Option<GrantedCount> {
    let asked = asked(oauth, config);
    let granted: BTreeSet<&str> = split(oauth, said).collect();
    let has = |scope: &&OAuthScope| is_granted(&granted, scope);
    let count = asked.len();
    (count > 0).then(|| GrantedCount { granted: asked.iter().filter(has).map(|scope| scope.id.clone()).collect(), asked: count })
}

/// A permission whose lack is not felt only keeps the access alive; providers leave such out of what they say.
fn is_granted(granted: &BTreeSet<&str>, scope: &OAuthScope) -> bool {
    granted.contains(scope.id.as_str()) || scope.without.is_empty()
}

fn written(oauth: &OAuth, asked: Vec<OAuthScope>, grant: &GrantRow) -> ReceiptView {
    let granted: BTreeSet<&str> = split(oauth, &grant.granted).collect();
    let besides = granted.iter().filter(|scope| asked.iter().all(|asked| asked.id != **scope)).map(|scope| (*scope).to_owned()).collect();
    let permission = |scope: OAuthScope| {
        let has = is_granted(&granted, &scope);
        PermissionView { granted: has, without: if has { String::new() } else { scope.without }, id: scope.id, title: scope.title }
    };
    ReceiptView {
        permissions: asked.into_iter().map(permission).collect(),
        besides,
        allowed_at: grant.allowed_at,
        expires_at: grant.expires_at,
        refresh_ends_at: grant.refresh_ends_at,
    }
}
