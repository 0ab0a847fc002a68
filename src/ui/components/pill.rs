//! A status in words.

use leptos::prelude::*;

use super::Icon;
use crate::dto::Pill;

/// Icon and words; filled only when a person must act or something just happened.
#[component]
pub fn StatusPill(
    /// What it says.
    pill: Pill,
) -> impl IntoView {
    let loud = if pill.loud { " lk-pill-loud" } else { "" };
    view! {
        <span class=format!("lk-pill{loud} lk-pill-{}", pill.kind)>
            <Icon name=pill.icon />
            {pill.label}
        </span>
    }
}
