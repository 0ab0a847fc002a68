//! A marketplace that narrows while you type.

use leptos::prelude::*;
use leptos::{html, web_sys};
use wasm_bindgen::JsValue;

use super::dom::{elements, held, switch};

/// Narrows the `[data-find]` tiles among its children to the words typed and the chosen `data-category`, and keeps the address and the category links in step.
#[island]
pub fn MarketplaceFilter(
    /// The form, the category links and the tiles.
    children: Children,
    /// The chosen category; empty for all.
    category: String,
) -> impl IntoView {
    let frame = NodeRef::<html::Div>::new();
    let narrow = move |_| {
        if let Some(frame) = frame.get_untracked() {
            apply(&frame, &category);
        }
    };
    view! {
        <div node_ref=frame on:input=narrow>
            {children()}
        </div>
    }
}

fn address(words: &str, category: &str) -> String {
    let Ok(parameters) = web_sys::UrlSearchParams::new() else { return "/marketplace".to_owned() };
    for (key, value) in [("q", words), ("category", category)] {
        if !value.is_empty() {
            parameters.append(key, value);
        }
    }
    let query = String::from(parameters.to_string());
    if query.is_empty() { "/marketplace".to_owned() } else { format!("/marketplace?{query}") }
}

fn apply(root: &web_sys::Element, category: &str) {
    let typed = held(root, "input[name=q]").unwrap_or_default();
    let words = typed.trim().to_lowercase();
    let mut found = false;
    for tile in elements(root, "[data-find]") {
        let text = tile.get_attribute("data-find").unwrap_or_default();
        let here = category.is_empty() || tile.get_attribute("data-category").is_some_and(|own| own == category);
        let fits = here && words.split_whitespace().all(|word| text.contains(word));
        found |= fits;
        switch(&tile, "hidden", !fits);
    }
    for none in elements(root, "[data-none]") {
        switch(&none, "hidden", found);
    }
    for link in elements(root, "a[data-category]") {
        let _kept = link.set_attribute("href", &address(typed.trim(), &link.get_attribute("data-category").unwrap_or_default()));
    }
    if let Ok(history) = window().history() {
        let _shown = history.replace_state_with_url(&JsValue::NULL, "", Some(&address(typed.trim(), category)));
    }
}
