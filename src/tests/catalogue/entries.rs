use std::collections::BTreeMap;

use latchkey::catalogue::{Accepted, Registry, validate_entries};
use latchkey::vault::Secret;

fn try_entries(connector: &str, entries: &[(&str, &str)]) -> Result<Accepted, Vec<(String, String)>> {
    let registry = Registry::embedded().expect("sound");
    let entries: BTreeMap<String, Secret<String>> = entries.iter().map(|(key, value)| ((*key).to_owned(), Secret::new((*value).to_owned()))).collect();
    validate_entries(registry.get(connector).expect("known"), &entries)
}

#[track_caller]
fn refused(connector: &str, entries: &[(&str, &str)], field: &str, words: &str) {
    let errors = try_entries(connector, entries).expect_err("refused");
    assert!(errors.iter().any(|(name, message)| name == field && message.contains(words)), "{field} / {words} in {errors:?}");
}

#[test]
fn text_is_trimmed_and_a_secret_is_kept_as_it_is() {
    let accepted = try_entries("ventures", &[("username", "  api_user "), ("password", "inner space is fine"), ("site", "production\n")]).expect("accepted");
    assert_eq!(accepted.config, BTreeMap::from([("site".to_owned(), "production".to_owned()), ("username".to_owned(), "api_user".to_owned())]));
    assert_eq!(accepted.secrets["password"].expose(), "inner space is fine");
}

#[test]
fn a_secret_with_white_space_around_it_is_refused_and_not_repeated() {
    for password in [" canary-0", "canary-0 ", "canary-0\n", "\tcanary-0"] {
        let errors = try_entries("ventures", &[("username", "a"), ("password", password), ("site", "b")]).expect_err("refused");
        assert_eq!(errors.len(), 1);
        assert_eq!(errors[0].0, "password");
        assert!(errors[0].1.contains("begins or ends") && !errors[0].1.contains("canary"), "{errors:?}");
    }
}

#[test]
fn every_missing_field_is_named() {
    let errors = try_entries("ventures", &[("username", "   ")]).expect_err("refused");
    let expected = [("username", "Enter the username."), ("password", "Enter the password."), ("site", "Enter the site name.")];
    assert_eq!(errors, expected.map(|(field, message)| (field.to_owned(), message.to_owned())));
}

#[test]
fn an_unknown_field_is_refused() {
    refused("ventures", &[("username", "a"), ("password", "b"), ("site", "c"), ("base_url", "https://evil.example")], "base_url", "no field of this name");
}

#[test]
fn a_pattern_covers_the_whole_value() {
    refused("stripe", &[("api_key", "xx sk_live_short")], "api_key", "not an API key");
    refused("ventures", &[("username", "a"), ("password", "b"), ("site", "prod/../admin")], "site", "site name");
}

#[test]
fn defaults_fill_what_was_left_empty() {
    let accepted = try_entries("postgresql", &[("host", "db.example.com"), ("port", ""), ("database", "reports"), ("user", "reader"), ("password", "x")])
        .expect("accepted");
    assert_eq!((accepted.config["port"].as_str(), accepted.config["sslmode"].as_str()), ("5432", "verify-full"));
    assert!(!accepted.config.contains_key("root_certificate"));
}

#[test]
fn hidden_entries_are_ignored() {
    let entries =
        [("host", "db.example.com"), ("database", "reports"), ("user", "reader"), ("password", "x"), ("sslmode", "require"), ("root_certificate", "left over")];
    let accepted = try_entries("postgresql", &entries).expect("accepted");
    assert!(!accepted.config.contains_key("root_certificate"));
}

#[test]
fn hosts_ports_and_choices_are_read_strictly() {
    let with = |key: &'static str, value: &'static str| {
        let mut entries = BTreeMap::from([("host", "db.example.com"), ("database", "reports"), ("user", "reader"), ("password", "x")]);
        entries.insert(key, value);
        entries.into_iter().collect::<Vec<_>>()
    };
    for host in ["a,b", "/var/run/postgresql", "db.example.com:5432", "https://db", "user@db", "db..example", "db example", "-db"] {
        refused("postgresql", &with("host", host), "host", "host name");
    }
    for host in ["db", "db.example.com.", "192.0.2.1", "2001:db8::1"] {
        assert!(try_entries("postgresql", &with("host", host)).is_ok(), "{host}");
    }
    for port in ["0", "65536", "-1", "5432a", "+5432", "05432"] {
        refused("postgresql", &with("port", port), "port", "1 to 65535");
    }
    refused("postgresql", &with("sslmode", "prefer"), "sslmode", "Choose one");
    refused("postgresql", &with("root_certificate", "no pem"), "root_certificate", "root certificate");
}
