//! Independently running providers: two of OpenID Connect (`end2end/providers.mjs`), an honest one and a hostile one, and an authorization server whose refresh
//! tokens work once (`end2end/authorization-server.mjs`).

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use super::client::Client;

/// Who Latchkey is there, and its secret.
pub const CLIENT: &str = "latchkey";
pub const SECRET: &str = "a secret of forty characters, or near it";

/// The running providers; they end when this is dropped.
pub struct Peers {
    pub honest: String,
    pub hostile: String,
    process: Child,
}

impl Drop for Peers {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

impl Peers {
    /// Starts them; without Node.js and the packages of `end2end` there is nothing to prove.
    pub fn start() -> Self {
        let (process, said) = run(&["providers.mjs", CLIENT, SECRET]);
        let of = |name: &str| said[name].as_str().unwrap().to_owned();
        Self { honest: of("honest"), hostile: of("hostile"), process }
    }

    /// Lets both lead back to this address.
    pub async fn register(&self, redirect_uri: &str) {
        let answer = Client::new(&self.honest).text("/register", redirect_uri).await;
        assert_eq!(answer.status, 204);
    }

    /// How the hostile one misbehaves from now on.
    pub async fn misbehave(&self, mode: &str) {
        let answer = Client::new(&self.hostile).text("/hostile", mode).await;
        assert_eq!(answer.status, 204);
    }
}

/// The running authorization server; it ends when this is dropped.
pub struct AuthorizationServer {
    pub issuer: String,
    process: Child,
}

impl Drop for AuthorizationServer {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

impl AuthorizationServer {
    /// Starts it; its access tokens end after so many seconds.
    pub fn start(access_token_seconds: u32) -> Self {
        let (process, said) = run(&["authorization-server.mjs", CLIENT, SECRET, &access_token_seconds.to_string()]);
        Self { issuer: said["issuer"].as_str().unwrap().to_owned(), process }
    }

    /// Lets it lead back to this address.
    pub async fn register(&self, redirect_uri: &str) {
        let answer = Client::new(&self.issuer).text("/register", redirect_uri).await;
        assert_eq!(answer.status, 204);
    }

    /// How often a refresh token was spent, and how often one was refused.
    pub async fn refreshed(&self) -> (u64, u64) {
        let seen = Client::new(&self.issuer).get("/seen").await.json();
        (seen["refreshed"].as_u64().unwrap(), seen["refused"].as_u64().unwrap())
    }
}

/// Runs a program of `end2end` and reads the line that it says first; without Node.js and the packages there is nothing to prove.
fn run(arguments: &[&str]) -> (Child, Value) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("end2end");
    assert!(folder.join("node_modules/oidc-provider").is_dir(), "the packages of end2end are missing: run `make tools-test`");
    let mut process = Command::new("node")
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("Node.js 20 or newer is needed");
    let mut line = String::new();
    BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let said: Value = serde_json::from_str(&line).unwrap_or_else(|error| panic!("{} did not start ({error}): {line}", arguments[0]));
    (process, said)
}

/// Goes through the pages of a provider as `choice`; the address that it leads back to.
pub async fn at_provider(issuer: &str, address: &str, choice: &str) -> String {
    let browser = Client::new(issuer);
    let mut answer = browser.get(address.strip_prefix(issuer).expect("an address of the provider")).await;
    for _ in 0..10 {
        if answer.status == 200 {
            let form =
                answer.body.split("action=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or_else(|| panic!("no form: {}", answer.body)).to_owned();
            answer = browser.form(&form, &[("choice", choice)]).await;
            continue;
        }
        assert!((300..400).contains(&answer.status), "{}: {}", answer.status, answer.body);
        let next = answer.location().to_owned();
        match next.strip_prefix(issuer) {
            Some(path) => answer = browser.get(path).await,
            None if next.starts_with('/') => answer = browser.get(&next).await,
            None => return next,
        }
    }
    panic!("the provider leads nowhere");
}
