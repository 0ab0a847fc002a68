//! A provider's public keys (RFC 7517).

use serde::Deserialize;

use super::problem::OidcProblem;
use crate::vault::{JwtHead, JwtKey};

/// Keys that are looked at in one set.
const MOST: usize = 100;

#[derive(Deserialize)]
struct Set {
    keys: Vec<serde_json::Value>,
}

#[derive(Deserialize)]
struct Raw {
    kty: String,
    kid: Option<String>,
    #[serde(rename = "use")]
    purpose: Option<String>,
    key_ops: Option<Vec<String>>,
    alg: Option<String>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

/// The keys of a provider that verify signatures.
#[derive(Clone, Debug, Default)]
pub(super) struct Keys(Vec<(Option<String>, JwtKey)>);

impl Keys {
    /// Reads a set; keys of other kinds and for other purposes are left out.
    pub(super) fn read(body: &[u8]) -> Result<Self, OidcProblem> {
        let set: Set = serde_json::from_slice(body).map_err(|_| OidcProblem::Answer("keys"))?;
        if set.keys.len() > MOST {
            return Err(OidcProblem::Answer("keys"));
        }
        Ok(Self(set.keys.into_iter().filter_map(|key| read(serde_json::from_value(key).ok()?)).collect()))
    }

    /// The key that a header names; without a name, the only one of its kind.
    pub(super) fn find(&self, head: &JwtHead) -> Option<&JwtKey> {
        let mut fitting = self.0.iter().filter(|(id, key)| key.algorithm() == head.algorithm && (head.key_id.is_none() || *id == head.key_id));
        let (_, found) = fitting.next()?;
        fitting.next().is_none().then_some(found)
    }
}

fn read(raw: Raw) -> Option<(Option<String>, JwtKey)> {
    let signs = raw.purpose.as_deref().is_none_or(|purpose| purpose == "sig");
    let verifies = raw.key_ops.as_ref().is_none_or(|uses| uses.iter().any(|one| one == "verify"));
    if !signs || !verifies {
        return None;
    }
    let key = match (raw.kty.as_str(), raw.crv.as_deref()) {
        ("RSA", _) => JwtKey::rsa(&raw.n?, &raw.e?)?,
        ("EC", Some("P-256")) => JwtKey::p256(&raw.x?, &raw.y?)?,
        ("OKP", Some("Ed25519")) => JwtKey::ed25519(&raw.x?)?,
        _ => return None,
    };
    let meant = raw.alg.as_deref().is_none_or(|alg| alg == key.algorithm().as_str());
    meant.then_some((raw.kid, key))
}
