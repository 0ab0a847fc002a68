//! A client of Latchkey in Rust: reads a credential, keeps it until it is to be read again, and says what to do when there is none.
//!
//! ```ignore
//! let vault = Latchkey::new(reqwest::Client::new(), "https://latchkey.example.com", key);
//! let credential = vault.credential("con_…").await?;
//! let request = http.get(address).headers(credential.header_map());
//! ```
//!
//! Needs `reqwest` 0.13 (with `json`), `serde` 1 (with `derive`) and `tokio` 1 (with `sync`).

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use reqwest::StatusCode;
use reqwest::header::{ETAG, HeaderMap, HeaderName, HeaderValue, IF_NONE_MATCH, RETRY_AFTER};
use serde::Deserialize;
use tokio::sync::Mutex;

/// What Latchkey handed out; its `Debug` shows no secret. Times are UTC milliseconds since 1970.
#[derive(Clone, Deserialize)]
pub struct Credential {
    pub connection: String,
    pub connector: String,
    pub version: i64,
    pub credential: Parts,
    /// None where requests need more than headers, or the key may not read what they hold.
    pub headers: Option<BTreeMap<String, String>>,
    pub expires_at: Option<u64>,
    pub refresh_at: u64,
}

/// The parts of a credential.
#[derive(Clone, Deserialize)]
pub struct Parts {
    pub access_token: Option<String>,
    pub session_token: Option<String>,
    #[serde(default)]
    pub fields: BTreeMap<String, String>,
    pub config: BTreeMap<String, String>,
}

impl fmt::Debug for Credential {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Credential").field("connection", &self.connection).field("version", &self.version).finish_non_exhaustive()
    }
}

impl Credential {
    /// The headers for requests to the provider, marked as sensitive.
    pub fn header_map(&self) -> HeaderMap {
        let pairs = self.headers.iter().flatten().filter_map(|(name, value)| {
            let mut value = HeaderValue::from_str(value).ok()?;
            value.set_sensitive(true);
            Some((HeaderName::from_bytes(name.as_bytes()).ok()?, value))
        });
        pairs.collect()
    }
}

/// Latchkey did not hand the credential out. Branch on `code`; without `retry_after` (seconds) a person has to act.
#[derive(Clone, Debug)]
pub struct Refused {
    pub status: u16,
    pub code: String,
    pub message: String,
    pub retry_after: Option<u64>,
}

impl fmt::Display for Refused {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.code, self.message)
    }
}

impl std::error::Error for Refused {}

impl From<reqwest::Error> for Refused {
    fn from(error: reqwest::Error) -> Self {
        Self { status: 503, code: "unreachable".to_owned(), message: error.without_url().to_string(), retry_after: Some(5) }
    }
}

#[derive(Deserialize)]
struct Done {
    data: Credential,
}

#[derive(Deserialize)]
struct Failed {
    error: Said,
}

#[derive(Deserialize)]
struct Said {
    code: String,
    message: String,
}

struct Held {
    credential: Arc<Credential>,
    tag: String,
    until: u64,
}

/// One installation, with the key of one program.
pub struct Latchkey {
    http: reqwest::Client,
    url: String,
    key: String,
    min_valid: u32,
    held: Mutex<HashMap<String, Held>>,
}

impl Latchkey {
    /// `url` is the address of the installation, `key` the key of your program.
    pub fn new(http: reqwest::Client, url: &str, key: &str) -> Self {
        Self { http, url: url.trim_end_matches('/').to_owned(), key: key.to_owned(), min_valid: 300, held: Mutex::default() }
    }

    /// For how many seconds a token has to work when you get it; 300 unless you say otherwise.
    #[must_use]
    pub fn min_valid(mut self, seconds: u32) -> Self {
        self.min_valid = seconds;
        self
    }

    /// The credential of a connection; asks Latchkey only when it is time to.
    ///
    /// # Errors
    /// [`Refused`].
    pub async fn credential(&self, connection: &str) -> Result<Arc<Credential>, Refused> {
        let mut all = self.held.lock().await;
        if let Some(held) = all.get(connection).filter(|held| now() < held.until) {
            return Ok(held.credential.clone());
        }
        match self.read(connection, all.get(connection)).await {
            Ok(fresh) => {
                let credential = fresh.credential.clone();
                all.insert(connection.to_owned(), fresh);
                Ok(credential)
            }
            // What works still works while Latchkey is away or cannot renew it, however it fails.
            Err(refused) => {
                let works = |held: &&Held| refused.status >= 500 && held.credential.expires_at.is_none_or(|end| now() < end);
                all.get(connection).filter(works).map(|held| held.credential.clone()).ok_or(refused)
            }
        }
    }

    /// Reads anew next time: after the provider refused the credential.
    pub async fn forget(&self, connection: &str) {
        self.held.lock().await.remove(connection);
    }

    async fn read(&self, connection: &str, held: Option<&Held>) -> Result<Held, Refused> {
        let address = format!("{}/api/v1/connections/{connection}/credentials?min_valid={}", self.url, self.min_valid);
        let mut request = self.http.get(address).bearer_auth(&self.key).header("user-agent", "latchkey-rust/1");
        if let Some(held) = held {
            request = request.header(IF_NONE_MATCH, &held.tag);
        }
        let answer = request.send().await?;
        let (status, headers) = (answer.status(), answer.headers().clone());
        let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok()).map(str::to_owned);
        if let Some(held) = held.filter(|_| status == StatusCode::NOT_MODIFIED) {
            // Nothing new: ask again in a minute.
            return Ok(Held { credential: held.credential.clone(), tag: held.tag.clone(), until: now() + 60_000 });
        }
        if status.is_success() {
            let credential = answer.json::<Done>().await?.data;
            return Ok(Held { until: credential.refresh_at, credential: Arc::new(credential), tag: text(ETAG).unwrap_or_default() });
        }
        let Said { code, message } = answer.json::<Failed>().await?.error;
        Err(Refused { status: status.as_u16(), code, message, retry_after: text(RETRY_AFTER).and_then(|wait| wait.parse().ok()) })
    }
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}
