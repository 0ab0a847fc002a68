//! What the console's banner gets.

use std::collections::BTreeSet;

use latchkey::catalogue::Registry;
use latchkey::sandbox::Sandbox;

#[test]
fn every_account_is_listed_once_with_the_labels_of_its_form() {
    let registry = Registry::embedded().unwrap();
    let sandbox = Sandbox::embedded(&registry).unwrap();
    let mut titles = BTreeSet::new();
    for account in sandbox.accounts() {
        assert!(titles.insert((&account.connector, &account.title)), "listed twice: {account:?}");
        let manifest = registry.get(&account.connector).unwrap();
        let labels: Vec<&String> =
            manifest.fields.iter().filter(|field| field.filled_by.is_none() && account.values.contains_key(&field.id)).map(|field| &field.title).collect();
        assert_eq!(account.shown.iter().map(|(label, _)| label).collect::<Vec<_>>(), labels);
    }
    let works = sandbox.accounts().find(|account| account.connector == "ventures").unwrap();
    assert_eq!(works.title, "Works");
    assert_eq!(works.shown[2], ("Site name".to_owned(), "test_integration".to_owned()));
}
