//! Symbols of the sprite.

use leptos::prelude::*;

/// A symbol of `/sprite.svg`, as decoration beside its word: `<Icon name="i-plug"/>`.
#[component]
pub fn Icon(
    /// The symbol, such as `i-plug`.
    #[prop(into)]
    name: Oco<'static, str>,
    /// More classes, such as `lk-i-sm` or `text-faint`.
    #[prop(optional, into)]
    class: &'static str,
) -> impl IntoView {
    let class = if class.is_empty() { Oco::Borrowed("lk-i") } else { Oco::Owned(format!("lk-i {class}")) };
    view! {
        <svg class=class aria-hidden="true">
            <use href=format!("/sprite.svg#{name}")></use>
        </svg>
    }
}
