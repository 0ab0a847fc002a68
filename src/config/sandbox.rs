//! `[sandbox]`: whether providers are played.

use std::net::SocketAddr;

use serde::Deserialize;

use super::ServerConfig;
use super::problem::Review;
use super::value::Scalar;

/// Whether providers are played.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SandboxConfig {
    /// Where the played providers listen; none when there are none.
    pub listen: Option<SocketAddr>,
    /// Whether every connector whose provider can be played is led there, unless the operator leads it elsewhere.
    pub plays_all: bool,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Raw {
    listen: Option<String>,
    plays_all: Option<Scalar>,
}

pub(super) fn check(raw: Raw, server: &ServerConfig, review: &mut Review<'_>) -> SandboxConfig {
    let listen = review.parse("sandbox.listen", raw.listen, None, "give an address and a port, such as 127.0.0.1:4801", |text| text.parse().ok().map(Some));
    if listen.is_some_and(|address: SocketAddr| address == server.listen && address.port() != 0) {
        review.refuse("sandbox.listen", "the server itself listens there", "give another port");
    }
    let plays_all = review.parse("sandbox.plays_all", raw.plays_all.map(Scalar::into_text), false, "give true or false", |text| text.parse().ok());
    if plays_all && listen.is_none() {
        review.refuse("sandbox.plays_all", "no provider is played", "set sandbox.listen to an address, such as 127.0.0.1:4801");
    }
    SandboxConfig { listen, plays_all }
}
