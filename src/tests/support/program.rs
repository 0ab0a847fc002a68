//! The built program as an operator runs it.

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use super::client::{Answer, Client};

/// A running `latchkey serve`; killed when dropped.
pub struct Program {
    child: Child,
    /// Where it listens.
    pub url: String,
    log: PathBuf,
}

/// A port that was free a moment ago.
pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

impl Program {
    /// Starts the program in `folder` (log and, unless `settings` say otherwise, database) and waits until it is ready.
    pub async fn start(folder: &Path, settings: &[(&str, String)]) -> Self {
        let program = Self::spawn(folder, settings);
        program.wait_until_ready().await;
        program
    }

    /// Starts the program without waiting.
    pub fn spawn(folder: &Path, settings: &[(&str, String)]) -> Self {
        let port = free_port();
        let url = format!("http://localhost:{port}");
        let log = folder.join("log");
        let output = fs::OpenOptions::new().create(true).append(true).open(&log).unwrap();
        let child = Command::new(env!("CARGO_BIN_EXE_latchkey"))
            .arg("serve")
            .env("LATCHKEY_SERVER__LISTEN", format!("127.0.0.1:{port}"))
            .env("LATCHKEY_SERVER__PUBLIC_URL", &url)
            .env("DATABASE_URL", format!("sqlite:{}", folder.join("latchkey.db").display()))
            .envs(settings.iter().map(|(key, value)| (key, value)))
            .stdout(output.try_clone().unwrap())
            .stderr(output)
            .stdin(Stdio::null())
            .spawn()
            .unwrap();
        Self { child, url, log }
    }

    /// Waits until `/readyz` answers 200.
    pub async fn wait_until_ready(&self) {
        let client = Client::new(&self.url);
        for _ in 0..30_000 {
            if client.answers("/readyz").await {
                return;
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        panic!("the program did not start:\n{}", self.log());
    }

    /// What it has printed so far.
    pub fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// The token of the setup link, once it is in the log.
    pub async fn setup_token(&self) -> String {
        for _ in 0..30_000 {
            if let Some((_, rest)) = self.log().split_once("/setup/")
                && let Some((token, _)) = rest.split_once(char::is_whitespace)
            {
                return token.to_owned();
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        panic!("no setup link in the log:\n{}", self.log());
    }

    /// Resident memory in MiB.
    pub fn resident_mib(&self) -> f64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmRSS")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse::<f64>().unwrap() / 1024.0
    }

    /// Stops it in the middle of whatever it does, as a machine that swaps or a debugger would, until it is resumed.
    pub fn pause(&self) {
        self.signal("-STOP");
    }

    /// Lets it go on.
    pub fn resume(&self) {
        self.signal("-CONT");
    }

    fn signal(&self, signal: &str) {
        assert!(Command::new("kill").args([signal, &self.child.id().to_string()]).status().unwrap().success());
    }

    /// Kills it without warning.
    pub fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Completes the setup with the token of the log; the client is the first admin from then on.
pub async fn set_up(client: &Client, program: &Program, password: &str) -> Answer {
    let token = program.setup_token().await;
    let fields = [
        ("link", token.as_str()),
        ("organization", "AmPac Business Capital"),
        ("name", "Dana Whitfield"),
        ("email", "dana@example.com"),
        ("password", password),
    ];
    let answer = client.form("/actions/setup", &fields).await;
    assert_eq!(answer.status, 303, "{}", answer.body);
    answer
}
