//! A web address as a user may type it.

use thiserror::Error;
use url::Url;

use super::host::Host;

/// What is wrong with a typed web address, in words for the person who typed it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Error)]
pub enum UrlProblem {
    /// Nothing was typed.
    #[error("Enter a web address, for example https://api.example.com.")]
    Empty,
    /// More than 2,000 characters.
    #[error("This address is longer than 2,000 characters.")]
    TooLong,
    /// Another scheme, or none.
    #[error("The address must start with https:// or http://.")]
    Scheme,
    /// A user name or password within the address.
    #[error("Leave the user name and password out of the address. They have their own fields.")]
    UserInfo,
    /// Something after `#`.
    #[error("Leave out the part of the address from # on.")]
    Fragment,
    /// No host, or one that cannot exist.
    #[error("The address has no usable host name.")]
    Host,
    /// A port out of range, or one that web services do not use.
    #[error("The address has a port that web services do not use.")]
    Port,
    /// Spaces, control characters or backslashes.
    #[error("The address holds characters that do not belong there, such as a space or a backslash.")]
    Characters,
}

impl UrlProblem {
    /// The stable code at the API.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Scheme => "url_scheme",
            Self::UserInfo => "url_userinfo",
            _ => "url_invalid",
        }
    }
}

const LENGTH_LIMIT: usize = 2_000;

/// Ports of services that are not spoken to by HTTP, where a request could be read as commands.
const OTHER_SERVICES: [u16; 34] = [
    0, 1, 7, 9, 11, 13, 19, 21, 22, 23, 25, 53, 69, 110, 111, 135, 137, 139, 143, 389, 445, 465, 514, 587, 636, 873, 993, 995, 2049, 3306, 5432, 6379, 11211,
    27017,
];

/// Whether HTTP may be spoken to `port`.
pub(super) fn is_web_port(port: u16) -> bool {
    !OTHER_SERVICES.contains(&port)
}

/// Reads a web address that a user typed; spaces around it are dropped.
pub fn parse_target_url(text: &str) -> Result<Url, UrlProblem> {
    let text = text.trim_matches(' ');
    if text.is_empty() {
        return Err(UrlProblem::Empty);
    }
    if text.len() > LENGTH_LIMIT {
        return Err(UrlProblem::TooLong);
    }
    if text.chars().any(|character| character.is_control() || character.is_whitespace() || character == '\\') {
        return Err(UrlProblem::Characters);
    }
    let (scheme, rest) = text.split_once("://").ok_or(UrlProblem::Scheme)?;
    if !scheme.eq_ignore_ascii_case("https") && !scheme.eq_ignore_ascii_case("http") {
        return Err(UrlProblem::Scheme);
    }
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if authority.contains('@') {
        return Err(UrlProblem::UserInfo);
    }
    if authority.is_empty() || authority.contains('%') {
        return Err(UrlProblem::Host);
    }
    let url = Url::parse(text).map_err(|problem| match problem {
        url::ParseError::InvalidPort => UrlProblem::Port,
        _ => UrlProblem::Host,
    })?;
    check(&url).map(|()| url)
}

fn check(url: &Url) -> Result<(), UrlProblem> {
    if url.fragment().is_some() {
        return Err(UrlProblem::Fragment);
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(UrlProblem::UserInfo);
    }
    Host::parse(url.host_str().unwrap_or_default()).map_err(|_| UrlProblem::Host)?;
    if url.port_or_known_default().is_some_and(is_web_port) { Ok(()) } else { Err(UrlProblem::Port) }
}
