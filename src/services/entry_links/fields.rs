//! Which fields a link asks for.

use std::collections::BTreeMap;

use crate::catalogue::{Field, Manifest};
use crate::dto::AskChoice;

/// What was typed into the fields that are no secret.
pub type Given = BTreeMap<String, String>;

fn typed<'a>(given: &'a Given, field: &Field) -> Option<&'a str> {
    given.get(&field.id).map(|value| value.trim()).filter(|value| !value.is_empty())
}

/// Whether nobody but the visitor can fill it in.
fn is_needed(field: &Field, given: &Given) -> bool {
    field.kind.is_secret() || field.required && field.default.is_empty() && typed(given, field).is_none()
}

/// Whether the form can show it, given the fields that are asked for so far.
fn can_show(manifest: &Manifest, field: &Field, given: &Given, asked: &[String]) -> bool {
    let Some(condition) = &field.visible_when else { return true };
    if asked.contains(&condition.field) {
        return true;
    }
    let Some(other) = manifest.field(&condition.field) else { return false };
    let value = typed(given, other).unwrap_or(&other.default);
    condition.values.iter().any(|wanted| wanted == value)
}

/// The keys to ask for, in the order of the form: those chosen (none stands for all that are empty), and those that nobody else can fill in.
pub fn asked(manifest: &Manifest, given: &Given, chosen: Option<&[String]>) -> Vec<String> {
    let mut asked = Vec::new();
    for field in &manifest.fields {
        let wanted = chosen.map_or_else(|| typed(given, field).is_none(), |chosen| chosen.contains(&field.id));
        if (wanted || is_needed(field, given)) && can_show(manifest, field, given, &asked) {
            asked.push(field.id.clone());
        }
    }
    asked
}

/// What the asker filled in and the link does not ask for.
pub fn kept(manifest: &Manifest, given: &Given, asked: &[String]) -> Given {
    let fields = manifest.fields.iter().filter(|field| !field.kind.is_secret() && !asked.contains(&field.id));
    fields.filter(|field| can_show(manifest, field, given, asked)).filter_map(|field| Some((field.id.clone(), typed(given, field)?.to_owned()))).collect()
}

/// Titles of these fields, in the order of the form.
pub fn titles(manifest: &Manifest, is_one: impl Fn(&str) -> bool) -> Vec<String> {
    manifest.fields.iter().filter(|field| is_one(&field.id)).map(|field| field.title.clone()).collect()
}

/// What the asker can choose from.
pub fn choices(manifest: &Manifest, given: &Given) -> Vec<AskChoice> {
    let by_itself = asked(manifest, given, None);
    let choice =
        |field: &Field| AskChoice { id: field.id.clone(), title: field.title.clone(), asked: by_itself.contains(&field.id), always: is_needed(field, given) };
    manifest.fields.iter().filter(|field| can_show(manifest, field, given, &by_itself)).map(choice).collect()
}
