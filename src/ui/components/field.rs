//! A labelled field.

use leptos::prelude::*;

use super::Icon;

/// What is wrong with a field, below it; its id is `{field}-error`.
#[component]
pub fn FieldError(
    /// The id of the field.
    #[prop(into)]
    id: String,
    /// What is wrong and how to mend it.
    #[prop(into)]
    text: String,
) -> impl IntoView {
    view! {
        <p class="lk-error" id=format!("{id}-error")>
            <Icon name="i-circle-alert" />
            <span>{text}</span>
        </p>
    }
}

/// A one-line field with its label above, and its help or what is wrong below.
///
/// A secret field (`kind="password"`) never takes a value: what was typed does not go back into a page.
#[component]
pub fn Field(
    /// The form key; also the id.
    #[prop(into)]
    name: String,
    /// The label.
    #[prop(into)]
    label: String,
    /// `text` (default), `email`, `password`, `url`, `number` or `search`.
    #[prop(optional, into)]
    kind: String,
    /// What it holds.
    #[prop(optional, into)]
    value: String,
    /// One sentence below; empty for none.
    #[prop(optional, into)]
    help: String,
    /// What is wrong; empty for nothing. Replaces the help.
    #[prop(optional, into)]
    error: String,
    /// The `autocomplete` token.
    #[prop(optional, into)]
    autocomplete: String,
    /// The fewest characters; 0 for any.
    #[prop(optional)]
    min_length: u32,
    /// More classes of the input, such as `lk-code`.
    #[prop(optional, into)]
    class: String,
    /// Whether it may stay empty.
    #[prop(optional)]
    optional: bool,
    /// Text and address of a link right of the label, into a new tab.
    #[prop(optional)]
    find: Option<(String, String)>,
    /// Text and address of a link right of the label, into the same tab.
    #[prop(optional)]
    aside: Option<(String, String)>,
) -> impl IntoView {
    let kind = if kind.is_empty() { "text".to_owned() } else { kind };
    let described = if !error.is_empty() {
        Some(format!("{name}-error"))
    } else if !help.is_empty() {
        Some(format!("{name}-help"))
    } else {
        None
    };
    let class = if class.is_empty() { "input".to_owned() } else { format!("input {class}") };
    let value = (kind != "password" && !value.is_empty()).then_some(value);
    let below = if error.is_empty() {
        (!help.is_empty()).then(|| view! { <p class="lk-help" id=format!("{name}-help")>{help}</p> }.into_any())
    } else {
        Some(view! { <FieldError id=name.clone() text=error.clone() /> }.into_any())
    };
    view! {
        <div class="lk-field">
            <div class="lk-label">
                <label for=name.clone()>
                    {label}
                    {optional.then(|| view! { " " <span class="lk-opt">"optional"</span> })}
                </label>
                {find.map(|(text, href)| view! { <NewTabLink text=text href=href /> })}
                {aside.map(|(text, href)| view! { <a class="link text-xs" href=href>{text}</a> })}
            </div>
            <input
                class=class
                id=name.clone()
                name=name
                type=kind
                autocomplete=(!autocomplete.is_empty()).then_some(autocomplete)
                value=value
                minlength=(min_length > 0).then(|| min_length.to_string())
                aria-invalid=(!error.is_empty()).then_some("true")
                aria-describedby=described
                required=!optional
            />
            {below}
        </div>
    }
}

#[component]
fn NewTabLink(text: String, href: String) -> impl IntoView {
    view! {
        <a class="link inline-flex items-center gap-1 text-xs" href=href target="_blank" rel="noopener noreferrer">
            {text}
            <Icon name="i-arrow-up-right" class="lk-i-sm" />
            <span class="sr-only">" (opens in a new tab)"</span>
        </a>
    }
}
