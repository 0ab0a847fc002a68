//! `[server]`: how the server is reached.

use std::net::SocketAddr;

use http::HeaderName;
use serde::Deserialize;
use url::Url;

use super::LeptosConfig;
use super::problem::Review;

/// How the server is reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerConfig {
    /// Where to listen.
    pub listen: SocketAddr,
    /// The origin people use, without a slash at its end; none means `http://` and the address listened on.
    pub public_url: Option<String>,
    /// Name of this node in the audit log.
    pub node: String,
    /// The header in which a proxy of the operator passes on the visitor's address.
    pub trusted_proxy: Option<HeaderName>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Raw {
    listen: Option<String>,
    public_url: Option<String>,
    node: Option<String>,
    trusted_proxy: Option<String>,
}

pub(super) fn check(raw: Raw, leptos: &LeptosConfig, review: &mut Review<'_>) -> ServerConfig {
    ServerConfig {
        listen: review.parse("server.listen", raw.listen, leptos.site_addr, "give an address and a port, such as 127.0.0.1:4800", |text| text.parse().ok()),
        public_url: review.parse("server.public_url", raw.public_url, None, "give scheme and host alone, such as https://latchkey.example.com", |text| {
            origin(text).map(Some)
        }),
        node: review.parse("server.node", raw.node, host_name(), "give 1 to 63 letters, digits, dots, dashes or underscores", |text| {
            is_node(text).then(|| text.to_owned())
        }),
        trusted_proxy: review
            .parse("server.trusted_proxy", raw.trusted_proxy, None, "give a header name, such as x-forwarded-for", |text| text.parse().ok().map(Some)),
    }
}

fn origin(text: &str) -> Option<String> {
    let url = Url::parse(text).ok()?;
    let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none() && url.username().is_empty() && url.password().is_none();
    (bare && matches!(url.scheme(), "http" | "https")).then(|| url.origin().ascii_serialization())
}

fn is_node(text: &str) -> bool {
    (1..=63).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_'))
}

/// The kernel's name of this host (Linux: `/proc/sys/kernel/hostname`), else `latchkey`.
fn host_name() -> String {
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    if is_node(name.trim()) { name.trim().to_owned() } else { "latchkey".to_owned() }
}
