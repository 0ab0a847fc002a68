//! A person's own account: registering, confirming an address, another password, what others see of you.
//!
//! There is no account before its address is confirmed: a registration waits in a row of its own, so that registering twice, or for somebody else, changes
//! nothing that exists. Whoever is not signed in gets one answer for every address, after the same work.

mod forgot;
mod letters;
mod password;
mod profile;
mod register;
mod verify;

pub use forgot::{forgot, require_reset, reset};
pub use password::change_password;
pub use profile::{Edit, edit, view};
pub use register::{Registration, register, resend};
pub use verify::{Verified, verify, waiting};

use crate::domain::{UserId, Visitor};
use crate::services::audit::{self, AuditEvent, Fact, Target};
use crate::services::limits;
use crate::services::{App, ErrorCode, ServiceError};
use crate::store::{Transaction, account_links, sessions};

/// How long a link that confirms an address works, in milliseconds.
const VERIFY_MS: i64 = 3 * 24 * 3_600_000;
/// How long a link to choose a new password works, in milliseconds.
const RESET_MS: i64 = 3_600_000;

/// Ends everything that a person's old password has opened: sessions and links in letters.
async fn end_access(transaction: &mut Transaction, user: &UserId) -> Result<(), ServiceError> {
    sessions::delete_of_user(transaction.conn(), user).await?;
    account_links::delete_of_user(transaction.conn(), user).await?;
    Ok(())
}

/// Counts a letter that somebody asks for; nothing is counted, and the transaction is not to be committed, once there were too many.
async fn count_letter(app: &App, transaction: &mut Transaction, visitor: &Visitor, account: &str) -> Result<(), ServiceError> {
    limits::letter_asked(app, transaction, account, visitor.address).await?.map_or(Ok(()), |until| Err(ServiceError::slow_down(until)))
}

/// Records what a stranger did about an account, whether there is one or not.
async fn note(app: &App, transaction: &mut Transaction, visitor: &Visitor, account: &str, action: &'static str) -> Result<(), ServiceError> {
    let fact = Fact::EmailMac(limits::account_mac(app, account));
    audit::record(app, transaction, visitor.into(), AuditEvent::done(action, Target::default(), vec![fact])).await
}

/// Does what depends on whether there is an account, after the answer that does not tell.
fn afterwards(app: &App, work: impl Future<Output = Result<(), ServiceError>> + Send + 'static) {
    app.tasks.spawn(async move {
        if let Err(error) = work.await {
            tracing::error!(cause = error.cause.as_deref().map(tracing::field::display), "a letter could not be written");
        }
    });
}

/// The one answer to a link that does not work, whatever the reason; recorded, but not without end from one address.
async fn refuse_link(app: &App, visitor: &Visitor) -> Result<ServiceError, ServiceError> {
    let mut transaction = app.database.begin().await?;
    if let Some(until) = limits::refused_link(app, &mut transaction, "account_link.address", visitor.address).await? {
        return Ok(ServiceError::slow_down(until));
    }
    audit::record(app, &mut transaction, visitor.into(), AuditEvent::refused("account.link_refused", Target::default(), Vec::new())).await?;
    transaction.commit().await?;
    Ok(ServiceError::of(ErrorCode::LinkInvalid))
}
