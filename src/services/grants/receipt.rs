//! The permission receipt: what was asked for, what was granted, and what is not possible with it.

use std::collections::BTreeSet;

use crate::catalogue::{Manifest, OAuth};
use crate::domain::{ConnectionId, GrantKind, OrganizationId};
use crate::dto::{PermissionView, ReceiptView};
use crate::services::ServiceError;
use crate::store::grants::{self, GrantRow};
use crate::store::{Conn, credentials};

/// The receipt of a connection's tokens; none where nobody was asked for permissions.
pub async fn receipt(
    mut on: Conn<'_>,
    organization: &OrganizationId,
    connection: &ConnectionId,
    manifest: Option<&Manifest>,
) -> Result<Option<ReceiptView>, ServiceError> {
    let Some(oauth) = manifest.and_then(|manifest| manifest.oauth.as_ref()).filter(|oauth| !oauth.scopes.is_empty()) else { return Ok(None) };
    let Some(credential) = credentials::active(on.again(), organization, connection).await? else { return Ok(None) };
    let grant = grants::find(on, organization, &credential.id).await?;
    Ok(grant.filter(|grant| grant.kind == GrantKind::Code).map(|grant| written(oauth, &grant)))
}

fn written(oauth: &OAuth, grant: &GrantRow) -> ReceiptView {
    let separators = |character: char| character.is_whitespace() || character == ',' || oauth.scope_separator.contains(character);
    let granted: BTreeSet<&str> = grant.granted.split(separators).filter(|scope| !scope.is_empty()).collect();
    // A permission whose lack is not felt only keeps the access alive; providers leave such out of what they say.
    let has = |id: &str, without: &str| granted.contains(id) || without.is_empty();
    let permissions = oauth
        .scopes
        .iter()
        .map(|scope| PermissionView {
            id: scope.id.clone(),
            title: scope.title.clone(),
            granted: has(&scope.id, &scope.without),
            without: if has(&scope.id, &scope.without) { String::new() } else { scope.without.clone() },
        })
        .collect();
    let asked: BTreeSet<&str> = oauth.scopes.iter().map(|scope| scope.id.as_str()).collect();
    ReceiptView {
        permissions,
        besides: granted.difference(&asked).map(|scope| (*scope).to_owned()).collect(),
        allowed_at: grant.allowed_at,
        expires_at: grant.expires_at,
        refresh_ends_at: grant.refresh_ends_at,
    }
}
