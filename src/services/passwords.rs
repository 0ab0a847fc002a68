//! Which passwords are taken.

use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

use crate::domain::Email;

/// Among the most used ones of published leaks, of eight characters or more.
const COMMON: [&str; 40] = [
    "password",
    "password1",
    "password12",
    "password123",
    "password1234",
    "passw0rd",
    "p@ssw0rd",
    "p@ssword",
    "12345678",
    "123456789",
    "1234567890",
    "87654321",
    "11111111",
    "00000000",
    "88888888",
    "12341234",
    "123123123",
    "qwertyui",
    "qwertyuiop",
    "qwerty12",
    "qwerty123",
    "1q2w3e4r",
    "1qaz2wsx",
    "1q2w3e4r5t",
    "asdfghjkl",
    "asdfasdf",
    "zxcvbnm1",
    "abcd1234",
    "abc12345",
    "iloveyou",
    "sunshine",
    "princess",
    "football",
    "baseball",
    "superman",
    "trustno1",
    "letmein1",
    "welcome1",
    "admin123",
    "changeme",
];

/// The shortest and the longest password, in bytes after normalization.
const BYTES: std::ops::RangeInclusive<usize> = 8..=1024;

/// What is wrong with a new password, in words; none when it is fine.
pub fn objection(password: &str, email: Option<&Email>, organization: &str) -> Option<&'static str> {
    let normal: Zeroizing<String> = Zeroizing::new(password.nfkc().collect());
    let lower = Zeroizing::new(normal.to_lowercase());
    if normal.len() < *BYTES.start() {
        return Some("Use at least 8 characters.");
    }
    if normal.len() > *BYTES.end() {
        return Some("Use at most 1,024 characters.");
    }
    if COMMON.contains(&lower.as_str()) {
        return Some("This is one of the passwords that are tried first. Choose another one.");
    }
    let same = |other: &str| lower.as_str() == other.nfkc().collect::<String>().to_lowercase();
    if email.is_some_and(|email| same(email.as_str())) || (!organization.is_empty() && same(organization.trim())) {
        return Some("Choose one that is not your address or the name of the organisation.");
    }
    None
}
