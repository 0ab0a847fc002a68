//! Every failure of every connector in plain words.

use std::collections::BTreeMap;

use latchkey::connect::Failure;
use latchkey::domain::{CheckCode, StepKind};

use super::bench::{NOW, connector, manifest};

const BANNED: [&str; 6] = ["error", "invalid", "oops", "please", "successfully", "{"];

#[test]
fn every_code_has_words_that_name_the_thing_and_the_next_step() {
    let config: BTreeMap<String, String> =
        [("username", "api_user"), ("site", "prod"), ("host", "db.example.com"), ("port", "5432"), ("database", "reports"), ("user", "reader")]
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .into();
    for (id, name, host) in
        [("ventures", "Ventures", "api.venturesgo.com"), ("stripe", "Stripe", "api.stripe.com"), ("postgresql", "PostgreSQL", "db.example.com")]
    {
        let (connector, manifest) = (connector(id, ""), manifest(id));
        for code in CheckCode::ALL {
            let failure =
                Failure { code: *code, step: StepKind::Resolve, status: None, retry_at: None, provider_said: String::new(), reason: "a reason".to_owned() };
            let words = connector.diagnose(&manifest, &failure, &config);
            assert_eq!(words.code, code.as_str());
            assert!(words.sentence.ends_with(" Nothing was saved."), "{words:?}");
            assert!(!words.fix.is_empty() && !words.fix_steps.is_empty() && words.headline.ends_with('.'), "{words:?}");
            let all = format!("{} {} {} {} {:?}", words.headline, words.sentence, words.cause, words.fix, words.fix_steps);
            if *code != CheckCode::Interrupted {
                assert!(all.contains(name) || all.contains(host), "{all}");
            }
            for banned in BANNED {
                assert!(!all.to_lowercase().contains(banned), "`{banned}` in {all}");
            }
            assert!(words.field.is_empty() || manifest.field(&words.field).is_some());
        }
    }
}

#[test]
fn a_refusal_names_the_credential_and_its_field() {
    let refused = Failure {
        code: CheckCode::AuthRejected,
        step: StepKind::Authenticate,
        status: Some(401),
        retry_at: None,
        provider_said: String::new(),
        reason: String::new(),
    };
    let words = connector("stripe", "").diagnose(&manifest("stripe"), &refused, &BTreeMap::new());
    assert_eq!((words.headline.as_str(), words.fix.as_str(), words.field.as_str()), ("Stripe refused the API key.", "Change the API key", "api_key"));
    assert_eq!(words.sentence, "The address is right and the server is fine. Nothing was saved.");
}

fn failure(code: CheckCode, reason: &str) -> Failure {
    Failure { code, step: StepKind::Secure, status: None, retry_at: None, provider_said: String::new(), reason: reason.to_owned() }
}

#[test]
fn words_about_certificates_are_kept_for_certificates() {
    let config = [("host", "db.example.com"), ("port", "5432"), ("user", "reader")].map(|(key, value)| (key.to_owned(), value.to_owned())).into();
    for id in ["ventures", "postgresql"] {
        let words = |reason: &str| {
            let words = connector(id, "").diagnose(&manifest(id), &failure(CheckCode::TlsInvalid, reason), &config);
            format!("{words:?}")
        };
        assert!(words("its certificate has expired").contains("The certificate of "));
        for reason in ["the server offers no encryption", "it did not agree on an encrypted line"] {
            assert!(!words(reason).contains("certificate") && words(reason).contains(reason), "{}", words(reason));
        }
    }
}

#[test]
fn nobody_is_told_to_wait_for_a_time_that_is_not_shown() {
    for id in ["ventures", "stripe", "postgresql"] {
        let mut limited = failure(CheckCode::RateLimited, "");
        let steps = |limited: &Failure| connector(id, "").diagnose(&manifest(id), limited, &BTreeMap::new()).fix_steps;
        assert!(steps(&limited)[0].starts_with("Wait a few minutes"));
        limited.retry_at = Some(NOW);
        assert_eq!(steps(&limited)[0] == "Wait until the time that is shown.", id != "postgresql");
    }
}
