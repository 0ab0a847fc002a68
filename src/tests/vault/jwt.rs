//! Signed tokens: which are opened, and above all which are not.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use latchkey::vault::{JwtAlgorithm, JwtKey, Secret, jwt_head, sign_jwt};
use ring::rand::SystemRandom;
use ring::signature::{Ed25519KeyPair, KeyPair};
use serde_json::{Value, json};

/// Made by OpenSSL with a key of 2,048 bits.
const RS256: &str = "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLCJleHAiOjEzMDA4MTkzODB9.\
pDJqamWhw06-UD7x03M6LG-iTkdP5Lqt6rv0tBNZ6JfyhoE2mtzWua5Hkeu_5vNTXPQCZ1CD7wKWnTi8tQu92NeOS5SQDHBT3klyTCBCDzlBpZeqmaqh-zMPXZ2rzmCBAf\
k3iqKKzuixHs7fRrLV4-1KPJwujenG9oS707E0f48u-802rucReuvcqgA_UA7iyRNUqrpleP9zahPcWVwuZ66gfIXmACLynRLDfrpIEUs7b2JXIAb5JB8EA7CMQv89nVIL\
N4XrcUOThOf1ITv2nUbBM0eb52qyxdPLsKQALhozT-J_TfNQNQsqt7cBXa5SuhuGTCo0GM72DMLyzwR0yQ";
const N: &str = "\
vQL2VoY2wbGllO3MBuq0A5bxj5InL_95WJIZ6raAtdhwiQv_2urTaQ8pb0ZbR6acC0wyRbBHAEgZu07vZyP0Y0-QWN1GKmfXDcFJMUMEv5MpJKDpkrCjZXjLxoAO9n6tWQ\
l1kYGmcIbbGXgvPbHjRZwg5RePeFlAwMqJG71TobZI9xm49isnGLrQCjcP_IA5E1XhO69MGcgn98ZYViVpWBeOXViiRWP0o92eoTg8DNK9DBG5FtAGMwQpoMbW8spsdDDC\
4_ISwWvOJawn3BsYFHWaGW6wJe4yMoTCbwOOvV29phoXvUP_lx40bRG4iPePEojW48X-bNT0OJAiKyXLDw";
/// RFC 7515, appendix A.3.
const ES256: &str = "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.\
DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
const X: &str = "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU";
const Y: &str = "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0";
/// RFC 8037, appendix A.4; its payload is no JSON.
const ED25519_X: &str = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";

fn keys() -> [JwtKey; 3] {
    [JwtKey::rsa(N, "AQAB").unwrap(), JwtKey::p256(X, Y).unwrap(), JwtKey::ed25519(ED25519_X).unwrap()]
}

fn own_key() -> (Secret<Vec<u8>>, JwtKey) {
    let pkcs8 = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).unwrap().as_ref().to_vec();
    let public = URL_SAFE_NO_PAD.encode(Ed25519KeyPair::from_pkcs8(&pkcs8).unwrap().public_key());
    (Secret::new(pkcs8), JwtKey::ed25519(&public).unwrap())
}

#[test]
fn tokens_of_others_open_with_their_keys_alone() {
    let [rsa, p256, ed25519] = keys();
    for (token, key, others) in [(RS256, &rsa, [&p256, &ed25519]), (ES256, &p256, [&rsa, &ed25519])] {
        let claims: Value = key.open(token).unwrap();
        assert_eq!((claims["iss"].as_str(), claims["exp"].as_i64()), (Some("joe"), Some(1_300_819_380)));
        assert!(others.iter().all(|other| other.open::<Value>(token).is_none()));
    }
}

#[test]
fn our_own_tokens_open_and_no_changed_one_does() {
    let (private, public) = own_key();
    let token = sign_jwt("at+jwt", "k1", &json!({"sub": "mem_1"}), &private).unwrap();
    let head = jwt_head(&token).unwrap();
    assert_eq!((head.algorithm, head.key_id.as_deref(), head.kind.as_deref()), (JwtAlgorithm::EdDsa, Some("k1"), Some("at+jwt")));
    assert_eq!(public.open::<Value>(&token).unwrap(), json!({"sub": "mem_1"}));
    assert!(own_key().1.open::<Value>(&token).is_none(), "another key");
    for position in 0..token.len() {
        let mut changed = token.clone().into_bytes();
        changed[position] = if changed[position] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(changed).unwrap();
        // The last digit of the signature has bits that mean nothing; all others must matter.
        if position + 1 < token.len() {
            assert!(public.open::<Value>(&changed).is_none(), "byte {position}");
        }
    }
    assert!(sign_jwt("at+jwt", "k1", &json!({}), &Secret::new(vec![1, 2, 3])).is_err());
}

#[test]
fn other_algorithms_and_shapes_are_no_tokens() {
    let head = |text: &str| jwt_head(&format!("{}.e30.AA", URL_SAFE_NO_PAD.encode(text)));
    assert!(head(r#"{"alg":"EdDSA"}"#).is_some());
    for alg in ["none", "None", "HS256", "HS512", "RS1", "RS384", "PS256", "ES384", "ES512", "ES256K", "eddsa", ""] {
        assert!(head(&format!(r#"{{"alg":"{alg}"}}"#)).is_none(), "{alg}");
    }
    for text in [
        r#"{"alg":["EdDSA"]}"#,
        r#"{"alg":null}"#,
        "{}",
        "[]",
        "7",
        "",
        r#"{"alg":"EdDSA","crit":["b64"]}"#,
        r#"{"alg":"EdDSA","kid":1}"#,
        r#"{"alg":"EdDSA","typ":{}}"#,
    ] {
        assert!(head(text).is_none(), "{text}");
    }
    for token in ["", ".", "..", "a.b", "a.b.c.d", "eyJhbGciOiJFZERTQSJ9", "eyJhbGciOiJFZERTQSJ9.e30.AA.AA.AA"] {
        assert!(jwt_head(token).is_none(), "{token}");
    }
    let long = format!("{}.{}.AA", URL_SAFE_NO_PAD.encode(r#"{"alg":"EdDSA"}"#), "A".repeat(32 * 1024));
    assert!(jwt_head(&long).is_none());
}

#[test]
fn weak_and_broken_keys_verify_nothing() {
    assert!(JwtKey::p256("AQAB", "AQAB").is_none() && JwtKey::rsa("not base64!", "AQAB").is_none());
    let short = JwtKey::rsa(&URL_SAFE_NO_PAD.encode([0xFF; 64]), "AQAB").unwrap();
    assert!(short.open::<Value>(RS256).is_none());
    assert!(JwtKey::ed25519("AQAB").unwrap().open::<Value>(ES256).is_none());
}
