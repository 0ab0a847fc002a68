//! A text area that takes a file.

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::{ev, html};

use super::dom::{file_text, hold};

/// Adds a choice of a file whose text goes into the text area among its children. Nothing is sent before the form is.
#[island]
pub fn FileIntoText(
    /// The text area.
    children: Children,
) -> impl IntoView {
    let frame = NodeRef::<html::Div>::new();
    let (ready, set_ready) = signal(false);
    Effect::new(move |_| set_ready.set(true));
    let read = move |event: ev::Event| {
        let (Some(frame), Some(input)) = (frame.get_untracked(), event.target()) else { return };
        spawn_local(async move {
            if let Some(text) = file_text(&input).await {
                hold(&frame, "textarea", &text);
            }
        });
    };
    view! {
        <div node_ref=frame>
            <p class="mt-2 text-sm text-muted" hidden=move || !ready.get()>
                <label>"Import a file: " <input type="file" accept=".toml,text/plain" on:change=read /></label>
            </p>
            {children()}
        </div>
    }
}
