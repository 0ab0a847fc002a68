//! Symbols of the sprite.

use leptos::prelude::*;

use super::markup::Markup;

/// A symbol of `/sprite.svg`, as decoration beside its word: `<Icon name="i-plug"/>`.
#[component]
pub fn Icon(
    /// The symbol, such as `i-plug`.
    #[prop(into)]
    name: Oco<'static, str>,
    /// More classes, such as `lk-i-sm` or `text-faint`.
    #[prop(optional, into)]
    class: &'static str,
) -> impl IntoView {
    let mut out = Markup::default();
    icon(&mut out, &name, class);
    out.into_view()
}

/// The symbol as text.
pub fn icon(out: &mut Markup, name: &str, class: &'static str) {
    out.raw(r#"<svg class="lk-i"#).raw(if class.is_empty() { "" } else { " " }).raw(class);
    out.raw(r#"" aria-hidden="true"><use href="/sprite.svg#"#).text(name).raw(r#""></use></svg>"#);
}
