//! The few moves on the page's elements that islands share.

use leptos::web_sys::{Element, HtmlInputElement};
use wasm_bindgen::JsCast;

/// The elements below `root` that match `selector`, in document order.
pub fn elements(root: &Element, selector: &str) -> Vec<Element> {
    let Ok(found) = root.query_selector_all(selector) else { return Vec::new() };
    (0..found.length()).filter_map(|index| found.get(index)).filter_map(|node| node.dyn_into().ok()).collect()
}

/// Sets or removes a boolean attribute.
pub fn switch(element: &Element, name: &str, on: bool) {
    let _done = if on { element.set_attribute(name, "") } else { element.remove_attribute(name) };
}

/// What the first control below `root` that matches `selector` holds.
pub fn held(root: &Element, selector: &str) -> Option<String> {
    let control = root.query_selector(selector).ok().flatten()?;
    Some(control.unchecked_into::<HtmlInputElement>().value())
}
