//! Small pieces of language that several pages need.

/// `1 connection`, `2 connections`: the number and the word, with an `s` unless it is one.
pub fn count(number: usize, word: &str) -> String {
    if number == 1 { format!("1 {word}") } else { format!("{number} {word}s") }
}

/// `1,434`: groups of three digits.
pub fn thousands(number: u32) -> String {
    let digits = number.to_string();
    let mut grouped = String::with_capacity(digits.len() + 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// `a viewer`, `an org admin`: a role within a sentence.
pub fn a_role(title: &str) -> String {
    article(&title.to_lowercase())
}

/// `a Stripe`, `an Airtable`: a name with its article.
pub fn article(name: &str) -> String {
    let article = if name.to_lowercase().starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" };
    format!("{article} {name}")
}

/// The host of an address such as `https://latchkey.example.com:8443`.
pub fn host_of(address: &str) -> &str {
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    rest.split('/').next().unwrap_or(rest)
}

/// Text for an element whose children Leptos 0.8 does not write as plain text: `<title>` and `<textarea>`.
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
