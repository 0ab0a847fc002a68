//! The mark of a connector.

use leptos::prelude::*;

use super::markup::Markup;

/// Brand glyph on a tile, or two letters on a tint where the sprite has no glyph. The name always stands beside it.
#[component]
pub fn Logo(
    /// The connector's id; chooses the tint.
    #[prop(into)]
    connector: String,
    /// The provider's name; gives the letters.
    #[prop(into)]
    name: String,
    /// Symbol of the sprite; none for letters.
    glyph: Option<String>,
    /// `lk-logo-xs`, `lk-logo-sm`, nothing, `lk-logo-lg` or `lk-logo-xl`.
    #[prop(optional, into)]
    size: &'static str,
) -> impl IntoView {
    let mut out = Markup::default();
    logo(&mut out, &connector, &name, glyph.as_deref(), size);
    out.into_view()
}

/// The mark as text.
pub fn logo(out: &mut Markup, connector: &str, name: &str, glyph: Option<&str>, size: &'static str) {
    out.raw(r#"<span class="lk-logo"#).raw(if size.is_empty() { "" } else { " " }).raw(size);
    match glyph {
        Some(glyph) => {
            let wide = matches!(glyph, "b-sage" | "b-woocommerce");
            out.raw(if wide { " lk-logo-wide" } else { "" });
            out.raw(r#"" aria-hidden="true"><svg><use href="/sprite.svg#"#).text(glyph).raw(r#""></use></svg></span>"#);
        }
        None => {
            let letters = name.char_indices().nth(2).map_or(name, |(end, _)| &name[..end]);
            out.raw(" lk-tint-").number(tint(connector)).raw(r#"" aria-hidden="true">"#).text(letters).raw("</span>");
        }
    }
}

fn tint(connector: &str) -> usize {
    connector.bytes().fold(0_usize, |sum, byte| sum.wrapping_mul(33).wrapping_add(usize::from(byte))) % 6 + 1
}
