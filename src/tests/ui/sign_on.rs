//! The pages of single sign-on, with values that would break a page that does not escape.

use latchkey::domain::{Role, SignOnKind, SignOnTrouble};
use latchkey::dto::{MethodsView, SignOnChoice, SignOnDomain, SignOnDoor, SignOnIdentity, SignOnProviderView, SignOnView};
use latchkey::ui::flash::Flash;
use latchkey::ui::pages::{methods, sign_in, sign_on, sign_on_admin};

use super::pages::draw;
use super::sample;

fn provider() -> SignOnProviderView {
    let domain = |verified: bool| SignOnDomain {
        domain: sample::HOSTILE.into(),
        verified_at: verified.then_some(sample::NOW),
        record_name: sample::HOSTILE.into(),
        record_value: sample::HOSTILE.into(),
    };
    SignOnProviderView {
        id: "sso_1".into(),
        kind: SignOnKind::Oidc,
        label: sample::HOSTILE.into(),
        issuer: sample::HOSTILE.into(),
        client_id: sample::HOSTILE.into(),
        redirect_uri: sample::HOSTILE.into(),
        enabled: true,
        join_role: Some(Role::Viewer),
        domains: vec![domain(true), domain(false)],
        people: 1,
        updated_at: sample::NOW,
    }
}

fn choices() -> Vec<SignOnChoice> {
    vec![SignOnChoice { provider: sample::HOSTILE.into(), label: sample::HOSTILE.into() }]
}

/// Name and HTML of every page.
pub fn all() -> Vec<(&'static str, String)> {
    let admin = || Some(sample::shell(Role::OrgAdmin));
    let bad = || Flash::bad(sample::HOSTILE, "Nothing was saved.").typed("label", sample::HOSTILE).typed("email", sample::HOSTILE);
    let identity = |usable| SignOnIdentity {
        provider: sample::HOSTILE.into(),
        label: sample::HOSTILE.into(),
        usable,
        email: sample::HOSTILE.into(),
        created_at: sample::NOW,
        used_at: sample::NOW,
    };
    let methods =
        move || MethodsView { password: true, identities: vec![identity(true), identity(false)], choices: choices(), may_disconnect: true, now: sample::NOW };
    let none = || MethodsView { password: false, identities: Vec::new(), choices: Vec::new(), may_disconnect: false, now: sample::NOW };
    let list = |providers| SignOnView { providers, address: sample::HOSTILE.into(), now: sample::NOW };
    let door = || SignOnDoor { organization: sample::HOSTILE.into(), choices: choices() };
    let away: url::Url = "https://login.example.com/authorize?state=\"><script>alert(1)</script>&b=c".parse().unwrap();
    vec![
        ("sign-in-with-providers", draw(None, bad(), || sign_in::page("/connections".into(), "latchkey.example.com".into(), "0.1.0", true, true, choices()))),
        ("sign-on-find", draw(None, bad(), || sign_on::find_page("/connections".into()))),
        ("sign-on-door", draw(None, bad(), move || sign_on::door_page(door(), "/connections".into()))),
        ("sign-on-depart", draw(None, Flash::default(), move || sign_on::depart_page(sample::HOSTILE, &away))),
        ("sign-on-trouble", draw(None, Flash::default(), || sign_on::trouble_page(SignOnTrouble::Denied, true))),
        ("sign-on-methods", draw(admin(), bad(), move || methods::page(methods()))),
        ("sign-on-methods-none", draw(admin(), Flash::default(), move || methods::page(none()))),
        ("sign-on-list", draw(admin(), bad(), move || sign_on_admin::list_page(list(vec![provider()])))),
        ("sign-on-list-none", draw(admin(), Flash::default(), move || sign_on_admin::list_page(list(Vec::new())))),
        ("sign-on-new", draw(admin(), bad(), sign_on_admin::new_page)),
        ("sign-on-provider", draw(admin(), bad(), || sign_on_admin::page(provider()))),
    ]
}

#[test]
fn every_end_has_words_and_a_code_of_its_own() {
    let mut codes: Vec<&str> = SignOnTrouble::ALL.iter().map(|trouble| trouble.as_str()).collect();
    codes.sort_unstable();
    codes.dedup();
    assert_eq!(codes.len(), SignOnTrouble::ALL.len());
    for trouble in SignOnTrouble::ALL {
        assert_eq!(SignOnTrouble::parse(trouble.as_str()), Some(trouble));
        let words = trouble.text().to_lowercase();
        assert!(["error", "invalid", "please", "oops"].iter().all(|word| !words.contains(word)), "{words}");
    }
}
