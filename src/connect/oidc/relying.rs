//! The relying party: from a person who wants to sign in to what their provider proves.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest::{SHA256, digest};
use tokio::time::Instant;
use url::Url;

use super::cache::Cache;
use super::discovery::{self, Metadata};
use super::keys::Keys;
use super::problem::OidcProblem;
use super::{exchange, github};
use crate::domain::{Clock, Random, SignOnKind, Timestamp};
use crate::egress::{BoundOrigins, Egress, EgressError, HttpAnswer, HttpCall, Limits, Origin};
use crate::vault::{JwtHead, JwtKey, Secret};

/// What stands for the tenant in Microsoft's issuer.
pub const TENANT: &str = "{tenantid}";

/// How long one call to a provider may take, and all of one sign-in.
const ONE_CALL: Duration = Duration::from_secs(10);
const ALL_CALLS: Duration = Duration::from_secs(20);
/// The largest answer, in bytes.
const LARGEST: usize = 64 * 1024;

/// Speaks to providers of single sign-on, and remembers for a while what they say about themselves.
pub struct Oidc {
    egress: Egress,
    clock: Arc<dyn Clock>,
    cache: Cache,
    one_call: Duration,
}

impl fmt::Debug for Oidc {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Oidc")
    }
}

/// A provider, and who Latchkey is there.
#[derive(Clone, Copy, Debug)]
pub struct Party<'a> {
    /// How it is spoken to.
    pub kind: SignOnKind,
    /// Its issuer; of GitHub, the address of its site.
    pub issuer: &'a str,
    /// Who Latchkey is there.
    pub client_id: &'a str,
}

/// What an attempt asks a provider for.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// Where the provider is to lead back to.
    pub redirect_uri: &'a str,
    /// Ties the way back to the attempt.
    pub state: &'a str,
    /// Ties the ID token to the attempt.
    pub nonce: &'a str,
    /// Ties the code to the attempt (RFC 7636).
    pub verifier: &'a Secret<String>,
    /// Whether the person has to prove anew who they are, however lately they did.
    pub again: bool,
}

/// A code that came back, with what it is taken by.
#[derive(Clone, Copy, Debug)]
pub struct Took<'a> {
    /// The code.
    pub code: &'a Secret<String>,
    /// Where the provider led back to.
    pub redirect_uri: &'a str,
    /// The nonce of the attempt.
    pub nonce: &'a str,
    /// The verifier of the attempt.
    pub verifier: &'a Secret<String>,
    /// The client secret.
    pub secret: &'a Secret<String>,
    /// The earliest moment of the person's proof at the provider, where it says so; none for any.
    pub proven_since: Option<Timestamp>,
}

/// Whom a provider proved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proven {
    /// The issuer, with the tenant filled in.
    pub issuer: String,
    /// The account there.
    pub subject: String,
    /// Its address; empty when unknown.
    pub email: String,
    /// Whether the provider has proven the address.
    pub email_verified: bool,
    /// The person's name; empty when unknown.
    pub name: String,
}

impl Oidc {
    /// Speaks through `egress`.
    pub fn new(egress: Egress, clock: Arc<dyn Clock>) -> Self {
        Self { egress, clock, cache: Cache::default(), one_call: ONE_CALL }
    }

    /// The same with another limit for each call.
    #[must_use]
    pub const fn with_deadline(mut self, one_call: Duration) -> Self {
        self.one_call = one_call;
        self
    }

    /// Asks a provider about itself, as somebody does who is about to add it.
    ///
    /// # Errors
    /// Why it cannot be used.
    pub async fn meet(&self, party: Party<'_>) -> Result<(), OidcProblem> {
        if party.kind == SignOnKind::Github {
            return github::place(party.issuer).map(drop);
        }
        self.metadata(party.issuer, &mut self.talk()).await.map(drop)
    }

    /// The address at the provider that the browser is sent to.
    ///
    /// # Errors
    /// Why the provider cannot be used.
    pub async fn address(&self, party: Party<'_>, asked: Asked<'_>) -> Result<Url, OidcProblem> {
        let (mut url, scope) = match party.kind {
            SignOnKind::Github => (github::place(party.issuer)?.authorize, github::SCOPE),
            _ => (self.metadata(party.issuer, &mut self.talk()).await?.authorization_endpoint.clone(), "openid email profile"),
        };
        let challenge = URL_SAFE_NO_PAD.encode(digest(&SHA256, asked.verifier.expose().as_bytes()));
        let mut query = url.query_pairs_mut();
        query.append_pair("response_type", "code").append_pair("client_id", party.client_id).append_pair("redirect_uri", asked.redirect_uri);
        query.append_pair("scope", scope).append_pair("state", asked.state);
        query.append_pair("code_challenge", &challenge).append_pair("code_challenge_method", "S256");
        if party.kind != SignOnKind::Github {
            query.append_pair("nonce", asked.nonce);
            if asked.again {
                query.append_pair("prompt", "login").append_pair("max_age", "0");
            }
        }
        drop(query);
        Ok(url)
    }

    /// Whether the provider that came back is the one that was asked: its name must be there when it always gives it, and right whenever it is there (RFC 9207 §2.4).
    ///
    /// # Errors
    /// [`OidcProblem::Issuer`], or why the provider cannot be used.
    pub async fn recognise(&self, party: Party<'_>, named: Option<&str>) -> Result<(), OidcProblem> {
        let right = match (named, party.issuer.split_once(TENANT)) {
            (None, _) => party.kind == SignOnKind::Github || !self.metadata(party.issuer, &mut self.talk()).await?.names_itself,
            (Some(named), None) => named == party.issuer,
            (Some(named), Some((before, after))) => named.starts_with(before) && named.ends_with(after),
        };
        if right { Ok(()) } else { Err(OidcProblem::Issuer) }
    }

    /// Takes the code to the provider and judges what it gives for it.
    ///
    /// # Errors
    /// Why nobody was proven.
    pub async fn take(&self, party: Party<'_>, took: Took<'_>) -> Result<Proven, OidcProblem> {
        let mut talk = self.talk();
        if party.kind == SignOnKind::Github {
            return github::take(&mut talk, party, took).await;
        }
        let metadata = self.metadata(party.issuer, &mut talk).await?;
        exchange::take(self, &mut talk, &metadata, party, took).await
    }

    /// The texts in the DNS under `name`.
    ///
    /// # Errors
    /// [`EgressError`] when no name server answers.
    pub async fn texts(&self, name: &str, random: &dyn Random) -> Result<Vec<String>, EgressError> {
        self.egress.texts(name, random).await
    }

    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    fn talk(&self) -> Talk<'_> {
        Talk { egress: &self.egress, one_call: self.one_call, until: Instant::now() + ALL_CALLS }
    }

    async fn metadata(&self, issuer: &str, talk: &mut Talk<'_>) -> Result<Arc<Metadata>, OidcProblem> {
        if let Some(known) = self.cache.metadata(issuer, self.now()) {
            return Ok(known);
        }
        let answer = talk.send(HttpCall::get(discovery::address(issuer)?)).await?;
        if answer.status != 200 {
            return Err(OidcProblem::Answer("metadata_status"));
        }
        let metadata = Arc::new(discovery::read(issuer, answer.body())?);
        self.cache.keep_metadata(issuer, &metadata, self.now());
        Ok(metadata)
    }

    /// The key that a token names. Keys that are known are asked for again when none of them fits, once a minute at most.
    pub(super) async fn key(&self, talk: &mut Talk<'_>, issuer: &str, metadata: &Metadata, head: &JwtHead) -> Result<JwtKey, OidcProblem> {
        let unknown = OidcProblem::Token("kid");
        if let Some((keys, resting)) = self.cache.keys(issuer, self.now()) {
            if let Some(key) = keys.find(head) {
                return Ok(key.clone());
            }
            if resting {
                return Err(unknown);
            }
        }
        let answer = talk.send(HttpCall::get(metadata.jwks_uri.clone())).await?;
        if answer.status != 200 {
            return Err(OidcProblem::Answer("keys_status"));
        }
        let keys = Arc::new(Keys::read(answer.body())?);
        self.cache.keep_keys(issuer, &keys, self.now());
        keys.find(head).cloned().ok_or(unknown)
    }
}

/// The calls of one sign-in; together they end in time.
pub(super) struct Talk<'a> {
    egress: &'a Egress,
    one_call: Duration,
    until: Instant,
}

impl Talk<'_> {
    /// Makes a call to the very origin of its URL: 64 KiB at most, no redirects.
    pub(super) async fn send(&mut self, call: HttpCall) -> Result<HttpAnswer, OidcProblem> {
        let origin = Origin::of(&call.url).map_err(|_| OidcProblem::Answer("endpoint"))?;
        let left = self.until.saturating_duration_since(Instant::now());
        let limits = Limits { deadline: left.min(self.one_call), max_body_bytes: LARGEST, max_redirects: 0 };
        Ok(self.egress.send(call, &BoundOrigins::only(origin), &limits).await?)
    }
}
