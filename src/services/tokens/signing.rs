//! The keys that sign access tokens: made at first use, changed by and by, kept until the last token of each has ended.

use crate::services::{App, ServiceError};
use crate::store::keys::{SystemSecretRow, insert_system_secret};
use crate::store::signing_keys::{self, NAME_PREFIX};
use crate::vault::{ACCESS_TOKEN_SECONDS, AccessClaims, Binding, SigningKey, TokenRefusal, named_key};

/// How long a key signs, in milliseconds.
const SIGNS_MS: i64 = 90 * 24 * 3_600_000;
/// How long a key is still known once another has taken its place, in milliseconds: as long as its last token, and a minute for clocks that differ.
const KNOWN_MS: i64 = (ACCESS_TOKEN_SECONDS + 60) * 1_000;

fn binding(name: &str) -> Binding<'_> {
    Binding { organization: "system", kind: "system", record: name, field: "value", version: 1 }
}

fn open(app: &App, row: &SystemSecretRow) -> Result<SigningKey, ServiceError> {
    let seed = app.keyring.open(&binding(&row.name), &row.sealed)?;
    SigningKey::from_seed(seed).ok_or_else(|| ServiceError::internal("a signing key of a wrong length"))
}

/// The key that signs now; made when there is none, or when the last has signed for 90 days.
///
/// # Errors
/// `SecretUnreadable` when it cannot be opened with the root keys at hand.
pub async fn signing_key(app: &App) -> Result<SigningKey, ServiceError> {
    let rows = signing_keys::list(app.database.read().await?.conn()).await?;
    match rows.first().filter(|row| app.now().since(row.created_at) < SIGNS_MS) {
        Some(row) => open(app, row),
        None => rotate(app).await,
    }
}

/// Makes a new key, which signs from now on; the one before is known until its last token has ended.
///
/// # Errors
/// [`ServiceError`] when it cannot be stored.
pub async fn rotate(app: &App) -> Result<SigningKey, ServiceError> {
    let key = SigningKey::generate(app.random.as_ref());
    let name = format!("{NAME_PREFIX}{}", key.id());
    let now = app.now();
    let row = SystemSecretRow {
        key_id: app.keyring.active_id().to_hex(),
        sealed: app.keyring.seal(&binding(&name), key.seed().expose(), app.random.as_ref()).bytes().to_vec(),
        version: 1,
        created_at: now,
        name,
    };
    let mut transaction = app.database.begin().await?;
    insert_system_secret(transaction.conn(), &row).await?;
    // So old that its successor has long been signing.
    signing_keys::delete_older(transaction.conn(), now.plus_millis(-SIGNS_MS - KNOWN_MS)).await?;
    transaction.commit().await?;
    Ok(key)
}

/// Reads an access token with the key that it names, if that key is still known.
///
/// # Errors
/// The refusal of a token inside; [`ServiceError`] when the keys cannot be read.
pub(super) async fn verify(app: &App, token: &str) -> Result<Result<AccessClaims, TokenRefusal>, ServiceError> {
    let Some(named) = named_key(token) else { return Ok(Err(TokenRefusal::Forged)) };
    let rows = signing_keys::list(app.database.read().await?.conn()).await?;
    let Some(place) = rows.iter().position(|row| row.name.strip_prefix(NAME_PREFIX) == Some(named.as_str())) else { return Ok(Err(TokenRefusal::Forged)) };
    let key = open(app, &rows[place])?;
    let audience = super::audience(app);
    let claims = key.verify(token, &super::accepted(app, &audience));
    let successor = place.checked_sub(1).and_then(|place| rows.get(place));
    if successor.is_some_and(|next| app.now().since(next.created_at) > KNOWN_MS) {
        return Ok(claims.and(Err(TokenRefusal::Ended)));
    }
    Ok(claims)
}
