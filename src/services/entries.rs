//! What was typed into a form.

use std::collections::BTreeMap;

use crate::catalogue::{Accepted, Manifest, validate_entries};
use crate::domain::{Actor, DisplayName};
use crate::services::{App, Entries, FieldError, ServiceError, names};
use crate::store::Conn;

/// The longest value that a draft keeps for another look, in bytes.
const LONGEST_KEPT: usize = 64 * 1_024;

/// Entries that fit their fields.
pub fn accept(manifest: &Manifest, entries: &Entries) -> Result<Accepted, Vec<FieldError>> {
    validate_entries(manifest, entries).map_err(|errors| errors.into_iter().map(|(field, message)| FieldError { field, message }).collect())
}

/// What may be shown again: values of fields that the manifest knows and does not call secret.
pub fn showable(manifest: &Manifest, entries: &Entries) -> BTreeMap<String, String> {
    let open = manifest.fields.iter().filter(|field| !field.kind.is_secret());
    let typed = open.filter_map(|field| entries.get(&field.id).map(|value| (field.id.clone(), value.expose().clone())));
    typed.filter(|(_, value)| value.len() <= LONGEST_KEPT).collect()
}

/// What is wrong with a wanted name; an empty one stands for the default and is fine.
pub async fn objection_to_name(on: Conn<'_>, actor: &Actor, name: &str) -> Result<Option<ServiceError>, ServiceError> {
    if name.trim().is_empty() {
        return Ok(None);
    }
    let Ok(name) = DisplayName::parse(name) else {
        return Ok(Some(ServiceError::invalid_field("name", "Use 1 to 120 characters on one line.")));
    };
    let free = names::free(on, &actor.organization, name.as_str()).await?;
    Ok((free != name.as_str()).then(|| ServiceError::name_taken(&free)))
}

/// Accepted entries of a known connector, with a name that is free.
pub async fn accept_named(app: &App, actor: &Actor, manifest: &Manifest, name: &str, entries: &Entries) -> Result<Accepted, ServiceError> {
    let objection = objection_to_name(app.database.read().await?.conn(), actor, name).await?;
    match (accept(manifest, entries), objection) {
        (Ok(accepted), None) => Ok(accepted),
        (Ok(_), Some(objection)) => Err(objection),
        (Err(mut fields), objection) => {
            fields.extend(objection.map(|objection| objection.fields).unwrap_or_default());
            Err(ServiceError::invalid_fields(fields))
        }
    }
}
