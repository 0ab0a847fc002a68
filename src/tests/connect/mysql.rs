//! A real server that speaks MySQL's protocol, from `.ci/with-mysql`.

use latchkey::connect::Outcome;
use latchkey::domain::{CheckCode, StepKind, StepState};
use mysql_async::prelude::Queryable;
use mysql_async::{Conn, Opts};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use url::Url;

use super::bench::{check, connector, failed};

struct Server {
    url: Url,
    host: String,
    port: String,
    user: String,
    password: String,
    database: String,
    authority: String,
}

#[expect(clippy::disallowed_methods, reason = "tests are told by the environment where their server is")]
fn server() -> Server {
    let text = |name: &str| std::env::var(name).unwrap_or_else(|_| panic!("no MySQL for the tests: run them as `.ci/with-mysql cargo test`"));
    let url = Url::parse(&text("TEST_MYSQL_URL")).unwrap();
    Server {
        host: url.host_str().unwrap().to_owned(),
        port: url.port().unwrap().to_string(),
        user: url.username().to_owned(),
        password: url.password().unwrap().to_owned(),
        database: url.path().trim_start_matches('/').to_owned(),
        authority: std::fs::read_to_string(text("TEST_MYSQL_CA")).unwrap(),
        url,
    }
}

async fn run(server: &Server, statements: &[&str]) {
    let mut conn = Conn::new(Opts::from_url(server.url.as_str()).unwrap()).await.unwrap();
    for statement in statements {
        conn.query_drop(*statement).await.unwrap();
    }
    conn.disconnect().await.unwrap();
}

async fn try_with(server: &Server, changes: &[(&str, &str)]) -> Outcome {
    let mut pairs = vec![
        ("host", server.host.as_str()),
        ("port", &server.port),
        ("database", &server.database),
        ("user", &server.user),
        ("password", &server.password),
        ("sslmode", "verify-full"),
        ("root_certificate", &server.authority),
    ];
    for change in changes {
        pairs.retain(|(key, _)| key != &change.0);
        pairs.push(*change);
    }
    check(&connector("mysql", ""), "mysql", &pairs).await
}

#[tokio::test]
async fn every_encryption_signs_in_and_says_what_it_found() {
    let server = server();
    for (mode, state, words) in [
        ("verify-full", StepState::Passed, "certificate valid until"),
        ("require", StepState::Passed, "certificate not checked"),
        ("disable", StepState::Skipped, "Not encrypted"),
    ] {
        let outcome = try_with(&server, &[("sslmode", mode)]).await;
        let proof = outcome.result.as_ref().unwrap_or_else(|failure| panic!("{mode}: {failure:?}"));
        assert_eq!(proof.identity.account_name, server.user);
        assert_eq!(proof.identity.account_id, format!("{}@{}:{}/{}", server.user, server.host, server.port, server.database));
        assert!(proof.identity.facts.iter().any(|(label, _)| label == "Version"));
        let secure = &outcome.steps[1];
        assert!(secure.state == state && secure.detail.contains(words), "{secure:?}");
        assert!(outcome.steps[2..].iter().all(|report| report.state == StepState::Passed), "{:?}", outcome.steps);
        assert_eq!(outcome.steps[4].detail, "It may change data. A user with read rights is safer");
        assert!(!format!("{outcome:?}").contains(&server.password));
    }
}

#[tokio::test]
async fn what_the_server_refuses_is_named() {
    let server = server();
    let refused = try_with(&server, &[("password", "not-the-password")]).await;
    let failure = failed(&refused, CheckCode::AuthRejected);
    assert_eq!(failure.step, StepKind::Authenticate);
    assert!(failure.provider_said.contains("Access denied"), "{failure:?}");
    failed(&try_with(&server, &[("user", "nobody_here")]).await, CheckCode::AuthRejected);
    failed(&try_with(&server, &[("database", "no_such_database")]).await, CheckCode::NotFoundAtTarget);
}

#[tokio::test]
async fn a_user_with_read_rights_is_told_apart_and_one_without_is_kept_out() {
    let server = server();
    let made =
        ["CREATE USER 'looker'@'%' IDENTIFIED BY 'looks'", "GRANT SELECT ON latchkey.* TO 'looker'@'%'", "CREATE USER 'stranger'@'%' IDENTIFIED BY 'looks'"];
    run(&server, &made).await;
    let outcome = try_with(&server, &[("user", "looker"), ("password", "looks")]).await;
    assert!(outcome.result.is_ok(), "{outcome:?}");
    assert_eq!(outcome.steps[4].detail, "It may read, and it changes nothing");
    failed(&try_with(&server, &[("user", "stranger"), ("password", "looks")]).await, CheckCode::Forbidden);
}

#[tokio::test]
async fn a_certificate_of_another_authority_ends_the_check_before_the_password() {
    let server = server();
    let other = rcgen::generate_simple_self_signed(vec!["127.0.0.1".to_owned()]).unwrap().cert.pem();
    for root in [other.as_str(), ""] {
        let outcome = try_with(&server, &[("root_certificate", root)]).await;
        assert_eq!(failed(&outcome, CheckCode::TlsInvalid).step, StepKind::Secure);
    }
}

/// Plays a server that sends `greeting`; what it heard.
async fn greeted(greeting: &'static [u8], code: CheckCode) -> Vec<u8> {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port().to_string();
    let heard = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        stream.write_all(greeting).await.unwrap();
        let mut rest = Vec::new();
        let _ = stream.read_to_end(&mut rest).await;
        rest
    });
    let pairs = [("host", "127.0.0.1"), ("port", port.as_str()), ("database", "d"), ("user", "u"), ("password", "p4ssw0rd")];
    failed(&check(&connector("mysql", ""), "mysql", &pairs).await, code);
    heard.await.unwrap()
}

#[tokio::test]
async fn a_server_that_offers_no_encryption_gets_no_password() {
    // Protocol 10, version "8", thread 1, nonce, filler, no capability.
    let bare = b"\x15\x00\x00\x00\x0a8\x00\x01\x00\x00\x00abcdefgh\x00\x00\x00\x2d\x02\x00";
    assert_eq!(greeted(bare, CheckCode::TlsInvalid).await, b"");
}

#[tokio::test]
async fn what_speaks_otherwise_is_not_trusted_with_a_password() {
    assert_eq!(greeted(b"HTTP/1.1 200 OK\r\n\r\n", CheckCode::UnexpectedContent).await, b"");
    assert_eq!(greeted(b"\xff\xff\xff\x00\x0a", CheckCode::UnexpectedContent).await, b"");
    // A refusal instead of a greeting: too many connections.
    assert_eq!(greeted(b"\x07\x00\x00\x00\xff\x10\x04Full", CheckCode::RateLimited).await, b"");
}
