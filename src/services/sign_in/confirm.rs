//! Proving once more who one is, before something that a stolen session must not do.

use super::{account_key, closed, verify};
use crate::domain::{Actor, Visitor};
use crate::dto::ProofView;
use crate::services::audit::{self, AuditEvent, Fact, Target};
use crate::services::limits::{Gate, Limits};
use crate::services::{App, ErrorCode, ServiceError, access, passkeys, second_factor};
use crate::store::users::{self, UserRow};
use crate::store::{authenticators, passkeys as keys};
use crate::vault::Secret;

/// What somebody shows.
#[derive(Debug)]
pub enum Shown {
    /// The password.
    Password(Secret<String>),
    /// A code of the authenticator app, or a recovery code.
    Code(Secret<String>),
}

/// By what the person can confirm who they are.
///
/// # Errors
/// [`ServiceError`] for programs, and when the database does not answer.
pub async fn confirm_view(app: &App, actor: &Actor) -> Result<ProofView, ServiceError> {
    ways(app, &find(app, actor).await?).await
}

/// By what this person can prove who they are.
pub(super) async fn ways(app: &App, user: &UserRow) -> Result<ProofView, ServiceError> {
    let mut reader = app.database.read().await?;
    let by_app = authenticators::find(reader.conn(), &user.id).await?.is_some_and(|row| row.turned_on_at.is_some());
    let by_passkey = passkeys::possible(app) && !keys::list(reader.conn(), &user.id).await?.is_empty();
    Ok(ProofView { by_password: user.password_hash.is_some(), by_app, by_passkey })
}

/// Checks what the person shows; the caller gives the session a new id and notes the time. A wrong one counts as a wrong sign-in does.
///
/// # Errors
/// `LoginFailed` when it does not fit; `SlowDown` after too many.
pub async fn confirm(app: &App, actor: &Actor, visitor: &Visitor, shown: &Shown) -> Result<(), ServiceError> {
    let user = find(app, actor).await?;
    let limits = Limits::of(app, &account_key(&user.email), visitor).await?;
    if let Gate::Closed { until, first } = limits.enter(app).await? {
        return Err(closed(app, visitor, &limits, until, first).await?);
    }
    let (field, matches) = match shown {
        Shown::Password(password) => ("password", verify(app, password, user.password_hash.as_deref()).await?),
        Shown::Code(_) => ("code", false),
    };
    let mut transaction = app.database.begin().await?;
    let matches = match shown {
        Shown::Password(_) => matches,
        Shown::Code(code) => second_factor::use_code(app, &mut transaction, &user, code).await?.is_some(),
    };
    let facts = vec![Fact::Method(field)];
    if matches {
        limits.clear_account(&mut transaction).await?;
        audit::record(app, &mut transaction, actor.into(), AuditEvent::done("sign_in.confirmed", Target::default(), facts)).await?;
    } else {
        limits.count_failure(app, &mut transaction).await?;
        audit::record(app, &mut transaction, actor.into(), AuditEvent::refused("sign_in.confirmed", Target::default(), facts)).await?;
    }
    transaction.commit().await?;
    let words = if field == "code" { "This code does not fit, or was used before." } else { "This is not your password." };
    let refusal = || ServiceError { code: ErrorCode::LoginFailed, ..ServiceError::invalid_field(field, words) }.saying(format!("{words} Nothing was changed."));
    if matches { Ok(()) } else { Err(refusal()) }
}

/// The person behind a member's session.
async fn find(app: &App, actor: &Actor) -> Result<UserRow, ServiceError> {
    let user = access::person(actor)?;
    users::find(app.database.read().await?.conn(), user).await?.ok_or_else(|| ServiceError::of(ErrorCode::SignInRequired))
}
