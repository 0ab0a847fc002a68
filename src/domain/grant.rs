//! How tokens are renewed, and when.

use std::time::Duration;

use crate::domain::Timestamp;

/// The most that renewing is ahead of a token's end, in milliseconds.
const AHEAD_MS: i64 = 30 * 60 * 1_000;

/// How tokens are renewed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum GrantKind {
    /// A person allowed it; a refresh token renews it, where there is one (RFC 6749 §6).
    Code,
    /// The connection's own id and secret (RFC 6749 §4.4).
    ClientCredentials,
    /// An assertion that the connection's own key signs (RFC 7523).
    JwtBearer,
    /// A login with the connection's user name and password.
    Login,
}

impl GrantKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Code, Self::ClientCredentials, Self::JwtBearer, Self::Login];

    /// The machine name, as stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::ClientCredentials => "client_credentials",
            Self::JwtBearer => "jwt_bearer",
            Self::Login => "login",
        }
    }

    /// Reads a machine name; none for any other text.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// When renewing a token is due: half an hour before its end, or a fifth of its life where that is less, and up to a tenth of that span earlier: so much of
/// it as `fraction` says, from 0 to 1.
pub fn due_at(obtained: Timestamp, expires: Timestamp, fraction: f64) -> Timestamp {
    let span = (expires.since(obtained).max(0) / 5).min(AHEAD_MS);
    let share = if fraction.is_finite() { fraction.clamp(0.0, 1.0) / 10.0 } else { 0.0 };
    let jitter = Duration::from_millis(span.unsigned_abs()).mul_f64(share).as_millis();
    expires.plus_millis(-span.saturating_add(i64::try_from(jitter).unwrap_or_default()))
}
