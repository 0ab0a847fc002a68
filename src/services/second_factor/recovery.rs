//! Recovery codes: ten, shown once, each of 80 random bits, stored as SHA-256, used once.

use zeroize::Zeroizing;

use super::{person, tell};
use crate::domain::{Actor, UserId};
use crate::services::audit::{self, AuditEvent, Target};
use crate::services::{App, ServiceError, access};
use crate::store::users::UserRow;
use crate::store::{Transaction, authenticators, recovery_codes};
use crate::vault::{Secret, TokenHash};

const CODES: usize = 10;
const BYTES: usize = 10;
const DIGITS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// Makes a new set in place of the old one.
///
/// # Errors
/// `FreshSignInRequired`; `Conflict` for a person without a second factor.
pub async fn new_codes(app: &App, actor: &Actor) -> Result<Vec<Secret<String>>, ServiceError> {
    access::require_fresh(app, actor)?;
    let user = person(app, actor).await?;
    let mut transaction = app.database.begin().await?;
    if !authenticators::has_second_factor(transaction.conn(), &user.id).await? {
        return Err(ServiceError::conflict("Recovery codes stand in for a second step. Set up an authenticator app or a passkey first."));
    }
    let codes = make(app, &mut transaction, &user.id).await?;
    audit::record(app, &mut transaction, actor.into(), AuditEvent::done("second_factor.codes_made", Target::default(), Vec::new())).await?;
    tell(app, &mut transaction, &user, "You have new recovery codes", "New recovery codes were made for your account. The old ones no longer work.").await?;
    transaction.commit().await?;
    Ok(codes)
}

/// Makes a set for a person who has none left.
pub(super) async fn ensure(app: &App, transaction: &mut Transaction, user: &UserId) -> Result<Option<Vec<Secret<String>>>, ServiceError> {
    if recovery_codes::count(transaction.conn(), user).await? > 0 {
        return Ok(None);
    }
    make(app, transaction, user).await.map(Some)
}

async fn make(app: &App, transaction: &mut Transaction, user: &UserId) -> Result<Vec<Secret<String>>, ServiceError> {
    let codes: Vec<Secret<String>> = (0..CODES).map(|_| fresh(app)).collect();
    let hashes: Vec<String> = codes.iter().filter_map(|code| hash(code.expose())).collect();
    recovery_codes::replace(transaction.conn(), user, &hashes).await?;
    Ok(codes)
}

/// Uses a code up and tells the person by letter; false when it is none of theirs.
pub(super) async fn use_up(app: &App, transaction: &mut Transaction, user: &UserRow, typed: &Secret<String>) -> Result<bool, ServiceError> {
    let Some(hash) = hash(typed.expose()) else { return Ok(false) };
    if !recovery_codes::use_up(transaction.conn(), &user.id, &hash).await? {
        return Ok(false);
    }
    let left = recovery_codes::count(transaction.conn(), &user.id).await?;
    let what = format!("A recovery code of your account was used. {left} are left.");
    tell(app, transaction, user, "A recovery code was used", &what).await?;
    Ok(true)
}

/// Sixteen digits of five bits each, in groups of four.
fn fresh(app: &App) -> Secret<String> {
    let mut bytes = Zeroizing::new([0_u8; BYTES]);
    app.random.fill(bytes.as_mut_slice());
    let mut text = String::with_capacity(19);
    for place in 0..BYTES * 8 / 5 {
        let index = (0..5).fold(0_usize, |value, bit| {
            let at = place * 5 + bit;
            value << 1 | usize::from(bytes[at / 8] >> (7 - at % 8) & 1)
        });
        if place > 0 && place % 4 == 0 {
            text.push('-');
        }
        text.push(char::from(DIGITS[index]));
    }
    Secret::new(text)
}

/// What is stored of a code, however it was typed; none for a text that is no code.
fn hash(typed: &str) -> Option<String> {
    let mut digits = Zeroizing::new(String::with_capacity(32));
    for character in typed.chars().filter(|character| !matches!(character, '-' | ' ')).take(17) {
        digits.push(match character.to_ascii_lowercase() {
            'o' => '0',
            'i' | 'l' => '1',
            other => other,
        });
    }
    let is_code = digits.len() == 16 && digits.bytes().all(|byte| DIGITS.contains(&byte));
    is_code.then(|| TokenHash::of(&digits).as_str().to_owned())
}
