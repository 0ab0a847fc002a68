//! What goes wrong below HTTP.

use std::collections::BTreeMap;
use std::sync::Arc;

use latchkey::connect::Connector;
use latchkey::domain::{CheckCode, ManualClock, StepKind};
use latchkey::egress::{Egress, EgressPolicy};
use tokio::net::TcpListener;

use super::bench::{NOW, check, connector, failed};

const VENTURES: [(&str, &str); 3] = [("username", "api_user"), ("password", "correct-horse"), ("site", "prod")];

#[tokio::test]
async fn nobody_listens() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let outcome = check(&connector("ventures", &format!("http://{address}")), "ventures", &VENTURES).await;
    assert_eq!(failed(&outcome, CheckCode::ConnectRefused).step, StepKind::Reach);
}

#[tokio::test]
async fn a_private_address_is_refused_before_anything_is_sent() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let overrides = BTreeMap::from([("ventures".to_owned(), format!("http://{}", listener.local_addr().unwrap()))]);
    let closed = Connector::new(Egress::new(EgressPolicy::default(), "").unwrap(), overrides, Arc::new(ManualClock::at(NOW)));
    let outcome = check(&closed, "ventures", &VENTURES).await;
    assert_eq!(failed(&outcome, CheckCode::EgressBlocked).step, StepKind::Resolve);
}

#[tokio::test]
async fn a_name_without_an_address() {
    let outcome = check(&connector("ventures", "https://nobody.invalid"), "ventures", &VENTURES).await;
    let failure = outcome.result.unwrap_err();
    assert!(matches!(failure.code, CheckCode::DnsFailed | CheckCode::Timeout), "{failure:?}");
    assert_eq!(failure.step, StepKind::Resolve);
}

#[tokio::test]
async fn a_server_without_encryption() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let _ = tokio::io::AsyncWriteExt::write_all(&mut stream, b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
        }
    });
    let outcome = check(&connector("ventures", &format!("https://{address}")), "ventures", &VENTURES).await;
    assert_eq!(failed(&outcome, CheckCode::TlsInvalid).step, StepKind::Secure);
}
