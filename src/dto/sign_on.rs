//! Single sign-on, as pages and the API show it.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::{Role, SignOnKind, Timestamp};

/// A domain of a provider.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SignOnDomain {
    /// The domain.
    pub domain: String,
    /// When it was proven; none before.
    pub verified_at: Option<Timestamp>,
    /// The name of the DNS record that proves it.
    pub record_name: String,
    /// What that TXT record must say.
    pub record_value: String,
}

/// A provider of an organization; never its secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SignOnProviderView {
    /// `sso_…`.
    pub id: String,
    /// How it is spoken to.
    pub kind: SignOnKind,
    /// What its button says.
    pub label: String,
    /// Its issuer.
    pub issuer: String,
    /// Who Latchkey is there.
    pub client_id: String,
    /// The address to register there, to lead back to.
    pub redirect_uri: String,
    /// Whether people may use it.
    pub enabled: bool,
    /// The role of people who join by it; none when nobody joins by themselves.
    pub join_role: Option<Role>,
    /// Whose addresses may use it.
    pub domains: Vec<SignOnDomain>,
    /// How many people are connected with it.
    pub people: i64,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// The page of an organization's providers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignOnView {
    /// Oldest first.
    pub providers: Vec<SignOnProviderView>,
    /// Where the organization's own sign-in page is.
    pub address: String,
    /// The present.
    pub now: Timestamp,
}

/// A provider that somebody may choose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignOnChoice {
    /// Its id, or its name in the configuration.
    pub provider: String,
    /// What its button says.
    pub label: String,
}

/// An organization's own sign-in page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignOnDoor {
    /// The organization's name.
    pub organization: String,
    /// What may be chosen, at least one.
    pub choices: Vec<SignOnChoice>,
}

/// An account at a provider that a person has connected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignOnIdentity {
    /// The provider.
    pub provider: String,
    /// What it is called; its issuer when it is gone.
    pub label: String,
    /// Whether it can be used now.
    pub usable: bool,
    /// The address there; may be empty.
    pub email: String,
    /// When connected.
    pub created_at: Timestamp,
    /// When last used.
    pub used_at: Timestamp,
}

/// How a person may sign in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MethodsView {
    /// Whether there is a password.
    pub password: bool,
    /// Accounts at providers.
    pub identities: Vec<SignOnIdentity>,
    /// Providers that can still be connected.
    pub choices: Vec<SignOnChoice>,
    /// Whether the one that is left may be disconnected.
    pub may_disconnect: bool,
    /// The present.
    pub now: Timestamp,
}
