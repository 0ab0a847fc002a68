//! A provider of single sign-on over real HTTP that says whatever a test wants, and notes what it was asked.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::body::Bytes;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{StatusCode, header};
use latchkey::domain::Clock;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use url::Url;

/// Who Latchkey is there, and its secret.
pub const CLIENT: &str = "latchkey & co";
pub const SECRET: &str = "s3cret/with+signs=";

/// How the ID token is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signed {
    Ed25519,
    P256,
    /// `alg: none` and no signature.
    Nothing,
    /// HS256 with the public key as the secret.
    PublicKeyAsSecret,
    /// By a key that is not in the set, under the name of one that is.
    Foreign,
    /// ES256 said, Ed25519 meant.
    Confused,
    /// Properly, then one bit of the claims changed.
    Changed,
}

/// A whole answer: status, headers, body.
pub type Said = (u16, Vec<(&'static str, String)>, String);

/// What it says instead of the usual.
pub struct Script {
    /// Laid over the metadata; `null` takes away.
    pub metadata: Value,
    /// Laid over the claims of the ID token.
    pub claims: Value,
    /// Laid over the header of the ID token.
    pub header: Value,
    /// Laid over each key of the set.
    pub key: Value,
    pub signed: Signed,
    /// Instead of an answer of the token endpoint.
    pub token: Option<Said>,
    /// What its userinfo endpoint says; 404 without.
    pub userinfo: Option<Value>,
}

impl Default for Script {
    fn default() -> Self {
        let none = || json!({});
        Self { metadata: none(), claims: none(), header: none(), key: none(), signed: Signed::Ed25519, token: None, userinfo: None }
    }
}

/// One request that it got.
#[derive(Clone, Debug)]
pub struct Asked {
    pub path: String,
    pub query: String,
    pub authorization: String,
    pub body: String,
}

struct Inner {
    url: String,
    clock: Arc<dyn Clock>,
    script: Mutex<Script>,
    asked: Mutex<Vec<Asked>>,
    nonce: Mutex<String>,
    challenge: Mutex<String>,
    ed25519: Ed25519KeyPair,
    foreign: Ed25519KeyPair,
    p256: EcdsaKeyPair,
}

/// A running provider; it ends with the test's runtime.
#[derive(Clone)]
pub struct Idp {
    inner: Arc<Inner>,
}

fn ed25519() -> Ed25519KeyPair {
    Ed25519KeyPair::from_pkcs8(Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).unwrap().as_ref()).unwrap()
}

fn p256() -> EcdsaKeyPair {
    let (kind, random) = (&ECDSA_P256_SHA256_FIXED_SIGNING, SystemRandom::new());
    EcdsaKeyPair::from_pkcs8(kind, EcdsaKeyPair::generate_pkcs8(kind, &random).unwrap().as_ref(), &random).unwrap()
}

fn laid(mut under: Value, over: &Value) -> Value {
    for (key, value) in over.as_object().unwrap() {
        let fields = under.as_object_mut().unwrap();
        if value.is_null() {
            fields.remove(key);
        } else {
            fields.insert(key.clone(), value.clone());
        }
    }
    under
}

/// Text for a part of a token.
pub fn part(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

impl Idp {
    /// Starts one whose tokens are of the time of `clock`.
    pub async fn start(clock: Arc<dyn Clock>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let inner = Inner {
            url: format!("http://{}", listener.local_addr().unwrap()),
            clock,
            script: Mutex::default(),
            asked: Mutex::default(),
            nonce: Mutex::default(),
            challenge: Mutex::default(),
            ed25519: ed25519(),
            foreign: ed25519(),
            p256: p256(),
        };
        let idp = Self { inner: Arc::new(inner) };
        let router = Router::new().fallback(any(answer)).with_state(idp.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        idp
    }

    /// Its issuer.
    pub fn url(&self) -> &str {
        &self.inner.url
    }

    /// Says this from now on.
    pub fn says(&self, script: Script) {
        *self.inner.script.lock().unwrap() = script;
    }

    /// Says these claims from now on.
    pub fn claims(&self, claims: Value) {
        self.says(Script { claims, ..Script::default() });
    }

    /// Answers the attempt of this address: its nonce, and only its verifier.
    pub fn expects(&self, url: &Url) {
        let query: BTreeMap<String, String> = url.query_pairs().into_owned().collect();
        *self.inner.nonce.lock().unwrap() = query.get("nonce").cloned().unwrap_or_default();
        *self.inner.challenge.lock().unwrap() = query["code_challenge"].clone();
    }

    /// What it was asked at this path.
    pub fn asked(&self, path: &str) -> Vec<Asked> {
        self.inner.asked.lock().unwrap().iter().filter(|asked| asked.path == path).cloned().collect()
    }

    /// How many codes were brought to it.
    pub fn exchanges(&self) -> usize {
        self.asked("/token").len() + self.asked("/login/oauth/access_token").len()
    }

    fn metadata(&self) -> Value {
        let url = &self.inner.url;
        json!({
            "issuer": url,
            "authorization_endpoint": format!("{url}/authorize"),
            "token_endpoint": format!("{url}/token"),
            "jwks_uri": format!("{url}/keys"),
            "userinfo_endpoint": format!("{url}/userinfo"),
            "response_types_supported": ["code"],
            "code_challenge_methods_supported": ["S256"],
            "authorization_response_iss_parameter_supported": true,
        })
    }

    fn keys(&self, over: &Value) -> Value {
        let point = self.inner.p256.public_key().as_ref();
        let (x, y) = (part(&point[1..33]), part(&point[33..]));
        let ed = json!({"kty": "OKP", "crv": "Ed25519", "kid": "ed", "use": "sig", "alg": "EdDSA", "x": part(self.inner.ed25519.public_key())});
        let p256 = json!({"kty": "EC", "crv": "P-256", "kid": "ec", "use": "sig", "x": x, "y": y});
        let other = json!({"kty": "RSA", "kid": "enc", "use": "enc", "n": "AQAB", "e": "AQAB"});
        json!({"keys": [laid(ed, over), laid(p256, over), other]})
    }

    fn claims_now(&self, script: &Script) -> Value {
        let now = self.inner.clock.now().millis() / 1_000;
        let usual = json!({
            "iss": self.inner.url, "sub": "alice-1", "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": *self.inner.nonce.lock().unwrap(),
            "email": "alice@work.example", "email_verified": true, "name": "Alice Archer",
        });
        laid(usual, &script.claims)
    }

    fn token(&self, script: &Script) -> String {
        let claims = part(self.claims_now(script).to_string());
        let (alg, kid) = match script.signed {
            Signed::Nothing => ("none", "ed"),
            Signed::PublicKeyAsSecret => ("HS256", "ed"),
            Signed::P256 => ("ES256", "ec"),
            Signed::Confused => ("ES256", "ed"),
            _ => ("EdDSA", "ed"),
        };
        let header = laid(json!({"alg": alg, "kid": kid, "typ": "JWT"}), &script.header);
        let message = format!("{}.{claims}", part(header.to_string()));
        let signature = match script.signed {
            Signed::Nothing => Vec::new(),
            Signed::PublicKeyAsSecret => {
                ring::hmac::sign(&ring::hmac::Key::new(ring::hmac::HMAC_SHA256, self.inner.ed25519.public_key().as_ref()), message.as_bytes()).as_ref().to_vec()
            }
            Signed::P256 => self.inner.p256.sign(&SystemRandom::new(), message.as_bytes()).unwrap().as_ref().to_vec(),
            Signed::Foreign => self.inner.foreign.sign(message.as_bytes()).as_ref().to_vec(),
            Signed::Ed25519 | Signed::Confused | Signed::Changed => self.inner.ed25519.sign(message.as_bytes()).as_ref().to_vec(),
        };
        if script.signed == Signed::Changed {
            let other = self.claims_now(script).to_string().replace("alice-1", "alice-2");
            return format!("{}.{}.{}", part(header.to_string()), part(other), part(signature));
        }
        format!("{message}.{}", part(signature))
    }

    /// Takes a code if it comes with the verifier of the attempt (RFC 7636 §4.6).
    fn exchange(&self, script: &Script, body: &str) -> Response {
        if let Some((status, headers, body)) = &script.token {
            let mut response = (StatusCode::from_u16(*status).unwrap(), body.clone()).into_response();
            for (name, value) in headers {
                response.headers_mut().insert(*name, value.parse().unwrap());
            }
            return response;
        }
        let form: BTreeMap<String, String> = url::form_urlencoded::parse(body.as_bytes()).into_owned().collect();
        let verifier = form.get("code_verifier").cloned().unwrap_or_default();
        if part(ring::digest::digest(&ring::digest::SHA256, verifier.as_bytes())) != *self.inner.challenge.lock().unwrap() {
            return (StatusCode::BAD_REQUEST, Json(json!({"error": "invalid_grant"}))).into_response();
        }
        Json(json!({"access_token": "access-1", "token_type": "bearer", "expires_in": 300, "id_token": self.token(script), "more": {"a": 1}})).into_response()
    }
}

async fn answer(State(idp): State<Idp>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body: Bytes = axum::body::to_bytes(body, 1 << 20).await.unwrap();
    let authorization = parts.headers.get(header::AUTHORIZATION).map_or("", |value| value.to_str().unwrap()).to_owned();
    let asked = Asked {
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        authorization,
        body: String::from_utf8_lossy(&body).into_owned(),
    };
    let script = idp.inner.script.lock().unwrap();
    let response = match asked.path.as_str() {
        path if path.ends_with("/.well-known/openid-configuration") => Json(laid(idp.metadata(), &script.metadata)).into_response(),
        "/keys" => Json(idp.keys(&script.key)).into_response(),
        "/token" => idp.exchange(&script, &asked.body),
        "/userinfo" => script.userinfo.clone().map_or_else(|| StatusCode::NOT_FOUND.into_response(), |said| Json(said).into_response()),
        "/login/oauth/access_token" => idp.exchange(&script, &asked.body),
        "/api/v3/user" => Json(json!({"id": 583_231, "login": "octocat", "name": "Mona"})).into_response(),
        "/api/v3/user/emails" => Json(json!([
            {"email": "old@home.example", "primary": false, "verified": true},
            {"email": "mona@work.example", "primary": true, "verified": script.userinfo.is_none()},
        ]))
        .into_response(),
        _ => StatusCode::NOT_FOUND.into_response(),
    };
    drop(script);
    idp.inner.asked.lock().unwrap().push(asked);
    response
}
