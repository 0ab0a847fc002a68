//! A labelled list to choose from.

use leptos::prelude::*;

use super::FieldError;

/// A list of which one is chosen, with its label above, and its help or what is wrong below.
#[component]
pub fn Select(
    /// The form key; also the id.
    #[prop(into)]
    name: String,
    /// The label.
    #[prop(into)]
    label: String,
    /// Values and their words.
    options: Vec<(String, String)>,
    /// The value that is chosen.
    #[prop(optional, into)]
    chosen: String,
    /// One sentence below; empty for none.
    #[prop(optional, into)]
    help: String,
    /// What is wrong; empty for nothing. Replaces the help.
    #[prop(optional, into)]
    error: String,
) -> impl IntoView {
    let described = match (error.is_empty(), help.is_empty()) {
        (false, _) => Some(format!("{name}-error")),
        (true, false) => Some(format!("{name}-help")),
        (true, true) => None,
    };
    let wrong = (!error.is_empty()).then_some("true");
    let below = match (error.is_empty(), help.is_empty()) {
        (false, _) => Some(view! { <FieldError id=name.clone() text=error /> }.into_any()),
        (true, false) => Some(view! { <p class="lk-help" id=format!("{name}-help")>{help}</p> }.into_any()),
        (true, true) => None,
    };
    let options: Vec<_> = options
        .into_iter()
        .map(|(value, words)| {
            let selected = value == chosen;
            view! { <option value=value selected=selected>{words}</option> }
        })
        .collect();
    view! {
        <div class="lk-field">
            <div class="lk-label"><label for=name.clone()>{label}</label></div>
            <select class="select" id=name.clone() name=name aria-invalid=wrong aria-describedby=described>{options}</select>
            {below}
        </div>
    }
}
