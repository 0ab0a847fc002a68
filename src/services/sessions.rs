//! The sessions of a person: where they are signed in, and how to end that.

use crate::domain::{Actor, SessionId};
use crate::dto::SessionView;
use crate::services::audit::{self, AuditEvent, Fact, Target};
use crate::services::words::device;
use crate::services::{App, ServiceError, access};
use crate::store::sessions::{self, SessionRow};

/// Where the person is signed in, last used first; `current` is the session that asks.
///
/// # Errors
/// `Forbidden` for programs.
pub async fn list(app: &App, actor: &Actor, current: Option<&SessionId>) -> Result<Vec<SessionView>, ServiceError> {
    let user = access::person(actor)?;
    let rows = sessions::list(app.database.read().await?.conn(), user, app.now()).await?;
    let mut views: Vec<SessionView> = rows.into_iter().filter_map(|row| view(row, current)).collect();
    views.sort_by_key(|view| !view.current);
    Ok(views)
}

fn view(row: SessionRow, current: Option<&SessionId>) -> Option<SessionView> {
    let id = row.id?;
    Some(SessionView {
        current: current == Some(&id),
        id: id.to_string(),
        device: device(&row.user_agent),
        address: row.address,
        created_at: row.created_at,
        seen_at: row.seen_at.max(row.created_at),
    })
}

/// Ends one session of the person, at once and on every node.
///
/// # Errors
/// `NotFound` for an id that is unknown, malformed or somebody else's.
pub async fn end(app: &App, actor: &Actor, id: &str) -> Result<(), ServiceError> {
    let user = access::person(actor)?;
    let id = SessionId::parse(id).map_err(|_| ServiceError::not_found())?;
    let mut transaction = app.database.begin().await?;
    let row = sessions::list(transaction.conn(), user, app.now()).await?.into_iter().find(|row| row.id.as_ref() == Some(&id));
    let row = row.ok_or_else(ServiceError::not_found)?;
    if !sessions::end(transaction.conn(), user, &id).await? {
        return Err(ServiceError::not_found());
    }
    let event = AuditEvent::done("session.ended", Target::session(&id, device(&row.user_agent)), vec![Fact::Ended(1)]);
    audit::record(app, &mut transaction, actor.into(), event).await?;
    transaction.commit().await?;
    Ok(())
}

/// Ends every session of the person but `current`; how many.
///
/// # Errors
/// `Forbidden` for programs.
pub async fn end_others(app: &App, actor: &Actor, current: Option<&SessionId>) -> Result<u64, ServiceError> {
    let user = access::person(actor)?;
    let mut transaction = app.database.begin().await?;
    let ended = match current {
        Some(current) => sessions::end_others(transaction.conn(), user, current).await?,
        None => sessions::delete_of_user(transaction.conn(), user).await?,
    };
    let event = AuditEvent::done("session.others_ended", Target::default(), vec![Fact::Ended(ended)]);
    audit::record(app, &mut transaction, actor.into(), event).await?;
    transaction.commit().await?;
    Ok(ended)
}
