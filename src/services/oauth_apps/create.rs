//! Adding an app.

use super::prove::{judged, prove};
use super::{MOST, Saved, authorize, connector, entries, seal, target};
use crate::domain::{Actor, OAuthAppId, Timestamp};
use crate::services::audit::{self, AuditEvent, Fact, Target};
use crate::services::{App, Entries, ServiceError, access};
use crate::store::oauth_apps::{self, OAuthAppRow};
use crate::store::organizations;

/// An app to add.
#[derive(Debug, Default)]
pub struct NewApp {
    /// What people call it.
    pub label: String,
    /// Its fields by id: `client_id`, `client_secret` and those of the connector.
    pub entries: Entries,
    /// When the secret ends; none when nobody knows.
    pub secret_ends_at: Option<Timestamp>,
}

/// Adds an app, after the provider was asked whether it takes the secret: one that it refuses is not kept, one of which it does not tell is.
///
/// # Errors
/// `Forbidden`; `FreshSignInRequired`; `NotFound` for a connector without apps; `InvalidField`; `NameTaken`; `Conflict` when there are too many.
pub async fn create(app: &App, actor: &Actor, connector_id: &str, new: NewApp) -> Result<Saved, ServiceError> {
    authorize(actor)?;
    access::require_fresh(app, actor)?;
    let (manifest, oauth) = connector(app, &actor.organization, connector_id).await?;
    let (label, accepted, ends) = match (entries::label(&new.label), entries::accept(&manifest, &oauth, &new.entries), entries::ends(app, new.secret_ends_at)) {
        (Ok(label), Ok(accepted), Ok(ends)) => (label, accepted, ends),
        (label, accepted, ends) => {
            let wrong = label.err().into_iter().chain(accepted.err().unwrap_or_default()).chain(ends.err());
            return Err(ServiceError::invalid_fields(wrong.collect()));
        }
    };
    let credentials = entries::credentials(accepted);
    let tried = ("oauth_app.added", Target { kind: "oauth_app", id: String::new(), name: label.as_str().to_owned() });
    let proof = judged(app, actor, &manifest, prove(app, &manifest, &oauth, &credentials).await, tried).await?;
    let id = OAuthAppId::generate(app.clock.as_ref(), app.random.as_ref());
    let secret = credentials.client_secret.as_ref();
    let sealed = seal(app, &actor.organization, &id, 1, secret, &entries::part(&oauth, &credentials, true))?;
    let now = app.now();
    let row = OAuthAppRow {
        organization: actor.organization.clone(),
        connector: manifest.id.clone(),
        label: label.as_str().to_owned(),
        client_id: credentials.client_id.clone(),
        config: entries::config(&oauth, &credentials)?,
        key_id: sealed.key_id,
        sealed: sealed.bytes,
        secret_version: 1,
        secret_hint: entries::hint(secret),
        secret_ends_at: ends.filter(|_| secret.is_some()),
        created_by: access::member(actor)?.clone(),
        created_at: now,
        updated_at: now,
        row_version: 1,
        id,
    };
    let mut transaction = app.database.begin().await?;
    organizations::hold(transaction.conn(), &actor.organization).await?;
    if oauth_apps::list(transaction.conn(), &actor.organization, None).await?.len() >= MOST {
        return Err(ServiceError::conflict(format!("Your organisation has {MOST} OAuth apps, which is the most. Delete one first. Nothing was saved.")));
    }
    oauth_apps::insert(transaction.conn(), &row).await.map_err(entries::taken)?;
    let mut facts = vec![Fact::Connector(row.connector.clone()), Fact::EndsAt(row.secret_ends_at)];
    facts.extend(proof.as_ref().map(|proof| Fact::Proven(proof.proven)));
    audit::record(app, &mut transaction, actor.into(), AuditEvent::done("oauth_app.added", target(&row), facts)).await?;
    transaction.commit().await?;
    Ok(Saved { id: row.id, proof })
}
