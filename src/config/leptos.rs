//! `[package.metadata.leptos]`: the part that is shared with `Cargo.toml`.

use std::net::SocketAddr;

use serde::Deserialize;

use super::problem::Review;

/// Where the site's files are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeptosConfig {
    /// Name of script and style files.
    pub output_name: String,
    /// Folder of the built site.
    pub site_root: String,
    /// Folder of script and style inside of it.
    pub site_pkg_dir: String,
    /// Where to listen, unless the server section says so.
    pub site_addr: SocketAddr,
    /// Port of the reload socket while developing.
    pub reload_port: u32,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Raw {
    metadata: RawMetadata,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct RawMetadata {
    leptos: RawLeptos,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
struct RawLeptos {
    output_name: Option<String>,
    site_root: Option<String>,
    site_pkg_dir: Option<String>,
    site_addr: Option<String>,
    reload_port: Option<u32>,
}

pub(super) fn check(raw: Raw, review: &mut Review<'_>) -> LeptosConfig {
    let raw = raw.metadata.leptos;
    LeptosConfig {
        output_name: raw.output_name.unwrap_or_else(|| "latchkey".to_owned()),
        site_root: raw.site_root.unwrap_or_else(|| "target/site".to_owned()),
        site_pkg_dir: raw.site_pkg_dir.unwrap_or_else(|| "pkg".to_owned()),
        site_addr: review.parse(
            "package.metadata.leptos.site-addr",
            raw.site_addr,
            SocketAddr::from(([127, 0, 0, 1], 4800)),
            "give an address and a port, such as 127.0.0.1:4800",
            |text| text.parse().ok(),
        ),
        reload_port: raw.reload_port.unwrap_or(4899),
    }
}
