//! `[egress]`: where connections may go.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use ipnet::IpNet;
use serde::Deserialize;

use super::problem::Review;
use super::value::List;

/// Where connections may go beyond public addresses.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EgressConfig {
    /// Private networks that are allowed.
    pub allow: Vec<IpNet>,
    /// Host names whose private addresses are allowed, lower case; `*.` before a name means everything below it.
    pub allow_hosts: Vec<String>,
    /// A PEM file of further root certificates.
    pub extra_root_certificates: Option<PathBuf>,
    /// Name servers that are asked who owns a domain; those of the machine when empty.
    pub nameservers: Vec<SocketAddr>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Raw {
    allow: Option<List>,
    allow_hosts: Option<List>,
    extra_root_certificates: Option<PathBuf>,
    nameservers: Option<List>,
}

pub(super) fn check(raw: Raw, review: &mut Review<'_>) -> EgressConfig {
    let mut config = EgressConfig { extra_root_certificates: raw.extra_root_certificates, ..EgressConfig::default() };
    for item in raw.allow.map(List::into_items).unwrap_or_default() {
        match item.parse::<IpNet>().or_else(|_| item.parse::<IpAddr>().map(IpNet::from)) {
            Ok(network) => config.allow.push(network),
            Err(_) => review.refuse("egress.allow", &format!("{item} is no network"), "give networks such as 10.1.0.0/16 or addresses such as 10.1.2.3"),
        }
    }
    for item in raw.allow_hosts.map(List::into_items).unwrap_or_default() {
        match url::Host::parse(item.strip_prefix("*.").unwrap_or(&item)) {
            Ok(url::Host::Domain(_)) => config.allow_hosts.push(item.to_ascii_lowercase()),
            _ => {
                let fix = "give names such as db.internal or *.example.internal; addresses belong in egress.allow";
                review.refuse("egress.allow_hosts", &format!("{item} is no host name"), fix);
            }
        }
    }
    for item in raw.nameservers.map(List::into_items).unwrap_or_default() {
        match item.parse::<SocketAddr>().or_else(|_| item.parse::<IpAddr>().map(|address| SocketAddr::new(address, 53))) {
            Ok(server) => config.nameservers.push(server),
            Err(_) => review.refuse("egress.nameservers", &format!("{item} is no address"), "give addresses such as 192.0.2.53 or 192.0.2.53:5353"),
        }
    }
    if let Some(path) = config.extra_root_certificates.as_ref().filter(|path| !path.is_file()) {
        let wrong = format!("there is no file {}", path.display());
        review.refuse("egress.extra_root_certificates", &wrong, "name a PEM file of root certificates");
    }
    config
}
