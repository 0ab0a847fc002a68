//! The connectors of the marketplace.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// One tile of the marketplace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ConnectorSummary {
    /// The connector's id, such as `stripe`.
    pub id: String,
    /// The provider's name.
    pub name: String,
    /// Machine name of the category.
    pub category: String,
    /// Title of the category.
    pub category_title: String,
    /// Where it is used, such as `US`; `Global` for everywhere.
    pub regions: Vec<String>,
    /// One sentence: what can be read.
    pub summary: String,
    /// `ready` or `preview`.
    pub tier: String,
    /// How one signs in, in words, such as `Username and password`.
    pub sign_in: String,
    /// The kinds of signing in: `key`, `password`, `signed` or `none`.
    pub sign_in_kinds: Vec<String>,
    /// Symbol of the sprite (`b-stripe`), none for a monogram.
    pub glyph: Option<String>,
    /// How many connections this organization has to it.
    pub connected: usize,
    /// Whether the organization added it itself.
    pub own: bool,
}

/// A connector's own page and the frame of its wizard.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ConnectorView {
    /// The tile.
    pub summary: ConnectorSummary,
    /// What applications can read.
    pub reads: String,
    /// What applications can change; empty when nothing.
    pub changes: String,
    /// What Latchkey never does.
    pub never: String,
    /// What is stored and who can use it.
    pub stored: String,
    /// How long it takes and what one needs at hand.
    pub needs: String,
    /// How signing in works, step by step.
    pub sign_in_steps: Vec<GuideStep>,
    /// Where to find the credential, step by step.
    pub find_steps: Vec<String>,
    /// The provider's own guide.
    pub docs_url: String,
    /// What the secret is called: `password`, `secret key`.
    pub credential_noun: String,
    /// Advice beside the form, such as using a service account.
    pub advice: String,
    /// The form.
    pub fields: Vec<FieldView>,
    /// Whether the one-page connect exists for it.
    pub quick: bool,
    /// Names and ids of the connections to it that exist.
    pub connections: Vec<(String, String)>,
}

/// A titled paragraph of a guide.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct GuideStep {
    /// The headline.
    pub title: String,
    /// The paragraph.
    pub text: String,
}

/// One field of a connector's form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FieldView {
    /// The form key.
    pub id: String,
    /// The label.
    pub title: String,
    /// One sentence below the field.
    pub help: String,
    /// `text`, `secret`, `url`, `host`, `port`, `path`, `select`, `multiline` or `secret_multiline`.
    pub kind: String,
    /// Whether it must be filled in.
    pub required: bool,
    /// Whether it is sealed and never shown again.
    pub secret: bool,
    /// What it holds before anybody types.
    pub default: String,
    /// A pattern the value must match as a whole; empty for none.
    pub pattern: String,
    /// An example value.
    pub example: String,
    /// Deep link to where the value is found; empty for none.
    pub find_url: String,
    /// Text of that link.
    pub find_label: String,
    /// The choices of a `select`.
    pub options: Vec<SelectOption>,
    /// Shown only when field `.0` has one of the values `.1`.
    pub visible_when: Option<(String, Vec<String>)>,
}

/// One choice of a select.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SelectOption {
    /// The stored value.
    pub value: String,
    /// The text shown.
    pub title: String,
}
