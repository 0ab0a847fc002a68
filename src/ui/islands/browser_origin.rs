//! What the browser itself says of the address.

use leptos::prelude::*;

/// Compares the configured address with the one that the browser is at, which no header has to tell. Without script it says nothing.
#[island]
pub fn BrowserOrigin(
    /// Scheme, host and port of the setting.
    public_url: String,
) -> impl IntoView {
    let (seen, set_seen) = signal(String::new());
    Effect::new(move |_| set_seen.set(window().location().origin().unwrap_or_default()));
    let words = move || {
        let seen = seen.get();
        if seen == public_url {
            format!("Your browser itself says {seen}: the same.")
        } else {
            format!("Your browser itself says {seen}, and the setting says {public_url}. Providers lead back to the setting alone.")
        }
    };
    view! {
        <p class="mt-4 text-sm" role="status" hidden=move || seen.get().is_empty()>
            {move || (!seen.get().is_empty()).then(&words)}
        </p>
    }
}
