//! Redirects are judged hop by hop, and a secret never leaves its origin (docs/SECURITY.md, promise 19).

use latchkey::domain::CheckCode;
use latchkey::egress::{AddressClass, Body, BoundOrigins, EgressError, HttpCall, Limits, Method};
use latchkey::vault::Secret;

use super::site::{Reply, Site, bound, limits, loopback_client, redirect, reply};

const STATUSES: [u16; 5] = [301, 302, 303, 307, 308];
const CANARY: &str = "canary-4f1c";

fn token() -> Secret<String> {
    Secret::new(CANARY.to_owned())
}

/// A server whose every path but `/end` points to `location`.
async fn pointing(status: u16, location: String) -> Site {
    Site::start(move |path| if path == "/end" { reply(200, "", b"end") } else { redirect(status, &location) }).await
}

async fn anything() -> Site {
    Site::start(|_| reply(200, "content-type: text/html\r\n", b"<meta http-equiv=refresh content='0;url=http://169.254.169.254/'>")).await
}

#[tokio::test]
async fn a_secret_is_never_carried_to_another_place() {
    let client = loopback_client();
    let mut tried = 0;
    for status in STATUSES {
        let other = anything().await;
        let port = other.address.port();
        let targets = [
            format!("http://127.0.0.1:{port}/x"),
            format!("http://2130706433:{port}/"),
            format!("http://0x7f.1:{port}/"),
            format!("//127.0.0.1:{port}/"),
            format!("http:\\\\127.0.0.1:{port}/"),
            format!("http://127.0.0.2:{port}/"),
            format!("http://[::ffff:127.0.0.1]:{port}/"),
            format!("http://localhost:{port}/"),
            format!("http://user:pw@127.0.0.1:{port}/"),
            format!("https://127.0.0.1:{port}/"),
            format!("ftp://127.0.0.1:{port}/"),
            "file:///etc/passwd".to_owned(),
            "http://169.254.169.254/latest/meta-data/".to_owned(),
            "http://[fd00:ec2::254]/".to_owned(),
            "javascript:alert(1)".to_owned(),
            "http://".to_owned(),
            format!("http://127.0.0.1:{port}/\r\nauthorization: smuggled"),
        ];
        for location in targets {
            let site = pointing(status, location.clone()).await;
            let everything = bound(&[&site, &other]);
            let calls = [
                HttpCall::get(site.url("/start")).bearer(&token()),
                HttpCall::get(site.url("/start")).basic("user", &token()),
                HttpCall::post(site.url("/start"), Body::secret("application/json", Secret::new(CANARY.as_bytes().to_vec()))),
            ];
            for call in calls {
                let refused = client.send(call, &everything, &limits()).await.unwrap_err();
                assert_eq!(refused.code(), CheckCode::RedirectRefused, "{status} {location}: {refused:?}");
                assert!(!refused.to_string().contains(CANARY));
                tried += 1;
            }
            assert_eq!(site.seen().len(), 3, "the first hop is asked once a call");
        }
        assert_eq!(other.seen().len(), 0, "{status}: {:?}", other.seen());
    }
    assert_eq!(tried, 5 * 17 * 3);
}

#[tokio::test]
async fn within_its_origin_a_secret_follows() {
    for status in STATUSES {
        let site = pointing(status, "/end".to_owned()).await;
        let body = Body::secret("text/plain", Secret::new(CANARY.as_bytes().to_vec()));
        let answer = loopback_client().send(HttpCall::post(site.url("/start"), body).bearer(&token()), &bound(&[&site]), &limits()).await.unwrap();
        assert_eq!((answer.status, answer.body()), (200, &b"end"[..]));
        assert_eq!(site.seen_with(&format!("authorization: bearer {CANARY}")), 2);
        let second = &site.seen()[1];
        let keeps = matches!(status, 307 | 308);
        assert_eq!(second.starts_with("POST /end"), keeps, "{status}: {second}");
        assert_eq!(second.ends_with(CANARY), keeps, "{status}: {second}");
    }
}

#[tokio::test]
async fn without_a_secret_a_mapped_neighbour_may_answer() {
    for status in STATUSES {
        let other = anything().await;
        let site = pointing(status, other.url("/there").to_string()).await;
        let answer = loopback_client().send(HttpCall::get(site.url("/")), &bound(&[&site, &other]), &limits()).await.unwrap();
        assert_eq!(answer.status, 200);
        assert_eq!(other.seen().len(), 1, "the neighbour can be reached, so its silence elsewhere means something; a meta refresh is only text");
        assert_eq!(other.seen_with("authorization"), 0);
        assert_eq!(other.seen_with("referer"), 0);

        let unmapped = loopback_client().send(HttpCall::get(site.url("/")), &bound(&[&site]), &limits()).await.unwrap_err();
        assert!(matches!(unmapped, EgressError::Redirect { .. }), "{unmapped:?}");
        assert_eq!(other.seen().len(), 1);
    }
}

#[tokio::test]
async fn a_body_is_not_repeated_elsewhere() {
    for status in [307, 308] {
        let other = anything().await;
        let site = pointing(status, other.url("/").to_string()).await;
        let call = HttpCall::post(site.url("/"), Body::open("text/plain", b"words".to_vec()));
        let refused = loopback_client().send(call, &bound(&[&site, &other]), &limits()).await.unwrap_err();
        assert_eq!(refused, EgressError::Redirect { to_host: "127.0.0.1".to_owned() });
        assert_eq!(other.seen().len(), 0);
    }
}

#[tokio::test]
async fn each_hop_is_judged_by_the_guard() {
    let cases = [
        ("http://169.254.169.254", AddressClass::Metadata),
        ("http://169.254.1.1", AddressClass::LinkLocal),
        ("http://2852039166", AddressClass::Metadata),
        ("http://[::ffff:10.0.0.1]", AddressClass::Private),
        ("http://0.0.0.0", AddressClass::Unspecified),
        ("http://metadata.google.internal", AddressClass::Metadata),
    ];
    for status in STATUSES {
        for (target, class) in cases {
            let site = pointing(status, format!("{target}/latest")).await;
            let mut everything = bound(&[&site]);
            everything.0.push(target.parse().unwrap());
            let refused = loopback_client().send(HttpCall::get(site.url("/")), &everything, &limits()).await.unwrap_err();
            assert!(matches!(&refused, EgressError::Blocked { class: found, .. } if *found == class), "{status} {target}: {refused:?}");
        }
    }
}

#[tokio::test]
async fn an_endless_chain_ends_after_three() {
    for status in STATUSES {
        let site = pointing(status, "/again".to_owned()).await;
        let refused = loopback_client().send(HttpCall::get(site.url("/")).bearer(&token()), &bound(&[&site]), &limits()).await.unwrap_err();
        assert!(matches!(refused, EgressError::Redirect { .. }));
        assert_eq!(site.seen().len(), 4);
        let none = Limits { max_redirects: 0, ..limits() };
        assert!(loopback_client().send(HttpCall::get(site.url("/")), &bound(&[&site]), &none).await.is_err());
        assert_eq!(site.seen().len(), 5);
    }
}

#[tokio::test]
async fn an_unbound_secret_is_refused_before_anything_is_sent() {
    let (home, stranger) = (anything().await, anything().await);
    let path = "/v1/accounts?key=query-canary";
    let calls = || {
        [
            HttpCall::get(stranger.url(path)).bearer(&token()),
            HttpCall::get(stranger.url(path)).secret_header("x-api-key", token()),
            HttpCall::post(stranger.url(path), Body::secret("text/plain", Secret::new(b"s".to_vec()))),
            HttpCall::new(Method::PUT, stranger.url(path)).basic("u", &token()),
        ]
    };
    for bindings in [BoundOrigins::default(), bound(&[&home])] {
        for call in calls() {
            let refused = loopback_client().send(call, &bindings, &limits()).await.unwrap_err();
            assert_eq!(refused, EgressError::NotBound { origin: stranger.origin().to_string() });
            let text = format!("{refused} {refused:?}");
            assert!(!text.contains(CANARY) && !text.contains("query-canary") && !text.contains("accounts"), "{text}");
        }
    }
    assert_eq!(stranger.seen().len(), 0);
    for call in calls() {
        loopback_client().send(call, &bound(&[&stranger]), &limits()).await.unwrap();
    }
    assert_eq!(stranger.seen().len(), 4, "bound, the same calls arrive");
}

#[tokio::test]
async fn plain_http_needs_the_operator() {
    let site = anything().await;
    let unmapped = loopback_client().send(HttpCall::get(site.url("/")), &BoundOrigins::default(), &limits()).await.unwrap_err();
    assert!(matches!(unmapped, EgressError::NotBound { .. }), "{unmapped:?}");
    let public = BoundOrigins::only("http://192.31.196.1".parse().unwrap());
    let refused = loopback_client().send(HttpCall::get("http://192.31.196.1/".parse().unwrap()), &public, &limits()).await.unwrap_err();
    assert_eq!(refused, EgressError::NotEncrypted { host: "192.31.196.1".to_owned() });
    assert_eq!(site.seen().len(), 0);
}

#[tokio::test]
async fn a_call_prints_no_secret() {
    let site = Site::start(|_| Reply::Silence).await;
    let body = Body::secret("text/plain", Secret::new(CANARY.as_bytes().to_vec()));
    let call = HttpCall::post(site.url("/"), body).bearer(&token()).basic("u", &token());
    let printed = format!("{call:?}");
    assert!(!printed.contains("canary") && !printed.contains("Bearer") && printed.contains("[secret]"), "{printed}");
}
