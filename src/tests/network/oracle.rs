//! Which addresses nobody may reach, written down a second time and by networks, so that the guard does not judge itself.

use std::net::{IpAddr, Ipv4Addr};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

const BLOCKED_V4: [&str; 17] = [
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "168.63.129.16/32",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.0.0.0/24",
    "192.0.2.0/24",
    "192.88.99.0/24",
    "192.168.0.0/16",
    "198.18.0.0/15",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "224.0.0.0/4",
    "240.0.0.0/4",
    "255.255.255.255/32",
];
/// Within 2000::/3.
const BLOCKED_V6: [&str; 4] = ["2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"];

fn is_blocked_v4(address: Ipv4Addr) -> bool {
    BLOCKED_V4.iter().any(|network| network.parse::<Ipv4Net>().unwrap().contains(&address))
}

/// Whether a connection to `address` is a breach.
pub fn is_blocked(address: IpAddr) -> bool {
    let v6 = match address.to_canonical() {
        IpAddr::V4(v4) => return is_blocked_v4(v4),
        IpAddr::V6(v6) => v6,
    };
    let inner = Ipv4Addr::from_octets(*v6.octets().last_chunk().unwrap());
    let segments = v6.segments();
    if segments[..6] == [0x64, 0xff9b, 0, 0, 0, 0] || (segments[4] & !0x0200, segments[5]) == (0, 0x5efe) {
        return is_blocked_v4(inner);
    }
    let in_networks = |networks: &[&str]| networks.iter().any(|network| network.parse::<Ipv6Net>().unwrap().contains(&v6));
    !in_networks(&["2000::/3"]) || in_networks(&BLOCKED_V6)
}

/// The networks on both sides of every blocked IPv4 one: the last address before and the first behind.
pub fn neighbours() -> Vec<IpAddr> {
    let networks = BLOCKED_V4.iter().map(|network| network.parse::<IpNet>().unwrap());
    let beside = networks.flat_map(|network| {
        let (IpAddr::V4(first), IpAddr::V4(last)) = (network.network(), network.broadcast()) else { unreachable!() };
        [u32::from(first).wrapping_sub(1), u32::from(last).wrapping_add(1)].map(|bits| IpAddr::V4(bits.into()))
    });
    beside.filter(|address| !is_blocked(*address)).collect()
}
