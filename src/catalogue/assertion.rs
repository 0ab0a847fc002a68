//! Grants for which a key of the connection signs (RFC 7523).

use serde::Deserialize;
use serde_json::Value;

use super::entries::spoken;
use super::{Accepted, Manifest, Template};
use crate::vault::{Secret, signs_rs256};

/// What is signed where the grant is a signed assertion.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Assertion {
    /// Who signs.
    pub issuer: Template,
    /// On whose behalf; left out when empty.
    pub subject: Option<Template>,
    /// Whom it is for; the token address when not given, and left out when empty.
    pub audience: Option<Template>,
    /// The field with the private key (PEM, RS256), or with a JSON file that holds it.
    pub key: String,
    /// Where the private key stands in that JSON; none for plain PEM.
    pub key_pointer: Option<String>,
    /// Where the issuer stands in that JSON, when it is there.
    pub issuer_pointer: Option<String>,
    /// Where the key's own id stands in that JSON, which then stands as `kid` in the header (RFC 7515 §4.1.4).
    pub key_id_pointer: Option<String>,
    /// How long the assertion counts, in seconds.
    #[serde(default = "ten_minutes")]
    pub lifetime_s: i64,
    /// How it is sent.
    #[serde(default)]
    pub style: AssertionStyle,
}

/// How a signed assertion is sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AssertionStyle {
    /// As `assertion` in the body (RFC 7523).
    #[default]
    Body,
    /// As the bearer of a `POST` without parameters (GitHub's installation tokens).
    Bearer,
}

/// What is signed with.
#[derive(Debug)]
pub struct KeyMaterial {
    /// The private key (PEM).
    pub pem: Secret<String>,
    /// Who signs, where the key's file says so.
    pub issuer: Option<String>,
    /// The key's own id, where its file says so.
    pub key_id: Option<String>,
}

impl Assertion {
    /// Reads the value of the field that holds the key; none where something is missing in it.
    pub fn material(&self, key: &Secret<String>) -> Option<KeyMaterial> {
        let Some(pointer) = &self.key_pointer else { return Some(KeyMaterial { pem: key.duplicate(), issuer: None, key_id: None }) };
        // The text of the error would quote what is secret.
        let mut document: Value = serde_json::from_str(key.expose()).ok()?;
        let text = |place: &String| document.pointer(place).and_then(Value::as_str).filter(|text| !text.is_empty()).map(str::to_owned);
        let issuer = self.issuer_pointer.as_ref().map(text);
        let key_id = self.key_id_pointer.as_ref().and_then(text);
        if issuer == Some(None) && self.issuer.text().is_empty() {
            return None;
        }
        let Some(Value::String(pem)) = document.pointer_mut(pointer) else { return None };
        Some(KeyMaterial { pem: Secret::new(std::mem::take(pem)), issuer: issuer.flatten(), key_id })
    }
}

impl Manifest {
    /// What is secret in the value of a secret field: all of it, but of a file with a key in it the key alone, for the rest names whose key it is.
    pub fn secret_part(&self, field: &str, value: &Secret<String>) -> Secret<String> {
        let assertion = self.oauth.as_ref().and_then(|oauth| oauth.assertion.as_ref()).filter(|assertion| assertion.key == field);
        assertion.and_then(|assertion| assertion.material(value)).map_or_else(|| value.duplicate(), |material| material.pem)
    }
}

/// A typed key that cannot sign: the field and a sentence that says how to mend it.
pub(super) fn unusable_key(manifest: &Manifest, accepted: &Accepted) -> Option<(String, String)> {
    let assertion = manifest.oauth.as_ref()?.assertion.as_ref()?;
    let typed = accepted.secrets.get(&assertion.key)?;
    let signs = assertion.material(typed).is_some_and(|material| signs_rs256(&material.pem));
    let title = spoken(&manifest.field(&assertion.key)?.title);
    (!signs).then(|| (assertion.key.clone(), format!("This {title} cannot be read. Paste the whole file, from its first character to its last.")))
}

const fn ten_minutes() -> i64 {
    600
}
