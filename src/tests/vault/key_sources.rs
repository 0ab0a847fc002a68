//! Where root keys come from, and every way in which none is had.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use latchkey::domain::SequenceRandom;
use latchkey::vault::{KeyError, KeySource, PassphraseParameters, Secret, SystemRandom, create_key_file, load};
use tempfile::TempDir;

/// Bytes whose base64 differs between the standard and the URL-safe alphabet.
const KEY: [u8; 32] = [0xfb, 0xef, 0xbe, 0xff, 0xfe, 0xfd, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26];

fn environment(text: &str) -> KeySource {
    KeySource::Environment(Secret::new(text.to_owned()))
}

fn key_file(folder: &TempDir, content: &[u8], mode: u32) -> PathBuf {
    let path = folder.path().join("key");
    fs::write(&path, content).unwrap();
    fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
    path
}

/// The message of a refused key: it must name the next action and that nothing changed.
fn refusal(source: &KeySource, code: &str) -> String {
    let Err(error) = load(source) else { panic!("{code}: a key was loaded") };
    let message = error.to_string();
    assert!(message.starts_with(&format!("{code}: ")), "{message}");
    assert!(message.ends_with("Nothing was changed."), "{message}");
    message
}

fn notations(key: &[u8]) -> Vec<String> {
    let hex = hex::encode(key);
    vec![STANDARD.encode(key), STANDARD_NO_PAD.encode(key), URL_SAFE.encode(key), URL_SAFE_NO_PAD.encode(key), hex.to_uppercase(), hex]
}

#[test]
fn a_key_is_read_in_every_notation_from_variable_and_file() {
    let folder = TempDir::new().unwrap();
    for text in notations(&KEY).into_iter().flat_map(|text| [format!("{text}\n"), format!(" {text}\r\n"), text]) {
        assert_eq!(*load(&environment(&text)).unwrap().expose(), KEY, "{text}");
        let path = key_file(&folder, text.as_bytes(), 0o600);
        assert_eq!(*load(&KeySource::File(path)).unwrap().expose(), KEY, "{text}");
    }
}

#[test]
fn an_absent_file_is_missing() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("absent");
    assert!(refusal(&KeySource::File(path.clone()), "key_missing").contains(path.to_str().unwrap()));
}

#[test]
fn an_empty_variable_is_missing() {
    for empty in ["", " ", "\n"] {
        refusal(&environment(empty), "key_missing");
    }
}

#[test]
fn a_key_of_another_length_is_malformed_and_the_length_is_named() {
    for length in [1, 16, 24, 31, 33, 48, 64] {
        for text in notations(&KEY.repeat(2)[..length]) {
            let message = refusal(&environment(&text), "key_malformed");
            assert!(message.contains(&format!("expected 32 bytes, got {length}.")), "{message}");
        }
    }
    let folder = TempDir::new().unwrap();
    assert!(refusal(&KeySource::File(key_file(&folder, b"", 0o600)), "key_malformed").contains("got 0."));
}

#[test]
fn a_text_in_no_notation_is_malformed_and_not_repeated() {
    let standard = STANDARD.encode(KEY);
    let mixed = standard.replacen('+', "-", 1);
    let inner_space = format!("{} {}", &standard[..20], &standard[20..]);
    let loose_bits = format!("{}p", &STANDARD_NO_PAD.encode(KEY)[..42]);
    let endless = "A".repeat(2_000);
    for text in ["correct horse battery staple", "!!!!", "\u{e9}\u{e9}", &mixed, &inner_space, &loose_bits, &endless] {
        let message = refusal(&environment(text), "key_malformed");
        assert!(!message.contains(text), "{message}");
    }
}

#[test]
fn a_key_that_anybody_knows_is_refused() {
    assert_eq!(STANDARD.encode(b"latchkey-sample-key-do-not-use!!"), "bGF0Y2hrZXktc2FtcGxlLWtleS1kby1ub3QtdXNlISE=");
    let counting: Vec<u8> = (0..32).collect();
    for known in
        [&b"latchkey-sample-key-do-not-use!!"[..], &counting, b"0123456789abcdef0123456789abcdef", &[0; 32], &[0xFF; 32], b"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"]
    {
        for text in notations(known) {
            let message = refusal(&environment(&text), "key_is_sample");
            assert!(!message.contains(&text), "{message}");
        }
    }
    let folder = TempDir::new().unwrap();
    refusal(&KeySource::File(key_file(&folder, b"bGF0Y2hrZXktc2FtcGxlLWtleS1kby1ub3QtdXNlISE=\n", 0o600)), "key_is_sample");
}

#[test]
fn a_file_that_others_can_reach_is_refused() {
    let folder = TempDir::new().unwrap();
    let content = STANDARD.encode(KEY);
    for mode in [0o644, 0o640, 0o604, 0o660, 0o610, 0o602, 0o700, 0o4600, 0o777] {
        let message = refusal(&KeySource::File(key_file(&folder, content.as_bytes(), mode)), "key_file_mode");
        assert!(message.contains(&format!("{mode:04o}, must be 0600 or tighter")), "{message}");
    }
    for mode in [0o600, 0o400] {
        assert!(load(&KeySource::File(key_file(&folder, content.as_bytes(), mode))).is_ok(), "{mode:o}");
    }
}

/// Only a privileged process can give a file away; where the tests run without privileges the mode check already covers this.
#[test]
fn a_file_of_another_user_is_refused() {
    let folder = TempDir::new().unwrap();
    let path = key_file(&folder, STANDARD.encode(KEY).as_bytes(), 0o600);
    if chown(&path, Some(12_345), None).is_ok() {
        assert!(refusal(&KeySource::File(path), "key_file_mode").contains("user 12345"));
    }
}

#[test]
fn what_is_no_readable_file_is_unreadable() {
    let folder = TempDir::new().unwrap();
    refusal(&KeySource::File(folder.path().to_path_buf()), "key_unreadable");
    refusal(&KeySource::File(key_file(&folder, &[0xFF; 32], 0o600)), "key_unreadable");
}

#[test]
fn a_fresh_key_file_is_private_and_loads() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("key");
    let created = create_key_file(&path, &SystemRandom).unwrap();
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o7777, 0o600);
    assert_eq!(fs::read_to_string(&path).unwrap(), format!("{}\n", STANDARD.encode(created.expose())));
    assert_eq!(load(&KeySource::File(path)).unwrap().expose(), created.expose());
}

#[test]
fn a_key_file_is_never_overwritten() {
    let folder = TempDir::new().unwrap();
    let path = key_file(&folder, b"something else", 0o600);
    let link = folder.path().join("link");
    std::os::unix::fs::symlink(folder.path().join("nowhere"), &link).unwrap();
    for taken in [&path, &link] {
        assert!(matches!(create_key_file(taken, &SequenceRandom::default()), Err(KeyError::Unreadable(_))));
    }
    assert_eq!(fs::read(&path).unwrap(), b"something else");
    assert!(!folder.path().join("nowhere").exists());
}

#[test]
fn a_key_file_in_an_absent_folder_is_not_created() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("absent").join("key");
    assert!(matches!(create_key_file(&path, &SequenceRandom::default()), Err(KeyError::Unreadable(_))));
    assert!(!path.exists());
}

fn quick_parameters() -> PassphraseParameters {
    PassphraseParameters { salt: "00112233445566778899aabbccddeeff".to_owned(), memory_kib: 65_536, passes: 1 }
}

fn passphrase(text: &str, parameters: PassphraseParameters) -> KeySource {
    KeySource::Passphrase(Secret::new(text.to_owned()), parameters)
}

#[test]
fn a_passphrase_makes_the_same_key_again_and_another_under_another_salt() {
    let key = |text: &str, parameters| *load(&passphrase(text, parameters)).unwrap().expose();
    let first = key("five random words caf\u{e9}", quick_parameters());
    assert_eq!(key("five random words cafe\u{301}\r\n", quick_parameters()), first);
    assert_ne!(key("five random words cafe", quick_parameters()), first);
    assert_ne!(key("five random words caf\u{e9}", PassphraseParameters { salt: "ff".repeat(16), ..quick_parameters() }), first);
}

#[test]
fn a_weak_passphrase_is_refused_and_not_repeated() {
    for weak in ["thirteen char", "short", "aaaaaaaaaaaaaaaaaaaa", "\u{e9}\u{e8}\u{ea}\u{eb}\u{e0}\u{e2}\u{e4}"] {
        assert!(!refusal(&passphrase(weak, quick_parameters()), "key_passphrase_weak").contains(weak));
    }
    refusal(&passphrase("\n", quick_parameters()), "key_missing");
}

#[test]
fn passphrase_parameters_out_of_range_are_refused_before_any_work() {
    for parameters in [
        PassphraseParameters { memory_kib: 65_535, ..quick_parameters() },
        PassphraseParameters { memory_kib: u32::MAX, ..quick_parameters() },
        PassphraseParameters { passes: 0, ..quick_parameters() },
        PassphraseParameters { passes: u32::MAX, ..quick_parameters() },
        PassphraseParameters { salt: "00".repeat(15), ..quick_parameters() },
        PassphraseParameters { salt: "zz".repeat(16), ..quick_parameters() },
    ] {
        refusal(&passphrase("five random words here", parameters), "key_malformed");
    }
}

#[test]
fn new_passphrase_parameters_are_strong_and_never_share_a_salt() {
    let (one, other) = (PassphraseParameters::generate(&SystemRandom), PassphraseParameters::generate(&SystemRandom));
    assert_eq!((one.memory_kib, one.passes, one.salt.len()), (262_144, 3, 32));
    assert_ne!(one.salt, other.salt);
}
