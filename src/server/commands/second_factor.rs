//! `latchkey forget-second-factor`.

use std::sync::Arc;

use crate::config::Config;
use crate::domain::{Clock, Random};
use crate::server::{StartError, keys, parts};
use crate::services::second_factor;

/// Takes the second factor of the person with this address away, who lost all of it. Works beside a running server.
///
/// # Errors
/// [`StartError`] when the key or the database cannot be read.
pub async fn take_second_factor_away(config: &Config, email: &str, clock: Arc<dyn Clock>, random: Arc<dyn Random>) -> Result<String, StartError> {
    if config.database.sqlite_path().is_some_and(|path| !path.exists()) {
        return Ok("There is no database yet, and nobody in it.".to_owned());
    }
    let prepared = keys::prepare(config)?;
    let public_url = config.server.public_url.clone().unwrap_or_else(|| format!("http://{}", config.server.listen));
    let (app, _) = parts::app(config, None, prepared, &public_url, config.server.listen, clock, random).await?;
    let taken = second_factor::take_away(&app, email).await?;
    app.database.close().await;
    Ok(if taken {
        "Done. The password alone signs this person in now; all their sessions have ended, and a letter tells them.".to_owned()
    } else {
        "Nothing was changed: nobody has this address, or the person has no second factor.".to_owned()
    })
}
