//! A proxy in the environment is not asked: it would see every address before the guard does.

use std::net::TcpListener;
use std::process::Command;

use super::site::{Site, bound, limits, loopback_client, reply};
use latchkey::egress::HttpCall;

#[tokio::test]
async fn a_plain_call_is_answered() {
    let site = Site::start(|_| reply(200, "", b"direct")).await;
    let answer = loopback_client().send(HttpCall::get(site.url("/")), &bound(&[&site]), &limits()).await.unwrap();
    assert_eq!(answer.body(), b"direct");
    assert_eq!(site.seen().len(), 1);
}

#[test]
fn with_a_proxy_in_the_environment_the_call_goes_the_same_way() {
    let proxy = TcpListener::bind("127.0.0.1:0").unwrap();
    proxy.set_nonblocking(true).unwrap();
    let address = format!("http://{}", proxy.local_addr().unwrap());
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "egress::environment::a_plain_call_is_answered"]).env_remove("NO_PROXY").env_remove("no_proxy");
    for name in ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"] {
        command.env(name, &address);
    }
    let run = command.output().unwrap();
    let words = String::from_utf8_lossy(&run.stdout);
    assert!(run.status.success() && words.contains("1 passed"), "{words}");
    assert!(proxy.accept().is_err(), "the proxy was asked");
}
