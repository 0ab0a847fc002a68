//! What a connector asks for.

use serde::Deserialize;

use super::{FilledBy, Pattern};

/// One field of a connector's form.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// The form key.
    pub id: String,
    /// The label.
    pub title: String,
    /// One sentence below the field.
    #[serde(default)]
    pub help: String,
    /// What kind of value it takes.
    pub kind: FieldKind,
    /// Whether it must be filled in while it is visible.
    #[serde(default)]
    pub required: bool,
    /// What it holds before anybody types, and what an empty entry means.
    #[serde(default)]
    pub default: String,
    /// What a value must look like as a whole.
    pub pattern: Option<Pattern>,
    /// An example value.
    #[serde(default)]
    pub example: String,
    /// Deep link to where the value is found; empty for none.
    #[serde(default)]
    pub find_url: String,
    /// Text of that link.
    #[serde(default)]
    pub find_label: String,
    /// The choices of a select.
    #[serde(default)]
    pub options: Vec<Choice>,
    /// The condition under which it is asked for.
    pub visible_when: Option<VisibleWhen>,
    /// What fills it after a person allowed access; such a field is never asked for.
    pub filled_by: Option<FilledBy>,
}

/// What kind of value a field takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldKind {
    /// One line.
    Text,
    /// One line that is sealed and never shown again.
    Secret,
    /// A web address that begins with `https://`.
    Url,
    /// A host name or an IP address, without scheme, port or path.
    Host,
    /// A number from 1 to 65535.
    Port,
    /// A path that begins with `/` and may have a query; it stands in the path of a request as it is.
    Path,
    /// One of the options.
    Select,
    /// Several lines.
    Multiline,
    /// Several lines that are sealed and never shown again.
    SecretMultiline,
}

impl FieldKind {
    /// The machine name, as pages and the API know it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Secret => "secret",
            Self::Url => "url",
            Self::Host => "host",
            Self::Port => "port",
            Self::Path => "path",
            Self::Select => "select",
            Self::Multiline => "multiline",
            Self::SecretMultiline => "secret_multiline",
        }
    }

    /// Whether the value is sealed and never shown again.
    pub const fn is_secret(self) -> bool {
        matches!(self, Self::Secret | Self::SecretMultiline)
    }
}

/// One choice of a select.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// The stored value.
    pub value: String,
    /// The text shown.
    pub title: String,
}

/// A field is asked for only when another one has one of these values.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VisibleWhen {
    /// The other field.
    pub field: String,
    /// Its values.
    pub values: Vec<String>,
}
