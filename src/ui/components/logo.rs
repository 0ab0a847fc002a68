//! The mark of a connector.

use leptos::prelude::*;

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
    let wide = matches!(glyph.as_deref(), Some("b-sage" | "b-woocommerce"));
    let mut class = String::from("lk-logo");
    for part in [size, if wide { "lk-logo-wide" } else { "" }] {
        if !part.is_empty() {
            class.push(' ');
            class.push_str(part);
        }
    }
    match glyph {
        Some(glyph) => view! {
            <span class=class aria-hidden="true">
                <svg>
                    <use href=format!("/sprite.svg#{glyph}")></use>
                </svg>
            </span>
        }
        .into_any(),
        None => view! {
            <span class=format!("{class} lk-tint-{}", tint(&connector)) aria-hidden="true">
                {name.chars().take(2).collect::<String>()}
            </span>
        }
        .into_any(),
    }
}

fn tint(connector: &str) -> u32 {
    connector.bytes().fold(0_u32, |sum, byte| sum.wrapping_mul(33).wrapping_add(u32::from(byte))) % 6 + 1
}
