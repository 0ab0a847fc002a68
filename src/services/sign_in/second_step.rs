//! The second step of signing in, by a code.

use super::confirm::ways;
use super::enter::{PENDING_MS, Pending, Proof, complete};
use super::{SignedIn, account_key, closed};
use crate::domain::Visitor;
use crate::dto::ProofView;
use crate::services::audit::{self, AuditEvent, Fact, Target};
use crate::services::limits::{Gate, Limits};
use crate::services::second_factor::{self, Used};
use crate::services::{App, ErrorCode, ServiceError};
use crate::store::users::{self, UserRow};
use crate::vault::Secret;

/// Takes the second step with a code of the authenticator app or a recovery code. A wrong one counts as a wrong password does.
///
/// # Errors
/// `SecondFactorRequired` for a code that does not fit; `SlowDown` after too many; `SignInRequired` when the first step is more than five minutes ago.
pub async fn second_step(app: &App, visitor: &Visitor, pending: &Pending, code: &Secret<String>) -> Result<SignedIn, ServiceError> {
    let user = waiting(app, pending).await?;
    let limits = Limits::of(app, &account_key(&user.email), visitor).await?;
    if let Gate::Closed { until, first } = limits.enter(app).await? {
        return Err(closed(app, visitor, &limits, until, first).await?);
    }
    let mut transaction = app.database.begin().await?;
    if let Some(used) = second_factor::use_code(app, &mut transaction, &user, code).await? {
        let signed_in = complete(app, &mut transaction, visitor, &limits, &user, &pending.proof, method(&pending.proof, used)).await?;
        transaction.commit().await?;
        return Ok(signed_in);
    }
    limits.count_failure(app, &mut transaction).await?;
    let facts = vec![Fact::EmailMac(limits.account_mac().to_owned()), Fact::Method("code")];
    audit::record(app, &mut transaction, visitor.into(), AuditEvent::refused("sign_in.failed", Target::default(), facts)).await?;
    transaction.commit().await?;
    Err(wrong_code())
}

/// By what the person can take the second step.
///
/// # Errors
/// `SignInRequired` when the first step is more than five minutes ago.
pub async fn second_step_view(app: &App, pending: &Pending) -> Result<ProofView, ServiceError> {
    let user = waiting(app, pending).await?;
    Ok(ProofView { by_password: false, ..ways(app, &user).await? })
}

/// The person who half signed in, within the time for it.
pub(in crate::services) async fn waiting(app: &App, pending: &Pending) -> Result<UserRow, ServiceError> {
    let late = || ServiceError::of(ErrorCode::SignInRequired).saying("The second step has to follow within five minutes. Sign in again.");
    if app.now().since(pending.since) > PENDING_MS {
        return Err(late());
    }
    let user = users::find(app.database.read().await?.conn(), &pending.user).await?;
    user.filter(|user| !user.disabled).ok_or_else(late)
}

fn wrong_code() -> ServiceError {
    let message = "This code does not fit, or was used before. Wait for the next one, or use a recovery code.";
    let refusal = ServiceError::invalid_field("code", message);
    ServiceError { code: ErrorCode::SecondFactorRequired, ..refusal }.saying(message)
}

/// How a sign-in of two steps is called in the audit log.
pub(super) const fn method(first: &Proof, second: Used) -> &'static str {
    match (first, second) {
        (Proof::Password, Used::App) => "password+app",
        (Proof::Password, Used::Recovery) => "password+recovery_code",
        (Proof::SignOn { .. }, Used::App) => "sign_on+app",
        (Proof::SignOn { .. }, Used::Recovery) => "sign_on+recovery_code",
        (Proof::Passkey | Proof::Letter, Used::App) => "letter+app",
        (Proof::Passkey | Proof::Letter, Used::Recovery) => "letter+recovery_code",
    }
}
