//! The one written form of an origin, and what a typed web address may hold.

use latchkey::domain::CheckCode;
use latchkey::egress::{AddressClass, BoundOrigins, EgressError, Origin, TlsProblem, UrlProblem, parse_target_url};

#[test]
fn an_origin_has_one_written_form() {
    let cases = [
        ("https://api.stripe.com", "https://api.stripe.com:443"),
        ("https://API.Stripe.com.:443/", "https://api.stripe.com:443"),
        ("http://127.1:4801", "http://127.0.0.1:4801"),
        ("postgres://DB.example.com", "postgres://db.example.com:5432"),
        ("postgresql://db.example.com:6000", "postgres://db.example.com:6000"),
        ("https://[2606:4700::1111]", "https://[2606:4700::1111]:443"),
        ("postgres://[::1]", "postgres://[::1]:5432"),
        ("https://faß.example", "https://xn--fa-hia.example:443"),
    ];
    for (typed, written) in cases {
        let origin: Origin = typed.parse().unwrap_or_else(|_| panic!("{typed}"));
        assert_eq!(origin.to_string(), written);
        assert_eq!(written.parse::<Origin>().unwrap(), origin);
    }
    for wrong in [
        "",
        "api.stripe.com",
        "ftp://a",
        "https://",
        "https://a/path",
        "https://a?q",
        "https://a#f",
        "https://u@a",
        "https://u:p@a",
        "https://a:99999",
        "file:///x",
        "postgres:///db",
        "https://a,b",
    ] {
        assert!(wrong.parse::<Origin>().is_err(), "{wrong}");
    }
}

#[test]
fn bound_origins_are_sealed_as_texts_and_compare_exactly() {
    let bound = BoundOrigins(vec!["https://api.stripe.com".parse().unwrap(), "http://127.0.0.1:4801".parse().unwrap()]);
    let sealed = serde_json::to_string(&bound).unwrap();
    assert_eq!(sealed, r#"["https://api.stripe.com:443","http://127.0.0.1:4801"]"#);
    assert_eq!(serde_json::from_str::<BoundOrigins>(&sealed).unwrap(), bound);
    assert!(serde_json::from_str::<BoundOrigins>(r#"["https://a/b"]"#).is_err());
    assert!(bound.contains(&"https://api.stripe.com:443".parse().unwrap()));
    for other in [
        "http://api.stripe.com",
        "http://api.stripe.com:443",
        "https://api.stripe.com:444",
        "https://stripe.com",
        "https://api.stripe.com.evil.example",
        "postgres://api.stripe.com:443",
    ] {
        assert!(!bound.contains(&other.parse().unwrap()), "{other}");
    }
    assert!(!BoundOrigins::default().contains(&"https://api.stripe.com".parse().unwrap()));
}

#[test]
fn a_typed_address_is_taken_as_it_is_meant() {
    let url = parse_target_url("  HTTPS://ArgoCD.Example.com:8443/base?x=1 ").unwrap();
    assert_eq!(url.as_str(), "https://argocd.example.com:8443/base?x=1");
    assert_eq!(parse_target_url("ftp://a").unwrap_err().code(), "url_scheme");
    assert_eq!(parse_target_url("https://a@b").unwrap_err().code(), "url_userinfo");
    assert_eq!(parse_target_url("https://a/#b").unwrap_err().code(), "url_invalid");
    assert_eq!(parse_target_url(""), Err(UrlProblem::Empty));
}

#[test]
fn every_refusal_has_its_code_and_names_no_path() {
    let host = || "db.example.com".to_owned();
    let cases = [
        (EgressError::InvalidHost, CheckCode::DnsFailed),
        (EgressError::DnsFailed { host: host() }, CheckCode::DnsFailed),
        (EgressError::Blocked { host: host(), class: AddressClass::LinkLocal }, CheckCode::EgressBlocked),
        (EgressError::PortRefused { port: 22 }, CheckCode::EgressBlocked),
        (EgressError::ConnectRefused { host: host(), port: 1 }, CheckCode::ConnectRefused),
        (EgressError::Timeout { host: host() }, CheckCode::Timeout),
        (EgressError::TlsInvalid { host: host(), reason: TlsProblem::Expired }, CheckCode::TlsInvalid),
        (EgressError::NotEncrypted { host: host() }, CheckCode::TlsInvalid),
        (EgressError::TooLarge { limit: 5 }, CheckCode::ResponseTooLarge),
        (EgressError::Redirect { to_host: host() }, CheckCode::RedirectRefused),
        (EgressError::NotBound { origin: "https://db.example.com:443".to_owned() }, CheckCode::EgressBlocked),
        (EgressError::Protocol { host: host() }, CheckCode::UnexpectedContent),
    ];
    for (error, code) in cases {
        assert_eq!(error.code(), code);
        let text = error.to_string();
        assert!(text.ends_with('.') && !text.contains("  ") && !text.contains('?'), "{text}");
    }
}
