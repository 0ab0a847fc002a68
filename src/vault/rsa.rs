//! Signing with an RSA key of somebody else's making (RFC 7518 §3.3).

use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject as _;

use crate::vault::Secret;

/// Signs `message` with RSA PKCS#1 v1.5 and SHA-256; `pem` holds a private key of 2,048 bits or more, as PKCS#8 or PKCS#1. None for any other text.
pub fn sign_rs256(pem: &Secret<String>, message: &[u8]) -> Option<Vec<u8>> {
    let key = match PrivateKeyDer::from_pem_slice(pem.expose().as_bytes()).ok()? {
        PrivateKeyDer::Pkcs8(der) => RsaKeyPair::from_pkcs8(der.secret_pkcs8_der()).ok()?,
        PrivateKeyDer::Pkcs1(der) => RsaKeyPair::from_der(der.secret_pkcs1_der()).ok()?,
        _ => return None,
    };
    let mut signature = vec![0; key.public().modulus_len()];
    key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature).ok()?;
    Some(signature)
}
