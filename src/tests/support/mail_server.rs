//! A small mail server that speaks SMTP (RFC 5321) over a socket, with AUTH PLAIN and, when wanted, TLS from the first byte or by STARTTLS.

use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rcgen::{CertificateParams, KeyPair};
use rustls::pki_types::PrivateKeyDer;
use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use crate::egress::tls::{Authority, authority};

/// How the line is encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line {
    Plain,
    Implicit,
    StartTls,
}

/// A letter as it arrived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrived {
    pub from: String,
    pub to: Vec<String>,
    pub data: String,
    /// `user:password`, if somebody signed in.
    pub login: Option<String>,
    pub encrypted: bool,
}

/// A running server; it ends with the test's runtime.
pub struct MailServer {
    pub port: u16,
    pub roots: String,
    inner: Arc<Inner>,
}

struct Inner {
    line: Line,
    tls: TlsAcceptor,
    arrived: Mutex<Vec<Arrived>>,
    /// What it answers to `RCPT`, while it refuses.
    refusal: Mutex<Option<&'static str>>,
}

impl MailServer {
    pub async fn start(line: Line) -> Self {
        let authority = authority();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let inner = Arc::new(Inner { line, tls: acceptor(&authority), arrived: Mutex::default(), refusal: Mutex::default() });
        let server = Self { port: listener.local_addr().unwrap().port(), roots: authority.pem(), inner: inner.clone() };
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, inner.clone()));
            }
        });
        server
    }

    /// The letters so far.
    pub fn arrived(&self) -> Vec<Arrived> {
        self.inner.arrived.lock().unwrap().clone()
    }

    /// Refuses every recipient with this answer from now on, or takes them again.
    pub fn refuse(&self, answer: Option<&'static str>) {
        *self.inner.refusal.lock().unwrap() = answer;
    }
}

fn acceptor(authority: &Authority) -> TlsAcceptor {
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap().signed_by(&key, authority).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap().with_no_client_auth();
    let config = config.with_single_cert(vec![certificate.der().clone()], PrivateKeyDer::Pkcs8(key.serialize_der().into())).unwrap();
    TlsAcceptor::from(Arc::new(config))
}

async fn serve(stream: TcpStream, inner: Arc<Inner>) -> Option<()> {
    if inner.line == Line::Implicit {
        let stream = inner.tls.accept(stream).await.ok()?;
        return talk(stream, &inner, true, true).await.map(drop);
    }
    if let Some(stream) = talk(stream, &inner, false, true).await? {
        let stream = inner.tls.accept(stream).await.ok()?;
        talk(stream, &inner, true, false).await?;
    }
    Some(())
}

/// Talks until the client leaves; gives the stream back when it is to be encrypted.
async fn talk<S: AsyncRead + AsyncWrite + Unpin>(stream: S, inner: &Inner, encrypted: bool, greet: bool) -> Option<Option<S>> {
    let mut stream = BufReader::new(stream);
    if greet {
        stream.write_all(b"220 test ESMTP\r\n").await.ok()?;
    }
    let mut letter = Arrived { from: String::new(), to: Vec::new(), data: String::new(), login: None, encrypted };
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).await.ok().filter(|read| *read > 0)?;
        let line = line.trim_end();
        let verb = line.split_whitespace().next().unwrap_or_default().to_uppercase();
        let answer = match verb.as_str() {
            "EHLO" => {
                let tls = if inner.line == Line::StartTls && !encrypted { "250-STARTTLS\r\n" } else { "" };
                format!("250-test\r\n{tls}250-AUTH PLAIN\r\n250 8BITMIME\r\n")
            }
            "STARTTLS" => {
                stream.write_all(b"220 go ahead\r\n").await.ok()?;
                return Some(Some(stream.into_inner()));
            }
            "AUTH" => {
                let given = STANDARD.decode(line.split_whitespace().nth(2).unwrap_or_default()).unwrap();
                letter.login = Some(String::from_utf8(given).unwrap().trim_start_matches('\0').replace('\0', ":"));
                "235 welcome\r\n".to_owned()
            }
            "MAIL" => {
                letter.from = between(line);
                "250 fine\r\n".to_owned()
            }
            "RCPT" => match *inner.refusal.lock().unwrap() {
                Some(refusal) => format!("{refusal}\r\n"),
                None => {
                    letter.to.push(between(line));
                    "250 fine\r\n".to_owned()
                }
            },
            "DATA" => {
                stream.write_all(b"354 go on\r\n").await.ok()?;
                letter.data = read_data(&mut stream).await?;
                inner.arrived.lock().unwrap().push(letter.clone());
                "250 taken\r\n".to_owned()
            }
            "QUIT" => {
                stream.write_all(b"221 bye\r\n").await.ok()?;
                return Some(None);
            }
            _ => "250 fine\r\n".to_owned(),
        };
        stream.write_all(answer.as_bytes()).await.ok()?;
    }
}

async fn read_data<S: AsyncRead + Unpin>(stream: &mut BufReader<S>) -> Option<String> {
    let mut data = Vec::new();
    while !data.ends_with(b"\r\n.\r\n") {
        data.push(stream.read_u8().await.ok()?);
    }
    Some(String::from_utf8(data).unwrap())
}

fn between(line: &str) -> String {
    line.split_once('<').and_then(|(_, rest)| rest.split_once('>')).map(|(address, _)| address.to_owned()).unwrap_or_default()
}
