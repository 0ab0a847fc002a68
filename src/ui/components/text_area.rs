//! The only way to put text into a `<textarea>`.

use leptos::prelude::*;

use crate::ui::words::escape;

/// A text area. Its content is escaped here, because Leptos 0.8 writes the children of `<textarea>` as they are.
///
/// It takes no `value` for a secret: what was typed does not go back into a page.
#[component]
pub fn TextArea(
    /// The form key; also the id.
    #[prop(into)]
    name: String,
    /// What it holds.
    #[prop(optional, into)]
    value: String,
    /// Lines shown.
    #[prop(default = 6)]
    rows: u32,
    /// The most characters; 0 for any number.
    #[prop(optional)]
    longest: u32,
    /// Whether it may stay empty.
    #[prop(optional)]
    optional: bool,
    /// Id of the help or of what is wrong; empty for none.
    #[prop(optional, into)]
    described_by: String,
    /// Whether what it holds was refused.
    #[prop(optional)]
    wrong: bool,
) -> impl IntoView {
    let escaped = escape(&value);
    // A first line break would be dropped by the parser, so one is always given to it.
    view! {
        <textarea
            class="textarea lk-code"
            id=name.clone()
            name=name
            rows=rows.to_string()
            maxlength=(longest > 0).then(|| longest.to_string())
            autocomplete="off"
            spellcheck="false"
            aria-invalid=wrong.then_some("true")
            aria-describedby=(!described_by.is_empty()).then_some(described_by)
            required=!optional
        >
            {format!("\n{escaped}")}
        </textarea>
    }
}
