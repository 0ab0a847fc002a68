//! How a connection is proven: requests, what counts as success, what an answer means.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer};

use crate::domain::CheckCode;

use super::{Pattern, Template};

/// One HTTP request.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// The method; GET unless said otherwise.
    #[serde(default)]
    pub method: Method,
    /// Appended to the base URL; begins with `/` or is empty.
    pub path: Template,
    /// Query parameters; one whose field is empty is left out.
    #[serde(default)]
    pub query: BTreeMap<String, Template>,
    /// A JSON body.
    pub json: Option<JsonTemplate>,
    /// A form body.
    pub form: Option<BTreeMap<String, Template>>,
    /// What counts as success.
    #[serde(default)]
    pub success: Success,
}

/// The methods a manifest may use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Method {
    /// GET.
    #[default]
    Get,
    /// POST.
    Post,
    /// DELETE; only to end a credential.
    Delete,
}

/// A JSON body whose texts are templates.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum JsonTemplate {
    /// A text, whose other braces stay.
    Text(#[serde(deserialize_with = "loose")] Template),
    /// A truth value.
    Bool(bool),
    /// A whole number.
    Number(i64),
    /// A list.
    List(Vec<JsonTemplate>),
    /// An object.
    Object(BTreeMap<String, JsonTemplate>),
}

fn loose<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Template, D::Error> {
    String::deserialize(deserializer).map(|text| Template::loose(&text))
}

impl JsonTemplate {
    /// Every template in it with its key, such as `json.user.name`.
    pub fn templates<'a>(&'a self, key: &str, found: &mut Vec<(String, &'a Template)>) {
        match self {
            Self::Text(template) => found.push((key.to_owned(), template)),
            Self::Bool(_) | Self::Number(_) => {}
            Self::List(items) => items.iter().enumerate().for_each(|(position, item)| item.templates(&format!("{key}[{position}]"), found)),
            Self::Object(members) => members.iter().for_each(|(name, member)| member.templates(&format!("{key}.{name}"), found)),
        }
    }
}

/// What counts as success: the status and the body together.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Success {
    /// The statuses; any of 200 to 299 when empty.
    #[serde(default)]
    pub statuses: Vec<u16>,
    /// Whether the body may be plain text instead of JSON.
    #[serde(default)]
    pub text: bool,
    /// What the JSON body must hold.
    #[serde(default)]
    pub require: Vec<Requirement>,
    /// JSON pointers at which nothing may stand, such as `/errors`.
    #[serde(default)]
    pub absent: Vec<String>,
}

/// Something the JSON body must hold.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Requirement {
    /// Where it stands (RFC 6901).
    pub pointer: String,
    /// Its value as text; any value but null when not given.
    pub equals: Option<String>,
}

/// What a refusal means. The first rule that fits counts; without one the status decides.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ErrorRule {
    /// The status; any when not given.
    pub status: Option<u16>,
    /// Where a text in the JSON body stands.
    pub pointer: Option<String>,
    /// What that text looks like as a whole.
    pub matches: Option<Pattern>,
    /// What it means.
    pub code: CheckCode,
}

/// How a connection is proven.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Check {
    /// Path of the request without a credential; the base URL itself when empty. Any HTTP answer counts.
    #[serde(default)]
    pub reach: String,
    /// The request that proves the credential; not needed after a login.
    pub authenticate: Option<Request>,
    /// What proves a credential that may not make the first request.
    pub fallback: Option<Fallback>,
    /// What refusals mean.
    #[serde(default)]
    pub errors: Vec<ErrorRule>,
    /// Where the provider's own words stand in a refusal; the first that has any counts.
    #[serde(default)]
    pub said: Vec<String>,
    /// What the credential may do.
    #[serde(default)]
    pub authorize: Authorize,
}

/// A second request that proves a credential which is good but may not make the first one.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fallback {
    /// Statuses of the first request that lead here.
    pub when: Vec<u16>,
    /// The second request.
    pub request: Request,
    /// Whose account it is then.
    pub identity: Identity,
    /// What the step says then.
    pub note: String,
}

/// What the credential may do.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Authorize {
    /// What the step says when no note fits.
    #[serde(default)]
    pub text: String,
    /// Where the answer that proves the credential lists its rights (RFC 6901): a list of texts, or one text separated by spaces or commas.
    pub granted: Option<String>,
    /// Requests that must be allowed.
    #[serde(default)]
    pub requests: Vec<Request>,
    /// What the look of a value tells; the first that fits counts.
    #[serde(default)]
    pub notes: Vec<AuthorizeNote>,
}

/// What the look of a value tells about rights.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuthorizeNote {
    /// The field, secret or not; its value is looked at, never shown.
    pub field: String,
    /// What it looks like as a whole.
    pub pattern: Pattern,
    /// What the step says.
    pub text: String,
}

/// Whose account a credential opens.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Identity {
    /// The provider's id of the account; the first source with a text counts. Empty when the provider does not tell.
    #[serde(default)]
    pub account_id: Vec<Source>,
    /// The account's name.
    pub account_name: Vec<Source>,
    /// More facts.
    #[serde(default)]
    pub facts: Vec<Fact>,
    /// Asked besides; its answer goes before the one that proves the credential, and a refusal is no failure.
    pub request: Option<Request>,
}

/// A labelled fact about an account.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fact {
    /// The label.
    pub label: String,
    /// Where it comes from.
    pub from: Vec<Source>,
}

/// Where a text comes from: `/id` is a JSON pointer into the answer, anything else a template.
#[derive(Clone, Debug, Deserialize)]
#[serde(from = "String")]
pub enum Source {
    /// A JSON pointer into the answer (RFC 6901).
    Pointer(String),
    /// A text filled from fields that are not secret.
    Template(Template),
}

impl From<String> for Source {
    fn from(text: String) -> Self {
        if text.starts_with('/') { Self::Pointer(text) } else { Self::Template(Template::new(&text)) }
    }
}
