//! The corpus as people would type it into a field for a host or for a web address.

use std::net::IpAddr;

use crate::egress::corpus::{Attempt, corpus};

const PORT: u16 = 8443;

/// One payload in every spelling a field may take.
#[derive(Clone, Debug)]
pub struct Payload {
    /// As it stands in the corpus, or the name with a rule.
    pub text: String,
    /// As the host of a database.
    pub host: String,
    /// As it stands behind `//` in a web address.
    pub authority: String,
    /// As a web address: as typed, and encrypted.
    pub urls: Vec<String>,
    /// Whether the corpus says that it leads nowhere forbidden.
    pub is_open: bool,
    /// Whether what it names is an address; otherwise it is a trick that is no address at all.
    pub names_address: bool,
}

impl Payload {
    fn of(attempt: &Attempt) -> Self {
        let text = &attempt.payload;
        let is_open = attempt.verdict == "public";
        let classes = latchkey::egress::AddressClass::ALL;
        let names_address = classes.iter().any(|class| class.as_str() == attempt.verdict);
        if attempt.sink != "url" {
            return Self { is_open, names_address, ..Self::host(text) };
        }
        let bare = text.trim();
        let authority = bare.split_once("://").map_or(bare, |(_, rest)| rest.split(['/', '?', '#']).next().unwrap());
        let host = authority.strip_suffix(&format!(":{PORT}")).unwrap_or(authority).to_owned();
        let mut urls = vec![text.clone()];
        if let Some(rest) = bare.get(..5).filter(|scheme| scheme.eq_ignore_ascii_case("http:")).map(|_| &bare[5..]) {
            urls.push(format!("https:{rest}"));
        }
        Self { text: text.clone(), host, authority: authority.to_owned(), urls, is_open, names_address }
    }

    /// A host, as it is and within an encrypted address.
    pub fn host(host: &str) -> Self {
        let bracketed = if host.contains(':') && !host.starts_with('[') { format!("[{host}]") } else { host.to_owned() };
        Self {
            text: host.to_owned(),
            host: host.to_owned(),
            urls: vec![format!("https://{bracketed}/")],
            authority: bracketed,
            is_open: false,
            names_address: true,
        }
    }

    /// The address of a neighbour that is dialled for this payload on the usual port of `https`, when it names one plainly.
    pub fn address(&self) -> Option<IpAddr> {
        let text = self.host.trim_matches(['[', ']']);
        let plain = text.parse().ok().or_else(|| text.parse::<u32>().ok().map(|bits| IpAddr::V4(bits.into())));
        plain.map(|address: IpAddr| address.to_canonical())
    }
}

/// Every payload of the corpus once.
pub fn payloads() -> Vec<Payload> {
    let mut all: Vec<Payload> = corpus(PORT).iter().map(Payload::of).collect();
    all.sort_by(|one, other| one.text.cmp(&other.text));
    all.dedup_by(|one, other| one.text == other.text);
    all
}

/// Every address that the corpus or the list of networks calls a neighbour of a blocked one.
pub fn open_addresses() -> Vec<IpAddr> {
    let mut all: Vec<IpAddr> = payloads().iter().filter(|payload| payload.is_open).filter_map(Payload::address).chain(super::oracle::neighbours()).collect();
    all.sort();
    all.dedup();
    all
}

/// Every address that the corpus says is blocked.
pub fn blocked_addresses() -> Vec<IpAddr> {
    let blocked = corpus(PORT).into_iter().filter(|attempt| attempt.sink != "url" && attempt.verdict != "public");
    let mut all: Vec<IpAddr> = blocked.filter_map(|attempt| attempt.payload.parse().ok()).collect();
    all.sort();
    all.dedup();
    all
}
