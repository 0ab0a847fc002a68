//! What a person may see and change about themselves.

use crate::domain::{Actor, DisplayName, Email, Timestamp};
use crate::dto::AccountView;
use crate::services::accounts::{VERIFY_MS, letters};
use crate::services::audit::{self, AuditEvent, Fact, Target};
use crate::services::sign_in::account_key;
use crate::services::{App, ErrorCode, FieldError, ServiceError, access, limits, mail, newcomer, shell};
use crate::store::account_links::{self, AccountLinkRow, Purpose};
use crate::store::users::{self, UserRow};
use crate::store::{Transaction, organizations};
use crate::vault::Token;

/// What is to change; what is left out stays.
#[derive(Debug, Default)]
pub struct Edit {
    /// The shown name.
    pub name: Option<String>,
    /// `light`, `dark` or empty for the system's choice.
    pub theme: Option<String>,
    /// The address to sign in with; it changes when its owner has confirmed it.
    pub email: Option<String>,
}

/// A person's own account.
///
/// # Errors
/// `SignInRequired` for all but persons.
pub async fn view(app: &App, actor: &Actor) -> Result<AccountView, ServiceError> {
    let person = access::person(actor)?;
    let gone = || ServiceError::of(ErrorCode::SignInRequired);
    let mut reader = app.database.read().await?;
    let user = users::find(reader.conn(), person).await?.ok_or_else(gone)?;
    let organization = organizations::find(reader.conn(), &actor.organization).await?.ok_or_else(gone)?;
    Ok(AccountView {
        member: actor.member().map(ToString::to_string),
        name: user.name,
        email: user.email,
        pending_email: account_links::pending_email(reader.conn(), person, app.now()).await?,
        has_password: user.password_hash.is_some(),
        theme: user.theme,
        role: shell::role(actor),
        organization_id: organization.id.to_string(),
        organization: organization.name,
    })
}

/// Changes name and theme at once, and sends a letter to a new address, which changes when that is confirmed.
///
/// # Errors
/// `InvalidField`; `FreshSignInRequired` for another address; `SlowDown` after too many letters.
pub async fn edit(app: &App, actor: &Actor, edit: &Edit) -> Result<(), ServiceError> {
    let person = access::person(actor)?;
    let user = users::find(app.database.read().await?.conn(), person).await?.ok_or_else(|| ServiceError::of(ErrorCode::SignInRequired))?;
    let (name, email) = check(edit)?;
    let email = email.filter(|email| email.as_str() != user.email);
    if email.is_some() {
        access::require_fresh(app, actor)?;
        access::require_own_account(app, actor).await?;
    }
    let mut transaction = app.database.begin().await?;
    let mut changed = Vec::new();
    if let Some(name) = name.filter(|name| name.as_str() != user.name) {
        users::set_name(transaction.conn(), person, name.as_str()).await?;
        changed.push("name");
    }
    if let Some(theme) = edit.theme.as_deref().filter(|theme| *theme != user.theme) {
        users::set_theme(transaction.conn(), person, theme).await?;
        let event = AuditEvent::done("account.theme_changed", Target::default(), vec![Fact::Theme(theme.to_owned())]);
        audit::record(app, &mut transaction, actor.into(), event).await?;
    }
    if let Some(email) = email {
        begin_change(app, &mut transaction, actor, &user, &email).await?;
    }
    if !changed.is_empty() {
        let event = AuditEvent::done("account.changed", Target::account(&user.id, &user.name), vec![Fact::Changed(changed)]);
        audit::record(app, &mut transaction, actor.into(), event).await?;
    }
    transaction.commit().await?;
    Ok(())
}

fn check(edit: &Edit) -> Result<(Option<DisplayName>, Option<Email>), ServiceError> {
    let name = edit.name.as_deref().map(DisplayName::parse);
    let email = edit.email.as_deref().map(|text| newcomer::email(text).ok_or(()));
    let theme = edit.theme.as_deref().is_none_or(|theme| matches!(theme, "" | "light" | "dark"));
    match (name.transpose(), email.transpose(), theme) {
        (Ok(name), Ok(email), true) => Ok((name, email)),
        (name, email, theme) => {
            let wrong = [
                ("name", name.is_err(), newcomer::NAME),
                ("email", email.is_err(), newcomer::EMAIL),
                ("theme", !theme, "Choose light, dark, or follow system."),
            ];
            let wrong = wrong.into_iter().filter(|(_, wrong, _)| *wrong);
            Err(ServiceError::invalid_fields(wrong.map(|(field, _, words)| FieldError { field: field.to_owned(), message: words.to_owned() }).collect()))
        }
    }
}

/// Whether the new address has an account is told to that address alone.
async fn begin_change(app: &App, transaction: &mut Transaction, actor: &Actor, user: &UserRow, email: &Email) -> Result<(), ServiceError> {
    let address = actor.address.ok_or_else(|| ServiceError::of(ErrorCode::SignInRequired))?;
    if let Some(until) = limits::letter_asked(app, transaction, &account_key(email.as_str()), address).await? {
        return Err(ServiceError::slow_down(until));
    }
    let now: Timestamp = app.now();
    let token = Token::generate(app.random.as_ref());
    let link = AccountLinkRow {
        user: user.id.clone(),
        token_hash: token.hash().as_str().to_owned(),
        email: email.as_str().to_owned(),
        created_at: now,
        expires_at: now.plus_millis(VERIFY_MS),
    };
    account_links::put(transaction.conn(), Purpose::Email, &link).await?;
    let taken = users::find_by_email(transaction.conn(), email).await?.is_some();
    let letter = if taken { letters::already_there(app) } else { letters::confirm_email(app, &user.name, &token) };
    mail::queue(app, transaction, email, &letter).await?;
    let old = Email::parse(&user.email).map_err(ServiceError::internal)?;
    mail::queue(app, transaction, &old, &letters::email_will_change(app, &user.name)).await?;
    let fact = Fact::EmailMac(limits::account_mac(app, &account_key(email.as_str())));
    let event = AuditEvent::done("account.email_change_asked", Target::account(&user.id, &user.name), vec![fact]);
    audit::record(app, transaction, actor.into(), event).await
}
