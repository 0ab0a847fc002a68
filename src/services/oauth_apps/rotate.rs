//! Putting another secret in the place of the one in use, once the provider takes it.

use super::prove::{judged, prove, refused};
use super::{At, Saved, authorize, connector_of, entries, find, seal, target};
use crate::catalogue::{CLIENT_ID, CLIENT_SECRET, Field, Manifest, OAuth};
use crate::domain::{Actor, Timestamp};
use crate::services::audit::{self, AuditEvent, Fact};
use crate::services::{App, Entries, ErrorCode, ServiceError, access, views};
use crate::store::oauth_apps::{self, OAuthAppRow};
use crate::vault::Secret;

const ACTION: &str = "oauth_app.secret_changed";

/// Another secret of an app.
#[derive(Debug, Default)]
pub struct NewSecret {
    /// The secret fields that change, by id: `client_secret` and those of the connector; what is left out or empty stays.
    pub entries: Entries,
    /// When the client secret ends; none when nobody knows.
    pub ends_at: Option<Timestamp>,
    /// Whether to put it in use even when the provider does not tell whether it takes it.
    pub accept_unproven: bool,
}

/// Puts another secret in use, after the provider took it. Until then, and when it does not, the one before stays in use.
///
/// # Errors
/// `Forbidden`; `NotFound`; `FreshSignInRequired`; `InvalidField`, also when the provider refuses it; `Conflict` when the provider does not tell whether it takes
/// it, unless that is accepted, and when the app was changed in the same moment.
pub async fn rotate<'a>(app: &App, actor: &Actor, at: impl Into<At<'a>> + Send, new: NewSecret) -> Result<Saved, ServiceError> {
    authorize(actor)?;
    let before = find(app.database.read().await?.conn(), actor, at.into()).await?;
    access::require_fresh(app, actor)?;
    let (manifest, oauth) = connector_of(app, &before).await?;
    let changes_secret = new.entries.get(CLIENT_SECRET).is_some_and(|secret| !secret.expose().is_empty());
    let complete = completed(app, &before, &manifest, &oauth, new.entries)?;
    let (accepted, ends) = match (entries::accept(&manifest, &oauth, &complete), entries::ends(app, new.ends_at)) {
        (Ok(accepted), Ok(ends)) => (accepted, ends),
        (accepted, ends) => return Err(ServiceError::invalid_fields(accepted.err().unwrap_or_default().into_iter().chain(ends.err()).collect())),
    };
    let credentials = entries::credentials(accepted);
    let proof = if changes_secret { prove(app, &manifest, &oauth, &credentials).await } else { None };
    let proof = judged(app, actor, &manifest, proof, (ACTION, target(&before))).await?;
    if let Some(unclear) = proof.as_ref().filter(|proof| !proof.proven && !new.accept_unproven) {
        refused(app, actor, &manifest, &unclear.code, (ACTION, target(&before))).await?;
        let message = "did not say whether it takes this secret";
        return Err(ServiceError::conflict(format!(
            "{} {message} ({}). The one before stays in use. Try again later, or swap without proof. Nothing was changed.",
            manifest.name, unclear.code
        )));
    }
    let version = before.secret_version + 1;
    let sealed = seal(app, &before.organization, &before.id, version, credentials.client_secret.as_ref(), &entries::part(&oauth, &credentials, true))?;
    let after = OAuthAppRow {
        key_id: sealed.key_id,
        sealed: sealed.bytes,
        secret_version: version,
        secret_hint: entries::hint(credentials.client_secret.as_ref()),
        secret_ends_at: if changes_secret { ends } else { ends.or(before.secret_ends_at) },
        updated_at: app.now(),
        ..before.clone()
    };
    let mut facts = vec![Fact::Connector(after.connector.clone()), Fact::Version(version), Fact::EndsAt(after.secret_ends_at)];
    facts.extend(proof.as_ref().map(|proof| Fact::Proven(proof.proven)));
    let mut transaction = app.database.begin().await?;
    oauth_apps::update(transaction.conn(), &after).await?;
    audit::record(app, &mut transaction, actor.into(), AuditEvent::done(ACTION, target(&after), facts)).await?;
    transaction.commit().await?;
    Ok(Saved { id: after.id, proof })
}

/// Everything that is stored, with what was typed in its place. Secrets that cannot be read any more have to be entered again.
fn completed(app: &App, row: &OAuthAppRow, manifest: &Manifest, oauth: &OAuth, typed: Entries) -> Result<Entries, ServiceError> {
    let secrets: Vec<Field> = oauth.entry_fields().into_iter().filter(|field| field.kind.is_secret()).collect();
    let unknown = typed.keys().filter(|id| !secrets.iter().any(|field| field.id == **id));
    let unknown: Vec<_> = unknown.map(|id| entries::wrong(id, format!("An app of {} has no secret of this name. Leave it out.", manifest.name))).collect();
    if !unknown.is_empty() {
        return Err(ServiceError::invalid_fields(unknown));
    }
    let typed: Entries = typed.into_iter().filter(|(_, value)| !value.expose().is_empty()).collect();
    if typed.is_empty() {
        let field = secrets.first().map_or(CLIENT_SECRET, |field| field.id.as_str());
        return Err(ServiceError::invalid_field(field, "Enter what is to be put in use."));
    }
    let config: std::collections::BTreeMap<String, String> = views::column("oauth_apps", "config", row.id.as_str(), &row.config)?;
    let mut all: Entries = config.into_iter().map(|(id, value)| (id, Secret::new(value))).collect();
    match super::credentials(app, row) {
        Ok(stored) => {
            all.extend(stored.client_secret.map(|secret| (CLIENT_SECRET.to_owned(), secret)));
            all.extend(stored.fields);
        }
        Err(error) if error.code == ErrorCode::SecretUnreadable => {}
        Err(error) => return Err(error),
    }
    all.insert(CLIENT_ID.to_owned(), Secret::new(row.client_id.clone()));
    all.extend(typed);
    Ok(all)
}
