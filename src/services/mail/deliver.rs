//! One letter after the other leaves the database.

use crate::domain::Timestamp;
use crate::egress::{OutgoingLetter, Post, PostError};
use crate::services::audit::{self, AuditEvent, Fact, Target, Who};
use crate::services::mail::binding;
use crate::services::{App, ServiceError};
use crate::store::letters::{self, ClaimedLetter};
use crate::vault::Secret;

/// How long a claimed letter is left to the node that claimed it, in milliseconds; longer than sending takes.
const CLAIMED_MS: i64 = 2 * MINUTE;
const MINUTE: i64 = 60_000;
/// Waiting times after the first tries; the last one stays.
const WAITS: [i64; 5] = [MINUTE, 5 * MINUTE, 15 * MINUTE, 60 * MINUTE, 4 * 60 * MINUTE];
/// How old a letter may get, in milliseconds: what it says has ended by then.
const GIVEN_UP_MS: i64 = 3 * 24 * 60 * MINUTE;

/// What became of the letter that was due longest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// There is none.
    NoneDue,
    /// It is sent.
    Sent,
    /// It is tried again later.
    PutOff,
    /// It is not tried again.
    GivenUp,
}

/// Sends the letter that is due longest.
///
/// # Errors
/// [`ServiceError`] when the database does not answer; a letter that was sent may then be sent again.
pub async fn deliver_next(app: &App, post: &Post) -> Result<Delivery, ServiceError> {
    let now = app.now();
    let mut transaction = app.database.begin().await?;
    let claimed = letters::claim(transaction.conn(), now, now.plus_millis(CLAIMED_MS)).await?;
    transaction.commit().await?;
    let Some(claimed) = claimed else { return Ok(Delivery::NoneDue) };
    match send(app, post, &claimed).await {
        Ok(()) => {
            let mut transaction = app.database.begin().await?;
            letters::remove(transaction.conn(), &claimed.row.id, claimed.generation).await?;
            transaction.commit().await?;
            Ok(Delivery::Sent)
        }
        Err(failure) => settle(app, &claimed, &failure, now).await,
    }
}

enum Failure {
    Unreadable,
    Post(PostError),
}

async fn send(app: &App, post: &Post, claimed: &ClaimedLetter) -> Result<(), Failure> {
    let row = &claimed.row;
    let opened = app.keyring.open(&binding(&row.id), &row.sealed).map_err(|_| Failure::Unreadable)?;
    let text = String::from_utf8(opened.expose().clone()).map(Secret::new).map_err(|_| Failure::Unreadable)?;
    let letter = OutgoingLetter { id: row.id.as_str(), to: &row.recipient, subject: &row.subject, text: &text, at: row.created_at };
    post.send(&letter).await.map_err(Failure::Post)
}

async fn settle(app: &App, claimed: &ClaimedLetter, failure: &Failure, now: Timestamp) -> Result<Delivery, ServiceError> {
    let row = &claimed.row;
    let (code, words) = match failure {
        Failure::Unreadable => ("secret_unreadable", "its text cannot be opened".to_owned()),
        Failure::Post(error) => (error.code(), error.to_string()),
    };
    let mut transaction = app.database.begin().await?;
    let hopeless = matches!(failure, Failure::Post(PostError::Unsendable)) || now.since(row.created_at) >= GIVEN_UP_MS;
    if hopeless {
        if letters::remove(transaction.conn(), &row.id, claimed.generation).await? {
            let target = Target { kind: "letter", id: row.id.to_string(), name: row.subject.clone() };
            let event = AuditEvent::refused("letter.given_up", target, vec![Fact::Code(code.to_owned())]);
            audit::record(app, &mut transaction, Who::Latchkey, event).await?;
        }
        transaction.commit().await?;
        tracing::error!(letter = %row.id, tries = claimed.tries, reason = words, "a letter is given up");
        return Ok(Delivery::GivenUp);
    }
    let place = usize::try_from(claimed.tries - 1).unwrap_or_default().min(WAITS.len() - 1);
    letters::put_off(transaction.conn(), &row.id, claimed.generation, now.plus_millis(WAITS[place])).await?;
    transaction.commit().await?;
    tracing::warn!(letter = %row.id, tries = claimed.tries, reason = words, "a letter did not go out; it is tried again");
    Ok(Delivery::PutOff)
}
