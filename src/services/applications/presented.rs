//! Keys that programs present.

use crate::domain::Visitor;
use crate::services::{App, ServiceError};
use crate::store::api_keys::{self, ApiKeyRow};
use crate::store::applications::{self, ApplicationRow};
use crate::vault::PresentedKey;

/// How often a use is written at most, in milliseconds.
const NOTED_EVERY_MS: i64 = 60_000;

/// Why a presented key does not work.
#[derive(Debug)]
pub enum Failure {
    /// There is no such key.
    Unknown,
    /// There is one of this id.
    Known {
        /// The key.
        key: Box<ApiKeyRow>,
        /// `secret`, `ended`, `expired` or `off`.
        why: &'static str,
    },
}

/// The key and its program, if the secret is right and neither has ended.
///
/// # Errors
/// [`ServiceError`] when the database does not answer.
pub async fn find_presented(app: &App, presented: &PresentedKey) -> Result<Result<(ApiKeyRow, ApplicationRow), Failure>, ServiceError> {
    let mut reader = app.database.read().await?;
    let Some(key) = api_keys::presented(reader.conn(), &presented.id).await? else { return Ok(Err(Failure::Unknown)) };
    let application = applications::find(reader.conn(), &key.organization, &key.application).await?;
    let why = match &application {
        _ if !presented.hash.matches(&key.secret_hash) => Some("secret"),
        _ if key.ended_at.is_some() => Some("ended"),
        _ if !key.works(app.now()) => Some("expired"),
        Some(application) if application.active => None,
        _ => Some("off"),
    };
    Ok(match (why, application) {
        (None, Some(application)) => Ok((key, application)),
        (why, _) => Err(Failure::Known { key: Box::new(key), why: why.unwrap_or("off") }),
    })
}

/// Notes that a key was used, at most once a minute.
///
/// # Errors
/// [`ServiceError`] when it cannot be noted.
pub async fn note_use(app: &App, key: &ApiKeyRow, visitor: &Visitor) -> Result<(), ServiceError> {
    let now = app.now();
    let noted_before = now.plus_millis(-NOTED_EVERY_MS);
    if key.last_used_at.is_some_and(|at| at > noted_before) {
        return Ok(());
    }
    let mut transaction = app.database.begin().await?;
    api_keys::note_use(transaction.conn(), &key.organization, &key.id, now, &visitor.address.to_string(), noted_before).await?;
    transaction.commit().await?;
    Ok(())
}
