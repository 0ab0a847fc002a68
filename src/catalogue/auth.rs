//! Where a connector's requests go and how they carry the credential.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{Request, Template};

/// What is spoken to.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Target {
    /// An HTTP API.
    Http {
        /// What every path is appended to, such as `https://api.stripe.com` or `https://{shop}.myshopify.com/admin`; the operator's configuration may replace it.
        base_url: Template,
        /// The host must end in one of these, when any are named.
        #[serde(default)]
        host_suffixes: Vec<String>,
        /// Sent with every request; one whose field is empty is left out. Never a secret.
        #[serde(default)]
        headers: BTreeMap<String, Template>,
        /// The field with the PEM text of authorities that are trusted besides the system's.
        root_certificate: Option<String>,
    },
    /// A database, spoken to in its own protocol.
    Database {
        /// Which protocol.
        engine: DatabaseEngine,
        /// The field with the host.
        host: String,
        /// The field with the port.
        port: String,
    },
}

/// The databases that there is an adapter for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DatabaseEngine {
    /// MySQL and MariaDB.
    MySql,
    /// PostgreSQL.
    PostgreSql,
}

impl DatabaseEngine {
    /// The scheme of its addresses.
    pub const fn scheme(self) -> &'static str {
        match self {
            Self::MySql => "mysql",
            Self::PostgreSql => "postgres",
        }
    }
}

/// How a request carries the credential. The only templates that may name secret fields are here.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "scheme", rename_all = "snake_case", deny_unknown_fields)]
pub enum Auth {
    /// No credential.
    None,
    /// `Authorization: Bearer …`.
    Bearer {
        /// The token.
        token: Template,
    },
    /// `Authorization: Basic …` (RFC 7617).
    Basic {
        /// The user name, or a fixed text.
        username: Template,
        /// The password, or a fixed text.
        password: Template,
    },
    /// Keys in headers or in the query.
    ApiKey {
        /// The keys; one whose field is empty is left out.
        keys: Vec<Key>,
    },
    /// Log in first, keep the minted token, send that.
    LoginSession {
        /// The login; its body may name secret fields.
        request: Box<Request>,
        /// Where the token stands in the answer; the first place that has one counts.
        token: Vec<TokenPlace>,
        /// The header that carries the token.
        header: String,
        /// The header's value; `{session}` stands for the token.
        value: Template,
    },
    /// A signature over the request: AWS Signature Version 4.
    AwsSigv4 {
        /// The id of the access key.
        access_key_id: Template,
        /// The secret access key, which signs and is never sent.
        secret_access_key: Template,
        /// The token of temporary credentials; left out when empty.
        session_token: Option<Template>,
        /// The region, such as `us-east-1`.
        region: Template,
        /// The service, such as `sts`.
        service: Template,
    },
    /// One of several schemes, as a select says.
    Choice {
        /// The select.
        field: String,
        /// The scheme of each of its values.
        options: BTreeMap<String, Auth>,
    },
    /// The protocol of the database.
    Database {
        /// The field with the user.
        user: String,
        /// The field with the password.
        password: String,
        /// The field with the database.
        database: String,
    },
}

impl Auth {
    /// The field that chooses the scheme, where there is a choice.
    pub fn choice_field(&self) -> Option<&str> {
        match self {
            Self::Choice { field, .. } => Some(field),
            _ => None,
        }
    }

    /// The schemes that there are: those of a choice, or the one.
    pub fn schemes(&self) -> Vec<&Self> {
        match self {
            Self::Choice { options, .. } => options.values().collect(),
            scheme => vec![scheme],
        }
    }

    /// The ids of the fields, and of what stands for tokens, that every request carries a part of; none where requests are signed instead.
    pub fn carried(&self) -> Option<Vec<&str>> {
        match self {
            Self::None => Some(Vec::new()),
            Self::Bearer { token } => Some(token.fields().collect()),
            Self::Basic { username, password } => Some(username.fields().chain(password.fields()).collect()),
            Self::ApiKey { keys } => Some(keys.iter().flat_map(|key| key.name.fields().chain(key.value.fields())).collect()),
            Self::LoginSession { value, .. } => Some(value.fields().collect()),
            Self::AwsSigv4 { .. } | Self::Choice { .. } | Self::Database { .. } => None,
        }
    }

    pub(super) const fn word(&self) -> &'static str {
        match self {
            Self::None | Self::Choice { .. } => "none",
            Self::Bearer { .. } | Self::ApiKey { .. } => "token",
            Self::Basic { .. } => "password",
            Self::LoginSession { .. } => "login",
            Self::AwsSigv4 { .. } => "signed",
            Self::Database { .. } => "database",
        }
    }
}

/// One key of a request.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Key {
    /// Where it stands.
    pub place: KeyPlace,
    /// Name of the header or of the query parameter.
    pub name: Template,
    /// The value, such as `{api_key}` or `Key {api_key}`.
    pub value: Template,
}

/// Whether a manifest may not set the header of this name, because it belongs to the line itself.
pub fn is_reserved_header(name: &str) -> bool {
    const RESERVED: [&str; 11] = [
        "connection",
        "content-length",
        "expect",
        "host",
        "keep-alive",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    ];
    RESERVED.iter().any(|reserved| name.eq_ignore_ascii_case(reserved))
}

/// Where an API key stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyPlace {
    /// In a header.
    Header,
    /// In the query; such a URL is never logged.
    Query,
}

/// Where a minted token stands in the answer of a login.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(from = "String")]
pub enum TokenPlace {
    /// The whole body, bare or in double quotes: written `text`.
    Text,
    /// A JSON pointer (RFC 6901), such as `/token`.
    Pointer(String),
}

impl From<String> for TokenPlace {
    fn from(text: String) -> Self {
        if text == "text" { Self::Text } else { Self::Pointer(text) }
    }
}
