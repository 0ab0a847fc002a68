//! The connectors that there are.

use std::collections::BTreeMap;
use std::fmt;

use super::Manifest;
use super::validate::validate;

const EMBEDDED: [(&str, &str); 4] = [
    ("mysql.toml", include_str!("manifests/mysql.toml")),
    ("postgresql.toml", include_str!("manifests/postgresql.toml")),
    ("stripe.toml", include_str!("manifests/stripe.toml")),
    ("ventures.toml", include_str!("manifests/ventures.toml")),
];

/// What is wrong in a manifest: the file, the key, and how to mend it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ManifestError {
    /// The file.
    pub file: String,
    /// The key, such as `fields.api_key.pattern`; empty when the text is no TOML of the known shape.
    pub key: String,
    /// What is wrong and how to mend it.
    pub message: String,
}

impl fmt::Display for ManifestError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.key.is_empty() {
            write!(formatter, "{}: {}", self.file, self.message)
        } else {
            write!(formatter, "{}: `{}` {}", self.file, self.key, self.message)
        }
    }
}

impl std::error::Error for ManifestError {}

/// Reads one manifest and validates it.
///
/// # Errors
/// Everything that is wrong in it.
pub fn read(file: &str, text: &str) -> Result<Manifest, Vec<ManifestError>> {
    let manifest: Manifest = toml::from_str(text)
        .map_err(|error| vec![ManifestError { file: file.to_owned(), key: String::new(), message: error.to_string().trim_end().to_owned() }])?;
    let errors = validate(file, &manifest);
    if errors.is_empty() { Ok(manifest) } else { Err(errors) }
}

/// The connectors that there are.
#[derive(Clone, Debug)]
pub struct Registry {
    manifests: BTreeMap<String, Manifest>,
}

impl Registry {
    /// The connectors that come with Latchkey.
    ///
    /// # Errors
    /// Everything that is wrong in any of their manifests.
    pub fn embedded() -> Result<Self, Vec<ManifestError>> {
        Self::from_texts(&EMBEDDED)
    }

    /// A registry of the manifests in `texts`: file name and text of each.
    ///
    /// # Errors
    /// Everything that is wrong in any of them, and ids that are used twice.
    pub fn from_texts(texts: &[(&str, &str)]) -> Result<Self, Vec<ManifestError>> {
        let mut manifests = BTreeMap::new();
        let mut errors = Vec::new();
        for (file, text) in texts {
            match read(file, text) {
                Err(found) => errors.extend(found),
                Ok(manifest) => {
                    let id = manifest.id.clone();
                    if manifests.insert(id.clone(), manifest).is_some() {
                        errors.push(ManifestError {
                            file: (*file).to_owned(),
                            key: "id".to_owned(),
                            message: format!("is `{id}`, which another file has: choose another id"),
                        });
                    }
                }
            }
        }
        if errors.is_empty() { Ok(Self { manifests }) } else { Err(errors) }
    }

    /// The connector of this id.
    pub fn get(&self, id: &str) -> Option<&Manifest> {
        self.manifests.get(id)
    }

    /// Every connector, by name.
    pub fn list(&self) -> Vec<&Manifest> {
        let mut list: Vec<&Manifest> = self.manifests.values().collect();
        list.sort_by_key(|manifest| manifest.name.to_lowercase());
        list
    }
}
