//! Apps that an organization registered with providers.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{FieldView, Named};
use crate::domain::Timestamp;

/// An app in the list; never a secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OAuthAppLine {
    /// `oap_…`.
    pub id: String,
    /// The connector's id.
    pub connector: String,
    /// The provider's name.
    pub connector_name: String,
    /// Symbol of the sprite; none for a monogram.
    pub glyph: Option<String>,
    /// What people call it.
    pub label: String,
    /// Its id at the provider.
    pub client_id: String,
    /// Its further fields that are no secret, by id.
    pub fields: BTreeMap<String, String>,
    /// The last characters of the client secret; empty when it is too short to tell any.
    pub secret_hint: String,
    /// When the client secret ends, as somebody entered it.
    pub secret_ends_at: Option<Timestamp>,
    /// The address to register at the provider, character by character.
    pub redirect_uri: String,
    /// How many connections use it.
    pub connections: usize,
    /// When it was added.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// Counts changes; the `ETag`.
    pub version: i64,
}

/// An app with the connections that use it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OAuthAppView {
    /// The app.
    #[serde(flatten)]
    pub line: OAuthAppLine,
    /// The connections that use it, by name; somebody else's own goes by its owner.
    pub used_by: Vec<Named>,
}

/// What a provider said of an app's secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SecretProof {
    /// Whether the provider takes the secret; otherwise it did not tell.
    pub proven: bool,
    /// Why it did not tell, as a stable code; empty when it did.
    pub code: String,
}

/// The page of all apps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OAuthAppsView {
    /// By connector and label.
    pub apps: Vec<OAuthAppLine>,
    /// The present.
    pub now: Timestamp,
}

/// What is asked of an app of one connector, and how one is registered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OAuthAppForm {
    /// The connector's id.
    pub connector: String,
    /// The provider's name.
    pub connector_name: String,
    /// Symbol of the sprite; none for a monogram.
    pub glyph: Option<String>,
    /// The fields, the id at the provider first.
    pub fields: Vec<FieldView>,
    /// Where an app is registered; empty when nobody says.
    pub register_url: String,
    /// What to do there, step by step.
    pub steps: Vec<String>,
    /// The address to register there.
    pub redirect_uri: String,
    /// When a secret made now ends, where the provider limits it.
    pub usual_end: Option<Timestamp>,
    /// What protects the way back from the provider where it does not take PKCE; none where it does.
    pub without_pkce: Option<String>,
    /// The present.
    pub now: Timestamp,
}

/// The page of one app.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OAuthAppPage {
    /// The app.
    pub app: OAuthAppView,
    /// What is asked of it; none when its connector is gone.
    pub form: Option<OAuthAppForm>,
    /// The present.
    pub now: Timestamp,
}

/// A connector that an app can be registered for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OAuthAppOffer {
    /// The connector's id.
    pub id: String,
    /// The provider's name.
    pub name: String,
    /// Symbol of the sprite; none for a monogram.
    pub glyph: Option<String>,
    /// How many apps there are for it.
    pub apps: usize,
}

/// An app that somebody may choose to connect by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OAuthAppChoice {
    /// `oap_…`.
    pub id: String,
    /// What people call it.
    pub label: String,
}

/// How one thing about the addresses to come back to is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RedirectState {
    /// As it must be.
    Passed,
    /// Not as it must be.
    Failed,
    /// This request does not tell.
    Unknown,
}

/// One thing about the addresses to come back to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RedirectFinding {
    /// `same_address`, `proxy`, `secure` or `plain`.
    pub check: String,
    /// What must be.
    pub title: String,
    /// How it is.
    pub state: RedirectState,
    /// That in a sentence, with what to change.
    pub sentence: String,
    /// The setting to change, such as `server.public_url`; empty when none.
    pub setting: String,
}

/// Whether providers can lead browsers back here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RedirectDoctor {
    /// The address to register, with `{connector}` in place of the connector's id.
    pub redirect_uri: String,
    /// The setting `server.public_url`, which is its first part.
    pub public_url: String,
    /// What was looked at.
    pub findings: Vec<RedirectFinding>,
}
