//! Fields that matter only for some answers.

use leptos::prelude::*;
use leptos::{html, web_sys};

use super::dom::{elements, held, switch};

/// Hides, and leaves out of what is sent, each `[data-when="field"]` whose field holds none of the `|`-separated `data-when-values`.
#[island]
pub fn VisibleWhen(
    /// The fields.
    children: Children,
) -> impl IntoView {
    let frame = NodeRef::<html::Div>::new();
    let apply = move || {
        if let Some(frame) = frame.get_untracked() {
            apply_rules(&frame);
        }
    };
    Effect::new(move |_| {
        frame.track();
        apply();
    });
    view! {
        <div class="contents" node_ref=frame on:change=move |_| apply()>
            {children()}
        </div>
    }
}

fn apply_rules(root: &web_sys::Element) {
    for ruled in elements(root, "[data-when]") {
        let field = ruled.get_attribute("data-when").unwrap_or_default();
        let values = ruled.get_attribute("data-when-values").unwrap_or_default();
        let held = held(root, &format!("[name=\"{field}\"]")).unwrap_or_default();
        let hide = !values.split('|').any(|value| value == held);
        switch(&ruled, "hidden", hide);
        for control in elements(&ruled, "input, select, textarea") {
            switch(&control, "disabled", hide);
        }
    }
}
