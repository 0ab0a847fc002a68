//! A marketplace that narrows while you type.

use leptos::prelude::*;
use leptos::{html, web_sys};
use wasm_bindgen::JsValue;

use super::dom::{elements, held, switch};
use crate::dto::{Facets, MarketplaceFilter as Filter};

/// Narrows the `[data-find]` tiles among its children to the words typed, the choices made and the chosen `data-category`, and keeps the address,
/// the category links and their numbers in step.
#[island]
pub fn MarketplaceFilter(
    /// The form, the category links and the tiles.
    children: Children,
    /// The chosen category; empty for all.
    category: String,
) -> impl IntoView {
    let frame = NodeRef::<html::Div>::new();
    let chosen = category.clone();
    let narrow = move |_| {
        if let Some(frame) = frame.get_untracked() {
            apply(&frame, &chosen);
        }
    };
    // What was typed or chosen before the script was there counts too.
    Effect::new(move |_| {
        if let Some(frame) = frame.get() {
            apply(&frame, &category);
        }
    });
    view! {
        <div node_ref=frame on:input=narrow>
            {children()}
        </div>
    }
}

fn address(filter: &Filter) -> String {
    let Ok(parameters) = web_sys::UrlSearchParams::new() else { return "/marketplace".to_owned() };
    for (key, value) in filter.parameters() {
        parameters.append(key, value);
    }
    let query = String::from(parameters.to_string());
    if query.is_empty() { "/marketplace".to_owned() } else { format!("/marketplace?{query}") }
}

fn facets(tile: &web_sys::Element) -> Facets {
    let text = |name: &str| tile.get_attribute(name).unwrap_or_default();
    let list = |name: &str| text(name).split('|').map(str::to_owned).collect();
    Facets { words: text("data-find"), category: text("data-category"), regions: list("data-regions"), sign_in: list("data-sign-in"), tier: text("data-tier") }
}

fn apply(root: &web_sys::Element, category: &str) {
    let entry = |selector: &str| held(root, selector).unwrap_or_default();
    let filter = Filter {
        q: entry("input[name=q]"),
        category: category.to_owned(),
        region: entry("select[name=region]"),
        sign_in: entry("select[name=sign_in]"),
        tier: entry("select[name=tier]"),
    };
    let tiles: Vec<_> = elements(root, "[data-find]").into_iter().map(|tile| (facets(&tile), tile)).collect();
    let count = |filter: &Filter| tiles.iter().filter(|(facets, _)| filter.fits(facets)).count();
    for (facets, tile) in &tiles {
        switch(tile, "hidden", !filter.fits(facets));
    }
    for none in elements(root, "[data-none]") {
        switch(&none, "hidden", count(&filter) > 0);
    }
    for link in elements(root, "a[data-category]") {
        let other = Filter { category: link.get_attribute("data-category").unwrap_or_default(), ..filter.clone() };
        let _kept = link.set_attribute("href", &address(&other));
        for number in elements(&link, "span") {
            number.set_text_content(Some(&count(&other).to_string()));
        }
    }
    if let Ok(history) = window().history() {
        let _shown = history.replace_state_with_url(&JsValue::NULL, "", Some(&address(&filter)));
    }
}
