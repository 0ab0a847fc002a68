//! Signed-in sessions: how they begin, are kept, and end.

use serde::{Deserialize, Serialize};
use time::Duration;
use tower_sessions::cookie::SameSite;
use tower_sessions::{Expiry, Session, SessionManagerLayer};

use super::session_store::DatabaseSessions;
use crate::domain::{OrganizationId, Timestamp, UserId};
use crate::services::{App, ErrorCode, ServiceError, SignedIn};

/// The key of a session's data that says who is signed in.
pub(super) const WHO: &str = "who";

/// How long a message waits for somebody who is not signed in.
pub(super) const GUEST: Expiry = Expiry::OnInactivity(Duration::hours(1));

/// Who is signed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Who {
    pub user: UserId,
    pub organization: OrganizationId,
    /// Whether the person asked to stay signed in.
    pub keep: bool,
    /// When the person last proved who they are; in sessions from before this was kept, never.
    #[serde(default)]
    pub proven_at: Timestamp,
    /// When its end was last put off.
    pub renewed_at: Timestamp,
}

impl Who {
    /// How long the session lives without a request, in milliseconds: 12 hours, or 14 days when kept.
    pub const fn lifetime_ms(&self) -> i64 {
        if self.keep { 14 * 24 * 3_600_000 } else { 12 * 3_600_000 }
    }

    pub fn expiry(&self) -> Expiry {
        Expiry::OnInactivity(Duration::milliseconds(self.lifetime_ms()))
    }

    /// Whether a twentieth of its life is over, so that not every request writes.
    pub const fn is_due(&self, now: Timestamp) -> bool {
        now.since(self.renewed_at) > self.lifetime_ms() / 20
    }
}

/// The name of the session cookie.
pub(super) const fn cookie_name(secure: bool) -> &'static str {
    if secure { "__Host-latchkey" } else { "latchkey" }
}

pub(super) fn layer(app: &App, secure: bool) -> SessionManagerLayer<DatabaseSessions> {
    SessionManagerLayer::new(DatabaseSessions::new(app.database.clone(), app.clock.clone()))
        .with_name(cookie_name(secure))
        .with_secure(secure)
        .with_http_only(true)
        .with_same_site(SameSite::Lax)
        .with_path("/")
        .with_expiry(Expiry::OnInactivity(Duration::hours(12)))
}

/// Signs the browser in: everything it held is dropped and it gets a new id. `keep` makes it last 14 days without use instead of 12 hours.
///
/// # Errors
/// `StorageUnavailable` when the database does not answer.
pub async fn begin(app: &App, session: &Session, signed_in: &SignedIn, keep: bool) -> Result<(), ServiceError> {
    let now = app.clock.now();
    let who = Who { user: signed_in.user.clone(), organization: signed_in.organization.clone(), keep, proven_at: now, renewed_at: now };
    session.clear().await;
    session.cycle_id().await.map_err(unavailable)?;
    session.set_expiry(Some(who.expiry()));
    session.insert(WHO, who).await.map_err(unavailable)
}

/// Notes that the person who is signed in has just proven it once more; the session gets a new id and keeps what it holds.
///
/// # Errors
/// `SignInRequired` when nobody is signed in; `StorageUnavailable` when the database does not answer.
pub async fn prove(app: &App, session: &Session) -> Result<(), ServiceError> {
    let who = session.get::<Who>(WHO).await.map_err(unavailable)?.ok_or_else(|| ServiceError::of(ErrorCode::SignInRequired))?;
    session.cycle_id().await.map_err(unavailable)?;
    session.insert(WHO, Who { proven_at: app.clock.now(), ..who }).await.map_err(unavailable)
}

/// Signs the browser out: the session is gone at once.
///
/// # Errors
/// `StorageUnavailable` when the database does not answer.
pub async fn end(session: &Session) -> Result<(), ServiceError> {
    session.flush().await.map_err(unavailable)
}

/// A session store that failed.
pub(super) fn unavailable(cause: tower_sessions::session::Error) -> ServiceError {
    ServiceError::of(ErrorCode::StorageUnavailable).saying("Latchkey cannot reach its database. Nothing was saved. Try again in a minute.").caused_by(cause)
}
