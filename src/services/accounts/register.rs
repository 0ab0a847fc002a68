//! Registering: a form, a letter, and nothing more until the address is confirmed.

use crate::domain::{Email, Visitor};
use crate::services::accounts::{VERIFY_MS, afterwards, count_letter, letters, note};
use crate::services::sign_in::account_key;
use crate::services::{App, ErrorCode, ServiceError, mail, newcomer, sign_in};
use crate::store::registrations::{self, RegistrationRow};
use crate::store::{Conn, organizations, users};
use crate::vault::{Secret, Token};

/// What the form of a new account sends.
#[derive(Debug)]
pub struct Registration {
    /// The name of the organization to make.
    pub organization: String,
    /// The person's name.
    pub name: String,
    /// The person's address.
    pub email: String,
    /// The chosen password.
    pub password: Secret<String>,
}

/// Takes a registration and sends a letter: to confirm the address or, when it has an account, to say so. The answer and the work are the same.
///
/// # Errors
/// `RegistrationClosed` where the operator wants it so, and before the first setup is done; `InvalidField` for each wrong field; `SlowDown`.
pub async fn register(app: &App, visitor: &Visitor, form: &Registration) -> Result<(), ServiceError> {
    require_open(app, app.database.read().await?.conn()).await?;
    let newcomer = newcomer::parse(&form.organization, &form.name, &form.email, &form.password)?;
    let account = account_key(&newcomer.email);
    // Counted before anything is hashed.
    let mut transaction = app.database.begin().await?;
    count_letter(app, &mut transaction, visitor, &account).await?;
    transaction.commit().await?;
    let password_hash = sign_in::hash(app, &form.password).await?;
    let email = Email::parse(&newcomer.email).map_err(ServiceError::internal)?;
    let token = Token::generate(app.random.as_ref());
    let now = app.now();
    let row = RegistrationRow {
        token_hash: token.hash().as_str().to_owned(),
        email: newcomer.email,
        name: newcomer.name,
        organization: newcomer.organization,
        password_hash,
        created_at: now,
        expires_at: now.plus_millis(VERIFY_MS),
    };
    let mut transaction = app.database.begin().await?;
    let taken = users::find_by_email(transaction.conn(), &email).await?.is_some();
    // Of an address that has an account it opens nothing: nobody gets its token.
    registrations::insert(transaction.conn(), &row).await?;
    let letter = if taken { letters::already_there(app) } else { letters::confirm_registration(app, &row.name, &row.organization, &token) };
    mail::queue(app, &mut transaction, &email, &letter).await?;
    note(app, &mut transaction, visitor, &account, "account.registration_asked").await?;
    transaction.commit().await?;
    Ok(())
}

/// Whether strangers may register: the operator allows it, and there is an organization already, so that nobody comes before the first admin.
pub(super) async fn require_open(app: &App, on: Conn<'_>) -> Result<(), ServiceError> {
    if app.settings.registration_closed || organizations::count(on).await? == 0 {
        return Err(ServiceError::of(ErrorCode::RegistrationClosed));
    }
    Ok(())
}

/// Sends the letters of an address that waits to be confirmed once more, with new links in the place of the old ones. The answer never tells whether there is one:
/// the letters are written afterwards.
///
/// # Errors
/// `SlowDown`; `InvalidField` when it is no address.
pub async fn resend(app: &App, visitor: &Visitor, email: &str) -> Result<(), ServiceError> {
    let email = newcomer::email(email).ok_or_else(|| ServiceError::invalid_field("email", newcomer::EMAIL))?;
    let mut transaction = app.database.begin().await?;
    let account = account_key(email.as_str());
    count_letter(app, &mut transaction, visitor, &account).await?;
    note(app, &mut transaction, visitor, &account, "account.confirmation_asked").await?;
    transaction.commit().await?;
    let (app, visitor) = (app.clone(), visitor.clone());
    afterwards(&app.clone(), async move { send_again(&app, &visitor, &email).await });
    Ok(())
}

async fn send_again(app: &App, visitor: &Visitor, email: &Email) -> Result<(), ServiceError> {
    let now = app.now();
    let mut transaction = app.database.begin().await?;
    if users::find_by_email(transaction.conn(), email).await?.is_some() {
        return Ok(());
    }
    let waiting = registrations::of_email(transaction.conn(), email, now).await?;
    for row in &waiting {
        let token = Token::generate(app.random.as_ref());
        registrations::renew(transaction.conn(), &row.token_hash, token.hash().as_str(), now.plus_millis(VERIFY_MS)).await?;
        mail::queue(app, &mut transaction, email, &letters::confirm_registration(app, &row.name, &row.organization, &token)).await?;
    }
    if !waiting.is_empty() {
        note(app, &mut transaction, visitor, &account_key(email.as_str()), "account.confirmation_renewed").await?;
    }
    transaction.commit().await?;
    Ok(())
}
