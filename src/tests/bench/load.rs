//! Clients that cost little: keep-alive HTTP/1.1 over bare sockets, so that the server has the machine.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// What so many clients got.
pub struct Load {
    pub per_second: f64,
    pub p50_ms: f64,
    pub p99_ms: f64,
    pub slowest_ms: f64,
}

/// The port of an address such as `http://localhost:4800`.
pub fn port(url: &str) -> u16 {
    url.rsplit(':').next().unwrap().trim_end_matches('/').parse().unwrap()
}

/// `clients` ask for `paths` in turn for some seconds; every answer is read whole and must be 200.
pub async fn load(port: u16, paths: &Arc<Vec<String>>, bearer: &str, clients: usize, lasting: Duration) -> Load {
    let stop = Arc::new(AtomicBool::new(false));
    let begun = Instant::now();
    let running: Vec<_> = (0..clients)
        .map(|number| {
            let (paths, bearer, stop) = (paths.clone(), bearer.to_owned(), stop.clone());
            tokio::spawn(async move {
                let mut line = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
                line.set_nodelay(true).unwrap();
                let (mut times, mut buffer, mut place) = (Vec::new(), Vec::new(), number * 37);
                while !stop.load(Ordering::Relaxed) {
                    let path = &paths[place % paths.len()];
                    place += clients;
                    let asked = Instant::now();
                    ask(&mut line, path, &bearer, &mut buffer).await;
                    times.push(asked.elapsed().as_secs_f64() * 1_000.0);
                }
                times
            })
        })
        .collect();
    tokio::time::sleep(lasting).await;
    stop.store(true, Ordering::Relaxed);
    let mut times: Vec<f64> = Vec::new();
    for client in running {
        times.extend(client.await.unwrap());
    }
    let seconds = begun.elapsed().as_secs_f64();
    times.sort_by(f64::total_cmp);
    #[expect(clippy::cast_precision_loss, reason = "counts far below 2^52")]
    let per_second = times.len() as f64 / seconds;
    Load { per_second, p50_ms: times[times.len() / 2], p99_ms: times[times.len() * 99 / 100], slowest_ms: times[times.len() - 1] }
}

async fn ask(line: &mut TcpStream, path: &str, bearer: &str, buffer: &mut Vec<u8>) {
    let request = format!("GET {path} HTTP/1.1\r\nhost: localhost\r\nuser-agent: bench\r\nauthorization: Bearer {bearer}\r\n\r\n");
    line.write_all(request.as_bytes()).await.unwrap();
    buffer.clear();
    let mut whole = None;
    while whole.is_none_or(|length| buffer.len() < length) {
        assert!(line.read_buf(buffer).await.unwrap() > 0, "the server hung up");
        if whole.is_none() {
            whole = length(buffer);
        }
    }
    assert!(buffer.starts_with(b"HTTP/1.1 200 "), "{}", String::from_utf8_lossy(buffer));
}

/// The length of the whole answer, once its head is there.
fn length(buffer: &[u8]) -> Option<usize> {
    let head = buffer.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
    let text = std::str::from_utf8(&buffer[..head]).unwrap().to_ascii_lowercase();
    let body = text.split("content-length: ").nth(1).and_then(|rest| rest.split("\r\n").next()).unwrap();
    Some(head + body.parse::<usize>().unwrap())
}
