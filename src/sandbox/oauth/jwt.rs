//! Signed assertions (RFC 7523 §3): RS256, by somebody who is known, for this address, not ended, and not for too long.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use serde_json::Value;
use x509_parser::prelude::FromDer as _;
use x509_parser::x509::SubjectPublicKeyInfo;

use super::super::asked::Asked;
use super::super::fill::segments;
use super::super::provider::{Played, Provider};
use super::BELOW;
use super::client::Refusal;
use super::section::{Assertion, OAuth};

/// How far ahead another clock may be, in seconds.
const AHEAD_S: i64 = 60;

/// Whose assertion it is, and what it asks for.
pub(super) struct Signed {
    /// The place of the account.
    pub account: usize,
    pub scope: String,
}

impl Provider {
    /// The account in whose name an assertion is signed.
    pub(super) fn signer(&self, oauth: &OAuth, asked: &Asked, assertion: &str) -> Result<Signed, Refusal> {
        let rules = oauth.assertion.as_ref().ok_or_else(|| Refusal::of("invalid_grant", "Nothing is signed here."))?;
        let malformed = || Refusal::differing("the assertion must be a JSON Web Token signed by RS256");
        let (signed, signature) = assertion.rsplit_once('.').ok_or_else(malformed)?;
        let (head, claims) = signed.split_once('.').ok_or_else(malformed)?;
        let document = |part: &str| URL_SAFE_NO_PAD.decode(part).ok().and_then(|bytes| serde_json::from_slice::<Value>(&bytes).ok());
        let (head, claims) = (document(head).ok_or_else(malformed)?, document(claims).ok_or_else(malformed)?);
        if head["alg"] != "RS256" || rules.key_id && head["kid"].as_str().is_none_or(str::is_empty) {
            return Err(malformed());
        }
        let text = |name: &str| claims[name].as_str().unwrap_or_default();
        let known: Vec<(usize, &Played)> = self.oauth_accounts().filter(|(_, account)| account.is_known() && rules.signer(account) == text("iss")).collect();
        if known.is_empty() {
            return Err(rules.refusal("issuer", "Nobody of this name signs here."));
        }
        let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| malformed())?;
        let key = key(&rules.public_key).ok_or_else(|| Refusal::of("invalid_grant", "The key cannot be read."))?;
        let verified = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, key).verify(signed.as_bytes(), &signature);
        verified.map_err(|_| rules.refusal("signature", "The signature is not that of the key."))?;
        if text("aud") != rules.audience {
            return Err(rules.refusal("audience", "The assertion is for somebody else."));
        }
        let now = self.ledger.books().now().millis().div_euclid(1_000);
        let (issued, ends) = (claims["iat"].as_i64().unwrap_or_default(), claims["exp"].as_i64().unwrap_or_default());
        if issued > now + AHEAD_S || ends <= now || ends - issued > rules.longest_s || ends - now > rules.longest_s {
            return Err(rules.refusal("clock", "The assertion has ended, or counts for too long."));
        }
        let scope = text("scope");
        let mut scopes = scope.split(oauth.scope_separator.as_str()).filter(|scope| !scope.is_empty()).peekable();
        if !oauth.scopes.is_empty() && (scopes.peek().is_none() || scopes.any(|scope| !oauth.scopes.iter().any(|known| known == scope))) {
            return Err(Refusal::of("invalid_scope", "There is no such permission."));
        }
        let path = segments(asked.path.strip_prefix(BELOW).unwrap_or_default());
        let is_here = |account: &Played| segments(&account.entries.fill_path(&oauth.token)) == path;
        let here: Vec<(usize, &Played)> = known.into_iter().filter(|(_, account)| is_here(account)).collect();
        if here.is_empty() {
            return Err(rules.refusal("missing", "There is nothing at this address for whoever signs."));
        }
        let found = here.into_iter().find(|(_, account)| account.entries.fill(&rules.subject) == text("sub"));
        let (number, account) = found.ok_or_else(|| rules.refusal("subject", "Whoever signs may not speak for this person."))?;
        match &account.refused {
            Some(name) => Err(rules.refusal(name, "This account gets no token any more.")),
            None => Ok(Signed { account: number, scope: scope.to_owned() }),
        }
    }
}

impl Assertion {
    /// The name by which an account signs.
    fn signer(&self, account: &Played) -> String {
        account.signer.clone().unwrap_or_else(|| account.entries.fill(&self.issuer))
    }

    fn refusal(&self, name: &str, words: &str) -> Refusal {
        Refusal { answer: self.refusals.get(name).cloned(), ..Refusal::of("invalid_grant", words) }
    }
}

/// The bytes of an RSA key as `ring` takes them (RFC 8017 A.1.1): what a `SubjectPublicKeyInfo` (RFC 5280 §4.1) wraps.
fn key(pem: &str) -> Option<Vec<u8>> {
    let text: String = pem.lines().map(str::trim).filter(|line| !line.starts_with("-----")).collect();
    let info = STANDARD.decode(text).ok()?;
    let (_, info) = SubjectPublicKeyInfo::from_der(&info).ok()?;
    Some(info.subject_public_key.data.to_vec())
}
