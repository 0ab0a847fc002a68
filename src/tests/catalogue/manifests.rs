use latchkey::catalogue::{Registry, Tier, sandbox_files};

#[test]
fn the_embedded_manifests_are_sound_and_listed_by_name() {
    let registry = Registry::embedded().expect("every embedded manifest is sound");
    let names: Vec<&str> = registry.list().iter().map(|manifest| manifest.name.as_str()).collect();
    assert!(names.is_sorted_by_key(|name| name.to_lowercase()), "{names:?}");
    for id in ["postgresql", "stripe", "ventures"] {
        assert_eq!(registry.get(id).map(|manifest| manifest.tier), Some(Tier::Ready), "{id}");
    }
    assert!(registry.get("nobody").is_none());
    let folder = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/src/catalogue/manifests")).expect("the folder");
    let files: Vec<String> = folder.map(|file| file.expect("a file").file_name().into_string().expect("text")).collect();
    let played = files.iter().filter(|file| file.ends_with(".sandbox.toml")).count();
    assert_eq!((names.len(), sandbox_files().len()), (files.len() - played, played));
    assert!(sandbox_files().iter().all(|(id, text)| registry.get(id).is_some() && !text.is_empty()));
}

#[test]
fn a_view_holds_the_form_and_no_value_of_a_secret() {
    let registry = Registry::embedded().expect("sound");
    let view = registry.get("ventures").expect("known").view(vec![("Production".to_owned(), "con_1".to_owned())]);
    assert!(view.quick);
    assert_eq!(view.summary.connected, 1);
    assert_eq!(view.summary.category_title, "Finance");
    let fields: Vec<(&str, &str, bool)> = view.fields.iter().map(|field| (field.id.as_str(), field.kind.as_str(), field.secret)).collect();
    assert_eq!(fields, [("username", "text", false), ("password", "secret", true), ("site", "text", false)]);
    let database = registry.get("postgresql").expect("known").view(Vec::new());
    let root = database.fields.iter().find(|field| field.id == "root_certificate").expect("a field");
    assert_eq!(root.visible_when, Some(("sslmode".to_owned(), vec!["verify-full".to_owned()])));
}

#[test]
fn an_id_used_twice_is_refused() {
    let text = include_str!("../../catalogue/manifests/ventures.toml");
    let errors = Registry::from_texts(&[("ventures.toml", text), ("ventures.toml", text)]).expect_err("used twice");
    assert!(errors.iter().any(|error| error.key == "id"), "{errors:?}");
}
