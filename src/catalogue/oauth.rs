//! How a connector gets tokens: OAuth 2.0 (RFC 6749) with what providers do differently.

use std::collections::{BTreeMap, HashMap};

use serde::Deserialize;

use crate::domain::CheckCode;

use super::{Assertion, Auth, Field, Manifest, Request, Template, TokenPlaces, Words};

/// How a connector gets tokens. The token stands as `{access_token}` in `auth`, and so do the secret fields of the app.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OAuth {
    /// The value of `auth.field` that it belongs to; none where there is no other way of signing in.
    pub option: Option<String>,
    /// How tokens are asked for.
    pub grant: Grant,
    /// Where the browser is sent; the code grant alone has it.
    pub authorize_url: Option<Template>,
    /// Where tokens are handed out.
    pub token_url: Template,
    /// The hosts of the addresses here that are filled from fields must end in one of these, when any are named.
    #[serde(default)]
    pub host_suffixes: Vec<String>,
    /// The issuer that must name itself on the way back (RFC 9207); none where the provider does not.
    pub issuer: Option<Template>,
    /// How Latchkey proves at the token address which app it is.
    #[serde(default)]
    pub client_auth: ClientAuth,
    /// The field, of the connection or of the app, whose value says it instead: `basic`, `body` or `none`.
    pub client_auth_field: Option<String>,
    /// How token requests are written.
    #[serde(default)]
    pub body: TokenBody,
    /// Whether the code is tied to the attempt (RFC 7636, S256).
    #[serde(default = "yes")]
    pub pkce: bool,
    /// What stands between two permissions.
    #[serde(default = "space")]
    pub scope_separator: String,
    /// The permissions that are asked for.
    #[serde(default)]
    pub scopes: Vec<OAuthScope>,
    /// The field of the connection whose value names the permissions instead, as they are sent.
    pub scopes_field: Option<String>,
    /// Further parameters of the address that the browser is sent to; an empty one leaves out what is otherwise sent by this name.
    #[serde(default)]
    pub authorize_params: BTreeMap<String, Template>,
    /// Further parameters of the first token request.
    #[serde(default)]
    pub token_params: BTreeMap<String, Template>,
    /// Further parameters of a refresh; `{scopes}` stands for the granted ones.
    #[serde(default)]
    pub refresh_params: BTreeMap<String, Template>,
    /// What the code is called on the way back.
    #[serde(default = "code")]
    pub code_param: String,
    /// The parameter of the way back that signs the others: HMAC-SHA-256 in hex, keyed with the app's secret; none where the provider does not sign.
    pub callback_hmac: Option<String>,
    /// What the parameter with the app's id is called.
    #[serde(default = "client_id")]
    pub client_id_param: String,
    /// Where things stand in a token answer.
    #[serde(default)]
    pub answer: TokenPlaces,
    /// Kinds of token that are sent like a bearer token (RFC 6749 §7.1), in lower case, besides `bearer` itself.
    #[serde(default)]
    pub token_types: Vec<String>,
    /// Codes of refusals that say that the grant has ended, besides `invalid_grant` (RFC 6749 §5.2).
    #[serde(default)]
    pub ended_codes: Vec<String>,
    /// Codes of refusals that say that id or secret of the app is wrong, besides `invalid_client` (RFC 6749 §5.2).
    #[serde(default)]
    pub client_codes: Vec<String>,
    /// Codes of refusals that say that the provider has a fault or asks to slow down, besides `temporarily_unavailable` and `server_error` (RFC 6749 §4.1.2.1).
    #[serde(default)]
    pub busy_codes: Vec<String>,
    /// How long a token works whose answer does not say, in seconds; none where such a token does not end.
    pub access_lifetime_s: Option<i64>,
    /// What may be done with a refresh token.
    #[serde(default)]
    pub refresh: RefreshRule,
    /// How the provider is made to forget the tokens.
    pub revoke: Option<OAuthRevoke>,
    /// What an app has besides id and secret, such as a developer token.
    #[serde(default)]
    pub app_fields: Vec<Field>,
    /// Whether Latchkey has a secret at the provider.
    #[serde(default = "yes")]
    pub app_secret: bool,
    /// How long a secret of an app lasts at this provider, in days; none for ever.
    pub app_secret_days: Option<u16>,
    /// How an admin registers an app.
    pub register: Option<Register>,
    /// Which of several accounts is meant, where one grant opens several.
    pub accounts: Option<Accounts>,
    /// What is signed where the grant is a signed assertion.
    pub assertion: Option<Assertion>,
    /// Words for one reason of failure where this way was chosen; without any, those of the manifest count.
    #[serde(default)]
    pub words: HashMap<CheckCode, Words>,
}

/// How tokens are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Grant {
    /// A person allows it in a browser (RFC 6749 §4.1).
    Code,
    /// The app itself (RFC 6749 §4.4): id and secret are fields of the connection.
    ClientCredentials,
    /// A signed assertion (RFC 7523 §2.1, or a provider's own form of it).
    JwtBearer,
}

/// How Latchkey proves at the token address which app it is (RFC 6749 §2.3.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClientAuth {
    /// In the `Authorization` header.
    #[default]
    Basic,
    /// In the body.
    Body,
    /// By its id alone: a public client, which PKCE protects.
    None,
}

impl ClientAuth {
    /// The way of this name, as fields hold it.
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "basic" => Some(Self::Basic),
            "body" => Some(Self::Body),
            "none" => Some(Self::None),
            _ => None,
        }
    }
}

/// How token requests are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TokenBody {
    /// As a form, as the standard says.
    #[default]
    Form,
    /// As JSON.
    Json,
}

/// One permission.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OAuthScope {
    /// The provider's name of it.
    pub id: String,
    /// What it is for, in words that a consent page could use: `Read campaigns and reports`.
    pub title: String,
    /// What is not possible without it: `Campaign lists stay empty.`; empty for one that only keeps the connection alive.
    #[serde(default)]
    pub without: String,
}

/// What may be done with a refresh token.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RefreshRule {
    /// Whether each use hands out a new one and ends the old.
    pub rotates: bool,
    /// How long the old one may be used again after it was spent, in seconds.
    pub grace_s: i64,
    /// How long one works that is never used, in seconds; none for ever.
    pub idle_s: Option<i64>,
    /// How long one works from the day a person allowed it, however often it is used, in seconds; none for ever.
    pub lifetime_s: Option<i64>,
}

/// How the provider is made to forget the tokens (RFC 7009, or its own way).
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OAuthRevoke {
    /// Where.
    pub url: Template,
    /// Which token is sent.
    #[serde(default)]
    pub token: RevokedToken,
    /// How the request is written; `client_auth` is as for tokens.
    #[serde(default)]
    pub style: RevokeStyle,
    /// The header of the style `delete_header`.
    #[serde(default)]
    pub header: String,
    /// Whether it ends these tokens alone, and surely no others that the same person gave to the same app.
    #[serde(default)]
    pub alone: bool,
    /// What it ends, in a sentence: `It ends all sign-ins of this person to your app.`
    #[serde(default)]
    pub note: String,
}

/// Which token is sent to be forgotten.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RevokedToken {
    /// The refresh token; the access token where there is none.
    #[default]
    Refresh,
    /// The access token.
    Access,
}

/// How a revocation is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RevokeStyle {
    /// `POST` of a form with `token` (RFC 7009).
    #[default]
    Form,
    /// `POST` of JSON with `token`; the app proves itself as for tokens (QuickBooks).
    Json,
    /// `DELETE` with the access token in the header that `header` names and nothing else (Shopify).
    DeleteHeader,
    /// `DELETE` with JSON that holds `access_token` (GitHub).
    DeleteJson,
    /// `POST` with the token as the bearer and nothing else (Slack).
    Bearer,
    /// `POST` of JSON with `client_id` and `access_token`, and the app's secret as `Authorization: Client …` (Square).
    ClientJson,
}

/// How an admin registers an app.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Register {
    /// Where.
    pub url: String,
    /// What to do there, step by step; `{redirect_uri}` stands for the address to give.
    pub steps: Vec<String>,
}

/// Which of several accounts is meant.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Accounts {
    /// What one is called: `organisation`.
    pub noun: String,
    /// The whole address of the list, where it is not below the base URL; none when it is.
    pub url: Option<Template>,
    /// The request for the list.
    pub request: Request,
    /// Where the rows stand.
    pub rows: String,
    /// Where a row has its id; empty when the row itself is the id.
    pub id: String,
    /// What an id begins with that does not belong to it, such as `customers/`.
    #[serde(default)]
    pub id_prefix: String,
    /// Where a row has its name; empty for the id.
    #[serde(default)]
    pub name: String,
    /// The field that is filled with the id.
    pub field: String,
}

/// What fills a field that nobody types.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum FilledBy {
    /// A parameter of the way back, such as `realmId`.
    Callback(String),
    /// A place in the token answer, such as `/instance_url`.
    Answer(String),
    /// The account that was picked.
    Account,
}

impl Manifest {
    /// How tokens are got under these entries; none where another way of signing in was chosen, or there is no OAuth at all.
    pub fn oauth_of(&self, config: &BTreeMap<String, String>) -> Option<&OAuth> {
        let oauth = self.oauth.as_ref()?;
        let chosen = match (&oauth.option, self.auth.choice_field()) {
            (Some(option), Some(field)) => self.entry(config, field) == Some(option),
            _ => true,
        };
        chosen.then_some(oauth)
    }
}

impl Manifest {
    /// How one signs in, in stable words for filters: `token`, `password`, `login`, `oauth`, `database`, `signed` or `none`; several for a choice.
    pub fn ways_to_sign_in(&self) -> Vec<&'static str> {
        let by_oauth = |value: Option<&String>| self.oauth.as_ref().is_some_and(|oauth| oauth.option.as_ref() == value);
        let mut words: Vec<&'static str> = match &self.auth {
            Auth::Choice { options, .. } => options.iter().map(|(value, scheme)| if by_oauth(Some(value)) { "oauth" } else { scheme.word() }).collect(),
            scheme => vec![if by_oauth(None) { "oauth" } else { scheme.word() }],
        };
        words.sort_unstable();
        words.dedup();
        words
    }
}

impl OAuth {
    /// Whether organizations register apps for it.
    pub fn needs_app(&self) -> bool {
        self.grant == Grant::Code
    }

    /// What the scopes are called together, as they are sent.
    pub fn scope_text(&self) -> String {
        self.scopes.iter().map(|scope| scope.id.as_str()).collect::<Vec<_>>().join(&self.scope_separator)
    }

    /// What is asked for under these entries, as it is sent.
    pub fn wanted_scopes(&self, config: &BTreeMap<String, String>) -> String {
        self.scopes_field.as_ref().map_or_else(|| self.scope_text(), |field| config.get(field).cloned().unwrap_or_default())
    }
}

const fn yes() -> bool {
    true
}

fn space() -> String {
    " ".to_owned()
}

fn code() -> String {
    "code".to_owned()
}

fn client_id() -> String {
    "client_id".to_owned()
}
