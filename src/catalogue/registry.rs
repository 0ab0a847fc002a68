//! The connectors that there are.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, OnceLock};

use rust_embed::RustEmbed;

use super::Manifest;
use super::locate::Document;
use super::validate::validate;

/// The largest manifest, in bytes.
pub const LARGEST_MANIFEST: usize = 64 * 1024;

const SANDBOX_ENDING: &str = ".sandbox.toml";

#[derive(RustEmbed)]
#[folder = "src/catalogue/manifests"]
struct Files;

/// What is wrong in a manifest: the file, the line, the key, and how to mend it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ManifestError {
    /// The file.
    pub file: String,
    /// The line, counted from 1; none when nothing stands there yet.
    pub line: Option<usize>,
    /// The key, such as `fields.api_key.pattern`; empty when the text is no TOML of the known shape.
    pub key: String,
    /// What is wrong and how to mend it.
    pub message: String,
}

impl fmt::Display for ManifestError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.file)?;
        if let Some(line) = self.line {
            write!(formatter, ", line {line}")?;
        }
        if self.key.is_empty() { write!(formatter, ": {}", self.message) } else { write!(formatter, ": `{}` {}", self.key, self.message) }
    }
}

impl std::error::Error for ManifestError {}

/// Reads one manifest of at most 64 KiB and validates it; `file` is `<id>.toml`.
///
/// # Errors
/// Everything that is wrong in it.
pub fn read(file: &str, text: &str) -> Result<Manifest, Vec<ManifestError>> {
    let wrong = |line, key, message| vec![ManifestError { file: file.to_owned(), line, key, message }];
    if text.len() > LARGEST_MANIFEST {
        return Err(wrong(None, String::new(), format!("is larger than {} KiB: shorten it", LARGEST_MANIFEST / 1024)));
    }
    let document = Document::new(text);
    let manifest: Manifest = toml::from_str(text).map_err(|error| {
        let (line, key) = error.span().map_or((None, String::new()), |span| (Some(document.line(span.start)), document.key_at(&span)));
        wrong(line, key, error.message().trim().to_owned())
    })?;
    let mut errors = validate(file, &manifest);
    for error in &mut errors {
        error.line = document.line_of(&error.key);
    }
    if errors.is_empty() { Ok(manifest) } else { Err(errors) }
}

/// The sandbox file of every connector that comes with one: the connector's id and the text.
pub fn sandbox_files() -> Vec<(String, String)> {
    embedded().into_iter().filter_map(|(file, text)| file.strip_suffix(SANDBOX_ENDING).map(|id| (id.to_owned(), text))).collect()
}

/// Name and text of every file in the folder of the manifests.
fn embedded() -> Vec<(String, String)> {
    let text = |data: Cow<'static, [u8]>| String::from_utf8_lossy(&data).into_owned();
    Files::iter().filter_map(|file| Files::get(&file).map(|found| (file.into_owned(), text(found.data)))).collect()
}

/// The connectors that there are.
#[derive(Clone, Debug)]
pub struct Registry {
    manifests: Arc<BTreeMap<String, Arc<Manifest>>>,
}

impl Registry {
    /// The connectors that come with Latchkey.
    ///
    /// # Errors
    /// Everything that is wrong in any of their manifests.
    pub fn embedded() -> Result<Self, Vec<ManifestError>> {
        static READ: OnceLock<Result<Registry, Vec<ManifestError>>> = OnceLock::new();
        let read = || {
            let files = embedded();
            let manifests = files.iter().filter(|(file, _)| file.ends_with(".toml") && !file.ends_with(SANDBOX_ENDING));
            Self::from_texts(&manifests.map(|(file, text)| (file.as_str(), text.as_str())).collect::<Vec<_>>())
        };
        READ.get_or_init(read).clone()
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
                    if manifests.insert(id.clone(), Arc::new(manifest)).is_some() {
                        errors.push(ManifestError {
                            file: (*file).to_owned(),
                            line: None,
                            key: "id".to_owned(),
                            message: format!("is `{id}`, which another file has: choose another id"),
                        });
                    }
                }
            }
        }
        if errors.is_empty() { Ok(Self { manifests: Arc::new(manifests) }) } else { Err(errors) }
    }

    /// The connector of this id.
    pub fn get(&self, id: &str) -> Option<&Arc<Manifest>> {
        self.manifests.get(id)
    }

    /// Every connector, by name.
    pub fn list(&self) -> Vec<&Arc<Manifest>> {
        let mut list: Vec<&Arc<Manifest>> = self.manifests.values().collect();
        list.sort_by_key(|manifest| manifest.name.to_lowercase());
        list
    }
}
