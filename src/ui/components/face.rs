//! Initials of people and programs.

use leptos::prelude::*;

/// The first letters of the first two words, in capitals.
pub fn initials(name: &str) -> String {
    name.split_whitespace().take(2).filter_map(|word| word.chars().next()).flat_map(char::to_uppercase).collect()
}

/// A person's initials in a circle; the name stands beside it.
#[component]
pub fn Face(
    /// The person's name.
    #[prop(into)]
    name: String,
    /// Whether it is the small size.
    #[prop(optional)]
    small: bool,
) -> impl IntoView {
    let class = if small { "lk-face lk-face-sm" } else { "lk-face" };
    view! {
        <span class=class aria-hidden="true">
            {initials(&name)}
        </span>
    }
}

/// A machine's or an organization's mark: its initials, or a cog when it has no name of its own.
#[component]
pub fn AppFace(
    /// The name; empty for the cog.
    #[prop(optional, into)]
    name: String,
) -> impl IntoView {
    let inner = if name.is_empty() { view! { <super::Icon name="i-cog" class="lk-i-sm" /> }.into_any() } else { initials(&name).into_any() };
    view! {
        <span class="lk-face lk-face-sm lk-face-app" aria-hidden="true">
            {inner}
        </span>
    }
}
