//! Requests with an `Idempotency-Key`: done once however often they are sent.

use crate::domain::{Action, Actor};
use crate::services::audit::text_mac;
use crate::services::checking::detached;
use crate::services::{App, ErrorCode, ServiceError, access};
use crate::store::idempotency_keys::{self, KeyRow};

/// How long an answer is kept, in milliseconds.
const KEPT_MS: i64 = 24 * 60 * 60 * 1_000;
/// A request takes at most half of this, in milliseconds; one that began earlier and has no answer was cut off.
const ABANDONED_MS: i64 = 60_000;

/// Keyed MAC of a body: bodies hold secrets, and a plain digest of a weak one could be guessed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BodyMac(String);

impl BodyMac {
    /// The MAC of these bytes.
    pub fn of(app: &App, body: &[u8]) -> Self {
        Self(text_mac(&app.audit_key, "idempotency.body", &String::from_utf8_lossy(body)))
    }
}

/// What makes a request the same as another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    route: &'static str,
    key_mac: String,
    body: BodyMac,
}

impl Request {
    /// A request to `route` (method and path) with this key and this body.
    pub fn new(app: &App, route: &'static str, key: &str, body: BodyMac) -> Self {
        Self { route, key_mac: text_mac(&app.audit_key, "idempotency.key", key), body }
    }
}

/// An answer, made now or before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The body.
    pub body: String,
    /// Whether it was made by an earlier request.
    pub replayed: bool,
}

/// Does `work`, which needs `action`, unless the same request was done before; then its answer is given again. `work` must answer without secrets.
///
/// A refused request frees its key: nothing was done, so it can be mended and sent again.
///
/// # Errors
/// `Forbidden`; `Conflict` while the first request runs and when the key belongs to another request; what `work` refuses.
pub async fn run(
    app: &App,
    actor: &Actor,
    action: Action,
    request: Request,
    work: impl Future<Output = Result<String, ServiceError>> + Send + 'static,
) -> Result<Answer, ServiceError> {
    access::require_somewhere(actor, action)?;
    let now = app.now();
    let row = KeyRow {
        organization: actor.organization.clone(),
        member: access::member(actor)?.clone(),
        key_mac: request.key_mac,
        route: request.route.to_owned(),
        body_mac: request.body.0,
        answer: None,
        created_at: now,
        expires_at: now.plus_millis(KEPT_MS),
    };
    let mut transaction = app.database.begin().await?;
    let claimed = idempotency_keys::claim(transaction.conn(), &row, now.plus_millis(-ABANDONED_MS)).await?;
    let before = if claimed { None } else { idempotency_keys::find(transaction.conn(), &row.organization, &row.member, &row.key_mac).await? };
    transaction.commit().await?;
    if !claimed {
        return replay(&row, before);
    }
    let inner = app.clone();
    let body = detached(app, async move {
        let done = work.await;
        if let Err(failure) = conclude(&inner, &row, done.as_deref().ok()).await {
            // What was done stays done, so its answer is given; a repetition is told to wait and then done anew.
            tracing::warn!(cause = failure.cause.as_deref().map(tracing::field::display), "an answer could not be kept for its repetition");
        }
        done
    });
    Ok(Answer { body: Box::pin(body).await?, replayed: false })
}

async fn conclude(app: &App, row: &KeyRow, answer: Option<&str>) -> Result<(), ServiceError> {
    let mut transaction = app.database.begin().await?;
    match answer {
        Some(answer) => {
            idempotency_keys::keep(transaction.conn(), row, answer).await?;
        }
        None => idempotency_keys::release(transaction.conn(), row).await?,
    }
    transaction.commit().await?;
    Ok(())
}

fn replay(now: &KeyRow, before: Option<KeyRow>) -> Result<Answer, ServiceError> {
    let running = || ServiceError::conflict("The first request with this Idempotency-Key is still running. Send it again in a moment.");
    let Some(before) = before else { return Err(running()) };
    if before.route != now.route || before.body_mac != now.body_mac {
        let message = "This Idempotency-Key belongs to another request. Use a new key for a new request. Nothing was saved.";
        return Err(ServiceError::of(ErrorCode::Conflict).saying(message));
    }
    before.answer.map(|body| Answer { body, replayed: true }).ok_or_else(running)
}
