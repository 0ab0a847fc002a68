//! Texts in the DNS (RFC 1035): one question to the machine's own name servers, as a proof of who owns a domain needs it.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpStream, UdpSocket};
use tokio::time::timeout;

use super::error::EgressError;
use super::host::Host;
use super::resolve::Egress;
use crate::domain::Random;

const LIMIT: Duration = Duration::from_secs(4);
const TXT: u16 = 16;
const IN: u16 = 1;
/// Where a Unix machine names its name servers (resolv.conf(5)).
const SERVERS: &str = "/etc/resolv.conf";

impl Egress {
    /// The texts under `name`; none when there are none. Only the operator says which name servers are asked: a page never does.
    ///
    /// # Errors
    /// `InvalidHost` for what is no name; `DnsFailed` or `Timeout` when no name server answers.
    pub async fn texts(&self, name: &str, random: &dyn Random) -> Result<Vec<String>, EgressError> {
        let Host::Name(name) = Host::parse(name)? else { return Err(EgressError::InvalidHost) };
        let servers = if self.inner.policy.nameservers.is_empty() { own_servers().await } else { self.inner.policy.nameservers.clone() };
        let mut last = EgressError::DnsFailed { host: name.clone() };
        for server in servers.into_iter().take(3) {
            let mut id = [0_u8; 2];
            random.fill(&mut id);
            let question = question(id, &name);
            match timeout(LIMIT, ask(server, &question)).await {
                Ok(Some(answer)) => return texts(&answer, &question).ok_or(last),
                Ok(None) => {}
                Err(_) => last = EgressError::Timeout { host: name.clone() },
            }
        }
        Err(last)
    }
}

async fn own_servers() -> Vec<SocketAddr> {
    let text = tokio::fs::read_to_string(SERVERS).await.unwrap_or_default();
    let server = |line: &str| line.strip_prefix("nameserver")?.trim().split('%').next()?.parse::<IpAddr>().ok();
    let found: Vec<SocketAddr> = text.lines().filter_map(server).map(|address| SocketAddr::new(address, 53)).collect();
    if found.is_empty() { vec![SocketAddr::from((Ipv4Addr::LOCALHOST, 53))] } else { found }
}

fn question(id: [u8; 2], name: &str) -> Vec<u8> {
    // Recursion desired, one question.
    let mut bytes = vec![id[0], id[1], 1, 0, 0, 1, 0, 0, 0, 0, 0, 0];
    for label in name.split('.') {
        bytes.push(u8::try_from(label.len()).unwrap_or_default());
        bytes.extend_from_slice(label.as_bytes());
    }
    bytes.push(0);
    bytes.extend_from_slice(&TXT.to_be_bytes());
    bytes.extend_from_slice(&IN.to_be_bytes());
    bytes
}

/// Asks by UDP, and by TCP when the answer was cut (§4.2). Only the server that was asked is heard, from a port that the system chose by chance.
async fn ask(server: SocketAddr, question: &[u8]) -> Option<Vec<u8>> {
    let local: IpAddr = if server.is_ipv4() { Ipv4Addr::UNSPECIFIED.into() } else { Ipv6Addr::UNSPECIFIED.into() };
    let socket = UdpSocket::bind(SocketAddr::new(local, 0)).await.ok()?;
    socket.connect(server).await.ok()?;
    socket.send(question).await.ok()?;
    let mut buffer = vec![0_u8; 4096];
    loop {
        let length = socket.recv(&mut buffer).await.ok()?;
        let answer = buffer.get(..length)?;
        if is_answer(answer, question) {
            return if answer[2] & 2 == 2 { ask_at_length(server, question).await } else { Some(answer.to_vec()) };
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the guarded resolver itself")]
async fn ask_at_length(server: SocketAddr, question: &[u8]) -> Option<Vec<u8>> {
    let mut line = TcpStream::connect(server).await.ok()?;
    let mut framed = u16::try_from(question.len()).ok()?.to_be_bytes().to_vec();
    framed.extend_from_slice(question);
    line.write_all(&framed).await.ok()?;
    let mut answer = vec![0_u8; usize::from(line.read_u16().await.ok()?)];
    line.read_exact(&mut answer).await.ok()?;
    is_answer(&answer, question).then_some(answer)
}

/// Whether it answers this very question: the same id, the same name and type; letters may change their case.
fn is_answer(answer: &[u8], question: &[u8]) -> bool {
    answer.len() >= question.len()
        && answer[..2] == question[..2]
        && answer[2] & 0x80 == 0x80
        && answer[4..6] == [0, 1]
        && answer[12..question.len()].eq_ignore_ascii_case(&question[12..])
}

/// The texts of an answer; an empty list when the name is unknown, none when the server failed or the answer is broken.
fn texts(answer: &[u8], question: &[u8]) -> Option<Vec<String>> {
    match answer[3] & 0x0F {
        0 => {}
        3 => return Some(Vec::new()),
        _ => return None,
    }
    let count = u16::from_be_bytes([answer[6], answer[7]]);
    let mut at = question.len();
    let mut found = Vec::new();
    for _ in 0..count {
        at = after_name(answer, at)?;
        let head = answer.get(at..at + 10)?;
        let (kind, class) = (u16::from_be_bytes([head[0], head[1]]), u16::from_be_bytes([head[2], head[3]]));
        let length = usize::from(u16::from_be_bytes([head[8], head[9]]));
        let data = answer.get(at + 10..at + 10 + length)?;
        if (kind, class) == (TXT, IN) {
            found.push(joined(data)?);
        }
        at += 10 + length;
    }
    Some(found)
}

fn after_name(answer: &[u8], mut at: usize) -> Option<usize> {
    loop {
        match *answer.get(at)? {
            0 => return Some(at + 1),
            length if length & 0xC0 == 0xC0 => return Some(at + 2),
            length => at += 1 + usize::from(length),
        }
    }
}

/// The strings of one record, put together.
fn joined(mut data: &[u8]) -> Option<String> {
    let mut text = Vec::new();
    while let Some((length, rest)) = data.split_first() {
        let (part, rest) = rest.split_at_checked(usize::from(*length))?;
        text.extend_from_slice(part);
        data = rest;
    }
    Some(String::from_utf8_lossy(&text).into_owned())
}
