//! The accounts of the emulated providers: what to type, and what must come of it.

use std::collections::BTreeMap;

use crate::catalogue::{FieldKind, Manifest};

use super::file::{self, Identity, Kind};
use super::fill::Entries;

/// One account of an emulated provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// The connector's id.
    pub connector: String,
    /// What it shows.
    pub kind: Kind,
    /// What it shows, in words, such as `Works`.
    pub title: String,
    /// Whether it is picked on the provider's consent page, or has its tokens by another grant of OAuth.
    pub by_oauth: bool,
    /// Labels and values to type, in the order of the form; a choice is named by its title.
    pub shown: Vec<(String, String)>,
    /// The entries of the form by field.
    pub values: BTreeMap<String, String>,
    /// The code that a check must end with, or `passed`; empty when the kind tells.
    pub expect: String,
    /// What a check must find.
    pub identity: Identity,
    /// The headline of the diagnosis; empty when it is not looked at.
    pub headline: String,
}

impl Account {
    pub(super) fn new(manifest: &Manifest, file: &file::File, account: &file::Account) -> Self {
        let shown = manifest.fields.iter().filter(|field| field.filled_by.is_none()).filter_map(|field| {
            let value = account.values.get(&field.id)?;
            let option = field.options.iter().find(|option| field.kind == FieldKind::Select && option.value == *value);
            Some((field.title.clone(), option.map_or(value, |option| &option.title).clone()))
        });
        Self {
            connector: manifest.id.clone(),
            kind: account.kind,
            title: title(manifest, account),
            by_oauth: file.is_by_oauth(account),
            shown: shown.collect(),
            values: account.values.clone(),
            expect: account.expect.clone(),
            identity: account.identity.clone(),
            headline: account.headline.clone(),
        }
    }
}

pub(super) fn title(manifest: &Manifest, account: &file::Account) -> String {
    if !account.title.is_empty() {
        return account.title.clone();
    }
    match account.kind {
        Kind::Works => "Works".to_owned(),
        Kind::Wrong => format!("Wrong {}", manifest.credential_noun),
        Kind::Revoked => "Revoked".to_owned(),
        Kind::FewRights => "Has too few rights".to_owned(),
        Kind::RateLimited => "Asks to slow down".to_owned(),
        Kind::Down => "Has a fault".to_owned(),
        Kind::Html => "Answers with a web page".to_owned(),
        Kind::Slow => "Answers after a minute".to_owned(),
        Kind::Endless => "Never stops answering".to_owned(),
        Kind::Redirect => "Sends the request elsewhere".to_owned(),
        Kind::Other => "Something else".to_owned(),
    }
}

/// The account's entries as the provider gets to see them: what is typed, or else what an empty entry means.
pub(super) fn entries(manifest: &Manifest, account: &file::Account) -> Entries {
    let value = |field: &crate::catalogue::Field| account.values.get(&field.id).filter(|value| !value.is_empty()).unwrap_or(&field.default).clone();
    let values = manifest.fields.iter().map(|field| (field.id.clone(), value(field))).collect();
    let paths = manifest.fields.iter().filter(|field| field.kind.as_str() == "path").map(|field| field.id.clone()).collect();
    Entries::new(values, paths)
}
