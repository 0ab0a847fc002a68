//! A real PostgreSQL server, from `.ci/with-postgres`.

use latchkey::connect::Outcome;
use latchkey::domain::{CheckCode, StepKind, StepState};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use url::Url;

use super::bench::{check, connector, failed};
use crate::support::database::{Engine, TestDatabase, execute, server as server_url, server_authority};

struct Server {
    host: String,
    port: String,
    user: String,
    password: String,
    database: String,
    authority: String,
}

fn server() -> Server {
    let url = Url::parse(&server_url()).unwrap();
    Server {
        host: url.host_str().unwrap().to_owned(),
        port: url.port().unwrap().to_string(),
        user: url.username().to_owned(),
        password: url.password().unwrap().to_owned(),
        database: url.path().trim_start_matches('/').to_owned(),
        authority: std::fs::read_to_string(server_authority()).unwrap(),
    }
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
    check(&connector("postgresql", ""), "postgresql", &pairs).await
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
        assert!(proof.identity.facts.iter().any(|(label, value)| label == "Version" && value.starts_with("PostgreSQL ")));
        assert!(proof.session.is_none());
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
    assert!(failure.provider_said.contains("password authentication failed"), "{failure:?}");
    failed(&try_with(&server, &[("user", "nobody_here")]).await, CheckCode::AuthRejected);
    failed(&try_with(&server, &[("database", "no_such_database")]).await, CheckCode::NotFoundAtTarget);
}

#[tokio::test]
async fn a_certificate_of_another_authority_ends_the_check_before_the_password() {
    let server = server();
    let other = rcgen::generate_simple_self_signed(vec!["127.0.0.1".to_owned()]).unwrap().cert.pem();
    for root in [other.as_str(), ""] {
        let outcome = try_with(&server, &[("root_certificate", root)]).await;
        let failure = failed(&outcome, CheckCode::TlsInvalid);
        assert_eq!(failure.step, StepKind::Secure);
    }
}

#[tokio::test]
async fn a_server_that_offers_no_encryption_gets_no_password() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port().to_string();
    let heard = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut request = [0; 8];
        stream.read_exact(&mut request).await.unwrap();
        stream.write_all(b"N").await.unwrap();
        let mut rest = Vec::new();
        let _ = stream.read_to_end(&mut rest).await;
        rest
    });
    let pairs = [("host", "127.0.0.1"), ("port", port.as_str()), ("database", "d"), ("user", "u"), ("password", "p4ssw0rd")];
    let outcome = check(&connector("postgresql", ""), "postgresql", &pairs).await;
    assert_eq!(failed(&outcome, CheckCode::TlsInvalid).reason, "the server offers no encryption");
    assert_eq!(heard.await.unwrap(), b"");
}

#[tokio::test]
async fn rights_count_whichever_role_they_come_from() {
    let test = TestDatabase::empty(Engine::Postgres).await;
    let run = async |sql: &'static str| execute(&test.database(), sql).await;
    run("CREATE TABLE ledger (id int)").await;
    run("CREATE ROLE latchkey_writers NOLOGIN").await;
    run("CREATE ROLE latchkey_rights LOGIN PASSWORD 'latchkey_rights'").await;
    run("GRANT INSERT ON ledger TO latchkey_writers").await;
    let (server, own) = (server(), Url::parse(test.url()).unwrap());
    let database = own.path().trim_start_matches('/');
    let entries = [("user", "latchkey_rights"), ("password", "latchkey_rights"), ("database", database)];
    let found = async || {
        let outcome = try_with(&server, &entries).await;
        let identity = &outcome.result.as_ref().unwrap_or_else(|failure| panic!("{failure:?}")).identity;
        // The password is the same word; the account keeps its name.
        assert_eq!(identity.account_name, "latchkey_rights");
        assert_eq!(identity.account_id, format!("latchkey_rights@{}:{}/{database}", server.host, server.port));
        outcome.steps[4].detail.clone()
    };
    let none = "It may read, and it changes nothing";
    assert_eq!(found().await, none);
    run("GRANT latchkey_writers TO latchkey_rights").await;
    assert_eq!(found().await, "It may change data. A user with read rights is safer");
    run("ALTER ROLE latchkey_rights SET default_transaction_read_only = on").await;
    assert_eq!(found().await, "It may change data, though not by default. A user with read rights is safer");
    run("REVOKE latchkey_writers FROM latchkey_rights").await;
    assert_eq!(found().await, none);
    run("GRANT UPDATE (id) ON ledger TO latchkey_rights").await;
    assert_eq!(found().await, "It may change data, though not by default. A user with read rights is safer");
    run("ALTER ROLE latchkey_rights CONNECTION LIMIT 0").await;
    assert_eq!(failed(&try_with(&server, &entries).await, CheckCode::RateLimited).retry_at, None);
    run("ALTER ROLE latchkey_rights NOLOGIN").await;
    failed(&try_with(&server, &entries).await, CheckCode::Forbidden);
    run("DROP OWNED BY latchkey_rights, latchkey_writers").await;
    run("DROP ROLE latchkey_rights, latchkey_writers").await;
    test.remove().await;
}

#[tokio::test]
async fn a_server_that_never_stops_answering_is_cut_off() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port().to_string();
    let sent = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        // Signed in, then one message that says it is 1 GiB long.
        stream.write_all(&[b'R', 0, 0, 0, 8, 0, 0, 0, 0, b'E', 0x40, 0, 0, 0]).await.unwrap();
        let mut sent = 0;
        while stream.write_all(&[b'x'; 1 << 16]).await.is_ok() {
            sent += 1 << 16;
        }
        sent
    });
    let pairs = [("host", "127.0.0.1"), ("port", port.as_str()), ("database", "d"), ("user", "u"), ("password", "p4ssw0rd"), ("sslmode", "disable")];
    let outcome = check(&connector("postgresql", ""), "postgresql", &pairs).await;
    assert_eq!(failed(&outcome, CheckCode::ResponseTooLarge).step, StepKind::Authenticate);
    assert!(sent.await.unwrap() < 64 << 20, "it was read on and on");
}
