//! How tokens are renewed, and when.

use std::time::Duration;

use super::Timestamp;

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

const MINUTE_MS: i64 = 60_000;
/// The most that a token is renewed before its end, in milliseconds.
const MOST_AHEAD_MS: i64 = 30 * MINUTE_MS;
/// The first wait after a failure, in milliseconds; each further one is twice as long.
const FIRST_WAIT_MS: i64 = 15_000;
/// The longest wait after a failure, and the wait after a refusal that no waiting mends, in milliseconds.
const LONGEST_WAIT_MS: i64 = 15 * MINUTE_MS;
/// The longest wait that a provider is believed, in milliseconds.
const BELIEVED_WAIT_MS: i64 = 60 * MINUTE_MS;

/// When renewing a token is due: 30 minutes before its end, or a fifth of its lifetime when that is less, and up to a tenth of that earlier still, as
/// `fraction` (0 to 1) says, so that tokens of one moment are not renewed in one moment.
pub fn due_at(obtained: Timestamp, expires: Timestamp, fraction: f64) -> Timestamp {
    let lifetime = expires.since(obtained).max(0);
    let ahead = (lifetime / 5).min(MOST_AHEAD_MS);
    expires.plus_millis(-ahead - share(ahead / 10, fraction))
}

/// When renewing is due, also for the sake of a refresh token that ends when it is not used: a fifth of its time before that. None for never.
pub fn due_of_all(obtained: Timestamp, expires: Option<Timestamp>, refresh_ends: Option<Timestamp>, fraction: f64) -> Option<Timestamp> {
    let of_access = expires.map(|end| due_at(obtained, end, fraction));
    // The time from an allowance to its end shrinks with each renewal; a minute at least keeps the last ones apart.
    let of_refresh = refresh_ends.map(|end| obtained.plus_millis((end.since(obtained).max(0) / 5 * 4).max(MINUTE_MS)));
    of_access.into_iter().chain(of_refresh).min()
}

/// When a refresh token ends: as the provider said with it, or after so long without use, and in any case so long after a person allowed it (times in
/// milliseconds); none when nothing says.
pub fn refresh_ends_at(obtained: Timestamp, allowed: Timestamp, said: Option<Timestamp>, idle_ms: Option<i64>, lifetime_ms: Option<i64>) -> Option<Timestamp> {
    let unused = said.or(idle_ms.map(|idle| obtained.plus_millis(idle)));
    unused.into_iter().chain(lifetime_ms.map(|lifetime| allowed.plus_millis(lifetime))).min()
}

/// How long to wait after so many failures in a row, in milliseconds: twice as long each time, up to a quarter less as `fraction` says, and never less than
/// the provider asks for.
pub fn wait_after(failures: i64, asked_ms: Option<i64>, fraction: f64) -> i64 {
    let doublings = u32::try_from(failures.clamp(1, 20) - 1).unwrap_or_default();
    let wait = FIRST_WAIT_MS.saturating_mul(1_i64 << doublings).min(LONGEST_WAIT_MS);
    (wait - share(wait / 4, fraction)).max(asked_ms.unwrap_or(0).clamp(0, BELIEVED_WAIT_MS))
}

/// How long to wait after a refusal that time alone does not mend, in milliseconds.
pub const fn wait_after_refusal() -> i64 {
    LONGEST_WAIT_MS
}

/// So much of a number as `fraction` (0 to 1) says, in steps of a thousandth.
fn share(whole: i64, fraction: f64) -> i64 {
    let fraction = if fraction.is_finite() { fraction.clamp(0.0, 1.0) } else { 0.0 };
    let step = i64::try_from(Duration::from_secs_f64(fraction).as_millis()).unwrap_or_default();
    whole / 1_000 * step + whole % 1_000 * step / 1_000
}
