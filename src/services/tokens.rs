//! Tokens of people who sign in from a program: short access tokens, and refresh tokens that are used once.
//!
//! All tokens of one sign-in are a family. A refresh token that comes a second time was copied, so the whole family ends.

mod bearer;
mod family;
mod refresh;
mod signing;

pub use bearer::{Recognised, recognise};
pub use family::{begin, end};
pub use refresh::refresh;
pub use signing::{rotate, signing_key};

use crate::domain::Timestamp;
use crate::services::App;
use crate::vault::{Accepted, Secret, Token};

/// How long a family lasts, in milliseconds.
const FAMILY_MS: i64 = 90 * 24 * 3_600_000;
/// How long a refresh token waits for its use, in milliseconds.
const IDLE_MS: i64 = 30 * 24 * 3_600_000;

/// A new pair of tokens, told once.
#[derive(Debug)]
pub struct Issued {
    /// When it was made.
    pub at: Timestamp,
    /// For calls.
    pub access: Secret<String>,
    /// When it ends.
    pub access_ends_at: Timestamp,
    /// For the next pair.
    pub refresh: Token,
    /// When it ends unless it is used.
    pub refresh_ends_at: Timestamp,
}

/// Whom our access tokens are for (RFC 9068 §3).
fn audience(app: &App) -> String {
    format!("{}/api/v1", app.settings.public_url)
}

/// The access tokens that are accepted now.
fn accepted<'a>(app: &'a App, audience: &'a str) -> Accepted<'a> {
    Accepted { issuer: &app.settings.public_url, audience, now: app.now() }
}
