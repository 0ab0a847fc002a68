//! Where credentials go.

use std::collections::BTreeMap;

use latchkey::catalogue::{Manifest, read};
use latchkey::connect::DestinationProblem;

use super::bench::{connector, manifest};

fn shop(suffixes: &str) -> Manifest {
    let text = include_str!("../../catalogue/manifests/ventures.toml").replacen(
        "base_url = \"https://api.venturesgo.com/api/v4\"",
        &format!("base_url = \"https://{{site}}.example.com/admin\"\nhost_suffixes = [{suffixes}]"),
        1,
    );
    read("ventures.toml", &text).unwrap()
}

fn config(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

#[test]
fn a_fixed_address_and_the_operators_own() {
    let fixed = connector("ventures", "").destination(&manifest("ventures"), &BTreeMap::new()).unwrap();
    assert_eq!((fixed.host_shown.as_str(), fixed.origins.0[0].to_string().as_str()), ("api.venturesgo.com", "https://api.venturesgo.com:443"));
    let mapped = connector("ventures", "http://127.0.0.1:4801/ventures/api/v4").destination(&manifest("ventures"), &BTreeMap::new()).unwrap();
    assert_eq!((mapped.host_shown.as_str(), mapped.origins.0[0].to_string().as_str()), ("127.0.0.1:4801", "http://127.0.0.1:4801"));
}

#[test]
fn a_value_cannot_leave_its_place_in_the_address() {
    let found = |site: &str| connector("x", "").destination(&shop(""), &config(&[("site", site)])).map(|destination| destination.host_shown);
    assert_eq!(found("acme").unwrap(), "acme.example.com");
    for site in ["evil.com/", "evil.com#", "evil.com?", "evil.com:1@", "evil.com\\", "evil.com%2f", "a b", ""] {
        assert!(found(site).is_err(), "{site} gave {:?}", found(site));
    }
}

#[test]
fn a_host_must_end_as_the_manifest_says() {
    let found = |suffix: &str| connector("x", "").destination(&shop(suffix), &config(&[("site", "acme")]));
    assert!(found("\".example.com\"").is_ok());
    assert_eq!(found("\".example.net\"").unwrap_err(), DestinationProblem::ForeignHost);
}

#[test]
fn a_database_is_bound_to_host_and_port() {
    let place = connector("x", "").destination(&manifest("postgresql"), &config(&[("host", "DB.example.com"), ("port", "6432")])).unwrap();
    assert_eq!((place.host_shown.as_str(), place.origins.0[0].to_string().as_str()), ("db.example.com:6432", "postgres://db.example.com:6432"));
    assert!(connector("x", "").destination(&manifest("postgresql"), &BTreeMap::new()).is_err());
}
