//! IPv4 addresses that travel inside IPv6 ones.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// How an IPv4 address stands inside an IPv6 one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Embedded {
    /// A translator forwards to exactly this address (NAT64, RFC 6052).
    Translated(Ipv4Addr),
    /// A tunnel leads to it (6to4, Teredo, the compatible and the translated form): the route itself is not trusted.
    Tunnelled(Ipv4Addr),
    /// It is the interface part of an otherwise ordinary address (ISATAP, RFC 5214).
    Interface(Ipv4Addr),
}

/// The address that the machine would truly dial: a mapped IPv6 address (`::ffff:0:0/96`) is its IPv4 address.
pub(super) fn canonical(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(v6) => v6.to_ipv4_mapped().map_or(address, IpAddr::V4),
    }
}

fn join(high: u16, low: u16) -> Ipv4Addr {
    Ipv4Addr::from((u32::from(high) << 16) | u32::from(low))
}

/// Finds the IPv4 address inside `address`, if a known scheme put one there.
pub(super) fn embedded(address: Ipv6Addr) -> Option<Embedded> {
    match address.segments() {
        [0, 0, 0, 0, 0, 0, 0, 0 | 1] => None,
        [0, 0, 0, 0, 0, 0, high, low] => Some(Embedded::Tunnelled(join(high, low))),
        [0, 0, 0, 0, 0xffff, 0, high, low] => Some(Embedded::Tunnelled(join(high, low))),
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => Some(Embedded::Translated(join(high, low))),
        // RFC 8215 leaves the length of the prefix to the network: the address may stand after 48 or after 96 bits.
        [0x64, 0xff9b, 1, 0, 0, 0, high, low] => Some(Embedded::Tunnelled(join(high, low))),
        [0x64, 0xff9b, 1, high, low, ..] => Some(Embedded::Tunnelled(join(high, (low << 8) | (address.segments()[5] >> 8)))),
        [0x2002, high, low, ..] => Some(Embedded::Tunnelled(join(high, low))),
        [0x2001, 0, _, _, _, _, high, low] => Some(Embedded::Tunnelled(join(!high, !low))),
        [_, _, _, _, 0 | 0x0200, 0x5efe, high, low] => Some(Embedded::Interface(join(high, low))),
        _ => None,
    }
}
