//! What the way of signing in must fulfil.

use std::collections::{BTreeMap, BTreeSet};

use super::validate::{Findings, Position};
use super::validate_oauth::is_spent;
use super::{Auth, Field, FieldKind, Key, KeyPlace, Target, Template, TokenPlace, is_reserved_header};

const CREDENTIAL: Position = Position::Credential { session: false };

/// The scheme, or each scheme of a choice, and that every secret is sent by at least one.
pub(super) fn auth(findings: &mut Findings<'_>) {
    let manifest = findings.manifest;
    let mut used = BTreeSet::new();
    if let Auth::Choice { field, options } = &manifest.auth {
        choice(findings, field, options);
        for (value, option) in options {
            scheme(findings, &format!("auth.options.{value}"), option, &mut used);
        }
    } else {
        scheme(findings, "auth", &manifest.auth, &mut used);
    }
    if matches!(manifest.auth, Auth::Database { .. }) != matches!(manifest.target, Target::Database { .. }) {
        findings.add("auth.scheme", "and `target.kind` must both be `database`, or neither");
    }
    for field in manifest.fields.iter().filter(|field| field.kind.is_secret() && !used.contains(&field.id) && !is_spent(manifest.oauth.as_ref(), &field.id)) {
        findings.add(&format!("fields.{}", field.id), "is asked for, but `auth` never sends it: use it or remove it");
    }
}

fn choice(findings: &mut Findings<'_>, id: &str, options: &BTreeMap<String, Auth>) {
    findings.declared("auth.field", id);
    let Some(field) = findings.manifest.field(id) else { return };
    let always_has_one = field.required || !field.default.is_empty();
    if field.kind != FieldKind::Select || field.visible_when.is_some() || !always_has_one {
        findings.add("auth.field", format!("names `{id}`: make it a `select` that is always shown and is `required` or has a `default`"));
    }
    for value in field.options.iter().map(|option| &option.value).filter(|value| !options.contains_key(*value)) {
        findings.add("auth.options", format!("says nothing for the value `{value}` of `{id}`: add `[auth.options.{value}]`"));
    }
    for value in options.keys().filter(|value| field.options.iter().all(|option| &option.value != *value)) {
        findings.add(&format!("auth.options.{value}"), format!("is no value of `{id}`: correct or remove it"));
    }
}

fn scheme(findings: &mut Findings<'_>, key: &str, auth: &Auth, used: &mut BTreeSet<String>) {
    let at = |name: &str| format!("{key}.{name}");
    let mut credential = |findings: &mut Findings<'_>, name: &str, template: &Template| {
        used.extend(template.fields().map(str::to_owned));
        findings.template(&at(name), template, CREDENTIAL);
    };
    match auth {
        Auth::None => {}
        Auth::Bearer { token } => credential(findings, "token", token),
        Auth::Basic { username, password } => {
            credential(findings, "username", username);
            credential(findings, "password", password);
        }
        Auth::ApiKey { keys } => {
            for (position, one) in keys.iter().enumerate() {
                credential(findings, &format!("keys[{position}].value"), &one.value);
                key_name(findings, &at(&format!("keys[{position}].name")), one);
            }
            if keys.is_empty() {
                findings.add(&at("keys"), "is empty: say where the key stands");
            }
        }
        Auth::AwsSigv4 { access_key_id, secret_access_key, session_token, region, service } => {
            credential(findings, "access_key_id", access_key_id);
            credential(findings, "secret_access_key", secret_access_key);
            if let Some(token) = session_token {
                credential(findings, "session_token", token);
            }
            findings.template(&at("region"), region, Position::Open);
            findings.template(&at("service"), service, Position::Open);
        }
        Auth::LoginSession { request, token, header, value } => {
            let mut found = Vec::new();
            if let Some(json) = &request.json {
                json.templates("", &mut found);
            }
            let templates = found.iter().map(|(_, template)| *template).chain(request.form.iter().flat_map(BTreeMap::values)).chain([value]);
            used.extend(templates.flat_map(Template::fields).map(str::to_owned));
            findings.request(&at("request"), request, CREDENTIAL);
            findings.template(&at("value"), value, Position::Credential { session: true });
            if !value.fields().any(|id| id == "session") {
                findings.add(&at("value"), "does not send the token: write `{session}` where it belongs");
            }
            if token.is_empty() {
                findings.add(&at("token"), "is empty: say where the token stands, such as `/token` or `text`");
            }
            for place in token {
                if let TokenPlace::Pointer(pointer) = place {
                    findings.pointer(&at("token"), pointer);
                }
            }
            if !is_header(header) {
                findings.add(&at("header"), "is no header name that may be set");
            }
        }
        Auth::Database { user, password, database } => {
            for (name, id) in [("user", user), ("password", password), ("database", database)] {
                findings.declared(&at(name), id);
            }
            used.insert(password.clone());
            if key != "auth" {
                findings.add(&at("scheme"), "is `database`, which is no choice over HTTP");
            }
        }
        Auth::Choice { .. } => findings.add(&at("scheme"), "is a choice within a choice: name every scheme in the outer one"),
    }
}

/// The name of a header or parameter; one from a field only when the field's values can be such a name.
fn key_name(findings: &mut Findings<'_>, key: &str, one: &Key) {
    findings.template(key, &one.name, Position::Open);
    let mut names = one.name.fields().peekable();
    if names.peek().is_none() {
        let fits = if one.place == KeyPlace::Header { is_header(one.name.text()) } else { !one.name.text().is_empty() };
        if !fits {
            findings.add(key, "is no header or parameter name that may be set");
        }
        return;
    }
    let free = |field: &&Field| field.kind != FieldKind::Select && field.pattern.is_none();
    let free: Vec<&str> = names.filter_map(|id| findings.manifest.field(id)).filter(free).map(|field| field.id.as_str()).collect();
    for id in free {
        findings.add(key, format!("names the field `{id}`, which could hold anything: give it a `pattern`, such as `[A-Za-z][A-Za-z0-9-]{{0,63}}`"));
    }
}

pub(super) fn is_header(name: &str) -> bool {
    http::HeaderName::from_bytes(name.as_bytes()).is_ok() && !is_reserved_header(name)
}
