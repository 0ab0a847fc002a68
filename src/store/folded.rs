//! Text as it is searched and sorted: the same on both engines, whatever their collations are.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// Longer texts are cut: SQLite refuses patterns beyond 50,000 bytes.
const LONGEST_PATTERN: usize = 512;

/// Lower case without accents and control characters: `Café Übersee` becomes `cafe ubersee`.
pub(in crate::store) fn fold(text: &str) -> String {
    text.nfkd().filter(|character| !is_combining_mark(*character) && !character.is_control()).flat_map(char::to_lowercase).collect()
}

/// For `LIKE '%' || … || '%' ESCAPE '!'`, which then finds `text` anywhere in a folded one; the whole alphabet of `text` stands for itself.
pub(in crate::store) fn searched(text: &str) -> String {
    escaped(&fold(text))
}

/// For `LIKE '%' || … || '%' ESCAPE '!'`, which then finds a tag, whole, in a JSON list of tags; everything for an empty one. No tag holds what JSON escapes.
pub(in crate::store) fn searched_tag(tag: &str) -> String {
    if tag.is_empty() { String::new() } else { escaped(&format!("\"{tag}\"")) }
}

fn escaped(text: &str) -> String {
    let mut pattern = String::new();
    for character in text.chars().take(LONGEST_PATTERN) {
        if matches!(character, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(character);
    }
    pattern
}
