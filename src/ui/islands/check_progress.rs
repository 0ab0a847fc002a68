//! Follows a running check.

use std::time::Duration;

use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::web_sys::Element;

use super::dom::post;

/// Time between two looks at a running check.
const PAUSE: Duration = Duration::from_millis(250);
/// Looks without an answer after which the page stops asking; the link to load the result stays.
const PATIENCE: u32 = 20;

/// Keeps the card of a running check, its children, up to date, then goes on to the page that the card names as `data-next`.
#[island]
pub fn CheckProgress(
    /// The card as the server drew it.
    children: Children,
    /// The draft's id.
    draft: String,
) -> impl IntoView {
    let frame = NodeRef::<html::Div>::new();
    Effect::new(move |_| {
        if let Some(frame) = frame.get() {
            look(frame.into(), draft.clone(), 0);
        }
    });
    view! { <div node_ref=frame>{children()}</div> }
}

fn look(frame: Element, draft: String, misses: u32) {
    set_timeout(
        move || {
            spawn_local(async move {
                match post("/actions/connect/progress", "draft", &draft).await {
                    Some(card) => {
                        frame.set_inner_html(&card);
                        match frame.query_selector("[data-next]").ok().flatten().and_then(|card| card.get_attribute("data-next")) {
                            Some(next) => drop(window().location().replace(&next)),
                            None => look(frame, draft, 0),
                        }
                    }
                    None if misses < PATIENCE => look(frame, draft, misses.saturating_add(1)),
                    None => {}
                }
            });
        },
        PAUSE,
    );
}
