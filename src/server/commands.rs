//! What the program does besides serving; every answer is a text for the terminal.

mod audit;
mod doctor;
mod import;
mod key_status;
mod second_factor;

pub use audit::{Verdict, checkpoint_audit, verify_audit};
pub use doctor::{Finding, doctor};
pub use import::{ImportOrder, import};
pub use key_status::key_status;
pub use second_factor::take_second_factor_away;

use super::{StartError, keys, parts};
use crate::config::Config;
use crate::sandbox::Sandbox;
use crate::store::{Database, migrate};

/// The providers that can be played.
///
/// # Errors
/// [`StartError`] when a manifest or a sandbox file cannot be read.
pub fn playable() -> Result<Sandbox, StartError> {
    parts::sandbox(&parts::connectors()?)
}

/// The API's OpenAPI document as JSON, as a server behind https serves it.
///
/// # Errors
/// [`StartError`] when it cannot be written as JSON.
pub fn openapi() -> Result<String, StartError> {
    serde_json::to_string_pretty(&crate::web::api::document(true)).map_err(|error| StartError::Setup(error.to_string()))
}

/// Brings the schema up to date.
///
/// # Errors
/// [`StartError`]; a database of a newer build is left as it is.
pub async fn migrate_database(config: &Config) -> Result<String, StartError> {
    let database = Database::open(&config.database.url).await?;
    let known = keys::known(&database).await;
    let before = match known {
        Ok(_) => crate::store::schema_state(&database).await?,
        Err(error) => return Err(error.into()),
    };
    let after = migrate(&database).await?;
    database.close().await;
    Ok(if before.applied == after.applied {
        format!("{} is up to date at step {}.", config.database.shown(), after.applied)
    } else {
        format!("{} went from step {} to step {}.", config.database.shown(), before.applied, after.applied)
    })
}
