//! What a person typed, checked against the fields of a manifest.

use std::collections::BTreeMap;
use std::net::IpAddr;

use crate::vault::Secret;

use super::assertion::unusable_key;
use super::{Field, FieldKind, Manifest};

const LINE_LIMIT: usize = 4096;
const TEXT_LIMIT: usize = 64 * 1024;

/// Entries that fit their fields.
#[derive(Debug, Default)]
pub struct Accepted {
    /// Values of the fields that are not secret; hidden and empty ones are left out.
    pub config: BTreeMap<String, String>,
    /// Values of the secret fields, unchanged.
    pub secrets: BTreeMap<String, Secret<String>>,
}

/// Checks what was typed: unknown fields are refused, text is trimmed, a secret is never changed, empty entries take the field's default.
/// Entries of fields that are hidden by `visible_when` are ignored.
///
/// # Errors
/// Every wrong field with a sentence that says how to mend it and never repeats a secret.
pub fn validate_entries(manifest: &Manifest, entries: &BTreeMap<String, Secret<String>>) -> Result<Accepted, Vec<(String, String)>> {
    let accepted = validate_fields(&manifest.name, &manifest.fields, entries)?;
    unusable_key(manifest, &accepted).map_or(Ok(accepted), |error| Err(vec![error]))
}

/// The same for a form of these fields; `name` is whose form it is.
///
/// # Errors
/// As [`validate_entries`].
pub fn validate_fields(name: &str, fields: &[Field], entries: &BTreeMap<String, Secret<String>>) -> Result<Accepted, Vec<(String, String)>> {
    let mut accepted = Accepted::default();
    let mut errors: Vec<(String, String)> = entries
        .keys()
        .filter(|key| !fields.iter().any(|field| field.id == **key))
        .map(|key| (key.clone(), format!("{name} has no field of this name. Leave it out.")))
        .collect();
    let value_of = |id: &str| entries.get(id).map_or("", |entry| entry.expose().trim());
    for field in fields.iter().filter(|field| is_asked(fields, field, &value_of)) {
        let typed = entries.get(&field.id).map_or("", |entry| entry.expose().as_str());
        if field.kind.is_secret() {
            match check_secret(field, typed) {
                Ok(true) => {
                    accepted.secrets.insert(field.id.clone(), Secret::new(typed.to_owned()));
                }
                Ok(false) => {}
                Err(message) => errors.push((field.id.clone(), message)),
            }
        } else {
            match read_open(field, typed) {
                Ok(Some(value)) => {
                    accepted.config.insert(field.id.clone(), value);
                }
                Ok(None) => {}
                Err(message) => errors.push((field.id.clone(), message)),
            }
        }
    }
    if errors.is_empty() { Ok(accepted) } else { Err(errors) }
}

/// Whether `field`, one of `fields`, is asked for under these entries.
pub(super) fn is_asked<'a>(fields: &[Field], field: &Field, value_of: &dyn Fn(&str) -> &'a str) -> bool {
    if field.filled_by.is_some() {
        return false;
    }
    let Some(condition) = &field.visible_when else { return true };
    let typed = value_of(&condition.field);
    let effective = if typed.is_empty() { fields.iter().find(|other| other.id == condition.field).map_or("", |other| other.default.as_str()) } else { typed };
    condition.values.iter().any(|value| value == effective)
}

impl Field {
    /// Whether a value that nobody typed fits an open field.
    pub fn takes(&self, value: &str) -> bool {
        !self.kind.is_secret() && read_open(self, value).is_ok_and(|read| read.as_deref() == Some(value))
    }
}

/// The title inside a sentence: `API key` stays, `Site name` becomes `site name`.
pub fn spoken(title: &str) -> String {
    let mut characters = title.chars();
    match (characters.next(), characters.next()) {
        (Some(first), Some(second)) if first.is_uppercase() && !second.is_uppercase() => format!("{}{}", first.to_lowercase(), &title[first.len_utf8()..]),
        _ => title.to_owned(),
    }
}

fn looks_wrong(field: &Field) -> String {
    let example = if field.example.is_empty() { String::new() } else { format!(" It looks like {}.", field.example) };
    let title = spoken(&field.title);
    let article = if title.starts_with(['a', 'e', 'i', 'o', 'A', 'E', 'I', 'O']) { "an" } else { "a" };
    format!("This is not {article} {title} as we know it.{example}")
}

fn missing(field: &Field) -> String {
    let verb = if field.kind == FieldKind::Select { "Choose" } else { "Enter" };
    format!("{verb} the {}.", spoken(&field.title))
}

fn check_secret(field: &Field, typed: &str) -> Result<bool, String> {
    let title = spoken(&field.title);
    let several_lines = field.kind == FieldKind::SecretMultiline;
    if typed.is_empty() {
        return if field.required { Err(missing(field)) } else { Ok(false) };
    }
    if !several_lines && typed.trim() != typed {
        return Err(format!("The {title} begins or ends with a space or a line break. Paste it again without."));
    }
    if typed.len() > if several_lines { TEXT_LIMIT } else { LINE_LIMIT } {
        return Err(format!("The {title} is too long. Paste only the {title} itself."));
    }
    if typed.chars().any(|character| character.is_control() && !(several_lines && matches!(character, '\n' | '\r' | '\t'))) {
        return Err(format!("The {title} holds a line break or another invisible character. Paste it again."));
    }
    match &field.pattern {
        Some(pattern) if !pattern.matches(typed) => Err(looks_wrong(field)),
        _ => Ok(true),
    }
}

fn read_open(field: &Field, typed: &str) -> Result<Option<String>, String> {
    let title = spoken(&field.title);
    let trimmed = typed.trim();
    let value = if trimmed.is_empty() { field.default.as_str() } else { trimmed };
    if value.is_empty() {
        return if field.required { Err(missing(field)) } else { Ok(None) };
    }
    let several_lines = field.kind == FieldKind::Multiline;
    if value.len() > if several_lines { TEXT_LIMIT } else { LINE_LIMIT } {
        return Err(format!("The {title} is too long. Shorten it."));
    }
    if value.chars().any(|character| character.is_control() && !(several_lines && matches!(character, '\n' | '\r' | '\t'))) {
        return Err(format!("The {title} holds a line break or another invisible character. Type it again."));
    }
    check_kind(field, value)?;
    match &field.pattern {
        Some(pattern) if !pattern.matches(value) => Err(looks_wrong(field)),
        _ => Ok(Some(value.to_owned())),
    }
}

/// Whether `value` fits the kind of `field`; the message says how to mend it.
pub(super) fn check_kind(field: &Field, value: &str) -> Result<(), String> {
    match field.kind {
        FieldKind::Host if !is_host(value) => Err("Enter one host name or IP address, such as db.example.com, without https://, port or path.".to_owned()),
        FieldKind::Port if !value.parse::<u16>().is_ok_and(|port| port > 0 && port.to_string() == value) => {
            Err("Enter a port: a number from 1 to 65535.".to_owned())
        }
        FieldKind::Select if !field.options.iter().any(|option| option.value == value) => {
            Err(format!("Choose one of the listed values for the {}.", spoken(&field.title)))
        }
        FieldKind::Url => check_url(value),
        FieldKind::Path if !is_path(value) => {
            Err("Enter a path that begins with /, such as /v1/me, without host, #, spaces, \\, // or dots that lead elsewhere.".to_owned())
        }
        _ => Ok(()),
    }
}

fn is_host(value: &str) -> bool {
    if value.parse::<IpAddr>().is_ok() {
        return true;
    }
    let name = value.strip_suffix('.').unwrap_or(value);
    value.len() <= 253
        && name.split('.').all(|label| {
            !label.is_empty()
                && label.len() <= 63
                && !label.starts_with('-')
                && label.chars().all(|character| character.is_alphanumeric() || matches!(character, '-' | '_'))
        })
}

/// Whether `value` stays a path below the base URL, whatever stands in it: nothing that a URL parser reads as another host or as a way up.
pub(super) fn is_path(value: &str) -> bool {
    let lower = value.to_ascii_lowercase();
    value.starts_with('/')
        && !["..", "//", "/./", "\\", "#", "%2e", "%2f", "%5c"].iter().any(|part| lower.contains(part))
        && !value.chars().any(|character| character.is_control() || character.is_whitespace())
}

fn check_url(value: &str) -> Result<(), String> {
    let parsed = url::Url::parse(value).ok().filter(|url| url.scheme() == "https" && url.host_str().is_some());
    let Some(url) = parsed else { return Err("Enter a web address that begins with https://, such as https://shop.example.com.".to_owned()) };
    if !url.username().is_empty() || url.password().is_some() {
        return Err("Leave the user name and password out of the address.".to_owned());
    }
    if url.fragment().is_some() || url.query().is_some() {
        return Err("Leave out everything from the ? or # on.".to_owned());
    }
    Ok(())
}
