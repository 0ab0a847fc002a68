//! A provider of OAuth over real HTTP, with an API behind it, that does what a test wants and notes what it was asked.

mod manifests;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::body::Bytes;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use http::{StatusCode, header};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::{OwnedRwLockWriteGuard, RwLock, Semaphore};
use url::Url;

pub use manifests::{LEDGER, MANIFESTS};

use super::idp::{Asked, Said};

/// Who Latchkey is there, its secret, and a further secret of the app.
pub const CLIENT: &str = "app & co";
pub const SECRET: &str = "s3cret/with+signs=";
pub const DEVELOPER_TOKEN: &str = "dev-token-that-nobody-sees";

/// What a code stands for.
#[derive(Clone, Debug)]
struct Allowed {
    challenge: Option<String>,
    redirect_uri: String,
    account: String,
}

struct Inner {
    url: String,
    codes: Mutex<BTreeMap<String, Allowed>>,
    live: Mutex<BTreeMap<String, String>>,
    /// Instead of an answer of the token endpoint.
    token: Mutex<Option<Said>>,
    /// Laid over the usual token answer; `null` takes away.
    over: Mutex<Value>,
    tenants: Mutex<Value>,
    asked: Mutex<Vec<Asked>>,
    count: Mutex<u32>,
    /// What the address answers at which tokens are forgotten.
    revocation: Mutex<u16>,
    /// Whoever asks the API whose account it is waits while this is held.
    door: Arc<RwLock<()>>,
    /// One permit for each that came to it.
    knocks: Semaphore,
    /// Whoever asks for tokens waits while this is held.
    desk: Arc<RwLock<()>>,
}

impl Inner {
    fn new() -> Self {
        Self {
            url: String::new(),
            codes: Mutex::default(),
            live: Mutex::default(),
            token: Mutex::default(),
            over: Mutex::default(),
            tenants: Mutex::default(),
            asked: Mutex::default(),
            count: Mutex::default(),
            revocation: Mutex::new(200),
            door: Arc::default(),
            knocks: Semaphore::new(0),
            desk: Arc::default(),
        }
    }
}

/// A running provider; it ends with the test's runtime.
#[derive(Clone)]
pub struct Provider {
    inner: Arc<Inner>,
}

impl Provider {
    /// Starts it; a grant opens one tenant.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let inner = Inner { url, over: Mutex::new(json!({})), tenants: Mutex::new(json!([{"id": "t-1", "name": "Acme Ltd"}])), ..Inner::new() };
        let provider = Self { inner: Arc::new(inner) };
        let router = Router::new().fallback(any(answer)).with_state(provider.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        provider
    }

    /// Where it is.
    pub fn url(&self) -> &str {
        &self.inner.url
    }

    /// The token endpoint says this from now on; none for the usual.
    pub fn says(&self, said: Option<Said>) {
        *self.inner.token.lock().unwrap() = said;
    }

    /// Lays this over the usual token answer from now on.
    pub fn over(&self, over: Value) {
        *self.inner.over.lock().unwrap() = over;
    }

    /// A grant opens these tenants from now on.
    pub fn tenants(&self, tenants: Value) {
        *self.inner.tenants.lock().unwrap() = tenants;
    }

    /// Somebody allows what an address asks for, as this account: the code.
    pub fn allows(&self, url: &Url, account: &str) -> String {
        let query: BTreeMap<String, String> = url.query_pairs().into_owned().collect();
        let code = format!("code-{}", self.next());
        let allowed = Allowed { challenge: query.get("code_challenge").cloned(), redirect_uri: query["redirect_uri"].clone(), account: account.to_owned() };
        self.inner.codes.lock().unwrap().insert(code.clone(), allowed);
        code
    }

    /// Asked to forget a token, it answers this from now on.
    pub fn revocation(&self, status: u16) {
        *self.inner.revocation.lock().unwrap() = status;
    }

    /// The API says whose account it is as soon as this is dropped.
    pub async fn shut(&self) -> OwnedRwLockWriteGuard<()> {
        self.inner.door.clone().write_owned().await
    }

    /// The token endpoint answers as soon as this is dropped.
    pub async fn shut_tokens(&self) -> OwnedRwLockWriteGuard<()> {
        self.inner.desk.clone().write_owned().await
    }

    /// Waits until somebody asks the API whose account it is, once for each who does.
    pub async fn knocked(&self) {
        self.inner.knocks.acquire().await.unwrap().forget();
    }

    /// The tokens that it was asked to forget.
    pub fn forgotten(&self) -> Vec<String> {
        let token = |asked: &Asked| url::form_urlencoded::parse(asked.body.as_bytes()).find(|(name, _)| name == "token").unwrap().1.into_owned();
        self.asked("/oauth/revoke").iter().map(token).collect()
    }

    /// What it was asked at this path.
    pub fn asked(&self, path: &str) -> Vec<Asked> {
        self.inner.asked.lock().unwrap().iter().filter(|asked| asked.path == path).cloned().collect()
    }

    /// How many token requests it got.
    pub fn exchanges(&self) -> usize {
        self.asked("/oauth/token").len()
    }

    fn next(&self) -> u32 {
        let mut count = self.inner.count.lock().unwrap();
        *count += 1;
        *count
    }

    /// Takes a code once, from its own app, with the verifier of its attempt (RFC 7636 §4.6) and the redirect URI that it was asked with.
    fn exchange(&self, authorization: &str, body: &str) -> Response {
        if let Some((status, headers, body)) = &*self.inner.token.lock().unwrap() {
            let mut response = (StatusCode::from_u16(*status).unwrap(), body.clone()).into_response();
            headers.iter().for_each(|(name, value)| drop(response.headers_mut().insert(*name, value.parse().unwrap())));
            return response;
        }
        let form: BTreeMap<String, String> = url::form_urlencoded::parse(body.as_bytes()).into_owned().collect();
        let encoded = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
        let basic = format!("Basic {}", STANDARD.encode(format!("{}:{}", encoded(CLIENT), encoded(SECRET))));
        let in_body = form.get("client_id").map(String::as_str) == Some(CLIENT) && form.get("client_secret").map(String::as_str) == Some(SECRET);
        if authorization != basic && !in_body {
            return (StatusCode::UNAUTHORIZED, Json(json!({"error": "invalid_client"}))).into_response();
        }
        let spent = form.get("refresh_token").and_then(|token| Some(format!("at-{}", token.strip_prefix("rt-")?)));
        let renews = spent.and_then(|access| self.inner.live.lock().unwrap().get(&access).cloned());
        let allowed = form.get("code").and_then(|code| self.inner.codes.lock().unwrap().remove(code));
        let verifier = form.get("code_verifier").map(|verifier| URL_SAFE_NO_PAD.encode(ring::digest::digest(&ring::digest::SHA256, verifier.as_bytes())));
        let fits = allowed.filter(|allowed| allowed.challenge == verifier && form.get("redirect_uri") == Some(&allowed.redirect_uri));
        let Some(account) = renews.or_else(|| fits.map(|allowed| allowed.account)) else {
            return (StatusCode::BAD_REQUEST, Json(json!({"error": "invalid_grant"}))).into_response();
        };
        let number = self.next();
        let token = format!("at-{number}-secret");
        self.inner.live.lock().unwrap().insert(token.clone(), account);
        let mut said = json!({
            "access_token": token, "refresh_token": format!("rt-{number}-secret"), "expires_in": 1800, "token_type": "Bearer",
            "scope": "books.read offline", "instance_url": "https://eu1.books.example",
        });
        for (key, value) in self.inner.over.lock().unwrap().as_object().unwrap() {
            if value.is_null() {
                said.as_object_mut().unwrap().remove(key);
            } else {
                said[key] = value.clone();
            }
        }
        Json(said).into_response()
    }

    fn account(&self, authorization: &str) -> Option<String> {
        self.inner.live.lock().unwrap().get(authorization.strip_prefix("Bearer ")?).cloned()
    }
}

async fn answer(State(provider): State<Provider>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body: Bytes = axum::body::to_bytes(body, 1 << 20).await.unwrap();
    let header = |name: &str| parts.headers.get(name).map_or("", |value| value.to_str().unwrap()).to_owned();
    let authorization = header(header::AUTHORIZATION.as_str());
    let asked = Asked {
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        authorization: authorization.clone(),
        body: String::from_utf8_lossy(&body).into_owned(),
    };
    let refused = || (StatusCode::UNAUTHORIZED, Json(json!({"message": "no"}))).into_response();
    let account = provider.account(&authorization);
    if asked.path.ends_with("/me") {
        provider.inner.knocks.add_permits(1);
        drop(provider.inner.door.read().await);
    }
    if asked.path == "/oauth/token" {
        drop(provider.inner.desk.read().await);
    }
    let response = match (asked.path.as_str(), account) {
        ("/oauth/token", _) => provider.exchange(&authorization, &asked.body),
        ("/oauth/revoke", _) => StatusCode::from_u16(*provider.inner.revocation.lock().unwrap()).unwrap().into_response(),
        ("/oauth/tenants", Some(_)) => Json(json!({"tenants": *provider.inner.tenants.lock().unwrap()})).into_response(),
        ("/api/ledger/me", Some(_)) if header("developer-token") != DEVELOPER_TOKEN => refused(),
        ("/api/ledger/me", Some(account)) => Json(json!({"id": format!("{account}-{}", header("ledger-tenant")), "name": account})).into_response(),
        (path, Some(account)) if path.ends_with("/me") => Json(json!({"id": account, "name": account})).into_response(),
        (path, None) if path.ends_with("/me") || path.ends_with("/tenants") => refused(),
        _ => Json(json!({})).into_response(),
    };
    provider.inner.asked.lock().unwrap().push(asked);
    response
}
