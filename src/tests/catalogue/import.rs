use latchkey::catalogue::{Registry, read};

const STRIPE: &str = include_str!("../../catalogue/manifests/stripe.toml");

fn refused(import: &str) -> Vec<(String, String)> {
    let text: String = STRIPE.lines().map(|line| if line.starts_with("import = ") { format!("import = {import}\n") } else { format!("{line}\n") }).collect();
    read("stripe.toml", &text).map_or_else(|errors| errors.into_iter().map(|error| (error.key, error.message)).collect(), |_| Vec::new())
}

#[test]
fn variables_have_the_names_that_the_manifest_gives_and_the_usual_one() {
    let registry = Registry::embedded().expect("sound");
    let stripe = registry.get("stripe").expect("known");
    assert_eq!(stripe.variables("api_key"), ["STRIPE_SECRET_KEY", "STRIPE_KEY", "STRIPE_API_KEY"]);
    assert_eq!(registry.get("azure-devops").expect("known").variables("token"), ["AZURE_DEVOPS_TOKEN"]);
    assert!(registry.list().iter().filter(|manifest| !manifest.import.is_empty()).count() >= 10);
    assert!(!registry.get("ventures").expect("known").import.is_empty());
}

#[test]
fn no_variable_means_two_connectors() {
    let registry = Registry::embedded().expect("sound");
    let mut seen = std::collections::BTreeMap::new();
    for manifest in registry.list() {
        for name in manifest.importable().flat_map(|field| manifest.variables(&field.id)) {
            let other = seen.insert(name.clone(), manifest.id.clone());
            assert!(other.is_none() || other.as_ref() == Some(&manifest.id), "{name} is {} and {other:?}", manifest.id);
        }
    }
}

#[test]
fn a_name_that_fits_no_field_or_is_none_is_refused() {
    for (import, key) in [
        (r#"{ colour = ["STRIPE_COLOUR"] }"#, "import.colour"),
        (r#"{ access_token = ["STRIPE_TOKEN"] }"#, "import.access_token"),
        (r#"{ api_key = ["stripe-key"] }"#, "import.api_key"),
        (r#"{ api_key = [] }"#, "import.api_key"),
        (r#"{ api_key = ["STRIPE_KEY"], account = ["STRIPE_KEY"] }"#, "import."),
    ] {
        assert!(refused(import).iter().any(|(found, _)| found.starts_with(key)), "{import}: {:?}", refused(import));
    }
    assert_eq!(refused(r#"{ api_key = ["STRIPE_KEY"] }"#), []);
}
