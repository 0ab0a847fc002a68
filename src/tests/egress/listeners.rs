//! Canaries on the loopback: what the guard refuses never reaches them; without the guard most of it does.

use std::net::TcpListener;

use latchkey::egress::{Egress, EgressPolicy, parse_target_url};

use super::corpus::{Attempt, corpus};

/// Listeners on one port of both families. A finished handshake stands in the queue at once, so counting needs no waiting.
struct Canaries {
    port: u16,
    listeners: Vec<TcpListener>,
}

impl Canaries {
    fn start() -> Self {
        let first = TcpListener::bind("0.0.0.0:0").unwrap();
        let port = first.local_addr().unwrap().port();
        let mut listeners = vec![first];
        listeners.extend(TcpListener::bind(("::1", port)));
        for listener in &listeners {
            listener.set_nonblocking(true).unwrap();
        }
        Self { port, listeners }
    }

    fn connections(&self) -> usize {
        self.listeners.iter().map(|listener| std::iter::from_fn(|| listener.accept().ok()).count()).sum()
    }
}

/// Takes an attempt as far as the client lets it; says whether a line was opened.
async fn attempt(egress: &Egress, attempt: &Attempt, port: u16) -> bool {
    let host = match attempt.sink.as_str() {
        "url" => parse_target_url(&attempt.payload).ok().and_then(|url| url.host_str().map(str::to_owned)),
        _ => Some(attempt.payload.clone()),
    };
    let Some(host) = host else { return false };
    let Ok(target) = egress.resolve(&host, port).await else { return false };
    egress.connect(&target).await.is_ok()
}

#[tokio::test]
async fn nothing_refused_reaches_a_listener() {
    let canaries = Canaries::start();
    let egress = Egress::new(EgressPolicy::default(), "").unwrap();
    for candidate in corpus(canaries.port).iter().filter(|candidate| candidate.verdict != "public") {
        assert!(!attempt(&egress, candidate, canaries.port).await, "{:?} was let through", candidate.payload);
    }
    assert_eq!(canaries.connections(), 0);
}

#[tokio::test]
async fn with_the_loopback_opened_most_of_it_arrives() {
    let canaries = Canaries::start();
    let allow = ["127.0.0.0/8", "::1/128"].map(|network| network.parse().unwrap()).to_vec();
    let egress = Egress::new(EgressPolicy { allow, allow_hosts: vec!["localhost".into(), "*.localhost".into()], ..EgressPolicy::default() }, "").unwrap();
    let attempts = corpus(canaries.port);
    let aimed: Vec<&Attempt> = attempts.iter().filter(|candidate| candidate.verdict == "loopback").collect();
    let mut opened = 0;
    for candidate in &aimed {
        opened += usize::from(attempt(&egress, candidate, canaries.port).await);
    }
    assert_eq!(canaries.connections(), opened);
    assert!(opened * 100 > aimed.len() * 60, "only {opened} of {} arrived, so the canaries prove nothing", aimed.len());
}
