//! The built program as an operator runs it, and a client that keeps its cookies.

use std::collections::BTreeMap;
use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::time::Duration;

use reqwest::{Client, Method, StatusCode, redirect};

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
        let client = Visitor::new(&self.url);
        for _ in 0..30_000 {
            if client.client.get(format!("{}/readyz", self.url)).send().await.is_ok_and(|answer| answer.status() == 200) {
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

    /// The token of the setup link in the log.
    pub fn setup_token(&self) -> String {
        let log = self.log();
        let rest = log.split("/setup/").nth(1).expect("no setup link in the log");
        rest.chars().take_while(|character| character.is_ascii_alphanumeric() || *character == '-' || *character == '_').collect()
    }

    /// Resident memory in MiB.
    pub fn resident_mib(&self) -> f64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmRSS")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse::<f64>().unwrap() / 1024.0
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

/// A client with cookies that sends the right origin, follows nothing, and remembers every answer whole.
pub struct Visitor {
    /// The bare client.
    pub client: Client,
    url: String,
    cookies: Mutex<BTreeMap<String, String>>,
    answers: Mutex<String>,
}

/// An answer read whole.
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The `Location`, if any.
    pub location: String,
    /// The body.
    pub body: String,
}

impl Visitor {
    /// A visitor of `url` without cookies.
    pub fn new(url: &str) -> Self {
        let client = Client::builder().redirect(redirect::Policy::none()).no_proxy().build().unwrap();
        Self { client, url: url.to_owned(), cookies: Mutex::default(), answers: Mutex::default() }
    }

    /// The cookies as a header.
    pub fn cookie_header(&self) -> String {
        self.cookies.lock().unwrap().iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    }

    /// All answers so far: status lines, headers but `Set-Cookie`, bodies.
    pub fn answers(&self) -> String {
        self.answers.lock().unwrap().clone()
    }

    async fn send(&self, method: Method, path: &str, content_type: &str, body: String) -> Answer {
        let mut request = self.client.request(method.clone(), format!("{}{path}", self.url)).header("cookie", self.cookie_header());
        if method != Method::GET {
            request = request.header("origin", &self.url).header("content-type", content_type).body(body);
        }
        let answer = request.send().await.unwrap();
        let status = answer.status();
        for header in answer.headers().get_all("set-cookie") {
            if let Some((name, value)) = header.to_str().unwrap().split(';').next().unwrap().split_once('=') {
                self.cookies.lock().unwrap().insert(name.to_owned(), value.to_owned());
            }
        }
        let location = answer.headers().get("location").map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default();
        let headers: String = answer.headers().iter().filter(|(name, _)| *name != "set-cookie").map(|(name, value)| format!("{name}: {value:?}\n")).collect();
        let body = answer.text().await.unwrap();
        self.answers.lock().unwrap().push_str(&format!("{status}\n{headers}\n{body}\n"));
        Answer { status, location, body }
    }

    /// Gets a page.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, "", String::new()).await
    }

    /// Posts a form as a browser does.
    pub async fn form(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        self.send(Method::POST, path, "application/x-www-form-urlencoded", body).await
    }

    /// Posts JSON (or what claims to be).
    pub async fn json(&self, path: &str, body: impl ToString) -> Answer {
        self.send(Method::POST, path, "application/json", body.to_string()).await
    }

    /// Completes the setup with the token of the log.
    pub async fn set_up(&self, token: &str, password: &str) -> Answer {
        let fields = [("link", token), ("organization", "AmPac Business Capital"), ("name", "Dana Whitfield"), ("email", "dana@example.com"), ("password", password)];
        self.form("/actions/setup", &fields).await
    }
}
