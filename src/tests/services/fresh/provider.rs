//! A provider that hands out tokens: it rotates refresh tokens or does not, and ends a family whose old token comes back.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex};

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

/// How the next requests for tokens are answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mood {
    /// As documented.
    Good,
    /// With this status and JSON, and so many seconds in `Retry-After` unless 0.
    Says(u16, Value, u32),
    /// Not at all.
    Silent,
    /// It acts, and the answer waits until somebody lets it through.
    Held,
    /// It acts, and then cuts the line.
    Cut,
}

/// What was asked.
#[derive(Clone, Debug)]
pub struct Asked {
    pub path: String,
    pub form: BTreeMap<String, String>,
    pub headers: HeaderMap,
}

#[derive(Debug)]
struct Inner {
    mood: Mood,
    /// How many requests are answered in the mood; then it is good again.
    left: usize,
    rotates: bool,
    expires_in: Value,
    /// The only valid refresh token of each family.
    families: HashMap<String, Option<String>>,
    /// Whether a token that comes back after it was spent ends its family, as rotation demands.
    lenient: bool,
    minted: usize,
    asked: Vec<Asked>,
    revocation: u16,
}

#[derive(Clone)]
pub struct Provider {
    inner: Arc<Mutex<Inner>>,
    arrived: Arc<Semaphore>,
    gate: Arc<Semaphore>,
    called: Arc<dyn Fn() + Send + Sync>,
    pub base: String,
}

impl Provider {
    pub async fn start() -> Self {
        Self::start_with(|| {}).await
    }

    /// `called` is told of every request before and after it is acted on.
    pub async fn start_with(called: impl Fn() + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let inner = Inner {
            mood: Mood::Good,
            left: 0,
            rotates: true,
            expires_in: json!(3_600),
            families: HashMap::new(),
            lenient: false,
            minted: 0,
            asked: Vec::new(),
            revocation: 200,
        };
        let provider = Self {
            inner: Arc::new(Mutex::new(inner)),
            arrived: Arc::new(Semaphore::new(0)),
            gate: Arc::new(Semaphore::new(0)),
            called: Arc::new(called),
            base,
        };
        let router = Router::new().fallback(answer).with_state(provider.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        provider
    }

    /// The next `count` requests for tokens are answered like this.
    pub fn mood(&self, mood: Mood, count: usize) {
        let mut inner = self.inner.lock().unwrap();
        (inner.mood, inner.left) = (mood, count);
    }

    pub fn says(&self, status: u16, error: &str) {
        self.mood(Mood::Says(status, json!({ "error": error }), 0), usize::MAX);
    }

    pub fn rotates(&self, rotates: bool) {
        self.inner.lock().unwrap().rotates = rotates;
    }

    pub fn expires_in(&self, expires_in: Value) {
        self.inner.lock().unwrap().expires_in = expires_in;
    }

    pub fn revocation(&self, status: u16) {
        self.inner.lock().unwrap().revocation = status;
    }

    /// A first refresh token of a family.
    pub fn allow(&self, family: &str) -> String {
        let token = format!("refresh.{family}.0");
        self.inner.lock().unwrap().families.insert(family.to_owned(), Some(token.clone()));
        token
    }

    /// Somebody got the next tokens of a family, and nobody here knows them.
    pub fn spend(&self, family: &str) {
        self.inner.lock().unwrap().families.insert(family.to_owned(), Some(format!("refresh.{family}.elsewhere")));
    }

    /// A spent token that comes back is refused, and ends nothing.
    pub fn lenient(&self) {
        self.inner.lock().unwrap().lenient = true;
    }

    /// It takes this token of a family again, and no other.
    pub fn takes_again(&self, family: &str, token: &str) {
        self.inner.lock().unwrap().families.insert(family.to_owned(), Some(token.to_owned()));
    }

    /// The valid refresh token of a family; none when it has ended.
    pub fn valid(&self, family: &str) -> Option<String> {
        self.inner.lock().unwrap().families.get(family).cloned().flatten()
    }

    /// What was asked since the last time this was asked.
    pub fn asked(&self) -> Vec<Asked> {
        std::mem::take(&mut self.inner.lock().unwrap().asked)
    }

    /// Waits until so many answers are held.
    pub async fn held(&self, count: u32) {
        self.arrived.acquire_many(count).await.unwrap().forget();
    }

    /// Lets so many of them through.
    pub fn release(&self, count: usize) {
        self.gate.add_permits(count);
    }
}

impl Inner {
    fn act(&mut self, form: &BTreeMap<String, String>) -> Result<Value, &'static str> {
        let mut answer = json!({ "token_type": "Bearer", "expires_in": self.expires_in });
        if form.get("grant_type").is_some_and(|grant| grant == "refresh_token") {
            let presented = &form["refresh_token"];
            let family = presented.split('.').nth(1).unwrap_or_default().to_owned();
            let Some(valid) = self.families.get_mut(&family) else { return Err("invalid_grant") };
            if valid.as_ref() != Some(presented) {
                if !self.lenient {
                    *valid = None;
                }
                return Err("invalid_grant");
            }
            if self.rotates {
                let next = format!("refresh.{family}.{}", self.minted + 1);
                *valid = Some(next.clone());
                answer["refresh_token"] = next.into();
            }
        }
        self.minted += 1;
        answer["access_token"] = format!("access.{}", self.minted).into();
        Ok(answer)
    }
}

async fn answer(State(provider): State<Provider>, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    (provider.called)();
    let form: BTreeMap<String, String> = url::form_urlencoded::parse(&body).into_owned().collect();
    let (mood, outcome) = {
        let mut inner = provider.inner.lock().unwrap();
        inner.asked.push(Asked { path: uri.path().to_owned(), form: form.clone(), headers });
        if uri.path() == "/revoke" {
            return StatusCode::from_u16(inner.revocation).unwrap().into_response();
        }
        if !uri.path().ends_with("/token") {
            return Json(json!({ "id": "acct_1", "email": "a@example.com", "data": [], "token": format!("session.{}", inner.asked.len()) })).into_response();
        }
        let mood = if inner.left > 0 { inner.mood.clone() } else { Mood::Good };
        inner.left = inner.left.saturating_sub(1);
        let acts = matches!(mood, Mood::Good | Mood::Held | Mood::Cut);
        (mood, acts.then(|| inner.act(&form)))
    };
    match mood {
        Mood::Silent => std::future::pending().await,
        Mood::Held => {
            provider.arrived.add_permits(1);
            provider.gate.acquire().await.unwrap().forget();
        }
        Mood::Cut => panic!("the line is cut"),
        Mood::Good | Mood::Says(..) => {}
    }
    (provider.called)();
    match (mood, outcome) {
        (Mood::Says(status, body, retry_after), _) => {
            let mut answer = (StatusCode::from_u16(status).unwrap(), Json(body)).into_response();
            if retry_after > 0 {
                answer.headers_mut().insert(header::RETRY_AFTER, retry_after.into());
            }
            answer
        }
        (_, Some(Ok(tokens))) => Json(tokens).into_response(),
        (_, Some(Err(code))) => (StatusCode::BAD_REQUEST, Json(json!({ "error": code }))).into_response(),
        (_, None) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}
