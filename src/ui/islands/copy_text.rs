//! A text that is copied with one press.

use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::dom::{copy, elements};

/// Adds a Copy button beside the `[data-copy]` element among its children. Without script, and where a page may not write to the clipboard, the text can be
/// selected as any other.
#[island]
pub fn CopyText(
    /// The text.
    children: Children,
) -> impl IntoView {
    let frame = NodeRef::<html::Div>::new();
    let (ready, set_ready) = signal(false);
    let (copied, set_copied) = signal(false);
    Effect::new(move |_| set_ready.set(window().is_secure_context()));
    let press = move |_| {
        let text = frame.get_untracked().and_then(|frame| elements(&frame, "[data-copy]").first().and_then(|element| element.text_content()));
        spawn_local(async move {
            if let Some(text) = text {
                set_copied.set(copy(text.trim()).await);
            }
        });
    };
    view! {
        <div class="lk-well flex items-center gap-2 py-1.5 ps-3.5 pe-1.5" node_ref=frame>
            {children()}
            <button class="btn btn-quiet btn-sm" type="button" hidden=move || !ready.get() on:click=press>
                <svg class="lk-i" aria-hidden="true">
                    <use href=move || if copied.get() { "/sprite.svg#i-check" } else { "/sprite.svg#i-copy" }></use>
                </svg>
                {move || if copied.get() { "Copied" } else { "Copy" }}
            </button>
            <span class="sr-only" role="status">{move || copied.get().then_some("Copied.")}</span>
        </div>
    }
}
