//! A client that keeps its cookies, sends the origin as a browser does, and follows nothing.

use std::collections::BTreeMap;
use std::sync::Mutex;

use reqwest::header::{HeaderMap, HeaderName};
use reqwest::{Method, redirect};
use serde_json::Value;

/// A client of one server.
pub struct Client {
    /// The bare client, without cookies.
    pub http: reqwest::Client,
    url: String,
    cookies: Mutex<BTreeMap<String, String>>,
    transcript: Mutex<String>,
}

/// An answer read whole.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: String,
}

impl Answer {
    /// A header, empty when absent.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// Where it redirects to.
    pub fn location(&self) -> &str {
        self.header("location")
    }

    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("no JSON ({error}): {}", self.body))
    }

    /// The error code of the API.
    pub fn code(&self) -> String {
        self.json()["error"]["code"].as_str().unwrap_or_default().to_owned()
    }

    /// The error code of the API; empty when it is no answer of the API.
    pub fn code_or_empty(&self) -> String {
        serde_json::from_str::<Value>(&self.body).ok().and_then(|body| Some(body["error"]["code"].as_str()?.to_owned())).unwrap_or_default()
    }

    /// Everything that must not differ between two answers: status, headers but date, request id and nonce, and the body without `hidden`.
    pub fn comparable(&self, hidden: &str) -> String {
        let nonce = self.header("content-security-policy").split("nonce-").nth(1).and_then(|rest| rest.split('\'').next()).unwrap_or("no nonce").to_owned();
        let headers: BTreeMap<String, String> = self
            .headers
            .iter()
            .filter(|(name, _)| !["date", "x-request-id", "set-cookie"].contains(&name.as_str()))
            .map(|(name, value)| (name.to_string(), value.to_str().unwrap().replace(&nonce, "NONCE").replace(hidden, "ID")))
            .collect();
        let body = self.body.replace(&nonce, "NONCE").replace(hidden, "ID");
        format!("{}\n{headers:?}\n{body}", self.status)
    }
}

impl Client {
    /// A client of `url` without cookies.
    #[expect(clippy::disallowed_methods, reason = "a test stands outside, where browsers are")]
    pub fn new(url: &str) -> Self {
        // Fails when another test was first, which is as good.
        drop(rustls::crypto::ring::default_provider().install_default());
        let http = reqwest::Client::builder().redirect(redirect::Policy::none()).no_proxy().build().unwrap();
        Self { http, url: url.to_owned(), cookies: Mutex::default(), transcript: Mutex::default() }
    }

    /// The session cookie's value.
    pub fn session(&self) -> Option<String> {
        self.cookies.lock().unwrap().get("latchkey").cloned()
    }

    /// Presents this value as the session cookie from now on.
    pub fn set_session(&self, value: &str) {
        self.cookies.lock().unwrap().insert("latchkey".to_owned(), value.to_owned());
    }

    /// Sends a request with these headers; `origin` is left to them.
    pub async fn send(&self, method: Method, path: &str, headers: &[(&str, &str)], body: Option<Vec<u8>>) -> Answer {
        let cookies: Vec<String> = self.cookies.lock().unwrap().iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut request = self.http.request(method, format!("{}{path}", self.url));
        if !cookies.is_empty() {
            request = request.header("cookie", cookies.join("; "));
        }
        for (name, value) in headers {
            request = request.header(HeaderName::from_bytes(name.as_bytes()).unwrap(), *value);
        }
        if let Some(body) = body {
            request = request.body(body);
        }
        let answer = request.send().await.unwrap();
        for header in answer.headers().get_all("set-cookie") {
            let cookie = header.to_str().unwrap();
            let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
            let mut cookies = self.cookies.lock().unwrap();
            if cookie.contains("Max-Age=0") {
                cookies.remove(name)
            } else {
                cookies.insert(name.to_owned(), value.to_owned())
            };
        }
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        let answer = Answer { status, headers, body: answer.text().await.unwrap() };
        let shown: String = answer.headers.iter().filter(|(name, _)| *name != "set-cookie").map(|(name, value)| format!("{name}: {value:?}\n")).collect();
        self.transcript.lock().unwrap().push_str(&format!("{status}\n{shown}\n{}\n", answer.body));
        answer
    }

    /// The whole address of a path.
    pub fn address(&self, path: &str) -> String {
        format!("{}{path}", self.url)
    }

    /// Every answer so far: status, headers but cookies, body.
    pub fn transcript(&self) -> String {
        self.transcript.lock().unwrap().clone()
    }

    /// The cookies as they are sent.
    pub fn cookie_header(&self) -> String {
        self.cookies.lock().unwrap().iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    }

    /// Whether a page answers 200; nobody listening is a no.
    pub async fn answers(&self, path: &str) -> bool {
        self.http.get(format!("{}{path}", self.url)).send().await.is_ok_and(|answer| answer.status() == 200)
    }

    /// Gets a page.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, &[], None).await
    }

    /// Posts a form as a browser does.
    pub async fn form(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let headers = [("origin", self.url.as_str()), ("content-type", "application/x-www-form-urlencoded")];
        self.send(Method::POST, path, &headers, Some(body.into_bytes())).await
    }

    /// Posts a text that claims to be JSON.
    pub async fn text(&self, path: &str, body: &str) -> Answer {
        let headers = [("origin", self.url.as_str()), ("content-type", "application/json")];
        self.send(Method::POST, path, &headers, Some(body.as_bytes().to_vec())).await
    }

    /// Sends JSON with another method and more headers.
    pub async fn call(&self, method: Method, path: &str, headers: &[(&str, &str)], body: &Value) -> Answer {
        let own = [("origin", self.url.as_str()), ("content-type", "application/json")];
        let headers: Vec<(&str, &str)> = own.into_iter().chain(headers.iter().copied()).collect();
        self.send(method, path, &headers, Some(body.to_string().into_bytes())).await
    }

    /// Posts JSON.
    pub async fn json(&self, path: &str, body: Value) -> Answer {
        self.text(path, &body.to_string()).await
    }

    /// Signs in.
    pub async fn sign_in(&self, email: &str, password: &str) -> Answer {
        let answer = self.json("/api/v1/auth/login", serde_json::json!({"email": email, "password": password})).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer
    }
}
