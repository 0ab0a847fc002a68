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
    /// A key in a header or in the query.
    ApiKey {
        /// Where it stands.
        place: KeyPlace,
        /// Name of the header or of the query parameter.
        name: String,
        /// The value, such as `{api_key}` or `Key {api_key}`.
        value: Template,
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
