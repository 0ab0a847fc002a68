//! Access that a person allows at a provider.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::Timestamp;
use crate::dto::{ConnectorView, OAuthAppChoice};

/// One permission of a receipt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PermissionView {
    /// The provider's name of it.
    pub id: String,
    /// What it is for.
    pub title: String,
    /// Whether it was granted.
    pub granted: bool,
    /// What is not possible without it; empty when it was granted.
    pub without: String,
}

/// What was asked for, what was granted, and what is not possible with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReceiptView {
    /// What was asked for, in the order of the connector.
    pub permissions: Vec<PermissionView>,
    /// What was granted besides.
    pub besides: Vec<String>,
    /// When a person allowed it.
    pub allowed_at: Timestamp,
    /// When the access token ends; none when it does not, as far as anybody says.
    pub expires_at: Option<Timestamp>,
    /// When the refresh token ends unless it is used; none when nobody says.
    pub refresh_ends_at: Option<Timestamp>,
}

/// Which app a draft goes by, where a person has to allow access.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppChoiceView {
    /// The organization's apps for the connector.
    pub apps: Vec<OAuthAppChoice>,
    /// The one that was chosen.
    pub chosen: Option<String>,
    /// Field and value under which it matters; none when it always does.
    pub when: Option<(String, String)>,
    /// Whether the viewer may add one.
    pub may_add: bool,
}

/// What a draft waits for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DraftWait {
    /// Nothing, or something else.
    #[default]
    Nothing,
    /// A person's consent at the provider.
    Consent,
    /// The choice of one of several accounts.
    Account,
}

/// The page before a person goes to a provider.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsentView {
    /// The draft; none while a connection is only about to be reconnected.
    pub draft: Option<String>,
    /// The connector.
    pub connector: ConnectorView,
    /// The connection that is reconnected: id, name and account.
    pub reconnects: Option<(String, String, String)>,
    /// What will be asked for: the provider's name, and what it is for.
    pub scopes: Vec<(String, String)>,
    /// The app that asks.
    pub app: Option<OAuthAppChoice>,
    /// The apps to choose from; empty where there is nothing to choose.
    pub apps: Vec<OAuthAppChoice>,
    /// Whether the viewer may add an app.
    pub may_add: bool,
    /// The host that the browser is sent to; empty while no app is chosen.
    pub host: String,
}

/// The accounts that a grant opens, to pick one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountPickView {
    /// The draft.
    pub draft: String,
    /// The connector.
    pub connector: ConnectorView,
    /// What one is called: `organisation`.
    pub noun: String,
    /// Their ids and names.
    pub accounts: Vec<(String, String)>,
    /// The one that the connection opened before.
    pub before: Option<String>,
    /// The connection that is reconnected: its id and name.
    pub reconnects: Option<(String, String)>,
}

/// Where to send a person to allow access.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StartedView {
    /// The address at the provider, good for ten minutes and one use.
    pub authorize_url: String,
    /// What comes back as `state`.
    pub state: String,
    /// The draft that waits for it: `drf_…`.
    pub draft: String,
}
