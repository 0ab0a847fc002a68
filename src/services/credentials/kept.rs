//! What is stored already and may be kept.

use std::collections::BTreeMap;

use crate::catalogue::{self, Field, Manifest, spoken};
use crate::domain::Actor;
use crate::egress::BoundOrigins;
use crate::services::audit::{self, AuditEvent, Target};
use crate::services::entries::{self, Ready};
use crate::services::payload::Payload;
use crate::services::{App, Entries, FieldError, ServiceError, views};
use crate::store::connections::ConnectionRow;
use crate::store::credentials;
use crate::vault::Secret;

/// The credential in use, opened.
pub(super) struct Stored {
    /// Its version; 0 when there is none.
    pub version: i64,
    /// The connection's open fields.
    pub config: BTreeMap<String, String>,
    /// The secrets; empty when they cannot be opened, so that each has to be entered again.
    pub payload: Payload,
}

impl Stored {
    /// Opens it. A credential that does not open is recorded.
    pub async fn open(app: &App, actor: &Actor, connection: &ConnectionRow) -> Result<Self, ServiceError> {
        let config = views::column("connections", "config", connection.id.as_str(), &connection.config)?;
        let active = credentials::active(app.database.read().await?.conn(), &connection.organization, &connection.id).await?;
        let Some(active) = active else { return Ok(Self { version: 0, config, payload: Payload::default() }) };
        let opened = Payload::open_credential(app, &connection.organization, &connection.id, active.version, &active.sealed);
        let payload = match opened {
            Ok(payload) => payload,
            Err(error) => {
                tracing::warn!(connection = %connection.id, cause = ?error.cause, "a stored credential does not open");
                let event = AuditEvent::refused("credential.unreadable", Target::connection(&connection.id, &connection.name), Vec::new());
                audit::record_alone(app, actor.into(), event).await?;
                Payload::default()
            }
        };
        Ok(Self { version: active.version, config, payload })
    }

    /// Entries with what they leave out taken from what is stored. A stored secret is kept only when every place the entries lead to is one that it was
    /// entered for; otherwise it has to be entered again.
    pub fn complete(&self, app: &App, manifest: &Manifest, typed: &Entries) -> Result<Ready, Vec<FieldError>> {
        let mut entries: Entries = typed.iter().map(|(id, value)| (id.clone(), value.duplicate())).collect();
        let mut kept: Vec<&Field> = Vec::new();
        for field in &manifest.fields {
            let left_out = entries.get(&field.id).is_none_or(|value| field.kind.is_secret() && value.expose().is_empty());
            if let Some(secret) = self.payload.fields.get(&field.id).filter(|_| left_out && field.kind.is_secret()) {
                entries.insert(field.id.clone(), secret.duplicate());
                kept.push(field);
            } else if let Some(value) = self.config.get(&field.id).filter(|_| left_out && !field.kind.is_secret()) {
                entries.insert(field.id.clone(), Secret::new(value.clone()));
            }
        }
        let mut ready = entries::accept(app, manifest, &entries)?;
        self.keep_filled(app, manifest, &mut ready);
        kept.retain(|field| ready.payload.fields.contains_key(&field.id));
        let changed = if !within(&ready.payload.bound_origins, &self.payload.bound_origins) {
            "You changed the address."
        } else if line(manifest).into_iter().any(|id| ready.config.get(id) != self.config.get(id)) {
            "You changed the encryption."
        } else {
            return Ok(ready);
        };
        let again = |field: &Field| FieldError { field: field.id.clone(), message: format!("{changed} Enter the {} again.", spoken(&field.title)) };
        if kept.is_empty() { Ok(ready) } else { Err(kept.into_iter().map(again).collect()) }
    }
}

impl Stored {
    /// What nobody types stays as the provider told it, until a person's consent tells it anew.
    fn keep_filled(&self, app: &App, manifest: &Manifest, ready: &mut Ready) {
        if manifest.oauth_of(&ready.config).is_none() {
            return;
        }
        let told = manifest.fields.iter().filter(|field| field.filled_by.is_some());
        let kept = told.filter_map(|field| Some((field.id.clone(), self.config.get(&field.id)?.clone())));
        ready.config.extend(kept);
        if let Ok(destination) = app.connect.destination(manifest, &ready.config) {
            ready.payload.bound_origins = destination.origins;
        }
    }
}

/// The fields that decide how the line is secured: with other values, somebody in between could read what is stored.
fn line(manifest: &Manifest) -> Vec<&str> {
    match &manifest.target {
        catalogue::Target::Database { .. } => vec!["sslmode", "root_certificate"],
        catalogue::Target::Http { root_certificate, .. } => root_certificate.iter().map(String::as_str).collect(),
    }
}

fn within(wanted: &BoundOrigins, bound: &BoundOrigins) -> bool {
    !wanted.0.is_empty() && wanted.0.iter().all(|origin| bound.contains(origin))
}
