//! Where a secret may go.

use std::fmt;
use std::str::FromStr;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use thiserror::Error;
use url::Url;

use super::host::Host;

/// The text is not `scheme://host:port` of a known scheme.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("An origin is written scheme://host:port, with http, https, mysql or postgres as the scheme.")]
pub struct InvalidOrigin;

/// Scheme, host and port in one written form: `https://api.stripe.com:443`, `postgres://db.example.com:5432`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Origin {
    scheme: &'static str,
    host: String,
    port: u16,
}

const SCHEMES: [(&str, u16); 4] = [("https", 443), ("http", 80), ("mysql", 3306), ("postgres", 5432)];

impl Origin {
    /// Puts an origin together; the host is brought into its one written form.
    pub fn new(scheme: &str, host: &str, port: u16) -> Result<Self, InvalidOrigin> {
        let wanted = if scheme == "postgresql" { "postgres" } else { scheme };
        let (scheme, _) = SCHEMES.into_iter().find(|(known, _)| *known == wanted).ok_or(InvalidOrigin)?;
        let host = Host::parse(host).map_err(|_| InvalidOrigin)?.text();
        Ok(Self { scheme, host, port })
    }

    /// The origin of a URL; an absent port is the one of its scheme.
    pub fn of(url: &Url) -> Result<Self, InvalidOrigin> {
        let wanted = if url.scheme() == "postgresql" { "postgres" } else { url.scheme() };
        let (scheme, default) = SCHEMES.into_iter().find(|(known, _)| *known == wanted).ok_or(InvalidOrigin)?;
        Self::new(scheme, url.host_str().ok_or(InvalidOrigin)?, url.port().unwrap_or(default))
    }

    /// `https`, `http`, `mysql` or `postgres`.
    pub const fn scheme(&self) -> &'static str {
        self.scheme
    }

    /// The host; an IPv6 address stands in brackets.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The port.
    pub const fn port(&self) -> u16 {
        self.port
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}://{}:{}", self.scheme, self.host, self.port)
    }
}

impl FromStr for Origin {
    type Err = InvalidOrigin;

    fn from_str(text: &str) -> Result<Self, InvalidOrigin> {
        let url = Url::parse(text).map_err(|_| InvalidOrigin)?;
        let bare = matches!(url.path(), "" | "/") && url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
        if bare && url.password().is_none() { Self::of(&url) } else { Err(InvalidOrigin) }
    }
}

impl Serialize for Origin {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Origin {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

/// The origins a secret was entered for; sealed together with it. An empty list binds to nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct BoundOrigins(pub Vec<Origin>);

impl BoundOrigins {
    /// Bound to exactly one origin.
    pub fn only(origin: Origin) -> Self {
        Self(vec![origin])
    }

    /// Whether a secret may go to `origin`.
    pub fn contains(&self, origin: &Origin) -> bool {
        self.0.contains(origin)
    }
}
