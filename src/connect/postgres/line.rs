//! From a judged address to a line that PostgreSQL is spoken on (postgresql.org, "Message Flow", SSL Session Encryption).

use std::io;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::domain::{CheckCode, StepKind};
use crate::egress::{CheckedTarget, Egress, EgressError, TlsFacts, TlsStream};

use crate::connect::answer::unreached;
use crate::connect::encryption::Encryption;
use crate::connect::outcome::Failure;

use super::failure;

/// Length 8 and the request code 80877103.
const SSL_REQUEST: [u8; 8] = [0, 0, 0, 8, 0x04, 0xD2, 0x16, 0x2F];
const ANSWER_LIMIT: Duration = Duration::from_secs(5);

/// An open line.
pub(super) enum Line {
    /// Without encryption.
    Plain(TcpStream),
    /// With encryption.
    Encrypted(Box<TlsStream>),
}

/// Opens a line; nothing secret has been sent on it.
pub(super) async fn open(egress: &Egress, target: &CheckedTarget, encryption: &Encryption) -> Result<(Line, Option<TlsFacts>), Failure> {
    let below = |error: EgressError| unreached(StepKind::Secure, &error);
    let mut stream = egress.connect(target).await.map_err(below)?;
    let Encryption::Tls(trust) = encryption else { return Ok((Line::Plain(stream), None)) };
    let answer = timeout(ANSWER_LIMIT, ask(&mut stream)).await.map_err(|_| failure(CheckCode::Timeout, StepKind::Secure))?;
    match answer {
        Ok(b'S') => {
            let (line, facts) = egress.secure(stream, target.host(), trust).await.map_err(below)?;
            Ok((Line::Encrypted(Box::new(line)), Some(facts)))
        }
        Ok(b'N') => Err(Failure { reason: "the server offers no encryption".to_owned(), ..failure(CheckCode::TlsInvalid, StepKind::Secure) }),
        Ok(_) => Err(failure(CheckCode::UnexpectedContent, StepKind::Secure)),
        Err(_) => Err(failure(CheckCode::UnexpectedContent, StepKind::Secure)),
    }
}

/// Reads exactly one byte: whatever else came before the handshake would be unauthenticated (CVE-2021-23222).
async fn ask(stream: &mut TcpStream) -> io::Result<u8> {
    stream.write_all(&SSL_REQUEST).await?;
    stream.read_u8().await
}
