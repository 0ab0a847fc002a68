//! `[sandbox]`: whether providers are played.

use std::net::SocketAddr;

use serde::Deserialize;

use super::ServerConfig;
use super::problem::Review;

/// Whether providers are played.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SandboxConfig {
    /// Where the played providers listen; none when there are none.
    pub listen: Option<SocketAddr>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Raw {
    listen: Option<String>,
}

pub(super) fn check(raw: Raw, server: &ServerConfig, review: &mut Review<'_>) -> SandboxConfig {
    let listen = review.parse("sandbox.listen", raw.listen, None, "give an address and a port, such as 127.0.0.1:4801", |text| text.parse().ok().map(Some));
    if listen.is_some_and(|address: SocketAddr| address == server.listen && address.port() != 0) {
        review.refuse("sandbox.listen", "the server itself listens there", "give another port");
    }
    SandboxConfig { listen }
}
