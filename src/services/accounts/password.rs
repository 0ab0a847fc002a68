//! Another password, by somebody who knows the one they have.

use crate::domain::{Actor, Email, Timestamp, Visitor};
use crate::services::accounts::{end_access, letters};
use crate::services::audit::{self, AuditEvent, Fact, Target};
use crate::services::limits::{Gate, Limits};
use crate::services::{App, ErrorCode, ServiceError, access, mail, passwords, sign_in};
use crate::store::members::MemberRow;
use crate::store::users::{self, UserRow};
use crate::vault::{PasswordHashingError, Secret};

/// The form key of the password in use.
const CURRENT: &str = "current_password";

/// Changes the password and ends all sessions, the caller's too: the caller begins a new one for who has just proven who they are.
///
/// # Errors
/// `InvalidField` when the current password is not right or the new one is not taken; `SlowDown` after too many tries.
pub async fn change_password(app: &App, actor: &Actor, current: &Secret<String>, new: &Secret<String>) -> Result<(), ServiceError> {
    let user = access::person(actor)?;
    let user = users::find(app.database.read().await?.conn(), user).await?.ok_or_else(|| ServiceError::of(ErrorCode::SignInRequired))?;
    let Some(stored) = user.password_hash.as_deref() else {
        return Err(ServiceError::invalid_field(CURRENT, "You have no password yet. Sign out and use \u{201c}Forgot it?\u{201d} to choose one."));
    };
    let email = Email::parse(&user.email).map_err(ServiceError::internal)?;
    if let Some(objection) = passwords::objection(new.expose(), Some(&email), "") {
        return Err(ServiceError::invalid_field("new_password", objection));
    }
    // Its own counter: strangers cannot use it up.
    let limits = Limits::of_actor(app, &format!("change:{}", user.id), actor);
    if let Gate::Closed { until, .. } = limits.enter(app).await? {
        return Err(ServiceError::slow_down(until));
    }
    let matches = app.passwords.verify(current, Some(stored)).await.or_else(|error| match error {
        PasswordHashingError::Busy => Err(sign_in::not_hashed(app, error)),
        PasswordHashingError::Failed => Ok(false),
    })?;
    let target = Target::account(&user.id, &user.name);
    if !matches {
        let mut transaction = app.database.begin().await?;
        limits.count_failure(app, &mut transaction).await?;
        let event = AuditEvent::refused("account.password_changed", target, vec![Fact::Code("wrong_password".to_owned())]);
        audit::record(app, &mut transaction, actor.into(), event).await?;
        transaction.commit().await?;
        return Err(ServiceError::invalid_field(CURRENT, "This is not your password."));
    }
    let hash = sign_in::hash(app, new).await?;
    let mut transaction = app.database.begin().await?;
    if !users::exchange_password_hash(transaction.conn(), &user.id, stored, &hash).await? {
        return Err(ServiceError::of(ErrorCode::Conflict));
    }
    limits.clear_account(&mut transaction).await?;
    end_access(&mut transaction, &user.id).await?;
    mail::queue(app, &mut transaction, &email, &letters::password_changed(app, &user.name)).await?;
    audit::record(app, &mut transaction, actor.into(), AuditEvent::done("account.password_changed", target, Vec::new())).await?;
    transaction.commit().await?;
    Ok(())
}

/// The person as an actor of their oldest organization; none when they are in none.
pub(super) fn actor_or_visitor(membership: Option<&MemberRow>, user: &UserRow, proven_at: Timestamp, visitor: &Visitor) -> Option<Actor> {
    membership.map(|member| sign_in::actor(member, &user.name, user.super_admin, proven_at, visitor))
}
