//! The forms of a provider.

use leptos::prelude::*;

use crate::domain::{Role, SignOnKind};
use crate::dto::SignOnProviderView;
use crate::ui::components::{Field, FieldError};
use crate::ui::page::flash;

const ROLES: [(&str, &str); 4] = [("none", "Nobody joins by themselves"), ("viewer", "Viewer"), ("developer", "Developer"), ("team_lead", "Team lead")];

/// Adds a provider.
#[component]
pub fn AddForm() -> impl IntoView {
    let flash = flash();
    let (value, error) = (|key: &str| flash.value(key), |key: &str| flash.error(key));
    let kinds = SignOnKind::ALL.map(|kind| (kind.as_str(), kind.title()));
    view! {
        <form class="lk-card mt-6 max-w-[46rem]" method="post" action="/actions/organisation/sign-on/add" aria-label="Add a provider">
            <div class="lk-card-b grid gap-5">
                <Select name="kind" label="Provider" options=kinds.to_vec() chosen=value("kind") error=error("kind") />
                <Field
                    name="issuer"
                    label="Issuer"
                    kind="url"
                    autocomplete="off"
                    optional=true
                    class="lk-code"
                    value=value("issuer")
                    error=error("issuer")
                    help="The address that the provider calls its issuer, to the letter. Leave it empty for Google, Microsoft and GitHub."
                />
                <Field name="label" label="Name on the button" autocomplete="off" optional=true value=value("label") error=error("label") help="Such as AmPac account." />
                <Field name="client_id" label="Client id" autocomplete="off" class="lk-code" value=value("client_id") error=error("client_id") />
                <Field name="client_secret" label="Client secret" kind="password" autocomplete="off" error=error("client_secret") help="It is sealed, and never shown again." />
                <Joining domains=value("domains") domains_error=error("domains") role=value("join_role") role_error=error("join_role") />
            </div>
            <div class="lk-card-f">
                <button class="btn btn-primary" type="submit">
                    "Add the provider"
                </button>
                <a class="btn btn-quiet" href="/organisation/sign-on">
                    "Back to the list"
                </a>
            </div>
        </form>
    }
}

/// Changes a provider.
#[component]
pub fn ChangeForm(view: SignOnProviderView) -> impl IntoView {
    let flash = flash();
    let typed = |key: &str, stored: String| if flash.values.contains_key(key) { flash.value(key) } else { stored };
    let domains: Vec<&str> = view.domains.iter().map(|domain| domain.domain.as_str()).collect();
    view! {
        <form class="lk-card mt-6 max-w-[46rem]" method="post" action="/actions/organisation/sign-on/change" aria-labelledby="change-head">
            <div class="lk-card-h"><h2 class="lk-h2" id="change-head">"Change it"</h2></div>
            <input type="hidden" name="id" value=view.id.clone() />
            <div class="lk-card-b grid gap-5">
                <Field name="label" label="Name on the button" autocomplete="off" value=typed("label", view.label.clone()) error=flash.error("label") />
                <Field
                    name="client_secret"
                    label="Client secret"
                    kind="password"
                    autocomplete="off"
                    optional=true
                    error=flash.error("client_secret")
                    help="Leave it empty to keep the stored one."
                />
                <Joining
                    domains=typed("domains", domains.join(", "))
                    domains_error=flash.error("domains")
                    role=typed("join_role", view.join_role.map_or("none", Role::as_str).to_owned())
                    role_error=flash.error("join_role")
                />
            </div>
            <div class="lk-card-f">
                <button class="btn btn-quiet" type="submit">
                    "Save the changes"
                </button>
            </div>
        </form>
    }
}

#[component]
fn Joining(domains: String, domains_error: String, role: String, role_error: String) -> impl IntoView {
    view! {
        <Field
            name="domains"
            label="E-mail domains"
            autocomplete="off"
            optional=true
            value=domains
            error=domains_error
            help="Such as example.com, with commas between them. Once you have proven one, people find this provider by their address."
        />
        <Select name="join_role" label="People of proven domains join as" options=ROLES.to_vec() chosen=role error=role_error />
    }
}

#[component]
fn Select(name: &'static str, label: &'static str, options: Vec<(&'static str, &'static str)>, chosen: String, error: String) -> impl IntoView {
    let wrong = (!error.is_empty()).then_some("true");
    let described = (!error.is_empty()).then(|| format!("{name}-error"));
    let options = options.into_iter().map(|(value, words)| view! { <option value=value selected=value == chosen>{words}</option> }).collect_view();
    view! {
        <div class="lk-field">
            <div class="lk-label">
                <label for=name>{label}</label>
            </div>
            <select class="select" id=name name=name aria-invalid=wrong aria-describedby=described>
                {options}
            </select>
            {(!error.is_empty()).then(|| view! { <FieldError id=name text=error /> })}
        </div>
    }
}
