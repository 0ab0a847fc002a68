//! Signed-in sessions: how they begin, are kept, and end.

use serde::{Deserialize, Serialize};
use time::Duration;
use tower_sessions::cookie::SameSite;
use tower_sessions::{Expiry, Session, SessionManagerLayer};

use super::session_store::DatabaseSessions;
use crate::domain::{OrganizationId, Random, SessionId, Timestamp, UserId};
use crate::services::sign_in::Pending;
use crate::services::{App, ErrorCode, ServiceError, SignedIn};
use crate::vault::Token;

/// The key of a session's data that says who is signed in.
pub(super) const WHO: &str = "who";

/// The key of a session's data that says who has half signed in.
pub(super) const HALF: &str = "half";

/// The key under which a loaded session says when its use was last noted.
pub(super) const SEEN: &str = "seen";

/// How long a message waits for somebody who is not signed in.
pub(super) const GUEST: Expiry = Expiry::OnInactivity(Duration::hours(1));

/// Who is signed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Who {
    pub user: UserId,
    pub organization: OrganizationId,
    /// What pages and the API call the session; none in sessions from before this was kept.
    #[serde(default)]
    pub id: Option<SessionId>,
    /// Whether the person asked to stay signed in.
    pub keep: bool,
    /// When the person signed in.
    #[serde(default)]
    pub since: Timestamp,
    /// Where the person signed in from.
    #[serde(default)]
    pub address: String,
    /// What the browser or program called itself then.
    #[serde(default)]
    pub user_agent: String,
    /// Whether the person has just signed in, so that the browser is to be known from now on.
    #[serde(default)]
    pub is_new: bool,
    /// When the person last proved who they are; in sessions from before this was kept, never.
    #[serde(default)]
    pub proven_at: Timestamp,
    /// Whether only the organization's own provider vouched for the person.
    #[serde(default)]
    pub confined: bool,
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
    let who = Who {
        user: signed_in.user.clone(),
        organization: signed_in.organization.clone(),
        id: Some(SessionId::generate(app.clock.as_ref(), app.random.as_ref())),
        keep,
        since: now,
        address: String::new(),
        user_agent: String::new(),
        is_new: true,
        proven_at: now,
        confined: signed_in.confined,
        renewed_at: now,
    };
    session.clear().await;
    session.cycle_id().await.map_err(unavailable)?;
    session.set_expiry(Some(who.expiry()));
    session.insert(WHO, who).await.map_err(unavailable)
}

/// Somebody who took the first of two steps, and what they want afterwards.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Half {
    /// Who, how and when.
    pub pending: Pending,
    /// Whether the person asked to stay signed in.
    pub keep: bool,
    /// Where to go afterwards: a path of this site.
    pub next: String,
}

/// Notes that somebody has half signed in: everything the browser held is dropped and it gets a new id, but nobody is signed in.
///
/// # Errors
/// `StorageUnavailable` when the database does not answer.
pub async fn begin_half(session: &Session, half: Half) -> Result<(), ServiceError> {
    session.clear().await;
    session.cycle_id().await.map_err(unavailable)?;
    session.set_expiry(Some(GUEST));
    session.insert(HALF, half).await.map_err(unavailable)
}

/// Who has half signed in, if anybody.
///
/// # Errors
/// `StorageUnavailable` when the database does not answer.
pub async fn half(session: &Session) -> Result<Option<Half>, ServiceError> {
    session.get(HALF).await.map_err(unavailable)
}

/// Notes that the person has just proven who they are, by `own_means` or by the word of a provider; the session gets a new id, and the old one opens
/// nothing.
///
/// # Errors
/// `StorageUnavailable` when the database does not answer; `SignInRequired` when nobody is signed in.
pub async fn prove(app: &App, session: &Session, own_means: bool) -> Result<(), ServiceError> {
    let who = session.get::<Who>(WHO).await.map_err(unavailable)?.ok_or_else(|| ServiceError::of(ErrorCode::SignInRequired))?;
    session.cycle_id().await.map_err(unavailable)?;
    session.set_expiry(Some(who.expiry()));
    let now = app.clock.now();
    session.insert(WHO, Who { proven_at: now, renewed_at: now, confined: who.confined && !own_means, ..who }).await.map_err(unavailable)
}

/// What pages and the API call the session of this browser; none when nobody is signed in.
///
/// # Errors
/// `StorageUnavailable` when the database does not answer.
pub async fn current(session: &Session) -> Result<Option<SessionId>, ServiceError> {
    Ok(session.get::<Who>(WHO).await.map_err(unavailable)?.and_then(|who| who.id))
}

/// What ties attempts at a provider to this browser's session, under a key of its own for each purpose; made when there is none.
///
/// # Errors
/// `StorageUnavailable` when the database does not answer.
pub async fn binding(session: &Session, purpose: &str, random: &dyn Random) -> Result<String, ServiceError> {
    if let Some(known) = session.get::<String>(purpose).await.map_err(unavailable)? {
        return Ok(known);
    }
    let fresh = Token::generate(random).expose().clone();
    session.insert(purpose, &fresh).await.map_err(unavailable)?;
    Ok(fresh)
}

/// What ties attempts for connections to this browser's session.
pub const CONNECTING: &str = "connecting";

/// Goes on in another organization of the same person, under a new id; the caller has seen to it that there is a membership.
///
/// # Errors
/// `StorageUnavailable` when the database does not answer.
pub async fn switch(session: &Session, organization: &OrganizationId) -> Result<(), ServiceError> {
    let Some(who) = session.get::<Who>(WHO).await.map_err(unavailable)? else { return Err(ServiceError::of(ErrorCode::SignInRequired)) };
    session.cycle_id().await.map_err(unavailable)?;
    session.insert(WHO, Who { organization: organization.clone(), ..who }).await.map_err(unavailable)
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
