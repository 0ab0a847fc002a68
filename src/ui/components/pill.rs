//! A status in words.

use leptos::prelude::*;

use super::icon::icon;
use super::markup::Markup;
use crate::dto::Pill;

/// Icon and words; filled only when a person must act or something just happened.
#[component]
pub fn StatusPill(
    /// What it says.
    pill: Pill,
) -> impl IntoView {
    let mut out = Markup::default();
    status_pill(&mut out, &pill);
    out.into_view()
}

/// The pill as text.
pub fn status_pill(out: &mut Markup, pill: &Pill) {
    out.raw(if pill.loud { r#"<span class="lk-pill lk-pill-loud lk-pill-"# } else { r#"<span class="lk-pill lk-pill-"# }).text(&pill.kind);
    out.raw(if pill.loud && pill.kind == "ok" { r#"f">"# } else { r#"">"# });
    icon(out, &pill.icon, "");
    out.text(&pill.label).raw("</span>");
}
