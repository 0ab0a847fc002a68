//! `latchkey keys status`.

use crate::config::Config;
use crate::domain::Random;
use crate::server::{StartError, keys};
use crate::store::{Database, keys as key_rows, schema_state};

/// The root keys that the database knows, how much needs each, and whether the configured key is the active one. Writes nothing.
///
/// # Errors
/// [`StartError`] when the key or the database cannot be read.
pub async fn key_status(config: &Config, random: &dyn Random) -> Result<String, StartError> {
    if config.database.sqlite_path().is_some_and(|path| !path.exists()) {
        return Ok("There is no database yet. The first `latchkey serve` makes it, and a key beside it unless one is configured.".to_owned());
    }
    let prepared = keys::prepare(config)?;
    let database = Database::open(&config.database.url).await?;
    if schema_state(&database).await?.applied == 0 {
        return Ok("The database is empty. The first `latchkey serve` fills it.".to_owned());
    }
    let verdict = match keys::check(&database, config, prepared, random).await {
        Ok(()) => format!("The configured key ({}) is the active one.", keys::words(config).1),
        Err(error) => format!("The configured key ({}) does not fit: {error}", keys::words(config).1),
    };
    let mut lines = vec![verdict];
    let mut reader = database.read().await?;
    for row in key_rows::list(reader.conn()).await? {
        let sealed = key_rows::count_sealed(reader.conn(), &row.key_id).await?;
        let fingerprint = keys::fingerprint(&row.check_value);
        lines.push(format!("{fingerprint}  {}  from {}  seals {sealed} values  id {}", row.status, row.source, row.key_id));
    }
    drop(reader);
    database.close().await;
    Ok(lines.join("\n"))
}
