//! A host as somebody typed it, read strictly.

use std::net::IpAddr;

use super::error::EgressError;

/// A host name or address in its one written form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Host {
    /// A name in lower-case ASCII, without a final dot.
    Name(String),
    /// An address.
    Address(IpAddr),
}

const NAME_LIMIT: usize = 253;
const LABEL_LIMIT: usize = 63;

impl Host {
    /// Reads `text` as browsers do (WHATWG URL), so that `127.1`, `0x7f.1`, octal and full-width forms become the addresses they mean,
    /// and then more strictly: only letters, digits, `-` and `_`, no empty label, at most 253 characters.
    pub(super) fn parse(text: &str) -> Result<Self, EgressError> {
        let bare = text.strip_prefix('[').and_then(|inner| inner.strip_suffix(']')).unwrap_or(text);
        if let Ok(address) = bare.parse::<IpAddr>() {
            return Ok(Self::Address(address));
        }
        if text.len() > 4 * NAME_LIMIT || text.chars().any(|character| character.is_whitespace() || character.is_control() || character == '%') {
            return Err(EgressError::InvalidHost);
        }
        match url::Host::parse(text).map_err(|_| EgressError::InvalidHost)? {
            url::Host::Ipv4(address) => Ok(Self::Address(address.into())),
            url::Host::Ipv6(address) => Ok(Self::Address(address.into())),
            url::Host::Domain(name) => Self::name(&name),
        }
    }

    fn name(name: &str) -> Result<Self, EgressError> {
        let name = name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase();
        let label_is_good =
            |label: &str| (1..=LABEL_LIMIT).contains(&label.len()) && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
        if name.len() > NAME_LIMIT || !name.split('.').all(label_is_good) {
            return Err(EgressError::InvalidHost);
        }
        Ok(Self::Name(name))
    }

    /// The host as it stands in an origin: an IPv6 address in brackets.
    pub(super) fn text(&self) -> String {
        match self {
            Self::Name(name) => name.clone(),
            Self::Address(IpAddr::V4(address)) => address.to_string(),
            Self::Address(IpAddr::V6(address)) => format!("[{address}]"),
        }
    }
}
