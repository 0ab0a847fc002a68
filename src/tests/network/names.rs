//! Names that say themselves what the name server answers: `a0b000001-then-a0a000001.open.example` is 11.0.0.1 once, then 10.0.0.1.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::atomic::{AtomicU32, Ordering};

/// The zone of the names with a rule; the listeners have a certificate for its names.
pub const ZONE: &str = "open.example";
/// What every name without a rule has.
pub const INTERNAL: Ipv4Addr = Ipv4Addr::new(10, 66, 66, 66);
/// Names without a rule: one that the search list completes, one below it, capitals, a final dot, an international name, a public one.
pub const INTERNAL_NAMES: [&str; 8] = [
    "intranet",
    "db.internal.example",
    "INTRANET",
    "Intranet.Internal.Example.",
    "b\u{fc}cher.example",
    "xn--bcher-kva.example",
    "b\u{fc}cher\u{3002}example",
    "public.example",
];
const THEN: &str = "-then-";

/// What one look-up is answered with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// There is no such name.
    Nobody,
    /// These addresses; behind another name (CNAME) when `alias` says so.
    Addresses { alias: bool, list: Vec<IpAddr> },
}

/// The answers one after the other; the last one stays. Names without a rule are internal.
pub fn rule(name: &str) -> Vec<Said> {
    name.split('.')
        .find_map(|label| label.split(THEN).map(said).collect())
        .unwrap_or_else(|| vec![Said::Addresses { alias: false, list: vec![INTERNAL.into()] }])
}

fn said(text: &str) -> Option<Said> {
    if text == "nx" {
        return Some(Said::Nobody);
    }
    let (alias, text) = text.strip_prefix("c-").map_or((false, text), |rest| (true, rest));
    let list: Option<Vec<IpAddr>> = text.split('-').map(address).collect();
    list.map(|list| Said::Addresses { alias, list })
}

fn address(text: &str) -> Option<IpAddr> {
    match text.split_at_checked(1)? {
        ("a", digits) if digits.len() == 8 => u32::from_str_radix(digits, 16).ok().map(|bits| Ipv4Addr::from_bits(bits).into()),
        ("q", digits) if digits.len() == 32 => u128::from_str_radix(digits, 16).ok().map(|bits| Ipv6Addr::from_bits(bits).into()),
        _ => None,
    }
}

fn written(address: IpAddr) -> String {
    match address {
        IpAddr::V4(v4) => format!("a{:08x}", v4.to_bits()),
        IpAddr::V6(v6) => format!("q{:032x}", v6.to_bits()),
    }
}

/// How a name leads to a blocked address.
pub const FORMS: [&str; 10] =
    ["plain", "open first", "open last", "alias", "upper case", "final dot", "international", "rebinding", "nobody first", "twice open"];

/// A name that nobody asked for before and that leads to `target` in the way of `form`. The open address in it is a neighbour of 10.0.0.0/8.
pub fn name(form: &str, target: IpAddr) -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let open = written(Ipv4Addr::from_bits(0x0b00_0001 + count).into());
    let target = written(target);
    match form {
        "plain" => format!("{target}.{ZONE}"),
        "open first" => format!("{open}-{target}.{ZONE}"),
        "open last" => format!("{target}-{open}.{ZONE}"),
        "alias" => format!("c-{target}.{ZONE}"),
        "upper case" => format!("{target}.{ZONE}").to_uppercase(),
        "final dot" => format!("{target}.{ZONE}."),
        "international" => format!("b\u{fc}cher{count}.{target}.{ZONE}"),
        "rebinding" => format!("{open}{THEN}{target}.{ZONE}"),
        "nobody first" => format!("nx{THEN}{open}{THEN}{target}.{ZONE}"),
        "twice open" => format!("{open}{THEN}{open}{THEN}{target}.{ZONE}"),
        other => panic!("no form of names is called {other}"),
    }
}
