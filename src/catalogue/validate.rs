//! What a manifest must fulfil before it is used.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::entries::check_kind;
use super::import::import;
use super::validate_auth::auth;
use super::validate_oauth::{is_of_oauth, oauth};
use super::validate_parts::{check, identity, revoke, streams, target};
use super::{Field, FieldKind, Manifest, ManifestError, Method, Part, Pattern, Request, Target, Template, Tier, Words};
use crate::domain::CheckCode;

/// Form keys and template names that mean something else.
const RESERVED: [&str; 8] = ["connector", "credential", "destination", "draft", "id", "name", "provider", "session"];

/// The most that a manifest may hold of each, so that one from a browser costs little.
const MOST_FIELDS: usize = 40;
const MOST_STREAMS: usize = 20;
const MOST_RULES: usize = 40;

/// Collects what is wrong.
pub(super) struct Findings<'a> {
    file: &'a str,
    pub(super) manifest: &'a Manifest,
    errors: Vec<ManifestError>,
}

/// Which fields a template may name.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Position {
    /// Only fields that are not secret.
    Open,
    /// Any field, and `{session}` where the flag says so.
    Credential { session: bool },
    /// The path of a request: fields that are not secret, those of kind `path` among them.
    Path,
    /// Fields that are not secret, those of an OAuth app among them, and `{client_id}`, `{redirect_uri}`, `{scopes}`.
    App,
    /// Fields that are not secret and the names of things: `{provider}`, `{destination}`, `{credential}`.
    Words,
}

impl Findings<'_> {
    pub(super) fn add(&mut self, key: &str, message: impl Into<String>) {
        self.errors.push(ManifestError { file: self.file.to_owned(), key: key.to_owned(), line: None, message: message.into() });
    }

    pub(super) fn declared(&mut self, key: &str, id: &str) {
        if self.manifest.field(id).is_none() {
            self.add(key, format!("names the field `{id}`, which is not declared: add it to `fields` or correct the name"));
        }
    }

    pub(super) fn template(&mut self, key: &str, template: &Template, position: Position) {
        if !template.is_well_formed() {
            self.add(key, "has a brace without its partner or without a field id: write `{field_id}`");
        }
        for id in template.fields() {
            let known_word = match position {
                Position::Open | Position::Path | Position::App => false,
                Position::Credential { session } => session && id == "session",
                Position::Words => matches!(id, "provider" | "destination" | "credential"),
            };
            match self.manifest.field(id) {
                _ if known_word || is_of_oauth(self.manifest.oauth.as_ref(), id, position) => {}
                None => self.declared(key, id),
                Some(field) if field.kind.is_secret() && !matches!(position, Position::Credential { .. }) => {
                    self.add(key, format!("names the secret field `{id}`: a secret may stand only in `auth`"));
                }
                Some(field) if field.kind == FieldKind::Path && !matches!(position, Position::Path | Position::Words) => {
                    self.add(key, format!("names the field `{id}` of kind `path`, which may stand only in the `path` of a request"));
                }
                Some(_) => {}
            }
        }
    }

    pub(super) fn pointer(&mut self, key: &str, pointer: &str) {
        if !pointer.is_empty() && !pointer.starts_with('/') {
            self.add(key, format!("is `{pointer}`, which is no JSON pointer: begin it with `/`"));
        }
    }

    pub(super) fn pattern(&mut self, key: &str, pattern: Option<&Pattern>) {
        if pattern.is_some_and(|pattern| !pattern.is_well_formed()) {
            self.add(key, "is no regular expression that compiles, or one that grows too large: correct it");
        }
    }

    pub(super) fn is_path(&self, id: &str) -> bool {
        self.manifest.field(id).is_some_and(|field| field.kind == FieldKind::Path)
    }

    pub(super) fn request(&mut self, key: &str, request: &Request, body: Position) {
        let path_key = format!("{key}.path");
        let begins_with_path = matches!(request.path.parts().first(), Some(Part::Field(id)) if self.is_path(id));
        if !request.path.text().is_empty() && !request.path.text().starts_with('/') && !begins_with_path {
            self.add(&path_key, "must begin with `/` or be empty");
        }
        let parts = request.path.parts();
        if parts.iter().rev().skip(1).any(|part| matches!(part, Part::Field(id) if self.is_path(id))) {
            self.add(&path_key, "goes on after a field of kind `path`, which may have a query: put the field at its end");
        }
        self.template(&path_key, &request.path, Position::Path);
        if request.method == Method::Delete && key != "revoke.request" {
            self.add(&format!("{key}.method"), "is `DELETE`, which changes something: only `revoke` may");
        }
        self.templates(&format!("{key}.query"), &request.query, Position::Open);
        if let Some(form) = &request.form {
            self.templates(&format!("{key}.form"), form, body);
        }
        let mut found = Vec::new();
        if let Some(json) = &request.json {
            json.templates(&format!("{key}.json"), &mut found);
        }
        for (place, template) in found {
            self.template(&place, template, body);
        }
        if request.form.is_some() && request.json.is_some() {
            self.add(key, "has both `json` and `form`: keep one");
        }
        for requirement in &request.success.require {
            self.pointer(&format!("{key}.success.require"), &requirement.pointer);
        }
        for pointer in &request.success.absent {
            self.pointer(&format!("{key}.success.absent"), pointer);
        }
    }

    pub(super) fn templates(&mut self, key: &str, templates: &BTreeMap<String, Template>, position: Position) {
        for (name, template) in templates {
            self.template(&format!("{key}.{name}"), template, position);
        }
    }
}

/// Everything that is wrong in `manifest`, which stands in `file`; nothing when it may be used.
pub(super) fn validate(file: &str, manifest: &Manifest) -> Vec<ManifestError> {
    let mut findings = Findings { file, manifest, errors: Vec::new() };
    limits(&mut findings);
    if !findings.errors.is_empty() {
        return findings.errors;
    }
    head(&mut findings);
    for field in &manifest.fields {
        check_field(&mut findings, field);
    }
    unique_fields(&mut findings);
    target(&mut findings);
    auth(&mut findings);
    oauth(&mut findings);
    check(&mut findings);
    identity(&mut findings, "identity", manifest.identity.as_ref());
    streams(&mut findings);
    revoke(&mut findings);
    words(&mut findings, "words", &manifest.words);
    import(&mut findings);
    findings.errors
}

fn limits(findings: &mut Findings<'_>) {
    let manifest = findings.manifest;
    let check = manifest.check.as_ref();
    let counts = [
        ("fields", manifest.fields.len(), MOST_FIELDS),
        ("streams", manifest.streams.len(), MOST_STREAMS),
        ("check.errors", check.map_or(0, |check| check.errors.len()), MOST_RULES),
        ("check.authorize.notes", check.map_or(0, |check| check.authorize.notes.len()), MOST_RULES),
        ("check.authorize.requests", check.map_or(0, |check| check.authorize.requests.len()), MOST_STREAMS),
    ];
    for (key, count, most) in counts {
        if count > most {
            findings.add(key, format!("has {count} entries: keep to {most}"));
        }
    }
}

fn head(findings: &mut Findings<'_>) {
    let manifest = findings.manifest;
    let id_is_plain = manifest.id.starts_with(|first: char| first.is_ascii_lowercase())
        && manifest.id.len() <= 40
        && manifest.id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'_' | b'-'));
    if !id_is_plain {
        findings.add("id", "must begin with a letter and hold at most 40 lower-case letters, digits, `-` and `_`");
    }
    if findings.file.strip_suffix(".toml") != Some(manifest.id.as_str()) {
        findings.add("id", format!("is `{}`, but the file has another name: call the file `{}.toml`", manifest.id, manifest.id));
    }
    let texts = [
        ("name", &manifest.name),
        ("summary", &manifest.summary),
        ("sign_in", &manifest.sign_in),
        ("credential_noun", &manifest.credential_noun),
        ("about.reads", &manifest.about.reads),
        ("about.never", &manifest.about.never),
        ("about.stored", &manifest.about.stored),
        ("about.needs", &manifest.about.needs),
    ];
    for (key, _) in texts.iter().filter(|(_, text)| text.trim().is_empty()) {
        findings.add(key, "is empty: write it");
    }
    if manifest.regions.is_empty() {
        findings.add("regions", "is empty: name a region or `Global`");
    }
    if !manifest.docs_url.is_empty() && !manifest.docs_url.starts_with("https://") {
        findings.add("docs_url", "must begin with `https://`");
    }
    if manifest.tier == Tier::Ready && matches!(manifest.target, Target::Http { .. }) {
        if manifest.check.is_none() {
            findings.add("check", "is missing, and `tier` is `ready`: add a check or set `tier = \"preview\"`");
        }
        if manifest.identity.is_none() {
            findings.add("identity", "is missing, and `tier` is `ready`: add it or set `tier = \"preview\"`");
        }
        if manifest.streams.is_empty() {
            findings.add("streams", "is missing, and `tier` is `ready`: name a list that can be looked at or set `tier = \"preview\"`");
        }
    }
}

fn unique_fields(findings: &mut Findings<'_>) {
    let mut seen = BTreeSet::new();
    for field in &findings.manifest.fields {
        if !seen.insert(field.id.as_str()) {
            findings.add(&format!("fields.{}", field.id), "is declared twice: keep one");
        }
    }
}

pub(super) fn check_field(findings: &mut Findings<'_>, field: &Field) {
    let key = |name: &str| format!("fields.{}.{name}", field.id);
    let id_is_plain = field.id.starts_with(|first: char| first.is_ascii_lowercase())
        && field.id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
    if !id_is_plain || RESERVED.contains(&field.id.as_str()) {
        findings.add(&key("id"), format!("must be lower-case letters, digits and `_`, and none of {}", RESERVED.join(", ")));
    }
    if field.title.trim().is_empty() {
        findings.add(&key("title"), "is empty: write the label");
    }
    findings.pattern(&key("pattern"), field.pattern.as_ref());
    if (field.kind == FieldKind::Select) == field.options.is_empty() {
        findings.add(&key("options"), "belongs to a select, and only there: add options or change `kind`");
    }
    if field.kind.is_secret() && !field.default.is_empty() {
        findings.add(&key("default"), "is set on a secret: remove it");
    } else if !field.default.is_empty()
        && (check_kind(field, &field.default).is_err() || field.pattern.as_ref().is_some_and(|pattern| !pattern.matches(&field.default)))
    {
        findings.add(&key("default"), "does not fit the field's own kind, options or pattern: correct it");
    }
    if !field.find_url.is_empty() && !field.find_url.starts_with("https://") {
        findings.add(&key("find_url"), "must begin with `https://`");
    }
    if let Some(condition) = &field.visible_when {
        findings.declared(&key("visible_when"), &condition.field);
        let other = findings.manifest.field(&condition.field).filter(|other| other.kind == FieldKind::Select);
        let unknown = other.and_then(|other| condition.values.iter().find(|value| other.options.iter().all(|option| &option.value != *value)));
        if let Some(unknown) = unknown {
            findings.add(&key("visible_when"), format!("names `{unknown}`, which `{}` does not offer: correct it", condition.field));
        }
    }
}

/// What is said of failures; `section` is the key that it stands below.
pub(super) fn words(findings: &mut Findings<'_>, section: &str, words: &HashMap<CheckCode, Words>) {
    for (code, words) in words {
        let key = |name: &str| format!("{section}.{}.{name}", code.as_str());
        for (name, template) in [("headline", &words.headline), ("sentence", &words.sentence), ("cause", &words.cause), ("fix", &words.fix)] {
            if let Some(template) = template {
                findings.template(&key(name), template, Position::Words);
            }
        }
        for template in words.fix_steps.iter().flatten() {
            findings.template(&key("fix_steps"), template, Position::Words);
        }
        if let Some(field) = &words.field {
            findings.declared(&key("field"), field);
        }
    }
}
