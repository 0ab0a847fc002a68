//! Menus that close on Escape and on a click elsewhere.

use leptos::prelude::*;
use leptos::{ev, web_sys};
use wasm_bindgen::JsCast;

use super::dom::elements;

/// Closes open `details.lk-menu` on Escape, which gives the focus back to the menu's button, and on a click outside of them.
#[island]
pub fn MenuCloser() -> impl IntoView {
    Effect::new(move |_| {
        let _keys = window_event_listener(ev::keydown, |event| {
            if event.key() == "Escape" {
                close_all();
            }
        });
        let _clicks = window_event_listener(ev::click, |event| close_others(event.target().and_then(|target| target.dyn_into().ok()).as_ref()));
    });
}

fn open_menus() -> Vec<web_sys::Element> {
    document().document_element().map(|root| elements(&root, "details.lk-menu[open]")).unwrap_or_default()
}

fn close_all() {
    for menu in open_menus() {
        let _closed = menu.remove_attribute("open");
        if let Some(button) = menu.query_selector("summary").ok().flatten().and_then(|found| found.dyn_into::<web_sys::HtmlElement>().ok()) {
            let _focused = button.focus();
        }
    }
}

fn close_others(target: Option<&web_sys::Node>) {
    for menu in open_menus() {
        if !menu.contains(target) {
            let _closed = menu.remove_attribute("open");
        }
    }
}
