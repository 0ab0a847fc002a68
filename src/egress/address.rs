//! What an IP address is: one classifier for literals, names and redirects.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::canonical::{Embedded, canonical, embedded};

/// What kind of address it is, by the IANA special-purpose registries (RFC 6890, RFC 8190) and the documents of the large clouds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AddressClass {
    /// Reachable on the public Internet.
    Public,
    /// A private network (RFC 1918, RFC 4193, site-local).
    Private,
    /// This machine.
    Loopback,
    /// Only the neighbours on the wire (RFC 3927, RFC 4291).
    LinkLocal,
    /// A cloud's metadata service, which hands out the machine's own credentials.
    Metadata,
    /// "This network": reaches the machine itself.
    Unspecified,
    /// A group of machines.
    Multicast,
    /// A carrier's shared space (RFC 6598).
    CarrierNat,
    /// For examples in documents (RFC 5737, RFC 3849, RFC 9637).
    Documentation,
    /// For measurements of network equipment (RFC 2544, RFC 5180).
    Benchmark,
    /// A tunnel or a translation prefix, behind which any address may stand.
    Tunnel,
    /// Kept back by the registries.
    Reserved,
    /// A port of this product or its database.
    OwnListener,
}

impl AddressClass {
    /// Every class.
    pub const ALL: [Self; 13] = [
        Self::Public,
        Self::Private,
        Self::Loopback,
        Self::LinkLocal,
        Self::Metadata,
        Self::Unspecified,
        Self::Multicast,
        Self::CarrierNat,
        Self::Documentation,
        Self::Benchmark,
        Self::Tunnel,
        Self::Reserved,
        Self::OwnListener,
    ];

    /// The class in words, as messages and documents name it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Private => "private",
            Self::Loopback => "loopback",
            Self::LinkLocal => "link-local",
            Self::Metadata => "cloud metadata",
            Self::Unspecified => "unspecified",
            Self::Multicast => "multicast",
            Self::CarrierNat => "carrier network",
            Self::Documentation => "documentation",
            Self::Benchmark => "benchmark",
            Self::Tunnel => "tunnel",
            Self::Reserved => "reserved",
            Self::OwnListener => "Latchkey's own",
        }
    }

    /// Whether no configuration opens it.
    pub const fn always_denied(self) -> bool {
        matches!(self, Self::Metadata | Self::LinkLocal | Self::Unspecified | Self::Multicast | Self::OwnListener)
    }
}

impl fmt::Display for AddressClass {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// Says what `address` is. An IPv4 address inside an IPv6 one is what decides.
pub fn classify(address: IpAddr) -> AddressClass {
    match canonical(address) {
        IpAddr::V4(v4) => classify_v4(v4),
        IpAddr::V6(v6) => match embedded(v6) {
            Some(Embedded::Translated(v4)) => classify_v4(v4),
            Some(Embedded::Tunnelled(v4)) => match classify_v4(v4) {
                AddressClass::Public => AddressClass::Tunnel,
                class => class,
            },
            Some(Embedded::Interface(v4)) => match (classify_v6(v6), classify_v4(v4)) {
                (AddressClass::Public, class) => class,
                (class, _) => class,
            },
            None => classify_v6(v6),
        },
    }
}

/// Azure's wire server and health probe, a public address (learn.microsoft.com, "What is IP address 168.63.129.16?").
const AZURE_WIRE_SERVER: Ipv4Addr = Ipv4Addr::new(168, 63, 129, 16);
/// The metadata service of Alibaba Cloud, within the carriers' space.
const ALIBABA_METADATA: Ipv4Addr = Ipv4Addr::new(100, 100, 100, 200);
/// The metadata service of Oracle Cloud's first generation.
const ORACLE_METADATA: Ipv4Addr = Ipv4Addr::new(192, 0, 0, 192);

fn classify_v4(address: Ipv4Addr) -> AddressClass {
    if [AZURE_WIRE_SERVER, ALIBABA_METADATA, ORACLE_METADATA].contains(&address) {
        return AddressClass::Metadata;
    }
    match address.octets() {
        [0, ..] => AddressClass::Unspecified,
        [127, ..] => AddressClass::Loopback,
        [169, 254, 169 | 170, _] => AddressClass::Metadata,
        [169, 254, ..] => AddressClass::LinkLocal,
        [10, ..] | [172, 16..=31, ..] | [192, 168, ..] => AddressClass::Private,
        [100, 64..=127, ..] => AddressClass::CarrierNat,
        [192, 0, 2, _] | [198, 51, 100, _] | [203, 0, 113, _] => AddressClass::Documentation,
        [198, 18 | 19, ..] => AddressClass::Benchmark,
        [192, 88, 99, _] => AddressClass::Tunnel,
        [224..=239, ..] => AddressClass::Multicast,
        [192, 0, 0, _] | [240..=255, ..] => AddressClass::Reserved,
        _ => AddressClass::Public,
    }
}

/// The metadata services of AWS, Google Cloud and Scaleway, within unique local space.
const METADATA_V6: [Ipv6Addr; 4] = [
    Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254),
    Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x23),
    Ipv6Addr::new(0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254),
    Ipv6Addr::new(0xfd00, 0x42, 0, 0, 0, 0, 0, 0x42),
];

fn classify_v6(address: Ipv6Addr) -> AddressClass {
    if METADATA_V6.contains(&address) {
        return AddressClass::Metadata;
    }
    match address.segments() {
        [0, 0, 0, 0, 0, 0, 0, 0] => AddressClass::Unspecified,
        [0, 0, 0, 0, 0, 0, 0, 1] => AddressClass::Loopback,
        [0xfe80..=0xfebf, ..] => AddressClass::LinkLocal,
        [0xfc00..=0xfdff, ..] | [0xfec0..=0xfeff, ..] => AddressClass::Private,
        [0xff00..=0xffff, ..] => AddressClass::Multicast,
        [0x2001, 0xdb8, ..] | [0x3fff, 0x0000..=0x0fff, ..] => AddressClass::Documentation,
        [0x2001, 2, 0, ..] => AddressClass::Benchmark,
        [0x64, 0xff9b, ..] => AddressClass::Tunnel,
        [0x2001, 0x0000..=0x01ff, ..] => AddressClass::Reserved,
        [0x2000..=0x3fff, ..] => AddressClass::Public,
        _ => AddressClass::Reserved,
    }
}
