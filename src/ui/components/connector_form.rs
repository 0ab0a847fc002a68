//! A connector's form, made from its manifest.

use std::collections::BTreeMap;

use leptos::prelude::*;

use crate::domain::CheckCode;
use crate::dto::{ConnectorView, DiagnosisView, FieldView};
use crate::ui::components::{FieldError, Icon, TextArea};
use crate::ui::islands::{SecretField, VisibleWhen};

/// What a form shows in its fields: what was typed, what is wrong, and whether fields carry their symbols.
#[derive(Clone, Copy, Debug)]
pub struct Filled<'a> {
    /// What was typed, secrets left out.
    pub values: &'a BTreeMap<String, String>,
    /// What is wrong with which field.
    pub errors: &'a BTreeMap<String, String>,
    /// Whether addresses and secrets carry a symbol.
    pub symbols: bool,
}

/// The fields in the order of the manifest.
pub fn connector_fields(fields: &[FieldView], filled: Filled<'_>) -> AnyView {
    let all: Vec<_> = fields.iter().map(|field| connector_field(field, filled)).collect();
    if fields.iter().any(|field| field.visible_when.is_some()) { view! { <VisibleWhen>{all}</VisibleWhen> }.into_any() } else { all.into_any() }
}

/// Marks the field that a failed check points at.
pub fn refused_fields(connector: &ConnectorView, refused: Option<&DiagnosisView>) -> BTreeMap<String, String> {
    let named = refused.filter(|diagnosis| connector.fields.iter().any(|field| field.id == diagnosis.field));
    let sentence = |diagnosis: &DiagnosisView| match CheckCode::parse(&diagnosis.code) {
        Some(code) if code.refuses_credential() => format!("Not accepted by {}.", connector.summary.name),
        _ => "The test stopped at this entry.".to_owned(),
    };
    named.map(|diagnosis| (diagnosis.field.clone(), sentence(diagnosis))).into_iter().collect()
}

/// One field: label and link above, control, what is wrong, help below.
pub fn connector_field(field: &FieldView, filled: Filled<'_>) -> impl IntoView + use<> {
    let error = filled.errors.get(&field.id).cloned();
    let id = field.id.clone();
    let described = described_by(field, error.is_some());
    let (when, when_values) = match &field.visible_when {
        Some((other, values)) => (Some(other.clone()), Some(values.join("|"))),
        None => (None, None),
    };
    let optional = (!field.required).then(|| view! { " "<span class="lk-opt">"optional"</span> });
    let help = (!field.help.is_empty()).then(|| view! { <p class="lk-help" id=format!("{id}-help")>{field.help.clone()}</p> });
    let error = error.map(|message| view! { <FieldError id=id.clone() text=message /> });
    view! {
        <div class="lk-field" data-when=when data-when-values=when_values>
            <div class="lk-label"><label for=id.clone()>{field.title.clone()}{optional}</label>{find_link(field)}</div>
            {control(field, filled, described)} {error} {help}
        </div>
    }
}

fn described_by(field: &FieldView, wrong: bool) -> Option<String> {
    let id = field.id.clone();
    let error = wrong.then(|| format!("{id}-error"));
    let help = (!field.help.is_empty()).then(|| format!("{id}-help"));
    let all: Vec<_> = [error, help].into_iter().flatten().collect();
    (!all.is_empty()).then(|| all.join(" "))
}

fn find_link(field: &FieldView) -> impl IntoView + use<> {
    let label = if field.find_label.is_empty() { "Where to find it".to_owned() } else { field.find_label.clone() };
    (!field.find_url.is_empty()).then(|| {
        view! {
            <a class="link inline-flex items-center gap-1 text-xs" href=field.find_url.clone() target="_blank" rel="noreferrer">
                {label}<Icon name="i-arrow-up-right" class="lk-i-sm" /><span class="sr-only">" (opens in a new tab)"</span>
            </a>
        }
    })
}

fn control(field: &FieldView, filled: Filled<'_>, described: Option<String>) -> AnyView {
    let value = if field.secret { String::new() } else { filled.values.get(&field.id).unwrap_or(&field.default).clone() };
    let wrong = filled.errors.contains_key(&field.id).then_some("true");
    let required = field.required && field.visible_when.is_none();
    let (id, name) = (field.id.clone(), field.id.clone());
    match field.kind.as_str() {
        "secret" => secret(field, wrong, required, described, filled.symbols).into_any(),
        "multiline" | "secret_multiline" => {
            view! { <TextArea name=name value=value described_by=described.unwrap_or_default() wrong=wrong.is_some() optional=!required /> }.into_any()
        }
        "select" => {
            let options: Vec<_> = field
                .options
                .iter()
                .map(|option| view! { <option value=option.value.clone() selected=option.value == value>{option.title.clone()}</option> })
                .collect();
            view! { <select class="select" id=id name=name aria-describedby=described aria-invalid=wrong required=required>{options}</select> }.into_any()
        }
        kind => text(field, kind, value, Common { described, wrong, required, symbols: filled.symbols }).into_any(),
    }
}

struct Common {
    described: Option<String>,
    wrong: Option<&'static str>,
    required: bool,
    symbols: bool,
}

fn text(field: &FieldView, kind: &str, value: String, common: Common) -> AnyView {
    let Common { described, wrong, required, symbols } = common;
    let (id, name) = (field.id.clone(), field.id.clone());
    let list = format!("{id}-list");
    let suggestions = (!field.options.is_empty()).then(|| {
        let options: Vec<_> = field.options.iter().map(|option| view! { <option value=option.value.clone()></option> }).collect();
        view! { <datalist id=list.clone()>{options}</datalist> }
    });
    let list = suggestions.is_some().then_some(list);
    let (input_type, mode) = match kind {
        "url" => ("url", "url"),
        "port" => ("text", "numeric"),
        _ => ("text", "text"),
    };
    let placeholder = (!field.example.is_empty()).then(|| field.example.clone());
    if symbols && matches!(kind, "url" | "host") {
        return view! {
            <div class="input">
                <Icon name="i-globe" class="text-faint" />
                <input type=input_type id=id name=name value=value inputmode=mode placeholder=placeholder autocomplete="off" spellcheck="false"
                    aria-describedby=described aria-invalid=wrong required=required list=list />
            </div>
            {suggestions}
        }
        .into_any();
    }
    view! {
        <input type=input_type class="input" id=id name=name value=value inputmode=mode placeholder=placeholder autocomplete="off" spellcheck="false"
            aria-describedby=described aria-invalid=wrong required=required list=list />
        {suggestions}
    }
    .into_any()
}

fn secret(field: &FieldView, wrong: Option<&'static str>, required: bool, described: Option<String>, symbols: bool) -> AnyView {
    let (id, name) = (field.id.clone(), field.id.clone());
    if symbols {
        return view! {
            <SecretField>
                <div class="input">
                    <Icon name="i-key-round" class="text-faint" />
                    <input class="lk-code" id=id name=name type="password" autocomplete="new-password" spellcheck="false"
                        aria-describedby=described aria-invalid=wrong required=required />
                </div>
            </SecretField>
        }
        .into_any();
    }
    view! {
        <SecretField>
            <input class="input" id=id name=name type="password" autocomplete="new-password" spellcheck="false"
                aria-describedby=described aria-invalid=wrong required=required />
        </SecretField>
    }
    .into_any()
}
