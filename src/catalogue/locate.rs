//! Where in a manifest's text a key stands.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The text of a manifest, with its keys when it is TOML.
pub(super) struct Document<'a> {
    text: &'a str,
    root: Option<Spanned<DeTable<'a>>>,
}

impl<'a> Document<'a> {
    /// Reads the text.
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, root: DeTable::parse(text).ok() }
    }

    /// The line of a byte, counted from 1.
    pub(super) fn line(&self, offset: usize) -> usize {
        self.text.bytes().take(offset).filter(|byte| *byte == b'\n').count() + 1
    }

    /// The line of a key such as `fields.api_key.pattern` or `check.errors[0].matches`, or of the innermost table around it that there is.
    /// Items of a list are found by their number or by their `id`.
    pub(super) fn line_of(&self, key: &str) -> Option<usize> {
        let mut table = self.root.as_ref()?.get_ref();
        let mut found = None;
        let mut list: Option<&DeValue<'_>> = None;
        for segment in key.split(['.', '[', ']']).filter(|segment| !segment.is_empty()) {
            let value = match list.take().and_then(DeValue::as_array) {
                Some(items) => {
                    let by_number = segment.parse().ok().and_then(|number: usize| items.get(number));
                    let has_id = |item: &&Spanned<DeValue<'_>>| id_of(item.get_ref()) == Some(segment);
                    let Some(item) = by_number.or_else(|| items.iter().find(has_id)) else { break };
                    found = Some(item.span().start);
                    item.get_ref()
                }
                None => {
                    let Some((name, value)) = table.iter().find(|(name, _)| name.get_ref() == segment) else { break };
                    found = Some(name.span().start);
                    value.get_ref()
                }
            };
            match value {
                DeValue::Table(inner) => table = inner,
                DeValue::Array(_) => list = Some(value),
                _ => break,
            }
        }
        found.map(|offset| self.line(offset))
    }

    /// The text of a key at the top.
    pub(super) fn text_at(&self, key: &str) -> Option<String> {
        let (_, value) = self.root.as_ref()?.get_ref().iter().find(|(name, _)| name.get_ref() == key)?;
        value.get_ref().as_str().map(str::to_owned)
    }

    /// The innermost key around a place in the text; empty outside of any.
    pub(super) fn key_at(&self, place: &Range<usize>) -> String {
        let mut path = String::new();
        if let Some(root) = &self.root {
            descend(root.get_ref(), place, &mut path);
        }
        path
    }
}

fn id_of<'v>(item: &'v DeValue<'_>) -> Option<&'v str> {
    item.as_table()?.iter().find(|(name, _)| name.get_ref() == "id")?.1.get_ref().as_str()
}

fn holds(outer: &Range<usize>, inner: &Range<usize>) -> bool {
    outer.start <= inner.start && inner.start < outer.end.max(outer.start + 1)
}

fn descend(table: &DeTable<'_>, place: &Range<usize>, path: &mut String) {
    for (name, value) in table {
        let on_key = holds(&name.span(), place);
        if on_key || holds(&value.span(), place) {
            path.push_str(if path.is_empty() { "" } else { "." });
            path.push_str(name.get_ref());
            if !on_key {
                into(value.get_ref(), place, path);
            }
            return;
        }
    }
}

fn into(value: &DeValue<'_>, place: &Range<usize>, path: &mut String) {
    match value {
        DeValue::Table(inner) => descend(inner, place, path),
        DeValue::Array(items) => {
            if let Some((number, item)) = items.iter().enumerate().find(|(_, item)| holds(&item.span(), place)) {
                path.push_str(&format!("[{number}]"));
                into(item.get_ref(), place, path);
            }
        }
        _ => {}
    }
}
