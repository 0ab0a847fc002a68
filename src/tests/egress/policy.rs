//! What the operator can open, and what stays closed whatever the configuration says.

use std::net::{IpAddr, SocketAddr, TcpListener, ToSocketAddrs};

use latchkey::egress::{AddressClass, Egress, EgressError, EgressPolicy};

fn allowing(networks: &[&str], hosts: &[&str]) -> EgressPolicy {
    EgressPolicy {
        allow: networks.iter().map(|network| network.parse().unwrap()).collect(),
        allow_hosts: hosts.iter().map(|host| (*host).to_owned()).collect(),
        ..EgressPolicy::default()
    }
}

async fn class_of(policy: EgressPolicy, host: &str, port: u16) -> Option<AddressClass> {
    match Egress::new(policy, "").unwrap().resolve(host, port).await {
        Ok(_) => None,
        Err(EgressError::Blocked { class, .. }) => Some(class),
        Err(other) => panic!("{host}: {other:?}"),
    }
}

#[tokio::test]
async fn a_listed_network_is_open_and_its_neighbour_is_not() {
    let policy = allowing(&["10.1.0.0/16", "fd00:1::/32"], &[]);
    for open in ["10.1.0.1", "10.1.255.255", "::ffff:10.1.2.3", "fd00:1::7"] {
        assert_eq!(class_of(policy.clone(), open, 443).await, None, "{open}");
    }
    for closed in ["10.2.0.0", "10.0.255.255", "fd00:2::7", "64:ff9b::10.1.0.1", "2002:a01:1::"] {
        assert_eq!(class_of(policy.clone(), closed, 443).await, Some(AddressClass::Private), "{closed}");
    }
}

#[tokio::test]
async fn no_configuration_opens_metadata_or_link_local() {
    let everything = allowing(&["0.0.0.0/0", "::/0"], &["metadata.google.internal", "instance-data", "*.internal", "169.254.169.254"]);
    let cases = [
        ("169.254.169.254", AddressClass::Metadata),
        ("::ffff:169.254.169.254", AddressClass::Metadata),
        ("64:ff9b::a9fe:a9fe", AddressClass::Metadata),
        ("168.63.129.16", AddressClass::Metadata),
        ("100.100.100.200", AddressClass::Metadata),
        ("fd00:ec2::254", AddressClass::Metadata),
        ("metadata.google.internal", AddressClass::Metadata),
        ("Metadata.Google.Internal.", AddressClass::Metadata),
        ("instance-data", AddressClass::Metadata),
        ("169.254.1.1", AddressClass::LinkLocal),
        ("fe80::1", AddressClass::LinkLocal),
        ("0.0.0.0", AddressClass::Unspecified),
        ("::", AddressClass::Unspecified),
        ("224.0.0.1", AddressClass::Multicast),
        ("ff02::1", AddressClass::Multicast),
    ];
    for (host, class) in cases {
        assert_eq!(class_of(everything.clone(), host, 443).await, Some(class), "{host}");
    }
    assert_eq!(class_of(everything, "10.0.0.1", 443).await, None);
}

#[tokio::test]
async fn the_own_listener_stays_closed_though_its_network_is_open() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let own = listener.local_addr().unwrap();
    let port = own.port();
    for bound in [own, format!("0.0.0.0:{port}").parse().unwrap(), format!("[::]:{port}").parse().unwrap()] {
        let policy = EgressPolicy { own_listeners: vec![bound], ..allowing(&["127.0.0.0/8", "::1/128"], &["localhost"]) };
        for host in ["127.0.0.1", "::ffff:127.0.0.1", "0x7f.1", "localhost"] {
            assert_eq!(class_of(policy.clone(), host, port).await, Some(AddressClass::OwnListener), "{host} with {bound}");
        }
        assert_eq!(class_of(policy, "127.0.0.1", port ^ 1).await, None);
    }
    assert!(listener.accept().is_err(), "somebody reached the listener");
}

#[tokio::test]
async fn the_own_database_stays_closed_by_name_and_by_address() {
    let policy = EgressPolicy {
        own_services: vec![("localhost".into(), 5432), ("10.9.9.9".into(), 5433)],
        ..allowing(&["127.0.0.0/8", "::1/128", "10.0.0.0/8"], &["localhost"])
    };
    for (host, port) in [("localhost", 5432), ("LOCALHOST.", 5432), ("127.0.0.1", 5432), ("10.9.9.9", 5433), ("0xa.9.9.9", 5433)] {
        assert_eq!(class_of(policy.clone(), host, port).await, Some(AddressClass::OwnListener), "{host}:{port}");
    }
    assert_eq!(class_of(policy.clone(), "127.0.0.1", 5433).await, None);
    assert_eq!(class_of(policy, "10.9.9.8", 5433).await, None);
}

#[tokio::test]
async fn a_listed_name_opens_only_itself() {
    assert_eq!(class_of(allowing(&[], &["localhost"]), "localhost", 443).await, None);
    assert_eq!(class_of(allowing(&[], &["localhost"]), "LocalHost.", 443).await, None);
    for other in ["localhost.localdomain", "ip6-localhost", "a.localhost", "127.0.0.1"] {
        assert_eq!(class_of(allowing(&[], &["localhost"]), other, 443).await, Some(AddressClass::Loopback), "{other}");
    }
    assert_eq!(class_of(allowing(&[], &["*.localhost"]), "localhost", 443).await, Some(AddressClass::Loopback));
    assert_eq!(class_of(allowing(&[], &["kubernetes"]), "kubernetes.default", 443).await, Some(AddressClass::Private));
}

#[tokio::test]
async fn port_zero_and_unknown_names_are_told_apart() {
    let egress = Egress::new(EgressPolicy::default(), "").unwrap();
    assert_eq!(egress.resolve("8.8.8.8", 0).await.unwrap_err(), EgressError::PortRefused { port: 0 });
    let unknown = egress.resolve("nobody.invalid", 443).await.unwrap_err();
    assert!(matches!(unknown, EgressError::DnsFailed { .. } | EgressError::Timeout { .. }), "{unknown:?}");
    assert!(Egress::new(EgressPolicy::default(), "no certificate").is_err());
}

#[tokio::test]
async fn one_refused_address_refuses_the_whole_name() {
    let addresses: Vec<IpAddr> = ("localhost", 443).to_socket_addrs().unwrap().map(|address| address.ip()).collect();
    assert!(!addresses.is_empty());
    for own in addresses {
        let policy = EgressPolicy { own_listeners: vec![SocketAddr::new(own, 443)], ..allowing(&[], &["localhost"]) };
        assert_eq!(class_of(policy, "localhost", 443).await, Some(AddressClass::OwnListener), "{own}");
    }
}
