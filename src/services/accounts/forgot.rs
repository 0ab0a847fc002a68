//! A forgotten password: a letter with a link, and a new password by that link.

use crate::domain::{Email, Visitor};
use crate::services::accounts::password::actor_or_visitor;
use crate::services::accounts::{RESET_MS, afterwards, count_letter, end_access, letters, note, refuse_link};
use crate::services::audit::{self, AuditEvent, Target};
use crate::services::limits::Limits;
use crate::services::sign_in::account_key;
use crate::services::{App, ServiceError, mail, newcomer, passwords, sign_in};
use crate::store::account_links::{self, AccountLinkRow, Purpose};
use crate::store::users::{self, UserRow};
use crate::store::{Conn, members};
use crate::vault::{Secret, Token, TokenHash};

/// Sends a link to choose a new password to this address, if it has an account. The answer never tells: the letter is written afterwards.
///
/// # Errors
/// `SlowDown`; `InvalidField` when it is no address.
pub async fn forgot(app: &App, visitor: &Visitor, email: &str) -> Result<(), ServiceError> {
    let email = newcomer::email(email).ok_or_else(|| ServiceError::invalid_field("email", newcomer::EMAIL))?;
    let mut transaction = app.database.begin().await?;
    let account = account_key(email.as_str());
    count_letter(app, &mut transaction, visitor, &account).await?;
    note(app, &mut transaction, visitor, &account, "account.reset_asked").await?;
    transaction.commit().await?;
    let (app, visitor) = (app.clone(), visitor.clone());
    afterwards(&app.clone(), async move { send(&app, &visitor, &email).await });
    Ok(())
}

async fn send(app: &App, visitor: &Visitor, email: &Email) -> Result<(), ServiceError> {
    let mut transaction = app.database.begin().await?;
    let found = users::find_by_email(transaction.conn(), email).await?.filter(|user| !user.disabled);
    let Some(user) = found else { return Ok(()) };
    let token = Token::generate(app.random.as_ref());
    let now = app.now();
    let target = Target::account(&user.id, &user.name);
    let link = AccountLinkRow {
        user: user.id,
        token_hash: token.hash().as_str().to_owned(),
        email: user.email,
        created_at: now,
        expires_at: now.plus_millis(RESET_MS),
    };
    account_links::put(transaction.conn(), Purpose::Reset, &link).await?;
    mail::queue(app, &mut transaction, email, &letters::reset(app, &user.name, &token)).await?;
    audit::record(app, &mut transaction, visitor.into(), AuditEvent::done("account.reset_sent", target, Vec::new())).await?;
    transaction.commit().await?;
    Ok(())
}

/// Looks whether a link works, and uses nothing up.
///
/// # Errors
/// `LinkInvalid` for every link that does not work; `SlowDown` after too many of them.
pub async fn require_reset(app: &App, visitor: &Visitor, token: &str) -> Result<(), ServiceError> {
    let found = find(app, app.database.read().await?.conn(), token).await?;
    if found.is_some() { Ok(()) } else { Err(refuse_link(app, visitor).await?) }
}

/// The person a link was sent to, as long as the address is still theirs.
async fn find(app: &App, mut on: Conn<'_>, token: &str) -> Result<Option<UserRow>, ServiceError> {
    let hash = TokenHash::of(token);
    let link = account_links::find(on.again(), Purpose::Reset, hash.as_str(), app.now()).await?.filter(|row| hash.matches(&row.token_hash));
    let Some(link) = link else { return Ok(None) };
    Ok(users::find(on, &link.user).await?.filter(|user| !user.disabled && user.email == link.email))
}

/// Sets a new password by a link, and ends all sessions of the person. Of two at once, one succeeds.
///
/// # Errors
/// `LinkInvalid` for every link that does not work; `InvalidField` when the password is not taken, which uses nothing up; `SlowDown`.
pub async fn reset(app: &App, visitor: &Visitor, token: &str, password: &Secret<String>) -> Result<(), ServiceError> {
    let found = find(app, app.database.read().await?.conn(), token).await?;
    let Some(user) = found else { return Err(refuse_link(app, visitor).await?) };
    let email = Email::parse(&user.email).map_err(ServiceError::internal)?;
    if let Some(objection) = passwords::objection(password.expose(), Some(&email), "") {
        return Err(ServiceError::invalid_field("password", objection));
    }
    let hash = sign_in::hash(app, password).await?;
    let mut transaction = app.database.begin().await?;
    let used = account_links::take(transaction.conn(), Purpose::Reset, TokenHash::of(token).as_str(), app.now()).await?;
    if used.is_none_or(|link| link.user != user.id) {
        drop(transaction);
        return Err(refuse_link(app, visitor).await?);
    }
    users::set_password_hash(transaction.conn(), &user.id, &hash).await?;
    end_access(&mut transaction, &user.id).await?;
    // Who could read the letter is not who wore out the tries.
    Limits::of(app, &account_key(&user.email), visitor).await?.clear_account(&mut transaction).await?;
    mail::queue(app, &mut transaction, &email, &letters::password_changed(app, &user.name)).await?;
    let membership = members::of_user(transaction.conn(), &user.id).await?.into_iter().next();
    let actor = actor_or_visitor(membership.as_ref(), &user, app.now(), visitor);
    let event = AuditEvent::done("account.password_reset", Target::account(&user.id, &user.name), Vec::new());
    audit::record(app, &mut transaction, actor.as_ref().map_or_else(|| visitor.into(), Into::into), event).await?;
    transaction.commit().await?;
    Ok(())
}
