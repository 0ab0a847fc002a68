//! The card that a person decides by, before another sign-in takes over.

use std::collections::BTreeMap;

use latchkey::domain::{CheckState, Role};
use latchkey::dto::{CredentialDecision, CredentialEditView, GrantedCount, IdentityView};
use latchkey::ui::flash::Flash;
use latchkey::ui::pages::credential_test;

use super::pages::draw;
use super::{sample, wizard};

fn identity(id: &str, facts: &[(&str, &str)]) -> IdentityView {
    let facts = facts.iter().map(|(label, value)| ((*label).to_owned(), (*value).to_owned())).collect();
    IdentityView { account_id: id.to_owned(), account_name: format!("{id} Ltd"), facts }
}

fn card(facts: [&[(&str, &str)]; 2], allowed_by: Option<(&str, &str)>, permissions: Option<(Option<usize>, usize)>) -> String {
    let count = |granted: usize| GrantedCount { granted: (0..granted).map(|number| format!("scope-{number}")).collect(), asked: 6 };
    let decision = CredentialDecision {
        before: identity("acme", facts[0]),
        before_host: "api.acme.example".to_owned(),
        after: identity("bakery", facts[1]),
        after_host: "api.acme.example".to_owned(),
        allowed_by: allowed_by.map(|(was, is)| (was.to_owned(), is.to_owned())),
        permissions: permissions.map(|(was, is)| (was.map(count), count(is))),
        other_account: true,
        changed: None,
        version: 1,
    };
    let view = CredentialEditView {
        now: sample::NOW,
        connection: "con_1".to_owned(),
        name: "Books".to_owned(),
        connector: wizard::view(),
        values: BTreeMap::new(),
        errors: BTreeMap::new(),
        kept: Vec::new(),
        destination: String::new(),
        draft: Some("drf_1".to_owned()),
        kept_until: None,
        check: Some(wizard::check(CheckState::Passed)),
        decision: Some(decision),
        done: false,
        keeps_before: false,
        consents: true,
    };
    draw(Some(sample::shell(Role::OrgAdmin)), Flash::default(), move || credential_test::page(&view))
}

/// The words of a line.
fn line(html: &str, label: &str) -> Option<String> {
    let words = |row: &str| -> String { row.split('<').filter_map(|tag| tag.split_once('>')).map(|(_, text)| format!("{text} ")).collect() };
    html.split("role=\"row\"").skip(1).map(words).find(|words| words.trim_start().starts_with(label))
}

#[test]
fn a_sign_in_says_who_made_it_and_what_was_granted() {
    let html = card([&[], &[]], Some(("Tom Reyes", "Dana Whitfield")), Some((Some(6), 6)));
    let people = line(&html, "Signed in as").unwrap();
    assert!(people.contains("Tom Reyes") && people.contains("Dana Whitfield") && people.contains("Changed"), "{people}");
    let granted = line(&html, "Permissions").unwrap();
    assert!(granted.contains("6 of 6") && granted.contains("Same"), "{granted}");
    assert!(html.contains("The sign-in you just made"));
    let html = card([&[], &[]], Some(("Dana", "Dana")), Some((None, 4)));
    assert!(line(&html, "Signed in as").unwrap().contains("Same"));
    assert!(line(&html, "Permissions").unwrap().contains("4 of 6") && line(&html, "Permissions").unwrap().contains("Changed"));
}

#[test]
fn the_login_at_the_provider_counts_before_the_person_here() {
    let html = card([&[("E-mail", "tom@acme.example")], &[("E-mail", "dana@bakery.example")]], Some(("Tom", "Dana")), None);
    let login = line(&html, "Signed in as").unwrap();
    assert!(login.contains("tom@acme.example") && login.contains("dana@bakery.example") && !login.contains("Tom "), "{login}");
    assert_eq!((line(&html, "E-mail"), line(&html, "Permissions")), (None, None), "once is enough");
}

#[test]
fn a_typed_credential_has_neither_line() {
    let html = card([&[("E-mail", "tom@acme.example")], &[("E-mail", "dana@bakery.example")]], None, None);
    assert_eq!((line(&html, "Signed in as"), line(&html, "Permissions")), (None, None));
    assert!(line(&html, "E-mail").unwrap().contains("Different") && html.contains("What you just entered"));
}
