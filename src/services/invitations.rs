//! Invitations: a letter with a link that works once, for seven days.

mod accept;
mod send;

pub use accept::{accept, accept_new, look, rejoin};
pub use send::{MOST, NewInvitation, invite, list, resend, withdraw};

/// How long a link works, in milliseconds.
const KEPT_MS: i64 = 7 * 24 * 60 * 60 * 1_000;
