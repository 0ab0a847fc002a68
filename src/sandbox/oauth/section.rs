//! What a sandbox file says of the provider's OAuth (docs/CONNECTORS.md).

use std::collections::BTreeMap;

use serde::Deserialize;

use super::super::file;

/// How the provider's OAuth is.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::sandbox) struct OAuth {
    /// How tokens are asked for.
    #[serde(default)]
    pub grant: Grant,
    /// The path of the consent page; the code grant alone has one. `{tenant}` and its like stand for any one segment.
    pub authorize: Option<String>,
    /// The path of the token address.
    pub token: String,
    /// The path at which tokens are forgotten.
    pub revoke: Option<String>,
    #[serde(default = "post")]
    pub revoke_method: String,
    /// How the token to forget is sent.
    #[serde(default)]
    pub revoke_body: RevokeBody,
    /// What the token to forget is called.
    #[serde(default = "token")]
    pub revoke_param: String,
    /// Which kind of token it must be: `refresh`, `access`, or empty for either.
    #[serde(default)]
    pub revoke_token: String,
    /// Who may ask.
    #[serde(default)]
    pub revoke_auth: RevokeAuth,
    /// The header that carries the token where `revoke_auth` is `bearer`, as `Name: text with {token}`.
    #[serde(default = "bearer")]
    pub revoke_header: String,
    #[serde(default = "ok")]
    pub revoke_status: u16,
    #[serde(default)]
    pub revoke_answer: String,
    /// How the app proves at the token address which one it is.
    #[serde(default)]
    pub client_auth: ClientAuth,
    /// How token requests are written.
    #[serde(default)]
    pub body: Body,
    /// Whether the challenge is asked for (RFC 7636).
    #[serde(default)]
    pub pkce: bool,
    /// The name of the parameter with the app's id, or with the app's field of this name.
    #[serde(default = "client_id")]
    pub client_id_param: String,
    /// What `response_type` must be; empty where there is no such parameter.
    #[serde(default = "code")]
    pub response_type: String,
    /// Parameters of the consent address that must be there, exactly.
    #[serde(default)]
    pub require: BTreeMap<String, String>,
    /// Further parameters of the first token request that must be there.
    #[serde(default)]
    pub token_require: BTreeMap<String, String>,
    /// Further parameters of a refresh that must be there; `{scope}` stands for the granted ones.
    #[serde(default)]
    pub refresh_require: BTreeMap<String, String>,
    /// Headers that token requests must carry besides.
    #[serde(default)]
    pub token_headers: BTreeMap<String, String>,
    #[serde(default = "space")]
    pub scope_separator: String,
    /// The permissions that the provider knows; any when empty.
    #[serde(default)]
    pub scopes: Vec<String>,
    #[serde(default = "code")]
    pub code_param: String,
    /// Further parameters of the way back, filled from the account's values.
    #[serde(default)]
    pub callback: BTreeMap<String, String>,
    /// The parameter of the way back that signs the others with the app's secret: HMAC-SHA-256 in hex over them, sorted and form-encoded; empty for none.
    #[serde(default)]
    pub callback_hmac: String,
    /// What stands as `iss` on the way back (RFC 9207); empty for nothing.
    #[serde(default)]
    pub issuer: String,
    /// Whether each use of a refresh token hands out a new one.
    #[serde(default)]
    pub rotates: bool,
    /// How long a spent refresh token still works, in seconds.
    #[serde(default)]
    pub grace_s: i64,
    /// How long an access token works, in seconds; zero for ever.
    #[serde(default)]
    pub expires_in: i64,
    /// How answers are written.
    #[serde(default)]
    pub answer: Answer,
    /// What is handed out.
    pub body_ok: String,
    /// What a refresh hands out, where that differs.
    pub body_refreshed: Option<String>,
    /// How a refusal is written, with `{error}` and `{description}`.
    pub body_refused: String,
    #[serde(default = "bad_request")]
    pub refused_status: u16,
    /// What is signed, where the grant is a signed assertion.
    pub assertion: Option<Assertion>,
    /// The apps that exist.
    #[serde(default)]
    pub clients: Vec<Client>,
}

/// How tokens are asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Grant {
    #[default]
    Code,
    ClientCredentials,
    JwtBearer,
}

/// How the app proves at the token address which one it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClientAuth {
    #[default]
    Basic,
    Body,
    None,
    /// In the header or in the body, as the app likes, but not both.
    Any,
}

/// How token requests are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Body {
    #[default]
    Form,
    Json,
}

/// How answers are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    #[default]
    Json,
    /// As a form, unless the request asks for JSON.
    Form,
}

/// How the token to forget is sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RevokeBody {
    #[default]
    Form,
    Json,
    None,
}

/// Who may have a token forgotten.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RevokeAuth {
    /// The app, as at the token address.
    #[default]
    Client,
    /// The app, by `Authorization: Basic`.
    Basic,
    /// Whoever has the token, in the body.
    None,
    /// Whoever has the token, in a header.
    Bearer,
    /// The app, by its secret as `Authorization: Client …` and its id in the body.
    Secret,
}

/// What is signed.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::sandbox) struct Assertion {
    /// The name of whoever signs, filled from the account's values; its `signer` goes before.
    #[serde(default)]
    pub issuer: String,
    /// On whose behalf, filled from the account's values; empty where that must not be said.
    #[serde(default)]
    pub subject: String,
    /// Whom it is for, as it stands in the assertion; empty where that must not be said.
    #[serde(default)]
    pub audience: String,
    /// Whether the header must name the key.
    #[serde(default)]
    pub key_id: bool,
    /// The key that belongs to it (PEM, `BEGIN PUBLIC KEY`).
    pub public_key: String,
    /// The longest time that it may count, from when it was issued and from now on, in seconds.
    #[serde(default = "hour")]
    pub longest_s: i64,
    /// How it is sent.
    #[serde(default)]
    pub style: AssertionStyle,
    /// The provider's own answers to what is wrong: `issuer`, `signature`, `audience`, `clock`, `subject`, `missing` (the path is that of no account), and any
    /// other name that an account's `refused` has; what is not here is told as every refusal.
    #[serde(default)]
    pub refusals: BTreeMap<String, file::Answer>,
}

/// How a signed assertion is sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AssertionStyle {
    /// As `assertion` in the body (RFC 7523).
    #[default]
    Body,
    /// As the bearer of a request whose body is an empty JSON object.
    Bearer,
}

/// An app that exists at a played provider.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Client {
    /// Its id.
    pub client_id: String,
    /// Its secret; empty for a public client.
    #[serde(default)]
    pub client_secret: String,
    /// What requests to the API must carry besides.
    #[serde(default)]
    pub fields: BTreeMap<String, String>,
}

fn post() -> String {
    "POST".to_owned()
}

fn token() -> String {
    "token".to_owned()
}

fn bearer() -> String {
    "Authorization: Bearer {token}".to_owned()
}

const fn ok() -> u16 {
    200
}

const fn hour() -> i64 {
    3_600
}

const fn bad_request() -> u16 {
    400
}

fn client_id() -> String {
    "client_id".to_owned()
}

fn space() -> String {
    " ".to_owned()
}

fn code() -> String {
    "code".to_owned()
}
