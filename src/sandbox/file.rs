//! What a sandbox file says (docs/CONNECTORS.md).

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::fill::places;
use super::oauth::OAuth;

/// How one provider is played.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    /// Long texts that stand in several values of accounts as `{name}`, such as keys that sign.
    #[serde(default)]
    pub texts: BTreeMap<String, String>,
    /// Where the credential stands, by way of signing in.
    #[serde(default)]
    pub auth: BTreeMap<String, Auth>,
    /// How the provider's OAuth is, where it has one.
    pub oauth: Option<OAuth>,
    #[serde(default)]
    pub require: Require,
    /// The answer to no credential, or to one that nobody has.
    pub refusal: Answer,
    /// The answer to a path that is not played.
    #[serde(default = "not_found")]
    pub missing: Answer,
    pub accounts: Vec<Account>,
    #[serde(default)]
    pub routes: Vec<Route>,
    /// Kinds of account that the provider cannot have, each with the reason.
    #[serde(default)]
    pub skip: BTreeMap<String, String>,
}

impl File {
    /// Writes the texts into the values of the accounts.
    pub fn write_out(&mut self) {
        for value in self.accounts.iter_mut().flat_map(|account| account.values.values_mut()) {
            for (name, text) in &self.texts {
                *value = value.replace(&format!("{{{name}}}"), text);
            }
        }
    }

    /// The name of the way of signing in of an account; the only one there is where it names none, or `default`.
    pub fn name_of_way<'a>(&'a self, account: &'a Account) -> &'a str {
        match self.auth.keys().next() {
            _ if !account.auth.is_empty() => &account.auth,
            Some(only) if self.auth.len() == 1 => only,
            _ => "default",
        }
    }

    /// Whether requests of an account carry a token of the provider's OAuth; one that is typed may have the same name.
    pub fn is_by_oauth(&self, account: &Account) -> bool {
        let is_typed = account.values.contains_key(ACCESS_TOKEN);
        self.oauth.is_some() && !is_typed && self.auth.get(self.name_of_way(account)).is_some_and(Auth::holds_token)
    }
}

/// Where the credential stands in a request.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Auth {
    pub headers: BTreeMap<String, String>,
    pub query: BTreeMap<String, String>,
    /// User name and password.
    pub basic: Option<(String, String)>,
    pub sigv4: Option<SigV4>,
    pub login: Option<Login>,
}

impl Auth {
    fn holds_token(&self) -> bool {
        let texts = self.headers.values().chain(self.query.values()).chain(self.basic.iter().flat_map(|(user, password)| [user, password]));
        texts.into_iter().any(|text| places(text).contains(&ACCESS_TOKEN))
    }
}

/// The place of a token of the provider's OAuth.
pub(super) const ACCESS_TOKEN: &str = "access_token";

/// AWS Signature Version 4.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SigV4 {
    pub access_key_id: String,
    pub secret_access_key: String,
    #[serde(default)]
    pub session_token: String,
    pub region: String,
    pub service: String,
}

/// A request that hands out a token.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Login {
    #[serde(default = "post")]
    pub method: String,
    pub path: String,
    #[serde(default)]
    pub query: BTreeMap<String, String>,
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    pub basic: Option<(String, String)>,
    pub json: Option<Value>,
    pub form: Option<BTreeMap<String, String>>,
    #[serde(default = "ok")]
    pub status: u16,
    /// The answer; `{session}` stands for the token.
    pub body: String,
    #[serde(default)]
    pub answer_headers: BTreeMap<String, String>,
}

/// What every request must carry besides.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Require {
    pub headers: BTreeMap<String, String>,
    pub query: BTreeMap<String, String>,
}

/// An answer.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Answer {
    pub status: u16,
    #[serde(default)]
    pub body: String,
    #[serde(default, alias = "answer_headers")]
    pub headers: BTreeMap<String, String>,
}

/// One account.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Account {
    pub kind: Kind,
    /// What it shows, where the kind's own words are not enough.
    #[serde(default)]
    pub title: String,
    /// The way of signing in.
    #[serde(default)]
    pub auth: String,
    /// The entries of the form.
    pub values: BTreeMap<String, String>,
    /// Instead of every route.
    pub answer: Option<Answer>,
    /// What a person with this account grants, where that is not all that is asked for.
    pub granted: Option<String>,
    /// By which name the account signs, where that stands inside one of its values.
    pub signer: Option<String>,
    /// The refusal of `oauth.assertion.refusals` that it gets instead of a token.
    pub refused: Option<String>,
    /// The code that the check must end with, or `passed`.
    #[serde(default)]
    pub expect: String,
    /// What the check must find.
    #[serde(default)]
    pub identity: Identity,
    /// The headline of the diagnosis.
    #[serde(default)]
    pub headline: String,
}

/// What a check must find; what is empty is not looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Identity {
    /// The provider's id of the account.
    pub account_id: String,
    /// The account's name.
    pub account_name: String,
    /// Further facts by their labels.
    pub facts: BTreeMap<String, String>,
}

/// What an account shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A good credential.
    Works,
    /// A credential that nobody has.
    Wrong,
    /// A credential that was good.
    Revoked,
    /// A good credential without a right.
    FewRights,
    /// A provider that asks to slow down.
    RateLimited,
    /// A provider with a fault.
    Down,
    /// A web page instead of an answer.
    Html,
    /// An answer after a minute.
    Slow,
    /// A body without end.
    Endless,
    /// A redirect to a link-local address.
    Redirect,
    /// Anything else, which its title tells.
    Other,
}

impl Kind {
    /// The kinds that every connector has.
    pub const NEEDED: [Self; 9] =
        [Self::Works, Self::Wrong, Self::Revoked, Self::FewRights, Self::RateLimited, Self::Down, Self::Html, Self::Slow, Self::Endless];

    /// The name in a file.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Works => "works",
            Self::Wrong => "wrong",
            Self::Revoked => "revoked",
            Self::FewRights => "few_rights",
            Self::RateLimited => "rate_limited",
            Self::Down => "down",
            Self::Html => "html",
            Self::Slow => "slow",
            Self::Endless => "endless",
            Self::Redirect => "redirect",
            Self::Other => "other",
        }
    }
}

/// A request that is answered.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Route {
    #[serde(default = "get")]
    pub method: String,
    pub path: String,
    #[serde(default)]
    pub query: BTreeMap<String, String>,
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    pub json: Option<Value>,
    pub form: Option<BTreeMap<String, String>>,
    /// Whether it is answered without a credential too.
    #[serde(default)]
    pub open: bool,
    /// Kinds or titles of the accounts it is for; empty for all.
    #[serde(default)]
    pub accounts: Vec<String>,
    #[serde(default = "ok")]
    pub status: u16,
    #[serde(default)]
    pub body: String,
    #[serde(default)]
    pub answer_headers: BTreeMap<String, String>,
}

impl Route {
    /// Whether it is for an account of this kind and title.
    pub fn is_for(&self, kind: Kind, title: &str) -> bool {
        self.accounts.is_empty() || self.accounts.iter().any(|name| name == kind.as_str() || name == title)
    }
}

fn get() -> String {
    "GET".to_owned()
}

fn post() -> String {
    "POST".to_owned()
}

const fn ok() -> u16 {
    200
}

fn not_found() -> Answer {
    Answer { status: 404, body: String::new(), headers: BTreeMap::new() }
}
