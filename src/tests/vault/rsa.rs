//! Keys that sign assertions (RFC 7468, RFC 7518 §3.3).

use std::process::Command;

use latchkey::vault::{Secret, sign_rs256, signs_rs256};

fn openssl(arguments: &[&str], input: &str) -> String {
    use std::io::Write as _;
    let mut child = Command::new("openssl")
        .args(arguments)
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::null())
        .spawn()
        .expect("openssl is needed");
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap()
}

#[test]
fn a_key_signs_however_its_lines_were_broken() {
    let pkcs1 = openssl(&["genrsa", "-traditional", "2048"], "");
    let pkcs8 = openssl(&["pkcs8", "-topk8", "-nocrypt"], &pkcs1);
    assert!(pkcs1.contains("BEGIN RSA PRIVATE KEY") && pkcs8.contains("BEGIN PRIVATE KEY"));
    let signature = |pem: &str| sign_rs256(&Secret::new(pem.to_owned()), b"header.claims");
    let right = signature(&pkcs1).unwrap();
    assert_eq!(right.len(), 256);
    for pem in [&pkcs1, &pkcs8] {
        let texts =
            [pem.replace('\n', " "), pem.replace('\n', ""), pem.replace('\n', "\\n"), pem.replace('\n', "\r\n"), format!("\u{feff}\n  {pem}  more text")];
        for text in texts {
            assert_eq!(signature(&text).as_ref(), Some(&right), "{text}");
        }
    }
    let small = openssl(&["genrsa", "-traditional", "1024"], "");
    let elliptic = openssl(&["ecparam", "-name", "prime256v1", "-genkey", "-noout"], "");
    let public = openssl(&["rsa", "-pubout"], &pkcs1);
    let half = &pkcs1[..pkcs1.len() / 2];
    let changed = pkcs1.replace("RSA PRIVATE KEY", "PRIVATE KEY");
    for wrong in ["", "nothing", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----", half, &small, &elliptic, &public, &changed] {
        let wrong = Secret::new(wrong.to_owned());
        assert!(sign_rs256(&wrong, b"x").is_none() && !signs_rs256(&wrong), "{:?}", wrong.expose());
    }
}
