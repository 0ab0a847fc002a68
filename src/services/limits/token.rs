//! Tokens and keys that do not work: counted against the address, noted in the log, but neither without end.

use super::{PER_ADDRESS, WINDOW, network};
use crate::domain::{Actor, ActorKind, OrganizationId, Visitor};
use crate::services::audit::{self, AuditEvent, Fact, Target, text_mac};
use crate::services::{App, ErrorCode, ServiceError};
use crate::store::api_keys::ApiKeyRow;
use crate::store::rate_limits;

/// How many refusals of one key are noted per window.
const NOTED_PER_KEY: i64 = 10;

/// What did not work.
#[derive(Clone, Copy, Debug)]
pub enum Failures<'a> {
    /// A token or a key that nobody knows; the first of an address and window is noted.
    Unknown,
    /// A key that there is or was.
    Known {
        /// The key.
        key: &'a ApiKeyRow,
        /// Why it does not work: `secret`, `ended`, `expired`, `off` or `maker_gone`.
        why: &'static str,
    },
}

/// Counts and notes what did not work, and gives the answer to it: `TokenInvalid`, or `SlowDown` after too many of one address.
/// What does work is never held up by it, so that nobody can lock out a program by guessing beside it.
pub async fn refuse(app: &App, visitor: &Visitor, failure: Failures<'_>) -> Result<ServiceError, ServiceError> {
    let now = app.now();
    let bucket = text_mac(&app.audit_key, "token.address", &network(visitor.address));
    let usage = rate_limits::peek(app.database.read().await?.conn(), &bucket, now).await?;
    if let Some(usage) = usage.filter(|usage| usage.used >= PER_ADDRESS) {
        return Ok(ServiceError::slow_down(usage.window_ends_at));
    }
    let mut transaction = app.database.begin().await?;
    let usage = rate_limits::take(transaction.conn(), &bucket, now, WINDOW).await?;
    match failure {
        Failures::Unknown if usage.used == 1 => {
            audit::record(app, &mut transaction, visitor.into(), AuditEvent::refused("token.refused", Target::default(), Vec::new())).await?;
        }
        Failures::Unknown => {}
        Failures::Known { key, why } => {
            let of_key = text_mac(&app.audit_key, "token.key", key.id.as_str());
            if rate_limits::take(transaction.conn(), &of_key, now, WINDOW).await?.used <= NOTED_PER_KEY {
                let target = Target { kind: "api_key", id: key.id.to_string(), name: key.name.clone() };
                let event = AuditEvent::refused("api_key.refused", target, vec![Fact::Code(why.to_owned())]);
                audit::record(app, &mut transaction, (&somebody(&key.organization, visitor)).into(), event).await?;
            }
        }
    }
    transaction.commit().await?;
    Ok(ServiceError::of(ErrorCode::TokenInvalid))
}

/// Latchkey itself, where a request came from: for what was done with a token by who knows whom.
pub fn somebody(organization: &OrganizationId, visitor: &Visitor) -> Actor {
    Actor {
        organization: organization.clone(),
        kind: ActorKind::Job("tokens"),
        only: None,
        address: Some(visitor.address),
        user_agent: visitor.user_agent.clone(),
        request_id: visitor.request_id.clone(),
    }
}
