//! A connector as its file describes it.

use std::collections::{BTreeMap, HashMap};

use serde::Deserialize;

use crate::domain::CheckCode;

use super::entries::is_asked;
use super::{Auth, Check, Field, Identity, OAuth, Revoke, Stream, Target, Template};

/// A connector as its file describes it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// The id, such as `stripe`; also the name of the file.
    pub id: String,
    /// The provider's name.
    pub name: String,
    /// What kind of service it is.
    pub category: Category,
    /// Where it is used, such as `US` or `Global`.
    pub regions: Vec<String>,
    /// One sentence: what can be read.
    pub summary: String,
    /// The provider's own guide; empty when there is none in public.
    #[serde(default)]
    pub docs_url: String,
    /// Whether its check is proven by a test.
    pub tier: Tier,
    /// Symbol of the sprite, such as `b-stripe`; a monogram without one.
    pub glyph: Option<String>,
    /// How one signs in, in words.
    pub sign_in: String,
    /// What the secret is called: `password`, `secret key`.
    pub credential_noun: String,
    /// Whether an organization has it once, so that one page is enough to connect it.
    #[serde(default)]
    pub quick: bool,
    /// What it is for and what one needs.
    pub about: About,
    /// How signing in works, step by step.
    pub sign_in_steps: Vec<Guide>,
    /// Where to find the credential, step by step.
    pub find_steps: Vec<String>,
    /// What is asked for.
    #[serde(default)]
    pub fields: Vec<Field>,
    /// What is spoken to.
    pub target: Target,
    /// How a request carries the credential.
    pub auth: Auth,
    /// How tokens are got, where a way of signing in is OAuth.
    pub oauth: Option<OAuth>,
    /// How a connection is proven; databases have an adapter instead.
    pub check: Option<Check>,
    /// Whose account it is; databases have an adapter instead.
    pub identity: Option<Identity>,
    /// What can be looked at after connecting; the first is the sample of the check.
    #[serde(default)]
    pub streams: Vec<Stream>,
    /// How the provider is made to forget the credential.
    pub revoke: Option<Revoke>,
    /// Words for one reason of failure that say more than the general ones.
    #[serde(default)]
    pub words: HashMap<CheckCode, Words>,
    /// What variables of other programs are called that hold a field, besides the usual name.
    #[serde(default)]
    pub import: BTreeMap<String, Vec<String>>,
    /// Whether an organization added it itself; no file says so.
    #[serde(skip)]
    pub own: bool,
}

/// What a connector is for and what one needs.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct About {
    /// What applications can read.
    pub reads: String,
    /// What applications can change; empty when nothing.
    #[serde(default)]
    pub changes: String,
    /// What Latchkey never does.
    pub never: String,
    /// What is stored and who can use it.
    pub stored: String,
    /// How long it takes and what one needs at hand.
    pub needs: String,
    /// Advice beside the form.
    #[serde(default)]
    pub advice: String,
}

/// A titled paragraph of a guide.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Guide {
    /// The headline.
    pub title: String,
    /// The paragraph.
    pub text: String,
}

/// Words for one reason of failure; what is not given is said in general words. Templates may name fields that are not secret,
/// `{provider}`, `{destination}` and `{credential}`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    /// The headline.
    pub headline: Option<Template>,
    /// What is right and what is not.
    pub sentence: Option<Template>,
    /// What most often causes it.
    pub cause: Option<Template>,
    /// The label of the one button.
    pub fix: Option<Template>,
    /// Step-by-step help.
    pub fix_steps: Option<Vec<Template>>,
    /// The field to mend.
    pub field: Option<String>,
}

/// What kind of service a connector speaks to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Category {
    /// Banks, lending, payments, accounting.
    Finance,
    /// Shops and market places.
    Commerce,
    /// Campaigns and budgets.
    Advertising,
    /// Delivery, source code, databases.
    Engineering,
    /// Files, customers and chat.
    Work,
    /// Whatever has no entry of its own.
    Custom,
}

impl Category {
    /// Every category, in the order pages list them.
    pub const ALL: [Self; 6] = [Self::Finance, Self::Commerce, Self::Advertising, Self::Engineering, Self::Work, Self::Custom];

    /// The machine name, as in a query string.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Finance => "finance",
            Self::Commerce => "commerce",
            Self::Advertising => "advertising",
            Self::Engineering => "engineering",
            Self::Work => "work",
            Self::Custom => "custom",
        }
    }

    /// The title a page shows.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Finance => "Finance",
            Self::Commerce => "Commerce",
            Self::Advertising => "Advertising",
            Self::Engineering => "Engineering",
            Self::Work => "Files, CRM and chat",
            Self::Custom => "Custom",
        }
    }
}

/// How far a connector can be relied on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tier {
    /// Its check is proven by a test.
    Ready,
    /// It can be tried.
    Preview,
}

impl Tier {
    /// The machine name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Preview => "preview",
        }
    }
}

impl Manifest {
    /// The field of this id.
    pub fn field(&self, id: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.id == id)
    }

    /// What an open field holds: its entry, or what an empty entry means where none was kept because the field is not asked for or is newer than the entries.
    pub fn entry<'a>(&'a self, config: &'a BTreeMap<String, String>, id: &str) -> Option<&'a str> {
        let default = || self.field(id).map(|field| field.default.as_str()).filter(|default| !default.is_empty());
        config.get(id).map(String::as_str).or_else(default)
    }

    /// The way of signing in that the entries choose, which is the only one where there is no choice; none when they choose nothing that there is.
    pub fn way(&self, config: &BTreeMap<String, String>) -> Option<&Auth> {
        match &self.auth {
            Auth::Choice { field, options } => options.get(self.entry(config, field)?),
            only => Some(only),
        }
    }

    /// Whether no entry decides which host is spoken to.
    pub fn target_is_fixed(&self) -> bool {
        matches!(&self.target, Target::Http { base_url, .. } if base_url.fields().next().is_none())
    }

    /// The first secret field that these entries ask for: the one to mend when the provider refuses the credential.
    pub fn secret_field(&self, config: &BTreeMap<String, String>) -> Option<&Field> {
        let value_of = |id: &str| config.get(id).map_or("", String::as_str);
        self.fields.iter().find(|field| field.kind.is_secret() && is_asked(&self.fields, field, &value_of))
    }

    /// The stream of this id.
    pub fn stream(&self, id: &str) -> Option<&Stream> {
        self.streams.iter().find(|stream| stream.id == id)
    }

    /// What can be done with it, in stable words: `check`, `identity`, `preview`, `revoke`, `login`, as they apply.
    pub fn capabilities(&self) -> Vec<&'static str> {
        let database = matches!(self.target, Target::Database { .. });
        [
            ("check", database || self.check.is_some()),
            ("identity", database || self.identity.is_some()),
            ("preview", !database && !self.streams.is_empty()),
            ("revoke", !database && self.revoke.is_some()),
            ("login", self.auth.schemes().iter().any(|scheme| matches!(scheme, Auth::LoginSession { .. }))),
        ]
        .into_iter()
        .filter_map(|(word, applies)| applies.then_some(word))
        .collect()
    }
}
