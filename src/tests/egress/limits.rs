//! Answers that are too long, too slow, packed too tightly or no HTTP at all.

use std::time::Duration;

use latchkey::egress::{EgressError, HttpCall, Limits};

use super::site::{Reply, Site, bound, limits, loopback_client, reply};

const CAP: usize = 256 * 1024;

async fn refusal(site: &Site, limits: Limits) -> EgressError {
    loopback_client().send(HttpCall::get(site.url("/secret-path?secret-query=1")), &bound(&[site]), &limits).await.unwrap_err()
}

fn capped() -> Limits {
    Limits { max_body_bytes: CAP, ..limits() }
}

#[tokio::test]
async fn an_answer_arrives_with_its_facts() {
    let headers = "content-type: Application/JSON; charset=utf-8\r\nretry-after: 30\r\nset-cookie: a=b\r\nx-request-id: r1\r\n";
    let site = Site::start(move |_| reply(429, headers, br#"{"a":1}"#)).await;
    let answer = loopback_client().send(HttpCall::get(site.url("/x")).header("stripe-version", "1"), &bound(&[&site]), &limits()).await.unwrap();
    assert_eq!((answer.status, answer.content_type.as_deref(), answer.retry_after_s), (429, Some("application/json"), Some(30)));
    assert_eq!(answer.json::<serde_json::Value>().unwrap()["a"], 1);
    assert_eq!((answer.header("x-request-id"), answer.header("set-cookie"), answer.host.as_str()), (Some("r1"), None, "127.0.0.1"));
    assert!(!answer.is_success() && !format!("{answer:?}").contains(r#""a""#));
    let request = site.seen().remove(0).to_lowercase();
    for expected in [format!("user-agent: latchkey/{}", env!("CARGO_PKG_VERSION")), "accept: application/json".into(), "stripe-version: 1".into()] {
        assert!(request.contains(&expected), "{request}");
    }
}

#[tokio::test]
async fn a_body_of_exactly_the_limit_passes_and_one_byte_more_does_not() {
    let exact = Site::start(|_| reply(200, "", &vec![b'a'; CAP])).await;
    let answer = loopback_client().send(HttpCall::get(exact.url("/")), &bound(&[&exact]), &capped()).await.unwrap();
    assert_eq!(answer.body().len(), CAP);
    let more = Site::start(|_| reply(200, "", &vec![b'a'; CAP + 1])).await;
    assert_eq!(refusal(&more, capped()).await, EgressError::TooLarge { limit: CAP });
}

#[tokio::test]
async fn an_endless_body_is_cut() {
    let announced_none = Site::start(|_| Reply::Endless("HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n".into(), vec![b'a'; 8192])).await;
    assert_eq!(refusal(&announced_none, capped()).await, EgressError::TooLarge { limit: CAP });
    let huge = Site::start(|_| Reply::Endless("HTTP/1.1 200 OK\r\ncontent-length: 2147483648\r\n\r\n".into(), vec![b'a'; 8192])).await;
    assert_eq!(refusal(&huge, capped()).await, EgressError::TooLarge { limit: CAP });
    let chunked = Site::start(|_| Reply::Endless("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n".into(), b"5\r\nwords\r\n".repeat(500))).await;
    assert_eq!(refusal(&chunked, capped()).await, EgressError::TooLarge { limit: CAP });
}

/// A gzip stream of zero bytes: one literal, then copies of 258 bytes at 13 bits each (RFC 1951, fixed codes), about 1:158.
fn packed_zeros(copies: usize) -> Vec<u8> {
    let mut bits: Vec<bool> = vec![true, true, false];
    let mut code = |value: u32, length: u32| bits.extend((0..length).rev().map(|place| value >> place & 1 == 1));
    code(0b0011_0000, 8);
    for _ in 0..copies {
        code(0b1100_0101, 8);
        code(0, 5);
    }
    code(0, 7);
    let mut stream = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    stream.extend(bits.chunks(8).map(|byte| byte.iter().enumerate().fold(0_u8, |sum, (place, bit)| sum | u8::from(*bit) << place)));
    stream
}

#[tokio::test]
async fn a_small_packet_that_unfolds_is_cut() {
    let bomb = packed_zeros(60_000);
    assert!(bomb.len() < CAP && 60_000 * 258 > 50 * CAP);
    let site = Site::start(move |_| reply(200, "content-encoding: gzip\r\n", &bomb)).await;
    assert_eq!(refusal(&site, capped()).await, EgressError::TooLarge { limit: CAP });
}

#[tokio::test]
async fn a_broken_packet_is_no_answer() {
    let site = Site::start(|_| reply(200, "content-encoding: gzip\r\n", b"no gzip")).await;
    assert_eq!(refusal(&site, capped()).await, EgressError::Protocol { host: "127.0.0.1".into() });
}

#[tokio::test]
async fn silence_ends_at_the_deadline() {
    let short = Limits { deadline: Duration::from_millis(150), ..limits() };
    let timed_out = EgressError::Timeout { host: "127.0.0.1".into() };
    let silent = Site::start(|_| Reply::Silence).await;
    assert_eq!(refusal(&silent, short).await, timed_out);
    assert_eq!(silent.seen().len(), 1, "asked once, never again");
    let stalled = Site::start(|_| Reply::Bytes(b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf".to_vec())).await;
    assert_eq!(refusal(&stalled, short).await, EgressError::Protocol { host: "127.0.0.1".into() });
    let looping = Limits { deadline: Duration::from_millis(150), max_redirects: u8::MAX, ..limits() };
    let drip = Site::start(|path| if path.len() > 40 { Reply::Silence } else { super::site::redirect(302, &format!("{path}x")) }).await;
    assert_eq!(refusal(&drip, looping).await, timed_out, "the deadline covers all hops together");
}

#[tokio::test]
async fn what_is_no_http_is_said_so() {
    for words in ["SSH-2.0-OpenSSH_9.9\r\n", "", "HTTP/1.1 banana\r\n\r\n", "HTTP/1.1 200 OK\r\nbad header\r\n\r\n"] {
        let site = Site::start(move |_| Reply::Bytes(words.as_bytes().to_vec())).await;
        let refused = refusal(&site, limits()).await;
        assert_eq!(refused, EgressError::Protocol { host: "127.0.0.1".into() }, "{words:?}");
        assert!(!format!("{refused} {refused:?}").contains("secret"));
    }
}

#[tokio::test]
async fn a_closed_port_is_said_so_and_a_foreign_port_is_not_tried() {
    let closed = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap()
    };
    let origin = format!("http://{closed}");
    let bindings = latchkey::egress::BoundOrigins::only(origin.parse().unwrap());
    let refused = loopback_client().send(HttpCall::get(origin.parse().unwrap()), &bindings, &limits()).await.unwrap_err();
    assert_eq!(refused, EgressError::ConnectRefused { host: "127.0.0.1".into(), port: closed.port() });
    for port in [22, 25, 5432, 6379] {
        let url = format!("https://127.0.0.1:{port}/").parse().unwrap();
        let refused = loopback_client().send(HttpCall::get(url), &Default::default(), &limits()).await.unwrap_err();
        assert_eq!(refused, EgressError::PortRefused { port });
    }
}

#[tokio::test]
async fn headers_that_would_break_the_request_are_not_sent() {
    let site = Site::start(|_| reply(200, "", b"")).await;
    for (name, value) in [("x", "a\r\nauthorization: b"), ("x y", "a"), ("", "a"), ("x", "a\0b")] {
        let call = HttpCall::get(site.url("/")).header(name, value);
        assert!(matches!(loopback_client().send(call, &bound(&[&site]), &limits()).await, Err(EgressError::Protocol { .. })), "{name:?}");
    }
    assert_eq!(site.seen().len(), 0);
}
