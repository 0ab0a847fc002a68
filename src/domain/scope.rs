//! What a program's key may be used for.

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Action, Reach, Role, reach};

/// One thing that a program's key may be used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
pub enum Scope {
    /// See connections, how they are and what can be connected.
    #[serde(rename = "connections:read")]
    ConnectionsRead,
    /// Connect, test, edit and disconnect.
    #[serde(rename = "connections:write")]
    ConnectionsWrite,
    /// Read the whole credential of a connection.
    #[serde(rename = "credentials:read")]
    CredentialsRead,
    /// Read a token that ends by itself.
    #[serde(rename = "credentials:token")]
    CredentialsToken,
    /// Call a provider through Latchkey, without seeing the credential.
    #[serde(rename = "proxy")]
    Proxy,
    /// Read the audit log.
    #[serde(rename = "audit:read")]
    AuditRead,
    /// See who belongs to the organization.
    #[serde(rename = "members:read")]
    MembersRead,
}

/// The text names no scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownScope;

impl fmt::Display for UnknownScope {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("not a scope")
    }
}

impl std::error::Error for UnknownScope {}

impl Scope {
    /// Every scope.
    pub const ALL: [Self; 7] =
        [Self::ConnectionsRead, Self::ConnectionsWrite, Self::CredentialsRead, Self::CredentialsToken, Self::Proxy, Self::AuditRead, Self::MembersRead];

    /// The name, as stored and sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ConnectionsRead => "connections:read",
            Self::ConnectionsWrite => "connections:write",
            Self::CredentialsRead => "credentials:read",
            Self::CredentialsToken => "credentials:token",
            Self::Proxy => "proxy",
            Self::AuditRead => "audit:read",
            Self::MembersRead => "members:read",
        }
    }

    /// Whether a key with this scope may do `action`, as far as its maker may.
    pub const fn allows(self, action: Action) -> bool {
        match self {
            Self::ConnectionsRead => matches!(action, Action::SeeConnections | Action::SeeConnectionDetails | Action::SeeMarketplace),
            Self::ConnectionsWrite => {
                matches!(
                    action,
                    Action::Connect | Action::TestConnection | Action::Preview | Action::ManageConnection | Action::ManageDates | Action::Disconnect
                )
            }
            Self::AuditRead => matches!(action, Action::SeeAudit),
            Self::MembersRead => matches!(action, Action::SeeMembers),
            Self::CredentialsRead | Self::CredentialsToken => matches!(action, Action::UseCredentials),
            Self::Proxy => false,
        }
    }

    /// Whether a member of this role may give it to a key: one whose role allows nothing of it may not.
    pub fn within(self, role: Role) -> bool {
        match self {
            Self::CredentialsRead => reach(role, Action::ManageOrganization) == Reach::Organization,
            Self::CredentialsToken | Self::Proxy => reach(role, Action::SeeConnectionDetails) != Reach::Nothing,
            Self::ConnectionsRead | Self::ConnectionsWrite | Self::AuditRead | Self::MembersRead => {
                Action::ALL.into_iter().any(|action| self.allows(action) && reach(role, action) != Reach::Nothing)
            }
        }
    }

    /// What it lets a program do, in words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::ConnectionsRead => "See connections, how they are, and what can be connected",
            Self::ConnectionsWrite => "Connect, test, edit and disconnect",
            Self::CredentialsRead => "Read a whole credential",
            Self::CredentialsToken => "Get a token that ends by itself",
            Self::Proxy => "Call a provider through Latchkey, without seeing the credential",
            Self::AuditRead => "Read the audit log",
            Self::MembersRead => "See who belongs to the organisation",
        }
    }

    /// Reads a name.
    ///
    /// # Errors
    /// [`UnknownScope`] for any other text.
    pub fn parse(text: &str) -> Result<Self, UnknownScope> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == text).ok_or(UnknownScope)
    }
}

/// A set of scopes; an empty one allows nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scopes(BTreeSet<Scope>);

impl Scopes {
    /// Reads names separated by spaces, as they are stored (RFC 6749 §3.3).
    ///
    /// # Errors
    /// [`UnknownScope`] when one of them is none.
    pub fn parse(text: &str) -> Result<Self, UnknownScope> {
        text.split_whitespace().map(Scope::parse).collect::<Result<BTreeSet<_>, _>>().map(Self)
    }

    /// Whether a key with these scopes may do `action`, as far as its maker may.
    pub fn allow(&self, action: Action) -> bool {
        self.0.iter().any(|scope| scope.allows(action))
    }

    /// Whether this scope is among them.
    pub fn contains(&self, scope: Scope) -> bool {
        self.0.contains(&scope)
    }

    /// The scopes, in order.
    pub fn iter(&self) -> impl Iterator<Item = Scope> {
        self.0.iter().copied()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromIterator<Scope> for Scopes {
    fn from_iter<I: IntoIterator<Item = Scope>>(scopes: I) -> Self {
        Self(scopes.into_iter().collect())
    }
}

impl fmt::Display for Scopes {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.0.iter().map(|scope| scope.as_str()).collect();
        formatter.write_str(&names.join(" "))
    }
}
