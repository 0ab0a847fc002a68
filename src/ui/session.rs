//! Who a browser's session belongs to.

use tower_sessions::Session;
use tower_sessions::session::Error;

use crate::services::SignedIn;

/// Gives the session a new id and the person.
///
/// # Errors
/// When the session cannot be stored; nobody is signed in then.
pub async fn begin(session: &Session, signed_in: &SignedIn) -> Result<(), Error> {
    session.flush().await?;
    session.insert("user", signed_in.user.as_str()).await?;
    session.insert("organization", signed_in.organization.as_str()).await
}

/// Ends the session everywhere.
///
/// # Errors
/// When the session cannot be removed.
pub async fn end(session: &Session) -> Result<(), Error> {
    session.flush().await
}
