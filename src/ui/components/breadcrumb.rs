//! Where a page belongs.

use leptos::prelude::*;

/// The page above this one, and this one.
#[component]
pub fn Breadcrumb(
    /// Address of the page above.
    #[prop(into)]
    href: String,
    /// Its title.
    #[prop(into)]
    above: String,
    /// This page's title.
    #[prop(into)]
    here: String,
) -> impl IntoView {
    view! {
        <nav class="breadcrumbs mb-3" aria-label="Breadcrumb">
            <ul>
                <li>
                    <a href=href>{above}</a>
                </li>
                <li>
                    <span aria-current="page">{here}</span>
                </li>
            </ul>
        </nav>
    }
}
