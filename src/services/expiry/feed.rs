//! The expiry calendar for calendar programs, by an address that holds a token.

use super::eyes::Eyes;
use super::gather::gather;
use super::{DAY_MS, ical};
use crate::domain::{Action, Actor, MemberId, Timestamp};
use crate::services::audit::{self, AuditEvent, Target};
use crate::services::{App, ServiceError, access};
use crate::store::{expiry_feeds, members};
use crate::vault::{Token, TokenHash};

/// How long what has ended stays in it, in milliseconds.
const KEPT_MS: i64 = 90 * DAY_MS;

/// Whose calendar it is; programs have none.
fn owner(actor: &Actor) -> Result<&MemberId, ServiceError> {
    access::require(actor, Action::SeeConnections)?;
    access::person(actor)?;
    access::member(actor)
}

/// When the actor's address was made; none without one.
///
/// # Errors
/// `Forbidden` for programs.
pub async fn feed_made_at(app: &App, actor: &Actor) -> Result<Option<Timestamp>, ServiceError> {
    let member = owner(actor)?;
    Ok(expiry_feeds::made_at(app.database.read().await?.conn(), &actor.organization, member).await?)
}

/// Makes an address for the actor, told once; the one before works no longer.
///
/// # Errors
/// `Forbidden` for programs.
pub async fn make_feed(app: &App, actor: &Actor) -> Result<Token, ServiceError> {
    let member = owner(actor)?;
    let token = Token::generate(app.random.as_ref());
    let mut transaction = app.database.begin().await?;
    expiry_feeds::put(transaction.conn(), &actor.organization, member, token.hash().as_str(), app.now()).await?;
    audit::record(app, &mut transaction, actor.into(), AuditEvent::done("expiry.feed_made", Target::default(), Vec::new())).await?;
    transaction.commit().await?;
    Ok(token)
}

/// Withdraws the actor's address; nothing happens when there is none.
///
/// # Errors
/// `Forbidden` for programs.
pub async fn withdraw_feed(app: &App, actor: &Actor) -> Result<(), ServiceError> {
    let member = owner(actor)?;
    let mut transaction = app.database.begin().await?;
    if expiry_feeds::delete(transaction.conn(), &actor.organization, member).await? {
        audit::record(app, &mut transaction, actor.into(), AuditEvent::done("expiry.feed_withdrawn", Target::default(), Vec::new())).await?;
        transaction.commit().await?;
    }
    Ok(())
}

/// What ends, as far as the owner of the address may see it at this moment, as iCalendar (RFC 5545).
///
/// # Errors
/// `NotFound` for a token that is unknown or withdrawn, and when the membership has ended.
pub async fn calendar(app: &App, token: &str) -> Result<String, ServiceError> {
    let mut reader = app.database.read().await?;
    let found = expiry_feeds::presented(reader.conn(), TokenHash::of(token).as_str()).await?;
    let (organization, member) = found.ok_or_else(ServiceError::not_found)?;
    let person = members::find_active_member(reader.conn(), &organization, &member).await?.ok_or_else(ServiceError::not_found)?;
    drop(reader);
    let now = app.now();
    let mut found = gather(app, &organization, Timestamp::from_millis(i64::MAX)).await?;
    let eyes = Eyes::from(&person);
    found.retain(|ending| !ending.renews && now.since(ending.ends_at) < KEPT_MS && eyes.see(ending));
    Ok(ical::write(&found, &app.settings.public_url, now))
}
