//! Renewing because it is time.

use super::flight::Wish;
use super::flights::join;
use crate::services::{App, ServiceError};
use crate::store::grants::{self, Due};

/// How one due renewal ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Renewal {
    /// The provider handed out a token or said no, or somebody else is at it.
    Answered,
    /// The provider did not answer, or asked to wait.
    Later,
}

/// The connections whose tokens are due, longest due first and at most `limit`; none of these connectors.
///
/// # Errors
/// [`ServiceError`] when the database fails.
pub async fn due(app: &App, without: &[String], limit: i64) -> Result<Vec<Due>, ServiceError> {
    Ok(grants::due(app.database.read().await?.conn(), app.now(), without, limit).await?)
}

/// Renews one of them and waits for the end.
pub async fn renew_due(app: &App, due: &Due) -> Renewal {
    let landing = join(app, &due.organization, &due.connection, Wish::Due).await;
    if landing.later { Renewal::Later } else { Renewal::Answered }
}
