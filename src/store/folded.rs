//! Text as it is searched and sorted: the same on both engines, whatever their collations are.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// Longer texts are cut: SQLite refuses patterns beyond 50,000 bytes.
const LONGEST_PATTERN: usize = 512;

/// Lower case without accents and control characters: `Café Übersee` becomes `cafe ubersee`.
pub(in crate::store) fn fold(text: &str) -> String {
    text.nfkd().filter(|character| !is_combining_mark(*character) && !character.is_control()).flat_map(char::to_lowercase).collect()
}

/// A pattern for `LIKE … ESCAPE '!'` that finds `text` anywhere in a folded one; the whole alphabet of `text` stands for itself.
pub(in crate::store) fn pattern(text: &str) -> String {
    anywhere(&fold(text))
}

/// A pattern that finds a tag, whole, in a JSON list of tags; everything for an empty one. No tag holds what JSON escapes.
pub(in crate::store) fn tag_pattern(tag: &str) -> String {
    if tag.is_empty() { "%".to_owned() } else { anywhere(&format!("\"{tag}\"")) }
}

fn anywhere(text: &str) -> String {
    let mut pattern = String::from("%");
    for character in text.chars().take(LONGEST_PATTERN) {
        if matches!(character, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(character);
    }
    pattern.push('%');
    pattern
}
