//! Changing what is no secret of an app, and deleting one.

use std::collections::BTreeMap;

use super::view::users;
use super::{At, authorize, connector_of, entries, find, target};
use crate::catalogue::{CLIENT_ID, Manifest, OAuth};
use crate::domain::{Actor, Timestamp};
use crate::services::audit::{self, AuditEvent, Fact};
use crate::services::{App, Entries, ServiceError, access, names, views};
use crate::store::StoreError;
use crate::store::connections::users_of_app;
use crate::store::oauth_apps::{self, OAuthAppRow};
use crate::vault::Secret;

/// What is to change; what is none stays.
#[derive(Clone, Debug, Default)]
pub struct Edit {
    /// What people call it.
    pub label: Option<String>,
    /// Its id at the provider.
    pub client_id: Option<String>,
    /// Further fields that are no secret, by id; those that are not named stay.
    pub fields: BTreeMap<String, String>,
    /// When the client secret ends; `Some(None)` when nobody knows any more.
    pub secret_ends_at: Option<Option<Timestamp>>,
}

/// Changes an app. `seen` is the version that the caller read.
///
/// # Errors
/// `Forbidden`; `NotFound`; `FreshSignInRequired` for another client id; `InvalidField`; `NameTaken`; `Conflict` when it was changed meanwhile, and for another
/// client id while connections use it.
pub async fn edit<'a>(app: &App, actor: &Actor, at: impl Into<At<'a>> + Send, edit: Edit, seen: Option<i64>) -> Result<(), ServiceError> {
    authorize(actor)?;
    let before = find(app.database.read().await?.conn(), actor, at.into()).await?;
    if seen.is_some_and(|seen| seen != before.row_version) {
        return Err(ServiceError::conflict("Somebody else changed this app meanwhile. Load it again. Nothing was saved."));
    }
    let (manifest, oauth) = connector_of(app, &before).await?;
    let after = edited(app, &before, &manifest, &oauth, edit)?;
    let changed: Vec<&'static str> = [
        ("label", before.label != after.label),
        ("client_id", before.client_id != after.client_id),
        ("fields", before.config != after.config),
        ("secret_ends_at", before.secret_ends_at != after.secret_ends_at),
    ]
    .into_iter()
    .filter_map(|(part, is)| is.then_some(part))
    .collect();
    if changed.is_empty() {
        return Ok(());
    }
    let mut transaction = app.database.begin().await?;
    if before.client_id != after.client_id {
        access::require_fresh(app, actor)?;
        if !users_of_app(transaction.conn(), &before.organization, &before.id).await?.is_empty() {
            let message =
                "Connections use this app, and what they were granted belongs to its client id. Add another app for the other one. Nothing was saved.";
            return Err(ServiceError::conflict(message));
        }
    }
    oauth_apps::update(transaction.conn(), &after).await.map_err(entries::taken)?;
    let facts = vec![Fact::Connector(after.connector.clone()), Fact::Changed(changed), Fact::NameBefore(before.label)];
    audit::record(app, &mut transaction, actor.into(), AuditEvent::done("oauth_app.edited", target(&after), facts)).await?;
    transaction.commit().await?;
    Ok(())
}

fn edited(app: &App, before: &OAuthAppRow, manifest: &Manifest, oauth: &OAuth, edit: Edit) -> Result<OAuthAppRow, ServiceError> {
    let stored: BTreeMap<String, String> = views::column("oauth_apps", "config", before.id.as_str(), &before.config)?;
    let moved = edit.fields.iter().filter(|(id, value)| oauth.leads_by(id) && stored.get(*id).map(String::as_str).unwrap_or_default() != value.trim());
    let mut wrong: Vec<_> = moved.map(|(id, _)| entries::wrong(id, "This decides where the secret is sent, so it stays. Add another app instead.")).collect();
    let mut open: Entries = stored.into_iter().chain(edit.fields).map(|(id, value)| (id, Secret::new(value))).collect();
    open.insert(CLIENT_ID.to_owned(), Secret::new(edit.client_id.unwrap_or_else(|| before.client_id.clone())));
    let label = entries::label(edit.label.as_deref().unwrap_or(&before.label));
    let accepted = entries::accept_open(manifest, oauth, &open);
    let ends = match edit.secret_ends_at {
        Some(at) if at != before.secret_ends_at => entries::ends(app, at),
        _ => Ok(before.secret_ends_at),
    };
    match (label, accepted, ends) {
        (Ok(label), Ok(accepted), Ok(secret_ends_at)) if wrong.is_empty() => {
            let credentials = entries::credentials(accepted);
            Ok(OAuthAppRow {
                label: label.as_str().to_owned(),
                config: entries::config(oauth, &credentials)?,
                client_id: credentials.client_id,
                secret_ends_at,
                updated_at: app.now(),
                ..before.clone()
            })
        }
        (label, accepted, ends) => {
            wrong.extend(label.err().into_iter().chain(accepted.err().unwrap_or_default()).chain(ends.err()));
            Err(ServiceError::invalid_fields(wrong))
        }
    }
}

/// Deletes an app that no connection uses, with its secrets; what it was called.
///
/// # Errors
/// `Forbidden`; `NotFound`; `Conflict` with the names of the connections that use it.
pub async fn delete<'a>(app: &App, actor: &Actor, at: impl Into<At<'a>> + Send) -> Result<String, ServiceError> {
    authorize(actor)?;
    let mut transaction = app.database.begin().await?;
    let row = find(transaction.conn(), actor, at.into()).await?;
    let unused = users_of_app(transaction.conn(), &row.organization, &row.id).await?.is_empty();
    // Somebody may have connected by it since that look.
    let deleted = unused && not_in_use(oauth_apps::delete(transaction.conn(), &row.organization, &row.id).await)?;
    if !deleted {
        drop(transaction);
        let users: Vec<String> = users(app, actor, &row).await?.into_iter().map(|user| user.name).collect();
        let users = names::joined(&users);
        return Err(ServiceError::conflict(format!("{} is still used by {users}. Disconnect what uses it first. Nothing was deleted.", row.label)));
    }
    let facts = vec![Fact::Connector(row.connector.clone())];
    audit::record(app, &mut transaction, actor.into(), AuditEvent::done("oauth_app.deleted", target(&row), facts)).await?;
    transaction.commit().await?;
    Ok(row.label)
}

fn not_in_use(deleted: Result<bool, StoreError>) -> Result<bool, StoreError> {
    match deleted {
        Err(StoreError::Conflict) => Ok(false),
        deleted => deleted.map(|_| true),
    }
}
