//! The network of the tests: its listeners, its name server, and one test in it at a time.

use std::net::{SocketAddr, TcpStream};
use std::ops::Deref;
use std::sync::{Arc, Condvar, Mutex, OnceLock, PoisonError};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::pki_types::PrivateKeyDer;
use tokio::net::UdpSocket;
use tokio::sync::{Mutex as Gate, MutexGuard};
use tokio_rustls::TlsAcceptor;

use super::{dns, listeners, names};

/// Where the listeners are, on every address.
pub const PORTS: [u16; 12] = [21, 22, 25, 80, 389, 443, 3306, 5432, 6379, 8080, 8443, 11211];
const NEEDED: &str = "these tests need a network of their own: run them as `.ci/with-network cargo test --test latchkey_tests -- network::`";

/// A connection as a listener saw it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Connection {
    /// The address that was dialled.
    pub local: SocketAddr,
    peer: SocketAddr,
}

/// What the listeners saw.
#[derive(Default)]
pub struct Log {
    seen: Mutex<Vec<Connection>>,
    grew: Condvar,
}

impl Log {
    pub fn add(&self, local: SocketAddr, peer: SocketAddr) {
        self.seen.lock().unwrap().push(Connection { local, peer });
        self.grew.notify_all();
    }
}

/// The running network.
pub struct World {
    log: Arc<Log>,
    /// PEM text of the authority behind the listeners' certificate.
    pub authority: String,
}

impl World {
    /// Every connection since the last call. Listeners take connections in their order: once they have taken one of our own, they have taken all before it.
    pub fn connections(&self) -> Vec<Connection> {
        let addresses = PORTS.iter().map(|port| SocketAddr::from(([127, 0, 0, 1], *port)));
        let own: Vec<(SocketAddr, TcpStream)> = addresses.map(|address| (address, TcpStream::connect(address).unwrap())).collect();
        let own: Vec<Connection> = own.iter().map(|(local, line)| Connection { local: *local, peer: line.local_addr().unwrap() }).collect();
        let seen = self.log.seen.lock().unwrap();
        let mut seen = self.log.grew.wait_while(seen, |seen| !own.iter().all(|connection| seen.contains(connection))).unwrap();
        std::mem::take(&mut *seen).into_iter().filter(|connection| !own.contains(connection)).collect()
    }
}

/// The network, for one test at a time.
pub struct Entered(&'static World, #[expect(dead_code, reason = "held until the test ends")] MutexGuard<'static, ()>);

impl Deref for Entered {
    type Target = World;

    fn deref(&self) -> &World {
        self.0
    }
}

/// Waits until no other test is in the network, and starts the listeners for the first one.
pub async fn enter() -> Entered {
    static WORLD: OnceLock<World> = OnceLock::new();
    static STARTING: Mutex<()> = Mutex::new(());
    static GATE: Gate<()> = Gate::const_new(());
    let gate = GATE.lock().await;
    let _starting = STARTING.lock().unwrap_or_else(PoisonError::into_inner);
    let world = WORLD.get_or_init(start);
    world.connections();
    Entered(world, gate)
}

#[expect(clippy::disallowed_methods, reason = "tests are told by the environment that the network is theirs")]
fn start() -> World {
    let dns: SocketAddr = std::env::var("TEST_NETWORK_DNS").expect(NEEDED).parse().unwrap();
    // No machine but one that owns every address can do this, and nothing is sent.
    std::net::UdpSocket::bind("169.254.169.254:0").expect(NEEDED);
    let (authority, tls) = certificate();
    let log = Arc::new(Log::default());
    let (ready, started) = std::sync::mpsc::channel();
    let shared = log.clone();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let socket = UdpSocket::bind(dns).await.unwrap();
            for port in PORTS {
                listeners::start(port, &shared, &tls);
            }
            ready.send(()).unwrap();
            dns::serve(socket).await;
        });
    });
    started.recv().expect("the listeners start");
    World { log, authority }
}

/// An authority, and a certificate of it for every neighbour and for the names that the name server makes up.
fn certificate() -> (String, TlsAcceptor) {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let hosts = [format!("*.{}", names::ZONE)].into_iter().chain(super::attempts::open_addresses().into_iter().map(|address| address.to_string()));
    let certificate = CertificateParams::new(hosts.collect::<Vec<_>>()).unwrap().signed_by(&key, &authority).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap().with_no_client_auth();
    let config = config.with_single_cert(vec![certificate.der().clone()], PrivateKeyDer::Pkcs8(key.serialize_der().into())).unwrap();
    (authority.pem(), TlsAcceptor::from(Arc::new(config)))
}
