//! A root key, drawn from its own fingerprint.

use std::fmt::Write as _;

use leptos::prelude::*;

const BOW: &str = "M15 3.5a13 13 0 1 0 0 26a13 13 0 1 0 0-26Zm-3.5 8.6a4.4 4.4 0 1 1 0 8.8a4.4 4.4 0 1 1 0-8.8Z";

/// A key whose ten cuts are as deep as the first ten digits of the fingerprint; the fingerprint always stands beside it as text.
#[component]
pub fn KeyDrawing(
    /// Hex digits; anything else is skipped.
    #[prop(into)]
    fingerprint: String,
) -> impl IntoView {
    let mut blade = String::from("M24 10H34");
    let mut left = 34.0_f32;
    for digit in fingerprint.chars().filter_map(|digit| digit.to_digit(16)).take(10) {
        let deep = 10.0 + f32::from(u8::try_from(digit).unwrap_or_default()) * 8.5 / 15.0;
        let _ = write!(blade, "L{:.1} {deep:.1}H{:.1}L{:.1} 10", left + 3.1, left + 7.3, left + 10.4);
        left += 10.4;
    }
    blade.push_str("H142L149 16.5L142 23H24Z");
    view! {
        <svg class="text-primary" width="150" height="33" viewBox="0 0 150 33" aria-hidden="true">
            <path fill="currentColor" fill-rule="evenodd" d=BOW></path>
            <path fill="currentColor" d=blade></path>
        </svg>
    }
}
