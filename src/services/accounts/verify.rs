//! Confirming an address by the link in a letter: of somebody who registers, and of somebody who changes theirs.

use crate::domain::Visitor;
use crate::dto::ConfirmView;
use crate::services::accounts::password::actor_or_visitor;
use crate::services::accounts::{letters, refuse_link, register};
use crate::services::audit::{self, AuditEvent, Fact, Target};
use crate::services::newcomer::{self, Newcomer};
use crate::services::{App, ErrorCode, ServiceError, mail};
use crate::store::account_links::{self, AccountLinkRow, Purpose};
use crate::store::registrations::{self, RegistrationRow};
use crate::store::{StoreError, Transaction, members, users};
use crate::vault::TokenHash;

/// What a confirmed address led to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verified {
    /// There is an account now.
    Account,
    /// An account has another address now.
    Address,
}

/// What a link would confirm; looking uses nothing up, so that a scanner of letters does no harm.
///
/// # Errors
/// `LinkInvalid` for every link that does not work; `SlowDown` after too many of them.
pub async fn waiting(app: &App, visitor: &Visitor, token: &str) -> Result<ConfirmView, ServiceError> {
    let hash = TokenHash::of(token);
    let now = app.now();
    let mut reader = app.database.read().await?;
    if let Some(row) = registrations::find(reader.conn(), hash.as_str(), now).await?.filter(|row| hash.matches(&row.token_hash)) {
        return Ok(ConfirmView { email: row.email, name: row.name, organization: Some(row.organization) });
    }
    let link = account_links::find(reader.conn(), Purpose::Email, hash.as_str(), now).await?.filter(|row| hash.matches(&row.token_hash));
    if let Some(link) = link
        && let Some(user) = users::find(reader.conn(), &link.user).await?
    {
        return Ok(ConfirmView { email: link.email, name: user.name, organization: None });
    }
    drop(reader);
    Err(refuse_link(app, visitor).await?)
}

/// Confirms an address. Of two at once, one succeeds.
///
/// # Errors
/// `LinkInvalid` for every link that does not work, and when the address has an account by now; `RegistrationClosed`; `SlowDown`.
pub async fn verify(app: &App, visitor: &Visitor, token: &str) -> Result<Verified, ServiceError> {
    let hash = TokenHash::of(token);
    let now = app.now();
    let mut transaction = app.database.begin().await?;
    if let Some(row) = registrations::take(transaction.conn(), hash.as_str(), now).await? {
        register::require_open(app, transaction.conn()).await?;
        return match make_account(app, &mut transaction, visitor, row).await {
            Ok(()) => commit(transaction, Verified::Account).await,
            Err(error) => refused(app, visitor, transaction, error).await,
        };
    }
    if let Some(link) = account_links::take(transaction.conn(), Purpose::Email, hash.as_str(), now).await? {
        return match change_address(app, &mut transaction, visitor, &link).await {
            Ok(()) => commit(transaction, Verified::Address).await,
            Err(error) => refused(app, visitor, transaction, error).await,
        };
    }
    drop(transaction);
    Err(refuse_link(app, visitor).await?)
}

async fn commit(transaction: Transaction, verified: Verified) -> Result<Verified, ServiceError> {
    transaction.commit().await?;
    Ok(verified)
}

/// An address that somebody else has by now is as good as a dead link.
async fn refused(app: &App, visitor: &Visitor, transaction: Transaction, error: ServiceError) -> Result<Verified, ServiceError> {
    drop(transaction);
    if error.code == ErrorCode::LinkInvalid { Err(refuse_link(app, visitor).await?) } else { Err(error) }
}

fn taken(error: StoreError) -> ServiceError {
    match error {
        StoreError::Duplicate(_) => ServiceError::of(ErrorCode::LinkInvalid),
        other => other.into(),
    }
}

async fn make_account(app: &App, transaction: &mut Transaction, visitor: &Visitor, row: RegistrationRow) -> Result<(), ServiceError> {
    let email = newcomer::email(&row.email).ok_or_else(|| ServiceError::internal("a registration without an address"))?;
    if users::find_by_email(transaction.conn(), &email).await?.is_some() {
        return Err(ServiceError::of(ErrorCode::LinkInvalid));
    }
    let newcomer = Newcomer { organization: row.organization, name: row.name, email: row.email };
    let (actor, signed_in) = newcomer::found(app, transaction, visitor, &newcomer, row.password_hash, false).await?;
    registrations::delete_of_email(transaction.conn(), &newcomer.email).await?;
    let event = AuditEvent::done("account.registered", Target::organization(&signed_in.organization, &newcomer.organization), Vec::new());
    audit::record(app, transaction, (&actor).into(), event).await
}

async fn change_address(app: &App, transaction: &mut Transaction, visitor: &Visitor, link: &AccountLinkRow) -> Result<(), ServiceError> {
    let user = users::find(transaction.conn(), &link.user).await?.filter(|user| !user.disabled);
    let user = user.ok_or_else(|| ServiceError::of(ErrorCode::LinkInvalid))?;
    users::set_email(transaction.conn(), &user.id, &link.email).await.map_err(taken)?;
    // A link to choose a new password went to the old address.
    account_links::delete_of_user(transaction.conn(), &user.id).await?;
    registrations::delete_of_email(transaction.conn(), &link.email).await?;
    if let Some(old) = newcomer::email(&user.email) {
        mail::queue(app, transaction, &old, &letters::email_changed(app, &user.name)).await?;
    }
    let membership = members::of_user(transaction.conn(), &user.id).await?.into_iter().next();
    let actor = actor_or_visitor(membership.as_ref(), &user, app.now(), visitor);
    let event = AuditEvent::done("account.email_changed", Target::account(&user.id, &user.name), vec![Fact::Changed(vec!["email"])]);
    audit::record(app, transaction, actor.as_ref().map_or_else(|| visitor.into(), Into::into), event).await
}
