//! Access tokens: JSON Web Tokens of one algorithm, one type and one shape (RFC 9068, RFC 8725 §3). Whatever else a token says, it is refused.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use serde::{Deserialize, Serialize};

use crate::domain::{OrganizationId, Random, SessionId, Timestamp, UserId};
use crate::vault::{JwtKey, Secret, sha256_hex, sign_jwt};

/// How long a token works, in seconds.
pub const ACCESS_TOKEN_SECONDS: i64 = 600;
/// How far the clocks of two nodes may be apart, in seconds.
const LEEWAY_SECONDS: i64 = 30;
/// The type of our tokens (RFC 9068 §2.1).
const TYPE: &str = "at+jwt";
/// The longest token that is looked at, in bytes; ours have about 600.
const LONGEST: usize = 2_048;
const SEED_BYTES: usize = 32;
/// What stands before the seed of an Ed25519 key in PKCS #8 (RFC 8410 §7).
const PKCS8_BEFORE_SEED: [u8; 16] = [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];

/// What a token says. It says nothing of the role, which is looked up on every request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccessClaims {
    /// Who made it: the address of this installation.
    pub iss: String,
    /// Whom it is for: the API of this installation.
    pub aud: String,
    /// The person.
    pub sub: UserId,
    /// The organization.
    pub org: OrganizationId,
    /// The sign-in that it comes from.
    pub sid: SessionId,
    /// When it ends, in seconds since 1970.
    pub exp: i64,
    /// When it begins, in seconds since 1970.
    pub nbf: i64,
    /// When it was made, in seconds since 1970.
    pub iat: i64,
    /// Its own name; no two are equal.
    pub jti: String,
}

/// Whose tokens are accepted, and when.
#[derive(Clone, Copy, Debug)]
pub struct Accepted<'a> {
    /// The issuer.
    pub issuer: &'a str,
    /// The audience.
    pub audience: &'a str,
    /// The present.
    pub now: Timestamp,
}

/// Why a token is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenRefusal {
    /// Not a token of ours.
    #[error("not a token of this installation")]
    Forged,
    /// A token of ours, whose time is over.
    #[error("a token whose time is over")]
    Ended,
}

/// The head of a token: these three and nothing else, so that no `jku`, `x5u`, `jwk` or `crit` is ever looked at.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    alg: String,
    typ: String,
    kid: String,
}

/// A key that signs access tokens (Ed25519).
#[derive(Debug)]
pub struct SigningKey {
    seed: Secret<Vec<u8>>,
    public: Vec<u8>,
    id: String,
}

impl SigningKey {
    /// A new key.
    pub fn generate(random: &dyn Random) -> Self {
        let mut seed = vec![0_u8; SEED_BYTES];
        random.fill(&mut seed);
        match Self::from_seed(Secret::new(seed)) {
            Some(key) => key,
            None => unreachable!("32 bytes are a seed"),
        }
    }

    /// The key of this seed; none when it has not 32 bytes.
    pub fn from_seed(seed: Secret<Vec<u8>>) -> Option<Self> {
        let pair = Ed25519KeyPair::from_seed_unchecked(seed.expose()).ok()?;
        let public = pair.public_key().as_ref().to_vec();
        let id = sha256_hex(&public).chars().take(16).collect();
        Some(Self { seed, public, id })
    }

    /// What to seal.
    pub const fn seed(&self) -> &Secret<Vec<u8>> {
        &self.seed
    }

    /// Its name in the head of a token (`kid`): the beginning of the SHA-256 of the public key.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The public key, 32 bytes.
    pub fn public(&self) -> &[u8] {
        &self.public
    }

    /// A signed token; none when it cannot be written.
    pub fn sign(&self, claims: &AccessClaims) -> Option<Secret<String>> {
        let pkcs8 = Secret::new([PKCS8_BEFORE_SEED.as_slice(), self.seed.expose()].concat());
        sign_jwt(TYPE, &self.id, claims, &pkcs8).ok().map(Secret::new)
    }

    /// Reads a token that this key signed.
    ///
    /// # Errors
    /// [`TokenRefusal`]; it says nothing more, so that nobody learns from it.
    pub fn verify(&self, token: &str, accepted: &Accepted<'_>) -> Result<AccessClaims, TokenRefusal> {
        if named_key(token).as_deref() != Some(self.id.as_str()) {
            return Err(TokenRefusal::Forged);
        }
        let key = JwtKey::ed25519(&URL_SAFE_NO_PAD.encode(&self.public));
        let claims: AccessClaims = key.and_then(|key| key.open(token)).ok_or(TokenRefusal::Forged)?;
        let now = accepted.now.millis().div_euclid(1_000);
        let latest = now.saturating_add(LEEWAY_SECONDS);
        let too_long = claims.exp.saturating_sub(claims.iat) > ACCESS_TOKEN_SECONDS;
        if claims.iss != accepted.issuer || claims.aud != accepted.audience || claims.nbf > latest || claims.iat > latest || too_long {
            return Err(TokenRefusal::Forged);
        }
        if claims.exp <= now { Err(TokenRefusal::Ended) } else { Ok(claims) }
    }
}

/// The key that the head of a token names; none when it is no token of our shape.
pub fn named_key(token: &str) -> Option<String> {
    if token.len() > LONGEST || token.bytes().filter(|byte| *byte == b'.').count() != 2 {
        return None;
    }
    let head = URL_SAFE_NO_PAD.decode(token.split('.').next()?).ok()?;
    // The library would take an array of the values for an object.
    let head: Head = serde_json::from_slice(&head).ok().filter(|_| head.starts_with(b"{"))?;
    (head.alg == "EdDSA" && head.typ == TYPE).then_some(head.kid)
}
