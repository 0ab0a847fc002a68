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
    let class = match (pill.loud, pill.kind.as_str()) {
        (true, "ok") => "lk-pill lk-pill-loud lk-pill-okf".to_owned(),
        (true, kind) => format!("lk-pill lk-pill-loud lk-pill-{kind}"),
        (false, kind) => format!("lk-pill lk-pill-{kind}"),
    };
    view! {
        <span class=class>
            <Icon name=pill.icon />
            {pill.label}
        </span>
    }
}
