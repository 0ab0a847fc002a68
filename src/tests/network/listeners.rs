//! Listeners on every address of the network: each notes who was dialled and then plays along a little.

use std::net::{Ipv6Addr, SocketAddr};
use std::sync::Arc;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio_rustls::TlsAcceptor;

use super::world::Log;

const MYSQL: u16 = 3306;
const WEB: [u16; 4] = [80, 443, 8080, 8443];
const TLS_RECORD: u8 = 0x16;
/// The greeting of a MySQL server without encryption (dev.mysql.com, "Protocol::HandshakeV10").
const GREETING: &[u8] = b"\x4a\0\0\0\x0a8.0.36\0\x01\0\0\0abcdefgh\0\x09\x82\x2d\x02\0\x08\0\x15\0\0\0\0\0\0\0\0\0\0ijklmnopqrst\0mysql_native_password\0";

/// Listens on `port` of every address; a socket on `[::]` takes IPv4 too.
pub fn start(port: u16, log: &Arc<Log>, tls: &TlsAcceptor) {
    let socket = TcpSocket::new_v6().unwrap();
    socket.set_reuseaddr(true).unwrap();
    socket.bind(SocketAddr::from((Ipv6Addr::UNSPECIFIED, port))).unwrap();
    tokio::spawn(accept(socket.listen(1024).unwrap(), log.clone(), tls.clone()));
}

async fn accept(listener: TcpListener, log: Arc<Log>, tls: TlsAcceptor) {
    let canonical = |address: SocketAddr| SocketAddr::new(address.ip().to_canonical(), address.port());
    loop {
        let (line, peer) = listener.accept().await.unwrap();
        let local = line.local_addr().unwrap();
        log.add(canonical(local), canonical(peer));
        tokio::spawn(play(line, local.port(), tls.clone()));
    }
}

async fn play(mut line: TcpStream, port: u16, tls: TlsAcceptor) -> Option<()> {
    if port == MYSQL {
        line.write_all(GREETING).await.ok()?;
        line.read_u8().await.ok()?;
    }
    if !WEB.contains(&port) {
        return None;
    }
    let mut first = [0];
    line.peek(&mut first).await.ok().filter(|length| *length > 0)?;
    if first == [TLS_RECORD] { answer(tls.accept(line).await.ok()?).await } else { answer(line).await }
}

/// Answers a request: `/r/STATUS/HEX` anywhere in its path is a redirect to the text in HEX, all else is a document.
async fn answer(mut line: impl AsyncRead + AsyncWrite + Unpin) -> Option<()> {
    let mut request = Vec::new();
    while !request.windows(4).any(|window| window == b"\r\n\r\n") {
        if line.read_buf(&mut request).await.ok()? == 0 {
            return None;
        }
    }
    let text = String::from_utf8_lossy(&request).into_owned();
    let path = text.split(' ').nth(1)?;
    let redirect = path.split_once("/r/").and_then(|(_, rest)| rest.split_once('/')).map(|(status, rest)| (status, rest.split(['/', '?']).next().unwrap()));
    let (head, body) = match redirect {
        Some((status, location)) => ([format!("HTTP/1.1 {status} Elsewhere\r\nlocation: ").as_bytes(), &hex::decode(location).ok()?].concat(), ""),
        None => (b"HTTP/1.1 200 OK\r\ncontent-type: application/json".to_vec(), r#"{"id":1,"name":"open"}"#),
    };
    line.write_all(&[&head, format!("\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}", body.len()).as_bytes()].concat()).await.ok()?;
    line.shutdown().await.ok()
}
