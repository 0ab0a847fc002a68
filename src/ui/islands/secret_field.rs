//! A secret that can be looked at while it is typed.

use leptos::prelude::*;
use leptos::web_sys::HtmlInputElement;
use leptos::{ev, html};
use wasm_bindgen::JsCast;

/// Adds a Show button to the password input among its children, and hides the text again before the form is sent.
#[island]
pub fn SecretField(
    /// The input.
    children: Children,
) -> impl IntoView {
    let frame = NodeRef::<html::Div>::new();
    let (ready, set_ready) = signal(false);
    let (shown, set_shown) = signal(false);
    let turn = move |show: bool| {
        set_shown.set(show);
        if let Some(input) = frame.get_untracked().and_then(|frame| frame.query_selector("input").ok().flatten()) {
            input.unchecked_into::<HtmlInputElement>().set_type(if show { "text" } else { "password" });
        }
    };
    Effect::new(move |_| {
        set_ready.set(true);
        let _sending = window_event_listener(ev::submit, move |_| turn(false));
    });
    view! {
        <div class="flex gap-2" node_ref=frame>
            {children()}
            <button class="btn btn-quiet" type="button" hidden=move || !ready.get() on:click=move |_| turn(!shown.get_untracked())>
                <svg class="lk-i" aria-hidden="true">
                    <use href=move || if shown.get() { "/sprite.svg#i-eye-off" } else { "/sprite.svg#i-eye" }></use>
                </svg>
                {move || if shown.get() { "Hide" } else { "Show" }}
            </button>
        </div>
    }
}
