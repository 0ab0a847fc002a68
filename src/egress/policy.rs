//! What the operator allows.

use std::net::{IpAddr, SocketAddr, UdpSocket};

use ipnet::IpNet;

use super::address::{AddressClass, classify};
use super::canonical::canonical;

/// What may be reached beyond the public Internet. It comes from the operator's configuration only, never from a page or the API.
#[derive(Clone, Debug, Default)]
pub struct EgressPolicy {
    /// Networks that may be reached. Metadata services, link-local, unspecified and multicast addresses stay closed even then.
    pub allow: Vec<IpNet>,
    /// Host names whose addresses may be private: exact, or `*.example.internal` for everything below a name.
    pub allow_hosts: Vec<String>,
    /// Where this product listens; never reached.
    pub own_listeners: Vec<SocketAddr>,
    /// Host and port of services that belong to this product, such as its database; never reached.
    pub own_services: Vec<(String, u16)>,
    /// The name servers that are asked for texts; those of the machine when empty.
    pub nameservers: Vec<SocketAddr>,
}

/// Names that mean this machine or the machine below it.
const LOCAL_NAMES: [&str; 9] = [
    "localhost",
    "localhost.localdomain",
    "ip6-localhost",
    "ip6-loopback",
    "host.docker.internal",
    "gateway.docker.internal",
    "kubernetes.docker.internal",
    "host.containers.internal",
    "broadcasthost",
];
/// Names of the cluster's own control interface.
const CLUSTER_NAMES: [&str; 4] = ["kubernetes", "kubernetes.default", "kubernetes.default.svc", "kubernetes.default.svc.cluster.local"];
/// Names of metadata services.
const METADATA_NAMES: [&str; 6] =
    ["metadata", "metadata.google.internal", "metadata.goog", "instance-data", "instance-data.ec2.internal", "metadata.platformequinix.com"];

impl EgressPolicy {
    /// Judges a name before it is looked up: the class that refuses it, if any.
    pub(super) fn refused_name(&self, name: &str, port: u16) -> Option<AddressClass> {
        if METADATA_NAMES.contains(&name) {
            return Some(AddressClass::Metadata);
        }
        if self.own_services.iter().any(|(host, own_port)| *own_port == port && host.eq_ignore_ascii_case(name)) {
            return Some(AddressClass::OwnListener);
        }
        if self.allows_host(name) {
            return None;
        }
        if CLUSTER_NAMES.contains(&name) {
            return Some(AddressClass::Private);
        }
        let local = LOCAL_NAMES.contains(&name) || name.ends_with(".localhost") || name.ends_with(".localdomain");
        local.then_some(AddressClass::Loopback)
    }

    /// Judges one address of `host`: the class that refuses it, if any. `host_allowed` says whether the operator named the host.
    pub(super) fn refused_address(&self, address: IpAddr, port: u16, host_allowed: bool) -> Option<AddressClass> {
        if self.is_own_listener(address, port) {
            return Some(AddressClass::OwnListener);
        }
        let class = classify(address);
        if class.always_denied() {
            return Some(class);
        }
        (class != AddressClass::Public && !host_allowed && !self.names_address(address)).then_some(class)
    }

    /// Whether the operator listed a network that holds `address`.
    pub(super) fn names_address(&self, address: IpAddr) -> bool {
        let address = canonical(address);
        self.allow.iter().any(|network| network.contains(&address))
    }

    /// Whether the operator listed this host name.
    pub(super) fn allows_host(&self, name: &str) -> bool {
        self.allow_hosts.iter().any(|allowed| match allowed.strip_prefix("*.") {
            Some(parent) => name.len() > parent.len() && name.to_ascii_lowercase().ends_with(&format!(".{}", parent.to_ascii_lowercase())),
            None => allowed.trim_end_matches('.').eq_ignore_ascii_case(name),
        })
    }

    fn is_own_listener(&self, address: IpAddr, port: u16) -> bool {
        let address = canonical(address);
        self.own_listeners.iter().filter(|listener| listener.port() == port).any(|listener| {
            let own = canonical(listener.ip());
            own == address || address.is_unspecified() || (own.is_unspecified() && is_of_this_machine(address))
        })
    }
}

/// Whether an interface of this machine holds `address`: only then can a socket be bound to it. Nothing is sent.
fn is_of_this_machine(address: IpAddr) -> bool {
    address.is_loopback() || UdpSocket::bind(SocketAddr::new(address, 0)).is_ok()
}
