//! What was typed into the form of an app.

use std::collections::BTreeMap;

use crate::catalogue::{Accepted, CLIENT_ID, CLIENT_SECRET, Field, Manifest, OAuth, validate_fields};
use crate::connect::oauth::AppCredentials;
use crate::domain::{DisplayName, Timestamp};
use crate::services::{App, Entries, FieldError, ServiceError};
use crate::store::StoreError;
use crate::vault::Secret;

/// A secret shorter than this is not hinted at: three of its characters would be too much of it.
const LONG_ENOUGH: usize = 20;

/// Reads the label.
pub(super) fn label(text: &str) -> Result<DisplayName, FieldError> {
    DisplayName::parse(text).map_err(|_| wrong("label", "Give it a name of 1 to 120 characters on one line."))
}

/// Reads when a secret ends.
pub(super) fn ends(app: &App, at: Option<Timestamp>) -> Result<Option<Timestamp>, FieldError> {
    if at.is_some_and(|at| at <= app.now()) { Err(wrong("secret_ends_at", "Choose a time to come.")) } else { Ok(at) }
}

pub(super) fn wrong(field: &str, message: impl Into<String>) -> FieldError {
    FieldError { field: field.to_owned(), message: message.into() }
}

/// Checks entries against all fields of an app.
pub(super) fn accept(manifest: &Manifest, oauth: &OAuth, entries: &Entries) -> Result<Accepted, Vec<FieldError>> {
    validated(manifest, &oauth.entry_fields(), entries)
}

/// Checks entries against the open fields of an app.
pub(super) fn accept_open(manifest: &Manifest, oauth: &OAuth, entries: &Entries) -> Result<Accepted, Vec<FieldError>> {
    let open: Vec<Field> = oauth.entry_fields().into_iter().filter(|field| !field.kind.is_secret()).collect();
    validated(manifest, &open, entries)
}

fn validated(manifest: &Manifest, fields: &[Field], entries: &Entries) -> Result<Accepted, Vec<FieldError>> {
    validate_fields(&manifest.name, fields, entries).map_err(|errors| errors.into_iter().map(|(field, message)| wrong(&field, message)).collect())
}

/// Who Latchkey is at the provider by accepted entries.
pub(super) fn credentials(accepted: Accepted) -> AppCredentials {
    let Accepted { mut config, mut secrets } = accepted;
    let client_id = config.remove(CLIENT_ID).unwrap_or_default();
    let client_secret = secrets.remove(CLIENT_SECRET);
    let mut fields = secrets;
    fields.extend(config.into_iter().map(|(id, value)| (id, Secret::new(value))));
    AppCredentials { client_id, client_secret, fields }
}

/// The fields of an app that are no secret, or those that are.
pub(super) fn part(oauth: &OAuth, app: &AppCredentials, secret: bool) -> BTreeMap<String, Secret<String>> {
    let is_secret = |id: &String| oauth.app_fields.iter().any(|field| field.id == *id && field.kind.is_secret());
    app.fields.iter().filter(|(id, _)| is_secret(id) == secret).map(|(id, value)| (id.clone(), value.duplicate())).collect()
}

/// The open fields of an app as they are stored.
pub(super) fn config(oauth: &OAuth, app: &AppCredentials) -> Result<String, ServiceError> {
    let open = part(oauth, app, false);
    let open: BTreeMap<&str, &str> = open.iter().map(|(id, value)| (id.as_str(), value.expose().as_str())).collect();
    Ok(serde_json::to_string(&open)?)
}

/// The last three characters of a secret that is long enough to tell them.
pub(super) fn hint(secret: Option<&Secret<String>>) -> String {
    let characters: Vec<char> = secret.map(|secret| secret.expose().chars().collect()).unwrap_or_default();
    if characters.len() < LONG_ENOUGH { String::new() } else { characters[characters.len() - 3..].iter().collect() }
}

/// A label that another app of the connector has.
pub(super) fn taken(error: StoreError) -> ServiceError {
    use crate::services::ErrorCode;
    match error {
        StoreError::Duplicate(_) => {
            ServiceError { fields: vec![wrong("label", "Another app of this connector has this name.")], ..ServiceError::of(ErrorCode::NameTaken) }
        }
        error => error.into(),
    }
}
