//! Promise 8: a wrong or missing key stops the start with a sentence, and the database stays as it is, byte for byte.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::support::client::Client;
use crate::support::program::{Program, free_port, set_up};

/// What is wrong, the settings, the code that names it.
type Case = (&'static str, Vec<(&'static str, String)>, &'static str);

/// Tries to start on `folder`; a refusal ends by itself.
fn start(folder: &Path, settings: &[(&str, String)]) -> Output {
    let port = free_port();
    Command::new(env!("CARGO_BIN_EXE_latchkey"))
        .arg("serve")
        .env("LATCHKEY_SERVER__LISTEN", format!("127.0.0.1:{port}"))
        .env("LATCHKEY_SERVER__PUBLIC_URL", format!("http://localhost:{port}"))
        .env("DATABASE_URL", format!("sqlite:{}", folder.join("latchkey.db").display()))
        .envs(settings.iter().map(|(key, value)| (key, value)))
        .output()
        .unwrap()
}

/// An installation with an organization in it, stopped; its WAL folded into the one file.
async fn installation() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let mut program = Program::start(folder.path(), &[]).await;
    set_up(&Client::new(&program.url), &program, "a quiet brass key, well cut").await;
    program.kill();
    let database = latchkey::store::Database::open(&format!("sqlite:{}", folder.path().join("latchkey.db").display())).await.unwrap();
    database.close().await;
    folder
}

fn key_file(folder: &Path, name: &str, text: &str, mode: u32) -> String {
    let path = folder.join(name);
    fs::write(&path, text).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
    path.display().to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_wrong_key_is_refused_in_words_and_changes_nothing() {
    let home = installation().await;
    let folder = home.path();
    let other = STANDARD.encode([7_u8, 9].repeat(16));
    let own = fs::read_to_string(folder.join("latchkey.key")).unwrap();
    let file = |name: &str, text: &str, mode| vec![("LATCHKEY_VAULT__KEY_FILE", key_file(folder, name, text, mode))];
    let environment = |text: &str| vec![("LATCHKEY_VAULT__KEY", text.to_owned())];
    let cases: Vec<Case> = vec![
        ("another key in a file", file("other", &other, 0o600), "key_mismatch"),
        ("another key in the environment", environment(&other), "key_mismatch"),
        ("a file that is not there", vec![("LATCHKEY_VAULT__KEY_FILE", folder.join("absent").display().to_string())], "key_missing"),
        ("an empty file", file("empty", "", 0o600), "key_malformed"),
        ("a short key", file("short", &STANDARD.encode([1, 2, 3]), 0o600), "key_malformed"),
        ("a long key", environment(&STANDARD.encode([5_u8, 6].repeat(20))), "key_malformed"),
        ("no base64", environment("this is not a key!"), "key_malformed"),
        ("the key of the documentation", environment("bGF0Y2hrZXktc2FtcGxlLWtleS1kby1ub3QtdXNlISE="), "key_is_sample"),
        ("all zero", environment(&STANDARD.encode([0; 32])), "key_is_sample"),
        ("one byte repeated", environment(&STANDARD.encode([7; 32])), "key_is_sample"),
        ("a file that others can read", file("open", &own, 0o644), "key_file_mode"),
        ("two sources", [file("one", &own, 0o600), environment(&other)].concat(), "key_ambiguous"),
        ("a weak passphrase", vec![("LATCHKEY_VAULT__PASSPHRASE_FILE", key_file(folder, "pass", "short", 0o600))], "key_passphrase_weak"),
        (
            "a good passphrase that is not the key",
            vec![("LATCHKEY_VAULT__PASSPHRASE_FILE", key_file(folder, "long", "a sentence long enough to be one", 0o600))],
            "key_mismatch",
        ),
    ];
    let before = fs::read(folder.join("latchkey.db")).unwrap();
    for (what, settings, code) in cases {
        let output = start(folder, &settings);
        let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(!output.status.success(), "{what}: started");
        assert!(said.contains(code), "{what}: expected {code}, said: {said}");
        assert!(!said.contains(other.trim()) && !said.contains(own.trim()), "{what}: printed a key");
        assert_eq!(fs::read(folder.join("latchkey.db")).unwrap(), before, "{what}: the database was changed");
    }
    fs::remove_file(folder.join("latchkey.key")).unwrap();
    let output = start(folder, &[]);
    assert!(!output.status.success() && String::from_utf8_lossy(&output.stderr).contains("key_missing"), "data without a key must not get a new one");
    assert!(!folder.join("latchkey.key").exists(), "a new key was made beside old data");
    assert_eq!(fs::read(folder.join("latchkey.db")).unwrap(), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_of_a_newer_build_is_refused() {
    let home = installation().await;
    let path = home.path().join("latchkey.db");
    let pool = sqlx::SqlitePool::connect(&format!("sqlite:{}", path.display())).await.unwrap();
    sqlx::query("INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) VALUES (9999, 'later', TRUE, x'00', 0)")
        .execute(&pool)
        .await
        .unwrap();
    pool.close().await;
    let before = fs::read(&path).unwrap();
    let output = start(home.path(), &[]);
    assert!(!output.status.success() && String::from_utf8_lossy(&output.stderr).contains("schema_newer"), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(fs::read(&path).unwrap(), before);
}
