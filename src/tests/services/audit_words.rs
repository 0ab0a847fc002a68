//! Every action that is recorded has words.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use latchkey::services::words::{Topic, actions, activity, agent, deed, device};
use regex::Regex;

/// How texts of this shape end that are no actions: the names of counters and keys.
const OTHERS: &[&str] = &[".account", ".address", ".body", ".device", ".key", ".link", ".organization", ".retention", ".rs"];

fn sources(folder: &Path, found: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push((path.display().to_string(), fs::read_to_string(&path).unwrap()));
        }
    }
}

/// Every text of the shape of an action in the services, but for the table of words itself.
fn recorded() -> BTreeSet<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/services");
    let mut found = Vec::new();
    sources(&root, &mut found);
    let shape = Regex::new(r#""([a-z]+(?:_[a-z]+)*\.[a-z]+(?:_[a-z]+)*)""#).unwrap();
    let texts = found.iter().filter(|(path, _)| !path.ends_with("/words/deeds.rs"));
    let shaped = texts.flat_map(|(_, text)| shape.captures_iter(text).map(|found| found[1].to_owned()).collect::<Vec<_>>());
    shaped.filter(|text| !OTHERS.iter().any(|end| text.ends_with(end))).collect()
}

#[test]
fn every_action_in_the_source_has_words() {
    let known: BTreeSet<String> = actions().map(str::to_owned).collect();
    let recorded = recorded();
    assert!(recorded.len() > 40, "the source was not found");
    let without: Vec<&String> = recorded.difference(&known).collect();
    assert!(without.is_empty(), "add words to src/services/words/deeds.rs: {without:?}");
}

#[test]
fn every_action_is_in_one_topic_and_ends_its_sentence() {
    let all: Vec<&str> = Topic::ALL.into_iter().flat_map(Topic::actions).collect();
    assert_eq!(all.len(), actions().count());
    assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len(), "one action, one topic");
    for action in all {
        for outcome in ["done", "refused"] {
            for thing in ["", "Shop [of {}] 1"] {
                let said = deed(action, outcome, "{}", thing);
                let sentence = format!("{}{}{} {}", said.before, said.thing, said.after, said.more);
                let sentence = sentence.trim();
                assert!(sentence.ends_with('.'), "{action}: {sentence}");
                let ours = sentence.replace("Shop [of {}] 1", "Shop");
                assert!(!ours.contains(['[', ']', '{', '}']) && !ours.contains("  "), "{action}: {sentence}");
                for word in ["error", "invalid", "oops", "please", "successfully"] {
                    assert!(!sentence.to_lowercase().contains(word), "{action}: {sentence}");
                }
            }
        }
    }
}

#[test]
fn sentences_name_the_thing_and_say_how_it_went() {
    let said = |action, outcome, detail, thing| {
        let said = deed(action, outcome, detail, thing);
        format!("Dana {}{}{} {}", said.before, said.thing, said.after, said.more).trim().to_owned()
    };
    assert_eq!(said("connection.tested", "done", r#"{"took_ms":312}"#, "AmPac Paid Search"), "Dana tested AmPac Paid Search. Passed in 312 ms.");
    assert_eq!(said("connection.tested", "refused", r#"{"code":"timeout"}"#, "Shop"), "Dana tested Shop. There was no answer in time.");
    assert_eq!(
        said("connection.edited", "done", r#"{"changed":["name","tags"],"name_before":"Old"}"#, "New"),
        "Dana changed the name and the tags of New. It was called Old."
    );
    assert_eq!(said("connection.credential_restored", "done", r#"{"version":3}"#, "Shop"), "Dana went back to version 3 of the credential of Shop.");
    assert_eq!(
        said("connection.disconnected", "done", r#"{"revoked":false}"#, "Shop"),
        "Dana disconnected Shop. The credential is erased here. The provider could not be told."
    );
    assert_eq!(said("sign_in.failed", "refused", r#"{"method":"password"}"#, ""), "Dana tried to sign in. E-mail or password was wrong.");
    assert_eq!(activity("connection.credential_changed", "done", "{}"), "changed the credential. The one before is kept for a while.");
    assert_eq!(activity("connection.disabled", "done", "{}"), "turned it off.");
    assert_eq!(said("something.new", "done", "not json", "Shop"), "Dana did something with Shop that this version has no words for.");
}

#[test]
fn browsers_are_called_by_two_words() {
    let cases = [
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 14.5; rv:131.0) Gecko/20100101 Firefox/131.0", "Firefox, macOS"),
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36", "Chrome, Linux"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1",
            "Safari, iOS",
        ),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:131.0) Gecko/20100101 Firefox/131.0", "Firefox, Windows"),
        ("curl/8.5.0", "curl/8.5.0"),
        ("loan-export 1.2 (+https://example.com)", "loan-export"),
        ("", ""),
    ];
    for (said, words) in cases {
        assert_eq!(agent(said), words);
        let nobody = "A browser or program that does not say its name".to_owned();
        assert_eq!(device(said), if words.is_empty() { nobody } else { words.replace(", ", " on ") }, "the same rule");
    }
}
