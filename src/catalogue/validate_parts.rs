//! The longer parts of validation: the target, the check, the identity, the streams and the end.

use std::collections::BTreeSet;

use super::validate::{Findings, Position};
use super::{Auth, FieldKind, Identity, Part, Source, Target, Template, is_reserved_header};

/// What is spoken to.
pub(super) fn target(findings: &mut Findings<'_>) {
    match &findings.manifest.target {
        Target::Http { base_url: template, headers, root_certificate, .. } => {
            base_url(findings, template);
            for name in headers.keys().filter(|name| http::HeaderName::from_bytes(name.as_bytes()).is_err() || is_reserved_header(name)) {
                findings.add(&format!("target.headers.{name}"), "is no header name that may be set");
            }
            findings.templates("target.headers", headers, Position::Open);
            let Some(id) = root_certificate else { return };
            findings.declared("target.root_certificate", id);
            if findings.manifest.field(id).is_some_and(|field| field.kind != FieldKind::Multiline) {
                findings.add("target.root_certificate", format!("names `{id}`, which takes no certificate: give it the kind `multiline`"));
            }
        }
        Target::Database { host, port, .. } => {
            findings.declared("target.host", host);
            findings.declared("target.port", port);
        }
    }
}

/// The base URL begins with `https://`, or with one field that is a web address; other places take only values that cannot leave their part of the URL.
fn base_url(findings: &mut Findings<'_>, template: &Template) {
    const KEY: &str = "target.base_url";
    findings.template(KEY, template, Position::Open);
    let first_is_url = match template.parts().first() {
        Some(Part::Field(id)) => findings.manifest.field(id).is_some_and(|field| field.kind == FieldKind::Url),
        _ => false,
    };
    if !first_is_url && !template.text().starts_with("https://") {
        findings.add(KEY, "must begin with `https://` or with a field of kind `url`");
    }
    for (position, id) in template.fields().enumerate() {
        let Some(field) = findings.manifest.field(id) else { continue };
        let fits = match field.kind {
            FieldKind::Url => position == 0 && first_is_url,
            FieldKind::Host | FieldKind::Port | FieldKind::Select => true,
            FieldKind::Text => field.pattern.is_some(),
            FieldKind::Path | FieldKind::Secret | FieldKind::Multiline | FieldKind::SecretMultiline => false,
        };
        if !fits {
            findings.add(KEY, format!("names the field `{id}`, which could hold anything: give it a `pattern` or make it a `host`, `port` or `select`"));
        }
    }
    if template.text().ends_with('/') {
        findings.add(KEY, "ends in `/`: leave it out, paths begin with one");
    }
}

/// The requests, rules and pointers of the check.
pub(super) fn check(findings: &mut Findings<'_>) {
    let Some(check) = &findings.manifest.check else { return };
    if !check.reach.is_empty() && !check.reach.starts_with('/') {
        findings.add("check.reach", "must begin with `/` or be empty");
    }
    if let Some(request) = &check.authenticate {
        findings.request("check.authenticate", request, Position::Open);
    } else if findings.manifest.auth.schemes().iter().any(|scheme| !matches!(scheme, Auth::LoginSession { .. } | Auth::Database { .. })) {
        findings.add("check.authenticate", "is missing: name the request that proves the credential");
    }
    if let Some(fallback) = &check.fallback {
        findings.request("check.fallback.request", &fallback.request, Position::Open);
        identity(findings, "check.fallback.identity", Some(&fallback.identity));
        if fallback.when.is_empty() {
            findings.add("check.fallback.when", "is empty: name the statuses that lead here");
        }
    }
    for (position, rule) in check.errors.iter().enumerate() {
        let key = format!("check.errors[{position}]");
        if rule.status.is_none() && rule.pointer.is_none() {
            findings.add(&key, "fits every answer: give it a `status` or a `pointer`");
        }
        if rule.pointer.is_some() != rule.matches.is_some() {
            findings.add(&key, "needs `pointer` and `matches` together");
        }
        findings.pattern(&format!("{key}.matches"), rule.matches.as_ref());
        findings.pointer(&format!("{key}.pointer"), rule.pointer.as_deref().unwrap_or_default());
    }
    for pointer in &check.said {
        findings.pointer("check.said", pointer);
    }
    findings.pointer("check.authorize.granted", check.authorize.granted.as_deref().unwrap_or_default());
    for (position, request) in check.authorize.requests.iter().enumerate() {
        findings.request(&format!("check.authorize.requests[{position}]"), request, Position::Open);
    }
    for (position, note) in check.authorize.notes.iter().enumerate() {
        findings.declared(&format!("check.authorize.notes[{position}].field"), &note.field);
        findings.pattern(&format!("check.authorize.notes[{position}].pattern"), Some(&note.pattern));
    }
}

/// The lists that can be looked at.
pub(super) fn streams(findings: &mut Findings<'_>) {
    let mut seen = BTreeSet::new();
    for (position, stream) in findings.manifest.streams.iter().enumerate() {
        let key = |name: &str| format!("streams[{position}].{name}");
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'_' | b'-');
        if stream.id.is_empty() || stream.id.len() > 40 || !stream.id.bytes().all(plain) {
            findings.add(&key("id"), "must be at most 40 lower-case letters, digits, `-` and `_`");
        }
        if !seen.insert(stream.id.as_str()) {
            findings.add(&key("id"), "is used twice: choose another");
        }
        for (name, text) in [("title", &stream.title), ("noun", &stream.noun.0), ("noun", &stream.noun.1)] {
            if text.trim().is_empty() {
                findings.add(&key(name), "is empty: write it");
            }
        }
        findings.request(&key("request"), &stream.request, Position::Open);
        findings.pointer(&key("rows"), &stream.rows);
    }
}

/// The request that ends a credential.
pub(super) fn revoke(findings: &mut Findings<'_>) {
    let Some(revoke) = &findings.manifest.revoke else { return };
    findings.request("revoke.request", &revoke.request, Position::Open);
    if revoke.note.trim().is_empty() {
        findings.add("revoke.note", "is empty: say what it does");
    }
}

/// Where the account's id and name come from.
pub(super) fn identity(findings: &mut Findings<'_>, key: &str, identity: Option<&Identity>) {
    let Some(identity) = identity else { return };
    if identity.account_name.is_empty() {
        findings.add(&format!("{key}.account_name"), "is empty: say where the account's name stands");
    }
    if let Some(request) = &identity.request {
        findings.request(&format!("{key}.request"), request, Position::Open);
    }
    let lists = [("account_id", &identity.account_id), ("account_name", &identity.account_name)]
        .into_iter()
        .chain(identity.facts.iter().map(|fact| ("facts", &fact.from)));
    for (name, sources) in lists {
        for source in sources {
            if let Source::Template(template) = source {
                findings.template(&format!("{key}.{name}"), template, Position::Open);
            }
        }
    }
}
