//! JSON Web Tokens (RFC 7519): those that providers of single sign-on sign, and our own. Signing is EdDSA alone; RS256 and ES256 are only verified.
//!
//! Nothing here judges a claim: who asks knows the time and what it expects.

use std::sync::Once;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::crypto::{CryptoProvider, JwtSigner, JwtVerifier, KeyUtils};
use jsonwebtoken::errors::{Error, ErrorKind};
use jsonwebtoken::signature::{Error as SignatureError, Signer, Verifier};
use jsonwebtoken::{Algorithm, AlgorithmFamily, DecodingKey, DecodingKeyKind, EncodingKey, Header, Validation};
use ring::signature::{self, Ed25519KeyPair, RsaPublicKeyComponents, UnparsedPublicKey};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::vault::Secret;

/// The longest token that is looked at, in bytes.
const LONGEST: usize = 32 * 1024;

/// What a token may be signed with; there is no other, so `none` and shared secrets cannot be meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JwtAlgorithm {
    /// RSA PKCS#1 v1.5 with SHA-256, keys of 2,048 bits and more.
    Rs256,
    /// ECDSA on P-256 with SHA-256.
    Es256,
    /// Ed25519.
    EdDsa,
}

impl JwtAlgorithm {
    const ALL: [Self; 3] = [Self::Rs256, Self::Es256, Self::EdDsa];

    /// The name in a header (RFC 7518 §3.1, RFC 8037 §3.1).
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Es256 => "ES256",
            Self::EdDsa => "EdDSA",
        }
    }

    const fn inner(self) -> Algorithm {
        match self {
            Self::Rs256 => Algorithm::RS256,
            Self::Es256 => Algorithm::ES256,
            Self::EdDsa => Algorithm::EdDSA,
        }
    }
}

/// What a token says of its own signature, before that is believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JwtHead {
    /// What it is signed with.
    pub algorithm: JwtAlgorithm,
    /// Which key, when it says so.
    pub key_id: Option<String>,
    /// Its kind, such as `at+jwt`, when it says so.
    pub kind: Option<String>,
}

/// Reads the header of a token in compact form; none when it is no such token, names another algorithm, or asks for what is not understood here (`crit`).
pub fn jwt_head(token: &str) -> Option<JwtHead> {
    if token.len() > LONGEST || token.split('.').count() != 3 {
        return None;
    }
    let bytes = URL_SAFE_NO_PAD.decode(token.split('.').next()?).ok()?;
    let header: Map<String, Value> = serde_json::from_slice(&bytes).ok()?;
    if header.contains_key("crit") {
        return None;
    }
    let text = |name: &str| match header.get(name) {
        None => Some(None),
        Some(Value::String(text)) => Some(Some(text.clone())),
        Some(_) => None,
    };
    let named = text("alg")??;
    let algorithm = JwtAlgorithm::ALL.into_iter().find(|algorithm| algorithm.as_str() == named)?;
    Some(JwtHead { algorithm, key_id: text("kid")?, kind: text("typ")? })
}

/// A public key, bound to the one algorithm that it verifies.
#[derive(Clone)]
pub struct JwtKey {
    algorithm: JwtAlgorithm,
    key: DecodingKey,
}

impl std::fmt::Debug for JwtKey {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("JwtKey").field("algorithm", &self.algorithm).finish_non_exhaustive()
    }
}

impl JwtKey {
    /// An RSA key by its modulus and exponent in base64url (RFC 7518 §6.3.1).
    pub fn rsa(n: &str, e: &str) -> Option<Self> {
        Some(Self { algorithm: JwtAlgorithm::Rs256, key: DecodingKey::from_rsa_components(n, e).ok()? })
    }

    /// A key on P-256 by its coordinates in base64url (RFC 7518 §6.2.1).
    pub fn p256(x: &str, y: &str) -> Option<Self> {
        let whole = [x, y].into_iter().all(|part| URL_SAFE_NO_PAD.decode(part).is_ok_and(|bytes| bytes.len() == 32));
        if !whole {
            return None;
        }
        Some(Self { algorithm: JwtAlgorithm::Es256, key: DecodingKey::from_ec_components(x, y).ok()? })
    }

    /// An Ed25519 key in base64url (RFC 8037 §2).
    pub fn ed25519(x: &str) -> Option<Self> {
        Some(Self { algorithm: JwtAlgorithm::EdDsa, key: DecodingKey::from_ed_components(x).ok()? })
    }

    /// What it verifies.
    pub const fn algorithm(&self) -> JwtAlgorithm {
        self.algorithm
    }

    /// The claims of a token that this key signed; none for any other token. No claim has been judged.
    pub fn open<T: DeserializeOwned>(&self, token: &str) -> Option<T> {
        if jwt_head(token)?.algorithm != self.algorithm {
            return None;
        }
        install();
        let mut validation = Validation::new(self.algorithm.inner());
        validation.required_spec_claims.clear();
        validation.validate_exp = false;
        validation.validate_aud = false;
        jsonwebtoken::decode::<T>(token, &self.key, &validation).ok().map(|data| data.claims)
    }
}

/// Signs claims with an Ed25519 key in PKCS #8; `kind` is the token's `typ`.
///
/// # Errors
/// The key is none, or the claims are no JSON object.
pub fn sign_jwt<T: Serialize>(kind: &str, key_id: &str, claims: &T, pkcs8: &Secret<Vec<u8>>) -> Result<String, Error> {
    install();
    let header = Header { typ: Some(kind.to_owned()), kid: Some(key_id.to_owned()), ..Header::new(Algorithm::EdDSA) };
    jsonwebtoken::encode(&header, claims, &EncodingKey::from_ed_der(pkcs8.expose()))
}

/// The crate asks one provider per process for its cryptography.
fn install() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // Only this module installs one, so no other can have been first.
        let _ = PROVIDER.install_default();
    });
}

static PROVIDER: CryptoProvider = CryptoProvider { signer_factory: signer, verifier_factory: verifier, key_utils: KeyUtils::new_unimplemented() };

fn signer(algorithm: &Algorithm, key: &EncodingKey) -> Result<Box<dyn JwtSigner>, Error> {
    if *algorithm != Algorithm::EdDSA || key.family() != AlgorithmFamily::Ed {
        return Err(ErrorKind::UnsupportedAlgorithm.into());
    }
    let pair = Ed25519KeyPair::from_pkcs8_maybe_unchecked(key.as_bytes()).map_err(|_| ErrorKind::InvalidEddsaKey)?;
    Ok(Box::new(OwnKey(pair)))
}

fn verifier(algorithm: &Algorithm, key: &DecodingKey) -> Result<Box<dyn JwtVerifier>, Error> {
    let fits = match algorithm {
        Algorithm::RS256 => key.family() == AlgorithmFamily::Rsa,
        Algorithm::ES256 => key.family() == AlgorithmFamily::Ec,
        Algorithm::EdDSA => key.family() == AlgorithmFamily::Ed,
        _ => false,
    };
    if fits { Ok(Box::new(TheirKey(*algorithm, key.clone()))) } else { Err(ErrorKind::UnsupportedAlgorithm.into()) }
}

struct OwnKey(Ed25519KeyPair);

impl Signer<Vec<u8>> for OwnKey {
    fn try_sign(&self, message: &[u8]) -> Result<Vec<u8>, SignatureError> {
        Ok(self.0.sign(message).as_ref().to_vec())
    }
}

impl JwtSigner for OwnKey {
    fn algorithm(&self) -> Algorithm {
        Algorithm::EdDSA
    }
}

struct TheirKey(Algorithm, DecodingKey);

impl Verifier<Vec<u8>> for TheirKey {
    fn verify(&self, message: &[u8], signed: &Vec<u8>) -> Result<(), SignatureError> {
        let refused = |_| SignatureError::new();
        match (self.0, self.1.kind()) {
            (Algorithm::RS256, DecodingKeyKind::RsaModulusExponent { n, e }) => {
                RsaPublicKeyComponents { n, e }.verify(&signature::RSA_PKCS1_2048_8192_SHA256, message, signed).map_err(refused)
            }
            (Algorithm::ES256, DecodingKeyKind::SecretOrDer(point)) => {
                UnparsedPublicKey::new(&signature::ECDSA_P256_SHA256_FIXED, point).verify(message, signed).map_err(refused)
            }
            (Algorithm::EdDSA, DecodingKeyKind::SecretOrDer(point)) => {
                UnparsedPublicKey::new(&signature::ED25519, point).verify(message, signed).map_err(refused)
            }
            _ => Err(SignatureError::new()),
        }
    }
}

impl JwtVerifier for TheirKey {
    fn algorithm(&self) -> Algorithm {
        self.0
    }
}
