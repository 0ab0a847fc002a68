//! The credential of a saved connection: its versions, and the change from one to the next.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::Timestamp;
use crate::dto::{CheckView, ConnectorView, IdentityView};

/// One version of a credential; never its value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CredentialVersionView {
    /// From 1.
    pub version: i64,
    /// Whether it is the one in use.
    pub active: bool,
    /// When it was entered.
    pub created_at: Timestamp,
    /// Who entered it.
    pub created_by: String,
    /// When it was last put in use.
    pub activated_at: Timestamp,
    /// Who put it in use.
    pub activated_by: String,
    /// The account that it opens.
    pub account_name: String,
    /// Where it may be sent.
    pub host: String,
}

/// How many permissions were granted of those that were asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GrantedCount {
    /// The provider's names of those that were granted.
    pub granted: Vec<String>,
    /// How many were asked for.
    pub asked: usize,
}

/// What a person has to decide before a proven credential is used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CredentialDecision {
    /// The account in use until now.
    pub before: IdentityView,
    /// Where the credential in use may be sent.
    pub before_host: String,
    /// The account that the new credential opens.
    pub after: IdentityView,
    /// Where the new credential may be sent.
    pub after_host: String,
    /// Who allowed access until now, and who allows it from now on; none where nobody had to.
    pub allowed_by: Option<(String, String)>,
    /// How many of the permissions that are asked for were granted until now (none where nobody was asked), and now; none where there are none.
    pub permissions: Option<(Option<GrantedCount>, GrantedCount)>,
    /// Whether these are two accounts.
    pub other_account: bool,
    /// Who changed the credential since the entries were typed, and when.
    pub changed: Option<(String, Timestamp)>,
    /// The version in use; a decision names it, so that it is not made about another one.
    pub version: i64,
}

/// The change of a credential, as its pages show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CredentialEditView {
    /// The time this was put together.
    pub now: Timestamp,
    /// `con_…`.
    pub connection: String,
    /// The connection's name.
    pub name: String,
    /// The connector.
    pub connector: ConnectorView,
    /// What was typed or is stored, secrets left out.
    pub values: BTreeMap<String, String>,
    /// What is wrong with which field.
    pub errors: BTreeMap<String, String>,
    /// Secret fields that hold something already.
    pub kept: Vec<String>,
    /// Where the credential will be sent.
    pub destination: String,
    /// The draft: `drf_…`; none before anything was typed.
    pub draft: Option<String>,
    /// Until when the entries are kept.
    pub kept_until: Option<Timestamp>,
    /// The check of what was typed.
    pub check: Option<CheckView>,
    /// What has to be decided.
    pub decision: Option<CredentialDecision>,
    /// Whether the last change is done.
    pub done: bool,
    /// Whether the version before the one in use is kept.
    pub keeps_before: bool,
    /// Whether a person always has to allow access at the provider, so that there is nothing to type.
    pub consents: bool,
}

/// A credential that was replaced.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReplacedView {
    /// The version in use now.
    pub version: i64,
    /// Whose account it opens.
    pub identity: IdentityView,
    /// The check that proved it.
    pub check: CheckView,
    /// What people have changed of the connection, and its row's version: its state, for the next change.
    #[serde(skip)]
    pub state: (i64, i64),
}

/// An earlier version that is in use again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RestoredView {
    /// The version in use now.
    pub version: i64,
    /// Whose account it opens.
    pub identity: IdentityView,
    /// The check that followed; none when it could not be run.
    pub check: Option<CheckView>,
    /// What people have changed of the connection, and its row's version: its state, for the next change.
    #[serde(skip)]
    pub state: (i64, i64),
}

/// Reads of a connection's credential by one key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CredentialUse {
    /// The program: `app_…`.
    pub application: String,
    /// What it is called now.
    pub application_name: String,
    /// The key: `key_…`.
    pub key: String,
    /// What the key is called; empty when it is gone.
    pub key_name: String,
    /// When it last read.
    pub last_at: Timestamp,
    /// From where.
    pub address: String,
    /// What the program called itself.
    pub user_agent: String,
    /// How often in the last 7 days, today among them (UTC).
    pub reads_7_days: u64,
    /// How often in the last 30 days.
    pub reads_30_days: u64,
}
