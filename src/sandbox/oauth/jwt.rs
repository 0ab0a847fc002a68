//! Signed assertions (RFC 7523 §3): RS256, for this address, not ended, at most an hour long.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use serde_json::Value;
use x509_parser::prelude::FromDer as _;
use x509_parser::x509::SubjectPublicKeyInfo;

use super::super::provider::Provider;
use super::client::Refusal;
use super::section::OAuth;

/// The longest time that an assertion may count, in seconds.
const LONGEST_S: i64 = 3_600;

impl Provider {
    /// The account in whose name an assertion is signed.
    pub(super) fn signer(&self, oauth: &OAuth, assertion: &str) -> Result<usize, Refusal> {
        let refused = |words: &str| Refusal::of("invalid_grant", words);
        let rules = oauth.assertion.as_ref().ok_or_else(|| refused("Nothing is signed here."))?;
        let malformed = || Refusal::differing("the `assertion` must be a JSON Web Token signed by RS256");
        let (signed, signature) = assertion.rsplit_once('.').ok_or_else(malformed)?;
        let (head, claims) = signed.split_once('.').ok_or_else(malformed)?;
        let document = |part: &str| URL_SAFE_NO_PAD.decode(part).ok().and_then(|bytes| serde_json::from_slice::<Value>(&bytes).ok());
        let (head, claims) = (document(head).ok_or_else(malformed)?, document(claims).ok_or_else(malformed)?);
        if head["alg"] != "RS256" {
            return Err(malformed());
        }
        let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| malformed())?;
        let key = key(&rules.public_key).ok_or_else(|| refused("The key cannot be read."))?;
        let verified = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, key).verify(signed.as_bytes(), &signature);
        verified.map_err(|_| refused("The signature is not that of the key."))?;
        if claims["aud"] != rules.audience.as_str() {
            return Err(refused("The assertion is for somebody else."));
        }
        let now = self.ledger.books().now().millis().div_euclid(1_000);
        let (issued, ends) = (claims["iat"].as_i64().unwrap_or_default(), claims["exp"].as_i64().unwrap_or_default());
        // A minute for clocks that differ.
        if issued > now + 60 || ends <= now || ends - issued > LONGEST_S {
            return Err(refused("The assertion has ended, or counts for too long."));
        }
        let by = claims["iss"].as_str().unwrap_or_default();
        let found = self.oauth_accounts().find(|(_, account)| account.is_known() && account.entries.fill(&rules.issuer) == by);
        found.map(|(number, _)| number).ok_or_else(|| refused("Nobody of this name signs here."))
    }
}

/// The bytes of an RSA key as `ring` takes them (RFC 8017 A.1.1): what a `SubjectPublicKeyInfo` (RFC 5280 §4.1) wraps.
fn key(pem: &str) -> Option<Vec<u8>> {
    let text: String = pem.lines().map(str::trim).filter(|line| !line.starts_with("-----")).collect();
    let info = STANDARD.decode(text).ok()?;
    let (_, info) = SubjectPublicKeyInfo::from_der(&info).ok()?;
    Some(info.subject_public_key.data.to_vec())
}
