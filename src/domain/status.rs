//! The life of a connection.

use std::fmt;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How a connection is. The machine name never reaches a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ConnectionStatus {
    /// Being set up.
    Pending,
    /// The last check passed.
    Active,
    /// Checks fail for a reason that a new sign-in does not mend.
    Error,
    /// The provider refused the credential.
    ReauthRequired,
    /// Turned off by a person; everything kept.
    Disabled,
    /// Disconnected by a person; the credential is destroyed.
    Revoked,
}

/// The state does not allow this change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidTransition {
    /// The state that refused.
    pub from: ConnectionStatus,
}

impl fmt::Display for InvalidTransition {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "not possible while {}", self.from.as_str())
    }
}

impl std::error::Error for InvalidTransition {}

/// The text names no status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownStatus;

impl fmt::Display for UnknownStatus {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("not a connection status")
    }
}

impl std::error::Error for UnknownStatus {}

impl ConnectionStatus {
    /// Every status.
    pub const ALL: [Self; 6] = [Self::Pending, Self::Active, Self::Error, Self::ReauthRequired, Self::Disabled, Self::Revoked];

    /// The machine name, as stored and sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Active => "active",
            Self::Error => "error",
            Self::ReauthRequired => "reauth_required",
            Self::Disabled => "disabled",
            Self::Revoked => "revoked",
        }
    }

    /// Reads a machine name.
    ///
    /// # Errors
    /// [`UnknownStatus`] for any other text.
    pub fn parse(text: &str) -> Result<Self, UnknownStatus> {
        Self::ALL.into_iter().find(|status| status.as_str() == text).ok_or(UnknownStatus)
    }

    /// Whether a person has to act before it works again.
    pub const fn needs_somebody(self) -> bool {
        matches!(self, Self::Error | Self::ReauthRequired)
    }

    /// Whether its credential may be used for a check.
    pub const fn may_be_checked(self) -> bool {
        matches!(self, Self::Pending | Self::Active | Self::Error | Self::ReauthRequired)
    }

    /// A check passed.
    ///
    /// # Errors
    /// [`InvalidTransition`] when turned off or disconnected.
    pub const fn check_passed(self) -> Result<Self, InvalidTransition> {
        if self.may_be_checked() { Ok(Self::Active) } else { Err(InvalidTransition { from: self }) }
    }

    /// A check failed; `credential_refused` when the provider turned the credential itself down.
    ///
    /// # Errors
    /// [`InvalidTransition`] when turned off or disconnected.
    pub const fn check_failed(self, credential_refused: bool) -> Result<Self, InvalidTransition> {
        if !self.may_be_checked() {
            return Err(InvalidTransition { from: self });
        }
        Ok(if credential_refused { Self::ReauthRequired } else { Self::Error })
    }

    /// A person turns it off; everything is kept.
    ///
    /// # Errors
    /// [`InvalidTransition`] when disconnected.
    pub const fn disable(self) -> Result<Self, InvalidTransition> {
        if matches!(self, Self::Revoked) { Err(InvalidTransition { from: self }) } else { Ok(Self::Disabled) }
    }

    /// A person turns it on: it is as its last check left it. `last_failure` is none when that passed, and else whether the credential was refused.
    ///
    /// # Errors
    /// [`InvalidTransition`] when disconnected.
    pub const fn enable(self, last_failure: Option<bool>) -> Result<Self, InvalidTransition> {
        match (self, last_failure) {
            (Self::Revoked, _) => Err(InvalidTransition { from: self }),
            (Self::Disabled, None) => Ok(Self::Active),
            (Self::Disabled, Some(true)) => Ok(Self::ReauthRequired),
            (Self::Disabled, Some(false)) => Ok(Self::Error),
            _ => Ok(self),
        }
    }

    /// A person disconnects; nothing leads back.
    ///
    /// # Errors
    /// [`InvalidTransition`] when already disconnected.
    pub const fn disconnect(self) -> Result<Self, InvalidTransition> {
        if matches!(self, Self::Revoked) { Err(InvalidTransition { from: self }) } else { Ok(Self::Revoked) }
    }
}
