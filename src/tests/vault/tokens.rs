//! Tokens and their hashes.

use std::collections::HashSet;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use latchkey::vault::{SystemRandom, Token, TokenHash, sha256_hex};

#[test]
fn a_token_is_32_random_bytes_in_base64url() {
    let tokens: Vec<Token> = (0..1_000).map(|_| Token::generate(&SystemRandom)).collect();
    assert!(tokens.iter().all(|token| URL_SAFE_NO_PAD.decode(token.expose()).unwrap().len() == 32));
    assert_eq!(tokens.iter().map(|token| token.expose().as_str()).collect::<HashSet<_>>().len(), 1_000);
}

#[test]
fn only_the_hash_of_a_token_is_stored() {
    let token = Token::generate(&SystemRandom);
    assert_eq!(token.hash().as_str(), sha256_hex(token.expose().as_bytes()));
    assert_eq!(TokenHash::of(token.expose()), token.hash());
    assert_ne!(token.hash().as_str(), token.expose().as_str());
}

#[test]
fn only_the_very_token_matches() {
    let token = Token::generate(&SystemRandom);
    let stored = token.hash();
    assert!(TokenHash::of(token.expose()).matches(stored.as_str()));
    assert!(!Token::generate(&SystemRandom).hash().matches(stored.as_str()));
    for other in ["", token.expose().as_str(), &stored.as_str()[..63], &stored.as_str().to_uppercase(), &format!("{}0", stored.as_str())] {
        assert!(!stored.matches(other), "{} characters", other.len());
    }
    assert!(!TokenHash::of("").matches(""));
}
