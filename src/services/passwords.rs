//! Which passwords are taken.

use std::collections::HashSet;
use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

use crate::domain::Email;

/// What is tried first: the most used passwords of published leaks, in lower case.
static COMMON: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| include_str!("passwords/common.txt").lines().filter(|line| !line.is_empty() && !line.starts_with('#')).collect());

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
    if COMMON.contains(lower.as_str()) {
        return Some("This is one of the passwords that are tried first. Choose another one.");
    }
    let same = |other: &str| lower.as_str() == other.nfkc().collect::<String>().to_lowercase();
    if email.is_some_and(|email| same(email.as_str())) || (!organization.is_empty() && same(organization.trim())) {
        return Some("Choose one that is not your address or the name of the organisation.");
    }
    None
}
