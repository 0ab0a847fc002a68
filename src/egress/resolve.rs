//! From a name to addresses that have been judged, and from those to a line.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::address::AddressClass;
use super::canonical::canonical;
use super::error::EgressError;
use super::host::Host;
use super::policy::EgressPolicy;
use super::tls::{InvalidCertificates, Tls, TlsFacts, TlsStream, TlsTrust};

const RESOLVE_LIMIT: Duration = Duration::from_secs(4);
pub(super) const CONNECT_LIMIT: Duration = Duration::from_secs(5);
const HANDSHAKE_LIMIT: Duration = Duration::from_secs(5);
/// How long one address has the line for itself before the next is tried beside it (RFC 8305 §5).
const HEAD_START: Duration = Duration::from_millis(250);

/// The guarded client: the only way out of the process. Cloning it is cheap.
#[derive(Clone)]
pub struct Egress {
    pub(super) inner: Arc<Inner>,
}

pub(super) struct Inner {
    pub(super) policy: EgressPolicy,
    pub(super) tls: Tls,
}

/// A host whose addresses have all been judged. Only [`Egress::resolve`] makes one.
#[derive(Clone, Debug)]
pub struct CheckedTarget {
    host: String,
    port: u16,
    addresses: Vec<SocketAddr>,
    named_by_operator: bool,
}

impl CheckedTarget {
    /// The host in its one written form; an IPv6 address stands in brackets.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The port.
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// The addresses that will be dialled, at least one.
    pub fn addresses(&self) -> &[SocketAddr] {
        &self.addresses
    }

    /// Whether the operator listed this host or every address of it.
    pub const fn named_by_operator(&self) -> bool {
        self.named_by_operator
    }
}

impl Egress {
    /// A client under `policy` that trusts the authorities of this machine and those in `extra_roots`, a PEM text that may be empty.
    pub fn new(policy: EgressPolicy, extra_roots: &str) -> Result<Self, InvalidCertificates> {
        Ok(Self { inner: Arc::new(Inner { policy, tls: Tls::new(extra_roots)? }) })
    }

    /// Looks `host` up and judges every address: one refused address refuses the whole name.
    pub async fn resolve(&self, host: &str, port: u16) -> Result<CheckedTarget, EgressError> {
        let policy = &self.inner.policy;
        let parsed = Host::parse(host)?;
        let host = parsed.text();
        if port == 0 {
            return Err(EgressError::PortRefused { port });
        }
        let refused = |class| EgressError::Blocked { host: host.clone(), class };
        let (found, host_allowed) = match parsed {
            Host::Address(address) => (vec![address], false),
            Host::Name(name) => {
                if let Some(class) = policy.refused_name(&name, port) {
                    return Err(refused(class));
                }
                (look_up(&name, port).await?, policy.allows_host(&name))
            }
        };
        let own = self.own_addresses(port).await;
        for address in &found {
            if own.contains(&canonical(*address)) {
                return Err(refused(AddressClass::OwnListener));
            }
            if let Some(class) = policy.refused_address(*address, port, host_allowed) {
                return Err(refused(class));
            }
        }
        let named_by_operator = host_allowed || found.iter().all(|address| policy.names_address(*address));
        let addresses = found.into_iter().map(|address| SocketAddr::new(address, port)).collect();
        Ok(CheckedTarget { host, port, addresses, named_by_operator })
    }

    /// The addresses of this product's own services on `port`, such as its database.
    async fn own_addresses(&self, port: u16) -> Vec<IpAddr> {
        let mut addresses = Vec::new();
        for (host, _) in self.inner.policy.own_services.iter().filter(|(_, own_port)| *own_port == port) {
            match Host::parse(host) {
                Ok(Host::Address(address)) => addresses.push(canonical(address)),
                Ok(Host::Name(name)) => addresses.extend(look_up(&name, port).await.unwrap_or_default().into_iter().map(canonical)),
                Err(_) => {}
            }
        }
        addresses
    }

    /// Opens a line to one of the target's judged addresses, within five seconds.
    pub async fn connect(&self, target: &CheckedTarget) -> Result<TcpStream, EgressError> {
        let line = timeout(CONNECT_LIMIT, dial(&target.addresses)).await;
        let line = line.map_err(|_| EgressError::Timeout { host: target.host.clone() })?;
        let line = line.map_err(|error| match error.kind() {
            io::ErrorKind::TimedOut => EgressError::Timeout { host: target.host.clone() },
            _ => EgressError::ConnectRefused { host: target.host.clone(), port: target.port },
        })?;
        // A line that cannot switch this off is slower, not wrong.
        let _ = line.set_nodelay(true);
        Ok(line)
    }

    /// Encrypts a line to `host`, whose certificate must satisfy `trust`, within five seconds.
    pub async fn secure(&self, line: TcpStream, host: &str, trust: &TlsTrust) -> Result<(TlsStream, TlsFacts), EgressError> {
        self.inner.tls.secure(line, host, trust, HANDSHAKE_LIMIT).await
    }
}

#[expect(clippy::disallowed_methods, reason = "the guarded resolver itself")]
async fn look_up(name: &str, port: u16) -> Result<Vec<IpAddr>, EgressError> {
    let answer = timeout(RESOLVE_LIMIT, tokio::net::lookup_host((name, port))).await;
    let answer = answer.map_err(|_| EgressError::Timeout { host: name.to_owned() })?;
    let found: Vec<IpAddr> = answer.map(|addresses| addresses.map(|address| address.ip()).collect()).unwrap_or_default();
    if found.is_empty() { Err(EgressError::DnsFailed { host: name.to_owned() }) } else { Ok(found) }
}

/// Dials the addresses in their order, each with a head start over the next; the first line wins and the others are dropped.
#[expect(clippy::disallowed_methods, reason = "the guarded connector itself")]
async fn dial(addresses: &[SocketAddr]) -> io::Result<TcpStream> {
    let mut attempts = JoinSet::new();
    let mut wait = Duration::ZERO;
    for address in addresses.iter().copied() {
        attempts.spawn(async move {
            tokio::time::sleep(wait).await;
            TcpStream::connect(address).await
        });
        wait += HEAD_START;
    }
    let mut last = io::Error::from(io::ErrorKind::AddrNotAvailable);
    while let Some(attempt) = attempts.join_next().await {
        match attempt {
            Ok(Ok(line)) => return Ok(line),
            Ok(Err(error)) => last = error,
            Err(_) => {}
        }
    }
    Err(last)
}
