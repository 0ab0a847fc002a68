//! Signing with an RSA key of somebody else's making (RFC 7518 §3.3).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use zeroize::Zeroizing;

use crate::vault::Secret;

/// Signs `message` with RSA PKCS#1 v1.5 and SHA-256; `pem` holds a private key of 2,048 bits or more, as PKCS#8 or PKCS#1. None for any other text.
pub fn sign_rs256(pem: &Secret<String>, message: &[u8]) -> Option<Vec<u8>> {
    let key = key_pair(pem)?;
    let mut signature = vec![0; key.public().modulus_len()];
    key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature).ok()?;
    Some(signature)
}

/// Whether `pem` holds a key that [`sign_rs256`] can sign with.
pub fn signs_rs256(pem: &Secret<String>) -> bool {
    key_pair(pem).is_some()
}

/// The first key of a PEM text (RFC 7468 §2). Line breaks may be missing or written as `\n`, as they are after a trip through a form or a variable.
fn key_pair(pem: &Secret<String>) -> Option<RsaKeyPair> {
    let (_, begun) = pem.expose().split_once("-----BEGIN ")?;
    let (label, rest) = begun.split_once("-----")?;
    let (body, _) = rest.split_once("-----END ")?;
    // Room for all of it at once, so that growing leaves no copies behind.
    let mut text = Zeroizing::new(String::with_capacity(body.len()));
    body.split("\\n").flat_map(str::chars).filter(|character| !character.is_whitespace()).for_each(|character| text.push(character));
    let der = Zeroizing::new(STANDARD.decode(text.as_bytes()).ok()?);
    match label {
        "PRIVATE KEY" => RsaKeyPair::from_pkcs8(&der).ok(),
        "RSA PRIVATE KEY" => RsaKeyPair::from_der(&der).ok(),
        _ => None,
    }
}
