//! The cookie by which a browser is known that signed in before. It opens nothing: it only keeps strangers' guesses from closing an account to its owner.

use http::{HeaderMap, HeaderValue, header};

use crate::domain::{UserId, Visitor};
use crate::services::ServiceError;
use crate::store::devices;
use crate::vault::{Token, TokenHash};
use crate::web::Web;

/// How long a browser is known after it last signed in, in seconds: 180 days.
const KNOWN_S: i64 = 180 * 24 * 3_600;

/// A cookie that an outer layer sets, after the session's.
#[derive(Clone)]
pub(super) struct DeviceCookie(pub HeaderValue);

const fn name(secure: bool) -> &'static str {
    if secure { "__Host-latchkey-device" } else { "latchkey-device" }
}

/// SHA-256 of the token that the browser shows, hex.
pub(super) fn token_of(headers: &HeaderMap, secure: bool) -> Option<String> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(';'));
    let mut pairs = cookies.filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(key, _)| *key == name(secure)).map(|(_, token)| TokenHash::of(token).as_str().to_owned())
}

/// Gives the browser a new token and knows it as one of `user`: a token that somebody planted is not taken over.
pub(super) async fn known(web: &Web, user: &UserId, visitor: &Visitor) -> Result<DeviceCookie, ServiceError> {
    let (token, now) = (Token::generate(web.app.random.as_ref()), web.app.clock.now());
    let mut transaction = web.app.database.begin().await?;
    devices::renew(transaction.conn(), visitor.device.as_deref(), token.hash().as_str(), user, now, now.plus_millis(KNOWN_S * 1_000)).await?;
    transaction.commit().await?;
    let secure = web.settings.secure();
    let text = format!("{}={}; HttpOnly; SameSite=Lax; Path=/; Max-Age={KNOWN_S}{}", name(secure), token.expose(), if secure { "; Secure" } else { "" });
    let mut cookie = HeaderValue::from_str(&text).map_err(ServiceError::internal)?;
    cookie.set_sensitive(true);
    Ok(DeviceCookie(cookie))
}
