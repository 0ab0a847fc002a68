//! A tiny web server on the loopback that remembers every request and answers anything, also what no framework would send.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use latchkey::egress::{BoundOrigins, Egress, EgressPolicy, Limits, Origin};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use url::Url;

/// What the server does with a request.
pub enum Reply {
    /// Sends these bytes and closes.
    Bytes(Vec<u8>),
    /// Sends the head, then the chunk again and again until the client leaves.
    Endless(String, Vec<u8>),
    /// Says nothing and keeps the line open.
    Silence,
}

/// A whole answer.
pub fn reply(status: u16, headers: &str, body: &[u8]) -> Reply {
    let mut bytes = format!("HTTP/1.1 {status} Said\r\n{headers}content-length: {}\r\nconnection: close\r\n\r\n", body.len()).into_bytes();
    bytes.extend_from_slice(body);
    Reply::Bytes(bytes)
}

/// A redirect.
pub fn redirect(status: u16, location: &str) -> Reply {
    reply(status, &format!("location: {location}\r\n"), b"")
}

type Answer = dyn Fn(&str) -> Reply + Send + Sync;

/// A running server; it ends with the test's runtime.
pub struct Site {
    pub address: SocketAddr,
    scheme: &'static str,
    seen: Arc<Mutex<Vec<String>>>,
}

impl Site {
    /// Starts a server that answers a path by `answer`.
    pub async fn start(answer: impl Fn(&str) -> Reply + Send + Sync + 'static) -> Self {
        Self::serve(None, Arc::new(answer)).await
    }

    /// The same, encrypted.
    pub async fn start_tls(tls: TlsAcceptor, answer: impl Fn(&str) -> Reply + Send + Sync + 'static) -> Self {
        Self::serve(Some(tls), Arc::new(answer)).await
    }

    async fn serve(tls: Option<TlsAcceptor>, answer: Arc<Answer>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let site = Self { address: listener.local_addr().unwrap(), scheme: if tls.is_some() { "https" } else { "http" }, seen: Arc::default() };
        let seen = site.seen.clone();
        tokio::spawn(async move {
            while let Ok((line, _)) = listener.accept().await {
                let (seen, answer, tls) = (seen.clone(), answer.clone(), tls.clone());
                tokio::spawn(async move {
                    match tls {
                        None => converse(line, &seen, &*answer).await,
                        Some(tls) => match tls.accept(line).await {
                            Ok(line) => converse(line, &seen, &*answer).await,
                            Err(_) => None,
                        },
                    }
                });
            }
        });
        site
    }

    /// A URL at this server.
    pub fn url(&self, path: &str) -> Url {
        format!("{}://{}{path}", self.scheme, self.address).parse().unwrap()
    }

    /// The origin of this server.
    pub fn origin(&self) -> Origin {
        Origin::of(&self.url("/")).unwrap()
    }

    /// Every request so far: head and body, names of headers in lower case as the client sent them.
    pub fn seen(&self) -> Vec<String> {
        self.seen.lock().unwrap().clone()
    }

    /// How many requests carried this text.
    pub fn seen_with(&self, text: &str) -> usize {
        self.seen().iter().filter(|request| request.to_lowercase().contains(text)).count()
    }
}

async fn converse(mut line: impl AsyncRead + AsyncWrite + Unpin, seen: &Mutex<Vec<String>>, answer: &Answer) -> Option<()> {
    let mut request = Vec::new();
    let head_end = loop {
        if let Some(found) = request.windows(4).position(|window| window == b"\r\n\r\n") {
            break found + 4;
        }
        if line.read_buf(&mut request).await.ok()? == 0 {
            return None;
        }
    };
    let head = String::from_utf8_lossy(&request[..head_end]).to_lowercase();
    let length: usize = head.lines().find_map(|header| header.strip_prefix("content-length: ")).map_or(0, |value| value.trim().parse().unwrap());
    while request.len() < head_end + length {
        if line.read_buf(&mut request).await.ok()? == 0 {
            return None;
        }
    }
    let text = String::from_utf8_lossy(&request).into_owned();
    let path = text.split(' ').nth(1)?.to_owned();
    seen.lock().unwrap().push(text);
    match answer(&path) {
        Reply::Bytes(bytes) => line.write_all(&bytes).await.ok()?,
        Reply::Endless(head, chunk) => {
            line.write_all(head.as_bytes()).await.ok()?;
            while line.write_all(&chunk).await.is_ok() {}
        }
        Reply::Silence => while line.read_buf(&mut request).await.ok()? > 0 {},
    }
    line.shutdown().await.ok()
}

/// A client whose operator opened the loopback.
pub fn loopback_client() -> Egress {
    let policy = EgressPolicy { allow: vec!["127.0.0.0/8".parse().unwrap()], ..EgressPolicy::default() };
    Egress::new(policy, "").unwrap()
}

/// Bound to these servers.
pub fn bound(sites: &[&Site]) -> BoundOrigins {
    BoundOrigins(sites.iter().map(|site| site.origin()).collect())
}

/// Limits of an ordinary call.
pub fn limits() -> Limits {
    Limits::default()
}
