//! What a person sees of how they sign in.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::Timestamp;

/// A place where the person is signed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SessionView {
    /// `ses_…`.
    pub id: String,
    /// The browser or program in words, as it calls itself.
    pub device: String,
    /// The address it was last used from; empty when it was not used yet.
    pub address: String,
    /// When the person signed in.
    pub created_at: Timestamp,
    /// When it was last used, give or take a minute.
    pub seen_at: Timestamp,
    /// Whether it is the session that asks.
    pub current: bool,
}

/// A passkey.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasskeyView {
    /// `pas_…`.
    pub id: String,
    /// What the person calls it.
    pub name: String,
    /// When it was added.
    pub created_at: Timestamp,
    /// When it was last used.
    pub used_at: Option<Timestamp>,
}

/// How a person signs in, and where they are signed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecurityView {
    /// Since when an authenticator app is asked for.
    pub app_on_since: Option<Timestamp>,
    /// How many recovery codes are left.
    pub codes_left: i64,
    /// The passkeys, oldest first.
    pub passkeys: Vec<PasskeyView>,
    /// Whether passkeys work at the address of this server.
    pub passkeys_possible: bool,
    /// Whether the organization asks for a second step that the person does not have.
    pub missing: bool,
    /// Whether the person proved within the last minutes who they are, so that sensitive changes are open.
    pub fresh: bool,
    /// Where the person is signed in.
    pub sessions: Vec<SessionView>,
    /// The present.
    pub now: Timestamp,
}

/// By what a person can confirm who they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProofView {
    /// By the password.
    pub by_password: bool,
    /// By a code of the authenticator app.
    pub by_app: bool,
    /// By a passkey.
    pub by_passkey: bool,
}
