//! The HTML document.

use leptos::config::LeptosOptions;
use leptos::prelude::*;

use super::islands::MenuCloser;
use super::page::{Frame, Page};
use super::shell::{Focused, Sidebar};
use super::words::escape;
use crate::dto::ShellView;

/// The whole document around a page. Without a stored choice the theme follows the system.
pub fn document(page: Page, shell: Option<ShellView>, options: LeptosOptions) -> AnyView {
    let theme = shell.as_ref().and_then(|shell| match shell.theme.as_str() {
        "light" => Some("latchkey"),
        "dark" => Some("latchkey-dark"),
        _ => None,
    });
    let title = escape(&format!("{} · Latchkey", page.title));
    let body = match (page.frame, shell) {
        (Frame::Sidebar(place), Some(shell)) => view! { <Sidebar shell=shell place=place>{page.body}</Sidebar> }.into_any(),
        (Frame::Focused { what, leave, href }, _) => view! { <Focused what=what leave=leave href=href>{page.body}</Focused> }.into_any(),
        (Frame::Bare | Frame::Sidebar(_), _) => page.body,
    };
    view! {
        <!DOCTYPE html>
        <html lang="en" data-theme=theme>
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                <title inner_html=title></title>
                <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
                <link rel="preload" href="/fonts/inter-latin-opsz-normal.woff2" r#as="font" r#type="font/woff2" crossorigin="anonymous" />
                <link rel="stylesheet" href="/pkg/latchkey.css" />
                <HydrationScripts options=options islands=true />
            </head>
            <body>
                <a class="lk-skip" href="#main">
                    "Skip to content"
                </a>
                {body}
                <MenuCloser />
            </body>
        </html>
    }
    .into_any()
}
