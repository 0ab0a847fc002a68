//! Manifests that an organization writes itself: the same rules, an id of their own, findings by line and key.

use latchkey::catalogue::{LARGEST_MANIFEST, ManifestError, Registry};
use latchkey::services::own::STARTER;

fn findings(text: &str) -> Vec<ManifestError> {
    Registry::embedded().unwrap().read_own(text).expect_err("something is to mend")
}

#[track_caller]
fn only(text: &str) -> (Option<usize>, String) {
    let mut found = findings(text);
    assert_eq!(found.len(), 1, "{found:?}");
    let finding = found.remove(0);
    (finding.line, finding.key)
}

fn line_of(text: &str, part: &str) -> Option<usize> {
    text.lines().position(|line| line.contains(part)).map(|at| at + 1)
}

#[test]
fn the_starter_is_sound() {
    let manifest = Registry::embedded().unwrap().read_own(STARTER).unwrap();
    assert!(manifest.own && manifest.summary_view(0).own);
    assert_eq!(manifest.id, "acme-tickets");
    assert!(Registry::embedded().unwrap().list().iter().all(|manifest| !manifest.own));
}

#[test]
fn an_id_that_is_taken_is_refused() {
    for id in ["stripe", "ventures", "own", "request"] {
        let text = STARTER.replacen("acme-tickets", id, 1);
        assert_eq!(only(&text), (line_of(&text, "id = "), "id".to_owned()), "{id}");
    }
}

#[test]
fn what_the_rules_forbid_is_found_by_line_and_key() {
    let cases = [
        ("base_url = \"https://tickets.acme.example\"", "base_url = \"http://tickets.acme.example\"", "target.base_url"),
        ("base_url = \"https://tickets.acme.example\"", "base_url = \"https://{token}.example\"", "target.base_url"),
        ("path = \"/api/v1/me\"", "path = \"/api/v1/{token}\"", "check.authenticate.path"),
        ("query = { per_page = \"20\" }", "query = { key = \"{token}\" }", "streams[0].request.query.key"),
        ("kind = \"secret\"", "kind = \"secret\"\npattern = \"[\"", "fields.token.pattern"),
        ("kind = \"secret\"", "kind = \"secret\"\npattern = \"(\\\\w{500}){500}\"", "fields.token.pattern"),
        ("docs_url = \"\"", "docs_url = \"javascript:alert(1)\"", "docs_url"),
    ];
    for (from, to, key) in cases {
        let text = STARTER.replacen(from, to, 1);
        let found = findings(&text);
        let last = key.rsplit('.').next().unwrap();
        assert!(
            found.iter().any(|finding| finding.key == key && finding.line.is_some_and(|line| text.lines().nth(line - 1).unwrap().contains(last))),
            "{to}: {found:?}"
        );
    }
    let (line, key) = only(&STARTER.replacen("tier = \"preview\"", "tier = \"best\"", 1));
    assert_eq!((line, key.as_str()), (line_of(STARTER, "tier = "), "tier"));
    let (line, _) = only(&STARTER.replacen("name = \"Acme Tickets\"", "name = Acme", 1));
    assert_eq!(line, line_of(STARTER, "name = "));
    assert_eq!(only(&STARTER.replacen("tier =", "own = true\ntier =", 1)).0, line_of(STARTER, "tier = "), "nobody says it of themselves");
}

#[test]
fn a_text_that_is_too_large_is_refused() {
    let large = format!("{STARTER}\n#{}", "x".repeat(LARGEST_MANIFEST));
    assert_eq!(only(&large), (None, String::new()));
}
