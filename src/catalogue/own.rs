//! Manifests that an organization has written itself.

use super::locate::Document;
use super::registry::{LARGEST_MANIFEST, read};
use super::{Manifest, ManifestError, Registry};

/// Ids that mean something else in an address.
const RESERVED: [&str; 2] = ["own", "request"];

impl Registry {
    /// Reads the manifest of a connector that an organization adds itself: by the same rules as those that come with Latchkey, and with an id that none of
    /// them has. The file is called what its id says.
    ///
    /// # Errors
    /// Everything that is wrong in it.
    pub fn read_own(&self, text: &str) -> Result<Manifest, Vec<ManifestError>> {
        let id = text_at(text, "id").unwrap_or_else(|| "connector".to_owned());
        let file = format!("{id}.toml");
        let mut manifest = read(&file, text)?;
        if self.get(&manifest.id).is_some() || RESERVED.contains(&manifest.id.as_str()) {
            let message = format!("is `{id}`, which a connector of Latchkey has: choose another id");
            return Err(vec![ManifestError { file, line: line_of(text, "id"), key: "id".to_owned(), message }]);
        }
        manifest.own = true;
        Ok(manifest)
    }
}

/// The text of a key at the top of a manifest that need not be sound; none when the text is no TOML or too large.
pub fn text_at(text: &str, key: &str) -> Option<String> {
    if text.len() > LARGEST_MANIFEST { None } else { Document::new(text).text_at(key) }
}

/// The line of a key of a manifest, counted from 1; none when it does not stand there.
pub fn line_of(text: &str, key: &str) -> Option<usize> {
    Document::new(text).line_of(key)
}
