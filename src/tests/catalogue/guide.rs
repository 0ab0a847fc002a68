//! docs/OAUTH.md tells how an app is registered with each provider, and with no other.

use std::collections::BTreeSet;

use latchkey::catalogue::Registry;

const GUIDE: &str = include_str!("../../../docs/OAUTH.md");

/// The connectors that have a section: name and id, as in ``### Xero (`xero`)``.
fn sections() -> Vec<(&'static str, &'static str, &'static str)> {
    let titled = |section: &'static str| {
        let (title, text) = section.split_once('\n')?;
        let (name, id) = title.strip_suffix("`)")?.split_once(" (`")?;
        Some((name, id, text.split("\n## ").next().unwrap_or_default()))
    };
    GUIDE.split("\n### ").filter_map(titled).collect()
}

#[test]
fn the_guide_has_a_section_for_each_provider_with_oauth() {
    let registry = Registry::embedded().unwrap();
    let needed: BTreeSet<&str> = registry.list().into_iter().filter(|manifest| manifest.oauth.is_some()).map(|manifest| manifest.id.as_str()).collect();
    let written: Vec<&str> = sections().into_iter().map(|(_, id, _)| id).collect();
    assert_eq!(written.iter().copied().collect::<BTreeSet<_>>(), needed);
    assert_eq!(written.len(), needed.len(), "a provider stands there twice");
    assert!(sections().is_sorted_by_key(|(name, ..)| name.to_lowercase()), "the sections are in the order of the alphabet");
}

#[test]
fn each_section_says_what_to_do_and_what_to_look_out_for() {
    let registry = Registry::embedded().unwrap();
    for (name, id, text) in sections() {
        let Some(manifest) = registry.get(id) else { continue };
        assert!(text.contains("\n1. ") && text.contains("\n2. ") && text.contains("To look out for:\n- "), "{name}");
        let known = manifest.name.split(' ').next().unwrap_or_default();
        assert!(name.contains(known), "{id} is called {} and not {name}", manifest.name);
        for field in manifest.oauth.iter().flat_map(|oauth| &oauth.app_fields).filter(|field| field.required) {
            assert!(text.to_lowercase().contains(&field.title.to_lowercase()), "{name} does not tell of `{}`", field.title);
        }
    }
}
