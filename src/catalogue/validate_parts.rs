//! The longer parts of validation: the base URL, the check, the identity.

use super::validate::{Findings, Position};
use super::{FieldKind, Identity, Part, Source, Template};

/// The base URL begins with `https://`, or with one field that is a web address; other places take only values that cannot leave their part of the URL.
pub(super) fn base_url(findings: &mut Findings<'_>, template: &Template) {
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
            FieldKind::Secret | FieldKind::Multiline | FieldKind::SecretMultiline => false,
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
    } else if !matches!(findings.manifest.auth, super::Auth::LoginSession { .. } | super::Auth::Database { .. }) {
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
        if rule.matches.as_ref().is_some_and(|pattern| !pattern.is_well_formed()) {
            findings.add(&format!("{key}.matches"), "is no regular expression that compiles: correct it");
        }
        findings.pointer(&format!("{key}.pointer"), rule.pointer.as_deref().unwrap_or_default());
    }
    for pointer in &check.said {
        findings.pointer("check.said", pointer);
    }
    for request in &check.authorize.requests {
        findings.request("check.authorize.requests", request, Position::Open);
    }
    for note in &check.authorize.notes {
        findings.declared("check.authorize.notes.field", &note.field);
        if !note.pattern.is_well_formed() {
            findings.add("check.authorize.notes.pattern", "is no regular expression that compiles: correct it");
        }
    }
    if let Some(sample) = &check.sample {
        findings.request("check.sample.request", &sample.request, Position::Open);
        findings.pointer("check.sample.rows", &sample.rows);
    }
}

/// Where the account's id and name come from.
pub(super) fn identity(findings: &mut Findings<'_>, key: &str, identity: Option<&Identity>) {
    let Some(identity) = identity else { return };
    if identity.account_name.is_empty() {
        findings.add(&format!("{key}.account_name"), "is empty: say where the account's name stands");
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
