//! What the server says first, and whether it encrypts (dev.mysql.com, "Client/Server Protocol", connection phase).

use std::io;
use std::time::Duration;

use mysql_async::consts::CapabilityFlags;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::connect::answer::unreached;
use crate::connect::encryption::Encryption;
use crate::connect::outcome::Failure;
use crate::domain::{CheckCode, StepKind};
use crate::egress::{CheckedTarget, Egress, EgressError, TlsFacts};

use super::{failure, refusal};

const ANSWER_LIMIT: Duration = Duration::from_secs(5);
/// A greeting is shorter, in bytes.
const LONGEST: usize = 1024;
/// `utf8mb4_general_ci`.
const CHARACTER_SET: u8 = 45;

/// Reads the greeting on a line of its own and, where it should be, encrypts it; nothing secret is sent.
pub(super) async fn ask(egress: &Egress, target: &CheckedTarget, encryption: &Encryption) -> Result<Option<TlsFacts>, Failure> {
    let below = |error: EgressError| unreached(StepKind::Secure, &error);
    let mut stream = egress.connect(target).await.map_err(below)?;
    let greeting = timeout(ANSWER_LIMIT, packet(&mut stream)).await.map_err(|_| failure(CheckCode::Timeout, StepKind::Secure))?;
    let greeting = greeting.map_err(|_| failure(CheckCode::UnexpectedContent, StepKind::Secure))?;
    if let Some(code) = refused(&greeting) {
        return Err(failure(refusal::meaning(code), StepKind::Secure));
    }
    let capabilities = capabilities(&greeting).ok_or_else(|| failure(CheckCode::UnexpectedContent, StepKind::Secure))?;
    let Encryption::Tls(trust) = encryption else { return Ok(None) };
    if !capabilities.contains(CapabilityFlags::CLIENT_SSL) {
        return Err(Failure { reason: "the server offers no encryption".to_owned(), ..failure(CheckCode::TlsInvalid, StepKind::Secure) });
    }
    stream.write_all(&ssl_request()).await.map_err(|_| failure(CheckCode::UnexpectedContent, StepKind::Secure))?;
    let (_, facts) = egress.secure(stream, target.host(), trust).await.map_err(below)?;
    Ok(Some(facts))
}

/// The payload of one packet: three bytes of length, one of sequence.
async fn packet(stream: &mut TcpStream) -> io::Result<Vec<u8>> {
    let mut head = [0; 4];
    stream.read_exact(&mut head).await?;
    let length = usize::from(head[0]) | usize::from(head[1]) << 8 | usize::from(head[2]) << 16;
    if length == 0 || length > LONGEST {
        return Err(io::Error::from(io::ErrorKind::InvalidData));
    }
    let mut payload = vec![0; length];
    stream.read_exact(&mut payload).await?;
    Ok(payload)
}

/// The code of a server that sends a refusal instead of a greeting.
fn refused(payload: &[u8]) -> Option<u16> {
    match payload {
        [0xFF, low, high, ..] => Some(u16::from_le_bytes([*low, *high])),
        _ => None,
    }
}

/// The lower capability flags of a protocol version 10 greeting.
fn capabilities(payload: &[u8]) -> Option<CapabilityFlags> {
    let rest = payload.strip_prefix(&[10])?;
    let version = rest.iter().position(|byte| *byte == 0)?;
    // Thread id, first part of the nonce, filler.
    let flags = rest.get(version + 1 + 4 + 8 + 1..)?.get(..2)?;
    Some(CapabilityFlags::from_bits_truncate(u32::from(u16::from_le_bytes([flags[0], flags[1]]))))
}

fn ssl_request() -> [u8; 36] {
    let wanted = CapabilityFlags::CLIENT_PROTOCOL_41 | CapabilityFlags::CLIENT_SSL | CapabilityFlags::CLIENT_SECURE_CONNECTION;
    let mut request = [0; 36];
    request[..4].copy_from_slice(&[32, 0, 0, 1]);
    request[4..8].copy_from_slice(&wanted.bits().to_le_bytes());
    request[8..12].copy_from_slice(&16_777_215_u32.to_le_bytes());
    request[12] = CHARACTER_SET;
    request
}
