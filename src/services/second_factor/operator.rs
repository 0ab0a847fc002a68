//! What the operator does at the command line for somebody who lost every second factor. No member can: it counts in all of a person's organizations.

use unicode_normalization::UnicodeNormalization;

use super::tell;
use crate::domain::{Actor, Email};
use crate::services::audit::{self, AuditEvent, Target};
use crate::services::{App, ServiceError};
use crate::store::{authenticators, devices, members, passkeys, recovery_codes, sessions, users};

/// Takes app, passkeys and recovery codes of a person away and ends their sessions; false when there is nobody with this address or nothing to take.
///
/// # Errors
/// [`ServiceError`] when the database does not answer.
pub async fn take_away(app: &App, email: &str) -> Result<bool, ServiceError> {
    let Ok(email) = Email::parse(&email.nfkc().collect::<String>()) else { return Ok(false) };
    let mut transaction = app.database.begin().await?;
    let Some(user) = users::find_by_email(transaction.conn(), &email).await? else { return Ok(false) };
    if !authenticators::has_second_factor(transaction.conn(), &user.id).await? {
        return Ok(false);
    }
    authenticators::delete(transaction.conn(), &user.id).await?;
    passkeys::delete_of_user(transaction.conn(), &user.id).await?;
    recovery_codes::delete(transaction.conn(), &user.id).await?;
    sessions::delete_of_user(transaction.conn(), &user.id).await?;
    devices::forget_of_user(transaction.conn(), &user.id).await?;
    for member in members::of_user(transaction.conn(), &user.id).await? {
        let operator = Actor::job(member.organization, "operator");
        let target = Target { kind: "member", id: member.id.to_string(), name: user.name.clone() };
        audit::record(app, &mut transaction, (&operator).into(), AuditEvent::done("second_factor.taken_away", target, Vec::new())).await?;
    }
    let what = "Whoever runs this server took your second step away. Your password alone signs you in now; set up a new second step soon.";
    tell(app, &mut transaction, &user, "Your second step was taken away", what).await?;
    transaction.commit().await?;
    Ok(true)
}
